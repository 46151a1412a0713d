/** Where an event came from, and what came of it. */
import type { LedgerEvent } from './event.js'
import { type EventGraph, graphOf, type Neighbours, reachedFrom } from './event-graph.js'

/**
 * The event, then its causes breadth first, each once. Causes that are not among the events are passed over; an
 * unknown id gives nothing. Linear in the events and their causes; what was found out about a list of events is kept.
 */
export function trace(events: Iterable<LedgerEvent>, id: string): LedgerEvent[] {
  const graph = graphOf(events)
  return walk(graph, id, graph.causes)
}

/** The event, then what it led to, breadth first, each once, in the order of the ledger within a generation's parent. */
export function effects(events: Iterable<LedgerEvent>, id: string): LedgerEvent[] {
  const graph = graphOf(events)
  return walk(graph, id, graph.effects)
}

/**
 * The shortest way between two events, with both, each step to a cause or to an effect; empty where there is none.
 * Among ways of one length, one through causes comes before one through effects.
 */
export function shortestPath(events: Iterable<LedgerEvent>, from: string, to: string): LedgerEvent[] {
  const graph = graphOf(events)
  const [start, goal] = [graph.positionOf(from), graph.positionOf(to)]
  if (start < 0 || goal < 0) return []
  const length = graph.events.length
  const queue = new Int32Array(length)
  const before = new Int32Array(length).fill(-1)
  let count = 0
  queue[count++] = start
  before[start] = start
  for (let next = 0; next < count && before[goal] === -1; next++) {
    const at = queue[next] as number
    for (const { from: starts, list } of [graph.causes, graph.effects]) {
      for (let k = starts[at] as number; k < (starts[at + 1] as number); k++) {
        const neighbour = list[k] as number
        if (before[neighbour] !== -1) continue
        before[neighbour] = at
        queue[count++] = neighbour
      }
    }
  }
  if (before[goal] === -1) return []
  const way: LedgerEvent[] = []
  for (let at = goal; ; at = before[at] as number) {
    way.push(graph.events[at] as LedgerEvent)
    if (at === start) return way.reverse()
  }
}

function walk({ events, positionOf }: EventGraph, id: string, neighbours: Neighbours): LedgerEvent[] {
  const start = positionOf(id)
  return start < 0 ? [] : Array.from(reachedFrom(start, neighbours), at => events[at] as LedgerEvent)
}
