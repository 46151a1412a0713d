/** What a model's tokens cost, and what a call's tokens come to. */

/** US dollars per token. */
export interface Rates {
  readonly input: number
  readonly output: number
  /** Input that was read from the provider's cache. Without it such tokens cost as much as any other input. */
  readonly cachedInput?: number | undefined
  /** Input that was written to the provider's cache. Without it such tokens cost as much as any other input. */
  readonly cacheWrite?: number | undefined
  /** Input that the cache keeps for an hour. Without it such tokens cost as much as others that are written there. */
  readonly cacheWriteHour?: number | undefined
  /** Without it reasoning costs as much as any other output. */
  readonly reasoning?: number | undefined
  /** Without them sound costs as much as text. */
  readonly audioInput?: number | undefined
  readonly audioOutput?: number | undefined
}

export interface Price extends Rates {
  /** Other rates for calls with more than so many input tokens, lowest first; what one leaves out stays as it is. */
  readonly tiers?: readonly (Partial<Rates> & { readonly above: number })[] | undefined
}

/** Tokens: `input_tokens` is everything the model read, `output_tokens` everything it wrote, reasoning included. */
export interface TokenCounts {
  readonly input_tokens: number
  readonly output_tokens: number
  readonly cached_input_tokens?: number | undefined
  readonly cache_write_tokens?: number | undefined
  /** Those of them that the cache keeps for an hour. */
  readonly cache_write_1h_tokens?: number | undefined
  readonly reasoning_tokens?: number | undefined
  readonly audio_input_tokens?: number | undefined
  readonly audio_output_tokens?: number | undefined
}

/** US dollars; null where usage or price is not known, or where the result would be no amount of money. */
export function costOf(usage: TokenCounts | null | undefined, price: Price | null | undefined): number | null {
  if (!usage || !price) return null
  const rates = ratesFor(usage.input_tokens, price)
  const { input_tokens: all, output_tokens: written } = usage
  const { cached_input_tokens: cached = 0, cache_write_tokens: stored = 0, reasoning_tokens: reasoning = 0 } = usage
  const { audio_input_tokens: heard = 0, audio_output_tokens: said = 0, cache_write_1h_tokens: hour = 0 } = usage
  const { input, output, cacheWrite = input } = rates
  const cost =
    Math.max(0, all - cached - stored - heard) * input +
    cached * (rates.cachedInput ?? input) +
    Math.max(0, stored - hour) * cacheWrite +
    hour * (rates.cacheWriteHour ?? cacheWrite) +
    heard * (rates.audioInput ?? input) +
    Math.max(0, written - reasoning - said) * output +
    reasoning * (rates.reasoning ?? output) +
    said * (rates.audioOutput ?? output)
  const counted = [all, written, cached, stored, hour, heard, reasoning, said].every(tokens => tokens >= 0)
  return counted && Number.isFinite(cost) && cost >= 0 ? cost : null
}

function ratesFor(inputTokens: number, price: Price): Rates {
  const tier = price.tiers?.findLast(({ above }) => inputTokens > above)
  return tier ? { ...price, ...tier } : price
}
