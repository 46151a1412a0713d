/** Anthropic's Messages over fetch. */
import type { LLMFn } from '../llm.js'
import { type ApiOptions, fetchLlm } from './fetching.js'
import { messages } from './formats.js'
import { inPage } from './in-page.js'

/** A provider that speaks Messages: `messagesApi({ baseURL: 'https://api.anthropic.com/v1', apiKey })`. */
export function messagesApi(options: ApiOptions): LLMFn {
  return fetchLlm(messages, options, key => ({ 'x-api-key': key }), {
    'anthropic-version': messagesVersion,
    ...(inPage ? { 'anthropic-dangerous-direct-browser-access': 'true' } : {})
  })
}

/** The version of the format that `messages.ts` reads and writes. */
export const messagesVersion = '2023-06-01'
