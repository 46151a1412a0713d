/** Sends requests by fetch. */
import { asDaybookError, ConfigurationError, InputError } from '../../errors.js'
import { newId } from '../../host.js'
import { type Connection, type LLMFn, type LLMOptions, targetOf, withTarget } from '../llm.js'
import { answered } from './body.js'
import { placeOf } from './endpoint.js'
import { type Exchange, wireLlm } from './exchange.js'
import { disconnected, inPage } from './failure.js'
import { watchPolicy } from './page-policy.js'
import type { Timeouts } from './timers.js'
import { nameOf, type Peer, type Wire } from './wire.js'

export interface ApiOptions {
  /** Ends with the version: `https://api.openai.com/v1`. In a page it may be relative: `/api/llm/openai`. */
  readonly baseURL: string
  /** A function is asked before each request, and once more when its key was not accepted. Without one, no key is sent. */
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
  /** The headers that carry the key, where they are not the wire format's own. */
  readonly authorize?: Authorize | undefined
}

/** How a wire format's request carries its key. */
export type Authorize = (key: string) => Record<string, string>

/** The function that sends to an address; a call may name another one (`connection`). */
export function fetchLlm(
  wire: Wire,
  options: ApiOptions,
  authorize: Authorize,
  fixed: Record<string, string> = {}
): LLMFn {
  const own = sender(wire, options, authorize, fixed)
  const at = (callOptions?: LLMOptions): LLMFn =>
    callOptions?.connection ? sender(wire, connected(options, callOptions.connection), authorize, fixed) : own
  return withTarget(
    (request, callOptions) => at(callOptions)(request, callOptions),
    (request, callOptions) => targetOf(at(callOptions), request)
  )
}

/**
 * The options of a call that names its own address or key. A key, and headers that are named like one, stay with the
 * origin that they were given for: another one needs a key of its own, unless it is on this machine or `keyless`.
 */
export function connected(options: ApiOptions, { baseURL, apiKey }: Connection, keyless?: boolean): ApiOptions {
  const own = apiKey ? { apiKey } : {}
  if (!baseURL) return { ...options, ...own }
  const { origin, local } = placeOf(baseURL)
  if (origin && origin === placeOf(options.baseURL).origin) return { ...options, baseURL, ...own }
  return {
    ...options,
    baseURL,
    provider: undefined,
    headers: Object.fromEntries(Object.entries(options.headers ?? {}).filter(([name]) => !secret.test(name))),
    apiKey: local || keyless ? undefined : options.apiKey && noKey,
    ...own
  }
}

function noKey(): never {
  throw new ConfigurationError('A key stays with its own address: pass one for this address beside it.', {
    code: 'missing_key'
  })
}

function sender(wire: Wire, options: ApiOptions, authorize: Authorize, fixed: Record<string, string>): LLMFn {
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
      if (error instanceof ConfigurationError) throw error
      const { message } = asDaybookError(error)
      throw new ConfigurationError(`The key for ${nameOf(peer)} could not be had: ${message}`)
    }
  }

  function headersOf(key: string, exchange: Exchange): Headers {
    try {
      const headers = new Headers({
        'content-type': 'application/json',
        ...fixed,
        ...(key ? (options.authorize ?? authorize)(key) : {}),
        ...idempotency(exchange)
      })
      for (const [name, value] of Object.entries(options.headers ?? {})) headers.set(name, value)
      for (const [name, value] of Object.entries(exchange.headers ?? {})) headers.append(name, value)
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

      async function ask(key: string): Promise<Response> {
        peer.secrets = [...peer.secrets, ...secretsOf(key, options.headers)]
        const headers = headersOf(key, exchange)
        signal.throwIfAborted()
        const policy = inPage ? watchPolicy(url) : undefined
        try {
          return await send(url, {
            method: 'POST',
            headers,
            body: text,
            signal,
            // Followed, a redirect would carry the prompt, and with a header like x-api-key the key, to another origin.
            redirect: 'manual',
            credentials: 'same-origin',
            referrerPolicy: 'no-referrer',
            cache: 'no-store'
          })
        } catch (error) {
          throw disconnected(error, peer, false, await policy?.forbade())
        } finally {
          policy?.stop()
        }
      }

      const key = await keyOf(peer)
      const response = await ask(key)
      if (response.status !== 401 || typeof apiKey !== 'function') return answered(response, exchange)
      // A token may have run out. Where there is no other one, the refusal is what counts.
      const fresh = await keyOf(peer).catch(() => key)
      if (fresh === key) return answered(response, exchange)
      void response.body?.cancel().catch(() => {})
      return answered(await ask(fresh), exchange)
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

const secret = /key|auth|token|secret|cookie/i

/** What the provider must not be able to echo into a message: the key, and headers that are named like one. */
export function secretsOf(key: string, headers: ApiOptions['headers'] = {}): readonly string[] {
  const named = Object.entries(headers).filter(([name]) => secret.test(name))
  return [key, ...named.map(([, value]) => value.replace(/^(?:bearer|basic)\s+/i, ''))].filter(word => word.length > 3)
}

/** OpenAI answers one key once. Not in a page, where a header that the provider does not expect fails the call. */
export function idempotency({ peer, options }: Exchange): Record<string, string> {
  if (peer.provider !== 'openai' || inPage) return {}
  return { 'idempotency-key': options.idempotencyKey ?? `${newId()}${newId()}` }
}
