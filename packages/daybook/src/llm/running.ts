/** A function whose calls can be ended together. */
import { APIUserAbortError } from '../errors.js'
import { tap } from './live.js'
import { type LLMFn, withTarget } from './llm.js'

/** The function with a way to end what is under way: each call's end is in the ledger then. */
export function running(inner: LLMFn): { readonly llm: LLMFn; end(): Promise<void> } {
  const closing = new AbortController()
  const open = new Set<Promise<void>>()
  const call: LLMFn = (request, options = {}) => {
    const { signal } = options
    const both = signal ? AbortSignal.any([signal, closing.signal]) : closing.signal
    let done = (): void => {}
    const ended = new Promise<void>(resolve => {
      done = () => {
        open.delete(ended)
        resolve()
      }
    })
    open.add(ended)
    // A tap, which is neither a reader nor one who waits: leaving the stream still ends it.
    return tap(
      inner(request, { ...options, signal: both }),
      response => {
        done()
        return response
      },
      error => {
        done()
        throw error
      }
    )
  }
  return {
    llm: withTarget(call, inner.target),
    async end() {
      closing.abort(new APIUserAbortError('The Daybook was closed.'))
      await Promise.all(open)
    }
  }
}
