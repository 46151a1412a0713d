/** A cache in IndexedDB, in a database of its own, shared by all tabs of a page. */
import { get as getValue, promisifyRequest, type UseStore } from 'idb-keyval'
import { memoryCache } from '../cache/memory-cache.js'
import type { CacheEntry, CacheStore } from '../cache/store.js'
import { asDaybookError } from '../errors.js'
import { defaultHost, type Host } from '../host.js'
import { batches } from './batches.js'
import { completed, database } from './database.js'

export interface IdbCacheOptions {
  /** The name of the database: `daybook-cache` unless said otherwise. */
  readonly name?: string | undefined
  /** How much is kept, in characters of JSON; 100 million or a fifth of the browser's quota, whichever is less. */
  readonly maxBytes?: number | undefined
  readonly host?: Host | undefined
}

const storeName = 'kv'
/** Beside each answer, under this and its key: how large it is and when it was last used. Sorts after all keys. */
const usePrefix = '~'
/** How long the times of hits may wait to be written, in milliseconds. */
const touchDelay = 1000

/** The locks that this tab has, of whichever cache. */
const turns = new Set<string>()

interface Use {
  readonly used: number
  readonly bytes: number
}

/** JSON to be put, or null to be deleted. */
type Write = string | null

/**
 * Writes that come together go in one transaction, and a get sees them before they are there. Durability is relaxed: an
 * answer lost to a power cut is asked for again. The least recently used answers go when there are too many, or when
 * the browser says that its quota is used up. Where there is no IndexedDB, or it cannot be opened (private windows,
 * sandboxed frames), this is a cache in memory, with one warning.
 */
