import Anthropic from '@anthropic-ai/sdk'
import OpenAI from 'openai'
import { describe, expect, test } from 'vitest'
import { fromAnthropic } from '../../anthropic/index.js'
import { fromOpenAI } from '../../openai/index.js'
import type { Refusal, WrittenAnswer } from '../../testing/answers/answer.js'
import { chatAnswers } from '../../testing/answers/chat.js'
import { messagesAnswers } from '../../testing/answers/messages.js'
import type { LLMDelta, LLMFn, LLMResponse } from '../llm.js'
import { chatCompletionsApi } from './chat-api.js'
import { messagesApi } from './messages-api.js'

type Cut = 'whole' | 'in single bytes' | 'in pieces of 7'

function fakeFetch(answer: WrittenAnswer, cut: Cut): typeof fetch {
  return async (_input, init) => {
    const bytes = new TextEncoder().encode(answer.body)
    const size = cut === 'whole' ? Math.max(1, bytes.length) : cut === 'in pieces of 7' ? 7 : 1
    let at = 0
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        if (init?.signal?.aborted) return controller.error(init.signal.reason)
        if (at >= bytes.length) return controller.close()
        controller.enqueue(bytes.slice(at, at + size))
        at += size
      }
    })
    return new Response(body, { status: answer.status ?? 200, headers: answer.headers ?? {} })
  }
}

const apiKey = 'a-key-for-tests'
const baseURL = 'https://provider.test/v1'

const ways: Record<string, Record<string, (fetch: typeof globalThis.fetch) => LLMFn>> = {
  'chat completions': {
    fetch: fetch => chatCompletionsApi({ baseURL, apiKey, fetch }),
    SDK: fetch => fromOpenAI(new OpenAI({ baseURL, apiKey, fetch, dangerouslyAllowBrowser: true }))
  },
  messages: {
    fetch: fetch => messagesApi({ baseURL, apiKey, fetch }),
    SDK: fetch =>
      fromAnthropic(new Anthropic({ baseURL: 'https://provider.test', apiKey, fetch, dangerouslyAllowBrowser: true }))
  }
}

async function ask(llm: LLMFn): Promise<{ deltas: LLMDelta[]; response?: LLMResponse; error?: unknown }> {
  const deltas: LLMDelta[] = []
  const stream = llm({ model: 'asked', messages: [{ role: 'user', content: 'Hello' }] })
  try {
    for await (const delta of stream) deltas.push(delta)
    return { deltas, response: await stream }
  } catch (error) {
    return { deltas, error }
  }
}

function check(answer: WrittenAnswer, asked: Awaited<ReturnType<typeof ask>>, way: string): void {
  const { deltas, response, error } = asked
  if ('error' in answer.reads) {
    const { partial, errorBySdk, error: byFetch } = answer.reads as Refusal
    const name = way === 'SDK' ? (errorBySdk ?? byFetch) : byFetch
    expect(response).toBeUndefined()
    expect(error).toMatchObject({ name, ...(partial === undefined ? {} : { partial: { text: partial } }) })
    if (partial === undefined) expect(deltas).toEqual([])
    return
  }
  if (!response) throw error
  const { text = '', reasoning, refusal, finish_reason, usage, cost_usd = null, estimated, calls = [] } = answer.reads
  expect(response).toMatchObject({ text, finish_reason, cost_usd, cached: false })
  expect(response.reasoning).toBe(reasoning)
  expect(response.refusal).toBe(refusal)
  expect(response.estimated).toBe(estimated)
  if (usage !== undefined) expect(response.usage).toEqual(usage)
  expect(response.tool_calls.map(call => ({ name: call.name, arguments: call.arguments }))).toEqual(
    calls.map(({ name, arguments: args }) => ({ name, arguments: args }))
  )
  const ids = response.tool_calls.map(({ id }) => id)
  expect(new Set(ids).size).toBe(ids.length)
  for (const [index, call] of calls.entries()) {
    expect(ids[index]).toBeTruthy()
    if (call.id) expect(ids[index]).toBe(call.id)
    if (call.arguments === undefined) expect(response.tool_calls[index]?.error).toContain('not valid JSON')
  }
  const said = deltas.map(delta => (delta.type === 'text.delta' ? delta.text : ''))
  expect(said.join('')).toBe(text)
  for (const piece of said) expect(piece).toBe(piece.replace(/\ufffd|[\ud800-\udbff]$|^[\udc00-\udfff]/g, '?'))
}

const answers = { 'chat completions': chatAnswers, messages: messagesAnswers }

for (const [format, written] of Object.entries(answers)) {
  for (const [way, make] of Object.entries(ways[format] ?? {})) {
    describe(`${format} by ${way}`, () => {
      test.each(written)('$name', async answer => {
        for (const cut of ['whole', 'in pieces of 7', 'in single bytes'] as const) {
          check(answer, await ask(make(fakeFetch(answer, cut))), way)
        }
      })
    })
  }
}

test('there are at least twelve answers in each format', () => {
  for (const written of Object.values(answers)) expect(written.length).toBeGreaterThanOrEqual(12)
})
