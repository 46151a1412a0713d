/** The official clients over a cassette: the same answers, byte for byte, and nobody asked. */
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Anthropic from '@anthropic-ai/sdk'
import OpenAI from 'openai'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { createHost } from '../../host.js'
import { providerLlm } from '../../llm/providers.js'
import { chatCompletionsApi } from '../../llm/wire/chat-api.js'
import { simulatedFetch } from '../simulated-fetch.js'
import { type CassetteOptions, cassette } from './cassette.js'

let folder: string
let file: string
let count = 0
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cassettes-'))
})
afterAll(() => rm(folder, { recursive: true }))
beforeEach(() => {
  file = join(folder, `${count++}.jsonl`)
})

const apiKey = 'a-canary-without-the-shape-of-a-key'
const host = createHost({ env: () => undefined, warn: ({ message }) => expect.unreachable(message) })
const simulated: typeof fetch = simulatedFetch({ speed: Number.POSITIVE_INFINITY })
/** As a provider is met: nothing says that it is simulated. */
const provider: typeof fetch = (input, init) => simulated(input, init)
const nobody: typeof fetch = () => expect.unreachable('a replay asks nobody')

const open = (options: CassetteOptions) => cassette(file, { host, fetch: provider, ...options })
const openai = (by: typeof fetch, maxRetries = 0) => new OpenAI({ apiKey, fetch: by, maxRetries })
const anthropic = (by: typeof fetch) => new Anthropic({ apiKey, fetch: by, maxRetries: 0 })

/** What a program does with the clients gives the same while it is recorded and when it is replayed. */
async function sameTwice<T>(program: (by: typeof fetch) => Promise<T>): Promise<T> {
  const recording = open({ mode: 'record' })
  const first = await program(recording.fetch)
  await recording.close()
  const replay = open({ mode: 'replay', fetch: nobody })
  expect(await program(replay.fetch)).toEqual(first)
  expect(replay.misses).toEqual([])
  expect(replay.unused).toEqual([])
  expect(await readFile(file, 'utf8')).not.toContain(apiKey)
  return first
}

async function all<T>(stream: PromiseLike<AsyncIterable<T>>): Promise<T[]> {
  const items: T[] = []
  for await (const item of await stream) items.push(item)
  return items
}

const question = 'What is the weather in Oslo?'
const parameters = { type: 'object' as const, properties: { city: { type: 'string' } }, required: ['city'] }
const weather = { name: 'weather', description: 'The weather of a city.' }
const model = 'gpt-5-mini'
const claude = { model: 'claude-haiku-4-5', max_tokens: 500 }
const asked = [{ role: 'user' as const, content: question }]

test('Chat Completions: JSON, a stream, tools with their results, and one prompt twice', async () => {
  const tools = [{ type: 'function' as const, function: { ...weather, parameters } }]
  const [whole, , , chunks] = await sameTwice(async by => {
    const { chat } = openai(by)
    const whole = await chat.completions.create({ model, messages: asked, tools })
    const message = whole.choices[0]?.message as OpenAI.ChatCompletionMessage
    const results = message.tool_calls?.map(({ id }) => ({
      role: 'tool' as const,
      tool_call_id: id,
      content: '4 degrees'
    }))
    const after = [...asked, message, ...(results ?? [])]
    return [
      whole,
      await chat.completions.create({ model, messages: after, tools }),
      await chat.completions.create({ model, messages: after, tools }),
      await all(
        chat.completions.create({ model, messages: asked, stream: true, stream_options: { include_usage: true } })
      )
    ]
  })
  expect(whole).toMatchObject({ choices: [{ finish_reason: 'tool_calls' }] })
  expect((chunks as unknown[]).length).toBeGreaterThan(20)
})

test('Responses: JSON, a stream with its events, and a tool', async () => {
  const tools = [{ type: 'function' as const, ...weather, parameters, strict: false }]
  const [, events] = await sameTwice(async by => {
    const { responses } = openai(by)
    return [
      await responses.create({ model, input: question }),
      await all(responses.create({ model, input: question, stream: true })),
      await responses.create({ model, input: question, tools })
    ]
  })
  expect((events as { type: string }[]).at(-1)?.type).toBe('response.completed')
})

test('Messages: JSON, a stream with thoughts, and a tool', async () => {
  await sameTwice(async by => {
    const { messages } = anthropic(by)
    const thinking = { type: 'enabled' as const, budget_tokens: 1024 }
    return [
      await messages.create({ ...claude, messages: asked }),
      await all(messages.create({ ...claude, messages: asked, thinking, stream: true })),
      await messages.create({ ...claude, messages: asked, tools: [{ ...weather, input_schema: parameters }] })
    ]
  })
})

