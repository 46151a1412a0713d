/** The entry `daybook/node`: stores in files. */
export type { FileCacheOptions } from './file-cache.js'
export { fileCache } from './file-cache.js'
export type { FileLedgerStoreOptions } from './file-ledger-store.js'
export { fileLedgerStore } from './file-ledger-store.js'
