import { expect, test } from 'vitest'
import { blocks, hostOf, pictureOf, safeLink, spans } from './prose.js'

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

test('a table has a head and rows, while it streams too', () => {
  const [table] = blocks('| a | b |\n|---|:-:|\n| 1 | **2** |\n| 3')
  expect(table).toMatchObject({ kind: 'table' })
  expect(table?.kind === 'table' && table.rows.map(row => row.map(cell => cell[0]))).toEqual([
    [
      { kind: 'text', text: 'a' },
      { kind: 'text', text: 'b' }
    ],
    [
      { kind: 'text', text: '1' },
      { kind: 'strong', text: '2' }
    ]
  ])
})

test('a quotation is one block', () => {
  expect(blocks('> one\n> two\nthree').map(block => block.kind)).toEqual(['quote', 'paragraph'])
})

test('an image is named and never an address that is loaded', () => {
  expect(spans('![a cat](https://example.org/cat.png)')).toEqual([
    { kind: 'image', text: 'a cat', href: 'https://example.org/cat.png' }
  ])
  expect(pictureOf('https://example.org/cat.png')).toEqual({
    type: undefined,
    bytes: undefined,
    host: 'example.org',
    drawable: false
  })
  expect(pictureOf('data:image/png;base64,AAAA')).toMatchObject({ type: 'png', bytes: 3, drawable: true })
  expect(pictureOf('data:image/svg+xml;base64,AAAA').drawable).toBe(false)
  expect(pictureOf('data:text/html,<script>').drawable).toBe(false)
})

test('mail addresses are links, and a link says where it leads', () => {
  expect(spans('[write](mailto:a@example.org)')[0]?.kind).toBe('link')
  expect(hostOf('mailto:a@example.org?subject=x')).toBe('a@example.org')
  expect(hostOf('https://example.org/a')).toBe('example.org')
  expect(hostOf('nothing')).toBe('')
})
