import { expect, test } from 'vitest'
import type { LedgerEvent } from './event.js'
import { effects, trace } from './trace.js'

const event = (id: string, ...cause: string[]): LedgerEvent => ({ id, cause }) as unknown as LedgerEvent
const ids = (events: readonly LedgerEvent[]): string[] => events.map(({ id }) => id)

test('a trace is the event, then its causes, nearest first', () => {
  const events = [event('root'), event('a', 'root'), event('b', 'root'), event('c', 'a', 'b'), event('d', 'c')]
  expect(ids(trace(events, 'd'))).toEqual(['d', 'c', 'a', 'b', 'root'])
  expect(ids(trace(events, 'root'))).toEqual(['root'])
})

test('effects are the event, then what it led to, nearest first', () => {
  const events = [
    event('root'),
    event('a', 'root'),
    event('b', 'root'),
    event('c', 'a', 'b'),
    event('d', 'c'),
    event('x')
  ]
  expect(ids(effects(events, 'root'))).toEqual(['root', 'a', 'b', 'c', 'd'])
  expect(ids(effects(events, 'd'))).toEqual(['d'])
})

test('cycles end, causes that are missing are passed over, and what is unknown gives nothing', () => {
  const events = [event('a', 'b', 'gone'), event('b', 'a'), event('self', 'self')]
  expect(ids(trace(events, 'a'))).toEqual(['a', 'b'])
  expect(ids(effects(events, 'a'))).toEqual(['a', 'b'])
  expect(ids(trace(events, 'self'))).toEqual(['self'])
  expect(trace(events, 'gone')).toEqual([])
  expect(effects(events, 'gone')).toEqual([])
})

test('a chain of 100,000 events is walked to its end', () => {
  const events = Array.from({ length: 100_000 }, (_, n) => event(`e${n}`, `e${n - 1}`))
  expect(trace(events, 'e99999').length).toBe(100_000)
  expect(effects(events, 'e0').length).toBe(100_000)
})
