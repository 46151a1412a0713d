/** Ledgers in memory: for tests, and where nothing else can be opened. Keeps no chain: there are no bytes to protect. */
import { admit } from './admit.js'
import type { LedgerEvent } from './event.js'
import { listeners } from './listeners.js'
import { checkStoredName, isLedgerName, outboxName } from './name.js'
import type { LedgerStore } from './store.js'

interface Kept {
  readonly events: LedgerEvent[]
  readonly byId: Map<string, LedgerEvent>
  readonly created: string
  updated: string
}

/** A store that forgets everything with the process or page. */
export function memoryLedgerStore(): LedgerStore {
  const ledgers = new Map<string, Kept>()
  const heard = listeners()

  return {
    async append(name, events, { expected } = {}) {
      checkStoredName(name)
      const now = new Date().toISOString()
      const ledger: Kept = ledgers.get(name) ?? { events: [], byId: new Map(), created: now, updated: now }
      const from = ledger.events.length
      const fresh = admit(events, { length: from, expected, find: id => ledger.byId.get(id) })
      if (fresh.length === 0) return from
      for (const event of fresh) {
        ledger.byId.set(event.id, event)
        ledger.events.push(event)
      }
      ledger.updated = now
      ledgers.set(name, ledger)
      heard.changed(name, { from, events: fresh })
      // Not the length now: a listener may have appended on hearing of it.
      return from + fresh.length
    },
    async *read(name, from = 0, to = Number.POSITIVE_INFINITY) {
      checkStoredName(name)
      const events = ledgers.get(name)?.events ?? []
      const end = Math.min(to, events.length)
      for (let position = from; position < end; position++) yield events[position] as LedgerEvent
    },
    async length(name) {
      checkStoredName(name)
      return ledgers.get(name)?.events.length ?? 0
    },
    async list() {
      return [...ledgers]
        .filter(([name]) => isLedgerName(name))
        .map(([name, { events, created, updated }]) => ({ name, length: events.length, created, updated }))
    },
    async remove(name) {
      checkStoredName(name)
      ledgers.delete(name)
      ledgers.delete(outboxName(name))
    },
    subscribe: heard.add,
    signal: heard.signal
  }
}
