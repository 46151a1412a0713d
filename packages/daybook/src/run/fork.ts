/** A run of a kit forked: its prefix shared, its tail run again with one thing changed. */

import type { LedgerChange } from '../ledger/branch.js'
import type { LedgerEvent } from '../ledger/event.js'
import type { Ledger } from '../ledger/ledger.js'
import type { Live } from '../llm/live.js'
import type { Kit } from './kit.js'
import type { Run, RunKitOptions } from './run-kit.js'

/** What a fork will ask for, before it does. */
export interface ForkEstimate {
  /** Requests that the parent's recordings answer, for $0. */
  readonly reused: number
  /** Requests that must be asked; exact where only a model or a parameter changes. */
  readonly calls: number
  readonly costUsd: { readonly low: number; readonly high: number } | null
}

export interface ForkKitOptions extends Omit<RunKitOptions, 'ledger' | 'id'> {
  readonly parent: Ledger
  readonly position: number
  readonly id: string
  readonly change?: LedgerChange | undefined
}

/** Pure of the events: nothing is asked and nothing is written. */
export function forkEstimate(
  _events: readonly LedgerEvent[],
  _position: number,
  _options: { readonly change?: LedgerChange | undefined; readonly estimate?: RunKitOptions['estimate'] }
): Promise<ForkEstimate> {
  throw new Error('to be written')
}

/**
 * Forks the parent's ledger and runs its tail. Requests that are unchanged are answered from the parent's recordings at
 * cost 0, changed ones through the cache and then by `llm`.
 */
export function forkKit(_kit: Kit, _options: ForkKitOptions): Live<LedgerEvent, Run> {
  throw new Error('to be written')
}
