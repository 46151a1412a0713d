import Anthropic from '@anthropic-ai/sdk'
import OpenAI from 'openai'
import { describe, expect, test } from 'vitest'
import { fromAnthropic } from '../../anthropic/index.js'
import { fromOpenAI } from '../../openai/index.js'
import { chatAnswers } from '../../testing/answers/chat.js'
import type { LLMFact, LLMFn, LLMRequest } from '../llm.js'
import { chatCompletionsApi } from './chat-api.js'
import { messagesApi } from './messages-api.js'

const inNode = !('document' in globalThis)
const baseURL = 'https://provider.test/v1'
const request: LLMRequest = { model: 'demo-1', messages: [{ role: 'user', content: 'Hello' }] }
const answer = chatAnswers[0]?.body ?? ''
const task = (ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, ms))

interface Sent {
  readonly url: string
  readonly init: RequestInit
  readonly headers: Headers
  readonly body: Record<string, unknown>
}

/** A fetch that keeps what it was given and answers as told. */
function spy(respond: (init: RequestInit) => Response | Promise<Response> = () => stream(answer)) {
  const sent: Sent[] = []
  const fetch: typeof globalThis.fetch = async (input, init = {}) => {
    const { headers, body } = init
    sent.push({ url: String(input), init, headers: new Headers(headers), body: JSON.parse(String(body)) })
    return respond(init)
  }
  return { fetch, sent }
}

function stream(...pieces: readonly string[]): Response {
  return new Response(pieces.join(''), { headers: { 'content-type': 'text/event-stream' } })
}

/** A stream that says these pieces, one each few milliseconds, and then nothing, whatever its signal says. */
function silentAfter(pieces: readonly string[], everyMs = 5) {
  const seen = { cancelled: false }
  let at = 0
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      if (at === pieces.length) return new Promise(() => {})
      if (at > 0) await task(everyMs)
      controller.enqueue(new TextEncoder().encode(pieces[at++]))
    },
    cancel() {
      seen.cancelled = true
    }
  })
  return { response: new Response(body, { headers: { 'content-type': 'text/event-stream' } }), seen }
}

const piece = (content: string) => `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content } }] })}\n\n`

