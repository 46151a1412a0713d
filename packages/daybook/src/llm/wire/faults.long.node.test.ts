import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'
import Anthropic from '@anthropic-ai/sdk'
import OpenAI from 'openai'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { fromAnthropic } from '../../anthropic/index.js'
import { fromOpenAI } from '../../openai/index.js'
import { chatAnswers } from '../../testing/answers/chat.js'
import { messagesAnswers } from '../../testing/answers/messages.js'
import type { LLMFn } from '../llm.js'
import { chatCompletionsApi } from './chat-api.js'
import { messagesApi } from './messages-api.js'

/** Real sockets that misbehave. The fault is the first part of the path, the format the last. */
const task = (ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, ms))
const written = (named: string, answers: typeof chatAnswers): Buffer =>
  Buffer.from(answers.find(({ name }) => name === named)?.body ?? '')
const chat = written('text of many scripts, with a character cut in two', chatAnswers)
const messages = written('thinking with its signature, then text of many scripts', messagesAnswers)
const spoken = { chat: 'Zażółć 日本 🚢 ok', messages: 'Zażółć 日本 🚢' }

const events = { 'content-type': 'text/event-stream' }
type Fault = (body: Buffer, response: ServerResponse, request: IncomingMessage) => void | Promise<void>

const faults: Record<string, Fault> = {
  fine: (body, response) => void response.writeHead(200, events).end(body),
  reset: (_body, response) => void response.socket?.resetAndDestroy(),
  async 'reset-mid'(body, response) {
    response.writeHead(200, events).write(body.subarray(0, -60))
    await task(20)
    response.socket?.resetAndDestroy()
  },
  truncate: (body, response) => void response.writeHead(200, events).end(body.subarray(0, -60)),
  'short-length': (body, response) => {
    response.writeHead(200, { ...events, 'content-length': body.length + 10, connection: 'close' })
    response.write(body.subarray(0, -60), () => response.socket?.end())
  },
  'bad-gzip': (body, response) => {
    const packed = gzipSync(body)
    packed.fill(7, 20, 60)
    response.writeHead(200, { ...events, 'content-encoding': 'gzip' }).end(packed)
  },
  gzip: (body, response) => void response.writeHead(200, { ...events, 'content-encoding': 'gzip' }).end(gzipSync(body)),
  deflate: (body, response) =>
    void response.writeHead(200, { ...events, 'content-encoding': 'deflate' }).end(deflateSync(body)),
  br: (body, response) =>
    void response.writeHead(200, { ...events, 'content-encoding': 'br' }).end(brotliCompressSync(body)),
  async drip(body, response) {
    response.writeHead(200, events)
    for (const byte of body) {
      response.write(Buffer.of(byte))
      await new Promise(setImmediate)
    }
    response.end()
  },
  stall: (body, response) => void response.writeHead(200, events).write(body.subarray(0, -60)),
  'stall-headers': () => {},
  'open-end': (body, response) => void response.writeHead(200, events).write(body),
  redirect: (_body, response, request) => void response.writeHead(307, { location: `/fine${request.url}` }).end(),
  'huge-error': (_body, response) => {
    response.writeHead(500, { 'content-type': 'text/html' })
    const piece = '<p>sorry</p>'.repeat(10_000)
    const more = (): void => {
      while (response.write(piece));
    }
    response.on('drain', more)
    more()
  },
  'stalled-error': (_body, response) => void response.writeHead(503).write('{"error":'),
  'late-error': (_body, response) =>
    void response.writeHead(429, { 'retry-after': '7' }).end('{"error":{"message":"slow"}}')
}

let server: Server
let base: string
let requests = 0
const open = new Set<Socket>()
const busy = new Set<ServerResponse>()