test('the bytes come again, cut where they were, with their type and without what is about who asked', async () => {
  const body = JSON.stringify({ model, messages: asked, stream: true })
  const headers = { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' }
  const address = 'https://api.openai.com/v1/chat/completions'
  const pieces = await sameTwice(async by => {
    const response = await by(address, { method: 'POST', headers, body })
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
    const list: string[] = []
    for await (const piece of response.body as ReadableStream<Uint8Array>) list.push(new TextDecoder().decode(piece))
    return list
  })
  expect(pieces.at(-1)).toBe('data: [DONE]\n\n')
  expect(await readFile(file, 'utf8')).not.toContain('authorization')
})

test('JSON and a stream of one prompt are found in any order, byte for byte', async () => {
  const body = { model, messages: asked }
  const post = (by: typeof fetch, stream: boolean) =>
    by('https://api.openai.com/v1/chat/completions', { method: 'POST', body: JSON.stringify({ ...body, stream }) })
  const recording = open({ mode: 'record' })
  const whole = await (await post(recording.fetch, false)).text()
  const streamed = await (await post(recording.fetch, true)).text()
  await recording.close()
  const replay = open({ mode: 'replay', fetch: nobody })
  expect(await (await post(replay.fetch, true)).text()).toBe(streamed)
  expect(await (await post(replay.fetch, false)).text()).toBe(whole)
})

test('calls that overlap, JSON and streams of one prompt, each get what they got', async () => {
  await sameTwice(by => {
    const { chat } = openai(by)
    return Promise.all(
      Array.from({ length: 12 }, (_, n) => {
        const messages = [{ role: 'user' as const, content: `Question ${n % 4}` }]
        return n % 2 === 0
          ? chat.completions.create({ model, messages })
          : all(chat.completions.create({ model, messages, stream: true }))
      })
    )
  })
})

test('a refusal is refused again with its body, at once; a lost connection is lost again', async () => {
  let n = 0
  const failing: typeof fetch = async (input, init) => {
    n++
    if (n === 1) {
      const error = { message: `Too many with ${apiKey}.`, type: 'requests', code: 'rate_limit_exceeded' }
      return Response.json({ error }, { status: 429, headers: { 'retry-after-ms': '2' } })
    }
    if (n === 3) throw new TypeError('fetch failed')
    return simulated(input, init)
  }
  const program = async (by: typeof fetch): Promise<unknown[]> => [
    await openai(by, 1).chat.completions.create({ model, messages: asked }),
    await openai(by)
      .chat.completions.create({ model, messages: asked })
      .catch((error: Error) => error.constructor.name)
  ]
  const recording = open({ mode: 'record', fetch: failing })
  const first = await program(recording.fetch)
  await recording.close()
  expect(recording.recorded.map(({ answer }) => answer?.type)).toEqual(['llm.failed', 'llm.response', 'llm.failed'])
  const replay = open({ mode: 'replay', fetch: nobody })
  const waits: unknown[] = []
  const watched: typeof fetch = async (input, init) => {
    const response = await replay.fetch(input, init)
    waits.push(response.headers.get('retry-after-ms'))
    return response
  }
  expect(await program(watched)).toEqual(first)
  expect(waits).toEqual(['1', null])
  expect(first[1]).toBe('APIConnectionError')
  expect(await readFile(file, 'utf8')).not.toContain(apiKey)
})

test('a stream that was left gives again what was read of it', async () => {
  await sameTwice(async by => {
    const read: unknown[] = []
    const stream = await openai(by).chat.completions.create({ model, messages: asked, stream: true })
    for await (const chunk of stream) {
      read.push(chunk)
      if (read.length === 5) break
    }
    return read
  })
})

test('a key that an answer says, in pieces or whole, is not in the file: the answer is written anew', async () => {
  const key = 'sk-canary-0123456789abcdefghij'
  const content = `What is ${key} for?`
  // Its pieces are cut within the key.
  const echoing: typeof fetch = async (_input, init) => {
    const { stream } = JSON.parse(String(init?.body)) as { stream?: boolean }
    const head = { id: 'chatcmpl-1', object: 'chat.completion', created: 1, model }
    const said = ['It is ', key.slice(0, 8), key.slice(8), '.']
    if (!stream) {
      const message = { role: 'assistant', content: said.join('') }
      return Response.json({ ...head, choices: [{ index: 0, message, finish_reason: 'stop' }] })
    }
    const frames = [
      ...said.map(text => [{ role: 'assistant', content: text }, null] as const),
      [{}, 'stop'] as const
    ].map(
      ([delta, finish_reason]) =>
        `data: ${JSON.stringify({ ...head, choices: [{ index: 0, delta, finish_reason }] })}\n\n`
    )
    return new Response(`${frames.join('')}data: [DONE]\n\n`, { headers: { 'content-type': 'text/event-stream' } })
  }
  const program = async (by: typeof fetch): Promise<string[]> => {
    const { chat } = openai(by)
    const body = { model, messages: [{ role: 'user' as const, content }] }
    const whole = await chat.completions.create(body)
    const streamed = await chat.completions.stream(body).finalContent()
    return [String(whole.choices[0]?.message.content), String(streamed)]
  }
  const recording = open({ mode: 'record', fetch: echoing })
  expect(await program(recording.fetch)).toEqual([`It is ${key}.`, `It is ${key}.`])
  const part = await readFile(`${file}.part`, 'utf8')
  await recording.close()
  const text = await readFile(file, 'utf8')
  for (const canary of [key, key.slice(8), apiKey]) expect(part + text).not.toContain(canary)
  const replay = open({ mode: 'replay', fetch: nobody })
  expect(await program(replay.fetch)).toEqual(['It is •••.', 'It is •••.'])
})

test('what was recorded through one door is given through the other', async () => {
  const recording = open({ mode: 'record' })
  await openai(recording.fetch).chat.completions.create({ model, messages: asked })
  const streamed = await all(openai(recording.fetch).chat.completions.create({ model, messages: asked, stream: true }))
  await recording.close()
  const replay = open({ mode: 'replay', fetch: nobody })
  const { text } = await replay.llm({ model, messages: asked })
  const said = streamed.map(({ choices }) => choices[0]?.delta.content ?? '').join('')
  expect(text).toBe(said)
  const again = await openai(replay.fetch).chat.completions.create({ model, messages: asked })
  expect(again.choices[0]?.message.content).toBe(said)
})

test('an SDK shows the message of a miss, and does not ask again; what is no request to a model is refused', async () => {
  const recording = open({ mode: 'record' })
  await openai(recording.fetch).chat.completions.create({ model, messages: asked })
  await recording.close()
  const replay = open({ mode: 'replay', fetch: nobody })
  const messages = [{ role: 'user' as const, content: 'And in Bergen?' }]
  const missed = openai(replay.fetch, 2).chat.completions.create({ model, messages })
  await expect(missed).rejects.toThrow(/at \/messages\/0\/content: .* is asked\nRecord it: mode: 'record'/)
  await expect(anthropic(replay.fetch).messages.create({ ...claude, messages })).rejects.toThrow('400')
  await expect(openai(replay.fetch).models.list()).rejects.toThrow('no request to a model')
  expect(replay.misses.map(({ name }) => name)).toEqual(Array(3).fill('ReplayMissError'))
})

test('a replay needs no real key, and what stands for one is a word like others', async () => {
  const messages = [{ role: 'user' as const, content: 'Is this a test?' }]
  const recording = open({ mode: 'record' })
  const first = await openai(recording.fetch).chat.completions.create({ model, messages })
  await recording.close()
  const replay = open({ mode: 'replay', fetch: nobody })
  const client = new OpenAI({ apiKey: 'test', fetch: replay.fetch, maxRetries: 0 })
  expect(await client.chat.completions.create({ model, messages })).toEqual(first)
})

test('our own functions: over the fetch of a cassette, and as the one that a cassette asks', async () => {
  const request = { model, messages: asked }
  const over = (by: typeof fetch) => chatCompletionsApi({ baseURL: 'https://api.openai.com/v1', apiKey, fetch: by })
  await sameTwice(async by => {
    const deltas = await all(
      Promise.resolve({ [Symbol.asyncIterator]: () => over(by)(request)[Symbol.asyncIterator]() })
    )
    return [deltas, await over(by)({ ...request, stream: false })]
  })
  const replay = open({ mode: 'replay', fetch: nobody })
  await expect(over(replay.fetch)({ ...request, temperature: 1 })).rejects.toThrow(
    'at /temperature: nothing is recorded'
  )

  file += '.llm'
  const recording = open({ mode: 'record', llm: providerLlm({ host, fetch: provider, keys: { openai: apiKey } }) })
  const answer = await recording.llm({ ...request, model: 'openai/gpt-5-mini' })
  await recording.close()
  const without = open({ mode: 'replay', llm: providerLlm({ host, fetch: nobody }) })
  expect(await without.llm({ ...request, model: 'openai/gpt-5-mini' })).toEqual(answer)
  expect(answer.event).toMatch(/^llm\.response-/)
})
