/** Refuses a call that a session's budget cannot pay, before it is made, and stops one that gets too long. Runs count their budget themselves. */
import { BudgetExceededError, DaybookError } from '../errors.js'
import { relay, tap } from '../llm/live.js'
import { type LLMFn, type LLMRequest, targetOf, withTarget } from '../llm/llm.js'
import { once } from '../once.js'
import type { Budget } from './budget.js'
import { meter } from './budget-meter.js'
import type { AnyEvent } from './event.js'
import type { Ledger } from './ledger.js'

export type { Budget }

export interface BudgetedOptions {
  /** What a call may cost at most, in US dollars; null where that is not known: it reserves nothing then. */
  readonly estimate?: (request: LLMRequest, target: ReturnType<typeof targetOf>) => Promise<number | null>
}

/**
 * What the ledger says was spent counts, so that a restart does not forget it. Each call reserves its estimate until
 * it has ended: calls made at once cannot overspend together.
 */
export function budgeted(llm: LLMFn, ledger: Ledger, budget: Partial<Budget>, options: BudgetedOptions = {}): LLMFn {
  const { maxCostUsd } = budget
  if (maxCostUsd === undefined) return llm
  let spent = 0
  let reserved = 0

  const load = once(async () => {
    for await (const event of ledger.read()) {
      const { type, data } = event as AnyEvent
      if (type === 'llm.response' || type === 'llm.failed') spent += data.cost_usd ?? 0
    }
  })

  return withTarget((request, callOptions = {}) => {
    let held = 0
    const target = targetOf(llm, request, callOptions)
    const estimateOf = (asked: LLMRequest): Promise<number | null> | null => options.estimate?.(asked, target) ?? null
    // What others have reserved is theirs.
    const left = (): number => maxCostUsd - spent - (reserved - held)
    const release = (): void => {
      reserved -= held
      held = 0
    }
    const stream = relay(
      async (signal, abort) => {
        const [estimate] = await Promise.all([estimateOf(request), load()])
        // No await between the look and the reservation.
        const rest = maxCostUsd - spent - reserved
        if (rest <= 0 || (estimate ?? 0) > rest) {
          throw new BudgetExceededError(
            `The budget of $${maxCostUsd} leaves $${Math.max(0, rest).toFixed(4)}, which does not pay for this call.`,
            { hint: 'Raise budget.maxCostUsd, or ask for fewer tokens.', data: { estimate: estimate ?? 0, left: rest } }
          )
        }
        held = estimate ?? 0
        reserved += held
        const stream = tap(llm(request, { ...callOptions, signal }), answer => answer)
        if (estimate !== null) meter(stream, request, { estimate: estimateOf, left, abort })
        return { stream }
      },
      response => response,
      { signal: callOptions.signal }
    )
    return tap(
      stream,
      response => {
        release()
        spent += response.cost_usd ?? 0
        return response
      },
      error => {
        release()
        spent += costOf(error)
        throw error
      }
    )
  }, llm.target)
}

/** What the part of an answer cost that had come before the budget stopped it. */
function costOf(error: unknown): number {
  const cost = error instanceof DaybookError ? error.data?.cost_usd : undefined
  return typeof cost === 'number' ? cost : 0
}
