import { expect, test } from 'vitest'
import { nearestOf, question, sameBeginning } from './nearest.js'

const ask = (text: string, model = 'm', before: readonly string[] = []) => ({
  model,
  messages: [...before, text].map(content => ({ role: 'user', content }))
})

test('the nearest request shares its beginning, its model and its words', () => {
  const others = [ask('Which ships sail?'), ask('Which buses drive in winter?', 'n'), ask('Which buses drive in May?')]
  expect(nearestOf(ask('Which buses drive in winter?'), others)).toBe(1)
  expect(nearestOf(ask('Which buses drive in March?'), others)).toBe(2)
  expect(nearestOf(ask('x'), [])).toBe(-1)
})

test('of two that are as near, the later one is taken', () => {
  expect(nearestOf(ask('a b'), [ask('a b'), ask('a b'), ask('c')])).toBe(1)
})

test('notes about a call are no part of the question', () => {
  const data = { ...ask('a'), metadata: { x: 1 }, dialog_id: 'd', stream: true, temperature: undefined }
  expect(question(data)).toEqual(ask('a'))
  expect(question('nonsense')).toEqual({})
})

test('what is no request is compared all the same', () => {
  expect(nearestOf({ messages: 'no list' }, [null, 7, { messages: [null] }])).toBeGreaterThanOrEqual(0)
  let deep: unknown = 'x'
  for (let i = 0; i < 50_000; i++) deep = [deep]
  expect(sameBeginning([deep], [structuredLike(deep)])).toBe(0)
})

// As deep, but another one.
function structuredLike(value: unknown): unknown {
  let copy: unknown = 'x'
  for (let at = value; Array.isArray(at); at = at[0]) copy = [copy]
  return copy
}

test('messages that are the same at the beginning are counted', () => {
  const a = [
    { role: 'user', content: [{ type: 'text', text: 'x' }] },
    { role: 'assistant', content: 'y' }
  ]
  expect(
    sameBeginning(a, [
      { content: [{ text: 'x', type: 'text' }], role: 'user' },
      { role: 'assistant', content: 'z' }
    ])
  ).toBe(1)
})
