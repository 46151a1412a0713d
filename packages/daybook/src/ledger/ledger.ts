/** A ledger: the append-only events of one run, branch or session. */
import type { LedgerEvent, LedgerSignal } from './event.js'
import type { Outbox } from './outbox.js'
import type { SnapshotStore } from './store.js'

export interface Ledger {
  /** `run:<id>`, `branch:<id>` or `session:<id>`. */
  readonly name: string
  /** The number of events that are known to be there; grows with appends, our own and those that we hear of. */
  readonly length: number
  /**
   * Resolves with the new length once the events are durable, then tells the subscribers. Owns its input: the events
   * are checked and frozen in depth. `[]` changes nothing. Several writers are serialised.
   * @throws see {@link LedgerStore.append}; InputError for what is no event.
   */
  append(events: readonly LedgerEvent[], options?: { readonly expected?: number }): Promise<number>
  read(from?: number, to?: number): AsyncIterable<LedgerEvent>
  /**
   * Calls the listener for every event from position `from` (default: the length now), in order, each once, with its
   * position. A listener that throws is warned of and stops nobody. Returns the function that ends it.
   */
  subscribe(listener: LedgerListener, options?: SubscribeOptions): () => void
  /** Shows a delta to the subscribers, here and in other tabs. Not kept. */
  signal(signal: LedgerSignal): void
  /** The deltas so far of a call that is still open here; empty when it is not. For who came late. */
  signals(request: string, from?: number): readonly LedgerSignal[]
  /** Where a run keeps what it cannot append yet. A ledger without one asks some things again after a kill. */
  readonly outbox?: Outbox | undefined
  /** Where a run keeps what it knows, so that the next one need not read the whole ledger. */
  readonly snapshots?: SnapshotStore | undefined
  /** Whether what is read may be less than what was appended: answers of such a ledger are not given again. */
  readonly redacted?: boolean | undefined
  /**
   * Resolves when nobody else runs this ledger, with the function that lets go of it; rejects when the signal fires.
   * Left out where nobody else can.
   */
  hold?(signal?: AbortSignal): Promise<() => void>
  close(): Promise<void>
}

export type LedgerListener = (event: LedgerEvent, position: number) => void

export interface SubscribeOptions {
  readonly from?: number
  readonly onSignal?: (signal: LedgerSignal) => void
}
