/** One bar as it is drawn: what the call did when, up to a time, and the same in words. */
import type { Book } from './book.js'
import { callFigures, longPauseMs } from './figures.js'
import { duration, rate } from './numbers.js'
import { firstLine, list, number, record, string } from './read.js'
import { kindWords } from './summary.js'
import { type Bar, endAt, retriesOf, type Waterfall } from './waterfall.js'

export interface Piece {
  /** `missed` is an attempt that failed, `backoff` the wait after it. */
  readonly kind: 'wait' | 'missed' | 'backoff' | 'reasoning' | 'stream' | 'tool' | 'hit'
  /** Milliseconds since the first event. */
  readonly from: number
  readonly to: number
}

export interface Pieces {
  readonly list: readonly Piece[]
  /** When the first token came. */
  readonly first: number | undefined
  /** Pauses of the stream that are long enough to be seen. */
  readonly pauses: readonly (readonly [from: number, to: number])[]
  /** What failed, in a word or two: `429`, `overloaded`. */
  readonly code: string | undefined
  /** The time that the cache saved; a guess where this run does not hold the answer that was kept. */
  readonly savedMs: number | undefined
  readonly guessed: boolean
  /** It streams: this is its right end. */
  readonly live: boolean
  /** Right of the bar. */
  readonly label: string
  /** The whole bar in words. */
  readonly words: string
}

const known = new WeakMap<Bar, Pieces>()

/** `book` is the whole one; `now` in milliseconds since its first event. */
export function piecesOf(book: Book, waterfall: Waterfall, bar: Bar, now: number): Pieces {
  const done = bar.endRow >= 0 && bar.end <= now
  const before = done ? known.get(bar) : undefined
  if (before && !before.guessed) return before
  const pieces = build(book, waterfall, bar, now, done)
  if (done) known.set(bar, pieces)
  return pieces
}

