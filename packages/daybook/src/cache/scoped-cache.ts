/** A part of a store, under a name of its own. */
import { sha256 } from '#platform'
import type { CacheStore } from './store.js'

/**
 * Keeps its entries in `store` under keys that nobody else has: `overlayCache(scopedCache(store, 'branch:1'), store)`
 * finds what is in the store, and adds only for itself. `keys` are the store's own, of all scopes.
 */
export function scopedCache(store: CacheStore, scope: string): CacheStore {
  const own = (key: string): string => sha256(`${scope}\n${key}`)
  return {
    get: key => store.get(own(key)),
    set: (key, entry) => store.set(own(key), entry),
    delete: key => store.delete(own(key)),
    keys: () => store.keys(),
    ...(store.turn ? { turn: (key, signal) => (store.turn as NonNullable<CacheStore['turn']>)(own(key), signal) } : {})
  }
}
