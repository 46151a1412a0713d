/** A store as calls see it: it may throw, reject, hang or give back nonsense, and the call goes on without it. */
import { asDaybookError } from '../errors.js'
import type { Host } from '../host.js'
import { isPromise } from './awaitable.js'
import { isCacheEntry } from './entry.js'
import type { Awaitable, CacheEntry, CacheStore } from './store.js'

export interface GuardedStore {
  /** The entry; undefined where there is none, where it is damaged and where the store fails. Never throws or rejects. */
  get(key: string): Awaitable<CacheEntry | undefined>
  /** Never throws or rejects. */
  set(key: string, entry: CacheEntry): Awaitable<void>
  /** As the store's own, where it has one; waits no longer than `maxTurn` and never rejects. */
  readonly turn: ((key: string) => Promise<(() => void) | undefined>) | undefined
  /** Whether the store failed lately and is left alone for a while. */
  isOff(): boolean
  /** Says a thing once for this store. */
  warn(kind: string, message: string): void
}

export interface GuardOptions {
  readonly host: Host
  /** How long the store may take for one answer, in milliseconds. */
  readonly timeoutMs: number
}

/** How long a store that failed is left alone, in milliseconds: long enough not to slow every call down. */
const pause = 30_000

/** How long an answer that another tab asks for is waited for, in milliseconds: few take longer. */
const maxTurn = 300_000

/** What is known about one store, by everybody who uses it. */
interface Health {
  /** How many answers it has given: one that is slow because many ask at once still gives some. */
  answers: number
  readOffUntil: number
  writeOffUntil: number
  readonly warned: Set<string>
}

const healthOf = new WeakMap<CacheStore, Health>()

export function guarded(store: CacheStore, { host, timeoutMs }: GuardOptions): GuardedStore {
  const health = healthOf.get(store) ?? { answers: 0, readOffUntil: 0, writeOffUntil: 0, warned: new Set() }
  healthOf.set(store, health)

  const warn = (kind: string, message: string): void => {
    if (health.warned.has(kind)) return
    health.warned.add(kind)
    host.warn({ area: 'cache', kind, message })
  }

  const failed = (verb: 'read' | 'written', thrown: unknown): undefined => {
    const until = host.now() + pause
    health.writeOffUntil = until
    // A full disk can still be read from.
    if (verb === 'read') health.readOffUntil = until
    const { kind, reason } = cause(thrown)
    warn(kind, `The cache cannot be ${verb} (${reason}): calls go on without it.`)
  }

  const checked = (found: unknown): CacheEntry | undefined => {
    if (found === undefined || found === null) return undefined
    if (isCacheEntry(found)) return found
    warn('damaged', 'The cache gave back something that is no answer: it is asked for anew.')
    return undefined
  }

  return {
    get(key) {
      if (host.now() < health.readOffUntil) return undefined
      try {
        const found = store.get(key)
        if (!isPromise(found)) return checked(found)
        return inTime(found, timeoutMs, health).then(checked, thrown => failed('read', thrown))
      } catch (thrown) {
        return failed('read', thrown)
      }
    },
    set(key, entry) {
      if (host.now() < health.writeOffUntil) return
      try {
        const done = store.set(key, entry)
        if (isPromise(done)) return inTime(done, timeoutMs, health).catch(thrown => failed('written', thrown))
      } catch (thrown) {
        failed('written', thrown)
      }
    },
    // One who cannot wait in line asks for itself.
    turn: store.turn && (async key => store.turn?.(key, AbortSignal.timeout(maxTurn)).catch(() => undefined)),
    isOff: () => host.now() < health.readOffUntil,
    warn
  }
}

class Late extends Error {}

/** What the store says, or undefined when that takes too long; Late, when it says nothing at all in all that time. */
function inTime<T>(promise: Promise<T>, ms: number, health: Health): Promise<T | undefined> {
  const before = health.answers
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      if (health.answers > before) resolve(undefined)
      else reject(new Late(`no answer within ${ms} ms`))
    }, ms)
    const settled = (): void => {
      health.answers++
      clearTimeout(timer)
    }
    promise.finally(settled).then(resolve, reject)
  })
}

const full = new Set(['ENOSPC', 'EDQUOT', 'QuotaExceededError'])

/** One word for what went wrong, and the same for people: without the path that a file system puts after it. */
function cause(thrown: unknown): { kind: string; reason: string } {
  if (thrown instanceof Late) return { kind: 'timeout', reason: thrown.message }
  const { code, name } = (thrown ?? {}) as { code?: unknown; name?: unknown }
  const word = typeof code === 'string' ? code : typeof name === 'string' ? name : 'unavailable'
  const message = asDaybookError(thrown, 'cache').message
  const reason = (typeof code === 'string' ? (message.split(', ')[0] ?? message) : message).slice(0, 100)
  return { kind: full.has(word) ? 'quota_exceeded' : word, reason: reason || word }
}
