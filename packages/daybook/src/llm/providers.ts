/** The function that sends a request to the provider that its model names. */
import { AuthenticationError, ConfigurationError, type DaybookError } from '../errors.js'
import type { Host } from '../host.js'
import { defaultHost } from '../host.js'
import { tap } from './live.js'
import type { LLMFn, LLMOptions, LLMRequest } from './llm.js'
import { targetOf, withTarget } from './llm.js'
import { failedStream } from './llm-stream.js'
import { type Address, type AddressOptions, addressOf } from './provider-address.js'
import { fullName, refusedProviders } from './provider-name.js'
import { type Provider, type ProviderName, providerTable } from './provider-table.js'
import { routed } from './routed.js'
import { chatCompletionsApi } from './wire/chat-api.js'
import { type ApiOptions, connected } from './wire/fetching.js'
import { inPage } from './wire/in-page.js'
import { messagesApi } from './wire/messages-api.js'
import { responsesApi } from './wire/responses-api.js'
import type { Timeouts } from './wire/timers.js'

/** The table of providers, by the name that stands before the '/' of a model. */
export const providers: Readonly<Record<ProviderName, Provider>> = providerTable

/** A key, or a function that is asked for it before each request, and once more when the key was not accepted. */
export type Key = string | (() => string | Promise<string>)
/** By provider: `{ openai: 'sk-…' }`. */
export type Keys = Readonly<Record<string, Key | undefined>>

export interface ProviderOptions extends AddressOptions {
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
  /** Hosts that may be reached without https, beside those of this machine. */
  readonly allowHttp?: readonly string[] | undefined
}

/**
 * Sends `openai/gpt-5-mini` to OpenAI, and `openai/responses/gpt-5-mini` to its Responses API. A bare name goes to the
 * provider that lists it, else to OpenAI. A key is sent to its provider's own origin and nowhere else: a call with
 * another address (`connection`) brings its own key, or goes without to a server of this machine. What is missing fails
 * the call, with kind `config`, before anything is sent.
 */
export function providerLlm(options: ProviderOptions = {}): LLMFn {
  const rows = Object.entries(providers)
  const known = routed(Object.fromEntries(rows.map(([name, row]) => [name, provided(name, row, options)])))
  const named = (request: LLMRequest): LLMRequest => {
    const { model } = request
    return typeof model === 'string' && model !== '' ? { ...request, model: fullName(model) } : request
  }
  return withTarget(
    (request, callOptions) => {
      const [prefix = ''] = String(request.model).split('/', 1)
      if (refusedProviders.has(prefix)) return failedStream(refused(prefix))
      return known(named(request), callOptions)
    },
    (request, callOptions) => targetOf(known, named(request), callOptions)
  )
}

const apis = { chat: chatCompletionsApi, responses: responsesApi, messages: messagesApi }

