/** What arrives, beside the stream itself: told to a handler, and put together to a value. */
import { APIUserAbortError, asDaybookError } from '../errors.js'
import { itemsOf, type Live, live, observe, relay, tap, unlessAborted } from '../llm/live.js'
import type { LLMDelta } from '../llm/llm.js'
import { withPartial } from '../llm/llm-stream.js'
import { part } from '../once.js'
import type { InvokeDelta, InvokeResult, StreamHandler } from './invoker.js'

/** Makes the call, for whoever can end it. */
export type Ask<Delta = LLMDelta> = (signal: AbortSignal | undefined) => Live<Delta, InvokeResult>

/** Tells a handler each text. Its failure ends the call. */
export function hearing(ask: Ask, handler: StreamHandler): Ask {
  return signal => {
    let telling: Promise<unknown> = Promise.resolve()
    let failure: Error | undefined
    let ending: AbortSignal | undefined
    const stream = relay<LLMDelta, InvokeResult>(
      (own, abort) => {
        ending = own
        const fail = (thrown: unknown): Error => {
          failure ??= handlerFailure(thrown)
          abort(failure)
          return failure
        }
        const answer = ask(own)
        observe(answer, delta => {
          if (failure || delta.type !== 'text.delta') return
          try {
            const told: unknown = handler.handleChunk(delta.text, delta)
            if (told instanceof Promise)
              telling = Promise.all([telling, told]).catch(thrown => Promise.reject(fail(thrown)))
            telling.catch(() => {}) // it is heard below, if the call gets there
          } catch (thrown) {
            fail(thrown)
          }
        })
        // Shared: an abort ends it at once, also where the function does not hear its signal.
        return { stream: answer, shared: true }
      },
      // A handler that is asynchronous is waited for, so that its failure is heard too.
      async result => {
        if (ending) await unlessAborted(telling, ending)
        return result
      },
      { signal }
    )
    return keepingPartial(stream)
  }
}

function handlerFailure(cause: unknown): Error {
  const { message } = asDaybookError(cause)
  return new APIUserAbortError(`The stream handler threw, so the call was ended: ${message}`, {
    code: 'stream_handler',
    cause
  })
}

/** With the first answer that is a value: one in words does not need it. */
const reader = part(() => import('./partial-json.js'))

/** Adds the value that the text is so far, where it is JSON. */
export function growing(ask: Ask): Ask<InvokeDelta> {
  return signal =>
    keepingPartial(
      live<InvokeDelta, InvokeResult>(
        async function* (own) {
          const { partialJson } = await reader()
          const value = partialJson()
          const answer = ask(own)
          for await (const delta of answer) {
            yield delta
            if (delta.type !== 'text.delta') continue
            const object = value.push(delta.text)
            if (object !== undefined) yield { type: 'object.delta', object }
          }
          return answer
        },
        { signal }
      )
    )
}

/** The same, with what had arrived on the error when it fails. */
function keepingPartial<Delta extends InvokeDelta>(stream: Live<Delta, InvokeResult>): Live<Delta, InvokeResult> {
  return tap(
    stream,
    result => result,
    error => {
      throw withPartial(error, itemsOf(stream) as readonly LLMDelta[])
    }
  )
}