describe('what is sent', () => {
  test('a chat completion, as a stream that counts its tokens', async () => {
    const { fetch, sent } = spy()
    await chatCompletionsApi({ baseURL, apiKey: 'k-123', fetch })({
      ...request,
      temperature: 0.5,
      max_tokens: 7,
      seed: 1
    })
    expect(sent).toHaveLength(1)
    const [{ url, init, headers, body }] = sent as [Sent]
    expect(url).toBe('https://provider.test/v1/chat/completions')
    expect(Object.fromEntries(headers)).toEqual({ authorization: 'Bearer k-123', 'content-type': 'application/json' })
    expect(init).toMatchObject({
      method: 'POST',
      redirect: 'manual',
      credentials: 'same-origin',
      referrerPolicy: 'no-referrer',
      cache: 'no-store'
    })
    expect(body).toEqual({
      ...request,
      temperature: 0.5,
      max_tokens: 7,
      seed: 1,
      stream: true,
      stream_options: { include_usage: true }
    })
  })

  test('a message, with the headers of its format', async () => {
    const { fetch, sent } = spy()
    await messagesApi({ baseURL, apiKey: 'k-123', fetch })(request).catch(() => {})
    expect(Object.fromEntries(sent[0]?.headers ?? [])).toEqual({
      'anthropic-version': '2023-06-01',
      'content-type': 'application/json',
      'x-api-key': 'k-123',
      ...(inNode ? {} : { 'anthropic-dangerous-direct-browser-access': 'true' })
    })
    expect(sent[0]?.body).toEqual({ ...request, max_tokens: 4096, stream: true })
  })

  test('no stream where none is wanted', async () => {
    const { fetch, sent } = spy()
    await chatCompletionsApi({ baseURL, fetch })({ ...request, stream: false })
    expect(sent[0]?.body).toEqual({ ...request, stream: false })
    expect(sent[0]?.headers.has('authorization')).toBe(false)
  })

  test('the same body through fetch and through the official clients', async () => {
    const chat = {
      tools: [{ type: 'function', function: { name: 'tide' } }],
      stop: 'x',
      user: 'u',
      n: 1,
      foo: null
    } as const
    const [a, b, c, d] = [spy(), spy(), spy(), spy()]
    const options = { baseURL, apiKey: 'k-123', dangerouslyAllowBrowser: true }
    const ways: [LLMFn, LLMFn, LLMFn, LLMFn] = [
      chatCompletionsApi({ baseURL, fetch: a.fetch }),
      fromOpenAI(new OpenAI({ ...options, fetch: b.fetch })),
      messagesApi({ baseURL, fetch: c.fetch }),
      fromAnthropic(new Anthropic({ ...options, baseURL: 'https://provider.test', fetch: d.fetch }))
    ]
    for (const llm of ways) await llm({ ...request, ...chat }).catch(() => {})
    expect(b.sent[0]?.body).toEqual(a.sent[0]?.body)
    expect(d.sent[0]?.body).toEqual(c.sent[0]?.body)
    expect(b.sent[0]?.url).toBe(a.sent[0]?.url)
    expect(d.sent[0]?.url).toBe(c.sent[0]?.url)
    expect(b.sent[0]?.init).toMatchObject({ redirect: 'manual', referrerPolicy: 'no-referrer', cache: 'no-store' })
    expect(d.sent[0]?.headers.get('anthropic-version')).toBe('2023-06-01')
    const target = (llm: LLMFn): unknown => llm.target?.(request)
    expect(target(ways[1])).toEqual(target(ways[0]))
    expect(target(ways[3])).toEqual(target(ways[2]))
  })

  test('a key that is asked for anew each time, and headers that win over ours', async () => {
    const { fetch, sent } = spy()
    let n = 0
    const llm = chatCompletionsApi({
      baseURL,
      apiKey: async () => ` key-${++n}\n`,
      headers: { 'Content-Type': 'application/json; x' },
      fetch
    })
    await llm(request)
    await llm(request)
    expect(sent.map(({ headers }) => headers.get('authorization'))).toEqual(['Bearer key-1', 'Bearer key-2'])
    expect(sent[0]?.headers.get('content-type')).toBe('application/json; x')
  })

  test('OpenAI gets a key for each call, the one of the retrying layer where it has one, and the new name of max_tokens', async () => {
    const { fetch, sent } = spy()
    const llm = chatCompletionsApi({ baseURL: 'https://api.openai.com/v1/', fetch })
    await llm({ ...request, max_tokens: 5 })
    await llm(request)
    await llm(request, { idempotencyKey: 'mine' })
    const keys = sent.map(({ headers }) => headers.get('idempotency-key'))
    if (inNode) {
      expect(keys[0]).toMatch(/^[0-9a-f]{24}$/)
      expect(keys[1]).not.toBe(keys[0])
      expect(keys[2]).toBe('mine')
    } else expect(keys).toEqual([null, null, null])
    expect(sent[0]?.body).toMatchObject({ max_completion_tokens: 5 })
    expect(sent[0]?.body).not.toHaveProperty('max_tokens')
  })

  test('nothing that is meant for another format or for ourselves', async () => {
    const { fetch, sent } = spy()
    const native = { api: 'messages', content: [{ type: 'thinking', thinking: 'x', signature: 's' }] } as const
    await chatCompletionsApi({ baseURL, fetch })(
      {
        model: 'demo-1',
        messages: [
          { role: 'developer', content: 'Be brief.' },
          { role: 'assistant', content: 'Hi', native }
        ]
      },
      { metadata: { who: 'me' }, sample: 3, scope: 'team' }
    )
    expect(sent[0]?.body.messages).toEqual([
      { role: 'system', content: 'Be brief.' },
      { role: 'assistant', content: 'Hi' }
    ])
    expect(JSON.stringify(sent[0]?.body)).not.toMatch(/signature|who|team/)
  })

  test('what a format does not know is left out, reported, and named on the answer', async () => {
    const facts: LLMFact[] = []
    const body = JSON.stringify({ content: [{ type: 'text', text: 'Hi' }], stop_reason: 'end_turn' })
    const { fetch } = spy(() => new Response(body))
    const llm = messagesApi({ baseURL, fetch })
    const response = await llm(
      { ...request, seed: 1, n: 2, top_k: 5, logprobs: undefined },
      { report: fact => facts.push(fact) }
    )
    expect(response.dropped).toEqual(['seed', 'n'])
    expect(facts).toEqual([{ type: 'dropped', parameters: ['seed', 'n'] }])
  })
})

