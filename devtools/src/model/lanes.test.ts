import { expect, test } from 'vitest'
import { answered, asked, bookOf, event } from './events.fixture.js'
import { laneFold } from './lanes.js'

test('calls in flight together hold lanes side by side, and an answer frees its lane', () => {
  const { lanes } = bookOf(
    asked('q1', 'a'),
    asked('q2', 'b'),
    answered('a1', 'q1'),
    asked('q3', 'c'),
    answered('a2', 'q2')
  )
  expect(lanes.nodes).toEqual([0, 1, 0, 0, 1])
  expect(lanes.marks).toEqual(['open', 'open', 'close', 'open', 'close'])
  expect(lanes.masks).toEqual([0b1, 0b11, 0b11, 0b11, 0b11])
  expect(lanes.openMask).toBe(0b1)
})

test('a row of no call lets the lanes pass', () => {
  const { lanes } = bookOf(asked('q', 'a'), event('object.patched', 'p'))
  expect(lanes.masks[1]).toBe(0b1)
  expect(lanes.nodes[1]).toBe(-1)
})

test('the seventh call beside six is counted, not drawn', () => {
  const lanes = laneFold()
  for (let i = 0; i < 6; i++) expect(lanes.open()).toBe(i)
  expect(lanes.open()).toBe(-1)
  expect(lanes.overs).toEqual([0, 0, 0, 0, 0, 0, 1])
  lanes.close(-1)
  expect(lanes.overs.at(-1)).toBe(0)
})

test('an answer to nobody takes no lane', () => {
  const { lanes, calls } = bookOf(answered('a', 'nobody'))
  expect(lanes.masks).toEqual([0])
  expect(calls.byRow).toEqual([-1])
})
