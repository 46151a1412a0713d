/** Ledgers in files: one JSONL file each, in one folder. */
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { defaultHost, type Host } from '../host.js'
import { type LedgerHeader, readHeader } from '../ledger/chain.js'
import { listeners } from '../ledger/listeners.js'
import { checkStoredName, isLedgerName, outboxName } from '../ledger/name.js'
import type { LedgerInfo, LedgerStore } from '../ledger/store.js'
import { nodeChecksums } from './batches.js'
import { codeOf, type Disk, makeFolder, realDisk } from './disk.js'
import { fileSnapshots } from './file-snapshots.js'
import { firstLine } from './first-line.js'
import { folderWatch } from './folder-watch.js'
import { type Heads, heads } from './heads.js'
import { type LedgerFile, ledgerFile } from './ledger-file.js'
import { takeLock } from './lock.js'

export interface FileLedgerStoreOptions {
  readonly host?: Host
  /** How long an append waits for another process to let go of the ledger, in milliseconds: default 30,000. */
  readonly lockTimeoutMs?: number
  /**
   * What to do with a ledger that is damaged in its middle: `refuse` it (the default), or `read` what stands before
   * the damage. Either way nothing is appended to it.
   */
  readonly damaged?: 'refuse' | 'read'
  /** How bytes get to the disk. For tests of a disk that is full or broken. */
  readonly disk?: Disk
}

// Knowledge of so many ledgers is kept at hand; of others it is read again.
const maxFiles = 256

/** An outbox is removed and begun anew all the time: what its last one was is no news. */
const unnoted: Heads = { get: () => undefined, set: () => {}, flush: async () => {} }

/**
 * A store in this folder, which is made with the first append, for this user only. An append resolves when its events
 * are on the disk. Several processes may use one folder. What a killed process has left unfinished is moved aside when
 * the ledger is next opened, and warned of.
 */
export function fileLedgerStore(folder: string, options: FileLedgerStoreOptions = {}): LedgerStore {
  const { host = defaultHost(), lockTimeoutMs = 30_000, damaged = 'refuse', disk = realDisk() } = options
  const files = new Map<string, LedgerFile>()
  const noted = heads(folder, host)
  const heard = listeners()
  const watch = folderWatch(folder, {
    names: heard.names,
    pathOf,
    // While we write ourselves, the changes are our own.
    known: name => (files.get(name)?.writing ? undefined : (files.get(name)?.bytes ?? 0)),
    changed: name => heard.changed(name)
  })

  const snapshots = fileSnapshots(name => {
    checkStoredName(name)
    return pathOf(name).replace(/\.jsonl$/, '.snapshot.json')
  })

  function pathOf(name: string): string {
    return join(folder, fileNameOf(name))
  }

  function make(name: string, tolerant = damaged === 'read'): LedgerFile {
    return ledgerFile({
      ...{ path: pathOf(name), name, host, disk, heads: isLedgerName(name) ? noted : unnoted, lockTimeoutMs, tolerant },
      changed: appended => heard.changed(name, appended)
    })
  }

  function file(name: string): LedgerFile {
    checkStoredName(name)
    const found = files.get(name) ?? make(name)
    files.delete(name)
    files.set(name, found) // the last used stands last
    if (files.size > maxFiles) files.delete(files.keys().next().value as string)
    return found
  }

  async function info(fileName: string): Promise<LedgerInfo | undefined> {
    const path = join(folder, fileName)
    try {
      const header = await headerOf(path)
      if (!header || !isLedgerName(header.stream) || fileNameOf(header.stream) !== fileName) return undefined
      const { stream: name, created } = header
      const { size, mtime } = await stat(path)
      const head = noted.get(name)
      // A damaged ledger is listed with what can be read of it.
      const length = head?.bytes === size ? head.length : await make(name, true).length()
      return length === 0 ? undefined : { name, length, created, updated: mtime.toISOString(), bytes: size }
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return undefined // removed in this moment
      const why = error instanceof Error ? error.message : String(error)
      host.warn({ area: 'ledger', kind: `list ${fileName}`, message: `${path} is left out of the list: ${why}` })
      return undefined
    }
  }

  return {
    async append(name, events, { expected } = {}) {
      const ledger = file(name)
      if (events.length > 0 || expected !== undefined) return ledger.append(events, expected)
      return ledger.length()
    },
    async *read(name, from = 0, to = Number.POSITIVE_INFINITY) {
      yield* file(name).read(from, to)
    },
    length: async name => file(name).length(),
    head: async name => file(name).head(),
    async list() {
      const found: LedgerInfo[] = []
      for (const name of await namesIn(folder)) {
        const one = name.endsWith('.jsonl') ? await info(name) : undefined
        if (one) found.push(one)
      }
      return found
    },
    snapshots,
    async remove(name) {
      await snapshots.remove(name)
      for (const one of isLedgerName(name) ? [name, outboxName(name)] : [name]) {
        await file(one).remove()
        files.delete(one)
      }
    },
    subscribe(name, listener) {
      checkStoredName(name)
      const leave = heard.add(name, listener)
      watch.start()
      return () => {
        leave()
        if (heard.names().length === 0) watch.stop()
      }
    },
    signal: heard.signal,
    async hold(name, signal) {
      checkStoredName(name)
      await makeFolder(folder)
      const running = await takeLock(`${pathOf(name)}.running`, Number.POSITIVE_INFINITY, { signal, pauseMs: 50 })
      return running.release
    },
    async close() {
      watch.stop()
      await Promise.all([...files.values()].map(one => one.close()))
      await noted.flush()
    }
  }
}

/**
 * `run:abc` is `run-abc.jsonl`. Where files differ in more than case, names that differ only in case would be one
 * file, so a name with capitals has a piece of its hash in it.
 */
function fileNameOf(name: string): string {
  const small = name.toLowerCase()
  const mark = small === name ? '' : `+${nodeChecksums.sha256(name).slice(0, 12)}`
  return `${small.replace(':', '-')}${mark}.jsonl`
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).sort()
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return []
    throw error
  }
}

async function headerOf(path: string): Promise<LedgerHeader | undefined> {
  const line = await firstLine(path)
  return line === undefined ? undefined : readHeader(line)
}
