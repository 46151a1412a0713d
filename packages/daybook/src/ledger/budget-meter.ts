/** Ends a stream in its middle where the answer would cost more than may be spent on it. */
import { BudgetExceededError, type DaybookError } from '../errors.js'
import { longestAnswer } from '../llm/estimated.js'
import { observe } from '../llm/live.js'
import type { LLMDelta, LLMRequest, LLMStream } from '../llm/llm.js'

/** What a request may cost at most, in US dollars; null where nobody knows. It grows evenly with `max_tokens`. */
export type RequestEstimate = (request: LLMRequest) => number | null | Promise<number | null>

export interface MeterOptions {
  readonly estimate: RequestEstimate
  /** US dollars that the answer may cost, whenever it is asked. */
  left(): number
  /** Ends the call with this failure. */
  abort(reason: DaybookError): void
  /** Whether somebody else pays, or a cache. */
  isFree?(): boolean
}

/** Streamed text is counted in characters, and so many are taken for a token: fewer than in plain English. */
const charactersPerToken = 3.2

/**
 * Keeps an eye on a stream. When it costs more than what is left, it is aborted with kind `budget`; the error's `data`
 * say what was spent until then, by estimate. Nothing is counted before the answer is longer than its reservation
 * assumed.
 */
export function meter(stream: LLMStream, request: LLMRequest, options: MeterOptions): void {
  const { estimate, left, abort, isFree } = options
  const assumed = longestAnswer(request) * charactersPerToken
  let characters = 0
  let cost: ((characters: number) => number) | 'asked' | 'stopped' | undefined

  function look(): void {
    if (typeof cost !== 'function') return
    const spent = cost(characters)
    const rest = left()
    if (spent <= rest) return
    cost = 'stopped'
    abort(stopped(spent, rest))
  }

  observe(stream, delta => {
    characters += lengthOf(delta)
    if (characters < assumed || isFree?.()) return
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
