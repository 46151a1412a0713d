import { expect, test } from 'vitest'
import { costOf, costOfAnswer, noCost, sumOfCosts } from './cost.js'
import type { DialogMessage } from './message.js'

const usage = {
  input_tokens: 100,
  output_tokens: 20,
  cached_input_tokens: 30,
  cache_write_tokens: 4,
  reasoning_tokens: 5
}
const figures = {
  inputTokens: 100,
  outputTokens: 20,
  cachedInputTokens: 30,
  cacheWriteTokens: 4,
  reasoningTokens: 5
}

test('an answer costs what it says', () => {
  expect(costOfAnswer({ usage, cost_usd: 0.5 })).toEqual({ ...figures, costUsd: 0.5, unpriced: 0, answers: 1 })
  expect(costOfAnswer({ usage, cost_usd: 0 })).toMatchObject({ costUsd: 0, unpriced: 0 })
})

test('an unknown price is null and counted, never nothing', () => {
  expect(costOfAnswer({ usage, cost_usd: null })).toEqual({ ...figures, costUsd: null, unpriced: 1, answers: 1 })
  expect(costOfAnswer({})).toEqual({ ...noCost, costUsd: null, unpriced: 1, answers: 1 })
  expect(costOfAnswer({ usage: null, cost_usd: 2 })).toEqual({ ...noCost, costUsd: 2, answers: 1 })
})

test('costs add up, in one go or one after the other', () => {
  const costs = [0.5, null, 0.25].map(cost_usd => costOfAnswer({ usage, cost_usd }))
  const sum = sumOfCosts(costs)
  expect(sum).toEqual({
    inputTokens: 300,
    outputTokens: 60,
    cachedInputTokens: 90,
    cacheWriteTokens: 12,
    reasoningTokens: 15,
    costUsd: 0.75,
    unpriced: 1,
    answers: 3
  })
  expect(costs.reduce((before, cost) => sumOfCosts([before, cost]), noCost)).toEqual(sum)
  expect(costs.reduceRight((before, cost) => sumOfCosts([cost, before]), noCost)).toEqual(sum)
})

test('of answers without a price alone, nothing is known; of none at all, the cost is 0', () => {
  const unknown = costOfAnswer({ usage })
  expect(sumOfCosts([unknown, unknown])).toMatchObject({ costUsd: null, unpriced: 2 })
  expect(sumOfCosts([sumOfCosts([unknown]), costOfAnswer({ cost_usd: 1 })])).toMatchObject({ costUsd: 1, unpriced: 1 })
  expect(sumOfCosts([])).toEqual(noCost)
})

test('only what a model answered counts', () => {
  const message = (more: object) => ({ id: '1', role: 'assistant', content: 'x', ...more }) as DialogMessage
  expect(costOf([message({}), message({ role: 'user', usage, cost_usd: 7 })])).toEqual(noCost)
  expect(costOf([message({ model: 'm' }), message({ usage }), message({ cost_usd: 1 })]).answers).toBe(3)
  expect(costOf([message({ cost_usd: 1 })], costOfAnswer({ cost_usd: 2 }))).toMatchObject({ costUsd: 3, answers: 2 })
})
