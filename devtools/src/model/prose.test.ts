import { expect, test } from 'vitest'
import { blocks, safeLink, spans } from './prose.js'

test('paragraphs, headings, lists and code', () => {
  const found = blocks('# Title\nOne\ntwo\n\n- a\n  - b\n1. c\n\n```ts\nconst x = 1\n```')
  expect(found.map(block => block.kind)).toEqual(['heading', 'paragraph', 'item', 'item', 'item', 'code'])
  expect(found[5]).toEqual({ kind: 'code', language: 'ts', text: 'const x = 1' })
})

test('code whose fence is still open streams as code', () => {
  expect(blocks('```\nhalf')).toEqual([{ kind: 'code', language: '', text: 'half' }])
})

test('strong words, code and links', () => {
  expect(spans('**Yes**, `x` and [here](https://example.org/a)').map(span => span.kind)).toEqual([
    'strong',
    'text',
    'code',
    'text',
    'link'
  ])
})

test('a link leads to http(s) or nowhere', () => {
  expect(spans('[x](javascript:alert(1))').every(span => span.kind === 'text')).toBe(true)
  expect(spans('[x](data:text/html,hi)').every(span => span.kind === 'text')).toBe(true)
  expect(safeLink('https://user:secret@example.org')).toBe(false)
  expect(safeLink('https://example.org/a?b=c')).toBe(true)
})

test('markup stays text', () => {
  expect(spans('<img src=x onerror=alert(1)>')).toEqual([{ kind: 'text', text: '<img src=x onerror=alert(1)>' }])
})

test('a hostile text costs no more than its length', () => {
  const began = performance.now()
  for (const piece of ['[', '*', '**a', '`', '_a', 'https://', '- ', '![](']) blocks(piece.repeat(20_000))
  expect(performance.now() - began).toBeLessThan(5000)
})
