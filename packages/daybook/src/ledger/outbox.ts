/**
 * The outbox of a run: what responders have said already while others of the same wave have not. The ledger takes a
 * wave as a whole; what was paid for until then is kept here, in the same store, so that a killed run asks nothing again.
 */
import type { Host } from '../host.js'
import { isRecord, type JsonObject } from '../json.js'
import type { EventDraft, LedgerEvent } from './event.js'
import { outboxName } from './name.js'
import { ownEvents } from './own-event.js'
import type { LedgerStore } from './store.js'

/** What one responder, called for one event, has said. */
export interface OutboxEntry {
  /** The id of the event. */
  readonly trigger: string
  readonly responder: string
  /** True: all that it says. False: answers to calls of a responder that had not ended yet. */
  readonly ended: boolean
  readonly slots: readonly OutboxSlot[]
  /** How many outputs were counted. */
  readonly ordinal: number
}

/** An output; of a call, its end, with what belongs to it. */
export interface OutboxSlot {
  readonly ordinal: number
  readonly draft: EventDraft
  readonly call?: {
    /** The id of its request. */
    readonly request: string
    /** What was asked, where the responder did so itself; the digest tells whether it asks the same again. */
    readonly asked?: { readonly ordinal: number; readonly draft: EventDraft; readonly digest: string }
    readonly before: readonly EventDraft[]
    /** Whether the answer was to be stored in the cache; left out where that was another call's to do. */
    readonly store?: boolean
  }
}

export interface Outbox {
  /** In the order in which they were written; a later entry takes the place of an earlier one of the same responder. */
  read(): AsyncIterable<OutboxEntry>
  /** Resolves when they are durable. */
  append(entries: readonly OutboxEntry[]): Promise<void>
  clear(): Promise<void>
}

/** An outbox in a ledger of its own, which the store's list does not show and which goes with the run's ledger. */
export function storedOutbox(store: LedgerStore, ledger: string, host: Host): Outbox {
  const name = outboxName(ledger)
  return {
    async *read() {
      for await (const { data } of store.read(name)) if (isEntry(data)) yield data
    },
    async append(entries) {
      const timestamp = new Date(host.now()).toISOString()
      const common = { type: 'outbox', source: ledger, actor: 'runtime', cause: [], timestamp }
      const events = entries.map(data => {
        const id = host.sha256(timestamp + JSON.stringify(data), 'base64url').slice(0, 22)
        return { ...common, id: `outbox-${id}`, data } as unknown as LedgerEvent
      })
      await store.append(name, ownEvents(events))
    },
    clear: () => store.remove(name)
  }
}

function isEntry(data: unknown): data is OutboxEntry {
  return (
    isRecord(data) &&
    typeof data.trigger === 'string' &&
    typeof data.responder === 'string' &&
    Number.isSafeInteger(data.ordinal) &&
    Array.isArray(data.slots) &&
    data.slots.every(isSlot)
  )
}

function isSlot(slot: unknown): boolean {
  if (!isRecord(slot) || !Number.isSafeInteger(slot.ordinal) || !isDraft(slot.draft)) return false
  if (slot.call === undefined) return true
  if (!isRecord(slot.call)) return false
  const { request, before, asked } = slot.call as JsonObject
  return (
    typeof request === 'string' &&
    Array.isArray(before) &&
    before.every(isDraft) &&
    (asked === undefined || (isRecord(asked) && isDraft(asked.draft) && typeof asked.digest === 'string'))
  )
}

function isDraft(draft: unknown): boolean {
  return isRecord(draft) && typeof draft.type === 'string' && isRecord(draft.data)
}
