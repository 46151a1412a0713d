/**
 * The function that calls over a wire. What sends and reads is loaded with the first call: a page that shows its first
 * screen, or an answer from the cache, has not paid for it.
 */
import { part } from '../../once.js'
import type { Api, LLMDelta, LLMFn, LLMOptions, LLMRequest, LLMResponse } from '../llm.js'
import { llmStream } from '../llm-stream.js'
import type { Place } from './endpoint.js'

/** Makes one call. */
export type Call = (
  request: LLMRequest,
  options: LLMOptions,
  signal: AbortSignal,
  abort: (reason: unknown) => void
) => AsyncIterator<LLMDelta, LLMResponse, void>

/** @param load asked with the first call, and again with the next one where it failed */
export function wireLlm(api: Api, { provider, base_url }: Place, load: () => Promise<Call>): LLMFn {
  const loaded = part(load)
  return Object.assign(
    (request: LLMRequest, options: LLMOptions = {}) =>
      llmStream(async (signal, abort) => (await loaded())(request, options, signal, abort), { signal: options.signal }),
    { target: ({ model }: LLMRequest) => ({ provider, api, base_url, model }) }
  )
}
