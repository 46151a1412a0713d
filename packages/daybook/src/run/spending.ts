/** What the calls of a run may cost: by the reservation of their request, or by the share of the responder that asks. */

import { asDaybookError, BudgetExceededError, type DaybookError } from '../errors.js'
import type { Refusal } from '../ledger/budget.js'
import { meter, type RequestEstimate } from '../ledger/budget-meter.js'
import { relay, tap, unlessAborted } from '../llm/live.js'
import { type LLMFact, type LLMFn, withTarget } from '../llm/llm.js'
import { failedStream } from '../llm/llm-stream.js'
import type { Share } from './purse.js'

/**
 * Asks the share before each call, and tells it what the call did cost. `refuse` answers what is not granted. For calls
 * whose facts somebody hears.
 */
export function spending(
  llm: LLMFn,
  share: Share,
  estimate: RequestEstimate,
  refuse: (refusal: Refusal) => LLMFn
): LLMFn {
  return withTarget((request, options = {}) => {
    let granted = false
    const stream = relay(
      async (signal, abort) => {
        // Asked for at once, so that calls are decided in the order in which they are made.
        const asked = share.ask(Promise.resolve(estimate(request)))
        const decision = await unlessAborted(asked, signal).catch(error => {
          void asked.then(late => 'granted' in late && share.paid(0))
          throw error
        })
        if (!('granted' in decision)) return { stream: refuse(decision)(request, { ...options, signal }) }
        granted = true
        let free = false
        const report = (fact: LLMFact): void => {
          if (fact.type === 'cache') free = fact.state === 'hit' || fact.state === 'joined'
          options.report?.(fact)
        }
        const stream = tap(llm(request, { ...options, signal, report }), answer => answer)
        meter(stream, request, { estimate, left: decision.left, abort, isFree: () => free })
        return { stream }
      },
      answer => answer,
      { signal: options.signal }
    )
    return tap(
      stream,
      answer => {
        if (granted) share.paid(answer.cost_usd)
        return answer
      },
      error => {
        const cost = asDaybookError(error).data?.cost_usd
        if (granted) share.paid(typeof cost === 'number' ? cost : 0)
        throw error
      }
    )
  }, llm.target)
}

/** Fails in place of a call that the budget does not pay. */
export function refusing(llm: LLMFn, { estimate, left }: Refusal): LLMFn {
  const message = `The budget leaves $${left.toFixed(4)}, which does not pay for this call of about $${estimate.toFixed(4)}.`
  const hint = 'Raise budget.maxCostUsd, or ask for fewer tokens.'
  return failing(llm, new BudgetExceededError(message, { hint, data: { estimate, left } }))
}

/** A function that fails in place of this one. */
export function failing(llm: LLMFn, error: DaybookError): LLMFn {
  return withTarget(() => failedStream(error), llm.target)
}
