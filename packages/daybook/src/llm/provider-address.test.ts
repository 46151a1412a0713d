import { describe, expect, test } from 'vitest'
import { simulatedFetch } from '../testing/simulated-fetch.js'
import type { Connection, LLMRequest } from './llm.js'
import { targetOf } from './llm.js'
import { type ProviderOptions, providerLlm } from './providers.js'

const inPage = 'document' in globalThis
const ask = (model: string): LLMRequest => ({ model, messages: [{ role: 'user', content: 'Why?' }] })

/** A provider in an environment of the test's own, and what it was sent. */
function setUp(options: ProviderOptions = {}, env: Record<string, string> = {}) {
  const sent: { url: string; headers: Headers; model: unknown }[] = []
  const simulated = simulatedFetch({ speed: Number.POSITIVE_INFINITY })
  const send: typeof fetch = (input, init) => {
    const { model } = JSON.parse(String(init?.body)) as { model: unknown }
    sent.push({ url: String(input), headers: new Headers(init?.headers), model })
    return simulated(input, init)
  }
  const llm = providerLlm({ fetch: send, host: { env: name => env[name], fetch: send }, ...options })
  return { sent, llm }
}

async function urlOf(model: string, options?: ProviderOptions, env?: Record<string, string>, connection?: Connection) {
  const { llm, sent } = setUp(options, env)
  await llm(ask(model), connection && { connection })
  return sent[0]?.url
}

describe('azure', () => {
  const env = {
    AZURE_API_KEY: 'planted',
    AZURE_API_BASE: 'https://mine.openai.azure.com',
    AZURE_API_VERSION: '2024-10-21'
  }

  test('is a deployment at a resource, with a key in a header of its own', async () => {
    const { llm, sent } = setUp({}, env)
    await llm(ask('azure/my deployment?'))
    expect(sent[0]).toMatchObject({
      url: 'https://mine.openai.azure.com/openai/deployments/my%20deployment%3F/chat/completions?api-version=2024-10-21',
      model: 'my deployment?'
    })
    expect(sent[0]?.headers.get('api-key')).toBe('planted')
    expect(sent[0]?.headers.has('authorization')).toBe(false)
    expect(targetOf(llm, ask('azure/x'))).toEqual({
      provider: 'azure',
      api: 'chat',
      base_url: 'https://mine.openai.azure.com/openai/deployments/x',
      model: 'x'
    })
  })

  test('has the Responses API at the resource itself', async () => {
    expect(await urlOf('azure/responses/mine', {}, env)).toBe(
      'https://mine.openai.azure.com/openai/responses?api-version=2024-10-21'
    )
  })

  test('is also what the caller says, with a token that is asked for', async () => {
    let asked = 0
    const azure = {
      baseURL: 'https://other.openai.azure.com/openai/',
      apiVersion: '2025-01-01',
      token: () => `t${++asked}`
    }
    const { llm, sent } = setUp({ azure }, env)
    await llm(ask('azure/a/b'))
    expect(sent[0]?.url).toBe(
      'https://other.openai.azure.com/openai/deployments/a%2Fb/chat/completions?api-version=2025-01-01'
    )
    expect(sent[0]?.headers.get('authorization')).toBe('Bearer t1')
    expect(sent[0]?.headers.has('api-key')).toBe(false)
  })

  test('of one call keeps the shape of its address, and its version where it has one', async () => {
    const connection = { baseURL: 'https://third.azure.test?api-version=2023-05-15', apiKey: 'third' }
    const { llm, sent } = setUp({}, env)
    await llm(ask('azure/x'), { connection })
    expect(sent[0]?.url).toBe('https://third.azure.test/openai/deployments/x/chat/completions?api-version=2023-05-15')
    expect(sent[0]?.headers.get('api-key')).toBe('third')
  })

  test('that is set in part says what is missing', async () => {
    for (const [given, missing] of [
      [{}, ['AZURE_API_KEY', 'AZURE_API_BASE', 'AZURE_API_VERSION']],
      [{ AZURE_API_KEY: 'planted' }, ['AZURE_API_BASE', 'AZURE_API_VERSION']],
      [{ AZURE_API_KEY: 'planted', AZURE_API_VERSION: '1' }, ['AZURE_API_BASE']],
      [{ AZURE_API_BASE: env.AZURE_API_BASE, AZURE_API_VERSION: '1' }, ['AZURE_API_KEY']]
    ] as const) {
      const { llm, sent } = setUp({}, given)
      const error = (await llm(ask('azure/x')).catch((reason: unknown) => reason)) as Error
      expect(error).toMatchObject({ kind: 'config', provider: 'azure' })
      const named = error.message.match(/AZURE_API_\w+/g) ?? []
      if (!inPage || missing.length > 1) expect([...new Set(named)]).toEqual(missing)
      expect(error.message).not.toContain('planted')
      expect(sent).toEqual([])
    }
  })

  test('has no deployment that leads elsewhere', async () => {
    for (const name of ['.', '..']) {
      await expect(urlOf(`azure/${name}`, {}, env)).rejects.toMatchObject({ kind: 'config' })
    }
    expect(await urlOf('azure/../../x', {}, env)).toContain('/openai/deployments/..%2F..%2Fx/chat')
  })
})

