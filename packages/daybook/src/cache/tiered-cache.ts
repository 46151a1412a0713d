/** A fast store before a slow one that keeps more: memory before files, say. */
import { attempt, both, isPromise } from './awaitable.js'
import type { Awaitable, CacheEntry, CacheStore } from './store.js'

/** Reads the fast one first and fills it from the slow one; writes and deletes in both; the keys are those of both. */
export function tieredCache(fast: CacheStore, slow: CacheStore): CacheStore {
  // Grows with every write, so that an old answer that was on its way does not land on a new one.
  let writes = 0

  const read = (key: string): Awaitable<CacheEntry | undefined> => {
    const before = writes
    const found = slow.get(key)
    return isPromise(found) ? found.then(entry => filled(key, entry, before)) : filled(key, found, before)
  }

  const filled = (key: string, entry: CacheEntry | undefined, before: number): CacheEntry | undefined => {
    // The answer is good whether or not the fast store can take it; one that cannot says so at the next write.
    if (entry && writes === before) void attempt(() => fast.set(key, entry))
    return entry
  }

  return {
    get(key) {
      const found = fast.get(key)
      return isPromise(found) ? found.then(entry => entry ?? read(key)) : (found ?? read(key))
    },
    set(key, entry) {
      writes++
      return both(
        () => fast.set(key, entry),
        () => slow.set(key, entry)
      )
    },
    delete(key) {
      writes++
      return both(
        () => fast.delete(key),
        () => slow.delete(key)
      )
    },
    async keys() {
      const [near, far] = await Promise.all([fast.keys(), slow.keys()])
      return [...new Set([...near, ...far])]
    },
    ...(slow.turn ? { turn: slow.turn } : {}),
    close: () =>
      both(
        () => fast.close?.(),
        () => slow.close?.()
      )
  }
}
