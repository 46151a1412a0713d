import { costOf, priceOf } from 'daybook/prices'
import { expect, test } from 'vitest'
import { answersOf } from './cost.js'
import { answered, asked, bookOf, event } from './events.fixture.js'
import { savedByProvider, usesProviderCache } from './provider-cache.js'

const prices = { costOf, priceOf }
const target = { provider: 'openai', model: 'gpt-5-mini' }
const price = priceOf(target)
const usage = (cached: number) => ({ input_tokens: 10_000, output_tokens: 100, cached_input_tokens: cached })
const request = (id: string, to: object | null = target) =>
  event('llm.request', id, { model: 'openai/gpt-5-mini', messages: [], ...(to ? { target: to } : {}) })
const answer = (id: string, of: string, cached: number, more: Record<string, unknown> = {}, at = 1000) =>
  answered(id, of, { usage: usage(cached), cost_usd: costOf(usage(cached), price), ...more }, at)
const each = 8000 * ((price?.input ?? 0) - (price?.cachedInput ?? 0))

test('what was read from the provider’s cache is cheaper by the two prices of the list', () => {
  expect(each).toBeGreaterThan(0)
  const book = bookOf(request('r1'), answer('a1', 'r1', 8000), request('r2'), answer('a2', 'r2', 0), request('r3'))
  expect(savedByProvider(book, prices, 5)).toEqual({ usd: expect.closeTo(each, 12), unpriced: 0 })
  expect(savedByProvider(book, prices, 1)).toEqual({ usd: 0, unpriced: 0 })
  book.add(answer('a3', 'r3', 8000, {}, 9000))
  expect(savedByProvider(book, prices, 6).usd).toBeCloseTo(2 * each, 12)
  expect(savedByProvider(book, prices, 6, { from: 5000, to: 9500 }).usd).toBeCloseTo(each, 12)
  expect(savedByProvider(book, prices, 6, { from: 0, to: 9500 }).usd).toBeCloseTo(2 * each, 12)
})

test('what writing to that cache cost more is taken off', () => {
  const claude = { provider: 'anthropic', model: 'claude-sonnet-4-5' }
  const own = priceOf(claude)
  const wrote = { input_tokens: 1000, output_tokens: 1, cache_write_tokens: 1000 }
  const book = bookOf(request('r', claude), answered('a', 'r', { usage: wrote, cost_usd: costOf(wrote, own) }))
  expect(savedByProvider(book, prices, 2).usd).toBeCloseTo(1000 * ((own?.input ?? 0) - (own?.cacheWrite ?? 0)), 12)
})

test('where the price is not known, or was another one, the saving is not known, and never 0', () => {
  const unknown = { usd: null, unpriced: 1 }
  for (const odd of [
    [request('r'), answer('a', 'r', 8000, { cost_usd: null })],
    [request('r'), answer('a', 'r', 8000, { cost_usd: 7 })],
    [request('r', { provider: 'custom', model: 'gpt-5-mini' }), answer('a', 'r', 8000, { model: 'mine' })],
    [request('r', null), answer('a', 'r', 8000)],
    [request('r', { provider: 7, model: {} }), answer('a', 'r', 8000)],
    [answer('a', 'nobody', 8000)]
  ]) {
    expect(savedByProvider(bookOf(...odd), prices, 2)).toEqual(unknown)
    expect(savedByProvider(bookOf(...odd), prices, 2, { from: -1, to: 2000 })).toEqual(unknown)
  }
  const half = bookOf(request('r'), answer('a', 'r', 8000), answer('b', 'nobody', 8000))
  expect(savedByProvider(half, prices, 3)).toEqual({ usd: expect.closeTo(each, 12), unpriced: 1 })
})

test('hits of our own cache, and odd counts, are no use of the provider’s', () => {
  const book = bookOf(
    asked('r', 'x'),
    answer('a', 'r', 8000, { cached: true, cost_usd: 0, saved_usd: 1 }),
    answered('b', 'r', { usage: { input_tokens: -1, cached_input_tokens: -8, output_tokens: 'x' } })
  )
  expect(usesProviderCache(answersOf(book))).toBe(false)
  expect(savedByProvider(book, prices, 3)).toEqual({ usd: 0, unpriced: 0 })
})
