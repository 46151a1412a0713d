/** What differs between ledgers: by identity as far as they are one, then aligned. */
import type { FieldChange } from '../world/diff-worlds.js'
import { align } from './align.js'
import type { AnyEvent, LedgerEvent } from './event.js'
import { figuresOf, type LedgerFigures } from './figures.js'
import { diffWords, type WordChange } from './words.js'

export type { LedgerFigures } from './figures.js'
export type { WordChange } from './words.js'

export interface EventPair {
  readonly before: LedgerEvent
  readonly after: LedgerEvent
  /**
   * Empty where they are equal but for what `stable` leaves out and what tells only of the ledger: the source, and the
   * ids of events, objects and relations that stand for each other.
   */
  readonly fields: readonly FieldChange[]
  /** Of two answers whose texts differ. Worked out when it is first read. */
  readonly words?: readonly WordChange[]
}

export interface LedgerDiff {
  /** How many events at the beginning are the same (equal id and stable content, whatever their source). */
  readonly common: number
  /**
   * Events after it that stand for each other, in the order of the second: same id, or else aligned by type, actor and
   * the path of causes.
   */
  readonly pairs: readonly EventPair[]
  readonly removed: readonly LedgerEvent[]
  readonly added: readonly LedgerEvent[]
  readonly before: LedgerFigures
  readonly after: LedgerFigures
  /** Everything is in common. */
  readonly equal: boolean
  /** One line: `12 events in common, 3 changed, 1 added; $0.02 more`. */
  summary(): string
}

/** From `a` to `b`. Linear in both but for the words of long answers. */
export function diffLedgers(a: Iterable<LedgerEvent>, b: Iterable<LedgerEvent>): LedgerDiff {
  const [first, second] = [[...a], [...b]]
  const { common, partners, fields } = align(first, second)
  const pairs: EventPair[] = []
  const added: LedgerEvent[] = []
  for (let at = common; at < second.length; at++) {
    const after = second[at] as LedgerEvent
    const before = first[partners[at] as number]
    if (before) pairs.push(pair(before, after, fields(before, after)))
    else added.push(after)
  }
  const kept = new Set(partners)
  const removed = first.filter((_, at) => !kept.has(at))
  const [before, after] = [figuresOf(first), figuresOf(second)]
  return {
    ...{ common, pairs, removed, added, before, after },
    equal: common === first.length && common === second.length,
    summary() {
      const changed = pairs.filter(({ fields }) => fields.length > 0).length
      const counts = [
        `${common} ${common === 1 ? 'event' : 'events'} in common`,
        ...[`${changed} changed`, `${removed.length} removed`, `${added.length} added`].filter(text => text[0] !== '0')
      ]
      return counts.join(', ') + costChange(before.costUsd, after.costUsd)
    }
  }
}

function pair(before: LedgerEvent, after: LedgerEvent, fields: readonly FieldChange[]): EventPair {
  const [was, is] = [textOf(before), textOf(after)]
  if (was === undefined || is === undefined || was === is) return { before, after, fields }
  let words: readonly WordChange[] | undefined
  return {
    ...{ before, after, fields },
    // Thousands of answers may differ, and somebody looks at three of them.
    get words() {
      words ??= diffWords(was, is)
      return words
    }
  }
}

function textOf(event: LedgerEvent): string | undefined {
  const { type, data } = event as AnyEvent
  return type === 'llm.response' && typeof data.text === 'string' ? data.text : undefined
}

function costChange(before: number | null, after: number | null): string {
  if (before === after) return ''
  if (before === null || after === null) return `; ${before === null ? 'its cost was' : 'its cost is'} unknown`
  const difference = Math.abs(after - before)
  // Two digits that count: a call may cost a hundredth of a cent.
  const digits = Math.min(12, Math.max(2, 1 - Math.floor(Math.log10(difference))))
  const shown = `$${difference.toFixed(digits)}`
  return /[1-9]/.test(shown) ? `; ${shown} ${after > before ? 'more' : 'less'}` : ''
}
