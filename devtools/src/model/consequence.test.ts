import { expect, test } from 'vitest'
import { causesOf, chainOf, consequenceOf, previousLike } from './consequence.js'
import { answered, asked, bookOf, event } from './events.fixture.js'

const book = bookOf(
  event('kit.loaded', 'k'),
  asked('q1', 'one', 10, ['k']),
  answered('a1', 'q1', {}, 1010),
  asked('q2', 'two', 1020, ['a1']),
  answered('a2', 'q2', { cost_usd: null, cached: true, cache: { state: 'hit', key: 'x' } }, 1030),
  event('tool.called', 't1', { name: 'f', call_id: 'c' }, { cause: ['a2', 'a1'], at: 1040 })
)

test('the chain leads back to the root', () => {
  expect(chainOf(book, 5)).toEqual([4, 3, 2, 1, 0])
  expect(chainOf(book, 0)).toEqual([])
  expect(causesOf(book, 5)).toEqual([4, 2])
})

test('what an event led to is counted once, however many ways lead there', () => {
  expect(consequenceOf(book, 0)).toEqual({
    events: 5,
    calls: 2,
    hits: 1,
    failed: 0,
    tools: 1,
    costUsd: 0.002,
    unpriced: 1,
    estimated: false,
    inputTokens: 200,
    outputTokens: 80,
    lastedMs: 1040,
    more: false
  })
  expect(consequenceOf(book, 5).events).toBe(0)
})

test('events that are each other’s cause end no walk late', () => {
  const circle = bookOf(event('x', 'a', {}, { cause: ['b', 'a'] }), event('x', 'b', {}, { cause: ['a', 'b'] }))
  expect(chainOf(circle, 1)).toEqual([0])
  expect(consequenceOf(circle, 0).events).toBe(1)
})

test('a long ledger is walked as far as the bound, and says so', () => {
  const many = bookOf(
    event('x', 'root'),
    ...Array.from({ length: 25_000 }, (_, i) => event('x', `e${i}`, {}, { cause: ['root'] }))
  )
  const { events, more } = consequenceOf(many, 0)
  expect(more).toBe(true)
  expect(events).toBeLessThan(21_000)
})

test('the event before of the same kind is that of its dialog, its object, or its actor', () => {
  const others = bookOf(
    event('llm.request', 'r1', { dialog_id: 'd' }),
    event('llm.request', 'r2', {}, { actor: 'b' }),
    event('llm.request', 'r3', { dialog_id: 'd' }, { actor: 'b' }),
    event('llm.request', 'r4', {}, { actor: 'b' }),
    event('object.patched', 'p1', { id: 'o' }),
    event('object.patched', 'p2', { id: 'other' }),
    event('object.patched', 'p3', { id: 'o' })
  )
  expect([0, 2, 3, 4, 6].map(row => previousLike(others, row))).toEqual([undefined, 0, 2, undefined, 4])
})
