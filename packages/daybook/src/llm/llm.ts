/**
 * The one central type: an {@link LLMFn} is what every provider, cache, retry, recorder and replayer is. Behaviour is
 * added by functions from LLMFn to LLMFn, in one order: recorded(cached(budgeted(priced(retried(limited(routed(table))))))).
 */
import { type ErrorKind, InputError } from '../errors.js'
import type { Json } from '../json.js'
import type { Live } from './live.js'

/** Answers a request. It starts when it is called and never throws: failures come through the stream. */
export type LLMFn = ((request: LLMRequest, options?: LLMOptions) => LLMStream) & {
  /** Where a request would go. Pure; passed on by every wrapper. See {@link targetOf}. */
  readonly target?: (request: LLMRequest, options?: LLMOptions) => Target
}

/** An answer as it arrives: iterate it for deltas, await it for the whole. */
export type LLMStream = Live<LLMDelta, LLMResponse>

export type Api = 'chat' | 'responses' | 'messages' | 'text'

export interface Target {
  readonly provider: string
  readonly api: Api
  /** Without a key, a query or a trailing slash. Empty where there is none. */
  readonly base_url: string
  /** The model as the provider knows it, so without a routing prefix. */
  readonly model: string
}

/** A request in the Chat Completions vocabulary. Plain JSON: this is what is hashed and recorded. */
export interface LLMRequest {
  readonly model: string
  readonly messages: readonly Message[]
  readonly max_tokens?: number | undefined
  readonly temperature?: number | undefined
  readonly top_p?: number | undefined
  readonly stop?: string | readonly string[] | undefined
  readonly seed?: number | undefined
  readonly tools?: readonly ToolDefinition[] | undefined
  readonly tool_choice?: Json | undefined
  readonly response_format?: Json | undefined
  /** The form on the wire, true unless said otherwise. Never part of a cache key: the answer is the same. */
  readonly stream?: boolean | undefined
  readonly n?: number | undefined
  readonly [parameter: string]: unknown
}

export interface Message {
  readonly role: 'system' | 'developer' | 'user' | 'assistant' | 'tool'
  readonly content?: string | readonly ContentPart[] | null | undefined
  readonly name?: string | undefined
  /** Of an assistant's message: what it wants called. */
  readonly tool_calls?: readonly MessageToolCall[] | undefined
  /** Of a tool's message: which call it answers. */
  readonly tool_call_id?: string | undefined
  /** The provider's own form of this message (thinking blocks, signatures): goes back byte for byte. See {@link Native}. */
  readonly native?: Native | undefined
  readonly [member: string]: unknown
}

/**
 * A message as its provider wrote it: a list of Messages' blocks or of Responses' items in place of the common form, or
 * the members of a chat message that stand beside it, those of its calls with the call's id. It goes back to the same
 * API and, but for Messages, whose signatures hold behind any gateway, to the same provider; others get the common form.
 */
export interface Native {
  readonly api: Api
  /** Who made it. Without one it goes to whoever speaks the API. */
  readonly provider?: string | undefined
  readonly content: Json
}

export type ContentPart =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'image_url'; readonly image_url: { readonly url: string; readonly detail?: string } }
  | { readonly type: string; readonly [member: string]: unknown }

/** A tool call as a request carries it: arguments as text. */
export interface MessageToolCall {
  readonly id: string
  readonly type: 'function'
  readonly function: { readonly name: string; readonly arguments: string }
}

/**
 * A function, or a tool that the provider has itself, in words of ours that every wire format turns into its own:
 * `{ type: 'web_search' }`, `{ type: 'computer_use', display_width, display_height, environment }`, and
 * `{ type: 'mcp', server_label, server_url, require_approval, allowed_tools }`. A tool in the provider's own words goes
 * out as it is. What a provider does not have is left out and listed in `dropped` as `tools.web_search`.
 * A call of the computer is a tool call with the name `computer_use` and the arguments `{ action, safety_checks }`.
 */
