/** What the calls of a run may cost: by the reservation of their request, or by the share of the responder that asks. */

import { asDaybookError, BudgetExceededError } from '../errors.js'
import type { Refusal } from '../ledger/budget.js'
import { metered, type RequestEstimate } from '../ledger/budget-meter.js'
import { relay, tap, unlessAborted } from '../llm/live.js'
import { type LLMFn, withTarget } from '../llm/llm.js'
import { failedStream } from '../llm/llm-stream.js'
import type { Share } from './purse.js'

/** Asks the share before each call, and tells it what the call did cost. `refuse` answers what is not granted. */
export function spending(
  llm: LLMFn,
  share: Share,
  estimate: RequestEstimate,
  refuse: (refusal: Refusal) => LLMFn
): LLMFn {
  return withTarget((request, options = {}) => {
    let granted = false
    const stream = relay(
      async signal => {
        // Asked for at once, so that calls are decided in the order in which they are made.
        const asked = share.ask(Promise.resolve(estimate(request)))
        const decision = await unlessAborted(asked, signal).catch(error => {
          void asked.then(late => 'granted' in late && share.paid(0))
          throw error
        })
        granted = 'granted' in decision
        const answering = 'granted' in decision ? metered(llm, estimate, decision.left) : refuse(decision)
        return { stream: answering(request, { ...options, signal }) }
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
  return withTarget(
    () => failedStream(new BudgetExceededError(message, { hint, data: { estimate, left } })),
    llm.target
  )
}
