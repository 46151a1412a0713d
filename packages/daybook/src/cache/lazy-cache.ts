/** A cache that opens on first use. */
import { once } from '../once.js'
import type { CacheStore } from './store.js'

export function lazyCache(open: () => Promise<CacheStore>): CacheStore {
  let opened: CacheStore | undefined
  const store = once(async () => {
    opened = await open()
    return opened
  })
  return {
    get: async key => (await store()).get(key),
    set: async (key, entry) => (await store()).set(key, entry),
    delete: async key => (await store()).delete(key),
    keys: async () => (await store()).keys(),
    turn: async (key, signal) => (await store()).turn?.(key, signal),
    // What was never opened has nothing to let go of.
    close: async () => opened?.close?.()
  }
}