describe('where it goes', () => {
  test.each([
    ['https://api.openai.com/v1/', 'openai', 'https://api.openai.com/v1'],
    ['https://openrouter.ai/api/v1', 'openrouter', 'https://openrouter.ai/api/v1'],
    ['https://API.anthropic.com:443/v1?beta=1#x', 'anthropic', 'https://api.anthropic.com/v1'],
    ['http://127.0.0.1:8080', 'custom', 'http://127.0.0.1:8080']
  ])('%s is %s at %s', (address, provider, base_url) => {
    const target = chatCompletionsApi({ baseURL: address }).target?.(request)
    expect(target).toEqual({ provider, api: 'chat', base_url, model: 'demo-1' })
  })

  test('a query of the base address is sent, and is not part of the target', async () => {
    const { fetch, sent } = spy()
    await chatCompletionsApi({ baseURL: 'https://x.test/openai/?api-version=7', fetch })(request)
    expect(sent[0]?.url).toBe('https://x.test/openai/chat/completions?api-version=7')
  })

  test('a simulated provider has targets of its own', () => {
    const fetch = Object.assign(spy().fetch, { simulated: true })
    expect(chatCompletionsApi({ baseURL, fetch }).target?.(request).base_url).toBe('simulated+https://provider.test/v1')
    const client = new OpenAI({ baseURL, apiKey: 'k', fetch, dangerouslyAllowBrowser: true })
    expect(fromOpenAI(client).target?.(request).base_url).toBe('simulated+https://provider.test/v1')
  })

  test.each([
    'http://provider.test/v1',
    'http://127.0.0.1.provider.test/v1',
    'https://user:hush@provider.test/v1',
    'ftp://provider.test',
    'http://',
    ...(inNode ? ['/api/llm', ''] : [])
  ])('%s is refused before anything is sent', async address => {
    const { fetch, sent } = spy()
    const error = await chatCompletionsApi({ baseURL: address, apiKey: 'k-123', fetch })(request).catch(
      thrown => thrown
    )
    expect(error).toMatchObject({ name: 'ConfigurationError', hint: expect.any(String) })
    expect(error.message).not.toContain('hush')
    expect(sent).toEqual([])
  })

  test.each(['http://localhost:11434/v1', 'http://[::1]:80/v1', 'http://127.0.0.2/v1', 'http://lan.test:8000/v1'])(
    '%s is reached, being of this machine or named',
    async address => {
      const { fetch, sent } = spy()
      await chatCompletionsApi({ baseURL: address, fetch, allowHttp: ['lan.test'] })(request)
      expect(sent).toHaveLength(1)
    }
  )

  test.skipIf(inNode)('in a page a relative address is its own origin', async () => {
    const { fetch, sent } = spy()
    const llm = chatCompletionsApi({ baseURL: '/api/llm/openai', fetch })
    await llm(request)
    expect(sent[0]?.url).toBe(`${location.origin}/api/llm/openai/chat/completions`)
    expect(llm.target?.(request).base_url).toBe(`${location.origin}/api/llm/openai`)
  })
})

