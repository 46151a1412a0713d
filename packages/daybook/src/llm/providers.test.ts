import { describe, expect, test } from 'vitest'
import { simulatedFetch } from '../testing/simulated-fetch.js'
import type { LLMRequest } from './llm.js'
import { targetOf } from './llm.js'
import { priced } from './priced.js'
import { type ProviderOptions, providerLlm, providers } from './providers.js'
import { placeOf } from './wire/endpoint.js'

const inPage = 'document' in globalThis

const ask = (model: string): LLMRequest => ({ model, messages: [{ role: 'user', content: 'Why?' }], max_tokens: 50 })

interface Sent {
  readonly url: string
  readonly headers: Headers
  readonly body: Record<string, unknown>
}

/** A fetch that keeps what it was sent; the answers are those of the simulated provider. */
function recording() {
  const sent: Sent[] = []
  const simulated = simulatedFetch({ speed: Number.POSITIVE_INFINITY })
  const send: typeof fetch = (input, init) => {
    sent.push({
      url: String(input),
      headers: new Headers(init?.headers),
      body: JSON.parse(String(init?.body)) as Record<string, unknown>
    })
    return simulated(input, init)
  }
  return { sent, send }
}

/** Providers in an environment of the test's own. */
function setUp(options: ProviderOptions = {}, env: Record<string, string> = {}) {
  const { sent, send } = recording()
  const llm = providerLlm({ fetch: send, host: { env: name => env[name], fetch: send }, ...options })
  return { sent, llm }
}

/** The places of those that have no address of their own. */
const places = {
  AZURE_API_BASE: 'https://planet.example',
  AZURE_API_VERSION: '2024-10-21',
  HOSTED_VLLM_API_BASE: 'https://planet.example'
}

const values = (headers: Headers): string => [...headers].map(([name, value]) => `${name}: ${value}`).join('\n')

describe('each model goes to its provider', () => {
  const keys = { openai: 'key-openai', anthropic: 'key-anthropic', openrouter: 'key-openrouter' }
  const cases = [
    ['openai/gpt-5-mini', 'https://api.openai.com/v1/chat/completions', 'gpt-5-mini'],
    ['anthropic/claude-haiku-4-5', 'https://api.anthropic.com/v1/messages', 'claude-haiku-4-5'],
    ['openrouter/anthropic/claude-x', 'https://openrouter.ai/api/v1/chat/completions', 'anthropic/claude-x'],
    ['claude-haiku-4-5', 'https://api.anthropic.com/v1/messages', 'claude-haiku-4-5'],
    ['gpt-4o-mini', 'https://api.openai.com/v1/chat/completions', 'gpt-4o-mini'],
    ['openai/responses/gpt-5', 'https://api.openai.com/v1/responses', 'gpt-5'],
    ['openrouter/responses/openai/gpt-5', 'https://openrouter.ai/api/v1/responses', 'openai/gpt-5']
  ] as const
  for (const [model, url, name] of cases) {
    test(model, async () => {
      const { llm, sent } = setUp({ keys })
      const answer = await llm(ask(model))
      expect(answer).toMatchObject({ model: name, estimated: true })
      expect(sent).toMatchObject([{ url, body: { model: name } }])
      const [{ headers }] = sent as [Sent]
      const provider = new URL(url).hostname.includes('anthropic')
        ? 'anthropic'
        : url.includes('api.openai')
          ? 'openai'
          : 'openrouter'
      const carried = headers.get('x-api-key') ?? headers.get('authorization')
      expect(carried).toBe(provider === 'anthropic' ? 'key-anthropic' : `Bearer key-${provider}`)
      expect(targetOf(llm, ask(model))).toMatchObject({ provider, model: name, base_url: providers[provider]?.baseURL })
    })
  }

  test('but a provider that nobody knows is an error that lists the known ones', async () => {
    const { llm, sent } = setUp({ keys })
    const error = await llm(ask('opnai/gpt-5-mini')).catch((reason: unknown) => reason)
    expect(error).toMatchObject({ name: 'ConfigurationError', code: 'unknown_provider' })
    for (const name of Object.keys(providers)) expect((error as Error).message).toContain(` ${name}/…`)
    expect(sent).toEqual([])
    expect(targetOf(llm, ask('opnai/x')).provider).toBe('custom')
  })

  for (const model of ['bedrock/anthropic.claude-x', 'azure_ai/command-r']) {
    test(`and ${model} is refused with the way that there is`, async () => {
      const { llm, sent } = setUp({ keys })
      await expect(llm(ask(model))).rejects.toMatchObject({
        kind: 'config',
        code: 'refused_provider',
        message: expect.stringContaining('api_base')
      })
      expect(sent).toEqual([])
    })
  }

  test('the Responses API is a way of asking only where the provider has it', async () => {
    const { llm } = setUp({ keys })
    expect(targetOf(llm, ask('openai/responses/gpt-5'))).toMatchObject({ api: 'responses', model: 'gpt-5' })
    expect(targetOf(llm, ask('anthropic/responses/x'))).toMatchObject({ api: 'messages', model: 'responses/x' })
    expect(targetOf(llm, ask('openai/responses/'))).toMatchObject({ api: 'chat', model: 'responses/' })
  })
})

