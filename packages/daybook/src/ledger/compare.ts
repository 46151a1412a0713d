/** Two to four ledgers side by side. */
import { InputError } from '../errors.js'
import { align } from './align.js'
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
  if (!(runs.length >= 2 && runs.length <= 4)) {
    throw new InputError(`Two to four ledgers can be compared, not ${runs.length}.`)
  }
  const ledgers = runs.map(run => [...run])
  const first = ledgers[0] as LedgerEvent[]
  const rows = first.map(event => row(ledgers.length, 0, event))
  // Own events of the others, by the place in the first that they follow; -1 before all.
  const own = new Map<number, Row[]>()

  ledgers.slice(1).forEach((ledger, index) => {
    const column = index + 1
    const { common, partners, fields } = align(first, ledger)
    const byId = new Map<string, Row>()
    for (const found of own.values()) for (const one of found) byId.set(one.id, one)
    let place = -1
    ledger.forEach((event, at) => {
      const partner = partners[at] as number
      if (partner >= 0) {
        place = partner
        const { events } = rows[partner] as Row
        events[column] = event
        if (at >= common && fields(first[partner] as LedgerEvent, event).length > 0) (rows[partner] as Row).same = false
        return
      }
      const known = byId.get(event.id)
      if (known) {
        known.events[column] = event
        return
      }
      const added = row(ledgers.length, column, event)
      const there = own.get(place)
      if (there) there.push(added)
      else own.set(place, [added])
    })
  })

  const all = [...(own.get(-1) ?? []), ...rows.flatMap((one, at) => [one, ...(own.get(at) ?? [])])]
  return {
    rows: all.map(({ events, same }) => ({ events, same: same && !events.includes(undefined) })),
    figures: ledgers.map(figuresOf)
  }
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
