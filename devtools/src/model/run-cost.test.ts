import { expect, test } from 'vitest'
import { costOf } from './cost.js'
import { answered, asked, bookOf } from './events.fixture.js'
import { largest, merged, modelsOfRuns, runCostOf } from './run-cost.js'

const one = bookOf(
  asked('r1', 'First?'),
  answered('a1', 'r1', { cost_usd: 0.01 }),
  asked('r2', 'Second?'),
  answered('a2', 'r2', { cost_usd: 0.04, model: 'gpt-5', estimated: true }),
  asked('r3', 'Third?'),
  answered('a3', 'r3', { cost_usd: 0, saved_usd: 0.02, cached: true })
)
const two = bookOf(asked('q', 'Other?'), answered('b', 'q', { cost_usd: null }), answered('c', 'gone', { cost_usd: 1 }))

test('a run has the figures of its view, without its book', () => {
  const { total, model, largest } = runCostOf(one, 6)
  const { total: whole, model: models } = costOf(one)
  for (const key of ['spentUsd', 'savedUsd', 'hits', 'answered', 'inputTokens', 'estimated', 'byModel'] as const) {
    expect(total[key]).toEqual(whole[key])
  }
  expect(model.map(({ key }) => key)).toEqual(models.map(({ key }) => key))
  expect(largest).toMatchObject([
    { row: 3, text: 'Second?', spent: 0.04 },
    { row: 1, text: 'First?', spent: 0.01 }
  ])
  expect(runCostOf(one, 2).total).toMatchObject({ spentUsd: 0.01, answered: 1 })
  expect(runCostOf(two, 3).largest).toMatchObject([{ row: 2, text: 'its request is not in this ledger' }])
})

test('runs add up, and what is unknown in one is no zero in all', () => {
  const costs = [runCostOf(one, 6), runCostOf(two, 3), runCostOf(bookOf(), 0)]
  const all = merged(costs.map(({ total }) => total))
  expect(all).toMatchObject({ spentUsd: 1.05, savedUsd: 0.02, answered: 5, hits: 1, unpriced: 1, estimated: true })
  expect(modelsOfRuns(costs).map(({ key, spentUsd, unpriced }) => [key, spentUsd, unpriced])).toEqual([
    ['gpt-5-mini', 1.01, 1],
    ['gpt-5', 0.04, 0]
  ])
  expect(merged([]).spentUsd).toBeNull()
  expect(merged([costOf(bookOf(asked('q', 'x'), answered('b', 'q', { cost_usd: null }))).total]).spentUsd).toBeNull()
})

test('the most expensive are found in one walk, in their order', () => {
  const calls = Array.from({ length: 40 }, (_, i) => ({ spent: i % 5 === 4 ? undefined : (i * 7) % 31 }))
  const sorted = calls.map(({ spent }) => spent ?? 0).sort((a, b) => b - a)
  expect(largest(calls).map(({ spent }) => spent)).toEqual(sorted.slice(0, 6))
})
