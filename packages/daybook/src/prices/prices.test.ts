import { describe, expect, test } from 'vitest'
import { costOf, limitsOf, type Price, priceOf, pricesDate } from './index.js'
import { table } from './table.js'

describe('the table', () => {
  test('has a date and many models, each line well formed', () => {
    expect(pricesDate).toMatch(/^\d{4}-\d\d-\d\d$/)
    const lines = table.trim().split('\n')
    expect(lines.length).toBeGreaterThan(500)
    const word = '(ctx|max|in|out|cr|cw|ch|rs|ai|ao)\\d+(\\.\\d+)?(e-\\d+)?|>\\d+'
    const form = new RegExp(`^(@[a-z_]+|[!-~]+( (${word}))+)$`)
    expect(lines.filter(line => !form.test(line))).toEqual([])
  })

  test('has both a price and a limit for 1,006 models', () => {
    let provider = ''
    let both = 0
    for (const line of table.trim().split('\n')) {
      if (line.startsWith('@')) provider = line.slice(1)
      const [model = ''] = line.split(' ')
      const { context, output } = limitsOf({ provider, model })
      if (priceOf({ provider, model }) && (context ?? output) !== undefined) both++
    }
    expect(both).toBe(1006)
  })

  test('finds a model by its provider and name', () => {
    expect(priceOf({ provider: 'openai', model: 'gpt-4o' })).toEqual({
      input: 2.5e-6,
      output: 1e-5,
      cachedInput: 1.25e-6
    })
  })

  test('finds it also under the name with its provider before it', () => {
    const price = priceOf({ provider: 'openai', model: 'gpt-4o' })
    expect(priceOf({ provider: 'openai', model: 'openai/gpt-4o' })).toEqual(price)
    expect(priceOf({ provider: 'openrouter', model: 'openai/gpt-4o' })).toMatchObject({ input: 2.5e-6 })
    expect(priceOf({ provider: 'openrouter', model: 'openrouter/openai/gpt-4o' })).toMatchObject({ input: 2.5e-6 })
    expect(priceOf({ provider: 'google', model: 'gemini-2.5-pro' })).toEqual(
      priceOf({ provider: 'gemini', model: 'gemini-2.5-pro' })
    )
  })

  test('never gives the price of another provider or of a similar name', () => {
    for (const [provider, model] of [
      ['elsewhere', 'gpt-4o'],
      ['anthropic', 'gpt-4o'],
      ['openai', 'gpt-4o-2099-01-01'],
      ['openai', 'gpt-4'.repeat(2)],
      ['openai', 'GPT-4o'],
      ['custom', 'openai/gpt-4o'],
      ['openrouter', 'gpt-4o'],
      ['openai', ''],
      ['__proto__', 'constructor'],
      ['openrouter', 'openrouter/auto']
    ] as const) {
      expect(priceOf({ provider, model }), `${provider} ${model}`).toBeUndefined()
    }
  })

  test('knows nothing of a target that is none, as a ledger from elsewhere may hold', () => {
    for (const target of [{ provider: 'openai' }, { model: 'gpt-5-mini' }, { provider: 7, model: null }, {}])
      expect([priceOf(target as never), limitsOf(target as never)]).toEqual([undefined, {}])
  })

  test('knows what is free, and what is merely not listed', () => {
    expect(priceOf({ provider: 'ollama', model: 'llama3.1' })).toMatchObject({ input: 0, output: 0 })
    expect(priceOf({ provider: 'gemini', model: 'gemini-exp-1114' })).toBeUndefined()
  })

  test('has limits, also where it has no price', () => {
    expect(limitsOf({ provider: 'openai', model: 'gpt-4o' })).toEqual({ context: 128_000, output: 16_384 })
    expect(limitsOf({ provider: 'gemini', model: 'gemini-exp-1114' })).toMatchObject({ output: 8192 })
    expect(limitsOf({ provider: 'openai', model: 'unheard-of' })).toEqual({})
  })

  test('has rates of their own for sound, and for what a cache keeps for an hour', () => {
    expect(priceOf({ provider: 'openai', model: 'gpt-4o-audio-preview' })).toMatchObject({
      input: 2.5e-6,
      audioInput: 40e-6,
      audioOutput: 80e-6
    })
    expect(priceOf({ provider: 'anthropic', model: 'claude-opus-5' })).toMatchObject({
      cacheWrite: 6.25e-6,
      cacheWriteHour: 10e-6
    })
    // The list has another model's price there.
    expect(priceOf({ provider: 'anthropic', model: 'claude-3-haiku-20240307' })).not.toHaveProperty('cacheWriteHour')
  })

  test('has Vertex AI’s models under the names of its OpenAI-compatible endpoint', () => {
    expect(priceOf({ provider: 'vertex_ai', model: 'google/gemini-2.5-pro' })).toMatchObject({ input: 1.25e-6 })
  })

  test('has tiers for long inputs', () => {
    const price = priceOf({ provider: 'anthropic', model: 'claude-sonnet-4-5' })
    expect(price?.tiers).toEqual([
      { above: 200_000, input: 6e-6, output: 22.5e-6, cachedInput: 0.6e-6, cacheWrite: 7.5e-6, cacheWriteHour: 12e-6 }
    ])
  })
})

