import Anthropic from '@anthropic-ai/sdk'
import OpenAI from 'openai'
import { describe, expect, onTestFinished, test } from 'vitest'
import { memoryCache } from '../cache/memory-cache.js'
import { createDaybook } from '../daybook.js'
import { createHost, type Warning } from '../host.js'
import type { LedgerEvent, LedgerSignal } from '../ledger/event.js'
import { memoryLedgerStore } from '../ledger/memory-ledger-store.js'
import { openLedger } from '../ledger/open-ledger.js'
import { simulatedFetch } from '../testing/simulated-fetch.js'
import { type FetchDaybook, type RecordFetchOptions, recordFetch } from './index.js'

const speed = Number.POSITIVE_INFINITY
/** Of no shape that is known as a key's. */
const key = 'planted-0123456789abcdef'
const question = 'What is the weather in Oslo?'
const messages = [{ role: 'user' as const, content: question }]
const model = 'gpt-5-mini'
const parameters = {
  type: 'object' as const,
  properties: { city: { type: 'string' } },
  required: ['city'],
  additionalProperties: false
}
const weather = { name: 'weather', description: 'The weather of a city.' }
const chatTool = { type: 'function' as const, function: { ...weather, parameters } }

async function setUp(options: RecordFetchOptions = {}, more: Partial<FetchDaybook> = {}) {
  const warnings: Warning[] = []
  const host = createHost({ warn: warning => void warnings.push(warning) })
  const ledger = await openLedger(memoryLedgerStore(), 'session:test', { host })
  const cache = memoryCache()
  const seen: Request[] = []
  const { fetch: inner = simulatedFetch({ speed }) } = options
  const fetch: typeof globalThis.fetch = (input, init) => {
    seen.push(new Request(input, init))
    return inner(input, init)
  }
  const recorded = recordFetch({ ledger, cache, host, ...more }, { ...options, fetch })
  const events = async () => {
    const all: LedgerEvent[] = []
    for await (const event of ledger.read()) all.push(event)
    return all
  }
  const clients = { apiKey: key, fetch: recorded, maxRetries: 0, dangerouslyAllowBrowser: true }
  return {
    fetch: recorded,
    inner,
    ledger,
    cache,
    events,
    seen,
    warnings,
    openai: new OpenAI(clients),
    anthropic: new Anthropic(clients),
    typesOf: async () => (await events()).map(({ type }) => type)
  }
}

type Data = Record<string, unknown>
const dataOf = (event: LedgerEvent | undefined) => event?.data as unknown as Data

/** What a plain fetch of it gives, and where its pieces end. */
async function wire(response: Response) {
  const pieces: string[] = []
  const decoder = new TextDecoder()
  const reader = response.body?.getReader()
  for (;;) {
    const { done, value } = (await reader?.read()) ?? { done: true }
    if (done) break
    pieces.push(decoder.decode(value, { stream: true }))
  }
  const { status, statusText, ok } = response
  return { status, statusText, ok, headers: [...response.headers], pieces }
}

const post = (body: unknown, headers: Record<string, string> = {}): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': 'application/json', authorization: `Bearer ${key}`, ...headers },
  body: JSON.stringify(body)
})
const chatUrl = 'https://api.openai.com/v1/chat/completions'

