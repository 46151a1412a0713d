/** Calls through an official SDK's client: its address, key and headers; our reading, limits and errors. */
import type { LLMFn } from '../llm.js'
import { placeOf } from './endpoint.js'
import type { Exchange } from './exchange.js'
import type { Format } from './formats.js'
import type { Timeouts } from './timers.js'
import { wireLlm } from './wire-llm.js'

export interface SdkOptions {
  /** The name in targets and messages; known hosts have theirs, others are `custom`. */
  readonly provider?: string | undefined
  readonly timeouts?: Timeouts | undefined
  /** The most that an answer may be, decoded: 64 MB. */
  readonly maxResponseBytes?: number | undefined
}

/** What the SDKs take beside the body. */
export interface SdkRequest {
  readonly signal: AbortSignal
  readonly maxRetries: 0
  readonly timeout: number
  readonly headers: Readonly<Record<string, string>>
  readonly fetchOptions: Readonly<Record<string, string>>
}

/** What is asked of a client. */
export interface Sdk {
  readonly client: object
  create(body: Readonly<Record<string, unknown>>, request: SdkRequest): unknown
  headersOf(exchange: Exchange): Record<string, string>
}

export function sdkLlm(format: Format, baseURL: string, sdk: Sdk, options: SdkOptions): LLMFn {
  const { fetch } = sdk.client as { fetch?: unknown }
  const place = placeOf(baseURL, { provider: options.provider, fetch })
  return wireLlm(format.api, place, async () => {
    const [{ sdkSending }, wire] = await Promise.all([import('./sdk-sending.js'), format.load()])
    return sdkSending(wire, place, sdk, options)
  })
}
