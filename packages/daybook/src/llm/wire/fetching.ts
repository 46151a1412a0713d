/** Calls by fetch: where a request goes, and with which key. */
import { ConfigurationError } from '../../errors.js'
import { type Connection, type LLMFn, type LLMOptions, targetOf, withTarget } from '../llm.js'
import { placeOf } from './endpoint.js'
import type { Format } from './formats.js'
import { isSecret } from './secrets.js'
import type { Timeouts } from './timers.js'
import { wireLlm } from './wire-llm.js'

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
  format: Format,
  options: ApiOptions,
  authorize: Authorize,
  fixed: Record<string, string> = {}
): LLMFn {
  const own = fetchLlmAt(format, options, authorize, fixed)
  const at = (callOptions?: LLMOptions): LLMFn =>
    callOptions?.connection ? fetchLlmAt(format, connected(options, callOptions.connection), authorize, fixed) : own
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
    headers: Object.fromEntries(Object.entries(options.headers ?? {}).filter(([name]) => !isSecret(name))),
    apiKey: local || keyless ? undefined : options.apiKey && noKey,
    ...own
  }
}

function noKey(): never {
  throw new ConfigurationError('A key stays with its own address: pass one for this address beside it.', {
    code: 'missing_key'
  })
}

function fetchLlmAt(format: Format, options: ApiOptions, authorize: Authorize, fixed: Record<string, string>): LLMFn {
  const place = placeOf(options.baseURL, options)
  return wireLlm(format.api, place, async () => {
    const [{ sending }, wire] = await Promise.all([import('./sending.js'), format.load()])
    return sending(wire, place, { ...options, authorize: options.authorize ?? authorize }, fixed)
  })
}
