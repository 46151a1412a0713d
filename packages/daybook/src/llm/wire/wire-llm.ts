/**
 * The function that calls over a wire. What sends and reads is loaded with the first call: a page that shows its first
 * screen, or an answer from the cache, has not paid for it.
 */
import { APIConnectionError, asDaybookError } from '../../errors.js'
import { once } from '../../once.js'
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
  const loaded = once(load)
  return Object.assign(
    (request: LLMRequest, options: LLMOptions = {}) =>
      llmStream(
        async (signal, abort) => {
          const call = await loaded().catch(cause => {
            throw notLoaded(cause, provider, request.model)
          })
          return call(request, options, signal, abort)
        },
        { signal: options.signal }
      ),
    { target: ({ model }: LLMRequest) => ({ provider, api, base_url, model }) }
  )
}

function notLoaded(cause: unknown, provider: string, model: string): Error {
  return new APIConnectionError(
    `The part of Daybook that calls could not be loaded: ${asDaybookError(cause).message}`,
    {
      ...{ provider, model, cause },
      hint: 'Check the network, or load the page again.'
    }
  )
}