describe('under the SDKs', () => {
  test('Chat Completions: a call is recorded as one of ours, with its price', async () => {
    const { openai, events, warnings } = await setUp()
    const answer = await openai.chat.completions.create({ model, messages, tools: [chatTool] })
    const [asked, said, ...more] = await events()
    expect(more).toEqual([])
    expect(asked).toMatchObject({ type: 'llm.request', actor: 'fetch', source: 'session:test', cause: [] })
    expect(asked?.data).toMatchObject({ model, messages, tools: [chatTool] })
    expect(dataOf(asked).target).toEqual({
      provider: 'openai',
      api: 'chat',
      base_url: 'https://api.openai.com/v1',
      model
    })
    expect(said).toMatchObject({ type: 'llm.response', actor: 'fetch', cause: [asked?.id] })
    expect(said?.data).toMatchObject({
      text: '',
      model,
      id: answer.id,
      finish_reason: 'tool_calls',
      tool_calls: [{ name: 'weather', arguments: { city: 'Oslo' } }],
      cached: false,
      estimated: true,
      usage: { input_tokens: answer.usage?.prompt_tokens, output_tokens: answer.usage?.completion_tokens }
    })
    const { cost_usd, price_date, latency_ms, first_delta_ms, stream } = dataOf(said)
    expect(cost_usd).toBeGreaterThan(0)
    expect(price_date).toMatch(/^\d{4}-/)
    expect([typeof latency_ms, typeof first_delta_ms, typeof stream]).toEqual(['number', 'number', 'object'])
    expect(warnings).toEqual([])
  })

  test('a stream is recorded with its deltas as signals and their rhythm', async () => {
    const { openai, ledger, events } = await setUp()
    const signals: LedgerSignal[] = []
    ledger.subscribe(() => {}, { onSignal: signal => signals.push(signal) })
    const usage = { include_usage: true }
    let text = ''
    for await (const chunk of await openai.chat.completions.create({
      model,
      messages,
      stream: true,
      stream_options: usage
    })) {
      text += chunk.choices[0]?.delta.content ?? ''
    }
    const [asked, said] = await events()
    expect(asked?.data).toMatchObject({ stream: true, stream_options: usage })
    expect(said?.data).toMatchObject({ text, finish_reason: 'stop' })
    expect(dataOf(said).cost_usd).toBeGreaterThan(0)
    const { lengths } = dataOf(said).stream as { lengths: number[] }
    expect(lengths.length).toBeGreaterThan(5)
    expect(lengths.reduce((sum, length) => sum + length)).toBe(text.length)
    expect(signals.map(({ request, n }) => [request, n])).toEqual(lengths.map((_, n) => [asked?.id, n]))
    expect(signals.map(({ delta }) => delta.text).join('')).toBe(text)
  })

  test('Responses and Messages are recorded in the words of Chat Completions', async () => {
    const { openai, anthropic, events } = await setUp()
    const tools = [{ type: 'function' as const, ...weather, parameters, strict: true }]
    const asking = { model, instructions: 'Be brief.', input: question, tools, max_output_tokens: 900 }
    const whole = await openai.responses.create({ ...asking, reasoning: { effort: 'low', summary: 'auto' } })
    const claude = { model: 'claude-haiku-4-5', max_tokens: 900, system: 'Be brief.', messages }
    const streamed = await anthropic.messages
      .stream({ ...claude, tools: [{ ...weather, input_schema: parameters }], tool_choice: { type: 'any' } })
      .finalMessage()
    const [asked, said, other, answered] = await events()
    const common = { max_tokens: 900, messages: [{ role: 'system', content: 'Be brief.' }, ...messages] }
    expect(asked?.data).toMatchObject({
      ...common,
      reasoning_effort: 'low',
      reasoning: { summary: 'auto' },
      tools: [{ type: 'function', function: { ...weather, parameters, strict: true } }],
      target: { provider: 'openai', api: 'responses', base_url: 'https://api.openai.com/v1', model }
    })
    expect(said?.data).toMatchObject({ id: whole.id, finish_reason: 'tool_calls', reasoning: expect.any(String) })
    expect(other?.data).toMatchObject({
      ...common,
      stream: true,
      tools: [chatTool],
      tool_choice: 'required',
      target: { provider: 'anthropic', api: 'messages', base_url: 'https://api.anthropic.com/v1' }
    })
    const calls = streamed.content.flatMap(block => (block.type === 'tool_use' ? [block] : []))
    expect(answered?.data).toMatchObject({
      id: streamed.id,
      finish_reason: 'tool_calls',
      tool_calls: calls.map(({ id, name, input }) => ({ id, name, arguments: input }))
    })
    expect([dataOf(said).cost_usd, dataOf(answered).cost_usd]).toEqual([expect.any(Number), expect.any(Number)])
  })

  test('a refusal is recorded with its class, and each attempt of the SDK is a request of its own', async () => {
    let attempts = 0
    const answers = simulatedFetch({ speed })
    const busy: typeof fetch = async (...args) =>
      ++attempts < 3
        ? Response.json(
            { error: { message: `slow down, ${key}`, type: 'rate_limit_error' } },
            { status: 429, headers: { 'retry-after-ms': '1' } }
          )
        : answers(...args)
    const { openai, typesOf, events } = await setUp({ fetch: busy })
    await openai.chat.completions.create({ model, messages }, { maxRetries: 2, headers: { 'x-stainless-retry': 'x' } })
    expect(await typesOf()).toEqual([
      'llm.request',
      'llm.failed',
      'llm.request',
      'llm.failed',
      'llm.request',
      'llm.response'
    ])
    const [, failed] = await events()
    expect(failed?.data).toMatchObject({ kind: 'rate_limit', status: 429, retryable: true })
    expect(JSON.stringify(await events())).not.toContain('planted')
  })

  test('a host that breaks out leaves the provider, and the call is recorded as aborted with what had come', async () => {
    let left: unknown
    const slow = pieces(20, { cancel: reason => (left = reason ?? true) })
    const { openai, events } = await setUp({ fetch: async () => slow })
    let text = ''
    for await (const chunk of await openai.chat.completions.create({ model, messages, stream: true })) {
      text += chunk.choices[0]?.delta.content ?? ''
      if (text.length >= 9) break
    }
    expect(left).toBeDefined()
    const [, failed, ...more] = await events()
    expect(more).toEqual([])
    expect(failed).toMatchObject({ type: 'llm.failed', data: { kind: 'aborted', partial: { text } } })
  })

  test.each([0, 3])('an abort after %i pieces is heard by the host as it always is, and recorded', async count => {
    const { openai, events } = await setUp({ fetch: abortable })
    const controller = new AbortController()
    const { signal } = controller
    let chunks = 0
    const consumed = (async () => {
      const asked = openai.chat.completions.create({ model, messages, stream: true }, { signal })
      if (count === 0) setTimeout(() => controller.abort(), 5)
      for await (const _chunk of await asked) if (++chunks === count) controller.abort()
    })()
    if (count === 0) await expect(consumed).rejects.toThrow(OpenAI.APIUserAbortError)
    else await consumed // this SDK ends the loop without a word
    expect(chunks).toBe(count)
    const [asked, failed, ...more] = await events()
    expect([asked?.type, more]).toEqual(['llm.request', []])
    expect(failed).toMatchObject({ type: 'llm.failed', data: { kind: 'aborted' } })
  })
})