beforeAll(async () => {
  server = createServer((request, response) => {
    requests++
    busy.add(response)
    response.on('close', () => busy.delete(response))
    const [, fault = ''] = (request.url ?? '').split('/')
    request.resume()
    request.on('end', () => faults[fault]?.(request.url?.endsWith('/messages') ? messages : chat, response, request))
  })
  server.on('connection', socket => {
    open.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => open.delete(socket))
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})

afterAll(() => {
  server.closeAllConnections()
  server.close()
})

const timeouts = { headersMs: 600, idleMs: 600 }

function ways(fault: string): [name: string, format: 'chat' | 'messages', llm: LLMFn][] {
  const baseURL = `${base}/${fault}/v1`
  const apiKey = 'a-key-for-tests'
  return [
    ['chat by fetch', 'chat', chatCompletionsApi({ baseURL, apiKey, timeouts })],
    ['chat by SDK', 'chat', fromOpenAI(new OpenAI({ baseURL, apiKey }), { timeouts })],
    ['messages by fetch', 'messages', messagesApi({ baseURL, apiKey, timeouts })],
    ['messages by SDK', 'messages', fromAnthropic(new Anthropic({ baseURL: `${base}/${fault}`, apiKey }), { timeouts })]
  ]
}

const request = { model: 'demo-1', messages: [{ role: 'user', content: 'Hello' }] } as const

test.each(['fine', 'gzip', 'deflate', 'br', 'drip'])('fault %s: the exact text', async fault => {
  for (const [, format, llm] of ways(fault)) {
    let text = ''
    for await (const delta of llm(request)) {
      if (delta.type !== 'text.delta') continue
      expect(delta.text).not.toMatch(/\ufffd|[\ud800-\udbff]$|^[\udc00-\udfff]/)
      text += delta.text
    }
    expect(text).toBe(spoken[format])
  }
})

test.each([
  ['reset', 'APIConnectionError', {}],
  ['reset-mid', 'APIConnectionError', { partial: { text: expect.stringContaining('Zażółć') } }],
  ['short-length', 'APIConnectionError', { partial: { text: expect.stringContaining('Zażółć') } }],
  ['bad-gzip', 'APIConnectionError', {}],
  ['truncate', 'IncompleteStreamError', { partial: { text: expect.stringContaining('Zażółć') } }],
  ['stall', 'APITimeoutError', { phase: 'idle', partial: { text: expect.stringContaining('Zażółć') } }],
  ['stall-headers', 'APITimeoutError', { phase: 'headers' }],
  ['redirect', 'RedirectRefusedError', { status: 307 }],
  ['late-error', 'RateLimitError', { status: 429, retryAfterMs: 7000 }]
])('fault %s: one request, %s', async (fault, name, more) => {
  for (const [way, , llm] of ways(fault)) {
    const before = requests
    const error = await llm(request).catch((thrown: unknown) => thrown)
    expect(error, way).toMatchObject({ name, ...more })
    if (name === 'APIConnectionError') expect((error as Error).cause, way).toBeDefined()
    expect(requests - before, way).toBe(1)
  }
  await expect.poll(() => busy.size, { timeout: 1000 }).toBe(0)
})

test('an error page without an end is read only as far as anybody wants', async () => {
  const [[, , byFetch]] = ways('huge-error') as [[string, string, LLMFn]]
  await expect(byFetch(request)).rejects.toMatchObject({ name: 'InternalServerError', hint: 'proxy or login page?' })
  await expect.poll(() => busy.size, { timeout: 1000 }).toBe(0)
})

test('an error whose body does not come is an error by its status', async () => {
  const llm = chatCompletionsApi({ baseURL: `${base}/stalled-error/v1`, timeouts: { headersMs: 600 } })
  await expect(llm(request)).rejects.toMatchObject({ name: 'ServiceUnavailableError' })
  await expect.poll(() => busy.size, { timeout: 1000 }).toBe(0)
})

test('a port where nobody listens', async () => {
  const closed = createServer()
  await new Promise<void>(resolve => closed.listen(0, '127.0.0.1', resolve))
  const { port } = closed.address() as AddressInfo
  await new Promise(resolve => closed.close(resolve))
  const baseURL = `http://127.0.0.1:${port}/v1`
  for (const llm of [chatCompletionsApi({ baseURL }), fromOpenAI(new OpenAI({ baseURL, apiKey: 'k' }))]) {
    await expect(llm(request)).rejects.toMatchObject({
      name: 'APIConnectionError',
      code: 'ECONNREFUSED',
      message: `Could not reach 127.0.0.1:${port}.`
    })
  }
})

describe('an end by the caller', () => {
  test('while headers are awaited', async () => {
    for (const [, , llm] of ways('stall-headers')) {
      const controller = new AbortController()
      const call = llm(request, { signal: controller.signal })
      await expect.poll(() => busy.size).toBe(1)
      controller.abort()
      await expect(call).rejects.toMatchObject({ name: 'APIUserAbortError' })
      await expect.poll(() => busy.size, { timeout: 1000 }).toBe(0)
    }
  })

  test('in the middle of the stream, by signal and by leaving', async () => {
    for (const [, , llm] of ways('stall')) {
      const controller = new AbortController()
      const call = llm(request, { signal: controller.signal })
      for await (const _delta of call) break
      await expect.poll(() => busy.size, { timeout: 1000 }).toBe(0)
      await expect(call).rejects.toMatchObject({ kind: 'aborted' })

      const second = llm(request, { signal: controller.signal })
      const failed = expect(second).rejects.toMatchObject({ kind: 'aborted', partial: { text: expect.any(String) } })
      await second[Symbol.asyncIterator]().next()
      controller.abort()
      await failed
      await expect.poll(() => busy.size, { timeout: 1000 }).toBe(0)
    }
  })
})

test('a server that keeps the connection open after the end is left within a second', async () => {
  for (const [, format, llm] of ways('open-end')) {
    expect((await llm(request)).text).toBe(spoken[format])
    await expect.poll(() => busy.size, { timeout: 1000 }).toBe(0)
  }
})

test('one connection serves many calls: what follows the end of a stream is read, too', async () => {
  const connections = new Set<Socket>()
  const watch = (socket: Socket): void => void connections.add(socket)
  server.on('connection', watch)
  for (const [, , llm] of ways('fine')) {
    for (let n = 0; n < 10; n++) await llm(request)
  }
  server.off('connection', watch)
  expect(connections.size).toBeLessThan(10)
})

test('a thousand calls on one signal leave no listener and no timer behind', async () => {
  const controller = new AbortController()
  const { signal } = controller
  const listeners = new Set<unknown>()
  const add = signal.addEventListener.bind(signal)
  const remove = signal.removeEventListener.bind(signal)
  signal.addEventListener = (...args: Parameters<typeof add>) => {
    listeners.add(args[1])
    add(...args)
  }
  signal.removeEventListener = (...args: Parameters<typeof remove>) => {
    listeners.delete(args[1])
    remove(...args)
  }
  const timers = (): number => process.getActiveResourcesInfo().filter(kind => kind === 'Timeout').length
  const before = timers()
  const fetch = async () => new Response(new Uint8Array(chat))
  const llm = chatCompletionsApi({ baseURL: 'https://x.test/v1', fetch })
  for (let n = 0; n < 1000; n++) await llm(request, { signal })
  expect(listeners.size).toBe(0)
  await expect.poll(() => timers() - before, { timeout: 2000 }).toBeLessThanOrEqual(1)
})
