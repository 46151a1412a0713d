/** What of a batch a store takes in: the rules on ids and versions, the same in every store. */
import { DuplicateEventError, WrongExpectedVersionError } from '../errors.js'
import { canonical } from '../json.js'
import type { LedgerEvent } from './event.js'

export interface Admission {
  /** The ledger's length before the batch. */
  readonly length: number
  readonly expected?: number | undefined
  /** The event of this id that is there already. */
  find(id: string): LedgerEvent | undefined
}

/**
 * The events that are new. An event that is there already with the same content is left out, so that an append whose
 * acknowledgement was lost can be made again; where that is the whole batch, `expected` is not looked at.
 * @throws WrongExpectedVersionError, DuplicateEventError
 */
export function admit(events: readonly LedgerEvent[], { length, expected, find }: Admission): LedgerEvent[] {
  const fresh = new Map<string, LedgerEvent>()
  let conflict: LedgerEvent | undefined
  for (const event of events) {
    const there = fresh.get(event.id) ?? find(event.id)
    if (!there) fresh.set(event.id, event)
    else if (there !== event && !sameContent(there, event)) conflict ??= event
  }
  const repeated = events.length > 0 && fresh.size === 0 && !conflict
  if (!repeated && expected !== undefined && expected !== length) throw wrongVersion(expected, length)
  if (conflict) {
    throw new DuplicateEventError(`An event with the id ${conflict.id} is in the ledger already, with other content.`, {
      data: { id: conflict.id }
    })
  }
  return [...fresh.values()]
}

/** Whether two events say the same. */
export function sameContent(a: LedgerEvent, b: LedgerEvent): boolean {
  return canonical(a) === canonical(b)
}

export function wrongVersion(expected: number, actual: number): Error {
  return new WrongExpectedVersionError(
    `The ledger has ${actual} events where ${expected} were expected: read again and retry.`,
    { data: { expected, actual } }
  )
}
