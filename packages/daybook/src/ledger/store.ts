/** Where ledgers are kept. */
import type { LedgerEvent, LedgerSignal } from './event.js'

/**
 * A store of named ledgers. `ledgerContract` in `daybook/testing` says what is expected of it. Events come in frozen
 * and checked, since {@link openLedger} stands before every store.
 */
export interface LedgerStore {
  /**
   * Resolves with the new length once the events are durable here: all of them or none.
   * @throws WrongExpectedVersionError when `expected` is given and is not the length.
   * @throws DuplicateEventError when an id is there already with other content. A batch whose events are all there
   * already, with the same content, is a repeated append: it changes nothing and resolves with the length, whatever
   * was expected. Of a batch of which a part is there, the rest is appended.
   * @throws LedgerWriteError when the store cannot keep them; then none of them is there.
   */
  append(name: string, events: readonly LedgerEvent[], options?: { readonly expected?: number }): Promise<number>
  /** Events from position `from` (default 0) up to `to` (exclusive; default the length now), frozen. */
  read(name: string, from?: number, to?: number): AsyncIterable<LedgerEvent>
  /** 0 for a ledger that does not exist. */
  length(name: string): Promise<number>
  /** Ledgers that people know of: no outboxes, which a run keeps beside its ledger. */
  list(): Promise<readonly LedgerInfo[]>
  /** Removes the ledger and all that belongs to it, its outbox too. Removing what is not there is no error. */
  remove(name: string): Promise<void>
  /**
   * Tells of appends and signals by other tabs or processes too. `changed` may be called more often than something
   * changed; whoever hears it reads on from the position it has. Returns the function that ends it.
   */
  subscribe?(name: string, listener: LedgerStoreListener): () => void
  /** Sends a signal to the subscribers: the same object to those here, a copy to those in other tabs or processes. */
  signal?(name: string, signal: LedgerSignal): void
  /**
   * Resolves when no other tab, process or part of this one holds the ledger, with the function that lets go of it;
   * rejects with the signal's reason. A holder that is killed holds it no longer. Says who runs it; anybody may append.
   */
  hold?(name: string, signal?: AbortSignal): Promise<() => void>
  /** The hash that the ledger's chain ends with, where the store keeps one; undefined for an empty ledger. */
  head?(name: string): Promise<string | undefined>
  /** Keeps worlds beside the ledgers; see `projectFrom`. What it has of a ledger is removed with it. */
  readonly snapshots?: SnapshotStore
  close?(): Promise<void>
}

/** Keeps one text for each ledger. Losing it costs time and nothing else. */
export interface SnapshotStore {
  load(name: string): Promise<string | undefined>
  save(name: string, snapshot: string): Promise<void>
  remove(name: string): Promise<void>
}

export interface LedgerStoreListener {
  /** With what was appended, where the store has it at hand: before an append resolves, to those in its own process. */
  changed(appended?: Appended): void
  signal?(signal: LedgerSignal): void
}

/** Events that are durable, the first at position `from`. */
export interface Appended {
  readonly from: number
  readonly events: readonly LedgerEvent[]
}

export interface LedgerInfo {
  readonly name: string
  readonly length: number
  /** ISO 8601; when the ledger was created and last appended to. */
  readonly created: string
  readonly updated: string
  readonly bytes?: number
  /** Of a branch: whose events it begins with. They are counted in its length. */
  readonly parent?: string
}
