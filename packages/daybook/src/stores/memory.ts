/** The default stores where neither files nor IndexedDB are known: edge runtimes, bare workers. */
import { memoryCache } from '../cache/memory-cache.js'
import type { CacheStore } from '../cache/store.js'
import type { Host } from '../host.js'
import { memoryLedgerStore } from '../ledger/memory-ledger-store.js'
import type { LedgerStore } from '../ledger/store.js'

/** How long ledgers are kept by default, in days; undefined: for ever. */
export const retainDays: number | undefined = undefined

/** The store of ledgers. Never rejects: what cannot be opened is replaced by memory, with a warning. */
export async function defaultLedgerStore(_host: Host): Promise<LedgerStore> {
  return memoryLedgerStore()
}

/** The store of answers. Never rejects, as above. */
export async function defaultCache(_host: Host): Promise<CacheStore> {
  return memoryCache()
}
