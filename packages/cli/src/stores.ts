/** The ledgers and the cache in a folder. */
import { access, constants, mkdir } from 'node:fs/promises'
import { join, relative } from 'node:path'
import {
  branching,
  type CacheStore,
  createHost,
  type Host,
  type LedgerEvent,
  type LedgerStore,
  memoryCache,
  memoryLedgerStore
} from 'daybook'
import { fileCache, fileLedgerStore } from 'daybook/node'
import type { Context } from './command.js'
import { fileOf } from './ledger-files.js'
import { type Broken, lenient } from './lenient.js'
import { shortName } from './names.js'

export interface Stores {
  readonly store: LedgerStore
  readonly cache: CacheStore
  readonly host: Host
  /** Ledgers that are not as they were written and can be read all the same, as far as they were come across. */
  readonly broken: ReadonlyMap<string, Broken>
  /** The first of a ledger's own events. */
  firstOf(name: string): Promise<LedgerEvent | undefined>
  /** Whether the ledgers are files of the folder. */
  readonly onDisk: boolean
  /** Where the events of a ledger are, as a person types it; the folder where there is no file yet. */
  path(name?: string): Promise<string>
  close(): Promise<void>
}

export interface StoresOptions {
  /** Also read ledgers that are not as they were written: for what shows them and says so. */
  readonly lenient?: boolean
  /** Say nothing of them. */
  readonly quiet?: boolean
}

export async function openStores(context: Context, options: StoresOptions = {}): Promise<Stores> {
  const { io, dir, shownDir } = context
  const host = createHost({
    // Where a damaged ledger is shown, it is said with it what is wrong.
    warn: warning => (options.lenient && warning.kind === 'damaged' ? undefined : context.warn(warning)),
    env: name => io.env[name] || undefined
  })
  const folder = join(dir, 'ledgers')
  const strict = io.store ?? (await opened(folder, path => fileLedgerStore(path, { host })))
  const tolerant =
    options.lenient && strict && !io.store
      ? lenient(strict, folder, name => {
          if (options.quiet) return
          const message = `${shortName(name)} is not as it was written.`
          context.warn({ area: 'ledger', kind: 'unverified', message })
        })
      : undefined
  const store = tolerant ?? strict
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
    broken: tolerant?.broken ?? new Map(),
    async firstOf(name) {
      if (store) for await (const event of store.read(name, 0, 1)) return event
      return undefined
    },
    cache: cache ?? memoryCache(),
    host,
    onDisk: io.store === undefined && store !== undefined,
    async path(name) {
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
  work: (stores: Stores) => Promise<{ readonly code?: number; readonly name?: string | undefined }>,
  options?: StoresOptions
): Promise<number> {
  const tell = context.hold()
  const stores = await openStores(context, options)
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
