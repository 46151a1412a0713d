/** The cache of a run before the functions that answer in it. */
import { cached } from '../cache/cached.js'
import type { CacheStore } from '../cache/store.js'
import type { Host } from '../host.js'
import type { LLMFn } from '../llm/llm.js'

// What cached() puts on the functions that it makes.
const mark = Symbol.for('daybook.cached')

/** Puts functions behind the cache, each once: calls share what is in flight only behind one wrapper. */
export function behind(cache: CacheStore | undefined, host: Host): (llm: LLMFn) => LLMFn {
  const wrapped = new Map<LLMFn, LLMFn>()
  return llm => {
    if (!cache || mark in llm) return llm
    const known = wrapped.get(llm)
    if (known) return known
    const made = cached(llm, cache, { host })
    wrapped.set(llm, made)
    return made
  }
}

/** The entries that are there, and nothing else: behind a store of its own, a call joins none that is in flight. */
export function readOnly(cache: CacheStore): CacheStore {
  return { get: key => cache.get(key), set: () => {}, delete: () => {}, keys: () => [] }
}
