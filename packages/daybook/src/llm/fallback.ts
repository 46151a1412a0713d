/** Asks the next provider when one cannot answer. */
import { DaybookError, type ErrorKind, InputError } from '../errors.js'
import { begun, relay, tap } from './live.js'
import { type LLMFn, type LLMResponse, targetOf, withTarget } from './llm.js'

// What another provider may do better; what is wrong with the request is wrong everywhere.
const passing = new Set<ErrorKind>(['connection', 'timeout', 'rate_limit', 'overloaded', 'server', 'not_found'])

/**
 * `fallback([routed(openai), routed(anthropic)])`: the next one is asked when one fails before its first delta with a
 * fault of the provider or the way to it. The response's `target` names who answered; the last one's failure is the
 * call's. `target()` answers for the first, which is what a cache looks up.
 * @throws InputError for an empty list.
 */
export function fallback(llms: readonly LLMFn[]): LLMFn {
  const [first] = llms
  if (!first) throw new InputError('fallback() needs at least one function.')

  return withTarget(
    (request, options = {}) => {
      let answering = first
      const stream = relay(
        async signal => {
          for (const [index, llm] of llms.entries()) {
            answering = llm
            // Tapped, so that the beginning of a stream that somebody else made can be waited for.
            const asked = tap(llm(request, { ...options, signal }), answer => answer)
            if (index === llms.length - 1 || (await begun(asked))) return { stream: asked }
            const error = await asked.then(
              () => undefined,
              (thrown: unknown) => thrown
            )
            const passes = error instanceof DaybookError && passing.has(error.kind) && !signal.aborted
            if (!passes) return { stream: asked }
            options.report?.({
              type: 'warning',
              area: 'fallback',
              kind: error.kind,
              message: `${targetOf(llm, request, options).provider} could not answer: ${error.message}`
            })
          }
          throw new InputError('fallback() needs at least one function.')
        },
        response => response,
        { signal: options.signal }
      )
      return tap(
        stream,
        (response): LLMResponse => ({ ...response, target: response.target ?? targetOf(answering, request, options) })
      )
    },
    (request, options) => targetOf(first, request, options)
  )
}
