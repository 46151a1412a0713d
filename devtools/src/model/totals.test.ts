import { expect, test } from 'vitest'
import { answered, asked, bookOf, event } from './events.fixture.js'
import { tookMs } from './run.js'
import { isAwaited, spentSoFar } from './totals.js'

test('totals add up what was spent, read and written', () => {
  const { totals } = bookOf(
    asked('q1', 'a'),
    asked('q2', 'b'),
    answered('a1', 'q1', {
      usage: { input_tokens: 100, cached_input_tokens: 30, output_tokens: 40, reasoning_tokens: 8 }
    }),
    answered('a2', 'q2', { cost_usd: 0.003, latency_ms: 3000 })
  )
  expect(totals).toMatchObject({
    calls: 2,
    answered: 2,
    inputTokens: 200,
    cachedTokens: 30,
    outputTokens: 80,
    reasoningTokens: 8
  })
  expect(totals.spentUsd).toBeCloseTo(0.005, 12)
  expect(totals.medianMs).toBe(2000)
})

test('a hit costs nothing, says what it saved, and spends no tokens', () => {
  const { totals } = bookOf(
    asked('q', 'a'),
    answered('a', 'q', {
      cached: true,
      cost_usd: 0,
      saved_usd: 0.0046,
      cache: { state: 'hit', key: 'k' },
      latency_ms: 1
    })
  )
  expect(totals).toMatchObject({ hits: 1, spentUsd: 0, savedUsd: 0.0046, inputTokens: 0, medianMs: undefined })
})

test('an unknown price is never zero', () => {
  const { totals } = bookOf(asked('q', 'a'), answered('a', 'q', { cost_usd: null }))
  expect(totals.spentUsd).toBeNull()
  expect(totals.unpriced).toBe(1)
})

test('answers that name no usage leave the tokens unknown', () => {
  const { totals } = bookOf(asked('q', 'a'), answered('a', 'q', { usage: null }))
  expect(totals.measured).toBe(false)
  expect(bookOf(asked('q', 'a'), answered('a', 'q')).totals.measured).toBe(true)
})

test('figures that are no numbers are left out', () => {
  const { totals } = bookOf(
    asked('q', 'a'),
    answered('a', 'q', { cost_usd: 'much', usage: { input_tokens: Number.NaN }, latency_ms: null })
  )
  expect(totals).toMatchObject({ spentUsd: null, inputTokens: 0, medianMs: undefined })
})

test('what calls cost that nobody has answered yet is not known, and without a call it is nothing', () => {
  const open = bookOf(asked('q', 'a')).totals
  expect([isAwaited(open), spentSoFar(open)]).toEqual([true, null])
  const failed = bookOf(asked('q', 'a'), event('llm.failed', 'f', { message: 'no' }, { cause: ['q'] })).totals
  expect([isAwaited(failed), spentSoFar(failed)]).toEqual([false, 0])
  expect(spentSoFar(bookOf(event('kit.loaded', 'k')).totals)).toBe(0)
  expect(spentSoFar(bookOf(asked('q', 'a'), answered('a', 'q'), asked('q2', 'b')).totals)).toBe(0.002)
})

test('a run that is under way goes on with the clock, and one that has ended does not', () => {
  const book = bookOf(asked('q', 'a', 277))
  const now = book.startedAt + 1990
  expect(tookMs(book, now, true)).toBe(1990)
  expect(tookMs(book, now, false)).toBe(0)
  book.add(answered('a', 'q', {}, 1277))
  expect(tookMs(book, now, true)).toBe(1000)
})
