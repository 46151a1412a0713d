import { existsSync, readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { cached } from '../cache/cached.js'
import { memoryCache } from '../cache/memory-cache.js'
import type { CacheStore } from '../cache/store.js'
import { asDaybookError } from '../errors.js'
import { memoryLedgerStore } from '../ledger/memory-ledger-store.js'
import { openLedger } from '../ledger/open-ledger.js'
import { recorded } from '../ledger/recorded.js'
import { chatAnswers } from '../testing/answers/chat.js'
import { type Connection, connectionOf, type LLMRequest, targetOf } from './llm.js'
import { providerLlm, providers } from './providers.js'

const ask = (model: string): LLMRequest => ({ model, messages: [{ role: 'user', content: 'Why?' }] })
const file = `${process.env.DAYBOOK_FIXTURES ?? '../shared/fixtures'}/params/provider-resolution.json`
const present = existsSync(file)
if (!present) console.warn('recorded answers not present')

describe('a server that catches what it is sent', () => {
  let catcher: Server
  let base = ''
  const caught: { headers: string; url: string; body: string }[] = []
  const text = async (request: IncomingMessage): Promise<string> => {
    let all = ''
    for await (const piece of request) all += piece
    return all
  }

  beforeAll(async () => {
    catcher = createServer(async (request, response) => {
      caught.push({ headers: request.rawHeaders.join('\n'), url: `${request.url}`, body: await text(request) })
      if (request.url?.includes('refusing')) {
        const message = `no: ${request.headers.authorization} ${request.headers['x-api-key']} ${request.headers['api-key']}`
        response.writeHead(400, { 'content-type': 'application/json' }).end(JSON.stringify({ error: { message } }))
      } else response.writeHead(200, { 'content-type': 'text/event-stream' }).end(chatAnswers[0]?.body)
    })
    await new Promise<void>(resolve => catcher.listen(0, '127.0.0.1', resolve))
    base = `http://127.0.0.1:${(catcher.address() as AddressInfo).port}`
  })
  beforeEach(() => void caught.splice(0))
  afterAll(() => void catcher.close())

  const rows = Object.entries(providers)
  const planted = Object.fromEntries(
    rows.flatMap(([, { env }]) => env.map((name, index) => [name, `canary-env-${index}`]))
  )
  const keys = Object.fromEntries(rows.map(([name]) => [name, `canary-given-${name}`]))
  const settings: Record<string, string> = {
    AZURE_API_BASE: 'https://azure.test',
    AZURE_API_VERSION: '2024-10-21',
    HOSTED_VLLM_API_BASE: 'https://vllm.test/v1',
    VERTEXAI_PROJECT: 'p',
    VERTEXAI_LOCATION: 'l'
  }
  /** Every host is this server, so that what would leave the machine is caught too. */
  const fetchAll: typeof fetch = (input, init) => {
    const { pathname, search, host } = new URL(String(input))
    return fetch(base + pathname + search, {
      ...init,
      headers: { ...Object.fromEntries(new Headers(init?.headers)), 'x-for': host }
    })
  }
  const host = (env: Record<string, string>) => ({ env: (name: string) => env[name], fetch: fetchAll })
  const sources = [
    ['the environment', { host: host({ ...planted, ...settings }) }],
    ['`keys`', { host: host(settings), keys }],
    [
      '`keys` that are functions',
      { host: host(settings), keys: Object.fromEntries(Object.entries(keys).map(([name, key]) => [name, () => key])) }
    ]
  ] as const

  describe.each(sources)('never sees a key of %s', (_name, options) => {
    const llm = providerLlm(options)

    test.each(rows.map(([name]) => name))('of %s', async name => {
      const elsewhere: [Connection, boolean][] = [
        [{ baseURL: `${base}/v1` }, true],
        [{ baseURL: 'https://evil.test/v1' }, providers[name as 'ollama'].keyless === true],
        [{ baseURL: 'https://evil.test/v1', apiKey: 'key-of-its-own' }, true]
      ]
      for (const [connection, arrives] of elsewhere) {
        caught.splice(0)
        const error = await llm({ ...ask(`${name}/m`), stream: true }, { connection }).catch(asDaybookError)
        if (arrives) expect(caught.length, JSON.stringify(error)).toBe(1)
        else {
          expect(error).toMatchObject({ kind: 'config', code: 'missing_key' })
          expect(caught).toEqual([])
        }
        const all = JSON.stringify(caught)
        expect(all).not.toContain('canary')
        expect(all.includes('key-of-its-own')).toBe(connection.apiKey !== undefined)
        expect(JSON.stringify(caught.map(({ url, body }) => [url, body]))).not.toContain('key-of-its-own')
      }
    })
  })

  test('sees the key at home', async () => {
    for (const [name] of rows) {
      caught.splice(0)
      await providerLlm({ host: host(settings), keys })(ask(`${name}/m`)).catch(() => {})
      expect(caught[0]?.headers).toContain(`canary-given-${name}`)
    }
  })

  test('leaves no trace of a call’s key in ledger, cache, message or error', async () => {
    const entries = new Map<string, unknown>()
    const memory = memoryCache()
    const store: CacheStore = {
      ...memory,
      set(key, entry) {
        entries.set(key, entry)
        return memory.set(key, entry)
      }
    }
    const ledger = await openLedger(memoryLedgerStore(), 'session:1')
    const llm = recorded(cached(providerLlm({ host: host({ ...planted, ...settings }) }), store), ledger)
    const errors: unknown[] = []
    for (const path of ['v1', 'refusing/v1']) {
      for (const name of ['openai', 'anthropic', 'azure', 'ollama', 'groq']) {
        const { connection } = connectionOf({ api_base: `https://other.test/${path}`, api_key: 'very plain words' })
        if (!connection) throw new Error('no connection')
        await llm(ask(`${name}/m`), { connection }).catch(error => errors.push(error))
      }
    }
    const events = []
    for await (const event of ledger.read()) events.push(event)
    expect(caught.filter(({ headers }) => headers.includes('very plain words')).length).toBe(10)
    expect(entries.size).toBeGreaterThan(2)
    expect(errors.length).toBeGreaterThan(4)
    const traces = [
      ...caught.map(({ url, body }) => url + body),
      JSON.stringify([...entries]),
      JSON.stringify(events),
      ...errors.map(
        error =>
          `${error}${(error as Error).stack}${JSON.stringify(error)}${JSON.stringify((error as { body?: unknown }).body)}`
      )
    ].join('\n')
    expect(traces).not.toContain('plain words')
    expect(traces).not.toContain('canary')
    expect(JSON.stringify(events)).toContain('https://other.test/v1')
  })

  test('answers of another address are not found under the usual one', async () => {
    const store = memoryCache()
    const llm = cached(providerLlm({ host: host(planted) }), store)
    const connection = { baseURL: `${base}/v1` }
    const states = []
    for (const options of [{}, { connection }, {}, { connection }]) {
      states.push((await llm(ask('groq/m'), options)).cache?.state)
    }
    expect(states).toEqual(['miss', 'miss', 'hit', 'hit'])
  })
})

describe('what a call names', () => {
  const env = (name: string) => (name === 'GROQ_API_KEY' ? 'planted' : undefined)
  const llm = providerLlm({ host: { env, fetch: () => Promise.reject(new Error('not here')) } })
  const at = (model: string, baseURL: string) => targetOf(llm, ask(model), { connection: { baseURL, apiKey: 'k' } })

  test('is in its target', () => {
    expect(at('groq/m', 'https://other.test/v1/')).toMatchObject({
      provider: 'groq',
      base_url: 'https://other.test/v1'
    })
    expect(at('ollama/m', 'https://box.test')).toMatchObject({ provider: 'ollama', base_url: 'https://box.test/v1' })
    expect(JSON.stringify(at('groq/m', 'https://other.test/v1?key=secret'))).not.toContain('secret')
  })

  test('is not OpenAI where it is another place: its rules and prices are not known there', () => {
    expect(at('openai/llama', 'https://other.test/v1')).toMatchObject({ provider: 'custom', model: 'llama' })
    expect(at('openai/llama', 'https://api.groq.com/openai/v1')).toMatchObject({ provider: 'groq' })
    expect(at('openai/gpt-5', 'https://eu.api.openai.com/v1')).toMatchObject({ provider: 'openai' })
  })
})

interface Resolution {
  readonly input: string
  readonly model?: string
  readonly provider?: string
}

/** Where a name stands for another provider or model than with LiteLLM, and why. */
const different: Readonly<Record<string, readonly [string, string, string]>> = {
  'gemini-2.5-flash': [
    'gemini',
    'gemini-2.5-flash',
    'the price table lists it for gemini, which needs one key and no project'
  ],
  'ollama_chat/llama3.1': ['ollama', 'llama3.1', 'one row: the server has one compatible API'],
  'cohere/command-r-plus': ['cohere', 'command-r-plus', 'one row under the name that people write'],
  'command-r-plus': ['cohere', 'command-r-plus', 'as above'],
  'vertex_ai/gemini-2.5-pro': ['vertex_ai', 'google/gemini-2.5-pro', 'the compatible endpoint wants the publisher too'],
  'unknown-model': ['openai', 'unknown-model', 'OpenAI may have models that no table has heard of'],
  'mistral-large-latest': ['mistral', 'mistral-large-latest', 'the price table lists it']
}

describe.skipIf(!present)('names as LiteLLM has them', () => {
  const { resolution, environment } = present
    ? (JSON.parse(readFileSync(file, 'utf8')) as {
        resolution: Resolution[]
        environment: Record<string, { missing_keys: string[] }>
      })
    : { resolution: [], environment: {} }
  const fetch = Object.assign(async () => Response.json({}), { simulated: true })
  const llm = providerLlm({ fetch, host: { env: () => undefined, fetch } })

  test('there are forty, and as many environments as providers', () => {
    expect(resolution.length).toBe(40)
    expect(Object.keys(environment).length).toBe(16)
  })

  test.each(resolution)('$input', async ({ input, provider, model }) => {
    const [name = ''] = input.split('/')
    const { provider: ours, model: asked } = targetOf(llm, ask(input))
    if (different[input]) {
      const [there, by, reason] = different[input]
      expect([ours, asked]).toEqual([there, by])
      expect([provider, model], reason).not.toEqual([there, by])
    } else if (provider === undefined || ['bedrock', 'azure_ai'].includes(name)) {
      await expect(llm(ask(input))).rejects.toMatchObject({
        kind: 'config',
        code: provider === undefined ? 'unknown_provider' : 'refused_provider'
      })
    } else expect([ours, asked]).toEqual([provider, model])
  })

  test.each(Object.entries(environment))(
    'without a key, %s names the same variables',
    async (model, { missing_keys }) => {
      const failing = providerLlm({ host: { env: () => undefined, fetch: async () => Response.json({}) } })
      const provider = targetOf(failing, ask(model)).provider as 'openai'
      if (providers[provider].keyless) expect(missing_keys).toEqual([providers[provider].envBase])
      else {
        const error = (await failing(ask(model)).catch((reason: unknown) => reason)) as Error
        const named: string[] = error.message.match(/[A-Z_]+_(?:KEY|BASE|VERSION)/g) ?? []
        // Of several names for one key, one is enough.
        expect(missing_keys).toEqual(expect.arrayContaining(named))
        const others = missing_keys.filter(name => !named.includes(name))
        expect(providers[provider].env).toEqual(expect.arrayContaining(others))
      }
    }
  )
})
