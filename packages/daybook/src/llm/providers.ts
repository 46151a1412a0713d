/** The providers, as data, and the function that sends a request to the one that its model names. */
import { ConfigurationError } from '../errors.js'
import type { Host } from '../host.js'
import { defaultHost } from '../host.js'
import type { LLMFn, LLMRequest } from './llm.js'
import { targetOf, withTarget } from './llm.js'
import { failedStream } from './llm-stream.js'
import { type Provider, type ProviderName, providerTable } from './provider-table.js'
import { routed } from './routed.js'
import { chatCompletionsApi } from './wire/chat-api.js'
import { messagesApi } from './wire/messages-api.js'
import type { Timeouts } from './wire/timers.js'

/** The table of providers, by the name that stands before the '/' of a model. */
export const providers: Readonly<Record<ProviderName, Provider>> = providerTable

/** A key, or a function that is asked for it before each request. */
export type Key = string | (() => string | Promise<string>)
/** By provider: `{ openai: 'sk-…' }`. */
export type Keys = Readonly<Record<string, Key | undefined>>

export interface ProviderOptions {
  /** A key that is not here is looked up in the environment, of which a page has none. */
  readonly keys?: Keys | undefined
  /** The base of a proxy that holds the keys: each provider is at `<proxy>/<provider>`, and no key is sent. */
  readonly proxy?: string | undefined
  /** Sent with every request, whoever answers. */
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** One that is `simulated` needs no key. */
  readonly fetch?: typeof fetch | undefined
  readonly host?: Pick<Host, 'env' | 'fetch'> | undefined
  readonly timeouts?: Timeouts | undefined
}

/**
 * Sends `openai/gpt-5-mini` to OpenAI. A bare name goes to Anthropic where it begins with `claude`, else to OpenAI. A
 * key from the environment is sent to its provider's own address and nowhere else. Without a key the call fails, with
 * kind `config`, before anything is sent.
 */
export function providerLlm(options: ProviderOptions = {}): LLMFn {
  const rows = Object.entries(providers)
  const known = routed(
    Object.fromEntries(rows.map(([name, row]) => [name, lazily(() => connected(name, row, options))]))
  )
  const named = (request: LLMRequest): LLMRequest => {
    const { model } = request
    if (typeof model !== 'string' || model === '' || model.includes('/')) return request
    return { ...request, model: `${model.startsWith('claude') ? 'anthropic' : 'openai'}/${model}` }
  }
  return withTarget(
    (request, callOptions) => known(named(request), callOptions),
    (request, callOptions) => targetOf(known, named(request), callOptions)
  )
}

function connected(name: string, row: Provider, options: ProviderOptions): LLMFn {
  const { keys = {}, proxy, timeouts, host = defaultHost() } = options
  const send = options.fetch ?? host.fetch
  const keyless = proxy !== undefined || (send as { simulated?: unknown }).simulated === true
  // Looked up for each call: keys may be set, or change, while the program runs.
  const given = (): Key | undefined => (Object.hasOwn(keys, name) ? keys[name] : undefined) || host.env(row.env)
  const missing = `set ${row.env}, or pass keys: { ${name} }.`
  const apiKey = async (): Promise<string> => {
    const key = given()
    const found = typeof key === 'function' ? await key() : key
    if (!found) throw new ConfigurationError(`there is none: ${missing}`)
    return found
  }

  const api = row.api === 'messages' ? messagesApi : chatCompletionsApi
  const llm = api({
    baseURL: proxy === undefined ? row.baseURL : `${proxy.replace(/\/+$/, '')}/${name}`,
    apiKey: keyless ? undefined : apiKey,
    headers: { ...row.headers, ...options.headers },
    fetch: send,
    provider: name,
    timeouts
  })
  if (keyless) return llm
  return withTarget((request, callOptions) => {
    if (given()) return llm(request, callOptions)
    return failedStream(
      new ConfigurationError(`No key for ${row.label}: ${missing}`, { code: 'missing_key', provider: name })
    )
  }, llm.target)
}

/** The same function, made when it is first needed: most programs use one provider of many. */
function lazily(make: () => LLMFn): LLMFn {
  let made: LLMFn | undefined
  const llm = (): LLMFn => {
    made ??= make()
    return made
  }
  return withTarget(
    (request, options) => llm()(request, options),
    (request, options) => targetOf(llm(), request, options)
  )
}
