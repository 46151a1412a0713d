/** The providers, as data: one row each. A new one that speaks a known format is a row here and nothing else. */
import type { Quirks } from './wire/profile.js'

/** What differs from one provider to the next. */
export interface Provider {
  /** As people write it. */
  readonly label: string
  /** Ends with the version. Empty where the caller or the environment says it: see `provider-address.ts`. */
  readonly baseURL: string
  readonly api: 'chat' | 'messages'
  /** It has the Responses API too, as `provider/responses/model`. */
  readonly responses?: true
  /** The environment variables that may hold the key, the usual one first. */
  readonly env: readonly string[]
  /** A call without a key is as good. */
  readonly keyless?: true
  /** The environment variable with the address of a server of one's own; `/v1` is added where it does not end with it. */
  readonly envBase?: string
  readonly quirks?: Quirks
}

export type ProviderName =
  | 'openai'
  | 'anthropic'
  | 'gemini'
  | 'openrouter'
  | 'ollama'
  | 'azure'
  | 'groq'
  | 'mistral'
  | 'deepseek'
  | 'xai'
  | 'together_ai'
  | 'fireworks_ai'
  | 'perplexity'
  | 'cerebras'
  | 'huggingface'
  | 'moonshot'
  | 'dashscope'
  | 'deepinfra'
  | 'nvidia_nim'
  | 'github'
  | 'cohere'
  | 'lm_studio'
  | 'hosted_vllm'
  | 'vertex_ai'

