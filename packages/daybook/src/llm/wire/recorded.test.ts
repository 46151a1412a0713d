import Anthropic from '@anthropic-ai/sdk'
import OpenAI from 'openai'
import { afterAll, describe, expect, test } from 'vitest'
import { fromAnthropic } from '../../anthropic/index.js'
import { DaybookError } from '../../errors.js'
import { fromOpenAI } from '../../openai/index.js'
import type { FinishReason, LLMDelta, LLMFn, LLMRequest, LLMResponse } from '../llm.js'
import { chatCompletionsApi } from './chat-api.js'
import type { ApiOptions } from './fetching.js'
import { messagesApi } from './messages-api.js'
import { responsesApi } from './responses-api.js'

/** Answers that providers really gave, each over a socket, cut where it hurts, through fetch and through the SDKs. */
interface Recorded {
  readonly id: string
  readonly api: 'chat' | 'messages' | 'responses'
  readonly kind: 'ok' | 'http_error' | 'stream_error'
  readonly stream: boolean
  readonly status: number
  /** Of the body. */
  readonly bytes: number
}

interface Expected {
  readonly id: string | null
  readonly model: string | null
  readonly text: string
  readonly reasoning?: string
  readonly refusal?: string | { readonly explanation: string } | null
  readonly finishReason: string | null
  readonly usage: Record<string, number> | null
  readonly toolCalls: readonly { id: string | null; name: string; arguments: unknown }[]
  readonly error?: { status?: number; code?: string; type?: string }
}

// In a page the server of the tests has them; in Node they have one of their own.
const inPage = 'document' in globalThis
const server = inPage ? undefined : await (await import('../../../../tools/recorded.mjs')).serveRecorded()
const base = `${server?.origin ?? location.origin}/recorded`
afterAll(() => server?.close())

const index = await fetch(`${base}/index.json`)
const present = index.ok
if (!present) console.warn('recorded answers not present')

const listed = present ? ((await index.json()) as readonly { api: string }[]) : []
const cases = listed.filter((entry): entry is Recorded => ['chat', 'messages', 'responses'].includes(entry.api))
const odd = 'azure-chat-05' // a 200 whose body is an error
const replied = cases.filter(({ id, kind }) => kind === 'ok' && id !== odd)

const bytesOf = async ({ id }: Recorded) =>
  new Uint8Array(await (await fetch(`${base}/${id}/response.body`)).arrayBuffer())
const headersOf = async ({ id }: Recorded): Promise<Record<string, string>> =>
  (await fetch(`${base}/${id}/response.headers.json`)).json()
const expectedOf = async ({ id }: Recorded): Promise<Expected> => (await fetch(`${base}/${id}/expected.json`)).json()

const apis: Record<Recorded['api'], (options: ApiOptions) => LLMFn> = {
  chat: chatCompletionsApi,
  messages: messagesApi,
  responses: responsesApi
}

const apiKey = 'a-key-for-tests'

/** The ways to ask for a recorded answer. */
function waysTo({ id, api }: Recorded): readonly LLMFn[] {
  const baseURL = `${base}/${id}/v1`
  const client = { apiKey, dangerouslyAllowBrowser: true }
  return [
    apis[api]({ baseURL, apiKey }),
    api === 'messages'
      ? fromAnthropic(new Anthropic({ baseURL: `${base}/${id}`, ...client }))
      : fromOpenAI(new OpenAI({ baseURL, ...client }), { api })
  ]
}

function requestFor({ stream }: Recorded): LLMRequest {
  return { model: 'some-model', messages: [{ role: 'user', content: 'Hello' }], stream }
}

const finish: Record<string, FinishReason> = {
  stop: 'stop',
  end_turn: 'stop',
  stop_sequence: 'stop',
  eos: 'stop',
  completed: 'stop',
  length: 'length',
  max_tokens: 'length',
  tool_calls: 'tool_calls',
  tool_use: 'tool_calls',
  function_call: 'tool_calls',
  content_filter: 'content_filter',
  refusal: 'content_filter'
}