describe('the table', () => {
  test('has safe addresses without a slash at their end, and a variable for every key', () => {
    for (const [name, row] of Object.entries(providers)) {
      const { baseURL, env, envBase } = row
      if (baseURL !== '')
        expect(baseURL, name).toMatch(/^(?:https:\/\/[a-z0-9.-]+|http:\/\/localhost:\d+)\/?[\w/-]*[^/]$/)
      for (const variable of env) expect(variable).toMatch(/^[A-Z_]+_(?:KEY|TOKEN)$/)
      expect(env.length > 0 || name === 'vertex_ai').toBe(true)
      if (envBase) expect(row.keyless).toBe(true)
    }
  })

  test('names no provider by another one’s host', () => {
    for (const [name, { baseURL }] of Object.entries(providers)) {
      if (baseURL) expect([name, 'custom']).toContain(placeOf(baseURL, {}).provider)
    }
    const named = Object.values(providers).filter(({ baseURL }) => placeOf(baseURL, {}).provider !== 'custom')
    expect(named.length).toBe(9)
    for (const host of ['api.openai.com.evil.test', 'xapi.openai.com', 'api-openai.com', 'evil.test/api.openai.com']) {
      expect(placeOf(`https://${host}/v1`, {}).provider).toBe('custom')
    }
    expect(placeOf('https://eu.api.openai.com/v1', {}).provider).toBe('openai')
  })
})

