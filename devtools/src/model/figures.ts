/** The figures of one call: how long it waited and streamed, what it read, wrote and cost. */
import type { Book } from './book.js'
import { cacheState } from './cache-state.js'
import type { Call } from './calls.js'
import { pricing } from './pricing.js'
import { named, number, record, string } from './read.js'

export interface CallFigures {
  readonly model: string
  /** `open` with no delta yet, `streaming`, `answered` or `failed`. */
  readonly state: 'open' | 'streaming' | 'answered' | 'failed'
  readonly totalMs: number | undefined
  readonly firstDeltaMs: number | undefined
  readonly tokensPerSecond: number | undefined
  readonly inputTokens: number | undefined
  readonly cachedTokens: number | undefined
  readonly outputTokens: number | undefined
  readonly reasoningTokens: number | undefined
  readonly costUsd: number | null | undefined
  readonly savedUsd: number | undefined
  readonly estimated: boolean
  readonly cache: string | undefined
  readonly cacheKey: string | undefined
  /** The pauses and lengths of the stream, where they were recorded. */
  readonly rhythm: readonly (readonly [pauseMs: number, length: number])[]
}

export function callFigures(book: Book, call: Call, now: number): CallFigures {
  const live = book.streams.live.get(call.id)
  const started = book.startedAt + (book.times[call.row] ?? Number.NaN)
  const end = call.end < 0 ? undefined : book.events[call.end]
  if (!end) {
    return {
      ...blank,
      model: call.name,
      state: live ? 'streaming' : 'open',
      totalMs: since(started, now),
      firstDeltaMs: live ? since(started, live.firstAt) : undefined,
      tokensPerSecond: live?.tokensPerSecond,
      outputTokens: live ? Math.round(live.tokens) : undefined,
      costUsd: live && pricing.of?.(record(book.events[call.row]?.data), live.tokens),
      estimated: true
    }
  }
  const data = record(end.data)
  const usage = record(data.usage)
  const totalMs = number(data.latency_ms) ?? (book.times[call.end] ?? Number.NaN) - (book.times[call.row] ?? Number.NaN)
  const firstDeltaMs = number(data.first_delta_ms)
  const outputTokens = number(usage.output_tokens)
  const streamMs = firstDeltaMs === undefined ? 0 : totalMs - firstDeltaMs
  const hit = cacheState(book, call.end)
  const { lengths, pauses_ms: pauses } = record(data.stream)
  return {
    model: named(data.model) ?? call.name,
    state: end.type === 'llm.failed' ? 'failed' : 'answered',
    totalMs: Number.isFinite(totalMs) ? totalMs : undefined,
    firstDeltaMs,
    tokensPerSecond: outputTokens !== undefined && streamMs > 20 ? (outputTokens * 1000) / streamMs : undefined,
    inputTokens: number(usage.input_tokens),
    cachedTokens: number(usage.cached_input_tokens),
    outputTokens,
    reasoningTokens: number(usage.reasoning_tokens),
    costUsd: end.type === 'llm.failed' ? undefined : (number(data.cost_usd) ?? null),
    savedUsd: number(data.saved_usd),
    estimated: data.estimated === true,
    cache: hit,
    cacheKey: string(record(data.cache).key),
    // Read only where a bar is drawn: a run has thousands of answers, and each of them hundreds of deltas.
    get rhythm() {
      return Array.isArray(pauses) && Array.isArray(lengths)
        ? pauses.slice(0, 10_000).map((pause, i) => [number(pause) ?? 0, number(lengths[i]) ?? 0] as const)
        : []
    }
  }
}

const blank = {
  cachedTokens: undefined,
  inputTokens: undefined,
  reasoningTokens: undefined,
  costUsd: undefined,
  savedUsd: undefined,
  cache: undefined,
  cacheKey: undefined,
  rhythm: []
}

function since(from: number, to: number): number | undefined {
  const ms = to - from
  return Number.isFinite(ms) && ms >= 0 ? ms : undefined
}

/** A piece of the bar that shows where a call's time went, in parts of the whole. */
export interface Segment {
  readonly kind: 'wait' | 'stream' | 'pause'
  readonly share: number
}

/** A pause between two deltas that is so long is seen as one, in milliseconds. */
export const longPauseMs = 250

/** Waiting, then streaming with its real pauses cut out. Empty where nothing was measured. */
export function segments(figures: CallFigures): readonly Segment[] {
  const { totalMs = 0, firstDeltaMs, rhythm, state } = figures
  if (totalMs <= 0) return []
  if (firstDeltaMs === undefined) return [{ kind: 'wait', share: 1 }]
  const wait = Math.min(1, firstDeltaMs / totalMs)
  const parts: Segment[] = [{ kind: 'wait', share: wait }]
  let run = 0
  for (const [pause] of rhythm.slice(1)) {
    if (pause >= longPauseMs) {
      if (run > 0) parts.push({ kind: 'stream', share: run / totalMs })
      parts.push({ kind: 'pause', share: pause / totalMs })
      run = 0
    } else run += pause
  }
  const used = parts.reduce((sum, part) => sum + part.share, 0)
  const rest = Math.max(0, 1 - used)
  if (rest > 0 || state === 'streaming') parts.push({ kind: 'stream', share: rest })
  return parts
}
