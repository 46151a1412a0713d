/** How a ledger finds the others of its store, so that who forks it need not say where it is kept. */
import type { Ledger } from './ledger.js'

export interface Siblings {
  /** Opened as this ledger was: with the same clock, and with what it leaves out left out. */
  open(name: string): Promise<Ledger>
  /** The hash that a ledger's chain ends with, where its store keeps one. */
  head(name: string): Promise<string | undefined>
}

// A member of the ledger, so that `{ ...ledger }` with something changed keeps it.
const key = Symbol.for('daybook.siblings')

export function withSiblings(ledger: Ledger, siblings: Siblings): Ledger {
  return Object.defineProperty(ledger, key, { value: siblings, enumerable: true })
}

export function siblingsOf(ledger: Ledger): Siblings | undefined {
  return (ledger as { readonly [key]?: Siblings })[key]
}
