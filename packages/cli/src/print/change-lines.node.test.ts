import { expect, test } from 'vitest'
import { fieldLines, fieldName, wordLines } from './change-lines.js'
import { painter } from './paint.js'

const options = { paint: painter(false, {}), width: 40, indent: 2 }

test('a field has its name, what was and what is; a side without it has no line', () => {
  const fields = [
    { path: '/data/messages/0/content', before: 'Why?', after: 'How?' },
    { path: '/data/max_tokens', after: 200 },
    { path: '/data/cost_usd', before: 0.0010000000000000002 },
    { path: '/data/cache/key', before: 'a', after: 'b' },
    { path: '', before: { a: 1 }, after: null }
  ]
  expect(fieldLines(fields, options)).toEqual([
    '  messages.0.content',
    '    - Why?',
    '    + How?',
    '  max_tokens',
    '    + 200',
    '  cost_usd',
    '    - $0.001',
    '  everything',
    '    - {"a":1}',
    '    + null'
  ])
  expect(fieldName('/data/a~1b/~0c')).toBe('a/b.~c')
})

test('long texts that begin alike are shown from where they differ, and many fields are counted', () => {
  const start = 'The same words stand at the beginning of both of these texts, '
  const [, was, is] = fieldLines(
    [{ path: '/data/text', before: `${start}but not here`, after: `${start}nor there` }],
    options
  )
  expect([was, is]).toEqual(['    - … texts, but not here', '    + … texts, nor there'])
  const many = Array.from({ length: 10 }, (_, index) => ({ path: `/data/f${index}`, before: 0, after: 1 }))
  expect(fieldLines(many, options).at(-1)).toBe('  and 2 more')
})

test('words that only one side has are marked, with the spaces that the texts have', () => {
  const words = [
    { type: 'same', text: 'It is ' },
    { type: 'removed', text: 'green' },
    { type: 'added', text: 'deep blue' },
    { type: 'same', text: '. And far' }
  ] as const
  expect(wordLines(words, options)).toEqual(['  It is [-green-]{+deep blue+}. And far'])
  const painted = wordLines(words, { ...options, width: 80, paint: painter(true, {}) }).join('')
  expect(painted).toContain('\u001B[31m[-green-]\u001B[39m')
  expect(painted).toContain('\u001B[32m{+deep blue+}\u001B[39m')
})

test('lines keep to the width, and long stretches that both have are shortened', () => {
  const long = 'these are words that both of them have '.repeat(20)
  const lines = wordLines(
    [
      { type: 'same', text: long },
      { type: 'added', text: 'new' },
      { type: 'same', text: ` ${long}` }
    ],
    options
  )
  expect(lines.length).toBeLessThan(8)
  expect(lines.join(' ')).toMatch(/^ {2}… .*\{\+new\+\}.* …$/)
  for (const line of lines) expect(line.length).toBeLessThanOrEqual(40)
})

test('what a model said cannot move the cursor', () => {
  const lines = wordLines([{ type: 'added', text: 'a\u001B[2Jb\u0007' }], options)
  expect(lines).toEqual(['  {+ab+}'])
})
