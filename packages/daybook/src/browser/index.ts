/** The entry `daybook/browser`: stores in IndexedDB. */
export type { IdbCacheOptions } from './idb-cache.js'
export { idbCache } from './idb-cache.js'
export type { IdbLedgerStoreOptions } from './idb-ledger-store.js'
export { idbLedgerStore } from './idb-ledger-store.js'
