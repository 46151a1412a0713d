/** The official OpenAI SDK's client as an LLM function. */
import { ConfigurationError } from '../errors.js'
import type { LLMFn } from '../llm/llm.js'
import { chat } from '../llm/wire/chat.js'
import { idempotency } from '../llm/wire/fetching.js'
import { type SdkOptions, sdkLlm } from '../llm/wire/sdk.js'

/** What is needed of a client: OpenAI's, Azure's, or one that was wrapped. */
export interface OpenAIClient {
  readonly baseURL: string
  readonly chat: { readonly completions: { create(body: never, options?: never): unknown } }
}

export interface FromOpenAIOptions extends SdkOptions {
  /** Which of the client's APIs is asked: `chat` unless said otherwise. */
  readonly api?: 'chat' | 'responses' | undefined
}

/**
 * The same requests, answers, events and cache keys as `chatCompletionsApi` at the client's address. The client's own
 * retries are off: `retried` is the only layer that asks again.
 */
export function fromOpenAI(client: OpenAIClient, options: FromOpenAIOptions = {}): LLMFn {
  const { api = 'chat' } = options
  if (api !== 'chat')
    throw new ConfigurationError(`fromOpenAI does not know the API "${api}" yet: leave it out, or pass "chat".`)
  const { completions } = client.chat
  return sdkLlm(
    chat,
    client,
    client.baseURL,
    (body, request) => completions.create(body as never, request as never),
    idempotency,
    options
  )
}
