import { describe, expect, test } from 'vitest'
import { chatAnswers } from '../../testing/answers/chat.js'
import type { Connection, LLMRequest } from '../llm.js'
import { targetOf } from '../llm.js'
import { chatCompletionsApi } from './chat-api.js'
import type { ApiOptions } from './fetching.js'
import { messagesApi } from './messages-api.js'

const request: LLMRequest = { model: 'demo-1', messages: [{ role: 'user', content: 'Hello' }] }
const baseURL = 'https://provider.test/v1'
const answer = (): Response => new Response(chatAnswers[0]?.body, { headers: { 'content-type': 'text/event-stream' } })
const refusal = (): Response =>
  Response.json({ error: { message: 'no such key', code: 'invalid_api_key' } }, { status: 401 })

/** A fetch that keeps where it was sent and with which headers, and answers as told. */
function catching(respond: (headers: Headers) => Response | Promise<Response> = answer) {
  const sent: { url: string; headers: Headers; body: string }[] = []
  const fetch: typeof globalThis.fetch = async (input, init) => {
    const headers = new Headers(init?.headers)
    sent.push({ url: String(input), headers, body: String(init?.body) })
    return respond(headers)
  }
  return { sent, fetch }
}

const everything = (sent: readonly { url: string; headers: Headers; body: string }[]): string =>
  sent.map(({ url, headers, body }) => `${url}\n${[...headers].join('\n')}\n${body}`).join('\n')

describe('a call that names its own', () => {
  const headers = { 'x-team': 'blue', 'x-session-token': 'canary-header', cookie: 'canary-cookie' }

  async function call(connection: Connection, options: Partial<ApiOptions> = {}) {
    const { sent, fetch } = catching()
    const llm = chatCompletionsApi({ baseURL, apiKey: 'canary-key', headers, fetch, ...options })
    const error = await llm(request, { connection }).then(
      () => undefined,
      (reason: unknown) => reason
    )
    return { sent, error, target: targetOf(llm, request, { connection }) }
  }

  test('address and key goes there, with that key', async () => {
    const { sent, target } = await call({ baseURL: 'https://other.test/v2/', apiKey: 'other-key' })
    expect(sent[0]?.url).toBe('https://other.test/v2/chat/completions')
    expect(sent[0]?.headers.get('authorization')).toBe('Bearer other-key')
    expect(sent[0]?.headers.get('x-team')).toBe('blue')
    expect(everything(sent)).not.toContain('canary')
    expect(target).toEqual({ provider: 'custom', api: 'chat', base_url: 'https://other.test/v2', model: 'demo-1' })
  })

  test('key is sent to the usual address with it', async () => {
    const { sent, target } = await call({ apiKey: 'other-key' })
    expect(sent[0]?.url).toBe(`${baseURL}/chat/completions`)
    expect(sent[0]?.headers.get('authorization')).toBe('Bearer other-key')
    expect(sent[0]?.headers.get('x-session-token')).toBe('canary-header')
    expect(target.base_url).toBe(baseURL)
  })

  test('path on the same origin keeps the key', async () => {
    const { sent } = await call({ baseURL: 'https://provider.test/v2' })
    expect(sent[0]?.headers.get('authorization')).toBe('Bearer canary-key')
  })

  test.each([
    'https://other.test/v1',
    'https://provider.test:8443/v1',
    'https://provider.test.evil.test/v1',
    'https://sub.provider.test/v1'
  ])('address %s without a key of its own sends nothing', async address => {
    const { sent, error } = await call({ baseURL: address })
    expect(error).toMatchObject({ kind: 'config', code: 'missing_key' })
    expect(sent).toEqual([])
  })

  test.each(['', 'nowhere', 'http://provider.test/v1', 'file:///etc/passwd', 'https://user:secret@provider.test/v1'])(
    'address %j, which is none, leads to no other',
    async address => {
      const { sent, error } = await call({ baseURL: address })
      if (address === '') expect(sent[0]?.url).toBe(`${baseURL}/chat/completions`)
      else if (!(globalThis as { location?: unknown }).location || address !== 'nowhere') {
        expect(error).toMatchObject({ kind: 'config' })
        expect(sent).toEqual([])
      } else expect(everything(sent)).not.toContain('canary')
    }
  )

  test.each(['http://localhost:8080/v1', 'http://127.0.0.1:9/v1', 'http://[::1]:9/v1'])(
    'address %s on this machine needs no key, and gets none',
    async address => {
      const { sent } = await call({ baseURL: address })
      expect(sent[0]?.headers.has('authorization')).toBe(false)
      expect(everything(sent)).not.toContain('canary')
    }
  )

  test('address gets no key where there never was one', async () => {
    const { sent } = await call({ baseURL: 'https://other.test/v1' }, { apiKey: undefined })
    expect(sent[0]?.url).toBe('https://other.test/v1/chat/completions')
  })

  test('address and key does so for this call alone', async () => {
    const { sent, fetch } = catching()
    const llm = chatCompletionsApi({ baseURL, apiKey: 'k-123', fetch })
    await llm(request, { connection: { baseURL: 'https://other.test/v1', apiKey: 'other-key' } })
    await llm(request)
    expect(sent.map(({ url }) => new URL(url).host)).toEqual(['other.test', 'provider.test'])
    expect(sent[1]?.headers.get('authorization')).toBe('Bearer k-123')
  })

  test('key is nowhere in what the provider is told or what it answers', async () => {
    const echo = (headers: Headers): Response =>
      Response.json({ error: { message: `I saw ${headers.get('authorization')}` } }, { status: 400 })
    const { sent, fetch } = catching(echo)
    const llm = chatCompletionsApi({ baseURL, apiKey: 'k-123', fetch })
    const error = await llm(request, { connection: { apiKey: 'very plain words' } }).catch((reason: unknown) => reason)
    expect(sent[0]?.body).not.toContain('plain words')
    expect(`${error}${(error as Error).stack}${JSON.stringify(error)}`).not.toContain('plain words')
  })
})