/** One provider, at the address and with the key of each call. */
function provided(name: string, row: Provider, options: ProviderOptions): LLMFn {
  const { keys = {}, headers, proxy, timeouts, allowHttp, host = defaultHost() } = options
  const send = options.fetch ?? host.fetch
  const simulated = (send as { simulated?: unknown }).simulated === true
  const token = name === 'azure' ? options.azure?.token : undefined
  const made = new Map<string, LLMFn>()

  // Both are looked up for each call: they may be set, or change, while the program runs.
  const env = (variable: string): string | undefined =>
    host.env(variable) ?? (simulated && !row.baseURL ? stand(variable) : undefined)
  const given = (): Key | undefined =>
    token || (Object.hasOwn(keys, name) && keys[name]) || row.env.map(variable => host.env(variable)).find(Boolean)

  async function ask(): Promise<string> {
    const key = given()
    const found = typeof key === 'function' ? await key() : key
    if (!found && !row.keyless) throw missing(name, row, [], true)
    return found || ''
  }

  function addressFor(model: string, api: keyof typeof apis, baseURL?: string): Address {
    if (proxy === undefined || baseURL) return addressOf(name, row, { model, api, baseURL, options, env })
    return { baseURL: `${proxy.replace(/\/+$/, '')}/${name}`, model, missing: [] }
  }

  function route(request: LLMRequest, { connection = {} }: LLMOptions = {}): Route {
    const responses = row.responses && /^responses\/./.test(request.model)
    const api = responses ? 'responses' : row.api
    const asked = responses ? request.model.slice('responses/'.length) : request.model
    const own = addressFor(asked, api)
    const elsewhere = connection.baseURL || undefined
    const { baseURL, model, missing: settings } = elsewhere ? addressFor(asked, api, elsewhere) : own
    const open = simulated || proxy !== undefined
    const needed = !open && !row.keyless && !elsewhere && !connection.apiKey && !given()
    const inner = { ...request, model }
    if (needed || settings.length > 0) return { problem: missing(name, row, settings, needed), api, inner }

    const kept = `${api} ${baseURL}`
    const plain = !elsewhere && !connection.apiKey
    let llm = plain ? made.get(kept) : undefined
    if (!llm) {
      const home: ApiOptions = {
        baseURL: own.missing.length > 0 ? '' : own.baseURL,
        apiKey: open ? undefined : ask,
        ...{ headers, fetch: send, provider: name, timeouts, allowHttp },
        authorize: name === 'azure' && (!token || connection.apiKey) ? apiKeyHeader : undefined
      }
      const there = connected(home, { ...connection, ...(elsewhere ? { baseURL } : {}) }, row.keyless)
      // What is not at OpenAI's address may be any server that speaks its format: its rules and prices are not known.
      llm = apis[api](name === 'openai' ? there : { ...there, provider: name })
      if (made.size >= 100) made.clear()
      if (plain) made.set(kept, llm)
    }
    return { llm, api, inner }
  }

  return withTarget(
    (request, callOptions) => {
      const { llm, problem, inner } = route(request, callOptions)
      if (!llm) return failedStream(problem)
      const answer = llm(inner, callOptions?.connection ? { ...callOptions, connection: undefined } : callOptions)
      return tap(
        answer,
        response => response,
        error => {
          throw callOptions?.connection ? error : withHint(error, name, row, proxy)
        }
      )
    },
    (request, callOptions) => {
      const { llm, api, inner } = route(request, callOptions)
      return llm ? targetOf(llm, inner) : { provider: name, api, base_url: '', model: inner.model }
    }
  )
}

interface Route {
  /** Without it, `problem` says why. */
  readonly llm?: LLMFn
  readonly problem?: Error
  readonly api: keyof typeof apis
  readonly inner: LLMRequest
}

const apiKeyHeader = (key: string): Record<string, string> => ({ 'api-key': key })

/** Settings of an address that nobody goes to. */
const stand = (variable: string): string => (variable.endsWith('_BASE') ? 'https://simulated.invalid' : 'simulated')

/** How a program passes what an address is made of. */
const passed: Readonly<Record<string, string>> = {
  azure: 'azure: { baseURL, apiVersion }',
  vertex_ai: 'vertex_ai: { project, location }'
}

function missing(name: string, row: Provider, settings: readonly string[], key: boolean): DaybookError {
  const variables = [...(key ? row.env.slice(0, 1) : []), ...settings]
  const ways = [
    ...(inPage || variables.length === 0 ? [] : [`set ${variables.join(', ')}`]),
    `pass ${[...(key ? [`keys: { ${name} }`] : []), ...(settings.length > 0 ? [passed[name] ?? 'api_base'] : [])].join(' and ')}`
  ]
  const what = settings.length > 0 ? `${row.label} needs ${variables.join(', ')}` : `No key for ${row.label}`
  return new ConfigurationError(`${what}: ${ways.join(', or ')}${inPage ? ', or proxy' : ''}.`, {
    code: settings.length > 0 ? 'missing_setting' : 'missing_key',
    provider: name
  })
}

/** A key that was not accepted: this is where it is known which variable holds it. */
function withHint(error: unknown, name: string, { env: [variable] }: Provider, proxy: string | undefined): unknown {
  if (!(error instanceof AuthenticationError)) return error
  const set = variable && !inPage ? `Set ${variable}.` : `Pass another key as keys: { ${name} }.`
  return Object.assign(error, { hint: proxy === undefined ? set : 'The proxy holds the keys.' })
}

function refused(name: string): DaybookError {
  return new ConfigurationError(
    `${name} is not asked directly: pass the address of a server that speaks Chat Completions for it as api_base, with openai/<model>.`,
    { code: 'refused_provider', provider: name }
  )
}
