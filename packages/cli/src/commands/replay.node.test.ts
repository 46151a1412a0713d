import { readFile, writeFile } from 'node:fs/promises'
import { parseJSONL, project, toJSONL } from 'daybook'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { demoText } from '../demo.js'
import { type CommandLine, commandLine, demoFile } from '../testing/command-line.js'

let line: CommandLine
beforeEach(async () => {
  line = await commandLine()
})
afterEach(() => line.remove())

const nobody: typeof fetch = () => {
  throw new Error('A replay asks nobody.')
}

test('a replay prints what the run came to, from its ledger alone', async () => {
  const { code, stdout, stderr } = await line.run(['replay', 'demo'], { fetch: nobody })
  expect([code, stderr]).toEqual([0, ''])
  expect(stdout).toContain('Objects     8: 1 Goal, 3 Question, 3 Finding, 1 Synthesis')
  expect(stdout).toContain('Relations   7: 3 decomposes_into, 3 answers, 1 synthesizes')
  for (const row of stdout.split('\n')) expect(row.length, row).toBeLessThanOrEqual(80)
  const { events } = await parseJSONL(await demoText())
  expect(await line.json(['replay', 'demo'])).toMatchObject({
    ...{ run: 'demo', kit: 'research', events: 26, calls: 3, objects: 8, relations: 7 },
    hash: project(events).hash()
  })
})

test('events come at their own pace, or faster, and an interrupt ends it', async () => {
  const began = performance.now()
  const fast = await line.run(['replay', 'demo', '--speed', '100'])
  const took = performance.now() - began
  expect(fast.stdout).toMatch(/#20 ▼ llm\.response/)
  // The one pause of the demo is 7.6 s, of which 5 are kept: 50 ms at this speed.
  expect(took).toBeGreaterThan(49)
  const stop = new AbortController()
  const stopped = line.run(['replay', 'demo', '--speed', 'recorded'], {
    signal: stop.signal,
    stdout: { write: text => void (text.includes('#19') && stop.abort()) }
  })
  expect((await stopped).code).toBe(130)
})

test('a strict replay runs the responders again and finds every event as it is recorded', async () => {
  await line.run(['import', demoFile, '--as', 'buses'])
  const { code, stdout, stderr } = await line.run(['replay', 'buses', '--strict'], { fetch: nobody })
  expect([code, stderr]).toEqual([0, ''])
  expect(stdout).toContain('✓ buses: all 21 events that its responders made are made again')
  const json = await line.json(['replay', 'demo', '--strict'])
  expect(json).toMatchObject({ run: 'demo', strict: true, ok: true, events: 26, equal: 21, divergences: [] })
})

/** Of two answers one has other words, and of the findings that they went to another. */
function answersWith(words: string, event: string): string {
  const changed = event.includes('"llm.response"') ? event.replaceAll('Cheap tools', words) : event
  return changed.includes('"llm.response"') ? changed.replaceAll('Nobody has made', 'Everybody has made') : changed
}

test('the first place where a run would not be the recorded one is named, and the others are counted', async () => {
  const { events } = await parseJSONL(await demoText())
  const written = events.map(event => JSON.parse(answersWith('Good books', JSON.stringify(event))))
  await writeFile(line.at('other.jsonl'), toJSONL(written, { name: 'run:other' }))
  await line.run(['import', 'other.jsonl'])
  const { code, stdout } = await line.run(['replay', 'other', '--strict'])
  expect(code).toBe(1)
  expect(stdout).toContain('✕ other: 19 events made again as they are recorded, 2 not')
  expect(stdout).toMatch(/First +#23, object\.patched-\S+\n/)
  expect(stdout).toMatch(/Path +patch\.text\n +Expected +… .*Nobody\s.*\n +Found +… .*Everybody\s/s)
  expect(stdout).toContain('1 more differs: --json names it')
  for (const row of stdout.split('\n')) expect(row.length, row).toBeLessThanOrEqual(80)
  const { ok, equal, diverged, divergences } = await line.json(['replay', 'other', '--strict'])
  expect([ok, equal, diverged, divergences[0].position]).toEqual([false, 19, 2, 22])
})

test('a ledger that was changed is refused before anything runs', async () => {
  await line.run(['import', demoFile, '--as', 'buses'])
  const file = line.at('.daybook', 'ledgers', 'run-buses.jsonl')
  await writeFile(file, (await readFile(file, 'utf8')).replace('Cheap tools', 'Good books'))
  const { code, stdout, stderr } = await line.run(['replay', 'buses', '--strict'])
  expect([code, stdout]).toEqual([1, ''])
  expect(stderr).toMatch(
    /^daybook: .*run-buses\.jsonl is not as it was written, so it is not replayed\. Line 22: .*\n$/
  )
})

test('words that make no sense are refused', async () => {
  for (const more of [
    ['--speed', '0'],
    ['--speed', 'x'],
    ['--speed', '2', '--strict'],
    ['--strict', '--kit', './no.mjs']
  ]) {
    const { code, stdout, stderr } = await line.run(['replay', 'demo', ...more])
    expect([code, stdout], more.join(' ')).toEqual([1, ''])
    expect(stderr).toMatch(/^daybook: [^\n]+\n$/)
  }
})
