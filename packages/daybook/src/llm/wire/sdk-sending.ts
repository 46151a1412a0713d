/** Sends requests through an official SDK's client. */
import { APITimeoutError, ConfigurationError } from '../../errors.js'
import { answered } from './body.js'
import type { Place } from './endpoint.js'
import { type Exchange, exchanging, type Source } from './exchange.js'
import { about, disconnected, failure, redirected } from './failure.js'
import type { Sdk, SdkOptions } from './sdk.js'
import { nameOf, type Peer, record, text, type Wire } from './wire.js'
import type { Call } from './wire-llm.js'

/** What the SDKs' own `fetch` and limits must not do: follow redirects, wait for more than ours, ask again. */
const fetchOptions = {
  redirect: 'manual',
  credentials: 'same-origin',
  referrerPolicy: 'no-referrer',
  cache: 'no-store'
}

export function sdkSending(wire: Wire, { provider, host }: Place, sdk: Sdk, options: SdkOptions): Call {
  const { timeouts, maxResponseBytes } = options
  return exchanging({
    ...{ wire, provider, host, timeouts, maxResponseBytes },
    async send(body, exchange) {
      const { peer, signal } = exchange
      if (exchange.options.connection) throw ownAddress(peer)
      peer.secrets = secretsOf(sdk.client)
      try {
        const made = sdk.create(body, {
          signal,
          maxRetries: 0,
          timeout: 0x7fffffff,
          headers: { ...sdk.headersOf(exchange), ...exchange.headers },
          fetchOptions
        })
        // The response as it came, where the client gives it: the end of a stream can be told from its breaking off.
        const { asResponse } = made as { asResponse?: () => Promise<Response> }
        if (typeof asResponse === 'function') return await answered(await asResponse.call(made), exchange)
        return given(await made, exchange)
      } catch (error) {
        throw sdkFailure(error, peer, false)
      }
    }
  })
}

/** Reads what a client gives that has wrapped the response away: parsed chunks, or one parsed answer. */
function given(answer: unknown, { reader, timer, peer, streamed }: Exchange): Source {
  timer.enter(streamed ? 'first' : 'idle')
  const iterate = (answer as Partial<AsyncIterable<unknown>> | null | undefined)?.[Symbol.asyncIterator]
  if (typeof iterate !== 'function') {
    return {
      close: () => {},
      async pull() {
        reader.whole(answer)
        return 'done'
      }
    }
  }
  const chunks = iterate.call(answer) as AsyncIterator<unknown>
  return {
    close: () => void chunks.return?.()?.catch(() => {}),
    async pull() {
      const { done, value } = await chunks.next().catch((error: unknown) => {
        throw sdkFailure(error, peer, true)
      })
      if (done) return 'iterated'
      timer.seen(true)
      return reader.event(value) ? 'done' : undefined
    }
  }
}

/** An SDK's error by its shape, since there may be several copies and versions of its classes. */
function sdkFailure(thrown: unknown, peer: Peer, begun: boolean): unknown {
  if (typeof thrown !== 'object' || thrown === null || 'kind' in thrown) return thrown
  const { status, headers, error, cause, message } = thrown as Readonly<Record<string, unknown>>
  if (typeof status === 'number' && status >= 300 && status < 400) return redirected(peer, status)
  if (typeof status === 'number' || error) {
    const body = error ?? text(message).replace(/^\d{3} (?:status code \(no body\))?/, '')
    const known = typeof headers === 'object' && headers !== null && 'get' in headers ? (headers as Headers) : undefined
    return failure(
      record(body).error ? body : typeof body === 'string' ? body : { error: body },
      peer,
      Number(status ?? 200),
      known
    )
  }
  if ('status' in thrown || begun) {
    if (/timed out/i.test(text(message))) {
      return new APITimeoutError(`${nameOf(peer)} did not answer in time.`, { ...about(peer), phase: 'headers' })
    }
    return disconnected(cause ?? thrown, peer, begun)
  }
  return new ConfigurationError(`The client for ${nameOf(peer)} could not send: ${text(message)}`, about(peer))
}

/** The keys that the client holds, as far as they are texts. */
function secretsOf(client: object): readonly string[] {
  const { apiKey, authToken } = client as { apiKey?: unknown; authToken?: unknown }
  return [apiKey, authToken].map(text).filter(secret => secret.length > 3)
}

function ownAddress(peer: Peer): Error {
  return new ConfigurationError(`The client for ${nameOf(peer)} has an address and a key of its own.`, {
    ...about(peer),
    hint: 'Leave out api_base and api_key, or call by fetch: chatCompletionsApi({ baseURL, apiKey }).'
  })
}
