/** Responses over fetch. */
import type { LLMFn } from '../llm.js'
import { type ApiOptions, fetchLlm } from './fetching.js'
import { responses } from './formats.js'

/** A provider that speaks Responses: `responsesApi({ baseURL: 'https://api.openai.com/v1', apiKey })`. */
export function responsesApi(options: ApiOptions): LLMFn {
  return fetchLlm(responses, options, key => ({ authorization: `Bearer ${key}` }))
}
