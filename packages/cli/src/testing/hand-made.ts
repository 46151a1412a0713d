/** What the tests of this package share: events and a store made by hand, and a stdout that remembers. */
import type { EventDraft, LedgerEvent, LedgerStore, LedgerStoreListener } from 'daybook'
import type { Io } from '../io.js'

const start = Date.parse('2026-01-02T03:04:05.000Z')

/** Events with the ids e1, e2, …, one second apart, in the ledger `run:test`. */
export function events(...drafts: readonly (EventDraft & { cause?: readonly string[] })[]): LedgerEvent[] {
  return drafts.map(
    ({ type, data, cause = [], actor = 'finder' }, index) =>
      ({
        id: `e${index + 1}`,
        type,
        source: 'run:test',
        actor,
        cause,
        timestamp: new Date(start + index * 1000).toISOString(),
        data
      }) as LedgerEvent
  )
}

export interface HandMadeStore extends LedgerStore {
  readonly ledgers: Map<string, LedgerEvent[]>
  readonly listeners: Set<LedgerStoreListener>
  /** Appends and tells the listeners. */
  add(name: string, more: readonly LedgerEvent[]): void
}

export function handMadeStore(initial: Record<string, readonly LedgerEvent[]> = {}): HandMadeStore {
  const ledgers = new Map(Object.entries(initial).map(([name, held]) => [name, [...held]]))
  const listeners = new Set<LedgerStoreListener>()
  const of = (name: string): LedgerEvent[] => ledgers.get(name) ?? []
  const add = (name: string, more: readonly LedgerEvent[]): void => {
    ledgers.set(name, [...of(name), ...more])
    for (const listener of listeners) listener.changed()
  }
  return {
    ledgers,
    listeners,
    add,
    append: async (name, more) => {
      add(name, more)
      return of(name).length
    },
    async *read(name, from = 0, to = of(name).length) {
      yield* of(name).slice(from, to)
    },
    length: async name => of(name).length,
    list: async () =>
      [...ledgers].map(([name, held]) => {
        const updated = held.at(-1)?.timestamp ?? new Date(start).toISOString()
        return { name, length: held.length, created: updated, updated, bytes: JSON.stringify(held).length }
      }),
    remove: async name => void ledgers.delete(name),
    subscribe(_name, listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    }
  }
}

export interface Output {
  readonly io: Pick<Io, 'stdout' | 'stderr'>
  readonly stdout: () => string
  readonly stderr: () => string
}

export function output(): Output {
  let out = ''
  let err = ''
  return {
    io: {
      stdout: {
        write: text => {
          out += text
        }
      },
      stderr: {
        write: text => {
          err += text
        }
      }
    },
    stdout: () => out,
    stderr: () => err
  }
}
