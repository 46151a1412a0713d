/** What a firing has said, as the outbox keeps it. */
import type { EventDraft } from '../ledger/event.js'
import type { OutboxEntry, OutboxSlot } from '../ledger/outbox.js'
import type { Call } from './call.js'
import type { Output } from './firing.js'
import { checkDraft, rejection } from './guards.js'

/** A call among the outputs; its events are made when it has ended. */
export interface Slot {
  readonly call: Call
  readonly request: string
  readonly ordinal: number
  readonly asked: Output | undefined
  /** What is the same call of the same firing. */
  readonly digest: (() => string) | undefined
  /** Whether it is in the outbox. */
  kept: boolean
}

/** Whether it is a call of the responder's own that was answered. */
export function isAnswer({ call, asked }: Slot): boolean {
  return asked !== undefined && call.terminal?.type === 'llm.response'
}

/** The answers of an entry by what was asked, each in the order in which it came. */
export function byDigest({ slots }: OutboxEntry): Map<string, OutboxSlot[]> {
  const found = new Map<string, OutboxSlot[]>()
  for (const slot of slots) {
    const digest = slot.call?.asked?.digest ?? ''
    const same = found.get(digest)
    if (same) same.push(slot)
    else found.set(digest, [slot])
  }
  return found
}

/** An output as the outbox keeps it; one that is malformed as what will be said of it. */
export function saved(slot: Output | Slot): OutboxSlot {
  if (!('request' in slot)) return { ordinal: slot.ordinal, draft: savedDraft(slot) }
  slot.kept = true
  const { call, request, ordinal, asked, digest } = slot
  const { cache } = (call.terminal as EventDraft<'llm.response'>).data
  return {
    ordinal,
    draft: call.terminal as EventDraft,
    call: {
      request,
      before: call.before,
      ...(asked && digest
        ? { asked: { ordinal: asked.ordinal, draft: asked.draft as EventDraft, digest: digest() } }
        : {}),
      // Who joined an answer does not know whether it is to be stored.
      ...(cache?.state === 'joined' ? {} : { store: call.record.pending })
    }
  }
}

function savedDraft({ draft, responder }: Output): EventDraft {
  try {
    const { type, data, cause, actor } = checkDraft(draft)
    return { type, data, ...(cause ? { cause } : {}), ...(actor === undefined ? {} : { actor }) } as never
  } catch (thrown) {
    return rejection(draft, responder, thrown)
  }
}
