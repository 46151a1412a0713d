/** What a call may cost at most, before it is made: what a budget reserves for it. */
import type { LLMRequest, Target } from './llm.js'

/** Where a request sets no limit, an answer is taken to be no longer than this. */
const usualAnswer = 4096

/** Of how many tokens an answer is taken to be at most. */
export function longestAnswer({ max_tokens, max_completion_tokens }: LLMRequest): number {
  const asked = max_tokens ?? max_completion_tokens
  return typeof asked === 'number' ? asked : usualAnswer
}

/**
 * US dollars, by the price table: four characters of the request count as a token, and the answer as long as
 * `max_tokens` lets it be. Null where the price is not known.
 */
export async function estimatedCost(request: LLMRequest, target: Target | undefined): Promise<number | null> {
  if (!target || target.provider === 'custom') return null
  const { costOf, limitsOf, priceOf } = await import('../prices/index.js')
  const price = priceOf(target)
  if (!price) return null
  const { messages, tools } = request
  const longest = longestAnswer(request)
  return costOf(
    {
      input_tokens: Math.ceil(JSON.stringify({ messages, tools }).length / 4),
      output_tokens: Math.min(longest, limitsOf(target).output ?? longest)
    },
    price
  )
}
