import { describe, expect, test } from 'vitest'
import { InputError } from '../errors.js'
import { type Budget, budgetFold, budgetOf, defaultBudget } from './budget.js'
import type { EventType, LedgerEvent } from './event.js'

let made = 0
function event(type: EventType, more: object = {}): LedgerEvent {
  const base = { source: 'run:1', actor: 't', cause: [], timestamp: '2026-01-01T00:00:00.000Z', data: {} }
  return { ...base, id: `e${made++}`, type, ...more } as never
}
const response = (cost_usd: unknown, cause: string[] = []) => event('llm.response', { cause, data: { cost_usd } })
const none: Budget = { maxEvents: Infinity, maxCostUsd: Infinity, maxSeconds: Infinity, maxDepth: Infinity }

test('the limits have defaults, and take no nonsense', () => {
  expect(defaultBudget).toEqual({ maxEvents: 10_000, maxCostUsd: 10, maxSeconds: 3_600, maxDepth: 50 })
  expect(budgetOf({ maxCostUsd: 0 })).toEqual({ ...defaultBudget, maxCostUsd: 0 })
  for (const limit of [-1, Number.NaN, '5', null])
    expect(() => budgetOf({ maxEvents: limit as never })).toThrow(InputError)
})

describe('what was spent', () => {
  test('is the sum over the answers; what is no amount of money counts nothing', () => {
    const fold = budgetFold(none)
    for (const cost of [1, null, 0.5, Number.NaN, -3, 'x', undefined]) fold.add(response(cost))
    expect(fold.spend).toMatchObject({ events: 7, costUsd: 1.5 })
  })

  test('counts the answers that were paid and could not be kept, until the run is taken up again', () => {
    const fold = budgetFold({ ...none, maxCostUsd: 2 })
    fold.add(response(0.5))
    fold.add(event('budget.exhausted', { data: { reasons: [], uncommitted: { answers: 3, cost_usd: 1.5 } } }))
    expect(fold.exhausted()?.reasons).toEqual(['max_llm_cost_usd=2'])
    fold.add(event('run.resumed'))
    expect(fold.spend).toMatchObject({ events: 1, costUsd: 0.5 })
    expect(fold.exhausted()).toBe(undefined)
  })

  test('is reached, not passed: a limit counts when it is as high', () => {
    const fold = budgetFold({ ...none, maxEvents: 2, maxCostUsd: 1 })
    fold.add(response(0.25))
    expect(fold.exhausted()).toBe(undefined)
    fold.add(response(0.75))
    expect(fold.exhausted()).toMatchObject({
      reasons: ['max_events=2', 'max_llm_cost_usd=1'],
      event_count: 2,
      llm_cost_usd: 1
    })
  })
})

describe('depth', () => {
  test('is one more than the deepest cause; roots are 0, and an unknown cause counts as one', () => {
    const fold = budgetFold(none)
    const depths = ([id, cause]: [string, string[]]) => {
      fold.add(event('object.created', { id, cause }))
      return fold.spend.depth
    }
    expect(
      (
        [
          ['a', []],
          ['b', ['a']],
          ['c', ['b', 'a']],
          ['d', ['unknown']],
          ['e', ['d', 'c']],
          ['f', []]
        ] as [string, string[]][]
      ).map(depths)
    ).toEqual([0, 1, 2, 1, 3, 0])
  })

  test('of a wide ledger: a cause that was forgotten counts as the trigger, so that no chain begins anew', () => {
    const fold = budgetFold(none)
    fold.add(event('object.created', { id: 'old' }))
    for (let n = 0; n < 50_000; n++) fold.add(event('tool.called'))
    fold.add(event('object.created', { id: 't0' }))
    for (let n = 1; n <= 5; n++) fold.add(event('object.created', { id: `t${n}`, cause: [`t${n - 1}`] }))
    fold.add(event('object.created', { cause: ['old'], by: 't5#0' }))
    expect(fold.spend.depth).toBe(6)
  })
})

test('seconds are summed over sessions: the time between two runs does not count', () => {
  const at = (seconds: number, by?: string) =>
    event('object.created', { timestamp: new Date(seconds * 1000).toISOString(), ...(by ? { by } : {}) })
  const fold = budgetFold({ ...none, maxSeconds: 10 })
  for (const each of [at(0, 'seed#0'), at(0, 'seed#1'), at(3, 'a#0'), at(100, 'seed#3'), at(104, 'b#0')]) fold.add(each)
  expect(fold.spend.seconds).toBe(7)
  fold.add(event('run.resumed', { timestamp: new Date(900_000).toISOString(), by: 'resume#5' }))
  fold.add(at(902.5, 'b#1'))
  expect(fold.spend.seconds).toBe(9.5)
  expect(fold.exhausted()).toBe(undefined)
  fold.add(at(901, 'b#2')) // a clock that goes back takes nothing away
  expect(fold.spend.seconds).toBe(9.5)
  fold.add(at(903, 'b#3'))
  expect(fold.exhausted()?.reasons).toEqual(['max_wall_seconds=10 (elapsed=10.0s)'])
})

describe('a reservation', () => {
  const request = (id: string) => event('llm.request', { id })

  test('is held from the request to its end, and refused where the rest does not pay for it', () => {
    const fold = budgetFold({ ...none, maxCostUsd: 1 })
    fold.add(request('a'), 0.4)
    fold.add(request('b'), 0.4)
    fold.add(request('c'), 0.4)
    expect(fold.spend.reservedUsd).toBeCloseTo(0.8)
    expect([fold.refusal('a'), fold.refusal('b')]).toEqual([undefined, undefined])
    expect(fold.refusal('c')).toMatchObject({ estimate: 0.4, left: expect.closeTo(0.2) })
    fold.add(response(0.1, ['a']))
    fold.add(event('llm.failed', { cause: ['b'] }))
    fold.add(event('llm.failed', { cause: ['c'] }))
    expect(fold.spend).toMatchObject({ reservedUsd: 0, costUsd: 0.1 })
    expect(fold.refusal('c')).toBe(undefined)
    fold.add(request('d'), 0.9)
    expect(fold.refusal('d')).toBe(undefined)
  })

  test('of an answer that was stopped becomes what that did cost', () => {
    const fold = budgetFold({ ...none, maxCostUsd: 1 })
    fold.add(request('a'), 0.4)
    expect(fold.grant('a')).toBe(0.4)
    fold.add(event('llm.failed', { cause: ['a'], data: { kind: 'budget', cost_usd: 0.6, estimated: true } }))
    expect(fold.grant('a')).toBe(undefined)
    expect(fold.spend).toMatchObject({ reservedUsd: 0, costUsd: 0.6 })
  })

  test('of an unknown amount is none', () => {
    const fold = budgetFold({ ...none, maxCostUsd: 1 })
    fold.add(request('a'), null)
    fold.add(request('b'))
    expect([fold.spend.reservedUsd, fold.refusal('a')]).toEqual([0, undefined])
  })
})