describe('keys', () => {
  const key = 'canary words 42'

  function everything(error: unknown): string {
    const { message, stack, body, cause } = error as Error & { body?: unknown }
    return [
      message,
      stack,
      JSON.stringify(error),
      JSON.stringify(body),
      String(cause),
      (cause as Error | undefined)?.stack
    ].join()
  }

  test('a provider that echoes the key does not get it into an error', async () => {
    const echo = JSON.stringify({ error: { message: `Incorrect API key provided: ${key}` } })
    const answers = [
      () => new Response(echo, { status: 401 }),
      () => new Response(`<p>${key}</p>`, { status: 500 }),
      () => new Response(`<p>${key}</p>`),
      () => new Response(echo),
      () => stream(`data: ${echo}\n\n`),
      () => new Response(JSON.stringify({ choices: key }))
    ]
    for (const respond of answers) {
      const { fetch } = spy(respond)
      const options = { apiKey: key, fetch, baseURL, dangerouslyAllowBrowser: true }
      for (const llm of [chatCompletionsApi(options), fromOpenAI(new OpenAI(options)), messagesApi(options)]) {
        const error = await llm(request).catch((thrown: unknown) => thrown)
        expect(error).toHaveProperty('kind')
        expect(everything(error)).not.toContain('canary')
      }
    }
  })

  test('a key that no header can hold is not shown either', async () => {
    const { fetch, sent } = spy()
    for (const options of [
      { apiKey: 'canary\n42' },
      { apiKey: 'canary ✓' },
      { headers: { 'api-key': 'canary\n42' } }
    ]) {
      const error = await chatCompletionsApi({ baseURL, fetch, ...options })(request).catch((thrown: unknown) => thrown)
      expect(error).toMatchObject({ name: 'ConfigurationError' })
      expect(everything(error)).not.toContain('canary')
    }
    expect(sent).toEqual([])
  })

  test('a key that cannot be had fails the call', async () => {
    const { fetch, sent } = spy()
    const apiKey = (): Promise<string> => Promise.reject(new Error('the vault is closed'))
    await expect(chatCompletionsApi({ baseURL, apiKey, fetch })(request)).rejects.toMatchObject({
      name: 'ConfigurationError',
      message: expect.stringContaining('the vault is closed')
    })
    expect(sent).toEqual([])
  })
})

describe('time limits', () => {
  test('headers that do not come, from a fetch that does not listen', async () => {
    const { fetch } = spy(() => new Promise(() => {}))
    const llm = chatCompletionsApi({ baseURL, fetch, timeouts: { headersMs: 30 } })
    await expect(llm(request)).rejects.toMatchObject({ name: 'APITimeoutError', phase: 'headers', retryable: true })
  })

  test('a first delta that does not come', async () => {
    const { response, seen } = silentAfter([': wait\n\n', ': wait\n\n'])
    const llm = chatCompletionsApi({ baseURL, fetch: spy(() => response).fetch, timeouts: { firstDeltaMs: 40 } })
    await expect(llm(request)).rejects.toMatchObject({ name: 'APITimeoutError', phase: 'first' })
    expect(seen.cancelled).toBe(true)
  })

  test('silence in the middle: what had come is kept, and the connection is closed', async () => {
    const { response, seen } = silentAfter([piece('Good '), piece('morning')])
    const llm = chatCompletionsApi({ baseURL, fetch: spy(() => response).fetch, timeouts: { idleMs: 60 } })
    const started = performance.now()
    await expect(llm(request)).rejects.toMatchObject({
      name: 'APITimeoutError',
      phase: 'idle',
      partial: { text: 'Good morning' }
    })
    expect(performance.now() - started).toBeLessThan(5000)
    expect(seen.cancelled).toBe(true)
  })

  test('pings stretch the silence, but not for ever', async () => {
    const pings = [piece('Good '), ...Array.from({ length: 200 }, () => ': ping\n\n')]
    const { response } = silentAfter(pings, 10)
    const llm = chatCompletionsApi({ baseURL, fetch: spy(() => response).fetch, timeouts: { idleMs: 100 } })
    const started = performance.now()
    await expect(llm(request)).rejects.toMatchObject({ name: 'APITimeoutError', phase: 'idle' })
    expect(performance.now() - started).toBeGreaterThan(250)
    expect(performance.now() - started).toBeLessThan(10_000)
  })

  test('an answer that goes on too long', async () => {
    const { response } = silentAfter(Array.from({ length: 500 }, () => piece('x')))
    const llm = chatCompletionsApi({ baseURL, fetch: spy(() => response).fetch, timeouts: { totalMs: 80 } })
    await expect(llm(request)).rejects.toMatchObject({ name: 'APITimeoutError', phase: 'total' })
  })

  test('a limit of 0 is none', async () => {
    const timeouts = { headersMs: 0, firstDeltaMs: 0, idleMs: 0, totalMs: 0 }
    expect((await chatCompletionsApi({ baseURL, fetch: spy().fetch, timeouts })(request)).text).toBe('Good morning')
  })
})

