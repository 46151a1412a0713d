/** A cache in memory: the most recently used answers, as long as the process or page lives. */
import { frozenCopy, isDeepFrozen } from '../json.js'
import type { CacheEntry, CacheStore } from './store.js'

export interface MemoryCacheOptions {
  /** How many answers are kept; 2048 unless said otherwise. */
  readonly max?: number
}

/** Forgets the answer that was not got or set for the longest time. Gives back frozen entries. */
export function memoryCache(options: MemoryCacheOptions = {}): CacheStore {
  const { max = 2048 } = options
  // A Map remembers in which order its keys came: the first is the one to go.
  const entries = new Map<string, CacheEntry>()

  const put = (key: string, entry: CacheEntry): void => {
    entries.delete(key)
    entries.set(key, entry)
  }

  return {
    get(key) {
      const entry = entries.get(key)
      if (entry) put(key, entry)
      return entry
    },
    set(key, entry) {
      put(key, isDeepFrozen(entry) ? entry : frozenCopy(entry))
      for (const oldest of entries.keys()) {
        if (entries.size <= max) break
        entries.delete(oldest)
      }
    },
    delete(key) {
      entries.delete(key)
    },
    keys: () => [...entries.keys()]
  }
}
