/** Branches: a shared prefix by reference, and a tail of their own. */
import type { Host } from '../host.js'
import type { Json } from '../json.js'
import type { Ledger } from './ledger.js'
import type { LedgerStore } from './store.js'

/** One thing that is different in a branch. */
export interface LedgerChange {
  /** The id of the changed event. Left out: the event at the fork position. */
  readonly event?: string | undefined
  /** Paths within its data, dotted or as JSON pointers, with their new values: `{ 'model': 'openai/x', 'messages.0.content': '…' }`. */
  readonly set: Readonly<Record<string, Json>>
}

export interface ForkLedgerOptions {
  /** The branch will be `branch:<id>`. */
  readonly id: string
  readonly change?: LedgerChange | undefined
  /** Where the branch is kept; the ledger's own store unless said otherwise. */
  readonly store?: LedgerStore | undefined
  readonly host?: Host | undefined
}

/**
 * Forks a ledger (or a branch) before the event at `position`: the first `position` events are shared by reference.
 * The tail begins with `branch.created`, then what the parent's later events hold of the prefix's own doing: outputs of
 * events of the prefix, as they are, with the change in place under its old id. A runtime's `resume()` goes on from there.
 * @throws InputError for a position or a change that does not fit; nothing is written then.
 */
export function forkLedger(_ledger: Ledger, _position: number, _options: ForkLedgerOptions): Promise<Ledger> {
  throw new Error('to be written')
}

/** A store in which `branch:…` ledgers read as one with what they share. `openLedger` puts it before every store. */
export function branching(store: LedgerStore): LedgerStore {
  return store
}
