/** Single events of a ledger, by their positions. */
import type { LedgerEvent } from './event.js'
import type { Ledger } from './ledger.js'

/** Positions that are not further apart are read at once. */
const gap = 256

/** The events at these positions. Each stretch of them is read once. */
export async function eventsAt(ledger: Ledger, positions: Iterable<number>): Promise<ReadonlyMap<number, LedgerEvent>> {
  const wanted = [...new Set(positions)].sort((a, b) => a - b)
  const found = new Map<number, LedgerEvent>()
  for (let n = 0; n < wanted.length; ) {
    let position = wanted[n] as number
    let end = n
    while (end + 1 < wanted.length && (wanted[end + 1] as number) - (wanted[end] as number) <= gap) end++
    for await (const event of ledger.read(position, (wanted[end] as number) + 1)) {
      if (position === wanted[n]) {
        found.set(position, event)
        n++
      }
      position++
    }
    n = end + 1
  }
  return found
}
