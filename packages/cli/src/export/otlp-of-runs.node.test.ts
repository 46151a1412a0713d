import type { LedgerEvent } from 'daybook'
import { toOtlp } from 'daybook/otlp'
import { expect, test } from 'vitest'
import { events } from '../testing/hand-made.js'

interface Span {
  traceId: string
  spanId: string
  parentSpanId?: string
  name: string
  kind: number
  startTimeUnixNano: string
  endTimeUnixNano: string
  attributes: { key: string; value: Record<string, unknown> }[]
  status: { code: number; message?: string }
}

function spansOf(ledger: LedgerEvent[], content = false): Span[] {
  const { resourceSpans } = toOtlp(ledger, { name: 'run:test', content }) as {
    resourceSpans: [{ scopeSpans: [{ spans: Span[] }] }]
  }
  return resourceSpans[0].scopeSpans[0].spans
}

const attributes = ({ attributes }: Span) => Object.fromEntries(attributes.map(({ key, value }) => [key, value]))
const target = { provider: 'anthropic', api: 'messages', base_url: 'https://api.anthropic.com/v1', model: 'm' } as const
const messages = [{ role: 'user', content: 'a secret?' }] as const

const ledger = events(
  { type: 'kit.loaded', data: { name: 'research', version: '1.0.0' } },
  { type: 'responder.fired', data: { responder: 'finder', event_id: 'e1' } },
  { type: 'llm.request', data: { model: 'm', messages, max_tokens: 10, temperature: 0.5, target }, cause: ['e1'] },
  { type: 'responder.completed', data: { responder: 'finder', event_id: 'e1', outputs: 1 } },
  {
    type: 'llm.response',
    data: {
      text: 'yes, a secret',
      model: 'm-1',
      cost_usd: 0.25,
      usage: { input_tokens: 5, output_tokens: 7, cached_input_tokens: 2, reasoning_tokens: 3 },
      finish_reason: 'stop',
      message: { role: 'assistant', content: 'yes, a secret' },
      cached: false,
      id: 'msg_1',
      latency_ms: 2000,
      first_delta_ms: 100
    },
    cause: ['e3']
  },
  { type: 'tool.called', data: { name: 'search', call_id: 'c1', arguments: { q: 'secret' } }, cause: ['e5'] },
  { type: 'tool.returned', data: { name: 'search', call_id: 'c1', error: 'no secret' }, cause: ['e6'] },
  { type: 'llm.request', data: { model: 'm', messages }, cause: ['e7'] },
  { type: 'llm.failed', data: { kind: 'rate_limit', message: 'slow down', retryable: true }, cause: ['e8'] },
  { type: 'llm.request', data: { model: 'm', messages }, cause: ['e7'] }
)

test('a run is one trace: a root, and a span for each call, tool and responder, with their times', () => {
  const spans = spansOf(ledger)
  expect(spans.map(({ name, kind, status }) => [name, kind, status])).toEqual([
    ['run research', 1, { code: 2, message: 'slow down' }],
    ['finder', 1, { code: 0 }],
    ['chat m', 3, { code: 0 }],
    ['execute_tool search', 1, { code: 2, message: 'The tool failed.' }],
    ['chat m', 3, { code: 2, message: 'slow down' }],
    ['chat m', 3, { code: 2, message: 'unanswered' }]
  ])
  const [root, responder, call] = spans as [Span, Span, Span]
  expect(new Set(spans.map(({ traceId }) => traceId)).size).toBe(1)
  expect(new Set(spans.map(({ spanId }) => spanId)).size).toBe(6)
  expect(root.traceId).toMatch(/^[0-9a-f]{32}$/)
  expect(root.spanId).toMatch(/^[0-9a-f]{16}$/)
  expect([root.parentSpanId, responder.parentSpanId, call.parentSpanId]).toEqual([
    undefined,
    root.spanId,
    responder.spanId
  ])
  expect([call.startTimeUnixNano, call.endTimeUnixNano]).toEqual(['1767323047000000000', '1767323049000000000'])
  expect(spansOf(ledger)).toEqual(spans)
})

test('calls have the attributes of the conventions, whole numbers as text', () => {
  const call = spansOf(ledger)[2] as Span
  expect(attributes(call)).toEqual({
    'gen_ai.operation.name': { stringValue: 'chat' },
    'gen_ai.provider.name': { stringValue: 'anthropic' },
    'server.address': { stringValue: 'api.anthropic.com' },
    'gen_ai.request.model': { stringValue: 'm' },
    'gen_ai.request.max_tokens': { intValue: '10' },
    'gen_ai.request.temperature': { doubleValue: 0.5 },
    'gen_ai.response.id': { stringValue: 'msg_1' },
    'gen_ai.response.model': { stringValue: 'm-1' },
    'gen_ai.response.finish_reasons': { arrayValue: { values: [{ stringValue: 'stop' }] } },
    'gen_ai.usage.input_tokens': { intValue: '5' },
    'gen_ai.usage.output_tokens': { intValue: '7' },
    'gen_ai.usage.cache_read.input_tokens': { intValue: '2' },
    'gen_ai.usage.reasoning.output_tokens': { intValue: '3' },
    'daybook.cost_usd': { doubleValue: 0.25 },
    'daybook.cached': { boolValue: false },
    'daybook.event.id': { stringValue: 'e3' }
  })
})

test('what was said is in it only when it is asked for', () => {
  expect(JSON.stringify(spansOf(ledger))).not.toContain('secret')
  const said = spansOf(ledger, true)
  expect(attributes(said[2] as Span)['gen_ai.input.messages']).toEqual({ stringValue: JSON.stringify(messages) })
  expect(JSON.stringify(said[3])).toContain('no secret')
})

test('a ledger without events has no spans', () => {
  expect(spansOf([])).toEqual([])
})
