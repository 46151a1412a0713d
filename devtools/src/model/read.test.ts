import { expect, test } from 'vitest'
import { oneLine } from './read.js'

test('one line of JSON is the beginning of the whole', () => {
  const value = { a: [1, { b: 'x'.repeat(50), c: null }, true], ['__proto__']: { d: [] }, e: 'y'.repeat(500) }
  const whole = JSON.stringify(value)
  expect(oneLine(value, 10_000)).toBe(whole)
  for (const max of [1, 10, 60, 90, 200]) expect(oneLine(value, max)).toBe(`${whole.slice(0, max)}…`)
})

test('what is no JSON is a line too', () => {
  const circle: unknown[] = []
  circle.push(circle)
  expect(oneLine(undefined)).toBe('undefined')
  expect(oneLine(10n)).toBe('10')
  expect(oneLine(circle, 20).length).toBe(21)
})

test('of a long value only the beginning is read', () => {
  const list = Array.from({ length: 5000 }, (_, i) => i)
  Object.defineProperty(list, 4000, {
    get() {
      throw new Error('read to its end')
    }
  })
  expect(oneLine({ list }, 400)).toMatch(/^\{"list":\[0,1,2,/)
})
