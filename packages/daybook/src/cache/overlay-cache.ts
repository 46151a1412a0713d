/** One store over another: a branch sees what its parent has, and the parent never sees what the branch adds. */
import { isPromise } from './awaitable.js'
import type { CacheStore } from './store.js'

/**
 * `get` looks into `own`, then into `parent`; everything else concerns `own` alone, closing too. An own entry hides the
 * parent's. Can be stacked: the parent may be an overlay.
 */
export function overlayCache(own: CacheStore, parent: CacheStore): CacheStore {
  return {
    get(key) {
      const found = own.get(key)
      return isPromise(found) ? found.then(entry => entry ?? parent.get(key)) : (found ?? parent.get(key))
    },
    set: (key, entry) => own.set(key, entry),
    delete: key => own.delete(key),
    keys: () => own.keys(),
    ...(own.turn ? { turn: own.turn } : {}),
    close: () => own.close?.()
  }
}
