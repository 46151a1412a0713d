import { expect, test } from 'vitest'
import { jsonLines, jsonMatches, maxString, revealed, valueAt } from './json-tree.js'

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

test('a list of a few short values is one line', () => {
  const lines = jsonLines({ cause: ['a', 1, null], long: ['x'.repeat(30)] }, usual)
  expect(lines.map(({ text }) => text)).toEqual(['["a",1,null]', '[', JSON.stringify('x'.repeat(30)), ']'])
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

test('every line’s path leads back to its value', () => {
  const value = { data: { 'a b': [{ c: 1 }, 'x'], __proto__x: null, 'q"]': 2 }, '0': true }
  for (const line of jsonLines(value, usual)) {
    if (line.kind !== 'value') continue
    expect([line.path, valueAt(value, line.path)]).toEqual([line.path, JSON.parse(line.text)])
  }
  expect(valueAt(value, 'data.nothing.here')).toBeUndefined()
  expect(valueAt(value, 'constructor.name')).toBeUndefined()
  expect(valueAt(7, '$')).toBe(7)
})

test('a search finds names and values wherever they are, and one of them can be shown in the tree', () => {
  const value = { data: { list: Array.from({ length: 300 }, (_, i) => ({ n: `item ${i}` })) }, needle: 1 }
  const { lines, more } = jsonMatches(value, 'ITEM 250')
  expect(lines.map(({ path, text }) => [path, text])).toEqual([['data.list[250].n', '"item 250"']])
  expect(more).toBe(false)
  expect(jsonMatches(value, 'needle').lines[0]?.path).toBe('needle')
  expect(jsonMatches(value, 'item').more).toBe(true)
  const view = revealed(value, 'data.list[250].n', usual)
  expect(jsonLines(value, view).some(({ path }) => path === 'data.list[250].n')).toBe(true)
})

test('a list of a million members costs no more than what is seen of it', () => {
  const value = { data: Array.from({ length: 1_000_000 }, (_, i) => i) }
  const whole = { flipped: new Set(['data']), whole: new Set(['data']) }
  const lines = jsonLines(value, whole, 1000)
  expect(lines.length).toBeLessThan(1010)
  expect(lines.at(-2)).toMatchObject({ kind: 'more', text: '999001 more of 1000000' })
})
