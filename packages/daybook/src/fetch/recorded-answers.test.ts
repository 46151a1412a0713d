/** Answers that providers really gave, over a socket, to the official SDKs: as without us, and recorded as ours are. */
import Anthropic from '@anthropic-ai/sdk'
import OpenAI from 'openai'
import { afterAll, describe, expect, test } from 'vitest'
import { memoryCache } from '../cache/memory-cache.js'
import { createHost } from '../host.js'
import { type LedgerEvent, stable } from '../ledger/event.js'
import { memoryLedgerStore } from '../ledger/memory-ledger-store.js'
import { openLedger } from '../ledger/open-ledger.js'
import { recorded } from '../ledger/recorded.js'
import { chatCompletionsApi } from '../llm/wire/chat-api.js'
import { messagesApi } from '../llm/wire/messages-api.js'
import { responsesApi } from '../llm/wire/responses-api.js'
import { recordFetch } from './index.js'

interface Recorded {
  readonly id: string
  readonly api: 'chat' | 'messages' | 'responses'
  readonly stream: boolean
  /** Of the body. */
  readonly bytes: number
}

// In a page the server of the tests has them; in Node they have one of their own.
const inPage = 'document' in globalThis
const server = inPage ? undefined : await (await import('../../../tools/recorded.mjs')).serveRecorded()
const base = `${server?.origin ?? location.origin}/recorded`
afterAll(() => server?.close())

const index = await fetch(`${base}/index.json`)
const present = index.ok
if (!present) console.warn('recorded answers not present')

const listed = present ? ((await index.json()) as readonly Recorded[]) : []
const known = listed.filter(({ api }) => ['chat', 'messages', 'responses'].includes(api))
// The long ones in Node only: a page reads them no differently.
const cases = known.filter(({ bytes }) => !inPage || bytes < 3000)

const apis = { chat: chatCompletionsApi, messages: messagesApi, responses: responsesApi }
const apiKey = 'a-key-for-tests'
const model = 'some-model'
const content = 'Hello'
const messages = [{ role: 'user' as const, content }]

async function setUp() {
  const host = createHost({ warn: ({ message }) => expect.unreachable(message) })
  const ledger = await openLedger(memoryLedgerStore(), 'session:test', { host })
  const cache = memoryCache()
  const events = async () => {
    const all: LedgerEvent[] = []
    for await (const event of ledger.read()) all.push(event)
    return all
  }
  return { host, ledger, cache, events, fetch: recordFetch({ host, ledger, cache }, { cache: true }) }
}

/** What the SDK makes of it, piece by piece. */
async function asked({ id, api, stream }: Recorded, by: typeof fetch): Promise<unknown> {
  const options = { apiKey, fetch: by, maxRetries: 0, dangerouslyAllowBrowser: true }
  const made = async (answer: PromiseLike<unknown>): Promise<unknown> => {
    const seen: unknown[] = []
    try {
      const got = await answer
      if (!stream) return got
      for await (const chunk of got as AsyncIterable<unknown>) seen.push(chunk)
      return seen
    } catch (error) {
      const { name, status, message } = error as { name: string; status?: number; message: string }
      return { seen, name, status, message }
    }
  }
  const openai = new OpenAI({ baseURL: `${base}/${id}/v1`, ...options })
  if (api === 'chat') return made(openai.chat.completions.create({ model, messages, stream }))
  if (api === 'responses') return made(openai.responses.create({ model, input: content, stream }))
  const anthropic = new Anthropic({ baseURL: `${base}/${id}`, ...options })
  return made(anthropic.messages.create({ model, max_tokens: 100, messages, stream }))
}

/** The event of the answer as a call of ours writes it. */
async function ours({ id, api, stream }: Recorded) {
  const { host, ledger, events } = await setUp()
  const llm = recorded(apis[api]({ baseURL: `${base}/${id}/v1`, apiKey }), ledger, { host })
  await llm({ model, messages, stream }).catch(() => {})
  return (await events()).at(-1)
}

function dataOf(event: LedgerEvent | undefined): object {
  if (!event) throw new Error('there must be an event')
  const {
    cache: _cache,
    cost_usd: _cost,
    saved_usd: _saved,
    cached: _cached,
    ...data
  } = stable(event).data as object & Record<string, unknown>
  return { type: event.type, ...data }
}

describe.skipIf(!present)('recorded answers', () => {
  test('there are 140 of them', () => expect(known).toHaveLength(140))

  test.each(cases)('$id is to its SDK what it is without us, and to the ledger what it is of ours', async recorded => {
    const { fetch: by, events, cache } = await setUp()
    const plain = await asked(recorded, globalThis.fetch)
    expect(await asked(recorded, by)).toEqual(plain)
    const [request, answer, ...more] = await events()
    expect([request?.type, more]).toEqual(['llm.request', []])
    expect(request?.data).toMatchObject({ model, messages, stream: recorded.stream })
    expect(dataOf(answer)).toEqual(dataOf(await ours(recorded)))

    // And again: from the cache, where it was complete.
    const keys = await cache.keys()
    expect(await asked(recorded, by)).toEqual(plain)
    const last = (await events()).at(-1)
    expect(last?.data).toMatchObject(keys.length > 0 ? { cached: true, cost_usd: 0 } : {})
    expect(dataOf(last)).toEqual(dataOf(answer))
  })

  test('all that ended well were kept, with their very bytes', async () => {
    const { fetch: by, cache } = await setUp()
    const some = cases.filter((_, at) => at % 7 === 0)
    let kept = 0
    for (const { id, api, stream } of some) {
      const path = { chat: 'chat/completions', messages: 'messages', responses: 'responses' }[api]
      const said = api === 'responses' ? { input: content } : { messages }
      const body = JSON.stringify({ model, stream, ...said })
      const bytes = async () =>
        new Uint8Array(await (await by(`${base}/${id}/v1/${path}`, { method: 'POST', body })).arrayBuffer())
      const original = new Uint8Array(await (await fetch(`${base}/${id}/response.body`)).arrayBuffer())
      for (let round = 0; round < 2; round++) expect(await bytes()).toEqual(original)
      kept = ((await cache.keys()) as string[]).length
    }
    expect(kept).toBeGreaterThan(some.length / 2)
  })
})
