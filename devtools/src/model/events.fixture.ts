/** Hand-made events for the tests of the folds. */
import type { LedgerEvent, LedgerSignal } from 'daybook'
import { type BookFold, createBook } from './book.js'

const start = Date.parse('2026-11-20T09:14:02.000Z')

/** An event at so many milliseconds after the run's begin. */
export function event(
  type: string,
  id: string,
  data: Record<string, unknown> = {},
  more: { readonly at?: number; readonly cause?: readonly string[]; readonly actor?: string } = {}
): LedgerEvent {
  const { at = 0, cause = [], actor = 'research.finder' } = more
  const timestamp = new Date(start + at).toISOString()
  return { id, type, source: 'run:8', actor, cause, timestamp, data } as unknown as LedgerEvent
}

export function asked(id: string, text: string, at = 0, cause: readonly string[] = []): LedgerEvent {
  return event(
    'llm.request',
    id,
    { model: 'openai/gpt-5-mini', messages: [{ role: 'user', content: text }] },
    { at, cause }
  )
}

export function answered(id: string, request: string, more: Record<string, unknown> = {}, at = 1000): LedgerEvent {
  const data = {
    text: 'Because.',
    model: 'gpt-5-mini',
    cost_usd: 0.002,
    usage: { input_tokens: 100, output_tokens: 40 },
    finish_reason: 'stop',
    cached: false,
    cache: { state: 'miss', key: 'abcdef0123456789' },
    latency_ms: 1000,
    first_delta_ms: 200,
    ...more
  }
  return event('llm.response', id, data, { at, cause: [request], actor: 'llm_executor' })
}

export function text(request: string, n: number, piece: string): LedgerSignal {
  return { request, n, delta: { type: 'text.delta', text: piece } }
}

export function bookOf(...events: readonly unknown[]): BookFold {
  const book = createBook('run:8')
  for (const item of events) book.add(item)
  return book
}
