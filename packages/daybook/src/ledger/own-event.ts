/** What `append` takes becomes the ledger's own: checked to be plain JSON and frozen in depth, in one walk. */
import { DaybookError, InputError, shown } from '../errors.js'
import { isEvent, type LedgerEvent } from './event.js'

const maxDepth = 1000
const fields = new Set(['id', 'type', 'source', 'actor', 'cause', 'timestamp', 'data', 'by'])

/**
 * Checks the events and freezes them, all or none of them.
 * @throws InputError that names the position and says what is wrong.
 */
export function ownEvents(events: readonly LedgerEvent[]): readonly LedgerEvent[] {
  if (!Array.isArray(events)) throw new InputError(`append takes an array of events, not ${shown(events)}.`)
  for (let index = 0; index < events.length; index++) {
    try {
      check(events[index], index)
    } catch (thrown) {
      if (thrown instanceof DaybookError) throw thrown
      throw new InputError(`Event ${index} of the batch cannot be read: one of its members threw.`, { cause: thrown })
    }
  }
  for (const event of events) freeze(event)
  // The array stays the caller's to change; the events in it are the ledger's.
  return Object.freeze([...events])
}

function check(event: unknown, index: number): void {
  if (!isEvent(event)) {
    throw new InputError(
      `Event ${index} of the batch is no event { id, type, source, actor, cause, timestamp, data }: ${shown(event)}.`
    )
  }
  for (const field of Object.keys(event)) {
    if (!fields.has(field)) throw unfit(event, `${shown(field)} is no field of an event: put it into data`)
  }
  const fault = faultOf(event, 0)
  if (fault) throw unfit(event, fault)
}

function unfit(event: LedgerEvent, why: string): Error {
  return new InputError(`The event ${shown(event.id)} cannot be kept: ${why}.`)
}

/** What keeps a value from being plain JSON; a member that is `undefined` counts as absent. */
function faultOf(value: unknown, depth: number): string | undefined {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return undefined
    case 'number':
      return Number.isFinite(value) ? undefined : `JSON cannot hold ${value}`
    case 'object':
      if (value === null) return undefined
      if (depth >= maxDepth) return `it is nested more than ${maxDepth} levels deep, or contains itself`
      return Array.isArray(value) ? faultOfItems(value, depth) : faultOfMembers(value, depth)
    default:
      return `JSON cannot hold ${shown(value)}`
  }
}

function faultOfItems(items: readonly unknown[], depth: number): string | undefined {
  for (let index = 0; index < items.length; index++) {
    const fault = faultOf(items[index], depth + 1)
    if (fault) return fault
  }
  return undefined
}

function faultOfMembers(value: object, depth: number): string | undefined {
  if (!isPlain(value)) return `JSON cannot hold ${value.constructor?.name ?? 'an object of a class'}`
  for (const key of Object.keys(value)) {
    const { value: member, get, set } = Object.getOwnPropertyDescriptor(value, key) as PropertyDescriptor
    // A getter may say something else each time it is asked: what is recorded must not.
    if (get || set) return `${shown(key)} is a getter or setter, not a value`
    if (member === undefined) continue
    const fault = faultOf(member, depth + 1)
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

/** Unlike `deepFreeze`, goes into what is frozen already: a frozen object may hold one that is not. */
function freeze(value: unknown): void {
  if (typeof value !== 'object' || value === null) return
  if (Array.isArray(value)) for (const item of value) freeze(item)
  else for (const key of Object.keys(value)) freeze((value as Record<string, unknown>)[key])
  if (!Object.isFrozen(value)) Object.freeze(value)
}
