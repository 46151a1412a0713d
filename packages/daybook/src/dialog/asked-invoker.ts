/** Invokers are anyone's: what one gives is checked here, so that what is wrong with it is told in words. */
import { APIResponseValidationError, shown } from '../errors.js'
import { isRecord } from '../json.js'
import { type Live, live } from '../llm/live.js'
import { costOfAnswer } from './cost.js'
import type { Dialog } from './dialog.js'
import type { InvokeDelta, InvokeOptions, InvokeResult, Invoker } from './invoker.js'

type Given = AsyncIterable<InvokeDelta, InvokeResult> | PromiseLike<InvokeResult>

/**
 * Asks it, within a Live of our own: an abort ends the wait, whether the invoker hears of it or not. A promise of a
 * result is taken too: it has no deltas.
 */
export function askedInvoker(
  invoker: Invoker,
  dialog: Dialog,
  options: InvokeOptions
): Live<InvokeDelta, InvokeResult> {
  return live(
    async function* (signal) {
      const given: Given = invoker.call(dialog, { ...options, signal })
      return checked(isIterable(given) ? yield* given : await given)
    },
    { signal: options.signal }
  )
}

function isIterable(given: Given): given is AsyncIterable<InvokeDelta, InvokeResult> {
  return typeof (given as Partial<AsyncIterable<InvokeDelta>> | undefined)?.[Symbol.asyncIterator] === 'function'
}

/** An answer is needed; what is left out beside it is told from it. */
function checked(result: InvokeResult): InvokeResult {
  const { message, rawResponse }: Partial<InvokeResult> = isRecord(result) ? result : {}
  const missing = [
    ...(isRecord(message) ? [] : ['message']),
    ...(typeof rawResponse?.text === 'string' ? [] : ['rawResponse.text']),
    ...(Array.isArray(rawResponse?.tool_calls) ? [] : ['rawResponse.tool_calls'])
  ]
  if (missing.length > 0) {
    throw new APIResponseValidationError(
      `The invoker gave ${shown(result)}, which is no InvokeResult: it has no ${missing.join(', no ')}.`
    )
  }
  const { executionErrors = [], cost = costOfAnswer(result.rawResponse) } = result
  const errorMessage = executionErrors.map(error => error.message).join('\n')
  const told = { hasErrors: executionErrors.length > 0, errorMessage, modelArgs: {}, dropped: [] }
  return { ...told, ...result, executionErrors, cost }
}
