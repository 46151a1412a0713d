/** A cache in files: one for each answer, whole or absent, shared by as many processes as like. */
import { randomUUID } from 'node:crypto'
import { readFileSync, unlinkSync } from 'node:fs'
import { mkdir, readdir, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { crc32 } from 'node:zlib'
import type { CacheEntry, CacheStore } from '../cache/store.js'
import { asDaybookError, InputError, shown } from '../errors.js'
import { defaultHost, type Host } from '../host.js'
import { gate, lanes } from './lanes.js'

export interface FileCacheOptions {
  /** How much is kept, in bytes; 1 GB unless said otherwise. Then the least recently used answers go. */
  readonly maxBytes?: number | undefined
  readonly host?: Host | undefined
}

/** A key, and nothing that a file system could read as a path. */
const keyShape = /^(?:[a-z][a-z0-9_]{0,31}-)?[0-9a-f]{64}$/
const shardShape = /^[0-9a-f]{2}$/
const temporary = '.tmp'
const hour = 3_600_000
/** How many files are written at once: well below what a process may have open. */
const writers = 8
/** After so many hits their times are written to the files, and at the end. */
const maxTouched = 1000

/**
 * Answers live in `<folder>/<two digits>/<key>`, readable by their owner only. A file is written beside its place and
 * then renamed, so that a process that is killed leaves the old answer or none; a checksum makes a miss of what was
 * damaged, which is removed, with one warning. Nothing is synced to the disk: an answer lost to a power cut is asked for
 * again. Reading is synchronous, since for files of this size that is several times as fast as waiting.
 * Throws or rejects with the file system's own error; `cached` makes a warning of it.
 */
export function fileCache(folder: string, options: FileCacheOptions = {}): CacheStore {
  const { maxBytes = 1e9, host = defaultHost() } = options
  const inOrder = lanes()
  const write = gate(writers)
  /** When answers were used here, of which their files do not know yet. */
  let touched = new Map<string, number>()
  /** What the files hold together: known after the first sweep, and a little too much when others remove some. */
  let bytes = 0
  let sweeping: Promise<void> | undefined
  let warnedOfDamage = false

  const fileOf = (key: string): string => {
    if (!keyShape.test(key)) throw new InputError(`A cache key is 64 hexadecimal digits, not ${shown(key)}.`)
    const digits = key.length - 64
    return join(folder, key.slice(digits, digits + 2), key)
  }

  const removeDamaged = (file: string): void => {
    try {
      unlinkSync(file)
    } catch {
      // On a disk that cannot be written to it stays, and stays a miss.
    }
    if (warnedOfDamage) return
    warnedOfDamage = true
    const message = 'A file of the cache was damaged and has been removed: its answer is asked for anew.'
    host.warn({ area: 'cache', kind: 'damaged', message })
  }

  /** Writes when answers were used to their files, for other processes and later ones to know. */
  const flush = async (): Promise<void> => {
    const times = touched
    touched = new Map()
    for (const [key, time] of times) {
      const date = new Date(time)
      await utimes(fileOf(key), date, date).catch(() => {}) // gone meanwhile, or read only: then it counts as older
    }
  }

  /** Removes what crashed writers left, counts, and removes the least recently used answers of what is too much. */
  const sweep = async (): Promise<void> => {
    const before = bytes
    const files: CacheFile[] = []
    let total = 0
    for await (const file of filesIn(folder)) {
      if (file.name.endsWith(temporary)) {
        if (host.now() - file.written > hour) await rm(file.path, { force: true })
      } else if (keyShape.test(file.name)) {
        total += file.bytes
        files.push(file)
      }
    }
    if (total > maxBytes) {
      const usedAt = (file: CacheFile): number => Math.max(file.used, touched.get(file.name) ?? 0)
      files.sort((a, b) => usedAt(a) - usedAt(b))
      for (const file of files) {
        // Somewhat below the limit, so that not every write has to make room.
        if (total <= maxBytes * 0.9) break
        await rm(file.path, { force: true })
        touched.delete(file.name)
        total -= file.bytes
      }
    }
    bytes = total + (bytes - before)
  }

  /** What was written while it swept may be too much again. */
  const sweepUntilClean = async (): Promise<void> => {
    let before: number
    do {
      before = bytes
      await sweep()
    } while (bytes > maxBytes && bytes !== before)
  }

  const sweepNow = (): void => {
    sweeping ??= sweepUntilClean()
      .catch((error: unknown) => {
        const message = `The cache could not be tidied up: ${asDaybookError(error).message}`
        host.warn({ area: 'cache', kind: 'sweep', message })
      })
      .finally(() => {
        sweeping = undefined
      })
  }

  let used = false
  const firstUse = (): void => {
    if (used) return
    used = true
    sweepNow()
  }

  return {
    get(key) {
      const file = fileOf(key)
      firstUse()
      const found = contentOf(file)
      if (!found) return undefined
      const entry = unsealed(key, found)
      if (!entry) {
        removeDamaged(file)
        return undefined
      }
      touched.set(key, host.now())
      if (touched.size >= maxTouched) void flush()
      return entry
    },

    async set(key, entry) {
      const file = fileOf(key)
      firstUse()
      const content = sealed(key, entry)
      if (content.length > maxBytes) return
      await inOrder(key, () => write(() => replace(file, content)))
      bytes += content.length
      if (bytes > maxBytes) sweepNow()
    },

    async delete(key) {
      const file = fileOf(key)
      await inOrder(key, () => rm(file, { force: true }))
      touched.delete(key)
    },

    async keys() {
      firstUse()
      const keys: string[] = []
      for (const shard of await namesIn(folder)) {
        if (!shardShape.test(shard)) continue
        for (const name of await namesIn(join(folder, shard))) if (keyShape.test(name)) keys.push(name)
      }
      return keys
    },

    async close() {
      await inOrder.idle()
      await sweeping
      await flush()
    }
  }
}

/** The bytes of a file: a line with the key and the checksum of the rest, then the entry as JSON. */
function sealed(key: string, entry: CacheEntry): Buffer {
  const json = Buffer.from(JSON.stringify(entry), 'utf8')
  return Buffer.concat([Buffer.from(seal(key, json), 'latin1'), json])
}

function seal(key: string, json: Uint8Array): string {
  return `daybook-cache 1 ${key} ${crc32(json).toString(16).padStart(8, '0')}\n`
}

const sealLength = (key: string): number => 'daybook-cache 1  \n'.length + key.length + 8

/** The entry, or undefined where a single bit is not as it was written, or the file was written for another key. */
function unsealed(key: string, content: Buffer): CacheEntry | undefined {
  const start = sealLength(key)
  const json = content.subarray(start)
  if (content.toString('latin1', 0, start) !== seal(key, json)) return undefined
  try {
    return JSON.parse(json.toString('utf8')) as CacheEntry
  } catch {
    return undefined
  }
}

function contentOf(file: string): Buffer | undefined {
  try {
    return readFileSync(file)
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  }
}

/** Puts the content in the file's place in one step. */
async function replace(file: string, content: Buffer): Promise<void> {
  const beside = `${file}.${randomUUID()}${temporary}`
  const put = (): Promise<void> => writeFile(beside, content, { mode: 0o600, flag: 'wx' })
  try {
    await put().catch(async (error: unknown) => {
      if (codeOf(error) !== 'ENOENT') throw error
      await mkdir(dirname(file), { recursive: true, mode: 0o700 })
      await put()
    })
    await rename(beside, file)
  } catch (error) {
    await rm(beside, { force: true }).catch(() => {}) // what cannot be removed now is swept later
    throw error
  }
}

interface CacheFile {
  readonly path: string
  readonly name: string
  readonly bytes: number
  /** When it was last read or written, as far as the file system tells, and last written; milliseconds since 1970. */
  readonly used: number
  readonly written: number
}

/** All files, folder by folder. What another process removes meanwhile is left out. */
async function* filesIn(folder: string): AsyncGenerator<CacheFile, void, void> {
  for (const shard of await namesIn(folder)) {
    if (!shardShape.test(shard)) continue
    const names = await namesIn(join(folder, shard))
    const found = await Promise.all(
      names.map(async (name): Promise<CacheFile | undefined> => {
        const path = join(folder, shard, name)
        const facts = await stat(path).catch(() => undefined)
        if (!facts?.isFile()) return undefined
        const { size, atimeMs, mtimeMs } = facts
        return { path, name, bytes: size, used: Math.max(atimeMs, mtimeMs), written: mtimeMs }
      })
    )
    for (const file of found) if (file) yield file
  }
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder)
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return []
    throw error
  }
}

function codeOf(error: unknown): unknown {
  return (error as { code?: unknown } | null)?.code
}
