/**
 * What stays of a broken chain when its events go into another ledger, which has a chain of its own and would look
 * whole: an event in front of them that says where it was broken. Whoever forks the ledger shares the event, and who
 * exports it takes it along.
 */
import { sha256 } from '#platform'
import type { AnyEvent, LedgerEvent } from './event.js'
import type { ParsedLedger } from './parse-jsonl.js'

/** The mark for these events of a ledger, which is the same each time; undefined where their chain is not broken. */
export function unverifiedMark({ broken, events }: ParsedLedger): LedgerEvent | undefined {
  const first = events[0]
  if (!broken || !first) return undefined
  const { source, timestamp } = first
  const message = `It was imported from a text whose chain is broken at line ${broken.line}: ${broken.message}`
  return {
    id: `warning.raised-${sha256(`${source}\n${first.id}\n${message}`).slice(0, 22)}`,
    type: 'warning.raised',
    ...{ source, actor: 'import', cause: [], timestamp },
    data: { area: 'import', kind: 'unverified', message }
  } as LedgerEvent
}

/** What the mark says, of an event that is one. */
export function unverifiedReason(recorded: LedgerEvent): string | undefined {
  const { type, data } = recorded as AnyEvent
  if (type !== 'warning.raised') return undefined
  const { area, kind, message } = data
  return area === 'import' && kind === 'unverified' ? String(message) : undefined
}