export type ToolDefinition = FunctionTool | ProviderTool

export interface FunctionTool {
  readonly type: 'function'
  readonly function: {
    readonly name: string
    readonly description?: string | undefined
    readonly parameters?: Json | undefined
    readonly strict?: boolean | undefined
  }
}

export interface ProviderTool {
  readonly type: string
  readonly [member: string]: unknown
}

export interface LLMOptions {
  readonly signal?: AbortSignal | undefined
  /** Stays with the call (and in its ledger event); never sent, never hashed. */
  readonly metadata?: Readonly<Record<string, Json>> | undefined
  /** Asks for another answer to the same request: 0 unless said otherwise, part of the cache key. */
  readonly sample?: number | undefined
  /** `refresh` asks anew and stores the answer; `bypass` neither reads nor writes. */
  readonly cache?: 'use' | 'refresh' | 'bypass' | undefined
  /** Whose answers may be shared: part of the cache key. */
  readonly scope?: string | undefined
  /** One for all requests of a call, so that a provider that knows such keys answers it once. The layer that retries sets it. */
  readonly idempotencyKey?: string | undefined
  /** Another address or key for this call alone. Never sent as a parameter, recorded or hashed; the target names the address. */
  readonly connection?: Connection | undefined
  /** True: a parameter that the provider does not take is an UnsupportedParamsError, before the request, and not dropped. */
  readonly strict?: boolean | undefined
  /** Who asks, as the ledger shows it. */
  readonly actor?: string | undefined
  /** The dialog that this call goes on with: for the ledger, never sent. */
  readonly dialogId?: string | undefined
  /** Ids of the events that led to this call. */
  readonly cause?: readonly string[] | undefined
  /** False: somebody else writes this call's events. */
  readonly record?: false | undefined
  /** Asked of an answer before it is stored: false for one that must not be given again, as it does not fit a schema. */
  readonly accepts?: ((response: LLMResponse) => boolean | Promise<boolean>) | undefined
  /** Wrappers inside the recorder cannot write events: they tell it facts. */
  readonly report?: ((fact: LLMFact) => void) | undefined
}

/** Where one call goes, in place of what its function was made with. */
export interface Connection {
  /** Ends with the version. Needs a key of its own beside it: one that was found in the environment stays at home. */
  readonly baseURL?: string | undefined
  readonly apiKey?: string | undefined
}

export type LLMDelta =
  | { readonly type: 'text.delta'; readonly text: string }
  | { readonly type: 'reasoning.delta'; readonly text: string }
  | {
      readonly type: 'tool.delta'
      readonly index: number
      readonly id?: string
      readonly name?: string
      readonly arguments: string
    }

export type FinishReason = 'stop' | 'length' | 'tool_calls' | 'content_filter' | 'other'

/** Tokens. `input_tokens` is everything the model read, cached or not; `output_tokens` includes reasoning. */
export interface Usage {
  readonly input_tokens: number
  readonly output_tokens: number
  readonly cached_input_tokens?: number
  readonly cache_write_tokens?: number
  /** Of those written to the cache, the ones that it keeps for an hour: they cost more. */
  readonly cache_write_1h_tokens?: number
  readonly reasoning_tokens?: number
  /** Of the input and the output, what was sound. */
  readonly audio_input_tokens?: number
  readonly audio_output_tokens?: number
}

/** A tool call as a program reads it. */
export interface ToolCall {
  readonly id: string
  readonly name: string
  /** The parsed value; `{}` for empty text; undefined, with `error`, where the text is no JSON. */
  readonly arguments: Json | undefined
  readonly arguments_text?: string
  readonly error?: string
}

export type CacheState = 'hit' | 'joined' | 'miss' | 'bypass' | 'off'

