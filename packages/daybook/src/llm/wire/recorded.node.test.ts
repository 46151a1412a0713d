import { existsSync, readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath, pathToFileURL } from 'node:url'
import Anthropic from '@anthropic-ai/sdk'
import OpenAI from 'openai'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { fromAnthropic } from '../../anthropic/index.js'
import { DaybookError } from '../../errors.js'
import { fromOpenAI } from '../../openai/index.js'
import type { FinishReason, LLMDelta, LLMFn, LLMRequest, LLMResponse } from '../llm.js'
import { chatCompletionsApi } from './chat-api.js'
import { messagesApi } from './messages-api.js'

/** Answers that providers really gave, each over a socket, cut where it hurts, through fetch and through the SDKs. */
const fixtures =
  process.env.DAYBOOK_FIXTURES ?? fileURLToPath(new URL('../../../../../../shared/fixtures', import.meta.url))
const folder = pathToFileURL(`${fixtures}/open/`)
const present = existsSync(folder)
if (!present) console.warn('recorded answers not present')

interface Recorded {
  readonly id: string
  readonly api: 'chat' | 'messages'
  readonly kind: 'ok' | 'http_error' | 'stream_error'
  readonly stream: boolean
  readonly status: number
}

interface Expected {
  readonly id: string | null
  readonly model: string | null
  readonly text: string
  readonly reasoning: string
  readonly finishReason: string | null
  readonly usage: Record<string, number> | null
  readonly toolCalls: readonly { id: string | null; name: string; arguments: unknown }[]
  readonly error?: { status?: number; code?: string; type?: string }
}

function read(id: string, file: string): string {
  return readFileSync(new URL(`${id}/${file}`, folder), 'utf8')
}

const cases: readonly Recorded[] = present
  ? (JSON.parse(readFileSync(new URL('index.json', folder), 'utf8')) as { api: string }[]).filter(
      (entry): entry is Recorded => entry.api === 'chat' || entry.api === 'messages'
    )
  : []
const replied = cases.filter(({ kind }) => kind === 'ok')

let server: Server
let base: string

/** A stream of numbers below 1 that is the same in every run. */
function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

