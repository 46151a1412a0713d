import { expect, test } from 'vitest'
import { jsonLines, maxString } from './json-tree.js'

const usual = { flipped: new Set<string>(), whole: new Set<string>() }

test('members become lines with their path', () => {
  const lines = jsonLines({ id: 'x', data: { messages: [{ role: 'user' }] } }, usual)
  expect(lines.map(line => line.path)).toEqual([
    'id',
    'data',
    'data.messages',
    'data.messages[0]',
    'data.messages[0].role',
    'data.messages[0]#end',
    'data.messages#end',
    'data#end'
  ])
})

test('what lies deep is folded and opens on demand', () => {
  const value = { a: { b: { c: { d: { e: 1 } } } } }
  expect(jsonLines(value, usual).find(line => line.path === 'a.b.c.d')).toMatchObject({
    kind: 'closed',
    text: '{ 1 key }'
  })
  const open = jsonLines(value, { ...usual, flipped: new Set(['a.b.c.d']) })
  expect(open.find(line => line.path === 'a.b.c.d.e')?.text).toBe('1')
})

test('a long text is cut, the rest is counted, and can be shown', () => {
  const value = { text: 'x'.repeat(maxString + 500) }
  expect(jsonLines(value, usual)[0]?.cut).toBe(500)
  expect(jsonLines(value, { ...usual, whole: new Set(['text']) })[0]?.cut).toBe(0)
})

test('a long list is cut, and says how much is left', () => {
  const flipped = new Set(['list'])
  const lines = jsonLines({ list: Array.from({ length: 250 }, (_, i) => i) }, { ...usual, flipped })
  expect(lines.find(line => line.kind === 'more')?.text).toBe('150 more of 250')
})

test('keys that are no names are written in brackets, so that paths stay unique', () => {
  expect(jsonLines({ a: { 'b.c': 1, b: { c: 2 } } }, usual).map(line => line.path)).toContain('a["b.c"]')
})
