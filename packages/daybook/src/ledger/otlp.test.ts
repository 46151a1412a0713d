import { expect, test } from 'vitest'
import type { LedgerEvent } from './event.js'
import { toOtlp } from './otlp.js'

interface Span {
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId?: string
  readonly name: string
  readonly startTimeUnixNano: string
  readonly endTimeUnixNano: string
  readonly status: { readonly code: number; readonly message?: string }
}

function event(type: string, id: string, data: unknown, cause: readonly string[] = [], second = 0): LedgerEvent {
  const timestamp = new Date(Date.UTC(2026, 10, 20, 9, 0, second)).toISOString()
  return { id, type, source: 'run:1', actor: 'finder', cause, timestamp, data } as unknown as LedgerEvent
}

const asked = { model: 'm', messages: [{ role: 'user', content: 'a secret?' }] }
const ledger = [
  event('kit.loaded', 'k', { name: 'research' }),
  event('llm.request', 'q1', asked),
  event('llm.response', 'a1', { text: 'yes', model: 'm', message: { role: 'assistant', content: 'yes' } }, ['q1'], 2),
  event('llm.request', 'q2', asked, [], 3),
  event('llm.failed', 'f2', { kind: 'rate_limit', message: 'slow down' }, ['q2'], 4)
]

function spans(events: readonly LedgerEvent[], content = false): readonly Span[] {
  const trace = toOtlp(events, { name: 'run:1', content }) as {
    resourceSpans: [{ scopeSpans: [{ spans: Span[] }] }]
  }
  return trace.resourceSpans[0].scopeSpans[0].spans
}

test('a run is one trace: a root, and a span for each call with its times', () => {
  const [root, first, second] = spans(ledger)
  expect([root?.name, first?.name, second?.name]).toEqual(['run research', 'chat m', 'chat m'])
  expect(first?.parentSpanId).toBe(root?.spanId)
  expect(BigInt(first?.endTimeUnixNano ?? 0) - BigInt(first?.startTimeUnixNano ?? 0)).toBe(2_000_000_000n)
  expect(second?.status).toEqual({ code: 2, message: 'slow down' })
})

test('the same run is the same trace, with ids of the right length', () => {
  expect(spans(ledger)).toEqual(spans(ledger))
  for (const { traceId, spanId } of spans(ledger)) {
    expect(traceId).toMatch(/^[0-9a-f]{32}$/)
    expect(spanId).toMatch(/^[0-9a-f]{16}$/)
  }
})

test('what was said is in it only when it is asked for', () => {
  expect(JSON.stringify(spans(ledger))).not.toContain('a secret?')
  expect(JSON.stringify(spans(ledger, true))).toContain('a secret?')
})

test('a ledger with fields missing becomes a trace all the same', () => {
  const odd = [event('llm.request', 'q', {}), event('budget.exhausted', 'b', {}), event('tool.called', 't', {})]
  expect(spans(odd)).toHaveLength(3)
})