describe('a cost', () => {
  const price: Price = { input: 1, output: 10, cachedInput: 0.1, cacheWrite: 2, reasoning: 5 }

  test('prices cached, written and reasoning tokens as such', () => {
    const usage = {
      input_tokens: 100,
      output_tokens: 20,
      cached_input_tokens: 30,
      cache_write_tokens: 20,
      reasoning_tokens: 8
    }
    expect(costOf(usage, price)).toBe(50 * 1 + 30 * 0.1 + 20 * 2 + 12 * 10 + 8 * 5)
  })

  test('prices sound, and what is kept for an hour, as such; without a rate they cost as their like does', () => {
    const usage = {
      input_tokens: 100,
      output_tokens: 50,
      cache_write_tokens: 20,
      cache_write_1h_tokens: 15,
      audio_input_tokens: 30,
      audio_output_tokens: 10
    }
    const more: Price = { ...price, cacheWriteHour: 4, audioInput: 7, audioOutput: 20 }
    expect(costOf(usage, more)).toBe(50 * 1 + 5 * 2 + 15 * 4 + 30 * 7 + 40 * 10 + 10 * 20)
    expect(costOf(usage, price)).toBe(80 * 1 + 20 * 2 + 50 * 10)
    expect(costOf(usage, { input: 1, output: 10 })).toBe(100 + 500)
    expect(costOf({ ...usage, audio_input_tokens: -1 }, price)).toBeNull()
  })

  test('takes the full rate where no other is known', () => {
    const usage = {
      input_tokens: 100,
      output_tokens: 20,
      cached_input_tokens: 30,
      cache_write_tokens: 20,
      reasoning_tokens: 8
    }
    expect(costOf(usage, { input: 1, output: 10 })).toBe(100 + 200)
  })

  test('above a tier is counted with its rates throughout, and with the others where it names none', () => {
    const tiered: Price = {
      ...price,
      tiers: [
        { above: 100, input: 3 },
        { above: 1000, input: 4, cachedInput: 0.5 }
      ]
    }
    const of = (input_tokens: number, cached_input_tokens = 0) =>
      costOf({ input_tokens, output_tokens: 1, cached_input_tokens }, tiered)
    expect(of(100)).toBe(100 + 10)
    expect(of(101)).toBe(303 + 10)
    expect(of(1001, 1)).toBe(4000 + 0.5 + 10)
  })

  test('of nothing is nothing', () => {
    expect(costOf({ input_tokens: 0, output_tokens: 0 }, price)).toBe(0)
  })

  test('is null without usage, price or sense', () => {
    expect(costOf(null, price)).toBeNull()
    expect(costOf({ input_tokens: 1, output_tokens: 1 }, undefined)).toBeNull()
    expect(costOf({ input_tokens: -1, output_tokens: 1 }, price)).toBeNull()
    expect(costOf({ input_tokens: 1, output_tokens: Number.NaN }, price)).toBeNull()
    expect(costOf({ input_tokens: 1, output_tokens: 1 }, { input: Number.POSITIVE_INFINITY, output: 0 })).toBeNull()
  })

  test('is never negative when more is cached than was read', () => {
    expect(costOf({ input_tokens: 10, output_tokens: 0, cached_input_tokens: 20 }, price)).toBe(2)
  })
})
