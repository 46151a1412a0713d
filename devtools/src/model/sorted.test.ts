import { expect, test } from 'vitest'
import { below, indexOf, leading } from './sorted.js'

test('the place among numbers in order is found as if each were looked at', () => {
  for (const sorted of [[], [3], [3, 3], [0, 4, 9], [1, 2, 2, 2, 7, 8]]) {
    for (let value = -1; value < 11; value++) {
      expect(below(sorted, value)).toBe(sorted.filter(number => number < value).length)
      expect(sorted[indexOf(sorted, value)]).toBe(sorted.includes(value) ? value : undefined)
    }
  }
})

test('a long list is asked a few times only', () => {
  let asked = 0
  const rows = Array.from({ length: 100_000 }, (_, row) => ({ row }))
  const count = leading(rows, ({ row }) => {
    asked++
    return row < 70_001
  })
  expect([count, asked < 18]).toEqual([70_001, true])
})
