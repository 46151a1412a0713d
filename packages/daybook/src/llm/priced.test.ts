import { describe, expect, test } from 'vitest'
import type { Warning } from '../host.js'
import { pricesDate } from '../prices/index.js'
import { begun } from './live.js'
import type { LLMFn, LLMRequest, LLMResponse } from './llm.js'
import { targetOf } from './llm.js'
import { llmStream } from './llm-stream.js'
import { type PriceOptions, priced } from './priced.js'

const request: LLMRequest = { model: 'gpt-4o', messages: [] }
const usage = { input_tokens: 1000, output_tokens: 500 }

function answering(answer: Partial<LLMResponse>, provider = 'openai'): LLMFn {
  const response: LLMResponse = {
    text: 'Hi',
    model: request.model,
    message: { role: 'assistant', content: 'Hi' },
    finish_reason: 'stop',
    usage,
    tool_calls: [],
    cost_usd: null,
    cached: false,
    ...answer
  }
  return Object.assign(
    () =>
      llmStream(async function* () {
        yield { type: 'text.delta' as const, text: 'Hi' }
        return response
      }),
    { target: ({ model }: LLMRequest) => ({ provider, api: 'chat' as const, base_url: 'https://p.test/v1', model }) }
  )
}

/** A host with a clock that stands `days` after the table's date, and its warnings. */
function hostAfter(days: number) {
  const warnings: Warning[] = []
  const host = {
    now: () => Date.parse(pricesDate) + days * 86_400_000,
    warn: (warning: Warning) => warnings.push(warning)
  }
  return { warnings, host }
}

const ask = (llm: LLMFn, options?: PriceOptions, model = request.model) =>
  priced(llm, { host: hostAfter(1).host, ...options })({ ...request, model })

test('usage times the price of the table, with its date', async () => {
  expect(await ask(answering({}))).toMatchObject({ cost_usd: 0.0075, price_date: pricesDate })
})

test("the provider's own figure wins, also when it is 0", async () => {
  expect(await ask(answering({ cost_usd: 0.5 }))).toMatchObject({ cost_usd: 0.5 })
  const free = await ask(answering({ cost_usd: 0 }))
  expect(free.cost_usd).toBe(0)
  expect(free.price_date).toBeUndefined()
})

test('an unknown model, provider or usage has no cost', async () => {
  expect((await ask(answering({ model: 'unheard-of' }), {}, 'unheard-of')).cost_usd).toBeNull()
  expect((await ask(answering({}, 'elsewhere'))).cost_usd).toBeNull()
  expect((await ask(answering({ usage: null }))).cost_usd).toBeNull()
})

test('a figure that is no amount of money counts as none', async () => {
  for (const cost_usd of [Number.NaN, Number.POSITIVE_INFINITY, -1, '3' as unknown as number]) {
    expect((await ask(answering({ cost_usd, usage: null }))).cost_usd).toBeNull()
    expect((await ask(answering({ cost_usd }))).cost_usd).toBe(0.0075)
  }
  for (const input_tokens of [Number.NaN, -5]) {
    expect((await ask(answering({ usage: { input_tokens, output_tokens: 1 } }))).cost_usd).toBeNull()
  }
})

test('the name in the answer counts where the one that was asked for is an alias', async () => {
  expect((await ask(answering({ model: 'gpt-4o' }), {}, 'our-alias')).cost_usd).toBe(0.0075)
})

test('estimated stays on the answer', async () => {
  expect(await ask(answering({ estimated: true }))).toMatchObject({ cost_usd: 0.0075, estimated: true })
})

describe('prices of one’s own', () => {
  const price = { input: 1 / 1e6, output: 2 / 1e6 }
  test('win over the table, by provider and model or by model, and carry no date', async () => {
    for (const name of ['openai/gpt-4o', 'gpt-4o']) {
      const answer = await ask(answering({}), { prices: { [name]: price } })
      expect(answer.cost_usd).toBeCloseTo(0.002, 12)
      expect(answer.price_date).toBeUndefined()
    }
    const both = { 'gpt-4o': { input: 0, output: 0 }, 'openai/gpt-4o': price }
    expect((await ask(answering({}), { prices: both })).cost_usd).toBeCloseTo(0.002, 12)
  })
  test('are looked up among own names only', async () => {
    expect((await ask(answering({ model: 'x' }), { prices: {} }, 'constructor')).cost_usd).toBeNull()
  })
  test('per million instead of per token are refused when the wrapper is made', () => {
    expect(() => priced(answering({}), { prices: { m: { input: 2, output: 8 } } })).toThrow('US dollars per token')
    expect(() => priced(answering({}), { prices: { m: { input: Number.NaN, output: 0 } } })).toThrow('input: null')
  })
})

describe('an old table', () => {
  test('gives one warning, however many calls and wrappers there are', async () => {
    const { host, warnings } = hostAfter(121)
    for (let call = 0; call < 3; call++) await ask(answering({}), { host })
    expect(warnings).toEqual([
      expect.objectContaining({ area: 'prices', kind: 'stale', message: expect.stringContaining('121 days old') })
    ])
  })
  test('gives none up to 120 days, nor where it is not used', async () => {
    const young = hostAfter(120)
    await ask(answering({}), { host: young.host })
    expect(young.warnings).toEqual([])
    const unused = hostAfter(500)
    await ask(answering({ cost_usd: 1 }), { host: unused.host })
    await ask(answering({}, 'elsewhere'), { host: unused.host })
    expect(unused.warnings).toEqual([])
  })
})

test('deltas and target pass through', async () => {
  const llm = priced(answering({}), { host: hostAfter(1).host })
  expect(await begun(llm(request))).toBe(true)
  expect(targetOf(llm, request)).toMatchObject({ provider: 'openai', model: 'gpt-4o' })
})

test('a failure passes through as it is', async () => {
  const error = new Error('down')
  const failing = priced(
    () =>
      llmStream(() => ({
        next: () => Promise.reject(error)
      })),
    { host: hostAfter(1).host }
  )
  await expect(failing(request)).rejects.toBe(error)
})
