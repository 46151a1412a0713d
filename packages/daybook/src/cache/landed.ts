/** Answers of an earlier process, given to the cache as if they had come in this one. */
import type { Host } from '../host.js'
import { complete } from '../llm/live.js'
import { failedStream } from '../llm/llm-stream.js'
import { announce, type Flight, traffic } from './flights.js'
import { guarded } from './guarded.js'
import type { CacheEntry, CacheStore } from './store.js'

/** An answer that is there and not stored yet. */
export interface Landed {
  /** Stores it; never rejects. */
  commit(): Promise<void>
  discard(): void
}

const storeTimeoutMs = 2000

/**
 * Until it is committed or discarded, identical calls join it, as they would a call in flight: each for $0. With
 * `stored` false, committing only ends that.
 */
export function landed(store: CacheStore, key: string, entry: CacheEntry, stored: boolean, host: Host): Landed {
  const { flights } = traffic(store)
  const flight: Flight = {
    llm: () => failedStream(undefined), // nobody asks here
    stream: complete(entry.deltas, entry.response),
    join: () => {},
    payer: () => undefined
  }
  const discard = (): void => {
    if (flights.get(key) === flight) flights.delete(key)
  }
  announce({ flights }, key, flight)
  return {
    async commit() {
      if (stored) await guarded(store, { host, timeoutMs: storeTimeoutMs }).set(key, entry)
      discard()
    },
    discard
  }
}

/**
 * Stores the answers that the cache does not have: one in memory has forgotten them, any other may have missed the last.
 * `entriesOf` gives those of the keys that are missing.
 */
export async function refilled(
  store: CacheStore,
  keys: Iterable<string>,
  entriesOf: (missing: ReadonlySet<string>) => Promise<Iterable<[string, CacheEntry]>>,
  host: Host
): Promise<void> {
  const safe = guarded(store, { host, timeoutMs: storeTimeoutMs })
  const missing = new Set<string>()
  for (const key of new Set(keys)) {
    if (safe.isOff()) return
    if (!(await safe.get(key))) missing.add(key)
  }
  if (missing.size === 0) return
  for (const [key, entry] of await entriesOf(missing)) {
    if (safe.isOff()) return
    await safe.set(key, entry)
  }
}
