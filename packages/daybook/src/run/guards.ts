/** The guard at the runtime's boundary: makes a checked draft of whatever a responder emitted. */
import { asDaybookError, DaybookError, InputError, shown } from '../errors.js'
import { frozenJson, isRecord, type JsonObject } from '../json.js'
import type { EventDraft, EventType } from '../ledger/event.js'
import { dataFault } from '../ledger/guards.js'

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

/** What is said of a draft that cannot be taken. */
export function rejection(draft: unknown, responder: string, thrown: unknown): EventDraft {
  const reason = asDaybookError(thrown).message
  return { type: 'output.rejected', data: { event_type: claimedType(draft), reason, responder }, actor: 'runtime' }
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
  const problem = dataFault(type, copied)
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