describe('aborting', () => {
  test('before it is sent, nothing is', async () => {
    const { fetch, sent } = spy()
    const llm = chatCompletionsApi({ baseURL, fetch })
    await expect(llm(request, { signal: AbortSignal.abort() })).rejects.toMatchObject({ name: 'APIUserAbortError' })
    expect(sent).toEqual([])
  })

  test('while the key is fetched, nothing is sent', async () => {
    const { fetch, sent } = spy()
    const controller = new AbortController()
    const apiKey = () => task(20).then(() => 'k-123')
    const call = chatCompletionsApi({ baseURL, apiKey, fetch })(request, { signal: controller.signal })
    await task(0)
    controller.abort()
    await expect(call).rejects.toMatchObject({ kind: 'aborted' })
    await task(40)
    expect(sent).toEqual([])
  })

  test('while headers are awaited and in the middle of the stream, the request ends with the call', async () => {
    for (const respond of [() => new Promise<Response>(() => {}), () => silentAfter([piece('Good ')]).response]) {
      const { fetch, sent } = spy(respond)
      const controller = new AbortController()
      const call = chatCompletionsApi({ baseURL, fetch })(request, { signal: controller.signal })
      await task(30)
      const started = performance.now()
      controller.abort()
      await expect(call).rejects.toMatchObject({ name: 'APIUserAbortError' })
      expect(performance.now() - started).toBeLessThan(5000)
      expect(sent[0]?.init.signal?.aborted).toBe(true)
    }
  })

  test('a reader who leaves ends the request', async () => {
    const { response, seen } = silentAfter([piece('Good '), piece('morning')])
    const { fetch, sent } = spy(() => response)
    for await (const delta of chatCompletionsApi({ baseURL, fetch })(request)) {
      expect(delta).toEqual({ type: 'text.delta', text: 'Good ' })
      break
    }
    await task(20)
    expect(sent[0]?.init.signal?.aborted).toBe(true)
    expect(seen.cancelled).toBe(true)
  })

  test('after the end nothing is aborted', async () => {
    const { fetch, sent } = spy()
    const controller = new AbortController()
    await chatCompletionsApi({ baseURL, fetch })(request, { signal: controller.signal })
    controller.abort()
    expect(sent[0]?.init.signal?.aborted).toBe(false)
  })
})

