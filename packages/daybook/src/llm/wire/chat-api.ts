/** Chat Completions over fetch. */
import type { LLMFn } from '../llm.js'
import { type ApiOptions, fetchLlm } from './fetching.js'
import { chat } from './formats.js'

/** Any provider that speaks Chat Completions: `chatCompletionsApi({ baseURL: 'https://openrouter.ai/api/v1', apiKey })`. */
export function chatCompletionsApi(options: ApiOptions): LLMFn {
  return fetchLlm(chat, options, key => ({ authorization: `Bearer ${key}` }))
}
