import crypto from 'node:crypto'
import { syncBuiltinESMExports } from 'node:module'
import { afterEach, expect, test } from 'vitest'
import { hasToken } from './guard.js'

const { timingSafeEqual } = crypto
const compared: [number, number, boolean][] = []

/** The real comparison, which is heard. */
function listen(): void {
  crypto.timingSafeEqual = (a, b) => {
    const same = timingSafeEqual(a, b)
    compared.push([a.byteLength, b.byteLength, same])
    return same
  }
  syncBuiltinESMExports()
}
afterEach(() => {
  compared.length = 0
  crypto.timingSafeEqual = timingSafeEqual
  syncBuiltinESMExports()
})

const token = 'a-token-of-128-bits-22'
const asked = (...values: readonly string[]) => ({ rawHeaders: values.flatMap(value => ['Authorization', value]) })

test('every token is compared in constant time, whatever its length, and by nothing else', () => {
  listen()
  const wrong = ['', 'Bearer ', 'Bearer x', `Bearer ${token}x`, `Bearer ${token.slice(1)}`, `bearer ${token}`, token]
  for (const value of wrong) expect(hasToken(asked(value), token), value).toBe(false)
  expect(hasToken(asked(), token)).toBe(false)
  expect(hasToken(asked(`Bearer ${token}`, `Bearer ${token}`), token)).toBe(false)
  expect(compared).toEqual(Array.from({ length: wrong.length + 2 }, () => [32, 32, false]))
  expect(hasToken(asked(`Bearer ${token}`), token)).toBe(true)
  expect(compared.at(-1)).toEqual([32, 32, true])
})

test('what the comparison says is what is answered', () => {
  crypto.timingSafeEqual = () => true
  syncBuiltinESMExports()
  expect(hasToken(asked('Bearer of another token'), token)).toBe(true)
})
