/** The default stores in a page: IndexedDB. */
import { idbCache } from '../browser/idb-cache.js'
import { idbLedgerStore } from '../browser/idb-ledger-store.js'
import { memoryCache } from '../cache/memory-cache.js'
import type { CacheStore } from '../cache/store.js'
import { asDaybookError } from '../errors.js'
import type { Host } from '../host.js'
import { memoryLedgerStore } from '../ledger/memory-ledger-store.js'
import type { LedgerStore } from '../ledger/store.js'

// What a page keeps of its visitors' prompts should not grow old unseen.
export const retainDays: number | undefined = 30

export async function defaultLedgerStore(host: Host): Promise<LedgerStore> {
  const store = idbLedgerStore({ host })
  try {
    await store.list() // opens it: where IndexedDB is forbidden or broken, this is what fails
    return store
  } catch (error) {
    host.warn({ area: 'ledger', kind: 'unavailable', message: instead('Ledgers', error) })
    return memoryLedgerStore()
  }
}

export async function defaultCache(host: Host): Promise<CacheStore> {
  try {
    return idbCache({ host })
  } catch (error) {
    host.warn({ area: 'cache', kind: 'unavailable', message: instead('The cache', error) })
    return memoryCache()
  }
}

function instead(what: string, error: unknown): string {
  return `${what} cannot be kept in IndexedDB here (${asDaybookError(error).message}): memory is used until this page is left.`
}