/** A chat stream of so many pieces that waits before each until it is asked for. */
function pieces(count: number, { cancel }: { cancel?: (reason: unknown) => void } = {}, signal?: AbortSignal) {
  const encoder = new TextEncoder()
  let n = 0
  const body = new ReadableStream<Uint8Array>(
    {
      start(controller) {
        signal?.addEventListener('abort', () => controller.error(signal.reason))
      },
      pull(controller) {
        const choice = { index: 0, delta: { content: `abc` }, finish_reason: n === count ? 'stop' : null }
        controller.enqueue(encoder.encode(`data: ${JSON.stringify({ id: 'c', model, choices: [choice] })}\n\n`))
        if (n++ < count) return
        controller.enqueue(encoder.encode('data: [DONE]\n\n'))
        controller.close()
      },
      ...(cancel ? { cancel } : {})
    },
    { highWaterMark: 0 }
  )
  return new Response(body, { headers: { 'content-type': 'text/event-stream' } })
}

/** Answers after a while, unless it is aborted. */
const abortable: typeof fetch = (_input, init) =>
  new Promise((resolve, reject) => {
    const signal = init?.signal ?? undefined
    const timer = setTimeout(() => resolve(pieces(50, {}, signal)), 30)
    signal?.addEventListener('abort', () => {
      clearTimeout(timer)
      reject(signal.reason)
    })
  })

