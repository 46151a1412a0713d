/** What a run cost, saved and used: the figures of every view come from here. */
import type { LedgerEvent } from 'daybook'
import { runningMedian } from './median.js'
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

export interface TotalsFold extends Totals {
  add(event: LedgerEvent): void
}

export function totalsFold(): TotalsFold {
  const median = runningMedian()
  let counted = 0
  const totals = {
    spentUsd: null as number | null,
    unpriced: 0,
    savedUsd: null as number | null,
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
    get medianMs() {
      return median.value
    },
    add(event: LedgerEvent) {
      const data = record(event.data)
      switch (event.type as string) {
        case 'llm.request':
          totals.calls++
          break
        case 'llm.attempt':
          totals.retries++
          break
        case 'llm.failed':
          totals.failed++
          break
        case 'tool.called':
          totals.tools++
          break
        case 'llm.response': {
          totals.answered++
          const fromCache = isHit(data)
          const cost = number(data.cost_usd)
          if (cost !== undefined) totals.spentUsd = (totals.spentUsd ?? 0) + cost
          else if (!fromCache) totals.unpriced++
          if (data.estimated === true) totals.estimated = true
          if (fromCache) {
            totals.hits++
            const saved = number(data.saved_usd)
            if (saved !== undefined) totals.savedUsd = (totals.savedUsd ?? 0) + saved
            break // a hit spends no tokens
          }
          const usage = record(data.usage)
          if (number(usage.output_tokens) !== undefined) counted++
          totals.measured = counted > 0
          totals.inputTokens += number(usage.input_tokens) ?? 0
          totals.cachedTokens += number(usage.cached_input_tokens) ?? 0
          totals.outputTokens += number(usage.output_tokens) ?? 0
          totals.reasoningTokens += number(usage.reasoning_tokens) ?? 0
          const latency = number(data.latency_ms)
          if (latency !== undefined) median.add(latency)
          break
        }
      }
    }
  }
  return totals
}

/** The answer came from the cache, or from a call of somebody else that was already on its way. */
export function isHit(data: Record<string, unknown>): boolean {
  const { state } = record(data.cache)
  return data.cached === true || state === 'hit' || state === 'joined'
}