/** By the name that stands before the '/' of a model. Names and variables are LiteLLM's. */
export const providerTable: Readonly<Record<ProviderName, Provider>> = {
  openai: {
    label: 'OpenAI',
    baseURL: 'https://api.openai.com/v1',
    api: 'chat',
    responses: true,
    env: ['OPENAI_API_KEY'],
    quirks: {
      systemRole: 'developer',
      maxTokens: 'max_completion_tokens',
      schema: 'strict',
      media: ['image', 'pdf', 'audio']
    }
  },
  anthropic: {
    label: 'Anthropic',
    baseURL: 'https://api.anthropic.com/v1',
    api: 'messages',
    env: ['ANTHROPIC_API_KEY'],
    quirks: { media: ['image', 'pdf'] }
  },
  gemini: {
    label: 'Gemini',
    baseURL: 'https://generativelanguage.googleapis.com/v1beta/openai',
    api: 'chat',
    env: ['GEMINI_API_KEY', 'GOOGLE_API_KEY'],
    quirks: { schema: 'schema', media: ['image', 'pdf', 'audio'] }
  },
  openrouter: {
    label: 'OpenRouter',
    baseURL: 'https://openrouter.ai/api/v1',
    api: 'chat',
    responses: true,
    env: ['OPENROUTER_API_KEY'],
    quirks: { schema: 'strict', media: ['image', 'audio'] }
  },
  ollama: {
    label: 'Ollama',
    baseURL: 'http://localhost:11434/v1',
    api: 'chat',
    env: ['OLLAMA_API_KEY'],
    keyless: true,
    envBase: 'OLLAMA_API_BASE',
    quirks: { schema: 'schema' }
  },
  azure: {
    label: 'Azure',
    baseURL: '',
    api: 'chat',
    responses: true,
    env: ['AZURE_API_KEY'],
    quirks: {
      systemRole: 'developer',
      maxTokens: 'max_completion_tokens',
      schema: 'strict',
      media: ['image', 'pdf', 'audio']
    }
  },
  groq: {
    label: 'Groq',
    baseURL: 'https://api.groq.com/openai/v1',
    api: 'chat',
    env: ['GROQ_API_KEY'],
    quirks: { schema: 'json' }
  },
  mistral: {
    label: 'Mistral',
    baseURL: 'https://api.mistral.ai/v1',
    api: 'chat',
    env: ['MISTRAL_API_KEY'],
    quirks: { streamUsage: false, schema: 'schema', names: ['tool'] }
  },
  deepseek: {
    label: 'DeepSeek',
    baseURL: 'https://api.deepseek.com',
    api: 'chat',
    responses: true,
    env: ['DEEPSEEK_API_KEY'],
    quirks: { schema: 'json', media: [], reasoningBack: true }
  },
  xai: {
    label: 'xAI',
    baseURL: 'https://api.x.ai/v1',
    api: 'chat',
    responses: true,
    env: ['XAI_API_KEY'],
    quirks: { schema: 'schema', names: ['user'] }
  },
  together_ai: {
    label: 'Together AI',
    baseURL: 'https://api.together.xyz/v1',
    api: 'chat',
    env: ['TOGETHERAI_API_KEY', 'TOGETHER_API_KEY', 'TOGETHER_AI_API_KEY'],
    quirks: { schema: 'schema' }
  },
  fireworks_ai: {
    label: 'Fireworks AI',
    baseURL: 'https://api.fireworks.ai/inference/v1',
    api: 'chat',
    env: ['FIREWORKS_AI_API_KEY', 'FIREWORKS_API_KEY', 'FIREWORKSAI_API_KEY'],
    quirks: { schema: 'schema' }
  },
  perplexity: {
    label: 'Perplexity',
    baseURL: 'https://api.perplexity.ai',
    api: 'chat',
    env: ['PERPLEXITYAI_API_KEY', 'PERPLEXITY_API_KEY'],
    quirks: { streamUsage: false, schema: 'schema', names: [] }
  },
  cerebras: {
    label: 'Cerebras',
    baseURL: 'https://api.cerebras.ai/v1',
    api: 'chat',
    env: ['CEREBRAS_API_KEY'],
    quirks: { streamUsage: false, schema: 'strict', media: [] }
  },
  huggingface: {
    label: 'Hugging Face',
    baseURL: 'https://router.huggingface.co/v1',
    api: 'chat',
    env: ['HUGGINGFACE_API_KEY', 'HF_TOKEN'],
    quirks: { schema: 'schema' }
  },
  moonshot: {
    label: 'Moonshot',
    baseURL: 'https://api.moonshot.ai/v1',
    api: 'chat',
    env: ['MOONSHOT_API_KEY'],
    quirks: { schema: 'json', reasoningBack: true }
  },
  dashscope: {
    label: 'DashScope',
    baseURL: 'https://dashscope-intl.aliyuncs.com/compatible-mode/v1',
    api: 'chat',
    env: ['DASHSCOPE_API_KEY'],
    quirks: { schema: 'json' }
  },
  deepinfra: {
    label: 'DeepInfra',
    baseURL: 'https://api.deepinfra.com/v1/openai',
    api: 'chat',
    env: ['DEEPINFRA_API_KEY'],
    quirks: { schema: 'json' }
  },
  nvidia_nim: {
    label: 'NVIDIA NIM',
    baseURL: 'https://integrate.api.nvidia.com/v1',
    api: 'chat',
    env: ['NVIDIA_NIM_API_KEY'],
    quirks: { schema: 'json' }
  },
  github: {
    label: 'GitHub Models',
    baseURL: 'https://models.github.ai/inference',
    api: 'chat',
    env: ['GITHUB_API_KEY'],
    quirks: { schema: 'schema' }
  },
  cohere: {
    label: 'Cohere',
    baseURL: 'https://api.cohere.ai/compatibility/v1',
    api: 'chat',
    env: ['COHERE_API_KEY', 'CO_API_KEY'],
    quirks: { streamUsage: false, schema: 'json' }
  },
  lm_studio: {
    label: 'LM Studio',
    baseURL: 'http://localhost:1234/v1',
    api: 'chat',
    responses: true,
    env: ['LM_STUDIO_API_KEY'],
    keyless: true,
    envBase: 'LM_STUDIO_API_BASE',
    quirks: { schema: 'schema' }
  },
  hosted_vllm: {
    label: 'vLLM',
    baseURL: '',
    api: 'chat',
    env: ['HOSTED_VLLM_API_KEY'],
    keyless: true,
    envBase: 'HOSTED_VLLM_API_BASE',
    quirks: { schema: 'schema' }
  },
  vertex_ai: {
    label: 'Vertex AI',
    baseURL: '',
    api: 'chat',
    env: [],
    quirks: { schema: 'schema', media: ['image', 'pdf', 'audio'] }
  }
}