describe('a key that is a function', () => {
  test('is asked once more when it was not accepted', async () => {
    let asked = 0
    const { sent, fetch } = catching(headers => (headers.get('authorization') === 'Bearer t2' ? answer() : refusal()))
    const llm = chatCompletionsApi({ baseURL, apiKey: async () => `t${++asked}`, fetch })
    expect((await llm(request)).text).not.toBe('')
    expect(sent.map(({ headers }) => headers.get('authorization'))).toEqual(['Bearer t1', 'Bearer t2'])
  })

  test('is not asked a third time', async () => {
    let asked = 0
    const { sent, fetch } = catching(refusal)
    const llm = messagesApi({ baseURL, apiKey: () => `t${++asked}`, fetch })
    await expect(llm(request)).rejects.toMatchObject({ name: 'AuthenticationError' })
    expect([asked, sent.length]).toEqual([2, 2])
  })

  test('that has no other one, or fails, leaves it at the refusal', async () => {
    let asked = 0
    const once = (): string => {
      if (++asked > 1) throw new Error('locked')
      return 't1'
    }
    for (const apiKey of [() => 'always', once, 'a text']) {
      const { sent, fetch } = catching(refusal)
      const failed = chatCompletionsApi({ baseURL, apiKey, fetch })(request)
      await expect(failed).rejects.toMatchObject({ name: 'AuthenticationError', status: 401 })
      expect(sent.length).toBe(1)
    }
  })

  test('is asked again for a refused key alone', async () => {
    let asked = 0
    const { fetch } = catching(() => Response.json({}, { status: 403 }))
    await expect(chatCompletionsApi({ baseURL, apiKey: () => `t${++asked}`, fetch })(request)).rejects.toMatchObject({
      kind: 'permission'
    })
    expect(asked).toBe(1)
  })

  test('may take for ever: the call still ends with its signal', async () => {
    const { sent, fetch } = catching()
    const controller = new AbortController()
    const llm = chatCompletionsApi({ baseURL, apiKey: () => new Promise<string>(() => {}), fetch })
    const call = llm(request, { signal: controller.signal })
    queueMicrotask(() => controller.abort())
    await expect(call).rejects.toMatchObject({ kind: 'aborted' })
    expect(sent).toEqual([])
  })

  test('keeps both of its keys out of what is told', async () => {
    let asked = 0
    const { fetch } = catching(() =>
      Response.json({ error: { message: 'token 1 word, token 2 word' } }, { status: asked > 1 ? 400 : 401 })
    )
    const error = await chatCompletionsApi({ baseURL, apiKey: () => `token ${++asked} word`, fetch })(request).catch(
      (reason: unknown) => reason
    )
    expect((error as Error).message).not.toMatch(/token \d word/)
  })
})

test('a format may carry its key in another way', async () => {
  const { sent, fetch } = catching()
  await chatCompletionsApi({ baseURL, apiKey: 'k-123', fetch, authorize: key => ({ 'api-key': key }) })(request)
  expect(sent[0]?.headers.get('api-key')).toBe('k-123')
  expect(sent[0]?.headers.has('authorization')).toBe(false)
})

test('Messages is told that a page asks, by its own header', async () => {
  const { sent, fetch } = catching()
  await messagesApi({ baseURL, apiKey: 'k-123', fetch })(request).catch(() => {})
  expect(sent[0]?.headers.get('anthropic-dangerous-direct-browser-access')).toBe(
    'document' in globalThis ? 'true' : null
  )
})
