/** What came of events: how much, at what cost, within what time. */
import type { LedgerEvent } from './event.js'
import { answerCost, sum, timeOf } from './figures.js'
import { effects } from './trace.js'

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
  const [event, ...following] = effects(events, id)
  const tally = nothing()
  for (const effect of following) count(tally, effect)
  return caused(tally, event)
}

/**
 * What came of each event, by id, for all of them in one walk. Here an event counts for its first cause, for the first
 * cause of that one, and so on, and for nobody else: where nothing has more than one cause this is what
 * {@link causedBy} says; where paths meet again nothing is counted twice, so that the roots add up to the ledger. A
 * cause that is missing, or comes later than its effect, is passed over.
 */
export function rollup(events: Iterable<LedgerEvent>): Map<string, Caused> {
  const byId = new Map<string, { readonly event: LedgerEvent; readonly cause: string | undefined; tally: Tally }>()
  for (const event of events) {
    if (byId.has(event.id)) continue
    byId.set(event.id, { event, cause: event.cause.find(id => byId.has(id)), tally: nothing() })
  }
  // Backwards, since effects stand behind their causes: what came of an event is complete when it is handed on.
  for (const { event, cause, tally } of [...byId.values()].reverse()) {
    const above = cause === undefined ? undefined : byId.get(cause)
    if (!above) continue
    merge(above.tally, tally)
    count(above.tally, event)
  }
  const found = new Map<string, Caused>()
  for (const [id, { event, tally }] of byId) found.set(id, caused(tally, event))
  return found
}

type Tally = { -readonly [Figure in Exclude<keyof Caused, 'elapsedMs'>]: Caused[Figure] } & { last: number }

function nothing(): Tally {
  return { events: 0, calls: 0, costUsd: 0, savedUsd: 0, last: Number.NEGATIVE_INFINITY }
}

function count(tally: Tally, event: LedgerEvent): void {
  const answer = answerCost(event)
  merge(tally, {
    events: 1,
    calls: answer && !answer.cached ? 1 : 0,
    costUsd: answer ? answer.costUsd : 0,
    savedUsd: answer ? answer.savedUsd : 0,
    last: timeOf(event) ?? Number.NEGATIVE_INFINITY
  })
}

function merge(tally: Tally, more: Tally): void {
  tally.events += more.events
  tally.calls += more.calls
  tally.costUsd = sum(tally.costUsd, more.costUsd)
  tally.savedUsd = sum(tally.savedUsd, more.savedUsd)
  tally.last = Math.max(tally.last, more.last)
}

function caused({ last, ...figures }: Tally, event: LedgerEvent | undefined): Caused {
  const start = event && timeOf(event)
  return { ...figures, elapsedMs: start === undefined ? 0 : Math.max(0, last - start) }
}