describe('untouched', () => {
  const body = { model, messages, stream: true }

  test('status, headers, address and bytes are those of the response, piece by piece', async () => {
    const { fetch, inner } = await setUp()
    for (const sent of [body, { ...body, stream: false }, { model, messages: [{ role: 'tool', content: 'x' }] }]) {
      expect(await wire(await fetch(chatUrl, post(sent)))).toEqual(await wire(await inner(chatUrl, post(sent))))
    }
    const original = new Response('{}', { headers: { 'x-of-it': 'kept' } })
    Object.defineProperty(original, 'url', { value: 'https://elsewhere.example/v1' })
    const { fetch: other } = await setUp({ fetch: async () => original })
    const response = await other(chatUrl, post(body))
    for (const one of [response, response.clone()]) {
      expect(one.headers).toBe(original.headers)
      expect(one.url).toBe('https://elsewhere.example/v1')
      expect(await one.text()).toBe('{}')
    }
  })

  test('what is no call of a model passes through with the very same arguments, and is not recorded', async () => {
    const passed: unknown[][] = []
    const answer = new Response('as it is')
    const inner = (async (...args: unknown[]) => {
      passed.push(args)
      return answer
    }) as typeof fetch
    const { ledger } = await setUp()
    const fetch = recordFetch({ ledger }, { fetch: inner })
    const form = new FormData()
    form.append('file', new Blob(['x']))
    const stream = new ReadableStream()
    const others: [RequestInfo | URL, RequestInit?][] = [
      ['https://api.openai.com/v1/models'],
      [chatUrl, { method: 'GET' }],
      ['https://api.openai.com/v1/files', { method: 'POST', body: form }],
      [chatUrl, { method: 'POST', body: form }],
      [chatUrl, { method: 'POST', body: stream, duplex: 'half' } as RequestInit],
      [chatUrl, { method: 'POST', body: 'no JSON' }],
      [chatUrl, { method: 'POST', body: '{"messages":[]}' }],
      [chatUrl, { method: 'POST', body: '{"model":"m","messages":"hello"}' }],
      ['https://api.openai.com/v1/responses', post({ model, input: 'x', background: true })],
      ['https://api.anthropic.com/v1/messages/count_tokens', post({ model, messages })],
      [new URL('https://api.openai.com/v1/threads/t/messages'), post({ role: 'user', content: 'x' })],
      [new Request('https://api.openai.com/v1/chat/completions', { method: 'POST', body: 'text' })]
    ]
    for (const args of others) {
      expect(await fetch(...args)).toBe(answer)
      const last = passed.at(-1) ?? []
      expect(last[0]).toBe(args[0])
      expect(last[1]).toBe(args[1])
    }
    expect(passed).toHaveLength(others.length)
    expect(ledger.length).toBe(0)
  })

  test('a Request, and a body of bytes, are recorded and can still be sent', async () => {
    const { ledger, events } = await setUp()
    const bodies: string[] = []
    const inner: typeof fetch = async (input, init) => {
      bodies.push(await new Request(input, init).text())
      return simulatedFetch({ speed })(chatUrl, post(body))
    }
    const fetch = recordFetch({ ledger }, { fetch: inner })
    const text = JSON.stringify(body)
    const bytes = new TextEncoder().encode(text)
    for (const [input, init] of [
      [new Request(chatUrl, post(body))],
      [new Request(chatUrl, { headers: { 'x-api-key': key } }), { ...post(body), method: 'post' }],
      [new URL(chatUrl), { ...post(body), body: bytes }],
      [chatUrl, { ...post(body), body: bytes.buffer }],
      [chatUrl, { ...post(body), body: new Blob([text]) }]
    ] as [RequestInfo, RequestInit?][]) {
      await (await fetch(input, init)).text()
    }
    expect(bodies).toEqual(Array(5).fill(text))
    const asked = (await events()).filter(({ type }) => type === 'llm.request')
    expect(asked.map(event => dataOf(event).messages)).toEqual(Array(5).fill(messages))
  })

  test('nothing is read before the host asks for it, and the host has a piece before it is read here', async () => {
    let pulled = 0
    const order: string[] = []
    const encoder = new TextEncoder()
    const source = new ReadableStream<Uint8Array>(
      {
        pull(controller) {
          const choices = [{ index: 0, delta: { content: `${pulled++}` } }]
          controller.enqueue(encoder.encode(`data: ${JSON.stringify({ choices })}\n\n`))
        }
      },
      { highWaterMark: 0 }
    )
    const { fetch, ledger } = await setUp({ fetch: async () => new Response(source) })
    let heard = () => {}
    ledger.subscribe(() => {}, {
      onSignal: ({ n }) => {
        order.push(`recorded ${n}`)
        heard()
      }
    })
    const response = await fetch(chatUrl, post(body))
    await new Promise(resolve => setTimeout(resolve, 5))
    expect(pulled).toBe(0)
    const reader = response.body?.getReader()
    for (let n = 0; n < 3; n++) {
      const signalled = new Promise<void>(resolve => {
        heard = resolve
      })
      await reader?.read()
      // As an SDK does: some turns until its program has the piece.
      for (let turn = 0; turn < 20; turn++) await undefined
      order.push(`host ${n}`)
      await signalled // without asking on
      expect(pulled).toBe(n + 1)
    }
    expect(order).toEqual([0, 1, 2].flatMap(n => [`host ${n}`, `recorded ${n}`]))
    await reader?.cancel()
  })
})

