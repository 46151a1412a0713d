/** Who answers the requests of a run, and as which model. */
import { chatCompletionsApi, type LLMFn, messagesApi, providers } from 'daybook'
import { fromAnthropic } from 'daybook/anthropic'
import { ConfigurationError } from 'daybook/errors'
import { simulatedFetch } from 'daybook/testing'
import type { Env } from './env-file.js'
import { keyNames } from './failures.js'

export interface Provider {
  /** As it is shown. */
  readonly name: string
  /** The model that is asked when a kit's requests name none. */
  readonly model: string
  /** False: nothing answers. */
  readonly llm: LLMFn | false
}

export interface ProviderOptions {
  readonly env: Env
  readonly model?: string | undefined
  readonly simulate?: boolean | undefined
  readonly fetch?: typeof fetch | undefined
  readonly anthropicSdk?: (() => Promise<unknown>) | undefined
}

const { openrouter, anthropic, openai } = providers
const anthropicModel = 'claude-haiku-4-5-20251001'

/**
 * The first provider with a key, in the order OpenRouter, Anthropic, OpenAI; with none, nobody. Addresses are ours and
 * never the environment's: a key goes to its own provider and nowhere else.
 */
export async function chooseProvider(options: ProviderOptions): Promise<Provider> {
  const { env, fetch, model, simulate = false } = options
  const [openRouterKey, anthropicKey, openaiKey] = keyNames.map(name => env[name] || undefined)
  const transport = fetch ? { fetch } : {}
  if (model !== undefined && model.trim() === '') throw new ConfigurationError('--model is empty: name a model.')

  if (simulate) return simulated(model, fetch)
  if (openRouterKey !== undefined) {
    return {
      name: openrouter.label,
      model: model ?? (env.OPENROUTER_MODEL || 'anthropic/claude-haiku-4-5'),
      llm: chatCompletionsApi({
        baseURL: openrouter.baseURL,
        apiKey: openRouterKey,
        provider: 'openrouter',
        ...transport
      })
    }
  }
  if (anthropicKey !== undefined) {
    const llm = (await throughSdk(anthropicKey, options)) ?? byFetch(anthropicKey, transport)
    return { name: anthropic.label, model: model ?? anthropicModel, llm }
  }
  if (openaiKey !== undefined) {
    return {
      name: openai.label,
      model: model ?? 'gpt-4o-mini',
      llm: chatCompletionsApi({ baseURL: openai.baseURL, apiKey: openaiKey, provider: 'openai', ...transport })
    }
  }
  return { name: 'nobody', model: model ?? anthropicModel, llm: false }
}

/** Anthropic's model, played: no key and no network. The mark keeps its answers apart from real ones in the cache. */
function simulated(model: string = anthropicModel, answer: typeof fetch = simulatedFetch()): Provider {
  const played: typeof fetch = Object.assign((...sent: Parameters<typeof fetch>) => answer(...sent), {
    simulated: true
  })
  const llm = messagesApi({ baseURL: anthropic.baseURL, apiKey: 'simulated', provider: 'anthropic', fetch: played })
  return { name: 'the simulated provider', model, llm }
}

function byFetch(apiKey: string, transport: { fetch?: typeof fetch }): LLMFn {
  return messagesApi({ baseURL: anthropic.baseURL, apiKey, provider: 'anthropic', ...transport })
}

interface AnthropicSdk {
  readonly default: new (options: object) => Parameters<typeof fromAnthropic>[0]
}

/** The official client where it is installed: same answers, events and keys as by plain fetch. */
async function throughSdk(apiKey: string, options: ProviderOptions): Promise<LLMFn | undefined> {
  const { fetch, anthropicSdk = () => import('@anthropic-ai/sdk').catch(() => undefined) } = options
  const sdk = (await anthropicSdk()) as AnthropicSdk | undefined
  if (typeof sdk?.default !== 'function') return undefined
  // The address and the token are said here, since the client would take them from the environment.
  const client = new sdk.default({
    apiKey,
    authToken: null,
    baseURL: new URL(anthropic.baseURL).origin,
    maxRetries: 0,
    logLevel: 'off',
    ...(fetch ? { fetch } : {})
  })
  return fromAnthropic(client)
}