beforeAll(async () => {
  server = createServer((request, response) => {
    const id = new URL(request.url ?? '', 'http://x').pathname.split('/')[1] ?? ''
    request.resume()
    request.on('end', async () => {
      const body = readFileSync(new URL(`${id}/response.body`, folder))
      response.writeHead(Number(read(id, 'response.status')), JSON.parse(read(id, 'response.headers.json')))
      const random = seeded(id.length * 7919 + body.length)
      for (let at = 0; at < body.length; ) {
        const size = 1 + Math.floor(random() * (random() < 0.2 ? 5 : 900))
        response.write(body.subarray(at, at + size))
        at += size
        if (random() < 0.3) await new Promise(resolve => setImmediate(resolve))
      }
      response.end()
    })
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})

afterAll(() => {
  server.closeAllConnections()
  server.close()
})

/** The ways to ask for a recorded answer. */
function waysTo({ id, api }: Recorded): Record<string, LLMFn> {
  const apiKey = 'a-key-for-tests'
  return api === 'chat'
    ? {
        fetch: chatCompletionsApi({ baseURL: `${base}/${id}/v1`, apiKey }),
        SDK: fromOpenAI(new OpenAI({ baseURL: `${base}/${id}/v1`, apiKey }))
      }
    : {
        fetch: messagesApi({ baseURL: `${base}/${id}/v1`, apiKey }),
        SDK: fromAnthropic(new Anthropic({ baseURL: `${base}/${id}`, apiKey }))
      }
}

function requestFor({ stream }: Recorded): LLMRequest {
  return { model: 'some-model', messages: [{ role: 'user', content: 'Hello' }], stream }
}

const finish: Record<string, FinishReason> = {
  stop: 'stop',
  end_turn: 'stop',
  stop_sequence: 'stop',
  eos: 'stop',
  length: 'length',
  max_tokens: 'length',
  tool_calls: 'tool_calls',
  tool_use: 'tool_calls',
  function_call: 'tool_calls',
  content_filter: 'content_filter',
  refusal: 'content_filter'
}

function usageOf(api: string, usage: Expected['usage']): object | null {
  if (!usage) return null
  const { input = 0, output = 0, total = 0, cachedRead, cacheWrite, reasoning } = usage
  // xAI's own figures count the reasoning beside the output; here it is part of it.
  const beside = reasoning && total === input + output + reasoning ? reasoning : 0
  return {
    input_tokens: api === 'messages' ? input + (cachedRead ?? 0) + (cacheWrite ?? 0) : input,
    output_tokens: output + beside,
    ...(cachedRead === undefined ? {} : { cached_input_tokens: cachedRead }),
    ...(cacheWrite === undefined ? {} : { cache_write_tokens: cacheWrite }),
    ...(reasoning === undefined ? {} : { reasoning_tokens: reasoning })
  }
}

function check(recorded: Recorded, expected: Expected, response: LLMResponse, deltas: readonly LLMDelta[]): void {
  expect(response.text).toBe(expected.text)
  expect(response.reasoning ?? '').toBe(expected.reasoning)
  expect(response.tool_calls.map(({ name, arguments: args, error }) => ({ name, args, error }))).toEqual(
    expected.toolCalls.map(({ name, arguments: args }) => ({ name, args, error: undefined }))
  )
  for (const [index, { id }] of expected.toolCalls.entries()) {
    if (id) expect(response.tool_calls[index]?.id).toBe(id)
  }
  expect(response.finish_reason).toBe(expected.finishReason === null ? 'tool_calls' : finish[expected.finishReason])
  expect(response.native?.finish_reason ?? null).toBe(expected.finishReason)
  expect(response.usage).toEqual(usageOf(recorded.api, expected.usage))
  expect(response.cost_usd).toBe(expected.usage?.providerCost ?? null)
  expect(response.id).toBe(expected.id || undefined)
  if (expected.model) expect(response.model).toBe(expected.model)

  const said = { text: '', reasoning: '', calls: response.tool_calls.map(() => '') }
  for (const delta of deltas) {
    if (delta.type === 'text.delta') said.text += delta.text
    else if (delta.type === 'reasoning.delta') said.reasoning += delta.text
    else said.calls[delta.index] += delta.arguments
  }
  expect(said.text).toBe(response.text)
  expect(said.reasoning).toBe(response.reasoning ?? '')
  const written = response.message.tool_calls?.map(call => JSON.parse(call.function.arguments)) ?? []
  expect(said.calls.map(call => JSON.parse(call.trim() || '{}'))).toEqual(written)
}

describe.skipIf(!present)('recorded answers', () => {
  test('there are 93 chat and messages answers, and one whose body is an error', () => {
    expect(replied.filter(({ id }) => id !== 'azure-chat-05')).toHaveLength(93)
  })

  test.each(replied.filter(({ id }) => id !== 'azure-chat-05'))(
    '$id is read as its provider meant it, over fetch and over the SDK',
    async recorded => {
      const expected = JSON.parse(read(recorded.id, 'expected.json')) as Expected
      const answers: LLMResponse[] = []
      for (const llm of Object.values(waysTo(recorded))) {
        const deltas: LLMDelta[] = []
        const stream = llm(requestFor(recorded))
        for await (const delta of stream) deltas.push(delta)
        const response = await stream
        check(recorded, expected, response, deltas)
        answers.push(response)
      }
      expect(answers[1]).toEqual(answers[0])
    }
  )

  test('an answer whose body is an error fails with what the error says', async () => {
    const recorded = replied.find(({ id }) => id === 'azure-chat-05') as Recorded
    for (const llm of Object.values(waysTo(recorded))) {
      await expect(llm(requestFor(recorded))).rejects.toMatchObject({
        name: 'ContentPolicyViolationError',
        kind: 'content_policy',
        code: 'content_filter',
        status: 400
      })
    }
  })

  test.each(cases.filter(({ kind }) => kind === 'http_error'))(
    '$id fails with the class of its status',
    async recorded => {
      const { error } = JSON.parse(read(recorded.id, 'expected.json')) as Expected
      for (const llm of Object.values(waysTo(recorded))) {
        const failure = await llm(requestFor(recorded)).catch((thrown: unknown) => thrown)
        expect(failure).toBeInstanceOf(DaybookError)
        expect(failure).toMatchObject({
          name: recorded.status === 404 ? 'NotFoundError' : 'BadRequestError',
          status: recorded.status,
          code: error?.code ?? error?.type,
          retryable: false
        })
      }
    }
  )

  test.each(cases.filter(({ kind }) => kind === 'stream_error'))(
    '$id fails in its stream and keeps what came before',
    async recorded => {
      const expected = JSON.parse(read(recorded.id, 'expected.json')) as Expected
      for (const llm of Object.values(waysTo(recorded))) {
        await expect(llm(requestFor(recorded))).rejects.toMatchObject({
          name: 'BadRequestError',
          code: 'tool_use_failed',
          partial: { text: expected.text, reasoning: expected.reasoning }
        })
      }
    }
  )

  test.each(replied.filter(({ stream }) => stream).slice(0, 12))(
    '$id cut anywhere before its end is never an answer',
    async recorded => {
      const body = readFileSync(new URL(`${recorded.id}/response.body`, folder))
      const random = seeded(body.length)
      // Before the finish reason: what is cut there has lost something, wherever the cut is.
      const marker = recorded.api === 'messages' ? 'event: message_stop' : '"finish_reason":"'
      const last = body.toString('utf8').indexOf(marker)
      expect(last).toBeGreaterThan(0)
      for (let round = 0; round < 20; round++) {
        const cut = body.subarray(0, Math.floor(random() * last))
        const fetch = async () => new Response(cut, { headers: { 'content-type': 'text/event-stream' } })
        const api = recorded.api === 'chat' ? chatCompletionsApi : messagesApi
        await expect(api({ baseURL: 'https://x.test/v1', fetch })(requestFor(recorded))).rejects.toMatchObject({
          name: 'IncompleteStreamError'
        })
      }
    }
  )
})
