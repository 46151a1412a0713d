/** Where an event came from, and what came of it. */
import type { LedgerEvent } from './event.js'

/**
 * The event, then its causes breadth first, each once. Causes that are not among the events are passed over; an
 * unknown id gives nothing. Linear in the events and their causes.
 */
export function trace(events: Iterable<LedgerEvent>, id: string): LedgerEvent[] {
  const byId = index(events)
  return walk(id, byId, event => event.cause)
}

/** The event, then what it led to, breadth first, each once, in the order of the ledger within a generation's parent. */
export function effects(events: Iterable<LedgerEvent>, id: string): LedgerEvent[] {
  const byId = index(events)
  const following = new Map<string, string[]>()
  for (const event of byId.values()) {
    for (const cause of event.cause) {
      const known = following.get(cause)
      if (known) known.push(event.id)
      else following.set(cause, [event.id])
    }
  }
  return walk(id, byId, event => following.get(event.id) ?? [])
}

function index(events: Iterable<LedgerEvent>): Map<string, LedgerEvent> {
  const byId = new Map<string, LedgerEvent>()
  for (const event of events) if (!byId.has(event.id)) byId.set(event.id, event)
  return byId
}

function walk(
  id: string,
  byId: ReadonlyMap<string, LedgerEvent>,
  next: (event: LedgerEvent) => readonly string[]
): LedgerEvent[] {
  const start = byId.get(id)
  if (!start) return []
  // A set keeps the order of insertion and is walked to its end while it grows: queue and memory in one.
  const reached = new Set([start])
  for (const event of reached) {
    for (const neighbour of next(event)) {
      const found = byId.get(neighbour)
      if (found) reached.add(found)
    }
  }
  return [...reached]
}
