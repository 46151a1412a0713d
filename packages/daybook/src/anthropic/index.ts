/** The official Anthropic SDK's client as an LLM function. */
import type { LLMFn } from '../llm/llm.js'
import { messages } from '../llm/wire/formats.js'
import { messagesVersion } from '../llm/wire/messages-api.js'
import { type SdkOptions, sdkLlm } from '../llm/wire/sdk.js'

/** What is needed of a client: Anthropic's, Bedrock's, Vertex's, or one that was wrapped. */
export interface AnthropicClient {
  readonly baseURL: string
  readonly messages: { create(body: never, options?: never): unknown }
}

/**
 * The same requests, answers, events and cache keys as `messagesApi` at the client's address with `/v1`, which the
 * client appends itself. The client's own retries are off: `retried` is the only layer that asks again.
 */
export function fromAnthropic(client: AnthropicClient, options: SdkOptions = {}): LLMFn {
  return sdkLlm(
    messages,
    `${client.baseURL.replace(/\/+$/, '')}/v1`,
    {
      client,
      create: (body, request) => client.messages.create(body as never, request as never),
      // A client of a later version asks for a later format; the one that is read here is this.
      headersOf: () => ({ 'anthropic-version': messagesVersion })
    },
    options
  )
}
