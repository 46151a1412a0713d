import { afterEach, expect, test, vi } from 'vitest'
import { createHost, defaultHost, newId } from './host.js'

afterEach(() => {
  vi.restoreAllMocks()
})

test('a new id is 12 hexadecimal digits that nobody else has', () => {
  const ids = Array.from({ length: 1000 }, () => newId())
  for (const id of ids) expect(id).toMatch(/^[0-9a-f]{12}$/)
  expect(new Set(ids).size).toBe(1000)
})

test('where there are no random UUIDs, as in a page that is not secure, ids are made of random bytes', () => {
  const { randomUUID } = crypto
  Object.defineProperty(crypto, 'randomUUID', { value: undefined, configurable: true, writable: true })
  try {
    expect(newId()).toMatch(/^[0-9a-f]{12}$/)
  } finally {
    Object.defineProperty(crypto, 'randomUUID', { value: randomUUID, configurable: true, writable: true })
  }
})

test('a host that makes ids is asked for them', () => {
  expect(newId(createHost({ id: () => 'mine' }))).toBe('mine')
})

test('the default host says a thing once per area and kind, on the console', () => {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => {})
  const host = createHost()
  host.warn({ area: 'cache', kind: 'full', message: 'The disk is full.' })
  host.warn({ area: 'cache', kind: 'full', message: 'The disk is full.' })
  host.warn({ area: 'cache', kind: 'slow', message: 'The disk is slow.' })
  expect(warn.mock.calls).toEqual([['daybook: The disk is full.'], ['daybook: The disk is slow.']])
})

test('what is passed takes the place of the real thing, and the default host is one for all', () => {
  expect(createHost({ now: () => 7 }).now()).toBe(7)
  expect(createHost().sha256('', 'hex')).toMatch(/^e3b0c44298fc1c14/)
  expect(defaultHost()).toBe(defaultHost())
})
