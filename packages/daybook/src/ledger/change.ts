/** Data with something changed by path, as a person or a program names it. */
import { InputError, shown } from '../errors.js'
import { copyJson, type Json, type JsonObject } from '../json.js'

const forbidden = new Set(['__proto__', 'constructor', 'prototype'])

/**
 * A copy with new values at these paths, dotted (`messages.0.content`) or JSON pointers (`/messages/0/content`). What a
 * path leads through must be there; its last name may be new, and the index behind a list's last adds to it.
 * @throws InputError for a path that leads nowhere, a forbidden name, a value that JSON cannot hold, and no path at all.
 */
export function changedData(data: JsonObject, set: Readonly<Record<string, Json>>): JsonObject {
  const paths = Object.entries(set)
  if (paths.length === 0) throw new InputError('The change sets nothing: name at least one path and its value.')
  const copy = copyJson(data)
  for (const [path, value] of paths) put(copy as Record<string, unknown>, path, copyJson(value))
  return copy
}

export function namesOf(path: string): readonly string[] {
  const names = path.startsWith('/')
    ? path
        .slice(1)
        .split('/')
        .map(name => name.replaceAll('~1', '/').replaceAll('~0', '~'))
    : path.split('.')
  const bad = names.find(name => name === '' || forbidden.has(name))
  if (bad === undefined) return names
  throw new InputError(bad === '' ? `${shown(path)} is no path.` : `The path ${shown(path)} may not go through ${bad}.`)
}

function put(root: Record<string, unknown>, path: string, value: Json): void {
  const names = namesOf(path)
  let holder: unknown = root
  for (const [index, name] of names.entries()) {
    if (typeof holder !== 'object' || holder === null) throw nowhere(path, names.slice(0, index))
    const last = index === names.length - 1
    if (Array.isArray(holder)) {
      const at = /^(?:0|[1-9]\d{0,9})$/.test(name) ? Number(name) : -1
      if (at < 0 || at >= holder.length + (last ? 1 : 0)) throw nowhere(path, names.slice(0, index + 1))
    } else if (!(last || Object.hasOwn(holder, name))) throw nowhere(path, names.slice(0, index + 1))
    const members = holder as Record<string, unknown>
    if (last) members[name] = value
    else holder = members[name]
  }
}

function nowhere(path: string, names: readonly string[]): Error {
  return new InputError(`The path ${shown(path)} leads nowhere: there is no ${names.join('.')}.`)
}
