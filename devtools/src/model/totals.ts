/** What a run cost, saved and used: the figures of every view come from here. */
import type { LedgerEvent } from 'daybook'
import { medianOf, runningMedian } from './median.js'
import { number, record } from './read.js'

export interface Totals {
  /** US dollars of the answers whose price is known; null while none is. */
  readonly spentUsd: number | null
  /** Answers that were paid and whose price is not known: the true sum is higher. */
  readonly unpriced: number
  readonly savedUsd: number | null
  /** Some figure is an estimate, as those of simulated answers. */
  readonly estimated: boolean
  readonly hits: number
  readonly answered: number
  readonly failed: number
  /** False: there are answers, and none of them says what it used. */
  readonly measured: boolean
  readonly inputTokens: number
  /** Read from the provider's own cache; part of `inputTokens`. */
  readonly cachedTokens: number
  readonly outputTokens: number
  /** Part of `outputTokens`. */
  readonly reasoningTokens: number
  readonly calls: number
  readonly retries: number
  readonly tools: number
  /** The median time of answers that did not come from the cache, in milliseconds. */
  readonly medianMs: number | undefined
}

export interface TotalsFold {
  /** Grows with each event. */
  readonly now: Totals
  add(event: LedgerEvent): void
  /** The totals of the first so many of the events that were added, which are given again. */
  at(events: readonly LedgerEvent[], length: number): Totals
}

/** A copy of the sums is kept each so many events: what lies between is folded again. */
const markEvery = 1024

type Sums = { -readonly [Key in keyof Totals]: Totals[Key] } & {
  /** Answers that said what they used, and answers that said how long they took. */
  counted: number
  timed: number
}

const none: Readonly<Sums> = {
  spentUsd: null,
  unpriced: 0,
  savedUsd: null,
  estimated: false,
  hits: 0,
  answered: 0,
  failed: 0,
  measured: true,
  inputTokens: 0,
  cachedTokens: 0,
  outputTokens: 0,
  reasoningTokens: 0,
  calls: 0,
  retries: 0,
  tools: 0,
  medianMs: undefined,
  counted: 0,
  timed: 0
}

export function totalsFold(): TotalsFold {
  const now: Sums = { ...none }
  const marks: Sums[] = []
  /** The times of the answers that did not come from the cache, in order. */
  const times: number[] = []
  const median = runningMedian()
  let length = 0
  return {
    now,
    add(event) {
      if (length++ % markEvery === 0) marks.push({ ...now })
      const ms = addTo(now, event)
      if (ms === undefined) return
      times.push(ms)
      median.add(ms)
      now.medianMs = median.value
    },
    at(events, end) {
      const mark = Math.min(marks.length - 1, Math.floor(end / markEvery))
      const then = { ...(marks[mark] ?? none) }
      for (const event of events.slice(Math.max(0, mark) * markEvery, end)) addTo(then, event)
      then.medianMs = medianOf(times, then.timed)
      return then
    }
  }
}

/** Adds an event; returns the time of an answer that was waited for, in milliseconds. */
function addTo(sums: Sums, event: LedgerEvent): number | undefined {
  switch (event.type as string) {
    case 'llm.request':
      sums.calls++
      return undefined
    case 'llm.attempt':
      sums.retries++
      return undefined
    case 'llm.failed':
      sums.failed++
      return undefined
    case 'tool.called':
      sums.tools++
      return undefined
    case 'llm.response':
      return addAnswer(sums, record(event.data))
    default:
      return undefined
  }
}

function addAnswer(sums: Sums, data: Record<string, unknown>): number | undefined {
  sums.answered++
  const fromCache = isHit(data)
  const cost = number(data.cost_usd)
  if (cost !== undefined) sums.spentUsd = (sums.spentUsd ?? 0) + cost
  else if (!fromCache) sums.unpriced++
  if (data.estimated === true) sums.estimated = true
  if (fromCache) {
    sums.hits++
    const saved = number(data.saved_usd)
    if (saved !== undefined) sums.savedUsd = (sums.savedUsd ?? 0) + saved
    return undefined // a hit spends no tokens
  }
  const usage = record(data.usage)
  if (number(usage.output_tokens) !== undefined) sums.counted++
  sums.measured = sums.counted > 0
  sums.inputTokens += number(usage.input_tokens) ?? 0
  sums.cachedTokens += number(usage.cached_input_tokens) ?? 0
  sums.outputTokens += number(usage.output_tokens) ?? 0
  sums.reasoningTokens += number(usage.reasoning_tokens) ?? 0
  const ms = number(data.latency_ms)
  if (ms !== undefined) sums.timed++
  return ms
}

/** Calls are open, and none is answered: what they read, write and cost is not known yet. */
export function isAwaited({ answered, calls, failed }: Totals): boolean {
  return answered === 0 && calls > failed
}

/** US dollars so far; without a call, none. Null where it is not known. */
export function spentSoFar(totals: Totals): number | null {
  return totals.answered > 0 ? totals.spentUsd : isAwaited(totals) ? null : 0
}

/** The answer came from the cache, or from a call of somebody else that was already on its way. */
export function isHit(data: Record<string, unknown>): boolean {
  const { state } = record(data.cache)
  return data.cached === true || state === 'hit' || state === 'joined'
}