describe('a key', () => {
  test('that is missing fails the call, names the variable, and sends nothing', async () => {
    const { llm, sent } = setUp()
    for (const [model, env] of [
      ['openai/x', 'OPENAI_API_KEY'],
      ['claude-x', 'ANTHROPIC_API_KEY'],
      ['openrouter/a/b', 'OPENROUTER_API_KEY'],
      ['groq/x', 'GROQ_API_KEY'],
      ['together_ai/x', 'TOGETHERAI_API_KEY'],
      ['gemini/x', 'GEMINI_API_KEY']
    ] as const) {
      const error = await llm(ask(model)).catch((reason: unknown) => reason)
      expect(error).toMatchObject({ name: 'ConfigurationError', kind: 'config', code: 'missing_key', retryable: false })
      if (inPage) expect((error as Error).message).toMatch(/: pass keys: \{ \w+ \}, or proxy\.$/)
      else expect((error as Error).message).toContain(`: set ${env}, or pass keys: { `)
    }
    expect(sent).toEqual([])
  })

  test('of the caller wins over the environment', async () => {
    const { llm, sent } = setUp({ keys: { openai: 'mine' } }, { OPENAI_API_KEY: 'environment' })
    await llm(ask('openai/x'))
    expect(sent[0]?.headers.get('authorization')).toBe('Bearer mine')
  })

  test('that was not accepted is an error that says where it is kept', async () => {
    for (const [model, variable] of [
      ['groq/x', 'GROQ_API_KEY'],
      ['perplexity/x', 'PERPLEXITYAI_API_KEY']
    ] as const) {
      const [name = ''] = model.split('/')
      const fetch = async () => Response.json({ error: { message: 'no' } }, { status: 401 })
      const refused = setUp({ fetch, keys: { [name]: 'old' } }).llm(ask(model))
      const hint = inPage ? `Pass another key as keys: { ${name} }.` : `Set ${variable}.`
      await expect(refused).rejects.toMatchObject({ name: 'AuthenticationError', hint })
      const behind = setUp({ fetch, proxy: 'https://proxy.test' }).llm(ask(model))
      await expect(behind).rejects.toMatchObject({ name: 'AuthenticationError', hint: 'The proxy holds the keys.' })
    }
  })

  test('of the environment is looked up at each call', async () => {
    const env: Record<string, string> = {}
    const { llm, sent } = setUp({}, env)
    await expect(llm(ask('openai/x'))).rejects.toMatchObject({ kind: 'config' })
    env.OPENAI_API_KEY = 'set later'
    await llm(ask('openai/x'))
    expect(sent[0]?.headers.get('authorization')).toBe('Bearer set later')
  })

  test('may be a function, that is asked before each request', async () => {
    let asked = 0
    const { llm, sent } = setUp({ keys: { openai: async () => `fresh-${++asked}` } })
    await llm(ask('openai/x'))
    await llm(ask('openai/x'))
    expect(sent.map(({ headers }) => headers.get('authorization'))).toEqual(['Bearer fresh-1', 'Bearer fresh-2'])
  })

  test('function that has none, or throws, fails the call', async () => {
    const { llm, sent } = setUp({ keys: { openai: () => '', anthropic: () => Promise.reject(new Error('locked')) } })
    await expect(llm(ask('openai/x'))).rejects.toThrow('No key for OpenAI')
    await expect(llm(ask('claude-x'))).rejects.toMatchObject({
      kind: 'config',
      message: expect.stringContaining('locked')
    })
    expect(sent).toEqual([])
  })

  test('from the environment goes to its own provider only', async () => {
    const rows = Object.entries(providers)
    const env = {
      ...Object.fromEntries(rows.flatMap(([name, { env }]) => env.map(variable => [variable, `planted-${name}`]))),
      ...places
    }
    const { llm, sent } = setUp({}, env)
    const asked = rows.filter(([name]) => name !== 'vertex_ai')
    for (const [name] of asked) await llm(ask(`${name}/some/model`))
    expect(sent.length).toBe(asked.length)
    for (const [index, [name, row]] of asked.entries()) {
      const { url, headers, body } = sent[index] as Sent
      expect(new URL(url).origin).toBe(new URL(row.baseURL || env.AZURE_API_BASE).origin)
      const everything = `${url}\n${values(headers)}\n${JSON.stringify(body)}`
      expect(everything.match(/planted-\w+/g)).toEqual([`planted-${name}`])
      expect(headers.get(name === 'azure' ? 'api-key' : name === 'anthropic' ? 'x-api-key' : 'authorization')).toMatch(
        /^(?:Bearer )?planted/
      )
    }
  })

  test('may have several variables, the usual one first', async () => {
    for (const [name, { env }] of Object.entries(providers)) {
      for (const variable of env) {
        const { llm, sent } = setUp(
          {},
          { ...places, [variable]: 'one', ...(variable === env[0] ? {} : { [`${env[0]}`]: '' }) }
        )
        await llm(ask(`${name}/m`))
        expect(values(sent[0]?.headers as Headers)).toContain('one')
      }
      if (env.length < 2) continue
      const { llm, sent } = setUp({}, Object.fromEntries(env.map((variable, index) => [variable, `number-${index}`])))
      await llm(ask(`${name}/m`))
      expect(values(sent[0]?.headers as Headers)).toContain('number-0')
    }
  })

  test('is not needed for servers of one’s own', async () => {
    for (const name of ['ollama', 'lm_studio', 'hosted_vllm']) {
      const { llm, sent } = setUp({}, places)
      await llm(ask(`${name}/m`))
      expect(sent[0]?.headers.has('authorization')).toBe(false)
    }
  })

  test('is looked for among the own names of `keys` only', async () => {
    const { llm } = setUp({ keys: Object.create({ openai: 'inherited' }) as Record<string, string> })
    await expect(llm(ask('openai/x'))).rejects.toMatchObject({ code: 'missing_key' })
  })
})

