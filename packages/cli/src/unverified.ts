/** What is said of a ledger that nobody vouches for, wherever it is shown. */
import { type AnyEvent, type LedgerEvent, project, type World } from 'daybook'
import { DaybookError, LedgerCorruptError } from 'daybook/errors'
import { shortName } from './names.js'
import { wrapped } from './print/format.js'
import type { Paint } from './print/paint.js'
import type { Stores } from './stores.js'

export interface Unverified {
  /** Whose chain it is: the run's own, or that of one that it shares events with. */
  readonly ledger: string
  /** In its file, from 1; of a copy, where the mark stands, the line in what it was copied from is in the reason. */
  readonly line?: number
  /** The number of the event, from 1. */
  readonly event: number
  readonly reason: string
  readonly hint: string
}

/** A copy is marked in front of its events: see `importLedger`. */
export function isMark(recorded: LedgerEvent): boolean {
  const event = recorded as AnyEvent
  return event.type === 'warning.raised' && event.data.area === 'import' && event.data.kind === 'unverified'
}

/** Of events, the `index`-th of which is a mark. */
export function markedAs(name: string, event: LedgerEvent | undefined, index: number): Unverified | undefined {
  if (!event) return undefined
  const reason = (event as LedgerEvent<'warning.raised'>).data.message
  const hint = 'Import it anew from a file that is as it was written.'
  return { ledger: shortName(name), event: index + 1, reason, hint }
}

export function markIn(name: string, events: readonly LedgerEvent[]): Unverified | undefined {
  const index = events.findIndex(isMark)
  return markedAs(name, events[index], index)
}

/** By the chains of a ledger and of those that it shares events with, as far as they were looked at. */
export async function brokenChain(stores: Stores, name: string): Promise<Unverified | undefined> {
  const seen = new Set<string>()
  let end = Number.POSITIVE_INFINITY
  for (let at = name; stores.broken.size > 0 && !seen.has(at); ) {
    seen.add(at)
    const first = (await stores.firstOf(at)) as AnyEvent | undefined
    const data = first?.type === 'branch.created' ? first.data : undefined
    const start = data?.fork_position ?? 0
    const found = stores.broken.get(at)
    if (found && start + found.before < end) {
      const { line, number, reason } = found
      const hint = `Restore the file from a copy, or import it with --partial --as another name. daybook verify ${shortName(at)} checks it.`
      return { ledger: shortName(at), line, event: start + number, reason, hint }
    }
    if (!data || start === 0) return undefined
    end = Math.min(end, start)
    at = data.parent
  }
  return undefined
}

/** `unverified: line 22, event #21: This line was changed … Restore the file …` */
export function unverifiedText({ ledger, line, event, reason, hint }: Unverified, run: string): string {
  const whose = ledger === run ? '' : `${ledger}, `
  const where = line === undefined ? `event #${event}` : `line ${line}, event #${event}`
  return `unverified: ${whose}${where}: ${reason} ${hint}`
}

/** None for a run that is as it was written, or at least says so. */
export function unverifiedLines(
  found: Unverified | undefined | null,
  run: string,
  { paint, width, indent = 2 }: { readonly paint: Paint; readonly width: number; readonly indent?: number }
): string[] {
  if (!found) return []
  const space = ' '.repeat(indent)
  return wrapped(unverifiedText(found, run), width - indent - 2).map(
    (line, index) => `${space}${paint('error', `${index === 0 ? '!' : ' '} ${line}`)}`
  )
}

/**
 * The world that these events make.
 * @throws LedgerCorruptError where somebody has changed them so that they make none.
 */
export function worldOf(events: readonly LedgerEvent[], unverified: Unverified | undefined | null): World {
  try {
    return project(events)
  } catch (error) {
    if (!unverified || !(error instanceof DaybookError)) throw error
    const { ledger } = unverified
    throw new LedgerCorruptError(
      `${unverifiedText(unverified, ledger)} Its events do not fit together any more: ${error.message}`,
      { cause: error }
    )
  }
}
