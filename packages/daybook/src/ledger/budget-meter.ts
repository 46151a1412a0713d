/** Ends a stream in its middle where the answer would cost more than may be spent on it. */
import { BudgetExceededError, type DaybookError } from '../errors.js'
import { longestAnswer } from '../llm/estimated.js'
import { observe, relay, tap } from '../llm/live.js'
import { type LLMDelta, type LLMFn, type LLMRequest, withTarget } from '../llm/llm.js'

/** What a request may cost at most, in US dollars; null where nobody knows. It grows evenly with `max_tokens`. */
export type RequestEstimate = (request: LLMRequest) => number | null | Promise<number | null>

/** Streamed text is counted in characters, and so many are taken for a token: fewer than in plain English. */
const charactersPerToken = 3.2

/**
 * The function with an eye on what it streams. `left` says, whenever it is asked, how much the answer may cost, in US
 * dollars. When that is passed, the call fails with kind `budget`, and its `data` say what was spent until then, by
 * estimate. Nothing is counted before the answer is longer than its reservation assumed, nor for answers of a cache.
 */
export function metered(llm: LLMFn, estimate: RequestEstimate, left: () => number): LLMFn {
  return withTarget((request, options = {}) => {
    const { report } = options
    let free = false
    return relay(
      (signal, abort) => {
        const told: typeof report = fact => {
          if (fact.type === 'cache') free = fact.state === 'hit' || fact.state === 'joined'
          report?.(fact)
        }
        const stream = tap(llm(request, { ...options, signal, ...(report ? { report: told } : {}) }), answer => answer)
        let characters = 0
        let cost: ((characters: number) => number) | 'asked' | undefined

        function look(): void {
          if (typeof cost !== 'function' || signal.aborted) return
          const spent = cost(characters)
          const rest = left()
          if (spent > rest) abort(stopped(spent, rest))
        }

        observe(stream, delta => {
          characters += lengthOf(delta)
          if (free || characters < longestAnswer(request) * charactersPerToken) return
          if (cost === undefined) {
            cost = 'asked'
            void tariffOf(request, estimate).then(
              found => {
                cost = found
                look()
              },
              () => {} // what cannot be estimated is not stopped
            )
          }
          look()
        })
        return { stream }
      },
      answer => answer,
      { signal: options.signal }
    )
  }, llm.target)
}

function lengthOf(delta: LLMDelta): number {
  return delta.type === 'tool.delta' ? delta.arguments.length : delta.text.length
}

/** What an answer of so many characters costs, with its request. */
async function tariffOf(request: LLMRequest, estimate: RequestEstimate): Promise<(characters: number) => number> {
  const { max_completion_tokens: _max, ...plain } = request
  const [input, more] = await Promise.all([0, 1000].map(max_tokens => estimate({ ...plain, max_tokens })))
  const perToken = ((more ?? 0) - (input ?? 0)) / 1000
  return characters => (input ?? 0) + (characters / charactersPerToken) * perToken
}

function stopped(estimate: number, left: number): DaybookError {
  const message = `The answer was stopped: it had cost about $${estimate.toFixed(4)}, and the budget leaves $${Math.max(0, left).toFixed(4)} for it.`
  return new BudgetExceededError(message, {
    hint: 'Raise budget.maxCostUsd, or set max_tokens.',
    data: { estimate, left, cost_usd: estimate }
  })
}
