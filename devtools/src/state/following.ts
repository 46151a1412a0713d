/** The events of the open run on their way into its book: a few milliseconds of them in each frame. */
import type { LedgerEvent, LedgerSignal } from 'daybook'
import type { BookFold } from '../model/book.js'

/** Events are folded for so long at a time: little at first, so that the first rows are seen at once. */
const firstMs = 8
const foldMs = 16

export interface Following {
  events(from: number, events: readonly LedgerEvent[]): void
  signals(signals: readonly LedgerSignal[]): void
  /** Takes what is pending into the book; true when some is left. */
  fold(book: BookFold): boolean
  clear(): void
}

export function createFollowing(): Following {
  let pending: { from: number; events: readonly LedgerEvent[] }[] = []
  let pendingSignals: LedgerSignal[] = []
  return {
    events: (from, events) => void pending.push({ from, events }),
    signals(signals) {
      for (const signal of signals) pendingSignals.push(signal)
    },
    fold(book) {
      const until = performance.now() + (book.events.length < 500 ? firstMs : foldMs)
      while (pending.length > 0) {
        const batch = pending[0] as (typeof pending)[number]
        let at = Math.max(0, book.events.length - batch.from)
        for (; at < batch.events.length; at++) {
          take(book, batch.events[at])
          if ((at & 63) === 63 && performance.now() > until) break
        }
        if (at < batch.events.length) return true
        pending.shift()
      }
      const now = Date.now()
      for (const signal of pendingSignals) book.signal(signal, now)
      pendingSignals = []
      return false
    },
    clear() {
      pending = []
      pendingSignals = []
    }
  }
}

/** A source of the page's own may give objects that throw where they are read: what stands in their place says so. */
function take(book: BookFold, event: unknown): void {
  const row = book.events.length
  try {
    book.add(event)
  } catch (error) {
    if (book.events.length > row) throw error
    book.add(`This event cannot be read: ${error}`)
  }
}
