/** Sends requests by fetch. */
import { asDaybookError, ConfigurationError, InputError } from '../../errors.js'
import { newId } from '../../host.js'
import type { LLMFn } from '../llm.js'
import { answered } from './body.js'
import { placeOf } from './endpoint.js'
import { type Exchange, wireLlm } from './exchange.js'
import { disconnected, inPage } from './failure.js'
import type { Timeouts } from './timers.js'
import { nameOf, type Peer, type Wire } from './wire.js'

export interface ApiOptions {
  /** Ends with the version: `https://api.openai.com/v1`. In a page it may be relative: `/api/llm/openai`. */
  readonly baseURL: string
  /** A function is asked before each request. Without one, no key is sent. */
  readonly apiKey?: string | (() => string | Promise<string>) | undefined
  readonly headers?: Readonly<Record<string, string>> | undefined
  readonly fetch?: typeof fetch | undefined
  /** The name in targets and messages; known hosts have theirs, others are `custom`. */
  readonly provider?: string | undefined
  readonly timeouts?: Timeouts | undefined
  /** Hosts that may be reached without https, beside those of this machine. */
  readonly allowHttp?: readonly string[] | undefined
  /** The most that an answer may be, decoded: 64 MB. */
  readonly maxResponseBytes?: number | undefined
}

/** How a wire format's request carries its key. */
export type Authorize = (key: string) => Record<string, string>

export function fetchLlm(
  wire: Wire,
  options: ApiOptions,
  authorize: Authorize,
  fixed: Record<string, string> = {}
): LLMFn {
  const { baseURL, apiKey, timeouts, maxResponseBytes } = options
  // Looked up at each call: a page may replace its fetch after this was made.
  const send = options.fetch ?? ((input, init) => globalThis.fetch(input, init))
  const place = placeOf(baseURL, options)
  const { provider, base_url, host } = place
  const url = place.under(wire.path)

  async function keyOf(peer: Peer): Promise<string> {
    try {
      return (typeof apiKey === 'function' ? await apiKey() : (apiKey ?? '')).trim()
    } catch (error) {
      const { message } = asDaybookError(error)
      throw new ConfigurationError(`The key for ${nameOf(peer)} could not be had: ${message}`)
    }
  }

  function headersOf(key: string, exchange: Exchange): Headers {
    try {
      const headers = new Headers({
        'content-type': 'application/json',
        ...fixed,
        ...(key ? authorize(key) : {}),
        ...idempotency(exchange)
      })
      for (const [name, value] of Object.entries(options.headers ?? {})) headers.set(name, value)
      return headers
    } catch {
      // Not as a cause: its message holds the value.
      throw new ConfigurationError(
        `The key or a header for ${nameOf(exchange.peer)} holds a character that is not allowed.`
      )
    }
  }

  return wireLlm({
    wire,
    provider,
    base_url,
    host,
    timeouts,
    maxResponseBytes,
    async send(body, exchange: Exchange) {
      const { peer, signal } = exchange
      if (place.problem) throw place.problem
      const text = written(body)
      const key = await keyOf(peer)
      peer.secrets = secretsOf(key, options.headers)
      const headers = headersOf(key, exchange)
      signal.throwIfAborted()
      const response = await send(url, {
        method: 'POST',
        headers,
        body: text,
        signal,
        // Followed, a redirect would carry the prompt, and with a header like x-api-key the key, to another origin.
        redirect: 'manual',
        credentials: 'same-origin',
        referrerPolicy: 'no-referrer',
        cache: 'no-store'
      }).catch((error: unknown) => {
        throw disconnected(error, peer)
      })
      return answered(response, exchange)
    }
  })
}

function written(body: unknown): string {
  try {
    return JSON.stringify(body)
  } catch (error) {
    throw new InputError(`The request is not plain JSON: ${asDaybookError(error).message}`)
  }
}

/** What the provider must not be able to echo into a message: the key, and headers that are named like one. */
function secretsOf(key: string, headers: ApiOptions['headers'] = {}): readonly string[] {
  const named = Object.entries(headers).filter(([name]) => /key|auth|token|secret|cookie/i.test(name))
  return [key, ...named.map(([, value]) => value.replace(/^(?:bearer|basic)\s+/i, ''))].filter(
    secret => secret.length > 3
  )
}

/** OpenAI answers one key once. Not in a page, where a header that the provider does not expect fails the call. */
export function idempotency({ peer, options }: Exchange): Record<string, string> {
  if (peer.provider !== 'openai' || inPage) return {}
  return { 'idempotency-key': options.idempotencyKey ?? `${newId()}${newId()}` }
}