function finishOf({ api }: Recorded, { finishReason, toolCalls }: Expected): FinishReason | undefined {
  if (finishReason === null || (api === 'responses' && toolCalls.length > 0)) return 'tool_calls'
  return finish[finishReason]
}

function usageOf({ api }: Recorded, { usage }: Expected): object | null {
  if (!usage) return null
  const { input = 0, output = 0, total = 0, cachedRead, cacheWrite, reasoning } = usage
  // xAI's own figures count the reasoning of a chat beside the output; here it is part of it.
  const beside = reasoning && total === input + output + reasoning ? reasoning : 0
  return {
    input_tokens: api === 'messages' ? input + (cachedRead ?? 0) + (cacheWrite ?? 0) : input,
    output_tokens: output + beside,
    ...(cachedRead === undefined ? {} : { cached_input_tokens: cachedRead }),
    ...(cacheWrite === undefined ? {} : { cache_write_tokens: cacheWrite }),
    ...(reasoning === undefined ? {} : { reasoning_tokens: reasoning })
  }
}

/** What the provider says that the answer cost, which is not noted for all that say it. */
async function costOf(recorded: Recorded, { usage }: Expected): Promise<number | null> {
  if (usage?.providerCost !== undefined) return usage.providerCost
  const body = new TextDecoder().decode(await bytesOf(recorded))
  const [, ticks] = /"cost_in_usd_ticks": ?(\d+)/.exec(body) ?? [] // xAI's
  if (ticks !== undefined) return Number(ticks) / 1e10
  if (recorded.api !== 'responses') return null
  const [, cost] = /"cost":([\d.e-]+)/.exec(body) ?? []
  return cost === undefined ? null : Number(cost)
}

async function read(llm: LLMFn, recorded: Recorded) {
  const deltas: LLMDelta[] = []
  const stream = llm(requestFor(recorded))
  for await (const delta of stream) deltas.push(delta)
  return { deltas, response: await stream }
}

