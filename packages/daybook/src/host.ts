/** What a program may do that depends on where it runs. Tests and replays pass their own. */
import { env, sha256 } from '#platform'

/** Something that went wrong and was survived: a cache that is full, a price table that is old. */
export interface Warning {
  /** Which part is concerned, such as `cache` or `prices`; the default host says a thing once per area and kind. */
  readonly area: string
  readonly kind: string
  readonly message: string
}

export interface Host {
  /** Milliseconds since 1970. */
  now(): number
  /** A number in [0, 1). */
  random(): number
  /** Makes an id for a new run or session; by default 12 random hexadecimal digits. */
  id?(): string
  fetch: typeof fetch
  /** Synchronous, so that cache keys and event ids can be had without a wait. */
  sha256(text: string, encoding?: 'hex' | 'base64url'): string
  /** An environment variable; always undefined in a page. */
  env(name: string): string | undefined
  warn(warning: Warning): void
}

/** The real clock, network and environment; warnings go to the console once per area and kind. */
export function createHost(overrides: Partial<Host> = {}): Host {
  const warned = new Set<string>()
  return {
    now: () => Date.now(),
    random: () => Math.random(),
    // Looked up at each call: a page may replace its fetch after this module was loaded.
    fetch: (input, init) => globalThis.fetch(input, init),
    sha256,
    env,
    warn({ area, kind, message }) {
      const once = `${area}/${kind}`
      if (warned.has(once)) return
      warned.add(once)
      console.warn(`daybook: ${message}`)
    },
    ...overrides
  }
}

let shared: Host | undefined

/** The host that is used where none is passed. */
export function defaultHost(): Host {
  shared ??= createHost()
  return shared
}

/** 12 hexadecimal digits that nobody else has. */
export function newId(host?: Pick<Host, 'id'>): string {
  if (host?.id) return host.id()
  // The last group of a random UUID: made ahead by the platform, ten times as fast as asking for random bytes. A page
  // that is not secure has none.
  if (typeof crypto.randomUUID === 'function') return crypto.randomUUID().slice(-12)
  const bytes = crypto.getRandomValues(new Uint8Array(6))
  return Array.from(bytes, byte => byte.toString(16).padStart(2, '0')).join('')
}
