import { expect, test } from 'vitest'
import { barsOf, longestPause, timeOfChunk } from './rhythm.js'

const rhythm = [
  [200, 4],
  [100, 8],
  [300, 4]
] as const

test('a chunk stands where the pauses before it end', () => {
  expect([0, 1, 2, 3, 9].map(chunks => timeOfChunk(rhythm, chunks))).toEqual([0, 200, 300, 600, 600])
})

test('bars show how much came when, as shares of the tallest', () => {
  expect(barsOf(rhythm, 4)).toEqual([0.5, 1, 0, 0.5])
  expect(barsOf([], 3)).toEqual([0, 0, 0])
  expect(barsOf([[5, 0]], 2)).toEqual([0, 0])
})

test('the longest pause is one between two chunks, not the wait for the first', () => {
  expect(longestPause(rhythm)).toEqual({ ms: 300, at: 300 })
  expect(longestPause([[900, 1]])).toBeUndefined()
})
