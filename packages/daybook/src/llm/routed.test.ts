import { expect, test } from 'vitest'
import type { LLMFn, LLMOptions, LLMRequest } from './llm.js'
import { targetOf } from './llm.js'
import { routed } from './routed.js'
import { textLlm } from './text-llm.js'

const ask = (model: string): LLMRequest => ({ model, messages: [{ role: 'user', content: 'Hello' }], temperature: 0 })

/** Answers with its own name and the model that it was asked for. */
function named(provider: string, seen: { request: LLMRequest; options: LLMOptions | undefined }[] = []): LLMFn {
  const inner = textLlm((_messages, model) => [`${provider}: ${model}`, 0])
  return Object.assign(
    (request: LLMRequest, options?: LLMOptions) => {
      seen.push({ request, options })
      return inner(request, options)
    },
    {
      target: ({ model }: LLMRequest) => ({
        provider,
        api: 'chat' as const,
        base_url: `https://${provider}.test/v1`,
        model
      })
    }
  )
}

const llm = routed({ openai: named('openai'), openrouter: named('openrouter') })

test('the prefix chooses the provider and is not part of its model', async () => {
  expect((await llm(ask('openai/gpt-5-mini'))).text).toBe('openai: gpt-5-mini')
  expect((await llm(ask('openrouter/anthropic/claude-x'))).text).toBe('openrouter: anthropic/claude-x')
})

test('everything else of request and options goes through as it is', async () => {
  const seen: { request: LLMRequest; options: LLMOptions | undefined }[] = []
  const request = ask('openai/gpt-5-mini')
  const options = { metadata: { user: 7 }, sample: 2 }
  await routed({ openai: named('openai', seen) })(request, options)
  expect(seen).toEqual([{ request: { ...request, model: 'gpt-5-mini' }, options }])
  expect(request.model).toBe('openai/gpt-5-mini')
})

test('the target answers for the model', () => {
  expect(targetOf(llm, ask('openai/gpt-5-mini'))).toEqual({
    provider: 'openai',
    api: 'chat',
    base_url: 'https://openai.test/v1',
    model: 'gpt-5-mini'
  })
  expect(targetOf(llm, ask('elsewhere/x'))).toEqual({
    provider: 'custom',
    api: 'text',
    base_url: '',
    model: 'elsewhere/x'
  })
})

test('a bare name and an unknown prefix go to the default, with their whole name', async () => {
  const open = routed({ openai: named('openai') }, { default: named('other') })
  expect((await open(ask('llama'))).text).toBe('other: llama')
  expect((await open(ask('meta/llama'))).text).toBe('other: meta/llama')
  expect((await open(ask('openai/x'))).text).toBe('openai: x')
  expect(targetOf(open, ask('meta/llama'))).toMatchObject({ provider: 'other', model: 'meta/llama' })
})

for (const model of ['gpt-5-mini', 'elsewhere/x', '__proto__/x', 'constructor/x', 'openai/', '/x', '']) {
  test(`without a default, "${model}" fails and the message lists the known names`, async () => {
    const error = await llm(ask(model)).catch((reason: unknown) => reason)
    expect(error).toMatchObject({ name: 'ConfigurationError', kind: 'config', code: 'unknown_provider' })
    expect((error as Error).message).toContain('openai/…, openrouter/…')
  })
}

test('a request without a model fails as a call, and throws nothing', async () => {
  const broken = { messages: [] } as unknown as LLMRequest
  await expect(routed({ openai: named('openai') }, { default: named('other') })(broken)).rejects.toMatchObject({
    kind: 'config'
  })
})
