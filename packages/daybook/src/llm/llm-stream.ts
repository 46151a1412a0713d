/** Makes the stream of an answer; keeps what had arrived on the error when it fails. */
import { DaybookError } from '../errors.js'
import type { Body, LiveOptions } from './live.js'
import { itemsOf, live, tap } from './live.js'
import type { LLMDelta, LLMResponse, LLMStream } from './llm.js'

/**
 * `llmStream(async function* (signal) { yield delta; return response }, { signal })`. A wrapper delegates with
 * `const response = yield* inner(request, { ...options, signal })`; wrappers inside this package use `relay` and `tap`,
 * which cost nothing per delta. Never write an `async` function around a stream: it would await it.
 */
export function llmStream(
  body: (signal: AbortSignal, abort: (reason: unknown) => void) => Body<LLMDelta, LLMResponse>,
  options: LiveOptions = {}
): LLMStream {
  const stream = live(body, options)
  return tap(
    stream,
    response => response,
    error => {
      throw withPartial(error, itemsOf(stream))
    }
  )
}

/** A stream that fails with this error, for a request that is wrong before it is sent. */
export function failedStream(error: unknown): LLMStream {
  // biome-ignore lint/correctness/useYield: a failure has no deltas
  return llmStream(async function* () {
    throw error
  })
}

/** The error with what had arrived, where it does not say so already. */
export function withPartial(error: unknown, deltas: readonly LLMDelta[]): unknown {
  if (!(error instanceof DaybookError) || error.partial) return error
  let text = ''
  let reasoning = ''
  for (const delta of deltas) {
    if (delta.type === 'text.delta') text += delta.text
    else if (delta.type === 'reasoning.delta') reasoning += delta.text
  }
  if (text || reasoning) error.partial = { text, ...(reasoning ? { reasoning } : {}) }
  return error
}
