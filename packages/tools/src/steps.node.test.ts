import { expect, test } from 'vitest'
import { report, shortened } from '../steps.mjs'

function collected() {
  let text = ''
  const { step, close } = report(piece => {
    text += piece
  })
  return { step, close, lines: () => text.trimEnd().split('\n') }
}

test('the last line counts what passed and failed, and a failure hides no later step', async () => {
  const { step, close, lines } = collected()
  expect(await step('first', async () => ({ passed: 0, failed: 1, output: 'what was wrong' }))).toBe(false)
  expect(await step('second', async () => ({ passed: 41, failed: 0, skipped: 2 }))).toBe(true)
  expect(close()).toBe(1)
  expect(lines().at(-1)).toBe('41 passed, 1 failed, 2 skipped')
  expect(lines()).toContain('what was wrong')
  expect(lines().filter(line => line.startsWith('second … ok'))).toHaveLength(1)
})

test('a step that throws is one failure, with its reason', async () => {
  const { step, close, lines } = collected()
  await step('broken', async () => {
    throw new Error('it cannot be read')
  })
  expect(close()).toBe(1)
  expect(lines().join('\n')).toContain('it cannot be read')
  expect(lines().at(-1)).toBe('0 passed, 1 failed')
})

test('all well is exit code 0; nothing at all is not well', async () => {
  const good = collected()
  await good.step('fine', async () => ({ passed: 1, failed: 0, output: 'chatter' }))
  expect(good.close()).toBe(0)
  expect(good.lines()).not.toContain('chatter')
  expect(good.lines().at(-1)).toBe('1 passed, 0 failed')
  expect(collected().close()).toBe(1)
})

test('the lines of a report stand below its step, which one that failed has no use for', async () => {
  const { step, lines } = collected()
  await step('panel', async () => ({ passed: 1, failed: 0, lines: ['8 ms  first rows'] }))
  await step('broken', async () => ({ passed: 0, failed: 1, output: 'why', lines: ['9 ms  first rows'] }))
  expect(lines()[1]).toBe('  8 ms  first rows')
  expect(lines().join('\n')).not.toContain('9 ms')
})

test('a long output keeps its beginning and its end, and says where all of it is', () => {
  const lines = Array.from({ length: 1000 }, (_, i) => `line ${i}`)
  const short = shortened(lines.join('\n'), 'all.log', [2, 3]).split('\n')
  expect(short).toEqual([
    'line 0',
    'line 1',
    '… 995 lines left out, all of them: all.log …',
    'line 997',
    'line 998',
    'line 999'
  ])
  expect(shortened('one\ntwo\n', 'all.log')).toBe('one\ntwo')
})
