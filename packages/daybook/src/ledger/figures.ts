/** What events cost and how long they took: a fold, as a run's summary is. */
import type { AnyEvent, LedgerEvent } from './event.js'

export interface LedgerFigures {
  readonly events: number
  /** Answers that a provider gave; hits and joined calls are not among them. */
  readonly calls: number
  readonly hits: number
  readonly failures: number
  /** US dollars; null as soon as the price of one call is unknown. */
  readonly costUsd: number | null
  /** What the hits would have cost; null as soon as one of them is unknown. */
  readonly savedUsd: number | null
  readonly inputTokens: number
  readonly outputTokens: number
  /** From the first event to the last, in milliseconds. */
  readonly elapsedMs: number
}

/** What one answer adds; undefined for every other event. */
export function answerCost(
  recorded: LedgerEvent
): { readonly cached: boolean; readonly costUsd: number | null; readonly savedUsd: number | null } | undefined {
  const event = recorded as AnyEvent
  if (event.type !== 'llm.response') return undefined
  const { cached, cost_usd, saved_usd } = event.data
  return {
    cached: cached === true,
    costUsd: amount(cost_usd),
    savedUsd: cached === true ? amount(saved_usd) : 0
  }
}

export function figuresOf(events: Iterable<LedgerEvent>): LedgerFigures {
  const figures = { events: 0, calls: 0, hits: 0, failures: 0, inputTokens: 0, outputTokens: 0 }
  let costUsd: number | null = 0
  let savedUsd: number | null = 0
  let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]

  for (const recorded of events) {
    const event = recorded as AnyEvent
    figures.events++
    const time = timeOf(event)
    if (time !== undefined) {
      first = Math.min(first, time)
      last = Math.max(last, time)
    }
    if (event.type === 'llm.failed') figures.failures++
    const answer = answerCost(event)
    if (!answer) continue
    costUsd = sum(costUsd, answer.costUsd)
    savedUsd = sum(savedUsd, answer.savedUsd)
    if (answer.cached) figures.hits++
    else {
      const { usage } = (event as LedgerEvent<'llm.response'>).data
      figures.calls++
      figures.inputTokens += amount(usage?.input_tokens) ?? 0
      figures.outputTokens += amount(usage?.output_tokens) ?? 0
    }
  }
  return { ...figures, costUsd, savedUsd, elapsedMs: Math.max(0, last - first) }
}

/** Undefined where the timestamp is none: events come from anywhere. */
export function timeOf({ timestamp }: LedgerEvent): number | undefined {
  const time = Date.parse(timestamp)
  return Number.isNaN(time) ? undefined : time
}

export function sum(total: number | null, next: number | null): number | null {
  return total === null || next === null ? null : total + next
}

function amount(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null
}
