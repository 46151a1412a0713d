/** What the data of built-in events must be. */
import { shown } from '../errors.js'
import { isRecord, type JsonObject } from '../json.js'
import { privateParameters } from '../llm/llm.js'

/** Says what is wrong with the data of an event of this type; undefined where it can be used. */
export function dataFault(type: string, data: JsonObject): string | undefined {
  return checks.get(type)?.(data)
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
