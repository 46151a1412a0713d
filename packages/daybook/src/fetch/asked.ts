/** Which requests ask a language model, told by their address and their body. */
import { isRecord } from '../json.js'
import { unlessAborted } from '../llm/live.js'
import { type LLMRequest, type Target, withoutPrivate } from '../llm/llm.js'
import { type Provider, type ProviderName, providerTable } from '../llm/provider-table.js'
import { keeper } from '../llm/wire/chat-kept.js'
import { type Place, placeOf } from '../llm/wire/endpoint.js'
import { secretsOf } from '../llm/wire/secrets.js'
import { type Peer, parsed } from '../llm/wire/wire.js'
import { fromMessages } from './messages-body.js'
import { fromResponses } from './responses-body.js'

/** A request to a language model. */
export interface Asked {
  /** In our vocabulary. */
  readonly request: LLMRequest
  readonly target: Target & { readonly api: WireApi }
  readonly peer: Peer
  /** The body as it is sent, without members that hold keys. */
  readonly body: Readonly<Record<string, unknown>>
  readonly url: string
  readonly headers: Headers
  readonly signal: AbortSignal | undefined
}

export type WireApi = 'chat' | 'responses' | 'messages'

export interface AskedOptions {
  /** The name in targets where the address does not say it. */
  readonly provider?: string | undefined
  /** The function that will send it. */
  readonly fetch: typeof fetch
}

const paths: readonly (readonly [string, WireApi])[] = [
  ['/chat/completions', 'chat'],
  ['/responses', 'responses'],
  ['/messages', 'messages']
]

type Input = Parameters<typeof fetch>[0]

/**
 * What is asked, once the body is read, without touching what was passed; undefined for any other request. A body that
 * is a stream of the caller's is not read: it may be read only once.
 */
export function askedOf(
  input: Input,
  init: RequestInit = {},
  options: AskedOptions
): Promise<Asked | undefined> | undefined {
  const request = typeof input === 'object' && 'url' in input ? input : undefined
  const method = init.method ?? request?.method ?? 'GET'
  const url = request?.url ?? String(input)
  const path = url.replace(/[?#].*$/s, '')
  const [suffix = '', api] = paths.find(([end]) => path.endsWith(end)) ?? []
  if (!api || method.toUpperCase() !== 'POST') return undefined
  const headers = new Headers(init.headers ?? request?.headers)
  const signal = init.signal ?? request?.signal
  const body = textOf(init.body ?? undefined, request, headers, signal ?? undefined)
  if (body === undefined) return undefined

  return Promise.resolve(body).then(text => {
    const sent = parsed(text)
    if (!isRecord(sent) || typeof sent.model !== 'string' || sent.model === '') return undefined
    const said = api === 'responses' ? sent.input : sent.messages
    if (!(Array.isArray(said) || (api === 'responses' && typeof said === 'string'))) return undefined
    if (sent.background === true) return undefined // the answer comes to another request
    const { model } = sent
    const base = path.slice(0, -suffix.length)
    const place = placeOf(base, { fetch: options.fetch, provider: options.provider ?? listed(base) })
    if (!place.host) return undefined
    return {
      // What says nothing of it wants no stream; in our words it would be one.
      request: { stream: false, ...vocabulary[api](withoutPrivate(sent as never), place.provider) },
      target: { provider: place.provider, api, base_url: place.base_url, model },
      peer: peerOf(place, api, model, headers, url),
      body: withoutPrivate(sent as never),
      url,
      headers,
      signal: signal ?? undefined
    }
  })
}

const vocabulary: Readonly<Record<WireApi, (body: LLMRequest, provider: string) => LLMRequest>> = {
  chat: body => body,
  responses: fromResponses,
  messages: fromMessages
}

function textOf(
  body: unknown,
  request: Request | undefined,
  headers: Headers,
  signal?: AbortSignal
): string | Promise<string> | undefined {
  if (typeof body === 'string') return body
  if (body instanceof ArrayBuffer || ArrayBuffer.isView(body)) return new TextDecoder().decode(body as ArrayBuffer)
  if (body instanceof Blob) return body.text()
  if (body !== undefined || !request || !headers.get('content-type')?.includes('json')) return undefined
  const text = request.clone().text()
  return signal ? unlessAborted(text, signal) : text
}

/** The provider of the table that is at this address. */
function listed(base: string): string | undefined {
  const { hostname = '' } = URL.canParse(base) ? new URL(base) : {}
  if (hostname.endsWith('.openai.azure.com')) return 'azure'
  if (hostname.endsWith('aiplatform.googleapis.com')) return 'vertex_ai'
  return Object.entries(providerTable).find(([, { baseURL }]) => baseURL && `${base}/`.startsWith(`${baseURL}/`))?.[0]
}

/** Whom the answer is read of, and all that must not be shown: keys in headers and in the address. */
function peerOf({ provider, host }: Place, api: WireApi, model: string, headers: Headers, url: string): Peer {
  const query = new URLSearchParams(url.split('?')[1]?.split('#')[0])
  const secrets = secretsOf('', Object.fromEntries([...headers, ...query]))
  const { quirks } = Object.hasOwn(providerTable, provider) ? providerTable[provider as ProviderName] : ({} as Provider)
  return { provider, model, host, secrets, ...(api === 'chat' ? { keeper: keeper({ provider, ...quirks }) } : {}) }
}
