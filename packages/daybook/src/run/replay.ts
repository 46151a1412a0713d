/** Strict replay: the responders run again on the recorded events, and what they emit is compared event by event. */
import type { LedgerEvent } from '../ledger/event.js'
import type { FieldChange } from '../world/diff-worlds.js'
import type { World } from '../world/world.js'
import type { Edges } from './edge.js'
import type { Responder } from './responder.js'

/** The first place where a run would not be the recorded one. */
export interface Divergence {
  readonly position: number
  readonly event: string
  /** `changed`: its content differs; `missing`: it is recorded and is not emitted; `extra`: it is emitted and is not recorded; `order`; `unrecorded`: a request that has no recording. */
  readonly kind: 'changed' | 'missing' | 'extra' | 'order' | 'unrecorded'
  readonly fields: readonly FieldChange[]
  readonly expected?: LedgerEvent
  readonly found?: unknown
  /** In a sentence. */
  readonly message: string
}

export interface ReplayReport {
  readonly events: number
  /** Events that were emitted again as they are recorded. */
  readonly equal: number
  /** In the order of the ledger; the first names where to look. At most 100 are kept. */
  readonly divergences: readonly Divergence[]
  readonly ok: boolean
  readonly world: World
  readonly hash: string
}

export interface StrictReplayOptions {
  readonly responders: readonly Responder[]
  readonly edges?: Edges | undefined
  readonly signal?: AbortSignal | undefined
  readonly timeoutMs?: number | undefined
}

/** Never makes a call. Rejects only when it is aborted, or the events are no run. */
export function strictReplay(_events: readonly LedgerEvent[], _options: StrictReplayOptions): Promise<ReplayReport> {
  throw new Error('to be written')
}
