/** One call over a wire: the request is sent when the first delta is asked for, and read as far as it is asked for. */
import { type DaybookError, InputError, UnsupportedParamsError } from '../../errors.js'
import type { LLMDelta, LLMOptions, LLMRequest, LLMResponse } from '../llm.js'
import { fitted, profileOf } from '../parameters.js'
import { startTimer, type Timeouts, type Timer } from './timers.js'
import { type Ending, nameOf, type Peer, type Wire, type WireReader } from './wire.js'
import type { Call } from './wire-llm.js'

/** Where an answer comes from. */
export interface Source {
  /** Reads a little more. Says how it ended, once it did. */
  pull(): Promise<Ending | undefined>
  /** Lets go of the connection. */
  close(): void
}

/** What one call shares with whoever sends and reads it. */
export interface Exchange {
  readonly peer: Peer
  readonly reader: WireReader
  readonly timer: Timer
  readonly streamed: boolean
  readonly maxBytes: number
  readonly options: LLMOptions
  /** What the body needs beside it. */
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** Fires when the caller aborts, or a limit is reached. */
  readonly signal: AbortSignal
}

/** A place that answers: a wire format, an address, and a way to send. */
export interface Endpoint {
  readonly wire: Wire
  readonly provider: string
  readonly host: string
  readonly timeouts?: Timeouts | undefined
  readonly maxResponseBytes?: number | undefined
  /** Sends the body; resolves when the head of the answer is there. */
  send(body: Readonly<Record<string, unknown>>, exchange: Exchange): Promise<Source>
}

/** The function that makes calls to an endpoint. */
export function exchanging(endpoint: Endpoint): Call {
  return (request, options, signal, abort) => exchange(endpoint, request, options, signal, abort)
}

/** Models that may think for minutes before they say anything. */
const thinker = /\bo[134]\b|gpt-5|think|reason|-r1\b/i
const loopback = /^(?:localhost|127\.|\[::1\])/

function exchange(
  { wire, provider, host, timeouts = {}, maxResponseBytes = 64 * 1024 * 1024, send }: Endpoint,
  request: LLMRequest,
  options: LLMOptions,
  signal: AbortSignal,
  abort: (reason: unknown) => void
): AsyncIterator<LLMDelta, LLMResponse, void> {
  const { model } = request
  const streamed = request.stream !== false
  const peer: Peer = { provider, model, host, secrets: [] }
  const patient = thinker.test(model) || loopback.test(host) || Boolean(request.reasoning_effort ?? request.thinking)
  const deltas: LLMDelta[] = []
  const reader = wire.reader(deltas, peer)
  const timer = startTimer(timeouts, streamed, patient, peer, abort)
  let next = 0
  let begun = false
  let source: Source | undefined
  let dropped: readonly string[] = []
  let response: LLMResponse | undefined
  let failed: { readonly error: unknown } | undefined

  async function open(): Promise<Source> {
    if (!Array.isArray(request.messages)) throw new InputError('The request has no list of messages.')
    const profile = profileOf(provider)
    const fit = fitted(request, profile)
    const rendered = wire.render(fit.request, profile)
    peer.keeper = rendered.keeper
    dropped = [...new Set([...fit.dropped, ...rendered.dropped])]
    // A keyword of a schema is no parameter: it is told in words, and the answer is checked by it all the same.
    const lost = dropped.filter(name => !name.includes('.$'))
    if (options.strict && lost.length > 0) throw notTaken(lost, peer)
    if (dropped.length > 0) options.report?.({ type: 'dropped', parameters: dropped })
    const maxBytes = maxResponseBytes
    const { headers } = rendered
    const opened = await send(rendered.body, { peer, reader, timer, streamed, maxBytes, options, signal, headers })
    if (signal.aborted) opened.close() // by a fetch that does not listen to its signal
    return opened
  }

  function end(): void {
    timer.stop()
    source?.close()
  }

  return {
    async next() {
      while (next === deltas.length) {
        if (failed) throw failed.error
        if (response) return { done: true, value: response }
        deltas.length = next = 0
        try {
          source ??= await open()
          const ending = await source.pull()
          if (ending) {
            timer.stop()
            response = reader.response(ending)
            if (dropped.length > 0) response = { ...response, dropped }
          } else if (!begun && deltas.length > 0) {
            begun = true
            timer.enter('idle')
          }
        } catch (error) {
          failed = { error } // what came before it is still to be delivered
          end()
        }
      }
      return { done: false, value: deltas[next++] as LLMDelta }
    },
    async return() {
      end()
      return { done: true, value: undefined as unknown as LLMResponse }
    }
  }
}

function notTaken(dropped: readonly string[], peer: Peer): DaybookError {
  return new UnsupportedParamsError(`${nameOf(peer)} does not take ${dropped.join(', ')} for ${peer.model}.`, {
    provider: peer.provider,
    model: peer.model,
    hint: 'Leave them out of the request, or call without strict: then they are dropped.'
  })
}
