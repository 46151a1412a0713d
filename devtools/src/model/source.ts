/** What the panel reads: anything that can list ledgers and follow one. No DOM, no React. */
import type { LedgerEvent, LedgerInfo, LedgerSignal } from 'daybook'

export interface DevtoolsSource {
  /** As the panel shows it: `this page`, `node :4711`, `trains.jsonl`. */
  readonly label: string
  readonly kind: 'page' | 'node' | 'file'
  /** Calls the listener with all ledgers at once and at each change. Returns the function that ends it. */
  watch(listener: (ledgers: readonly LedgerInfo[]) => void, onStatus?: (status: SourceStatus) => void): () => void
  /**
   * Gives the events of one ledger from position 0 and goes on live. A batch starts at `from`; what the follower has
   * already is repeated after a reconnect and never left out. Returns the function that ends it.
   */
  follow(name: string, follower: LedgerFollower): () => void
}

export interface LedgerFollower {
  events(from: number, events: readonly LedgerEvent[]): void
  signals(signals: readonly LedgerSignal[]): void
  state?(status: SourceStatus): void
}

export interface SourceStatus {
  /** `lost`: was there and is asked for again; `closed`: read whole, no more will come. */
  readonly state: 'connecting' | 'live' | 'lost' | 'closed'
  /** What happened and what to do, where there is something to say. */
  readonly message?: string
}