describe('a proxy', () => {
  const env = { OPENAI_API_KEY: 'planted', ANTHROPIC_API_KEY: 'planted' }

  test('takes the place of every provider, and gets no key', async () => {
    const { llm, sent } = setUp({ proxy: 'https://proxy.test/api/llm/', keys: { openai: 'planted' } }, env)
    await llm(ask('openai/x'))
    await llm(ask('claude-x'))
    expect(sent.map(({ url }) => url)).toEqual([
      'https://proxy.test/api/llm/openai/chat/completions',
      'https://proxy.test/api/llm/anthropic/messages'
    ])
    for (const { headers } of sent) expect(values(headers)).not.toContain('planted')
    expect(targetOf(llm, ask('claude-x'))).toEqual({
      provider: 'anthropic',
      api: 'messages',
      base_url: 'https://proxy.test/api/llm/anthropic',
      model: 'claude-x'
    })
  })

  test("may be relative in a page, to the page's origin; elsewhere there is no such thing", async () => {
    const { llm, sent } = setUp({ proxy: '/api/llm' })
    const page = (globalThis as { location?: { origin: string } }).location
    const answer = llm(ask('openai/x'))
    if (page) {
      await answer
      expect(sent[0]?.url).toBe(`${page.origin}/api/llm/openai/chat/completions`)
    } else {
      await expect(answer).rejects.toMatchObject({ kind: 'config' })
      expect(sent).toEqual([])
    }
  })

  test('is reached safely or not at all', async () => {
    const { llm, sent } = setUp({ proxy: 'http://proxy.test/llm' })
    await expect(llm(ask('openai/x'))).rejects.toMatchObject({ kind: 'config' })
    expect(sent).toEqual([])
  })
})

test("the caller's headers go with every request", async () => {
  const { llm, sent } = setUp({ proxy: 'https://proxy.test', headers: { 'x-session': 'seven' } })
  await llm(ask('openai/x'))
  expect(sent[0]?.headers.get('x-session')).toBe('seven')
})

describe('a simulated fetch', () => {
  const fetch = simulatedFetch({ speed: Number.POSITIVE_INFINITY })
  const env = () => undefined

  test('needs no key, whether it is an option or the host’s', async () => {
    for (const options of [{ fetch, host: { env, fetch: globalThis.fetch } }, { host: { env, fetch } }]) {
      for (const model of ['openai/gpt-5-mini', 'claude-haiku-4-5']) {
        const answer = await providerLlm(options)(ask(model))
        expect(answer.text).toContain('simulated answer')
      }
    }
  })

  test('costs what the model that it stands in for would, as an estimate', async () => {
    const llm = priced(providerLlm({ fetch, host: { env, fetch } }))
    for (const model of ['openai/gpt-5-mini', 'anthropic/claude-haiku-4-5']) {
      for (const stream of [true, false]) {
        const answer = await llm({ ...ask(model), stream })
        expect(answer.estimated).toBe(true)
        expect(answer.usage?.output_tokens).toBe(50)
        expect(answer.cost_usd).toBeGreaterThan(0)
        expect(answer.finish_reason).toBe('length')
      }
    }
  })

  test('streams what it would give whole, in both formats', async () => {
    const llm = providerLlm({ fetch, host: { env, fetch } })
    for (const model of ['gpt-5-mini', 'claude-haiku-4-5']) {
      const request = { ...ask(model), max_tokens: 2000 }
      const stream = llm(request)
      let text = ''
      let deltas = 0
      for await (const delta of stream) {
        if (delta.type === 'text.delta') text += delta.text
        deltas++
      }
      expect(deltas).toBeGreaterThan(20)
      expect((await stream).text).toBe(text)
      expect((await llm({ ...request, stream: false })).text).toBe(text)
    }
  })

  test('calls a tool that must be called, in both formats', async () => {
    const parameters = { type: 'object', properties: { city: { type: 'string' } } }
    const tools = [{ type: 'function' as const, function: { name: 'weather', parameters } }]
    for (const model of ['gpt-5-mini', 'claude-haiku-4-5']) {
      for (const stream of [true, false]) {
        const llm = providerLlm({ fetch, host: { env, fetch } })
        const answer = await llm({ ...ask(model), stream, tools, tool_choice: 'required' })
        expect(answer.finish_reason).toBe('tool_calls')
        expect(answer.tool_calls).toMatchObject([{ name: 'weather', arguments: { city: 'a simulated city' } }])
      }
    }
  })
})