export interface LLMResponse {
  readonly text: string
  /** As the provider names it. */
  readonly model: string
  /** The assistant's message in request form, to push back as it is. */
  readonly message: Message
  readonly finish_reason: FinishReason
  readonly usage: Usage | null
  readonly tool_calls: readonly ToolCall[]
  readonly reasoning?: string
  readonly refusal?: string
  /** The provider's id of the answer. */
  readonly id?: string
  /** US dollars; null where no price is known. 0 where the answer came from the cache. */
  readonly cost_usd: number | null
  /** What a hit would have cost. */
  readonly saved_usd?: number | null
  readonly cached: boolean
  readonly cache?: { readonly state: CacheState; readonly key: string; readonly scope?: string }
  /** Parameters that were left out because the provider does not take them. */
  readonly dropped?: readonly string[]
  /** The date of the price table that `cost_usd` was computed with; absent where the provider named the cost. */
  readonly price_date?: string
  /** True where usage and cost are an estimate, as those of a simulated answer. */
  readonly estimated?: boolean
  /** How many requests were made, where it was more than one. */
  readonly attempts?: number
  /** The id of its event, where it was recorded. */
  readonly event?: string
  /** Who answered, where several could: see `fallback`. */
  readonly target?: Target
  /** The provider's own words that have no field here, such as its finish reason. */
  readonly native?: Readonly<Record<string, Json>>
}

/** What a wrapper tells the recorder. */
export type LLMFact =
  /** A request is made again: its number (2 for the first retry), why, and after what wait. */
  | { readonly type: 'attempt'; readonly n: number; readonly kind: ErrorKind; readonly wait_ms: number }
  | { readonly type: 'cache'; readonly state: CacheState; readonly key: string; readonly scope?: string }
  /**
   * A complete answer waits to be stored. Commit it once the answer is in the ledger, or discard it. Until then the
   * flight stays open: an identical call joins it.
   */
  | { readonly type: 'cache.write'; commit(): Promise<void>; discard(): void }
  | { readonly type: 'dropped'; readonly parameters: readonly string[] }
  | { readonly type: 'warning'; readonly area: string; readonly kind: string; readonly message: string }

/**
 * Members that other libraries take with a request and that hold a key or an address. Here both are given where a
 * function is made; in a request they are neither sent, recorded nor hashed.
 */
export const privateParameters: readonly string[] = ['api_key', 'api_base', 'base_url', 'headers', 'extra_headers']

/** The request without them. */
export function withoutPrivate(request: LLMRequest): LLMRequest {
  if (!privateParameters.some(name => name in request)) return request
  return Object.fromEntries(
    Object.entries(request).filter(([name]) => !privateParameters.includes(name))
  ) as unknown as LLMRequest
}

/**
 * The call's own address and key, where its parameters name them in the way of other libraries.
 * @throws InputError for one that is no string: another key must not take its place.
 */
export function connectionOf(parameters: Readonly<Record<string, unknown>> = {}): { readonly connection?: Connection } {
  const [baseURL, apiKey] = ['api_base', 'api_key'].map(name => {
    const value = parameters[name] ?? undefined
    if (value === undefined || typeof value === 'string') return value
    throw new InputError(`modelArgs.${name} must be a string, and not ${typeof value}.`)
  })
  if (baseURL === undefined && apiKey === undefined) return {}
  return { connection: { ...(baseURL === undefined ? {} : { baseURL }), ...(apiKey === undefined ? {} : { apiKey }) } }
}

/** Where a function sends a request; a function that does not say is `custom`, in the plain text form. */
export function targetOf(llm: LLMFn, request: LLMRequest, options?: LLMOptions): Target {
  return llm.target?.(request, options) ?? { provider: 'custom', api: 'text', base_url: '', model: request.model }
}

/** A wrapper with the target of what it wraps. */
export function withTarget(
  call: (request: LLMRequest, options?: LLMOptions) => LLMStream,
  target: LLMFn['target']
): LLMFn {
  return target ? Object.assign(call, { target }) : call
}
