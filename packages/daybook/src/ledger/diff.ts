/** What differs between ledgers: by identity as far as they are one, then aligned. */
import type { FieldChange } from '../world/diff-worlds.js'
import type { LedgerEvent } from './event.js'

/** A piece of a text diff: what both have, what only the first or only the second has. */
export interface WordChange {
  readonly type: 'same' | 'removed' | 'added'
  readonly text: string
}

export interface EventPair {
  readonly before: LedgerEvent
  readonly after: LedgerEvent
  /** Empty where they are equal but for what `stable` leaves out. */
  readonly fields: readonly FieldChange[]
  /** Of two answers whose texts differ. */
  readonly words?: readonly WordChange[]
}

export interface LedgerFigures {
  readonly events: number
  readonly calls: number
  readonly hits: number
  readonly failures: number
  readonly costUsd: number | null
  readonly savedUsd: number | null
  readonly inputTokens: number
  readonly outputTokens: number
  /** From the first event to the last, in milliseconds. */
  readonly elapsedMs: number
}

export interface LedgerDiff {
  /** How many events at the beginning are the same (equal id and stable content). */
  readonly common: number
  /** Events after it that stand for each other: same id, or else aligned by type, actor and the path of causes. */
  readonly pairs: readonly EventPair[]
  readonly removed: readonly LedgerEvent[]
  readonly added: readonly LedgerEvent[]
  readonly before: LedgerFigures
  readonly after: LedgerFigures
  readonly equal: boolean
  /** One line: `12 events in common, 3 changed, 1 added; $0.02 more`. */
  summary(): string
}

/** From `a` to `b`. Linear in both but for the words of long answers. */
export function diffLedgers(_a: Iterable<LedgerEvent>, _b: Iterable<LedgerEvent>): LedgerDiff {
  throw new Error('to be written')
}
