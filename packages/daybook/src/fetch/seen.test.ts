/** The requests that other SDKs were seen to send: `npm run test:interop` runs the SDKs themselves. */
import { describe, expect, test } from 'vitest'
import { memoryCache } from '../cache/memory-cache.js'
import { createHost, type Warning } from '../host.js'
import type { LedgerEvent } from '../ledger/event.js'
import { memoryLedgerStore } from '../ledger/memory-ledger-store.js'
import { openLedger } from '../ledger/open-ledger.js'
import type { LLMRequest, LLMResponse } from '../llm/llm.js'
import { renderResponses } from '../llm/wire/responses-request.js'
import { simulatedFetch } from '../testing/simulated-fetch.js'
import { recordFetch } from './index.js'
import { fromResponses } from './responses-body.js'

interface Seen {
  readonly case: string
  readonly path: string
  readonly headers: Record<string, string>
  readonly body: Record<string, unknown>
}

const files = import.meta.glob<{ sdk: readonly string[]; requests: readonly Seen[] }>('./seen/*.json', {
  eager: true,
  import: 'default'
})

const simulated = simulatedFetch({ speed: Number.POSITIVE_INFINITY })

async function setUp() {
  const warnings: Warning[] = []
  const host = createHost({ warn: warning => void warnings.push(warning) })
  const ledger = await openLedger(memoryLedgerStore(), 'session:test', { host })
  let sent = 0
  const inner: typeof fetch = (...args) => {
    sent++
    return simulated(...args)
  }
  const events = async () => {
    const all: LedgerEvent[] = []
    for await (const event of ledger.read()) all.push(event)
    return all
  }
  const fetch = recordFetch({ ledger, host, cache: memoryCache() }, { cache: true, fetch: inner })
  return { fetch, events, warnings, sent: () => sent }
}

async function pieces(response: Response): Promise<string[]> {
  const all: string[] = []
  const decoder = new TextDecoder()
  const reader = response.body?.getReader()
  for (;;) {
    const { done, value } = (await reader?.read()) ?? { done: true }
    if (done) return [String(response.status), String(response.headers.get('content-type')), ...all]
    all.push(decoder.decode(value, { stream: true }))
  }
}

const roles = ['system', 'developer', 'user', 'assistant', 'tool']

test('there are the requests of two SDKs', () => expect(Object.keys(files)).toHaveLength(2))

describe.each(Object.values(files))('$sdk', ({ requests: seen }) => {
  test('the cases are text, streams, tools, and answers by a schema, over two APIs', () => {
    for (const api of ['/v1/chat/completions', '/v1/responses']) {
      const bodies = seen.filter(({ path }) => path === api).map(({ body }) => body)
      expect(bodies.some(({ stream }) => stream === true)).toBe(true)
      expect(bodies.some(({ tools }) => tools)).toBe(true)
      expect(bodies.some(({ response_format, text }) => response_format ?? text)).toBe(true)
    }
  })

  test.each(seen)('$case: $path', async ({ path, headers, body }) => {
    const { fetch, events, warnings, sent } = await setUp()
    const url = `https://api.openai.com${path}`
    const init = {
      method: 'POST',
      headers: { ...headers, authorization: 'Bearer planted' },
      body: JSON.stringify(body)
    }
    const plain = await pieces(await simulated(url, init))
    expect(await pieces(await fetch(url, init))).toEqual(plain)
    expect(await pieces(await fetch(url, init))).toEqual(plain)
    expect(sent()).toBe(1)
    expect(warnings).toEqual([])

    const all = await events()
    expect(JSON.stringify(all)).not.toContain('planted')
    const rounds = ['llm.request', 'llm.response', 'llm.request', 'llm.response']
    expect(all.map(({ type }) => type)).toEqual(rounds)
    const [asked, answer, , again] = all.map(({ data }) => data)
    const { messages, target, tools = [] } = asked as unknown as LLMRequest & { target: object }
    expect(target).toMatchObject({ provider: 'openai', base_url: 'https://api.openai.com/v1', model: 'gpt-5-mini' })
    for (const { role, content, tool_calls, native } of messages) {
      expect(roles).toContain(role)
      expect(content ?? tool_calls ?? native).toBeDefined()
    }
    for (const tool of tools) expect(tool).toMatchObject({ type: 'function', function: { name: 'weather' } })
    const { text, tool_calls = [], usage, cost_usd } = answer as unknown as LLMResponse
    expect(text.length + tool_calls.length).toBeGreaterThan(0)
    expect(usage?.output_tokens).toBeGreaterThan(0)
    expect(cost_usd).toBeGreaterThan(0)
    expect(again).toMatchObject({ text, cached: true, cost_usd: 0, saved_usd: cost_usd })
  })

  const items = seen.filter(({ path, body }) => path === '/v1/responses' && Array.isArray(body.input))
  test.each(items)('$case: its items are the same in our words and back', async ({ body }) => {
    const request = fromResponses(body, 'openai')
    const { body: back } = renderResponses(request, { provider: 'openai', systemRole: 'developer' })
    const said = (list: unknown) => (list as Record<string, unknown>[]).map(item => JSON.stringify(usual(item)))
    expect(said(back.input)).toEqual(said(body.input))
  })
})

/** An item of which only what the model reads is left. */
function usual({ type = 'message', role, content, id, status, ...item }: Record<string, unknown>): object {
  const parts = (Array.isArray(content) ? content : [{ text: content ?? '' }]) as Record<string, unknown>[]
  const read = parts.map(({ text, image_url }) => text ?? image_url)
  const kept = type === 'item_reference' ? { id } : {}
  return {
    type,
    role: role === 'system' ? 'developer' : role,
    read,
    ...kept,
    ...Object.fromEntries(Object.entries(item).sort())
  }
}