export function idbCache(options: IdbCacheOptions = {}): CacheStore {
  const { name = 'daybook-cache', host = defaultHost() } = options
  const db = database(name, { upgrade: created => void created.createObjectStore(storeName) })
  let opened = false
  /** In place of a database that cannot be had. */
  let memory: CacheStore | undefined
  let touched = new Map<string, Use>()
  let timer: ReturnType<typeof setTimeout> | undefined
  /** What the answers take together; unknown before the first write. */
  let total: number | undefined
  let limit: number | undefined

  const use: UseStore = (mode, work) =>
    db.transaction(
      storeName,
      mode,
      transaction => {
        opened = true
        return work(transaction.objectStore(storeName))
      },
      { durability: 'relaxed' }
    )

  /** The memory to go on with, where the database could never be opened; else the error. */
  const instead = (error: unknown): CacheStore => {
    const { code, message } = asDaybookError(error, 'cache')
    // One that is held up by another tab may open later.
    if (opened || code === 'blocked') throw error
    if (!memory) {
      memory = memoryCache()
      const text = `The cache cannot be kept in IndexedDB here (${message}): memory is used until this page is left.`
      host.warn({ area: 'cache', kind: 'unavailable', message: text })
    }
    return memory
  }

  const put = (writes: ReadonlyMap<string, Write>, uses: ReadonlyMap<string, Use>): Promise<void> =>
    use('readwrite', store => {
      for (const [key, value] of uses) store.put(value, usePrefix + key)
      for (const [key, text] of writes) {
        if (text === null) {
          store.delete(key)
          store.delete(usePrefix + key)
        } else {
          store.put(text, key)
          store.put({ used: host.now(), bytes: text.length } satisfies Use, usePrefix + key)
        }
      }
      return completed(store.transaction)
    })

  /** Counts what there is, and removes the least recently used answers until it is what `goal` says of the count. */
  const shrink = (goal: (total: number) => number): Promise<void> =>
    use('readwrite', async store => {
      const range = IDBKeyRange.lowerBound(usePrefix)
      const [keys, values] = await Promise.all([
        promisifyRequest(store.getAllKeys(range)),
        promisifyRequest<Use[]>(store.getAll(range))
      ])
      const uses = values.map((value, index) => {
        const key = String(keys[index]).slice(usePrefix.length)
        return { key, bytes: value.bytes, used: Math.max(value.used, touched.get(key)?.used ?? 0) }
      })
      let rest = uses.reduce((sum, { bytes }) => sum + bytes, 0)
      const end = goal(rest)
      if (rest > end) uses.sort((a, b) => a.used - b.used)
      for (const { key, bytes } of uses) {
        if (rest <= end) break
        store.delete(key)
        store.delete(usePrefix + key)
        touched.delete(key)
        rest -= bytes
      }
      await completed(store.transaction)
      total = rest
    })

  const commit = async (writes: ReadonlyMap<string, Write>): Promise<void> => {
    clearTimeout(timer)
    timer = undefined
    const uses = touched
    touched = new Map()
    try {
      await put(writes, uses).catch(async (error: unknown) => {
        if ((error as { name?: unknown } | null)?.name !== 'QuotaExceededError') throw error
        // The quota is that of the whole origin: give back half of what is ours, and try once more.
        await shrink(all => all / 2)
        await put(writes, new Map())
      })
    } catch (error) {
      const store = instead(error)
      for (const [key, text] of writes) {
        await (text === null ? store.delete(key) : store.set(key, JSON.parse(text) as CacheEntry))
      }
    }
  }

  const makeRoom = async (writes: ReadonlyMap<string, Write>): Promise<void> => {
    if (memory || writes.size === 0) return
    const most = limit ?? options.maxBytes ?? (await defaultLimit())
    limit = most
    for (const text of writes.values()) if (total !== undefined) total += text?.length ?? 0
    if (total !== undefined && total <= most) return
    // Somewhat below the limit, so that not every write has to make room.
    await shrink(all => (all > most ? most * 0.9 : all)).catch((error: unknown) => {
      const message = `Old answers could not be removed from the cache: ${asDaybookError(error).message}`
      host.warn({ area: 'cache', kind: 'sweep', message })
    })
  }

  const { write, pending, begin, idle } = batches<Write>(commit, makeRoom)

  const touch = (key: string, bytes: number): void => {
    touched.set(key, { used: host.now(), bytes })
    timer ??= setTimeout(begin, touchDelay)
  }

  return {
    async get(key) {
      if (memory) return memory.get(key)
      const written = pending(key)
      if (written !== undefined) return parsed(written)
      try {
        const text: unknown = await getValue(key, use)
        const entry = parsed(text)
        if (entry) touch(key, (text as string).length)
        return entry
      } catch (error) {
        return instead(error).get(key)
      }
    },

    async set(key, entry) {
      if (memory) return memory.set(key, entry)
      const text = JSON.stringify(entry)
      if (text.length > (limit ?? options.maxBytes ?? Number.POSITIVE_INFINITY)) return
      await write(key, text)
    },

    async delete(key) {
      if (memory) return memory.delete(key)
      await write(key, null)
    },

    async keys() {
      if (memory) return memory.keys()
      await idle()
      try {
        const range = IDBKeyRange.upperBound(usePrefix, true)
        const keys = await use('readonly', store => promisifyRequest(store.getAllKeys(range)))
        return keys.map(String)
      } catch (error) {
        return instead(error).keys()
      }
    },

    turn(key, signal) {
      // Not there where a page is not secure: then each tab asks for itself.
      const locks: LockManager | undefined = globalThis.navigator?.locks
      const lock = `${name}/${key}`
      // One that this tab has already is never waited for: a cache may stand behind another one.
      if (!locks || turns.has(lock)) return Promise.resolve(undefined)
      return new Promise((resolve, reject) => {
        const holding = (): Promise<void> => {
          turns.add(lock)
          return new Promise(release => {
            resolve(() => {
              turns.delete(lock)
              release()
            })
          })
        }
        locks.request(lock, { signal }, holding).catch(reject)
      })
    },

    async close() {
      if (touched.size > 0) begin()
      await idle()
      db.close()
    }
  }
}

function parsed(text: unknown): CacheEntry | undefined {
  if (typeof text !== 'string') return undefined
  try {
    return JSON.parse(text) as CacheEntry
  } catch {
    return undefined // not ours; a miss
  }
}

async function defaultLimit(): Promise<number> {
  const most = 100e6
  try {
    const { quota = most } = await navigator.storage.estimate()
    return Math.min(most, quota * 0.2)
  } catch {
    return most // not said outside secure contexts
  }
}
