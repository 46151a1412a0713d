/** Who wants to hear of a store's ledgers, by name, in this process or page. */
import type { LedgerSignal } from './event.js'
import type { Appended, LedgerStoreListener } from './store.js'

export interface Listeners {
  /** Returns the function that removes the listener. */
  add(name: string, listener: LedgerStoreListener): () => void
  changed(name: string, appended?: Appended): void
  signal(name: string, signal: LedgerSignal): void
  /** The ledgers that somebody listens to. */
  names(): readonly string[]
}

export function listeners(): Listeners {
  const byName = new Map<string, Set<LedgerStoreListener>>()
  // A copy: who is told may leave, or bring others in.
  const of = (name: string): LedgerStoreListener[] => [...(byName.get(name) ?? [])]

  return {
    add(name, listener) {
      const heard = byName.get(name) ?? new Set()
      byName.set(name, heard)
      // Wrapped, so that a listener added twice is heard twice and leaves once.
      const entry: LedgerStoreListener = {
        changed: appended => listener.changed(appended),
        signal: signal => listener.signal?.(signal)
      }
      heard.add(entry)
      return () => {
        heard.delete(entry)
        if (heard.size === 0 && byName.get(name) === heard) byName.delete(name)
      }
    },
    changed(name, appended) {
      for (const listener of of(name)) listener.changed(appended)
    },
    signal(name, signal) {
      for (const listener of of(name)) listener.signal?.(signal)
    },
    names: () => [...byName.keys()]
  }
}
