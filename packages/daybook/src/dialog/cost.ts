/** What answers cost, added up. */
import type { Usage } from '../llm/llm.js'
import type { DialogMessage } from './message.js'

export interface Cost {
  readonly inputTokens: number
  readonly outputTokens: number
  readonly cachedInputTokens: number
  readonly cacheWriteTokens: number
  readonly reasoningTokens: number
  /** US dollars; null where no answer has a known price. */
  readonly costUsd: number | null
  /** How many answers have none, so that `costUsd` is at least what was spent. */
  readonly unpriced: number
  /** How many answers are in it. */
  readonly answers: number
}

export const noCost: Cost = Object.freeze({
  inputTokens: 0,
  outputTokens: 0,
  cachedInputTokens: 0,
  cacheWriteTokens: 0,
  reasoningTokens: 0,
  costUsd: 0,
  unpriced: 0,
  answers: 0
})

/** Of one answer. */
export function costOfAnswer(answer: {
  readonly usage?: Usage | null | undefined
  readonly cost_usd?: number | null | undefined
}): Cost {
  const { usage, cost_usd } = answer
  const known = typeof cost_usd === 'number'
  return {
    inputTokens: usage?.input_tokens ?? 0,
    outputTokens: usage?.output_tokens ?? 0,
    cachedInputTokens: usage?.cached_input_tokens ?? 0,
    cacheWriteTokens: usage?.cache_write_tokens ?? 0,
    reasoningTokens: usage?.reasoning_tokens ?? 0,
    costUsd: known ? cost_usd : null,
    unpriced: known ? 0 : 1,
    answers: 1
  }
}

export function sumOfCosts(costs: Iterable<Cost>): Cost {
  const sum: { -readonly [K in keyof Cost]: Cost[K] } = { ...noCost }
  for (const cost of costs) {
    sum.inputTokens += cost.inputTokens
    sum.outputTokens += cost.outputTokens
    sum.cachedInputTokens += cost.cachedInputTokens
    sum.cacheWriteTokens += cost.cacheWriteTokens
    sum.reasoningTokens += cost.reasoningTokens
    sum.costUsd = (sum.costUsd ?? 0) + (cost.costUsd ?? 0)
    sum.unpriced += cost.unpriced
    sum.answers += cost.answers
  }
  if (sum.answers > 0 && sum.unpriced === sum.answers) sum.costUsd = null
  return sum
}

/**
 * Of the answers among the messages: an assistant's with a model, a usage or a cost. With `before`, what went before
 * counts too.
 */
export function costOf(messages: readonly DialogMessage[], before: Cost = noCost): Cost {
  return sumOfCosts([before, ...messages.filter(isAnswer).map(costOfAnswer)])
}

function isAnswer({ role, model, usage, cost_usd }: DialogMessage): boolean {
  return role === 'assistant' && (model !== undefined || usage !== undefined || cost_usd !== undefined)
}
