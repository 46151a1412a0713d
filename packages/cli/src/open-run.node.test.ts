import { expect, test } from 'vitest'
import { findEvent } from './open-run.js'
import { events } from './testing/hand-made.js'

const ledger = events(
  { type: 'object.created', data: { id: 'a', type: 'Goal', data: {} } },
  { type: 'object.created', data: { id: 'b', type: 'Goal', data: {} } },
  { type: 'object.created', data: { id: 'c', type: 'Goal', data: {} } }
).map((event, index) => ({ ...event, id: ['object.created-abc', 'object.created-abd', '2'][index] as string }))

test('an event is named by its id, its number, or a beginning that only it has', () => {
  const at = (given: string) => findEvent(ledger, given)?.position
  expect([at('1'), at('#3'), at('2')]).toEqual([0, 2, 2])
  expect([at('object.created-abd'), at('abd'), at('abc')]).toEqual([1, 1, 0])
  expect([at('4'), at('#0'), at(''), at('created')]).toEqual([undefined, undefined, undefined, undefined])
  expect(() => at('ab')).toThrow('2 events begin with "ab": #1, #2. Type more of it, or its number.')
})
