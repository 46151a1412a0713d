/** Where an event came from, and what came of it. */
import type { LedgerEvent } from './event.js'

/**
 * The event, then its causes breadth first, each once. Causes that are not among the events are passed over; an
 * unknown id gives nothing. Linear in the events and their causes.
 */
export function trace(events: Iterable<LedgerEvent>, id: string): LedgerEvent[] {
  return walk(id, backwards(Array.isArray(events) ? events : [...events], id), event => event.cause)
}

/**
 * The event and its causes, found in one walk from the end to the beginning, where causes stand before what they cause:
 * of a long ledger only what belongs to the trace is remembered. Where a cause was not met on the way, all are looked up.
 */
function backwards(events: readonly LedgerEvent[], id: string): ReadonlyMap<string, LedgerEvent> {
  const found = new Map<string, LedgerEvent>()
  const wanted = new Set([id])
  for (let at = events.length - 1; at >= 0 && wanted.size > 0; at--) {
    const event = events[at] as LedgerEvent
    if (!wanted.delete(event.id)) continue
    found.set(event.id, event)
    for (const cause of event.cause) if (!found.has(cause)) wanted.add(cause)
  }
  return wanted.size > 0 ? index(events) : found
}

/** The event, then what it led to, breadth first, each once, in the order of the ledger within a generation's parent. */
export function effects(events: Iterable<LedgerEvent>, id: string): LedgerEvent[] {
  const byId = index(events)
  const following = followers(byId)
  return walk(id, byId, event => following.get(event.id) ?? [])
}

/**
 * The shortest way between two events, with both, each step to a cause or to an effect; empty where there is none.
 * Among ways of one length, one through causes comes before one through effects.
 */
export function shortestPath(events: Iterable<LedgerEvent>, from: string, to: string): LedgerEvent[] {
  const byId = index(events)
  const following = followers(byId)
  const before = new Map<string, string | undefined>(byId.has(from) ? [[from, undefined]] : [])
  for (const id of before.keys()) {
    if (id === to) return wayTo(id)
    const event = byId.get(id) as LedgerEvent
    for (const next of [...event.cause, ...(following.get(id) ?? [])]) {
      if (byId.has(next) && !before.has(next)) before.set(next, id)
    }
  }
  return []

  function wayTo(end: string): LedgerEvent[] {
    const way: LedgerEvent[] = []
    for (let id: string | undefined = end; id !== undefined; id = before.get(id)) way.push(byId.get(id) as LedgerEvent)
    return way.reverse()
  }
}

/** By id of an event, the ids of those that it is a cause of, in the order of the ledger. */
function followers(byId: ReadonlyMap<string, LedgerEvent>): Map<string, string[]> {
  const following = new Map<string, string[]>()
  for (const event of byId.values()) {
    for (const cause of event.cause) {
      const known = following.get(cause)
      if (known) known.push(event.id)
      else following.set(cause, [event.id])
    }
  }
  return following
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
