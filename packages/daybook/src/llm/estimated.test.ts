import { expect, test } from 'vitest'
import { priceOf } from '../prices/index.js'
import { estimatedCost } from './estimated.js'

const target = { provider: 'openai', api: 'chat', base_url: 'https://x.test/v1', model: 'gpt-4o-mini' } as const
const request = { model: 'openai/gpt-4o-mini', messages: [{ role: 'user', content: 'x'.repeat(4000) }] } as const
const price = priceOf(target) as { input: number; output: number }

test('an estimate is the whole request at a token for four characters, and the longest answer allowed', async () => {
  const estimate = (await estimatedCost({ ...request, max_tokens: 100 }, target)) as number
  const output = 100 * price.output
  expect(estimate).toBeGreaterThan(1000 * price.input + output)
  expect(estimate).toBeLessThan(1020 * price.input + output)
})

test('without a limit the answer is taken to be of a usual length, and never longer than the model writes', async () => {
  const usual = (await estimatedCost(request, target)) as number
  const endless = (await estimatedCost({ ...request, max_tokens: 10_000_000 }, target)) as number
  expect(usual).toBeGreaterThan(4096 * price.output)
  expect(endless).toBeLessThan(20_000 * price.output)
})

test('what has no known price has no estimate', async () => {
  expect(await estimatedCost(request, { ...target, model: 'nobody-knows' })).toBe(null)
  expect(await estimatedCost(request, { ...target, provider: 'custom' })).toBe(null)
  expect(await estimatedCost(request, undefined)).toBe(null)
})
