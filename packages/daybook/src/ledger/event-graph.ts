/**
 * What causes what among the events of a ledger, as positions in flat arrays: every way through it walks over numbers,
 * and an id is looked up once, whatever is asked afterwards.
 */
import type { LedgerEvent } from './event.js'

export interface EventGraph {
  readonly events: readonly LedgerEvent[]
  /** The position of the first event with this id; -1 where there is none. */
  positionOf(id: string): number
  /** Of the event at each position, in the order of its causes; those that are missing are left out. */
  readonly causes: Neighbours
  /** Of the event at each position, what names it as a cause, in the order of the ledger. */
  readonly effects: Neighbours
}

/** Of position `n`: `list[from[n]]` up to, and without, `list[from[n + 1]]`. */
export interface Neighbours {
  readonly from: Int32Array
  readonly list: Int32Array
}

// A ledger is asked again and again: its graph is kept as long as the list of its events is.
const kept = new WeakMap<object, EventGraph>()

export function graphOf(given: Iterable<LedgerEvent>): EventGraph {
  const known = kept.get(given)
  if (known && isSame(known.events, given as readonly LedgerEvent[])) return known
  const events = [...given]
  const graph = built(events)
  if (Array.isArray(given)) kept.set(given, graph)
  return graph
}

/** The positions that a walk reaches, breadth first, each once, with the beginning. */
export function reachedFrom(start: number, { from, list }: Neighbours): Int32Array {
  const reached = new Int32Array(from.length - 1)
  const seen = new Uint8Array(from.length - 1)
  let count = 0
  reached[count++] = start
  seen[start] = 1
  for (let next = 0; next < count; next++) {
    const at = reached[next] as number
    for (let k = from[at] as number; k < (from[at + 1] as number); k++) {
      const neighbour = list[k] as number
      if (seen[neighbour] === 1) continue
      seen[neighbour] = 1
      reached[count++] = neighbour
    }
  }
  return reached.subarray(0, count)
}

/** A list may have grown since, or hold another event in a place. */
function isSame(before: readonly LedgerEvent[], now: readonly LedgerEvent[]): boolean {
  if (before.length !== now.length) return false
  for (let n = 0; n < now.length; n++) if (before[n] !== now[n]) return false
  return true
}

function built(events: readonly LedgerEvent[]): EventGraph {
  const { length } = events
  const positions = new Map<string, number>()
  let count = 0
  for (let n = 0; n < length; n++) {
    const { id, cause } = events[n] as LedgerEvent
    if (positions.has(id)) continue
    positions.set(id, n)
    count += cause.length
  }
  const positionOf = (id: string): number => positions.get(id) ?? -1
  const from = new Int32Array(length + 1)
  const list = new Int32Array(count)
  const indegree = new Int32Array(length + 1)
  let end = 0
  for (let n = 0; n < length; n++) {
    const { id, cause } = events[n] as LedgerEvent
    // Of an id that is there twice, the first counts.
    if (positions.size === length || positions.get(id) === n) {
      for (const name of cause) {
        const at = positionOf(name)
        if (at < 0) continue
        list[end++] = at
        indegree[at + 1] = (indegree[at + 1] as number) + 1
      }
    }
    from[n + 1] = end
  }
  const causes = { from, list: list.subarray(0, end) }
  let effects: Neighbours | undefined
  return {
    events,
    positionOf,
    causes,
    get effects() {
      effects ??= reversed(causes, indegree)
      return effects
    }
  }
}

function reversed({ from, list }: Neighbours, indegree: Int32Array): Neighbours {
  const starts = Int32Array.from(indegree)
  for (let n = 1; n < starts.length; n++) starts[n] = (starts[n] as number) + (starts[n - 1] as number)
  const next = starts.slice()
  const back = new Int32Array(list.length)
  for (let n = 0; n + 1 < from.length; n++) {
    for (let k = from[n] as number; k < (from[n + 1] as number); k++) {
      const cause = list[k] as number
      const place = next[cause] as number
      back[place] = n
      next[cause] = place + 1
    }
  }
  return { from: starts, list: back }
}
