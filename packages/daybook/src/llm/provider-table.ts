/** The providers, as data: one row each. */
import type { Quirks } from './wire/profile.js'

/** What differs from one provider to the next. */
export interface Provider {
  /** As people write it. */
  readonly label: string
  /** Ends with the version. */
  readonly baseURL: string
  readonly api: 'chat' | 'messages'
  /** The environment variable that holds the key. */
  readonly env: string
  /** Sent with every request. */
  readonly headers?: Readonly<Record<string, string>>
  readonly quirks?: Quirks
}

export type ProviderName = 'openai' | 'anthropic' | 'openrouter'

/** By the name that stands before the '/' of a model. */
export const providerTable: Readonly<Record<ProviderName, Provider>> = {
  openai: {
    label: 'OpenAI',
    baseURL: 'https://api.openai.com/v1',
    api: 'chat',
    env: 'OPENAI_API_KEY',
    quirks: { systemRole: 'developer', maxTokens: 'max_completion_tokens', schema: 'strict' }
  },
  anthropic: {
    label: 'Anthropic',
    baseURL: 'https://api.anthropic.com/v1',
    api: 'messages',
    env: 'ANTHROPIC_API_KEY'
  },
  openrouter: {
    label: 'OpenRouter',
    baseURL: 'https://openrouter.ai/api/v1',
    api: 'chat',
    env: 'OPENROUTER_API_KEY'
  }
}