describe('whatever fails here', () => {
  const body = { model, messages }

  test('a ledger that cannot be written is a warning, and the call succeeds', async () => {
    for (const broken of [0, 1]) {
      let appends = 0
      const { ledger } = await setUp()
      const append: typeof ledger.append = (...args) =>
        appends++ === broken ? Promise.reject(new Error('the disk is full')) : ledger.append(...args)
      const { fetch, inner, warnings } = await setUp({}, { ledger: { ...ledger, append } })
      expect(await wire(await fetch(chatUrl, post(body)))).toEqual(await wire(await inner(chatUrl, post(body))))
      expect(warnings).toMatchObject([{ area: 'fetch', kind: 'record', message: expect.stringContaining('disk is') }])
    }
  })

  test('a request that no ledger can hold is sent all the same, with or without the cache', async () => {
    const deep = `{"model":"${model}","messages":[],"x":${'['.repeat(100_000)}${']'.repeat(100_000)}}`
    for (const cache of [false, true]) {
      for (const url of [chatUrl, 'https://api.anthropic.com/v1/messages']) {
        const { fetch, events, warnings } = await setUp({ cache, fetch: async () => new Response('as it is') })
        expect(await (await fetch(url, { method: 'POST', body: deep })).text()).toBe('as it is')
        expect(await events()).toEqual([])
        expect(warnings).toMatchObject([{ area: 'fetch', message: expect.stringContaining('could not be recorded') }])
      }
    }
  })

  test('an answer that is none in any form is passed on, and recorded as a failure', async () => {
    const { fetch, events, warnings } = await setUp({ fetch: async () => new Response('<html>a portal</html>') })
    expect(await (await fetch(chatUrl, post(body))).text()).toBe('<html>a portal</html>')
    expect(await events()).toMatchObject([{}, { type: 'llm.failed', data: { kind: 'bad_response' } }])
    expect(warnings).toEqual([])
  })

  test('a fetch that fails fails so for the host, and is recorded', async () => {
    const error = new TypeError('fetch failed')
    const { fetch, events } = await setUp({ fetch: () => Promise.reject(error) })
    await expect(fetch(chatUrl, post(body))).rejects.toBe(error)
    expect(await events()).toMatchObject([{}, { type: 'llm.failed', data: { kind: 'connection' } }])
  })

  test('a connection that breaks in mid-stream breaks so for the host, and what came is kept', async () => {
    const error = new TypeError('terminated')
    const encoder = new TextEncoder()
    let n = 0
    const source = new ReadableStream<Uint8Array>(
      {
        pull(controller) {
          const choices = [{ index: 0, delta: { content: 'abc' } }]
          if (n++ < 2) controller.enqueue(encoder.encode(`data: ${JSON.stringify({ choices })}\n\n`))
          else controller.error(error)
        }
      },
      { highWaterMark: 0 }
    )
    const { fetch, events } = await setUp({ fetch: async () => new Response(source) })
    const response = await fetch(chatUrl, post({ ...body, stream: true }))
    const clone = response.clone()
    await expect(wire(response)).rejects.toBe(error)
    await expect(clone.json()).rejects.toBe(error) // in Chromium too, where the body is a stream of ours
    const [, failed] = await events()
    expect(failed?.data).toMatchObject({ kind: 'connection', partial: { text: 'abcabc' } })
  })

  test('a refusal that nobody reads is recorded all the same', async () => {
    const { fetch, events } = await setUp({ fetch: async () => new Response('no', { status: 529 }) })
    await (await fetch(chatUrl, post(body))).body?.cancel()
    expect(await events()).toMatchObject([{}, { type: 'llm.failed', data: { kind: 'overloaded', status: 529 } }])
  })

  test('a body that cannot be read here goes to the host as it is', async () => {
    const odd = { ok: true, status: 200, headers: new Headers(), body: undefined, json: async () => ({ odd: true }) }
    const { fetch, typesOf } = await setUp({ fetch: (async () => odd) as never })
    const response = await fetch(chatUrl, post(body))
    expect(await response.json()).toEqual({ odd: true })
    await expect.poll(typesOf).toEqual(['llm.request', 'llm.failed'])
  })
})

