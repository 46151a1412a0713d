/** The default stores in Node: files under `.daybook` in the working folder. */
import { access, constants, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { memoryCache } from '../cache/memory-cache.js'
import type { CacheStore } from '../cache/store.js'
import type { Host } from '../host.js'
import { memoryLedgerStore } from '../ledger/memory-ledger-store.js'
import type { LedgerStore } from '../ledger/store.js'
import { fileCache } from '../node/file-cache.js'
import { fileLedgerStore } from '../node/file-ledger-store.js'

export const retainDays: number | undefined = undefined

const folder = '.daybook'

async function writable(name: string): Promise<string> {
  const path = join(folder, name)
  await mkdir(path, { recursive: true, mode: 0o700 })
  await access(path, constants.W_OK)
  return path
}

export async function defaultLedgerStore(host: Host): Promise<LedgerStore> {
  try {
    return fileLedgerStore(await writable('ledgers'), { host })
  } catch (error) {
    host.warn({ area: 'ledger', kind: 'unavailable', message: instead('Ledgers', error) })
    return memoryLedgerStore()
  }
}

export async function defaultCache(host: Host): Promise<CacheStore> {
  try {
    return fileCache(await writable('cache'), { host })
  } catch (error) {
    host.warn({ area: 'cache', kind: 'unavailable', message: instead('The cache', error) })
    return memoryCache()
  }
}

function instead(what: string, error: unknown): string {
  const code = (error as { code?: unknown }).code
  return `${what} cannot be kept in the folder ${folder} here (${String(code ?? error)}): memory is used until this process ends.`
}
