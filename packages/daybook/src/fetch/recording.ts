/** Follows one request of somebody else's into the ledger: the same events, with the same fields, as a call of ours. */
import { asDaybookError, LedgerWriteError } from '../errors.js'
import type { Host } from '../host.js'
import type { Ledger } from '../ledger/ledger.js'
import { recorded } from '../ledger/recorded.js'
import type { LLMDelta, LLMFn, LLMResponse } from '../llm/llm.js'
import { llmStream } from '../llm/llm-stream.js'
import { priced } from '../llm/priced.js'
import { answered } from '../llm/wire/body.js'
import { chatReader } from '../llm/wire/chat.js'
import type { Exchange } from '../llm/wire/exchange.js'
import { disconnected } from '../llm/wire/failure.js'
import { messagesReader } from '../llm/wire/messages.js'
import { responsesReader } from '../llm/wire/responses.js'
import type { Asked } from './asked.js'

export interface RecordingOptions {
  readonly ledger: Pick<Ledger, 'name' | 'append' | 'signal'>
  readonly host: Host
  readonly actor: string
  /** Stands between the recorder and what is heard: a cache. */
  readonly wrap?: ((llm: LLMFn) => LLMFn) | undefined
}

/** What a recorder needs of a response: a copy of it, whose body it reads. */
export type Heard = Pick<Response, 'type' | 'status' | 'ok' | 'headers' | 'body'>

export interface Recording {
  /** Resolves when the request is in the ledger, or cannot be written. Never rejects. */
  readonly departed: Promise<unknown>
  /** Resolves when its answer or failure is in the ledger, or cannot be written. Never rejects. */
  readonly settled: Promise<void>
  /** The head of the answer is there. */
  hear(answer: Heard): void
  /** There will be no answer, or no more of it. */
  fail(error: unknown): void
}

/** Larger answers are passed on and not read. */
export const maxBytes: number = 64 * 1024 * 1024

const readers = { chat: chatReader, responses: responsesReader, messages: messagesReader }
/** The host has limits of its own. */
const untimed: Exchange['timer'] = { enter: () => {}, seen: () => {}, stop: () => {} }

export function recording(asked: Asked, options: RecordingOptions): Recording {
  const { ledger, host, actor, wrap = llm => llm } = options
  const { request, target, peer, signal } = asked
  const over = new AbortController()
  const head = pending<Heard>()
  const written = pending<void>()
  let isWritten = false

  async function* read(signal: AbortSignal): AsyncGenerator<LLMDelta, LLMResponse, void> {
    const deltas: LLMDelta[] = []
    const reader = readers[target.api](deltas, peer)
    const streamed = asked.body.stream === true
    const exchange = { peer, reader, timer: untimed, streamed, maxBytes, options: {}, signal }
    const source = await answered((await head.promise) as Response, exchange)
    for (;;) {
      let response: LLMResponse | undefined
      let failed: { readonly error: unknown } | undefined
      try {
        const ending = await source.pull()
        response = ending && reader.response(ending)
      } catch (error) {
        failed = { error } // what came before it is still to be delivered
      }
      yield* deltas.splice(0)
      if (failed) throw failed.error
      if (response) return response
    }
  }

  // Called when the request is in the ledger.
  const heard: LLMFn = (_request, { signal } = {}) => {
    isWritten = true
    written.resolve()
    return llmStream(read, { signal })
  }
  const llm = wrap(priced(Object.assign(heard, { target: () => target }), { host }))
  const answer = recorded(llm, ledger as Ledger, { host, actor })(request, { signal: over.signal })
  const settled = answer.then(
    () => {},
    (error: unknown) => {
      if (isWritten && !(error instanceof LedgerWriteError)) return // a failure of the call, and in the ledger
      const { message, hint } = asDaybookError(error)
      host.warn({ area: 'fetch', kind: 'record', message: `A request could not be recorded: ${hint ?? message}` })
    }
  )

  return {
    departed: Promise.race([written.promise, settled]),
    settled,
    hear: head.resolve,
    fail(error) {
      const aborted = signal?.aborted === true
      const { name } = (error ?? {}) as { name?: unknown }
      if (aborted || name === 'AbortError' || name === 'TimeoutError') over.abort(aborted ? signal.reason : error)
      else head.reject(disconnected(error, peer))
    }
  }
}

function pending<T>(): { promise: Promise<T>; resolve(value: T): void; reject(error: unknown): void } {
  let resolve: (value: T) => void = () => {}
  let reject: (error: unknown) => void = () => {}
  const promise = new Promise<T>((yes, no) => {
    resolve = yes
    reject = no
  })
  promise.catch(() => {}) // whoever waits for it hears it
  return { promise, resolve, reject }
}
