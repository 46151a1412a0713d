/** What the panel reads: anything that can list ledgers and follow one. No DOM, no React. */
import type { ForkEstimate, Kit, LedgerChange, LedgerEvent, LedgerInfo, LedgerSignal, Verification } from 'daybook'

/** The label of the ledger that a page carries in itself. */
export const carriedLabel = 'this file'

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
  /**
   * Forks a ledger and runs the branch where the kit and the keys are; `watch` tells of the branch. Resolves when it has
   * ended and rejects with what the person should know. Left out: this source can only be read.
   */
  fork?(name: string, request: ForkRequest, hooks: ForkHooks): Promise<void>
  /** Why nothing can be forked at the moment, in a sentence; undefined where it can. */
  readonly noFork?: string | undefined
  /** Nobody answers here but whom the person names: `answers` of the request says who. */
  readonly asksWho?: boolean
  /** The kits whose runs go on from a fork; of any other, one call is made again. Left out: the source does not say. */
  readonly kits?: readonly string[] | undefined
  /** What a fork would ask for, as its host counts it. Left out, the panel counts itself. */
  estimate?(name: string, request: ForkRequest): Promise<ForkEstimate>
  /** Whether the ledger is as it was written. Left out: there is no chain to be checked. */
  verify?(name: string): Promise<Verification>
  /** Why nothing can be verified. */
  readonly noVerify?: string | undefined
  /** Something in it was changed after it was written, as its chain says. */
  readonly unverified?: boolean
  /** A kit that this source's program has. */
  kit?(name: string): Kit | undefined
}

export interface ForkRequest {
  readonly position: number
  /** The branch will be `branch:<id>`. */
  readonly id: string
  readonly change?: LedgerChange
  /** What is neither recorded nor follows from the change ends the branch. */
  readonly strict?: boolean
  readonly answers?: Answers
}

export type Provider = 'simulated' | 'openrouter' | 'anthropic' | 'openai'

/** Who answers a run inside the page. The key is in memory for this one run and never written anywhere. */
export interface Answers {
  readonly provider: Provider
  readonly key?: string
}

export interface ForkHooks {
  /** Ends the branch where it is. */
  readonly signal: AbortSignal
  /** The branch is there, under this name. May be called more than once. */
  begun(branch: string): void
}

export interface LedgerFollower {
  events(from: number, events: readonly LedgerEvent[]): void
  signals(signals: readonly LedgerSignal[]): void
  /** What was given is of a ledger that is no more: another one with its name begins at 0. */
  reset?(): void
  state?(status: SourceStatus): void
}

export interface SourceStatus {
  /** `lost`: was there and is asked for again; `closed`: read whole, no more will come. */
  readonly state: 'connecting' | 'live' | 'lost' | 'closed'
  /** What happened and what to do, where there is something to say. */
  readonly message?: string
}

/** Whether what has a name now is another ledger than what had it: one was removed, and made anew at another time. */
export function isAnother(was: string | undefined, created: string): boolean {
  return !!was && !!created && was !== created
}
