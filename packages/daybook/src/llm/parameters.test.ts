import { describe, expect, test } from 'vitest'
import { UnsupportedParamsError } from '../errors.js'
import type { LLMRequest } from './llm.js'
import { parameterTable } from './parameter-table.js'
import { fitted } from './parameters.js'
import { chatCompletionsApi } from './wire/chat-api.js'

const kept = (provider: string, model: string, parameters: object) => {
  const { request, dropped } = fitted({ model, messages: [], ...parameters }, { provider })
  const { model: _model, messages: _messages, ...left } = request
  return { left, dropped }
}

test('what a provider does not take is left out and named', () => {
  expect(kept('mistral', 'mistral-large-latest', { temperature: 0.5, n: 2, logit_bias: {} })).toEqual({
    left: { temperature: 0.5 },
    dropped: ['n', 'logit_bias']
  })
})

test('a parameter of the provider’s own passes as it is, and so does everything for a provider that is not known', () => {
  const own = { top_k: 3, reasoning: {}, provider: { order: [] }, keep_alive: -1 }
  expect(kept('mistral', 'm', own)).toEqual({ left: own, dropped: [] })
  const many = { n: 2, thinking: {}, logprobs: true, max_completion_tokens: 3 }
  expect(kept('custom', 'm', many)).toEqual({ left: many, dropped: [] })
  expect(kept('constructor', 'm', many)).toEqual({ left: many, dropped: [] })
})

test('what is not given is not named, and the request is not changed', () => {
  const request: LLMRequest = { model: 'm', messages: [], n: undefined, seed: 3, logprobs: null }
  expect(fitted(request, { provider: 'mistral' })).toEqual({
    request: { model: 'm', messages: [], n: undefined, random_seed: 3, logprobs: null },
    dropped: []
  })
  expect(request.seed).toBe(3)
})

test('a limit goes out under the name that the provider knows', () => {
  expect(kept('groq', 'm', { max_completion_tokens: 5 })).toEqual({ left: { max_tokens: 5 }, dropped: [] })
  expect(kept('github', 'openai/gpt-5', { max_tokens: 5 })).toEqual({ left: { max_completion_tokens: 5 }, dropped: [] })
  expect(kept('groq', 'm', { max_tokens: 4, max_completion_tokens: 5 })).toEqual({
    left: { max_tokens: 4 },
    dropped: ['max_completion_tokens']
  })
})

describe('models that think', () => {
  test('take a temperature of 1 only, newer ones any while they do not think', () => {
    for (const model of ['o3-mini', 'gpt-5', 'gpt-5-mini', 'ft:gpt-5:acme', 'gpt-5.2-pro']) {
      expect(kept('openai', model, { temperature: 0.2 }).dropped, model).toEqual(['temperature'])
      expect(kept('openai', model, { temperature: 1 }).dropped, model).toEqual([])
    }
    for (const model of ['gpt-4o', 'gpt-5-chat-latest', 'gpt-5.1']) {
      expect(kept('openai', model, { temperature: 0.2 }).dropped, model).toEqual([])
    }
    expect(kept('openai', 'gpt-5.1', { temperature: 0.2, reasoning_effort: 'none' }).dropped).toEqual([])
    expect(kept('openai', 'gpt-5.1', { temperature: 0.2, reasoning_effort: 'low' }).dropped).toEqual(['temperature'])
    expect(kept('openai', 'gpt-5.1', { temperature: 1, reasoning_effort: 'low' }).dropped).toEqual([])
  })

  test('take an effort, which others do not; of a model that nobody has heard of it is not kept away', () => {
    const effort = { reasoning_effort: 'low' }
    expect(kept('openai', 'gpt-4o', effort).dropped).toEqual(['reasoning_effort'])
    expect(kept('openai', 'gpt-6', effort).dropped).toEqual([])
    expect(kept('azure', 'my-deployment', { ...effort, temperature: 0.2 }).dropped).toEqual([])
    expect(kept('groq', 'openai/gpt-oss-120b', effort).dropped).toEqual([])
    expect(kept('groq', 'llama-3.3-70b-versatile', effort).dropped).toEqual(['reasoning_effort'])
  })

  test('Claude refuses one of two from 4.1 on, and both in its newest models', () => {
    const both = { temperature: 0.5, top_p: 0.9 }
    expect(kept('anthropic', 'claude-3-7-sonnet-20250219', both).dropped).toEqual([])
    expect(kept('anthropic', 'claude-sonnet-4-5', both).dropped).toEqual(['top_p'])
    expect(kept('anthropic', 'claude-sonnet-4-5', { top_p: 0.9 }).dropped).toEqual([])
    expect(kept('anthropic', 'claude-sonnet-5', both).dropped).toEqual(['temperature', 'top_p'])
  })
})

test('tools of the provider’s own are left to its wire format', () => {
  const call = { type: 'function', function: { name: 'f' } }
  const search = { type: 'web_search' }
  expect(kept('perplexity', 'sonar', { tools: [call, search] })).toEqual({
    left: { tools: [search] },
    dropped: ['tools']
  })
  expect(kept('perplexity', 'sonar', { tools: [search] })).toEqual({ left: { tools: [search] }, dropped: [] })
  expect(kept('perplexity', 'sonar', { tools: [call] })).toEqual({ left: {}, dropped: ['tools'] })
})

test('each rule of the table can be read', () => {
  for (const [provider, rules] of Object.entries(parameterTable)) {
    for (const [pattern, words] of rules) {
      expect(() => new RegExp(pattern), provider).not.toThrow()
      for (const word of words.trim().split(' ').filter(Boolean)) {
        expect(word, provider).toMatch(/^(=|-?[a-z_]+(=\w+)?(![a-z_]+)?(>[a-z_]+)?)$/)
      }
    }
  }
})

test('a call names what was left out; a strict one fails before anything is sent', async () => {
  const bodies: Record<string, unknown>[] = []
  const answer = { choices: [{ message: { role: 'assistant', content: 'Hi' }, finish_reason: 'stop' }] }
  const llm = chatCompletionsApi({
    baseURL: 'https://api.mistral.test/v1',
    provider: 'mistral',
    fetch: async (_url, init) => {
      bodies.push(JSON.parse(String(init?.body)))
      return Response.json(answer)
    }
  })
  const request: LLMRequest = { model: 'm', messages: [{ role: 'user', content: 'Hi' }], n: 1, seed: 7, stream: false }
  const facts: unknown[] = []
  const { dropped } = await llm(request, { report: fact => facts.push(fact) })
  expect(dropped).toEqual(['n'])
  expect(facts).toEqual([{ type: 'dropped', parameters: ['n'] }])
  expect(bodies).toEqual([{ model: 'm', messages: request.messages, random_seed: 7, stream: false }])

  await expect(llm(request, { strict: true })).rejects.toBeInstanceOf(UnsupportedParamsError)
  expect(bodies.length).toBe(1)
})

test('a keyword of a schema that a strict mode does not know is named, and no reason for a strict call to fail', async () => {
  const llm = chatCompletionsApi({
    baseURL: 'https://api.openai.test/v1',
    provider: 'openai',
    fetch: async () => Response.json({ choices: [{ message: { content: '{"a":1}' }, finish_reason: 'stop' }] })
  })
  const schema = { type: 'object', properties: { a: { type: 'number', minimum: 0 } }, required: ['a'] }
  const response_format = { type: 'json_schema', json_schema: { name: 'n', schema, strict: true } }
  const request: LLMRequest = { model: 'gpt-4o', messages: [], response_format, stream: false }
  expect((await llm(request, { strict: true })).dropped).toEqual(['response_format.$.a.minimum'])
})