describe('vertex_ai', () => {
  const env = { VERTEXAI_PROJECT: 'my-project', VERTEXAI_LOCATION: 'europe-west1' }
  const path = 'projects/my-project/locations'

  test('is a project at a location, asked with a token', async () => {
    const { llm, sent } = setUp({ keys: { vertex_ai: async () => 'token' } }, env)
    await llm(ask('vertex_ai/gemini-2.5-pro'))
    expect(sent[0]).toMatchObject({
      url: `https://europe-west1-aiplatform.googleapis.com/v1/${path}/europe-west1/endpoints/openapi/chat/completions`,
      model: 'google/gemini-2.5-pro'
    })
    expect(sent[0]?.headers.get('authorization')).toBe('Bearer token')
  })

  test('has one host for all locations, and publishers beside Google', async () => {
    const { llm, sent } = setUp({ keys: { vertex_ai: 'token' }, vertex_ai: { location: 'global' } }, env)
    await llm(ask('vertex_ai/meta/llama-x'))
    expect(sent[0]).toMatchObject({
      url: `https://aiplatform.googleapis.com/v1/${path}/global/endpoints/openapi/chat/completions`,
      model: 'meta/llama-x'
    })
  })

  test('without project, location or token says so, and a location that is none leads nowhere', async () => {
    const keys = { vertex_ai: 'token' }
    await expect(urlOf('vertex_ai/x', { keys })).rejects.toThrow(/VERTEXAI_PROJECT, VERTEXAI_LOCATION/)
    await expect(urlOf('vertex_ai/x', {}, env)).rejects.toThrow(/pass keys: \{ vertex_ai \}/)
    const location = 'evil.test/#'
    await expect(urlOf('vertex_ai/x', { keys, vertex_ai: { location } }, env)).rejects.toMatchObject({ kind: 'config' })
  })
})

describe('a server of one’s own', () => {
  test.each([
    ['http://localhost:11434', 'http://localhost:11434/v1/chat/completions'],
    ['http://localhost:11434/', 'http://localhost:11434/v1/chat/completions'],
    ['http://localhost:11434/v1', 'http://localhost:11434/v1/chat/completions'],
    ['http://localhost:11434/v1/', 'http://localhost:11434/v1/chat/completions'],
    ['https://box.test/ollama', 'https://box.test/ollama/v1/chat/completions']
  ])('at %s is found with and without its version', async (base, url) => {
    expect(await urlOf('ollama/llama3.1', {}, { OLLAMA_API_BASE: base })).toBe(url)
    expect(await urlOf('ollama/llama3.1', {}, {}, { baseURL: base })).toBe(url)
    expect(await urlOf('lm_studio/m', {}, { LM_STUDIO_API_BASE: base })).toBe(url)
    expect(await urlOf('hosted_vllm/m', {}, { HOSTED_VLLM_API_BASE: base })).toBe(url)
  })

  test('has its usual place, but for vLLM, which needs to be told', async () => {
    expect(await urlOf('ollama/m')).toBe('http://localhost:11434/v1/chat/completions')
    expect(await urlOf('lm_studio/m')).toBe('http://localhost:1234/v1/chat/completions')
    await expect(urlOf('hosted_vllm/m')).rejects.toThrow(/HOSTED_VLLM_API_BASE/)
    const { llm, sent } = setUp()
    expect(targetOf(llm, ask('hosted_vllm/m'))).toMatchObject({ provider: 'hosted_vllm', base_url: '' })
    expect(sent).toEqual([])
  })

  test('beyond this machine is reached by https, or named', async () => {
    const env = { OLLAMA_API_BASE: 'http://192.168.1.5:11434' }
    await expect(urlOf('ollama/m', {}, env)).rejects.toMatchObject({ kind: 'config' })
    expect(await urlOf('ollama/m', { allowHttp: ['192.168.1.5'] }, env)).toBe(
      'http://192.168.1.5:11434/v1/chat/completions'
    )
  })
})

test('a simulated fetch needs no address either', async () => {
  const fetch = simulatedFetch({ speed: Number.POSITIVE_INFINITY })
  const llm = providerLlm({ fetch, host: { env: () => undefined, fetch } })
  for (const model of ['azure/x', 'vertex_ai/gemini-2.5-pro', 'hosted_vllm/m', 'ollama/m']) {
    expect((await llm(ask(model))).text).toContain('simulated')
  }
})
