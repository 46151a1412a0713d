/** What came of events: how much, at what cost, within what time. */
import type { LedgerEvent } from './event.js'
import { graphOf, reachedFrom } from './event-graph.js'
import { answerCost, timeOf } from './figures.js'

/** What came of an event, without the event itself. */
export interface Caused {
  readonly events: number
  /** Answers that a provider gave. */
  readonly calls: number
  /** US dollars; null as soon as one price is unknown. */
  readonly costUsd: number | null
  readonly savedUsd: number | null
  /** From the event to the last that came of it, in milliseconds. */
  readonly elapsedMs: number
}

/** Of everything that the event led to, each event once; zeros for an unknown id. */
export function causedBy(events: Iterable<LedgerEvent>, id: string): Caused {
  const graph = graphOf(events)
  const start = graph.positionOf(id)
  const tallies = talliesOf(1)
  if (start < 0) return tallies.caused(0, undefined)
  const reached = reachedFrom(start, graph.effects)
  for (let n = 1; n < reached.length; n++) tallies.count(0, graph.events[reached[n] as number] as LedgerEvent)
  return tallies.caused(0, graph.events[start])
}

/**
 * What came of each event, by id, for all of them in one walk. Here an event counts for its first cause, for the first
 * cause of that one, and so on, and for nobody else: where nothing has more than one cause this is what
 * {@link causedBy} says; where paths meet again nothing is counted twice, so that the roots add up to the ledger. A
 * cause that is missing, or comes later than its effect, is passed over.
 */
export function rollup(events: Iterable<LedgerEvent>): Map<string, Caused> {
  const { events: all, positionOf, causes } = graphOf(events)
  const { from, list } = causes
  const tallies = talliesOf(all.length)
  // Backwards, since effects stand behind their causes: what came of an event is complete when it is handed on.
  for (let n = all.length - 1; n > 0; n--) {
    let k = from[n] as number
    while (k < (from[n + 1] as number) && (list[k] as number) >= n) k++
    if (k === from[n + 1]) continue
    const above = list[k] as number
    tallies.merge(above, n)
    tallies.count(above, all[n] as LedgerEvent)
  }
  const found = new Map<string, Caused>()
  for (const [n, event] of all.entries()) if (positionOf(event.id) === n) found.set(event.id, tallies.caused(n, event))
  return found
}

interface Tallies {
  /** Adds an event to the tally with this number. */
  count(to: number, event: LedgerEvent): void
  /** Adds one tally to another. */
  merge(to: number, from: number): void
  caused(of: number, event: LedgerEvent | undefined): Caused
}

/** Sums in flat arrays: an unknown price is NaN there, and so is every sum with it. */
function talliesOf(length: number): Tallies {
  const events = new Uint32Array(length)
  const calls = new Uint32Array(length)
  const cost = new Float64Array(length)
  const saved = new Float64Array(length)
  const last = new Float64Array(length).fill(Number.NEGATIVE_INFINITY)
  const add = (to: number, more: number, answers: number, paid: number, spared: number, time: number): void => {
    events[to] = (events[to] as number) + more
    calls[to] = (calls[to] as number) + answers
    cost[to] = (cost[to] as number) + paid
    saved[to] = (saved[to] as number) + spared
    if (time > (last[to] as number)) last[to] = time
  }
  const known = (figure: number): number | null => (Number.isNaN(figure) ? null : figure)

  return {
    count(to, event) {
      const answer = answerCost(event)
      const [paid, spared] = answer ? [answer.costUsd ?? Number.NaN, answer.savedUsd ?? Number.NaN] : [0, 0]
      add(to, 1, answer && !answer.cached ? 1 : 0, paid, spared, timeOf(event) ?? Number.NEGATIVE_INFINITY)
    },
    merge(to, from) {
      const [more, answers, time] = [events[from], calls[from], last[from]] as [number, number, number]
      add(to, more, answers, cost[from] as number, saved[from] as number, time)
    },
    caused(of, event) {
      const start = event && timeOf(event)
      return {
        events: events[of] as number,
        calls: calls[of] as number,
        costUsd: known(cost[of] as number),
        savedUsd: known(saved[of] as number),
        elapsedMs: start === undefined ? 0 : Math.max(0, (last[of] as number) - start)
      }
    }
  }
}
