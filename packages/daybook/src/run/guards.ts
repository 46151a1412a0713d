/** The guard at the runtime's boundary: makes a checked draft of whatever a responder emitted. */
import { DaybookError, InputError, shown } from '../errors.js'
import { frozenJson, isRecord, type JsonObject } from '../json.js'
import type { EventType } from '../ledger/event.js'
import { privateParameters } from '../llm/llm.js'

/** A draft that shares nothing with what was emitted; its data is frozen in depth. */
export interface CheckedDraft {
  readonly type: EventType
  readonly data: JsonObject
  readonly cause: readonly string[] | undefined
  readonly actor: string | undefined
}

/** @throws InputError that says what is wrong, also for a draft whose members throw when they are read. */
export function checkDraft(draft: unknown): CheckedDraft {
  try {
    return check(draft)
  } catch (thrown) {
    if (thrown instanceof DaybookError) throw thrown
    throw new InputError('The draft cannot be read: one of its members threw.', { cause: thrown })
  }
}

/** The type that a draft claims to be of, for the report of its rejection. */
export function claimedType(draft: unknown): string {
  try {
    const type = isRecord(draft) ? draft.type : undefined
    return typeof type === 'string' ? type.slice(0, 100) : 'unknown'
  } catch {
    return 'unknown'
  }
}

function check(draft: unknown): CheckedDraft {
  if (!isRecord(draft)) throw new InputError(`A draft is an object { type, data }, not ${shown(draft)}.`)
  const { type, data = {}, cause, actor } = draft
  if (typeof type !== 'string' || type === '' || type.length > 100) {
    throw new InputError(`A draft needs a type of 1 to 100 characters, not ${shown(type)}.`)
  }
  if (!isRecord(data)) throw new InputError(`The data of ${type} must be an object, not ${shown(data)}.`)
  if (actor !== undefined && typeof actor !== 'string') {
    throw new InputError(`The actor of ${type} must be a text, not ${shown(actor)}.`)
  }
  const copied = frozenJson(data) as JsonObject
  const problem = checks.get(type)?.(copied)
  if (problem) throw new InputError(`${type}: ${problem}`)
  return { type: type as EventType, data: copied, cause: causes(type, cause), actor }
}

function causes(type: string, cause: unknown): readonly string[] | undefined {
  if (cause === undefined) return undefined
  if (!Array.isArray(cause) || !cause.every(id => typeof id === 'string')) {
    throw new InputError(`The cause of ${type} must be a list of event ids, not ${shown(cause)}.`)
  }
  return Object.freeze([...(cause as string[])])
}

/** Says what is wrong with the data of a type, or nothing. */
type Check = (data: JsonObject) => string | undefined

// An entry for each built-in type whose data somebody reads without asking again: the projection, the budget, the
// executor. Types of applications have none.
const checks = new Map<string, Check>([
  ['object.created', all(text('id'), text('type'), optional('data', 'an object', isRecord))],
  ['object.patched', all(text('id'), optional('patch', 'an object', isRecord))],
  [
    'relation.created',
    all(text('id'), text('type'), text('source_id'), text('target_id'), optional('data', 'an object', isRecord))
  ],
  ['relation.removed', text('id')],
  ['llm.request', all(text('model'), member('messages', 'a list of messages', isMessages), noPrivate)],
  ['llm.response', all(text('text'), text('model'), member('cost_usd', 'US dollars of at least 0, or null', isCost))],
  ['llm.failed', all(text('kind'), text('message'))],
  ['warning.raised', all(text('area'), text('kind'), text('message'))],
  ['kit.loaded', all(text('name'), text('version'))]
])

/** An event is for everybody to read, and what it says of an address must not be followed. */
function noPrivate(data: JsonObject): string | undefined {
  const found = privateParameters.find(name => data[name] !== undefined)
  return found && `${found} does not belong in an event: give it to the function that answers`
}

function all(...parts: Check[]): Check {
  return data => {
    for (const part of parts) {
      const problem = part(data)
      if (problem) return problem
    }
    return undefined
  }
}

function member(name: string, what: string, holds: (value: unknown) => boolean): Check {
  return data => (holds(data[name]) ? undefined : `data.${name} must be ${what}, not ${shown(data[name])}.`)
}

function optional(name: string, what: string, holds: (value: unknown) => boolean): Check {
  return member(name, what, value => value === undefined || holds(value))
}

function text(name: string): Check {
  return member(name, 'a text', value => typeof value === 'string')
}

function isMessages(value: unknown): boolean {
  return Array.isArray(value) && value.every(message => isRecord(message) && typeof message.role === 'string')
}

function isCost(value: unknown): boolean {
  return value === null || (typeof value === 'number' && value >= 0)
}
