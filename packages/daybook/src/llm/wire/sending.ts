/** Sends requests by fetch. */
import { asDaybookError, ConfigurationError, InputError } from '../../errors.js'
import { answered } from './body.js'
import type { Place } from './endpoint.js'
import { type Exchange, exchanging } from './exchange.js'
import { disconnected } from './failure.js'
import type { ApiOptions, Authorize } from './fetching.js'
import { idempotency } from './idempotency.js'
import { inPage } from './in-page.js'
import { watchPolicy } from './page-policy.js'
import { secretsOf } from './secrets.js'
import { nameOf, type Peer, type Wire } from './wire.js'
import type { Call } from './wire-llm.js'

interface SendingOptions extends ApiOptions {
  readonly authorize: Authorize
}

/** Sends requests to a place and reads its answers. */
export function sending(wire: Wire, place: Place, options: SendingOptions, fixed: Record<string, string>): Call {
  const { apiKey, authorize, timeouts, maxResponseBytes } = options
  // Looked up at each call: a page may replace its fetch after this was made.
  const send = options.fetch ?? ((input, init) => globalThis.fetch(input, init))
  const { provider, host } = place
  const problem = problemOf(place)
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
        ...(key ? authorize(key) : {}),
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

  return exchanging({
    ...{ wire, provider, host, timeouts, maxResponseBytes },
    async send(body, exchange) {
      const { peer, signal } = exchange
      if (problem) throw problem
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

/** Why an address cannot be used. */
function problemOf({ url, plain }: Place): Error | undefined {
  const wrong = (message: string, hint: string): Error => new ConfigurationError(message, { hint })
  if (!url) return wrong('The base address is not a URL.', 'baseURL is such as https://api.openai.com/v1')
  if (url.username || url.password)
    return wrong('The base address holds a password.', 'Pass it as apiKey or in headers.')
  const { protocol, host } = url
  return protocol === 'https:' || (protocol === 'http:' && plain)
    ? undefined
    : wrong(`${host || 'The base address'} is not reached by https.`, 'Use https, or name the host in allowHttp.')
}