function check(recorded: Recorded, expected: Expected, response: LLMResponse, deltas: readonly LLMDelta[]): void {
  expect(response.text).toBe(expected.text)
  expect(response.reasoning ?? '').toBe(expected.reasoning ?? '')
  const no = expected.refusal || undefined
  expect(response.refusal).toBe(typeof no === 'object' ? no.explanation : no)
  expect(response.tool_calls.map(({ name, arguments: args, error }) => ({ name, args, error }))).toEqual(
    expected.toolCalls.map(({ name, arguments: args }) => ({ name, args, error: undefined }))
  )
  for (const [at, { id }] of expected.toolCalls.entries()) {
    if (id) expect(response.tool_calls[at]?.id).toBe(id)
  }
  expect(response.finish_reason).toBe(finishOf(recorded, expected))
  expect(response.native?.finish_reason ?? null).toBe(expected.finishReason)
  expect(response.usage).toEqual(usageOf(recorded, expected))
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

/** The body as a stream of single bytes. */
function bytewise(bytes: Uint8Array): ReadableStream<Uint8Array> {
  let at = 0
  return new ReadableStream({
    pull(controller) {
      for (const end = Math.min(at + 512, bytes.length); at < end; ) controller.enqueue(bytes.subarray(at, ++at))
      if (at === bytes.length) controller.close()
    }
  })
}

describe.skipIf(!present)('recorded answers', () => {
  test('there are 140, and 17 of them are failures', () => {
    expect(cases).toHaveLength(140)
    expect(replied).toHaveLength(123)
  })

  test.each(replied)('$id is read as its provider meant it, over fetch and over the SDK', async recorded => {
    const expected = await expectedOf(recorded)
    const cost = await costOf(recorded, expected)
    const answers: LLMResponse[] = []
    for (const llm of waysTo(recorded)) {
      const { response, deltas } = await read(llm, recorded)
      check(recorded, expected, response, deltas)
      expect(response.cost_usd).toBe(cost)
      answers.push(response)
    }
    expect(answers[1]).toEqual(answers[0])
  })

  // The long ones in Node only: a page takes four times as long, and reads them no differently.
  const short = replied.filter(({ bytes }) => !inPage || bytes < 5000)

  test.each(short)('$id is the same in single bytes', async recorded => {
    const [bytes, headers] = [await bytesOf(recorded), await headersOf(recorded)]
    const whole = async () => new Response(bytes, { headers })
    const single = async () => new Response(bytewise(bytes), { headers })
    const [one, other] = [whole, single].map(fetch => apis[recorded.api]({ baseURL: 'https://x.test/v1', fetch }))
    const { response, deltas } = await read(other as LLMFn, recorded)
    check(recorded, await expectedOf(recorded), response, deltas)
    expect({ response, deltas }).toEqual(await read(one as LLMFn, recorded))
  })

  const failures = cases.filter(({ kind, id }) => kind !== 'ok' || id === odd)
  const quota = { name: 'InsufficientQuotaError', kind: 'credits', code: 'insufficient_quota', retryable: false }
  const named: Record<string, object> = {
    [odd]: { name: 'ContentPolicyViolationError', kind: 'content_policy', code: 'content_filter', status: 400 },
    'groq-chat-03': { name: 'BadRequestError', code: 'tool_use_failed' },
    'openai-responses-36': quota,
    'openai-responses-37': { ...quota, status: 429 }
  }

  test.each(failures)('$id fails with the class of what it says, and keeps what came before', async recorded => {
    const { error, text, reasoning = '' } = await expectedOf(recorded)
    const { id, status, kind } = recorded
    const name = status === 404 ? 'NotFoundError' : 'BadRequestError'
    for (const llm of waysTo(recorded)) {
      const failure = await llm(requestFor(recorded)).catch((thrown: unknown) => thrown)
      expect(failure).toBeInstanceOf(DaybookError)
      expect(failure).toMatchObject(named[id] ?? { name, status, code: error?.code ?? error?.type, retryable: false })
      if (kind === 'stream_error' && (text || reasoning))
        expect(failure).toMatchObject({ partial: { text, reasoning } })
    }
  })

  test.each(failures)('$id fails in the same way in single bytes', async recorded => {
    const init = { status: recorded.status, headers: await headersOf(recorded) }
    const bytes = await bytesOf(recorded)
    const failed = (body: () => BodyInit) =>
      apis[recorded.api]({ baseURL: 'https://x.test/v1', fetch: async () => new Response(body(), init) })(
        requestFor(recorded)
      ).catch((thrown: unknown) => thrown as DaybookError)
    const [one, other] = [await failed(() => bytes), await failed(() => bytewise(bytes))]
    expect(one).toBeInstanceOf(DaybookError)
    expect(other).toMatchObject({ ...(one as DaybookError).toJSON() })
  })

  // Before the mark of the end: what is cut there has lost something, wherever the cut is.
  const marks = { messages: 'event: message_stop', chat: '"finish_reason":"', responses: '"response.completed"' }
  const streamed = replied.filter(({ stream }) => stream)
  const some = (['chat', 'messages', 'responses'] as const).flatMap(wanted =>
    streamed.filter(({ api }) => api === wanted).slice(0, 8)
  )

  test.each(some)('$id cut anywhere before its end is never an answer', async recorded => {
    const body = await bytesOf(recorded)
    const last = new TextDecoder('latin1').decode(body).indexOf(marks[recorded.api])
    expect(last).toBeGreaterThan(0)
    for (let round = 0; round < 20; round++) {
      const cut = body.slice(0, Math.floor((round / 20) * last))
      const fetch = async () => new Response(cut, { headers: { 'content-type': 'text/event-stream' } })
      await expect(
        apis[recorded.api]({ baseURL: 'https://x.test/v1', fetch })(requestFor(recorded))
      ).rejects.toMatchObject({ name: 'IncompleteStreamError' })
    }
  })
})
