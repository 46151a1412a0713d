import { expect, test } from 'vitest'
import { around, loadDiffer, pathWords } from './differ.js'

test('fields are found by their path, whatever the value is', async () => {
  const { fields } = await loadDiffer()
  expect(fields({ a: 1, b: [{ c: 'x' }] }, { a: 1, b: [{ c: 'y' }], d: null })).toEqual([
    { path: '/b/0/c', before: 'x', after: 'y' },
    { path: '/d', after: null }
  ])
  expect(fields('one', 'two')).toEqual([{ path: '', before: 'one', after: 'two' }])
  expect(fields({ a: 1 }, { a: 1 })).toEqual([])
})

test('texts are compared word by word', async () => {
  const { words } = await loadDiffer()
  expect(words('The report of 2026. Of 151 buses', 'The report of 2027. Of 151 buses')).toEqual([
    { type: 'same', text: 'The report of' },
    { type: 'removed', text: ' 2026' },
    { type: 'added', text: ' 2027' },
    { type: 'same', text: '. Of 151 buses' }
  ])
  expect(words('same', 'same')).toEqual([{ type: 'same', text: 'same' }])
  expect(words('', '')).toEqual([])
})

test('a pointer is shown as a path of the language that people write', () => {
  expect(pathWords('/messages/4/content')).toBe('messages[4].content')
  expect(pathWords('/a b/c~1d/__proto__')).toBe('["a b"]["c/d"].__proto__')
  expect(pathWords('')).toBe('the whole')
})

test('long equal stretches keep the words beside a change, and what is left out is counted', () => {
  const long = 'word '.repeat(100)
  const { pieces, left } = around(
    [
      { type: 'same', text: long },
      { type: 'added', text: 'new' },
      { type: 'same', text: long },
      { type: 'removed', text: 'old' },
      { type: 'same', text: long }
    ],
    20,
    3
  )
  expect(pieces.map(({ text }) => text.length)).toEqual([21, 3, 43])
  expect(left).toBe(2)
})
