import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Caused, causedBy, rollup } from './caused.js'
import type { LedgerEvent } from './event.js'

const made = (id: string, second: number, cause: string[], type = 'x.made', data: object = {}): LedgerEvent =>
  ({
    ...{ id, type, cause, data, source: 'run:1', actor: 'test' },
    timestamp: new Date(Date.UTC(2026, 10, 21, 10, 0, second)).toISOString()
  }) as unknown as LedgerEvent
const answer = (
  id: string,
  second: number,
  cause: string,
  cost_usd: number | null,
  hit?: { saved_usd: number | null }
) => made(id, second, [cause], 'llm.response', { text: id, cost_usd, cached: hit !== undefined, ...hit })

const ledger = [
  made('goal', 0, []),
  made('q1', 1, ['goal'], 'llm.request'),
  made('q2', 1, ['goal'], 'llm.request'),
  answer('a1', 4, 'q1', 0.25),
  answer('a2', 9, 'q2', 0, { saved_usd: 0.5 }),
  made('follow', 10, ['a1'], 'llm.request'),
  answer('a3', 12, 'follow', 0.125)
]

describe('what came of an event', () => {
  test('is counted with its cost and time, without the event itself', () => {
    expect(causedBy(ledger, 'goal')).toEqual({ events: 6, calls: 2, costUsd: 0.375, savedUsd: 0.5, elapsedMs: 12_000 })
    expect(causedBy(ledger, 'q1')).toEqual({ events: 3, calls: 2, costUsd: 0.375, savedUsd: 0, elapsedMs: 11_000 })
    expect(causedBy(ledger, 'a1')).toEqual({ events: 2, calls: 1, costUsd: 0.125, savedUsd: 0, elapsedMs: 8000 })
    expect(causedBy(ledger, 'q2')).toEqual({ events: 1, calls: 0, costUsd: 0, savedUsd: 0.5, elapsedMs: 8000 })
    const none = { events: 0, calls: 0, costUsd: 0, savedUsd: 0, elapsedMs: 0 }
    expect(causedBy(ledger, 'a3')).toEqual(none)
    expect(causedBy(ledger, 'nobody')).toEqual(none)
  })

  test('is known for every event at once', () => {
    const all = rollup(ledger)
    expect([...all.keys()]).toEqual(ledger.map(({ id }) => id))
    for (const { id } of ledger) expect(all.get(id)).toEqual(causedBy(ledger, id))
  })

  test('costs null where one price is unknown, and only there', () => {
    const events = [...ledger, answer('a4', 13, 'q2', null), answer('a5', 13, 'q1', 0, { saved_usd: null })]
    const all = rollup(events)
    for (const of of [(id: string) => causedBy(events, id), (id: string) => all.get(id)]) {
      expect(of('goal')).toMatchObject({ calls: 3, costUsd: null, savedUsd: null })
      expect(of('q2')).toMatchObject({ costUsd: null, savedUsd: 0.5 })
      expect(of('q1')).toMatchObject({ costUsd: 0.375, savedUsd: null })
    }
  })

  test('where paths meet again is counted once: for its first cause, so that roots add up to the ledger', () => {
    const events = [
      ...[made('left', 0, []), made('right', 0, [])],
      ...[made('a', 1, ['left']), made('b', 1, ['left', 'right']), made('q', 2, ['b', 'a', 'right'], 'llm.request')],
      answer('meet', 3, 'q', 0.5)
    ]
    const all = rollup(events)
    expect(causedBy(events, 'left')).toMatchObject({ events: 4, calls: 1, costUsd: 0.5 })
    expect(all.get('left')).toMatchObject({ events: 4, calls: 1, costUsd: 0.5 })
    expect(all.get('b')).toMatchObject({ events: 2, calls: 1, costUsd: 0.5 })
    expect(causedBy(events, 'right')).toMatchObject({ events: 3, costUsd: 0.5 })
    for (const id of ['right', 'a']) expect(all.get(id)).toMatchObject({ events: 0, calls: 0, costUsd: 0 })
  })

  test('of a hostile ledger comes to an end: cycles, causes from the future, twice the same id, no time', () => {
    const events = [
      made('early', 0, ['late', 'early']),
      made('late', 1, ['early', 'early', 'gone']),
      made('late', 2, []),
      { ...made('timeless', 3, ['late']), timestamp: 'yesterday' }
    ]
    expect(causedBy(events, 'early')).toMatchObject({ events: 2, elapsedMs: 1000 })
    expect(rollup(events).get('early')).toMatchObject({ events: 2, elapsedMs: 1000 })
    expect(rollup(events).get('timeless')).toMatchObject({ events: 0, elapsedMs: 0 })
  })

  test('is the same either way in every tree', () => {
    const cause = fc.array(fc.record({ of: fc.nat(), cost: fc.option(fc.nat(8)) }), { minLength: 1, maxLength: 60 })
    fc.assert(
      fc.property(cause, all => {
        const events = all.map(({ of, cost }, n) =>
          n % 7 === 0 ? made(`e${n}`, n, []) : answer(`e${n}`, (n * 7) % 50, `e${of % n}`, cost)
        )
        const found = rollup(events)
        for (const { id } of events) expect(found.get(id)).toEqual(causedBy(events, id))
        const roots = events.filter(({ cause: causes }) => causes.length === 0).map(({ id }) => found.get(id) as Caused)
        expect(roots.reduce((sum, root) => sum + root.events + 1, 0)).toBe(events.length)
      })
    )
  })
})