function build(book: Book, waterfall: Waterfall, bar: Bar, now: number, done: boolean): Pieces {
  const end = endAt(bar, now)
  const event = bar.endRow < 0 ? undefined : book.events[bar.endRow]
  const data = record(event?.data)
  const took = duration(end - bar.start)
  const none = { first: undefined, pauses: [], code: undefined, savedMs: undefined, guessed: false, live: false }
  if (bar.kind === 'tool') {
    const failed = done && bar.failed
    return {
      ...none,
      list: [{ kind: 'tool', from: bar.start, to: end }],
      code: failed ? 'failed' : undefined,
      label: done ? took : `running, ${took}`,
      words: `${bar.name}, tool, ${done ? (failed ? 'failed after' : 'took') : 'running for'} ${took}`
    }
  }
  const who = `${bar.name}${bar.actor ? ` ${bar.actor}` : ''}`
  if (done && bar.hit) {
    const guessed = Number.isNaN(bar.keptMs)
    const kept = (guessed ? waterfall.meanMs(bar.name) : bar.keptMs) - (end - bar.start)
    const savedMs = kept > 0 ? kept : undefined
    const saved = savedMs === undefined ? '' : `, saved ${guessed ? '≈\u00a0' : ''}${duration(savedMs)}`
    return {
      ...none,
      list: [{ kind: 'hit', from: bar.start, to: end }],
      savedMs,
      guessed,
      label: `HIT in ${took}${saved}`,
      words: `${who}, from the cache in ${took}${saved}`
    }
  }
  const figures = callFigures(book, bar.call, book.startedAt + now)
  const live = !done && figures.state === 'streaming'
  const firstAt = live ? bar.start + (figures.firstDeltaMs ?? 0) : bar.firstAt
  const first = firstAt <= end ? firstAt : undefined
  const parts = tries(book, bar, Math.min(first ?? end, end))
  const pauses: [number, number][] = []
  let thought = 0
  if (first !== undefined) {
    const thoughts = string(data.reasoning)?.length ?? book.streams.live.get(bar.call.id)?.reasoning.length ?? 0
    let at = bar.tried
    let said = 0
    let until = first
    for (const [i, [pause, length]] of figures.rhythm.entries()) {
      const next = at + pause
      if (i > 0 && pause >= longPauseMs && at < end) pauses.push([at, Math.min(next, end)])
      at = next
      said += length
      if (said <= thoughts) until = at
    }
    // Of an answer that streams now, it is only known whether its text has begun.
    if (live && thoughts > 0 && book.streams.live.get(bar.call.id)?.text === '') until = end
    const turn = thoughts > 0 ? Math.min(end, until) : first
    thought = turn - first
    if (thought > 0) parts.push({ kind: 'reasoning', from: first, to: turn })
    if (end > turn) parts.push({ kind: 'stream', from: turn, to: end })
  }
  const code = done && bar.failed ? codeOf(data) : undefined
  const tools = done ? list(data.tool_calls).length : 0
  const doing = first === undefined ? 'waiting' : 'streaming'
  const label = done
    ? `${duration(bar.end - bar.tried)}${tools > 0 ? ` → ${tools} ${tools === 1 ? 'tool' : 'tools'}` : ''}`
    : first !== undefined && live && figures.tokensPerSecond !== undefined
      ? rate(figures.tokensPerSecond)
      : `${doing}, ${took}`
  const retries = bar.call.attempts.length
  const words = [
    who,
    first === undefined
      ? `${done ? 'waited' : 'waiting for'} ${took}`
      : `waited ${duration(first - bar.start)}, ${thought > 0 ? `reasoned ${duration(thought)}, ` : ''}streamed ${duration(end - first - thought)}`,
    ...(pauses.length > 0 ? [`${pauses.length} ${pauses.length === 1 ? 'pause' : 'pauses'}`] : []),
    ...(retries > 0 ? [`tried ${retries + 1} times`] : []),
    ...(code === undefined ? [] : [`failed: ${code}`]),
    ...(tools > 0 ? [`asked for ${tools} ${tools === 1 ? 'tool' : 'tools'}`] : []),
    ...(done || first === undefined ? [] : ['still streaming'])
  ].join(', ')
  return { ...none, list: parts, first, pauses, code, live, label, words }
}

/**
 * The attempts before the first token. Where the ledger does not say when each of them failed, only how long the waits
 * after them were, the rest of the time is split evenly among them.
 */
function tries(book: Book, bar: Bar, until: number): Piece[] {
  const retries = retriesOf(book, bar)
  const parts: Piece[] = []
  let from = bar.start
  const put = (kind: Piece['kind'], to: number): void => {
    const end = Math.max(from, Math.min(until, to))
    if (end > from) parts.push({ kind, from, to: end })
    from = end
  }
  const timed = bar.tried > bar.start || (bar.endRow < 0 && retries.length > 0)
  const waited = retries.reduce((sum, retry) => sum + retry.waitMs, 0)
  const each = Math.max(0, (timed ? bar.tried : until) - bar.start - waited) / (retries.length + (timed ? 0 : 1))
  for (const { n, at, waitMs } of retries) {
    // The first of them may be written when it failed; the others when they began.
    const failed = timed && Number.isFinite(at) ? (n < 2 ? at : at - waitMs) : from + each
    put('missed', failed)
    put('backoff', failed + waitMs)
  }
  if (timed && bar.tried > from) put('backoff', bar.tried)
  put('wait', until)
  return parts
}

/** What a failure is called: its status, else its kind. */
export function codeOf(data: Record<string, unknown>): string {
  const status = number(data.status)
  return status === undefined ? firstLine(kindWords(data.kind), 40) : String(status)
}

/** An attempt that was made again says only its kind; of this one everybody knows the status. */
export function retryCode(kind: unknown): string {
  return kind === 'rate_limit' ? '429' : firstLine(kindWords(kind), 40)
}
