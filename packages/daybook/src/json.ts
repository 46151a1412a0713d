/** Plain JSON: what is hashed, recorded and sent. */
import { InputError, shown } from './errors.js'

export type Json = string | number | boolean | null | readonly Json[] | JsonObject
export interface JsonObject {
  readonly [key: string]: Json | undefined
}

/** Nesting deeper than this is refused: no honest request or event has it, and recursion must end before the stack does. */
const maxDepth = 1000

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value)
  // The last test knows plain objects of another realm (an iframe, a vm): their prototype is some realm's root.
  return prototype === null || prototype === Object.prototype || Object.getPrototypeOf(prototype) === null
}

/**
 * Canonical JSON (RFC 8785, JSON Canonicalization Scheme): members sorted by UTF-16 code units, ECMAScript numbers,
 * no white space. A member that is `undefined` is absent. A lone surrogate is written as its `\uXXXX` escape, as
 * JSON.stringify does, so that two different strings never share one text.
 * @throws InputError for what JSON cannot say: NaN, Infinity, BigInt, functions, cycles, Map, Date and other classes.
 */
export function canonical(value: unknown): string {
  return write(value, 0)
}

function write(value: unknown, depth: number): string {
  switch (typeof value) {
    case 'string':
      return JSON.stringify(value)
    case 'number':
      if (!Number.isFinite(value)) throw notJson(value)
      return String(value === 0 ? 0 : value)
    case 'boolean':
      return value ? 'true' : 'false'
    case 'object': {
      if (value === null) return 'null'
      if (depth >= maxDepth) throw tooDeep()
      if (Array.isArray(value)) {
        let text = '['
        for (let index = 0; index < value.length; index++) {
          text += (index === 0 ? '' : ',') + write(value[index], depth + 1)
        }
        return `${text}]`
      }
      if (!isPlain(value)) throw notJson(value)
      const members = value as Record<string, unknown>
      const keys = Object.keys(members)
      if (!isSorted(keys)) keys.sort()
      let text = ''
      for (const key of keys) {
        const member = members[key]
        if (member === undefined) continue
        text += (text === '' ? '{' : ',') + quoted(key) + write(member, depth + 1)
      }
      return text === '' ? '{}' : `${text}}`
    }
    default:
      throw notJson(value)
  }
}

/** Most objects are written by programs, again and again with the same few members. */
function isSorted(keys: readonly string[]): boolean {
  for (let index = 1; index < keys.length; index++) {
    if ((keys[index] as string) < (keys[index - 1] as string)) return false
  }
  return true
}

const quotedKeys = new Map<string, string>()

/** The key as JSON, with its colon. Kept, but not without end: keys may be anybody's data. */
function quoted(key: string): string {
  const known = quotedKeys.get(key)
  if (known !== undefined) return known
  const text = `${JSON.stringify(key)}:`
  if (key.length <= 40 && quotedKeys.size < 1000) quotedKeys.set(key, text)
  return text
}

function tooDeep(): Error {
  return new InputError(`The value is nested more than ${maxDepth} levels deep, or contains itself.`)
}

function notJson(value: unknown): Error {
  const what =
    typeof value === 'object' && value !== null ? (value.constructor?.name ?? 'an object of a class') : shown(value)
  const found = typeof value === 'number' ? String(value) : what
  return new InputError(
    `JSON cannot hold ${found}: pass plain objects, arrays, strings, finite numbers, booleans and null.`
  )
}

/**
 * The value, frozen in depth. Stops at what is frozen already, so that appending one message to a long dialog is cheap.
 * @throws InputError for what is nested too deeply to be anybody's JSON; a value that contains itself is frozen.
 */
export function deepFreeze<T>(value: T): T {
  freeze(value, 0)
  return value
}

function freeze(value: unknown, depth: number): void {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return
  if (depth >= maxDepth) throw tooDeep()
  Object.freeze(value)
  // Most members are no objects: they are not worth a call.
  for (const member of Object.values(value)) if (typeof member === 'object') freeze(member, depth + 1)
}

/** Whether this is plain JSON that nobody can change any more, however deep: what was computed from it stays true. */
export function isDeepFrozen(value: unknown): boolean {
  return fixed(value, 0)
}

/** Copies that were made frozen, so that nobody has to look through them again. */
const frozenCopies = new WeakSet<object>()

function fixed(value: unknown, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return typeof value !== 'function'
  if (frozenCopies.has(value)) return true
  if (depth >= maxDepth || !Object.isFrozen(value) || !(Array.isArray(value) || isPlain(value))) return false
  for (const key of Object.keys(value)) {
    // A getter may give something else each time, frozen or not.
    const member = Object.getOwnPropertyDescriptor(value, key)
    if (!member || !('value' in member) || !fixed(member.value, depth + 1)) return false
  }
  return true
}

/**
 * A deep copy of plain JSON that shares nothing with the input, `undefined` members left out. Own keys stay own keys:
 * `__proto__` in data is a member like any other and pollutes nothing.
 * @throws InputError as {@link canonical} does.
 */
export function copyJson<T>(value: T): T {
  return copy(value, 0, false) as T
}

/** As {@link copyJson}, and frozen in depth: one pass where a copy and a freeze would be two. */
export function frozenJson<T>(value: T): T {
  return copy(value, 0, true) as T
}

function copy(value: unknown, depth: number, freeze: boolean): unknown {
  if (typeof value === 'string' || typeof value === 'boolean' || value === null) return value
  if (typeof value === 'number' && Number.isFinite(value)) return value
  if (typeof value !== 'object') throw notJson(value)
  if (depth >= maxDepth) throw tooDeep()
  // Array.from, since map would leave a hole a hole, and JSON has none.
  if (Array.isArray(value)) {
    const list = Array.from(value, member => copy(member, depth + 1, freeze))
    return freeze ? Object.freeze(list) : list
  }
  if (!isPlain(value)) throw notJson(value)
  const result: Record<string, unknown> = {}
  for (const key of Object.keys(value)) {
    const member = (value as Record<string, unknown>)[key]
    if (member === undefined) continue
    const copied = copy(member, depth + 1, freeze)
    if (key === '__proto__') {
      Object.defineProperty(result, key, { value: copied, enumerable: true, configurable: true, writable: true })
    } else {
      result[key] = copied
    }
  }
  return freeze ? Object.freeze(result) : result
}

/**
 * A deep copy that nobody can change: as {@link copyJson} and {@link deepFreeze}, in one go.
 * @throws InputError as {@link canonical} does.
 */
export function frozenCopy<T>(value: T): T {
  const result = deepFreeze(copyJson(value))
  if (typeof result === 'object' && result !== null) frozenCopies.add(result)
  return result
}
