/** Names of ledgers. They become names of files and keys of databases, so they are checked at every door. */
import { InputError, shown } from '../errors.js'

const pattern = /^(run|branch|session):[A-Za-z0-9._-]+$/
const maxLength = 128
/** What a run keeps beside its ledger, for itself. */
const outbox = /^outbox:(run|branch|session)-[A-Za-z0-9._-]+$/

/** The name of a ledger as people see it. */
export function isLedgerName(name: unknown): name is string {
  return typeof name === 'string' && name.length <= maxLength && pattern.test(name)
}

/** The name under which a store keeps the outbox of this ledger. */
export function outboxName(ledger: string): string {
  return `outbox:${ledger.replace(':', '-')}`
}

/** A store's door: it takes outboxes too. @throws InputError for what is no name of either. */
export function checkStoredName(name: unknown): asserts name is string {
  if (typeof name === 'string' && name.length <= maxLength + 7 && outbox.test(name)) return
  checkLedgerName(name)
}

/** @throws InputError for what is not `run:…`, `branch:…` or `session:…` with an id of letters, digits, `.`, `_`, `-`. */
export function checkLedgerName(name: unknown): asserts name is string {
  if (isLedgerName(name)) return
  throw new InputError(
    `A ledger's name is run:, branch: or session: and an id of letters, digits, '.', '_' and '-', at most ${maxLength} characters in all, not ${shown(name)}.`
  )
}

/** Whether a ledger of this name may share events with another one. */
export function isBranch(name: unknown): name is string {
  return typeof name === 'string' && name.startsWith('branch:')
}

/** @throws InputError for a position that is no whole number of at least 0. */
export function checkPosition(what: string, position: unknown): asserts position is number {
  if (Number.isSafeInteger(position) && (position as number) >= 0) return
  throw new InputError(`${what} must be a whole number of at least 0, not ${shown(position)}.`)
}