describe('limits', () => {
  test('an answer that is too large', async () => {
    for (const body of [answer.repeat(1), JSON.stringify({ choices: [], pad: 'x'.repeat(900) })]) {
      const llm = chatCompletionsApi({ baseURL, fetch: spy(() => new Response(body)).fetch, maxResponseBytes: 500 })
      await expect(llm(request)).rejects.toMatchObject({ name: 'ResponseTooLargeError', retryable: false })
    }
  })

  test('an event without an end', async () => {
    const megabyte = new TextEncoder().encode('x'.repeat(1 << 20))
    let sent = 0
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        controller.enqueue(sent++ === 0 ? new TextEncoder().encode('data: ') : megabyte)
      }
    })
    const llm = chatCompletionsApi({ baseURL, fetch: spy(() => new Response(body)).fetch })
    await expect(llm(request)).rejects.toMatchObject({ name: 'ResponseTooLargeError' })
    expect(sent).toBeLessThan(40)
  })

  test('more tool calls than anybody asks for', async () => {
    const tool_calls = Array.from({ length: 200 }, (_, index) => ({ index, id: `c${index}`, function: { name: 'f' } }))
    const llm = chatCompletionsApi({
      baseURL,
      fetch: spy(() => stream(`data: ${JSON.stringify({ choices: [{ delta: { tool_calls } }] })}\n\n`)).fetch
    })
    await expect(llm(request)).rejects.toMatchObject({ name: 'StreamProtocolError' })
  })

  test('arguments that are nested too deep, or that try to reach a prototype', async () => {
    const deep = '['.repeat(5000) + ']'.repeat(5000)
    const calls = [deep, '{"__proto__":{"polluted":1},"constructor":2}']
    const message = {
      content: null,
      tool_calls: calls.map((text, n) => ({ id: `c${n}`, function: { name: 'f', arguments: text } }))
    }
    const body = JSON.stringify({ choices: [{ message, finish_reason: 'tool_calls' }] })
    const { tool_calls } = await chatCompletionsApi({ baseURL, fetch: spy(() => new Response(body)).fetch })(request)
    expect(tool_calls[0]).toMatchObject({
      arguments: undefined,
      error: expect.stringContaining('deep'),
      arguments_text: deep
    })
    expect(({} as { polluted?: number }).polluted).toBeUndefined()
    expect(Object.keys(tool_calls[1]?.arguments as object)).toEqual(['__proto__', 'constructor'])
  })

  test('one event of 10 MB, and 20,000 small ones, are exact, and cost no more than a multiple of their size', {
    timeout: 60_000
  }, async () => {
    const big = 'ż'.repeat(5 << 20)
    const end = answer.slice(answer.indexOf('"finish_reason":"stop"'))
    const finish = `data: {"choices":[{"index":0,"delta":{},${end}`
    for (const body of [piece(big) + finish, piece('tok ').repeat(20_000) + finish]) {
      const started = performance.now()
      const { text } = await chatCompletionsApi({ baseURL, fetch: spy(() => stream(body)).fetch })(request)
      expect(text).toBe(body.startsWith(piece(big)) ? big : 'tok '.repeat(20_000))
      expect(performance.now() - started).toBeLessThan(20_000)
    }
  })
})

test('a connection that stays open after the end is given up, and the answer does not wait for it', async () => {
  const { response, seen } = silentAfter([answer])
  const { fetch } = spy(() => response)
  expect((await chatCompletionsApi({ baseURL, fetch })(request)).text).toBe('Good morning')
  expect(seen.cancelled).toBe(false)
  await expect.poll(() => seen.cancelled, { timeout: 3000 }).toBe(true)
})

test.each([301, 302, 303, 307, 308])('a redirect (%i) is refused', async status => {
  const { fetch, sent } = spy(() => new Response(null, { status, headers: { location: 'https://evil.test/?k-123' } }))
  const options = { baseURL, apiKey: 'k-123', fetch, dangerouslyAllowBrowser: true }
  for (const llm of [chatCompletionsApi(options), fromOpenAI(new OpenAI(options))]) {
    await expect(llm(request)).rejects.toMatchObject({
      name: 'RedirectRefusedError',
      kind: 'connection',
      retryable: false
    })
  }
  expect(sent).toHaveLength(2)
})

test('a request that is no JSON, or has no messages, fails before it is sent', async () => {
  const { fetch, sent } = spy()
  const llm = chatCompletionsApi({ baseURL, fetch })
  await expect(llm({ ...request, seed: 1n as never })).rejects.toMatchObject({ kind: 'input' })
  await expect(llm({ model: 'demo-1' } as never)).rejects.toMatchObject({ kind: 'input' })
  expect(sent).toEqual([])
})

