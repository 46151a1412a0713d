/** The books of runs that are not open, for what shows several: read to their end, followed while they are shown. */
import type { LedgerEvent } from 'daybook'
import { type BookFold, createBook } from '../model/book.js'
import { isAnother } from '../model/source.js'
import type { Panel, RunEntry } from './panel.js'

export interface LoadedBook {
  readonly book: BookFold
  /** `loading` until it has as many events as its source said. */
  readonly state: 'loading' | 'ready' | 'failed'
  /** Why it failed, in words for the person. */
  readonly message: string | undefined
  /** How many events its source said that it has. */
  readonly expected: number
}

export interface Books {
  /** Grows with each change. */
  readonly version: number
  get(key: string): LoadedBook | undefined
  /** Reads and follows these runs and no others; what was read of others is let go. */
  keep(entries: readonly RunEntry[]): void
  /** Follows none, but keeps what was read. */
  rest(): void
  subscribe(listener: () => void): () => void
}

/** A longer run is not compared: its book alone would take a page's memory. */
export const maxEvents = 300_000
/** A source that gives nothing for so long, while events are missing, is not waited for. */
const silentMs = 15_000
/** Events are folded for so long at a time, so that the page stays awake. */
const foldMs = 24

type Entry = { -readonly [Key in keyof LoadedBook]: LoadedBook[Key] } & {
  readonly created: string
  stop: (() => void) | undefined
}

const ofPanels = new WeakMap<Panel, Books>()

/** The books beside the open one: one set for each panel. */
export function booksOf(panel: Panel): Books {
  let books = ofPanels.get(panel)
  if (!books) {
    books = createBooks()
    ofPanels.set(panel, books)
  }
  return books
}

export function createBooks(): Books {
  const known = new Map<string, Entry>()
  const listeners = new Set<() => void>()
  let version = 0

  const changed = (): void => {
    version++
    for (const listener of [...listeners]) listener()
  }

  function follow(run: RunEntry, entry: Entry): void {
    const pending: { from: number; events: readonly LedgerEvent[] }[] = []
    let timer: ReturnType<typeof setTimeout> | undefined
    let patience: ReturnType<typeof setTimeout> | undefined
    let over = false
    let unfollow: (() => void) | undefined

    const end = (): void => {
      over = true
      clearTimeout(timer)
      clearTimeout(patience)
      unfollow?.()
      entry.stop = undefined
    }
    const fail = (message: string): void => {
      end()
      entry.state = 'failed'
      entry.message = message
      changed()
    }
    const alive = (): void => {
      clearTimeout(patience)
      if (entry.state !== 'loading') return
      patience = setTimeout(() => {
        fail(`${run.info.name} gave no event for ${silentMs / 1000} s, and some are missing. Its source may be gone.`)
      }, silentMs)
    }
    const fold = (): void => {
      timer = undefined
      const { book } = entry
      const until = performance.now() + foldMs
      while (pending.length > 0) {
        const batch = pending[0] as (typeof pending)[number]
        let at = Math.max(0, book.events.length - batch.from)
        for (; at < batch.events.length; at++) {
          book.add(batch.events[at])
          if ((at & 63) === 63 && performance.now() > until) break
        }
        if (book.events.length > maxEvents) {
          fail(tooLong(run))
          return
        }
        if (at < batch.events.length) break
        pending.shift()
      }
      if (pending.length > 0) timer = setTimeout(fold)
      else if (entry.book.events.length >= entry.expected) {
        entry.state = 'ready'
        clearTimeout(patience)
      }
      changed()
    }

    alive()
    const stop = run.source.source.follow(run.info.name, {
      events(from, events) {
        if (over) return
        pending.push({ from, events })
        alive()
        timer ??= setTimeout(fold)
      },
      signals() {},
      reset() {
        pending.length = 0
        entry.book = createBook(run.info.name)
        changed()
      }
    })
    if (over) stop()
    else {
      unfollow = stop
      entry.stop = end
    }
  }

  return {
    get version() {
      return version
    },
    get: key => known.get(key),
    keep(entries) {
      const wanted = new Set(entries.map(({ key }) => key))
      for (const [key, entry] of known) {
        if (wanted.has(key)) continue
        entry.stop?.()
        known.delete(key)
      }
      for (const run of entries) {
        const { created, length: expected } = run.info
        let entry = known.get(run.key)
        const another = isAnother(entry?.created, created)
        if (another) entry?.stop?.()
        if (entry?.stop) continue
        if (!entry || another || entry.state === 'failed') {
          const book = createBook(run.info.name)
          entry = { book, state: 'loading', message: undefined, expected, created, stop: undefined }
          known.set(run.key, entry)
        }
        if (run.info.length > maxEvents) {
          entry.state = 'failed'
          entry.message = tooLong(run)
        } else if (run.info.length === 0) entry.state = 'ready'
        else follow(run, entry)
      }
    },
    rest() {
      for (const entry of known.values()) entry.stop?.()
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    }
  }
}

function tooLong(run: RunEntry): string {
  return `${run.info.name} has more than ${maxEvents} events: too many to stand beside another run.`
}
