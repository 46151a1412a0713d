/** What `append` takes becomes the ledger's own: checked to be plain JSON and frozen in depth, in one walk. */
import { DaybookError, InputError, shown } from '../errors.js'
import { isEvent, type LedgerEvent } from './event.js'

const maxDepth = 1000
const fields = new Set(['id', 'type', 'source', 'actor', 'cause', 'timestamp', 'data', 'by'])

/**
 * Checks the events and freezes them. The array stays the caller's to change; the events in it are the ledger's.
 * @throws InputError that names the event and says what is wrong; what was looked at by then may be frozen.
 */
export function ownEvents(events: readonly LedgerEvent[]): readonly LedgerEvent[] {
  if (!Array.isArray(events)) throw new InputError(`append takes an array of events, not ${shown(events)}.`)
  for (let index = 0; index < events.length; index++) {
    try {
      own(events[index], index)
    } catch (thrown) {
      if (thrown instanceof DaybookError) throw thrown
      throw new InputError(`Event ${index} of the batch cannot be read: one of its members threw.`, { cause: thrown })
    }
  }
  return events.slice()
}

function own(event: unknown, index: number): void {
  if (!isEvent(event)) {
    throw new InputError(
      `Event ${index} of the batch is no event { id, type, source, actor, cause, timestamp, data }: ${shown(event)}.`
    )
  }
  for (const field of Object.keys(event)) {
    if (!fields.has(field)) throw unfit(event, `${shown(field)} is no field of an event: put it into data`)
  }
  const fault = fixed(event, 0)
  if (fault) throw unfit(event, fault)
}

function unfit(event: LedgerEvent, why: string): Error {
  return new InputError(`The event ${shown(event.id)} cannot be kept: ${why}.`)
}

/**
 * Freezes a value, or says what keeps it from being plain JSON. A member that is `undefined` counts as absent. Goes
 * into what is frozen already: a frozen object may hold one that is not.
 */
function fixed(value: unknown, depth: number): string | undefined {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return undefined
    case 'number':
      return Number.isFinite(value) ? undefined : `JSON cannot hold ${value}`
    case 'object': {
      if (value === null) return undefined
      if (depth >= maxDepth) return `it is nested more than ${maxDepth} levels deep, or contains itself`
      const fault = Array.isArray(value) ? fixedItems(value, depth) : fixedMembers(value, depth)
      if (!(fault || Object.isFrozen(value))) Object.freeze(value)
      return fault
    }
    default:
      return `JSON cannot hold ${shown(value)}`
  }
}

function fixedItems(items: readonly unknown[], depth: number): string | undefined {
  for (let index = 0; index < items.length; index++) {
    const fault = fixed(items[index], depth + 1)
    if (fault) return fault
  }
  return undefined
}

function fixedMembers(value: object, depth: number): string | undefined {
  if (!isPlain(value)) return `JSON cannot hold ${value.constructor?.name ?? 'an object of a class'}`
  for (const key of Object.keys(value)) {
    const property = Object.getOwnPropertyDescriptor(value, key) as PropertyDescriptor
    // A getter may say something else each time it is asked: what is recorded must not.
    if (!('value' in property)) return `${shown(key)} is a getter or setter, not a value`
    if (property.value === undefined) continue
    const fault = fixed(property.value, depth + 1)
    if (fault) return fault
  }
  return undefined
}

function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value)
  if (prototype === Object.prototype || prototype === null) return true
  // The root of another realm (an iframe, a vm) is as plain as ours; nothing else that ends the chain is.
  return Object.getPrototypeOf(prototype) === null && Object.hasOwn(prototype, 'isPrototypeOf')
}
