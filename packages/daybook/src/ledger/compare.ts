/** Two to four ledgers side by side. */
import { InputError } from '../errors.js'
import { aligning, finished, step } from './align.js'
import type { LedgerEvent } from './event.js'
import { figuresOf, type LedgerFigures } from './figures.js'

export interface ComparisonRow {
  /** One place for each ledger; undefined where it has no such event. */
  readonly events: readonly (LedgerEvent | undefined)[]
  /** Every ledger has the event, with the same content. */
  readonly same: boolean
}

export interface LedgerComparison {
  /** The events of the first in its order, the others' own after the event that they follow. */
  readonly rows: readonly ComparisonRow[]
  readonly figures: readonly LedgerFigures[]
}

/**
 * The first ledger against each other one, as `diffLedgers` aligns them. Linear in all of them.
 * @throws InputError for fewer than two or more than four.
 */
export function compareLedgers(runs: readonly Iterable<LedgerEvent>[]): LedgerComparison {
  const ledgers = runs.map(run => [...run])
  return { rows: finished(comparedRows(ledgers)), figures: ledgers.map(figuresOf) }
}

/**
 * The rows of {@link compareLedgers} in steps of a millisecond or two, for whoever must not hold a page: go on with
 * `next()` until it is done, or stop.
 */
export function* comparedRows(
  ledgers: readonly (readonly LedgerEvent[])[]
): Generator<undefined, readonly ComparisonRow[]> {
  const [first, ...others] = ledgers
  if (!first || others.length < 1 || others.length > 3) {
    throw new InputError(`Two to four ledgers can be compared, not ${ledgers.length}.`)
  }
  const rows: Row[] = []
  for (const event of first) {
    if (rows.push(row(ledgers.length, 0, event)) % step === 0) yield
  }
  // Own events of the others, by the place in the first that they follow; -1 before all.
  const own = new Map<number, Row[]>()
  const byId = new Map<string, Row>()

  for (const [index, ledger] of others.entries()) {
    const column = index + 1
    const { common, partners, fields } = yield* aligning(first, ledger)
    const alone: Row[] = []
    let place = -1
    for (const [at, event] of ledger.entries()) {
      if (at % step === 0) yield
      const partner = partners[at] as number
      if (partner >= 0) {
        place = partner
        const { events } = rows[partner] as Row
        events[column] = event
        if (at >= common && fields(first[partner] as LedgerEvent, event).length > 0) (rows[partner] as Row).same = false
        continue
      }
      const known = byId.get(event.id)
      if (known) {
        known.events[column] = event
        continue
      }
      const added = row(ledgers.length, column, event)
      alone.push(added)
      const there = own.get(place)
      if (there) there.push(added)
      else own.set(place, [added])
    }
    for (const one of alone) byId.set(one.id, one)
  }

  const all: ComparisonRow[] = []
  for (let at = -1; at < rows.length; at++) {
    if (at % step === 0) yield
    for (const { events, same } of [...(at < 0 ? [] : [rows[at] as Row]), ...(own.get(at) ?? [])]) {
      all.push({ events, same: same && !events.includes(undefined) })
    }
  }
  return all
}

interface Row {
  readonly id: string
  readonly events: (LedgerEvent | undefined)[]
  same: boolean
}

function row(columns: number, column: number, event: LedgerEvent): Row {
  const events = new Array<LedgerEvent | undefined>(columns).fill(undefined)
  events[column] = event
  return { id: event.id, events, same: true }
}
