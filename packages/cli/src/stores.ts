/** The ledgers and the cache in a folder. */
import { access, constants, mkdir } from 'node:fs/promises'
import { join, relative } from 'node:path'
import {
  branching,
  type CacheStore,
  createHost,
  type Host,
  type LedgerStore,
  memoryCache,
  memoryLedgerStore
} from 'daybook'
import { fileCache, fileLedgerStore } from 'daybook/node'
import type { Context } from './command.js'
import { fileOf } from './ledger-files.js'

export interface Stores {
  readonly store: LedgerStore
  readonly cache: CacheStore
  readonly host: Host
  /** Whether the ledgers are files of the folder. */
  readonly onDisk: boolean
  /** Where the events of a ledger are, as a person types it; the folder where there is no file yet. */
  path(name?: string): Promise<string>
  close(): Promise<void>
}

export async function openStores(context: Context): Promise<Stores> {
  const { io, dir, shownDir } = context
  const host = createHost({ warn: warning => context.warn(warning), env: name => io.env[name] || undefined })
  const store = io.store ?? (await opened(join(dir, 'ledgers'), folder => fileLedgerStore(folder, { host })))
  const cache = io.cache ?? (await opened(join(dir, 'cache'), folder => fileCache(folder, { host })))
  // A run is worth more than its record on the disk.
  const lost = !store ? 'ledgers' : !cache ? 'cache' : undefined
  if (lost) {
    const message = `${join(shownDir, lost)} cannot be written: memory is used, and what is in it goes. Pass another --dir.`
    context.warn({ area: lost === 'cache' ? 'cache' : 'ledger', kind: 'unavailable', message })
  }
  return {
    // A branch is read, counted and removed as one with what it shares.
    store: branching(store ?? memoryLedgerStore()),
    cache: cache ?? memoryCache(),
    host,
    onDisk: io.store === undefined && store !== undefined,
    async path(name) {
      const folder = join(dir, 'ledgers')
      if (!store) return `in memory only`
      if (name === undefined) return shown(io.cwd, folder)
      const file = fileOf(folder, name)
      const exists = await access(file).then(
        () => true,
        () => false
      )
      return shown(io.cwd, exists ? file : folder)
    },
    async close() {
      await store?.close?.()
      await cache?.close?.()
    }
  }
}

/**
 * Opens the stores for what reads them; `work` resolves with the name of the ledger that it was about, if it was about
 * one. What the stores had to warn of is told at the end.
 */
export async function withStores(
  context: Context,
  work: (stores: Stores) => Promise<{ readonly code?: number; readonly name?: string | undefined }>
): Promise<number> {
  const tell = context.hold()
  const stores = await openStores(context)
  try {
    const { code = 0, name } = await work(stores)
    tell(await stores.path(name))
    return code
  } catch (error) {
    tell(await stores.path())
    throw error
  } finally {
    await stores.close()
  }
}

/** Undefined where the folder cannot be written. */
async function opened<T>(folder: string, open: (folder: string) => T): Promise<T | undefined> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    await access(folder, constants.W_OK)
    return open(folder)
  } catch {
    return undefined
  }
}

/** A path relative to the working folder where that is shorter. */
export function shown(cwd: string, path: string): string {
  const near = relative(cwd, path)
  return near === '' ? '.' : near.startsWith('..') && near.length >= path.length ? path : near
}