describe('with the cache', () => {
  const body = { model, messages, stream: true, stream_options: { include_usage: true } }

  test('a second identical request is answered byte for byte, piece by piece, without being sent', async () => {
    const { fetch, seen, events, cache } = await setUp({ cache: true })
    for (const sent of [body, { model, messages }]) {
      const first = await wire(await fetch(chatUrl, post(sent)))
      const second = await wire(await fetch(chatUrl, post(sent)))
      expect(second.pieces).toEqual(first.pieces)
      expect(second).toMatchObject({ status: 200, ok: true })
      expect(new Headers(second.headers).get('content-type')).toBe(new Headers(first.headers).get('content-type'))
    }
    expect(seen).toHaveLength(2)
    const all = await events()
    expect(all.map(({ type }) => type)).toEqual(Array(4).fill(['llm.request', 'llm.response']).flat())
    const [miss, hit] = [dataOf(all[1]), dataOf(all[3])]
    const keys = (await cache.keys()) as string[]
    expect(keys).toHaveLength(2)
    for (const one of keys) expect(one).toMatch(/^fetch-[0-9a-f]{64}$/)
    expect(miss).toMatchObject({ cached: false, cache: { state: 'miss' } })
    expect(hit).toMatchObject({ cached: true, cache: { state: 'hit', key: (miss.cache as Data).key }, cost_usd: 0 })
    expect(hit.saved_usd).toBe(miss.cost_usd)
    expect(hit.text).toBe(miss.text)
    expect((hit.stream as Data).lengths).toEqual((miss.stream as Data).lengths)
  })

  test('it works under the SDKs, and survives a store that keeps JSON', async () => {
    const memory = memoryCache()
    const texts = { ...memory, set: (at: string, entry: object) => memory.set(at, JSON.parse(JSON.stringify(entry))) }
    const { anthropic, openai, seen } = await setUp({ cache: true }, { cache: texts })
    for (let round = 0; round < 2; round++) {
      await anthropic.messages.stream({ model: 'claude-haiku-4-5', max_tokens: 4000, messages }).finalMessage()
      await openai.responses.stream({ model, input: question }).finalResponse()
      await openai.responses.create({ model, input: question })
    }
    expect(seen).toHaveLength(3)
  })

  test('another key, or order, finds it; another model, form, version, scope or address does not', async () => {
    const shared = memoryCache()
    const { fetch, seen, ledger } = await setUp({ cache: true }, { cache: shared })
    const text = async (url: string, init: RequestInit, by = fetch) => (await by(url, init)).text()
    await text(chatUrl, post(body))
    await text(chatUrl, post(body, { authorization: 'Bearer sk-another-key-0000', cookie: 'a=b' }))
    await text(`${chatUrl}?key=sk-in-the-address`, post(Object.fromEntries(Object.entries(body).reverse())))
    expect(seen).toHaveLength(1)
    const others: [string, RequestInit][] = [
      [chatUrl, post({ ...body, model: 'gpt-5' })],
      [chatUrl, post({ ...body, stream: false })],
      [chatUrl, post({ ...body, temperature: 0 })],
      [chatUrl, post(body, { 'openai-beta': 'new=v1' })],
      [`${chatUrl}?api-version=2026-01-01`, post(body)],
      ['https://openrouter.ai/api/v1/chat/completions', post(body)]
    ]
    for (const [url, init] of others) await text(url, init)
    expect(seen).toHaveLength(1 + others.length)
    const inner: typeof globalThis.fetch = (...args) => {
      seen.push(new Request(...args))
      return simulatedFetch({ speed })(...args)
    }
    const scoped = recordFetch({ ledger, cache: shared }, { cache: true, fetch: inner, scope: 'me' })
    await text(chatUrl, post(body), scoped)
    await text(chatUrl, post(body), scoped)
    expect(seen).toHaveLength(2 + others.length)
  })

  test('only complete answers are kept: none that was refused, cut short, left, or is too long for its limit', async () => {
    const { fetch, seen, cache } = await setUp({ cache: true })
    const refused = { model, messages: [{ role: 'tool', tool_call_id: 'x', content: 'x' }] }
    await (await fetch(chatUrl, post(refused))).text()
    await (await fetch(chatUrl, post({ ...body, max_tokens: 3 }))).text()
    const reader = (await fetch(chatUrl, post(body))).body?.getReader()
    await reader?.read()
    await reader?.cancel()
    expect(await cache.keys()).toEqual([])
    expect(seen).toHaveLength(3)
    const cut = 'data: {"choices":[{"index":0,"delta":{"content":"a"}}]}\n\n'
    const { fetch: broken, cache: own } = await setUp({ cache: true, fetch: async () => new Response(cut) })
    expect(await (await broken(chatUrl, post(body))).text()).toBe(cut)
    expect(await own.keys()).toEqual([])
  })

  test('a damaged entry, an entry of a call, and a store that fails are misses', async () => {
    const { fetch, seen, cache, warnings } = await setUp({ cache: true })
    const read = async () => (await fetch(chatUrl, post(body))).text()
    const first = await read()
    const [at] = (await cache.keys()) as [string]
    const entry = await cache.get(at)
    for (const damaged of [
      { ...entry, fetch: undefined },
      { ...entry, fetch: { status: 200, status_text: '', headers: [['set-cookie', 'x']], text: '', lengths: [] } },
      { fetch: {} }
    ]) {
      await cache.set(at, JSON.parse(JSON.stringify(damaged)))
      expect(await read()).toBe(first)
    }
    expect(seen).toHaveLength(4)
    const failing = {
      ...cache,
      get: () => Promise.reject(new Error('gone')),
      set: () => Promise.reject(new Error('gone'))
    }
    const { fetch: other, warnings: told } = await setUp({ cache: true }, { cache: failing })
    expect(await (await other(chatUrl, post(body))).text()).toBe(first)
    expect(told.map(({ area }) => area)).toContain('cache')
    expect(warnings.every(({ area }) => area === 'cache')).toBe(true)
  })

  test('without it, every request is sent', async () => {
    const { fetch, seen, cache } = await setUp()
    for (let round = 0; round < 2; round++) await (await fetch(chatUrl, post(body))).text()
    expect(seen).toHaveLength(2)
    expect(await cache.keys()).toEqual([])
  })
})