test('a fetch that fails is a connection that could not be made', async () => {
  const { fetch } = spy(() => Promise.reject(new TypeError('fetch failed')))
  const options = { baseURL, apiKey: 'k-123', fetch, dangerouslyAllowBrowser: true }
  for (const llm of [chatCompletionsApi(options), fromOpenAI(new OpenAI(options))]) {
    await expect(llm(request)).rejects.toMatchObject({
      name: 'APIConnectionError',
      message: 'Could not reach provider.test.',
      hint: inNode ? 'Check the network.' : 'CORS or network: the browser hides which.',
      retryable: true
    })
  }
})

describe('a client that gives only parsed chunks', () => {
  const chunk = (content: string, finish_reason: string | null = null) => ({
    choices: [{ index: 0, delta: { content }, finish_reason }]
  })

  function client(chunks: readonly unknown[], fail?: unknown) {
    async function* iterate() {
      yield* chunks
      if (fail) throw fail
    }
    return { baseURL, chat: { completions: { create: () => Promise.resolve(iterate()) } } }
  }

  test('is read to its end', async () => {
    const response = await fromOpenAI(client([chunk('Good '), chunk('morning', 'stop')]))(request)
    expect(response).toMatchObject({ text: 'Good morning', finish_reason: 'stop', usage: null })
  })

  test('and is no answer where it ends early, also with whole calls', async () => {
    const call = {
      choices: [{ delta: { tool_calls: [{ index: 0, id: 'a', function: { name: 'f', arguments: '{}' } }] } }]
    }
    for (const chunks of [[chunk('Good ')], [call], []]) {
      await expect(fromOpenAI(client(chunks))(request)).rejects.toMatchObject({ name: 'IncompleteStreamError' })
    }
  })

  test('and its errors are ours', async () => {
    const reset = Object.assign(new TypeError('terminated'), { cause: { code: 'ECONNRESET' } })
    await expect(fromOpenAI(client([chunk('Good ')], reset))(request)).rejects.toMatchObject({
      name: 'APIConnectionError',
      partial: { text: 'Good ' }
    })
    const told = Object.assign(new Error('told'), {
      status: undefined,
      error: { type: 'overloaded_error', message: 'busy' }
    })
    await expect(fromOpenAI(client([chunk('Good ')], told))(request)).rejects.toMatchObject({ name: 'OverloadedError' })
  })

  test('one that gives a whole answer is read as well', async () => {
    const whole = { choices: [{ index: 0, message: { content: 'Good morning' }, finish_reason: 'stop' }] }
    const one = { baseURL, chat: { completions: { create: async () => whole } } }
    expect((await fromOpenAI(one)({ ...request, stream: false })).text).toBe('Good morning')
  })
})

test('the Responses API of the OpenAI client, where it has one', () => {
  const client = new OpenAI({ baseURL, apiKey: 'k', dangerouslyAllowBrowser: true })
  expect(fromOpenAI(client, { api: 'responses' }).target?.(request)).toMatchObject({
    api: 'responses',
    base_url: baseURL
  })
  expect(() => fromOpenAI({ baseURL, chat: client.chat }, { api: 'responses' })).toThrow(/no Responses API/)
  expect(() => fromOpenAI(client, { api: 'messages' as 'chat' })).toThrow(/"messages"/)
})

test('a client refuses an address or a key of one call: it has its own', async () => {
  const client = new OpenAI({ baseURL, apiKey: 'k', dangerouslyAllowBrowser: true, fetch: () => expect.fail('asked') })
  const call = fromOpenAI(client)(request, { connection: { baseURL: 'http://127.0.0.1:9/v1', apiKey: 'k' } })
  await expect(call).rejects.toMatchObject({ kind: 'config', hint: expect.stringContaining('api_base') })
})
