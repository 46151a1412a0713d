/** What a run came to: a fold of its events, so that it is the same live, afterwards and in another place. */
import type { AnyEvent, LedgerEvent } from '../ledger/event.js'

/** Of a branch, calls, hits, failures, costs and tokens are those of its own tail. */
export interface RunSummary {
  readonly kit: string | null
  readonly goal: string | null
  /** How many events the ledger holds. */
  readonly events: number
  /** Answers that a provider gave; hits and joined calls are not among them. */
  readonly calls: number
  /** Answers that came from the cache or from an identical call in flight. */
  readonly hits: number
  readonly failures: number
  /** US dollars; null as soon as the price of one call is unknown. */
  readonly costUsd: number | null
  /** What the hits would have cost; null as soon as one of them is unknown. */
  readonly savedUsd: number | null
  /** True where a cost is an estimate, as that of a simulated answer. */
  readonly estimated: boolean
  readonly inputTokens: number
  readonly outputTokens: number
  /** Requests without an answer or a failure. */
  readonly unanswered: number
  /** The texts of the answers, in the order of the ledger. */
  readonly answers: readonly string[]
  /** The first failure of a call, of a responder or of the budget, in words. */
  readonly problem: string | null
}

/** Folds events one by one; `summary()` may be asked at any time. */
export function runSummary(): { add(event: LedgerEvent): void; summary(): RunSummary } {
  const open = new Set<string>()
  const answers: string[] = []
  let kit: string | null = null
  let goal: string | null = null
  let events = 0
  let calls = 0
  let hits = 0
  let failures = 0
  let costUsd: number | null = 0
  let savedUsd: number | null = 0
  let estimated = false
  let inputTokens = 0
  let outputTokens = 0
  let problem: string | null = null
  let carried = 0 // events of the parent that are still to come: it has paid for them

  return {
    add(recorded) {
      const event = recorded as AnyEvent
      events++
      const own = carried-- <= 0
      switch (event.type) {
        case 'branch.created':
          calls = hits = failures = inputTokens = outputTokens = 0
          costUsd = savedUsd = 0
          estimated = false
          problem = null
          carried = event.data.carried ?? 0
          break
        case 'kit.loaded':
          kit ??= event.data.name
          goal ??= event.data.goal ?? null
          break
        case 'llm.request':
          open.add(event.id)
          break
        case 'llm.response': {
          for (const cause of event.cause) open.delete(cause)
          const { cached, cost_usd, saved_usd, usage, text } = event.data
          answers.push(text)
          if (!own) break
          if (cached) hits++
          else calls++
          costUsd = sum(costUsd, cost_usd)
          if (cached) savedUsd = sum(savedUsd, saved_usd ?? null)
          estimated ||= event.data.estimated === true
          if (!cached) {
            inputTokens += usage?.input_tokens ?? 0
            outputTokens += usage?.output_tokens ?? 0
          }
          break
        }
        case 'llm.failed':
          for (const cause of event.cause) open.delete(cause)
          failures++
          if (own) costUsd = sum(costUsd, event.data.cost_usd ?? 0)
          estimated ||= event.data.estimated === true
          problem ??= [event.data.message, event.data.hint].filter(Boolean).join(' ')
          break
        case 'responder.failed':
          problem ??= `${event.data.responder} failed: ${event.data.message}`
          break
        case 'budget.exhausted':
          problem ??= `The budget is used up: ${event.data.reasons.join(', ')}.`
          break
      }
    },
    summary: () => ({
      kit,
      goal,
      events,
      calls,
      hits,
      failures,
      costUsd,
      savedUsd,
      estimated,
      inputTokens,
      outputTokens,
      unanswered: open.size,
      answers: [...answers],
      problem
    })
  }
}

function sum(total: number | null, next: number | null): number | null {
  return total === null || next === null ? null : total + next
}