test('no key reaches the ledger, the cache or a warning, wherever it was put', async () => {
  const { fetch, events, cache, warnings } = await setUp({ cache: true })
  const secret = 'planted'
  const body = { model, messages, api_key: key, headers: { authorization: key }, extra_headers: { 'x-key': key } }
  const names = ['authorization', 'x-api-key', 'api-key', 'cookie', 'x-goog-api-key']
  for (const stream of [true, false]) {
    for (const name of names) {
      const sent = { ...post({ ...body, stream }), headers: { [name]: `Bearer ${key}` } }
      await (await fetch(`${chatUrl}?key=${key}&token=${key}`, sent)).text()
      const echo: typeof globalThis.fetch = async () =>
        Response.json({ error: { message: `Wrong key ${key} given` } }, { status: 401 + names.indexOf(name) })
      const { fetch: refused, events: told, warnings: warned } = await setUp({ fetch: echo })
      expect(await (await refused(chatUrl, sent)).text()).toContain(key)
      expect(await told()).toHaveLength(2)
      expect(JSON.stringify([await told(), warned])).not.toContain(secret)
    }
  }
  const kept = await Promise.all([...((await cache.keys()) as string[])].map(async at => [at, await cache.get(at)]))
  expect(kept.length).toBeGreaterThan(0)
  expect(JSON.stringify([await events(), kept, warnings])).not.toContain(secret)
})

test('a Daybook can be passed as it is, and its own calls do not meet the entries of others', async () => {
  const warnings: Warning[] = []
  const simulated = simulatedFetch({ speed })
  const daybook = createDaybook({
    model: 'openai/gpt-5-mini',
    fetch: simulated,
    store: memoryLedgerStore(),
    cache: memoryCache(),
    host: { warn: warning => void warnings.push(warning) }
  })
  onTestFinished(() => daybook.close())
  const fetch = recordFetch(daybook, { cache: true, fetch: simulated })
  expect(fetch).toHaveProperty('simulated', true)
  const openai = new OpenAI({ apiKey: key, fetch, dangerouslyAllowBrowser: true })
  const theirs = await openai.chat.completions.create({ model, messages })
  expect(await daybook.text(question)).toBe(theirs.choices[0]?.message.content)
  const events: LedgerEvent[] = []
  for await (const event of daybook.ledger.read()) events.push(event)
  expect(events.map(({ type, actor }) => [type, actor])).toEqual([
    ['llm.request', 'fetch'],
    ['llm.response', 'fetch'],
    ['llm.request', 'program'],
    ['llm.response', 'program']
  ])
  const [a, b] = [dataOf(events[0]).target, dataOf(events[2]).target]
  expect(a).toEqual(b)
  expect((await daybook.cache?.keys())?.length).toBe(2)
  expect(warnings).toEqual([])
})
