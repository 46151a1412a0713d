/** The executor: the responder that answers every `llm.request`. */

import { cached } from '../cache/cached.js'
import type { CacheStore } from '../cache/store.js'
import type { LLMFn } from '../llm/llm.js'
import type { Firing } from './firing.js'
import type { Responder } from './responder.js'

export interface LLMExecutorOptions {
  /** `llm_executor` unless said otherwise. */
  readonly name?: string
  /** Answers through this cache in place of the runtime's. */
  readonly cache?: CacheStore
}

/**
 * Answers through the runtime's cache, unless the function is cached already. Whatever the call comes to is in the
 * ledger: attempts after the first, warnings, and `llm.response` or `llm.failed`.
 */
export function llmExecutor(llm: LLMFn, options: LLMExecutorOptions = {}): Responder {
  const { name = 'llm_executor', cache } = options
  const answering = cache ? cached(llm, cache) : llm
  return {
    name,
    types: ['llm.request'],
    // A runtime's context is its firing, which keeps the books of the call.
    fn: (_event, _world, context) => (context as Firing).answer(answering),
    llm: answering
  }
}
