/** The ledgers and the cache in a folder. */
import { access, constants, mkdir, readdir } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { type CacheStore, createHost, type Host, type LedgerStore, memoryCache, memoryLedgerStore } from 'daybook'
import { asDaybookError } from 'daybook/errors'
import { fileCache, fileLedgerStore } from 'daybook/node'
import type { Context } from './command.js'

export interface Stores {
  readonly store: LedgerStore
  readonly cache: CacheStore
  readonly host: Host
  /** Where the events of a ledger are, as a person types it; the folder where there is no file yet. */
  path(name: string): Promise<string>
  close(): Promise<void>
}

export async function openStores(context: Context): Promise<Stores> {
  const { io, dir, shownDir } = context
  const host = createHost({ warn: warning => context.warn(warning), env: name => io.env[name] || undefined })
  const store = io.store ?? (await writable(context, 'ledgers', folder => fileLedgerStore(folder, { host })))
  const cache = io.cache ?? (await writable(context, 'cache', folder => fileCache(folder, { host })))
  return {
    store: store ?? memoryLedgerStore(),
    cache: cache ?? memoryCache(),
    host,
    async path(name) {
      if (!store) return `memory only, ${shownDir} cannot be written`
      const folder = join(dir, 'ledgers')
      const id = name.slice(name.indexOf(':') + 1)
      const files = await readdir(folder).catch(() => [])
      const file = files.find(candidate => candidate.includes(id) && candidate.endsWith('.jsonl'))
      return shown(io.cwd, file === undefined ? folder : join(folder, file))
    },
    async close() {
      await store?.close?.()
      await cache?.close?.()
    }
  }
}

/** Undefined, and said so, where the folder cannot be written: a run is worth more than its record on disk. */
async function writable<T>(context: Context, name: string, open: (folder: string) => T): Promise<T | undefined> {
  const folder = join(context.dir, name)
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    await access(folder, constants.W_OK)
    return open(folder)
  } catch (error) {
    const { code } = error as { code?: string }
    const message = `${join(context.shownDir, name)} cannot be written (${code ?? asDaybookError(error).message}): memory is used, nothing is kept. Pass another --dir.`
    context.warn({ area: name === 'cache' ? 'cache' : 'ledger', kind: 'unavailable', message })
    return undefined
  }
}

/** A path relative to the working folder where that is shorter. */
export function shown(cwd: string, path: string): string {
  const near = relative(cwd, path)
  return near === '' ? '.' : near.startsWith('..') && near.length >= path.length ? path : near
}
