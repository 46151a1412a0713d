/** What a cache keeps, and the four methods that make a store. */
import type { LLMDelta, LLMResponse } from '../llm/llm.js'

export interface CacheEntry {
  /** The answer as it was given: with its price, so that a hit knows what it saved. */
  readonly response: LLMResponse
  /** The deltas with their boundaries, so that a hit streams as the original did. */
  readonly deltas: readonly LLMDelta[]
  /** When it was stored, in milliseconds since 1970. */
  readonly stored: number
}

export type Awaitable<T> = T | Promise<T>

/**
 * A store of answers by key. Anyone's object with these four methods will do; `cacheContract` in `daybook/testing`
 * says what is expected of it. A key is 64 hexadecimal digits, or such a key with a kind before it (`fetch-…`).
 * A store may forget any entry at any time; it must never give back a damaged one.
 */
export interface CacheStore {
  get(key: string): Awaitable<CacheEntry | undefined>
  set(key: string, entry: CacheEntry): Awaitable<void>
  delete(key: string): Awaitable<void>
  /** The keys of this store itself, in no order; not those of a parent that it falls through to. */
  keys(): Awaitable<readonly string[]>
  /**
   * Resolves when nobody else who uses this store, in another tab say, is asking for the key's answer, with the function
   * that lets the next one ask; rejects with the signal's reason. Who goes away has let go. Left out, or undefined: there
   * was nobody to wait for.
   */
  turn?(key: string, signal: AbortSignal): Promise<(() => void) | undefined>
  /** Writes what is pending and lets go of files and connections. */
  close?(): Awaitable<void>
}
