import { expect, test } from 'vitest'
import { causedBy, rollup } from './caused.js'
import type { LedgerEvent } from './event.js'
import { effects, shortestPath, trace } from './trace.js'

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

test('a list of events that has grown, or holds another event in a place, is looked at anew', () => {
  const events = [event('root'), event('a', 'root'), event('b', 'a')]
  expect(ids(effects(events, 'root'))).toEqual(['root', 'a', 'b'])
  events.push(event('c', 'root'))
  expect(ids(effects(events, 'root'))).toEqual(['root', 'a', 'c', 'b'])
  events[2] = event('b', 'root')
  expect(ids(effects(events, 'root'))).toEqual(['root', 'a', 'b', 'c'])
  expect(ids(trace(events, 'b'))).toEqual(['b', 'root'])
})

test('of a list that was asked about before, the events are not looked at again', () => {
  let looks = 0
  const events = Array.from({ length: 100 }, (_, n): object => ({
    id: `e${n}`,
    get cause() {
      looks++
      return [`e${n - 1}`]
    }
  })) as LedgerEvent[]
  trace(events, 'e99')
  const before = looks
  for (let n = 0; n < 100; n++) {
    expect(trace(events, `e${n}`).length).toBe(n + 1)
    expect(effects(events, `e${n}`).length).toBe(100 - n)
  }
  expect(looks).toBe(before)
})

test('a chain of 100,000 events is walked to its end', () => {
  const events = Array.from({ length: 100_000 }, (_, n) => event(`e${n}`, `e${n - 1}`))
  expect(trace(events, 'e99999').length).toBe(100_000)
  expect(effects(events, 'e0').length).toBe(100_000)
})

test('the shortest way between two events goes over causes and effects', () => {
  const events = [
    event('root'),
    event('a', 'root'),
    event('b', 'root'),
    event('c', 'a', 'b'),
    event('d', 'c', 'root', 'gone'),
    event('x')
  ]
  expect(ids(shortestPath(events, 'a', 'root'))).toEqual(['a', 'root'])
  expect(ids(shortestPath(events, 'root', 'c'))).toEqual(['root', 'a', 'c'])
  expect(ids(shortestPath(events, 'd', 'b'))).toEqual(['d', 'c', 'b'])
  expect(ids(shortestPath(events, 'a', 'b'))).toEqual(['a', 'root', 'b'])
  expect(ids(shortestPath(events, 'c', 'c'))).toEqual(['c'])
  expect(shortestPath(events, 'a', 'x')).toEqual([])
  expect(shortestPath(events, 'a', 'gone')).toEqual([])
  expect(shortestPath(events, 'gone', 'a')).toEqual([])
})

test('ten times the events are ten times the work', () => {
  // Counted and not timed: how often an event is looked at, in chains, fans and lattices.
  const shapes: ((n: number) => string[])[] = [
    n => [`e${n - 1}`],
    () => ['e0'],
    n => [`e${n - 1}`, `e${n - 2}`, `e${n >> 1}`]
  ]
  const work = (count: number, shape: (n: number) => string[], use: (events: LedgerEvent[]) => unknown): number => {
    let looks = 0
    const look = <T>(value: T): T => {
      looks++
      return value
    }
    const events = Array.from({ length: count }, (_, n): object => {
      const causes = shape(n)
      return {
        id: `e${n}`,
        timestamp: '2026-11-21T10:00:00.000Z',
        get type() {
          return look('x.made')
        },
        get cause() {
          looks += causes.length
          return look(causes)
        }
      }
    })
    use(events as LedgerEvent[])
    return looks
  }
  for (const shape of shapes) {
    for (const use of [
      (events: LedgerEvent[]) => trace(events, `e${events.length - 1}`),
      (events: LedgerEvent[]) => effects(events, 'e0'),
      (events: LedgerEvent[]) => causedBy(events, 'e0'),
      (events: LedgerEvent[]) => rollup(events),
      (events: LedgerEvent[]) => shortestPath(events, 'e0', `e${events.length - 1}`)
    ]) {
      expect(work(8000, shape, use)).toBeLessThanOrEqual(10.1 * work(800, shape, use) + 100)
    }
  }
})
