/** The official OpenAI SDK's client as an LLM function. */
import { ConfigurationError } from '../errors.js'
import type { LLMFn } from '../llm/llm.js'
import { chat, responses } from '../llm/wire/formats.js'
import { idempotency } from '../llm/wire/idempotency.js'
import { type SdkOptions, sdkLlm } from '../llm/wire/sdk.js'

type Create = { create(body: never, options?: never): unknown }

/** What is needed of a client: OpenAI's, Azure's, or one that was wrapped. */
export interface OpenAIClient {
  readonly baseURL: string
  readonly chat: { readonly completions: Create }
  /** Needed where the Responses API is asked. */
  readonly responses?: Create | undefined
}

export interface FromOpenAIOptions extends SdkOptions {
  /** Which of the client's APIs is asked: `chat` unless said otherwise. */
  readonly api?: 'chat' | 'responses' | undefined
}

/**
 * The same requests, answers, events and cache keys as `chatCompletionsApi`, or `responsesApi`, at the client's address.
 * The client's own retries are off: `retried` is the only layer that asks again.
 */
export function fromOpenAI(client: OpenAIClient, options: FromOpenAIOptions = {}): LLMFn {
  const { api = 'chat' } = options
  const [format, asked] = api === 'chat' ? [chat, client.chat.completions] : [responses, client.responses]
  if (format.api !== api)
    throw new ConfigurationError(`fromOpenAI does not know the API "${api}": pass "chat" or "responses".`)
  if (!asked) throw new ConfigurationError('This client has no Responses API: pass one of openai 6 or later.')
  return sdkLlm(
    format,
    client.baseURL,
    {
      client,
      create: (body, request) => asked.create(body as never, request as never),
      headersOf: idempotency
    },
    options
  )
}
