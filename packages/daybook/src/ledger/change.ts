/** Data with something changed by path, as a person or a program names it. */
import { InputError, shown } from '../errors.js'
import { copyJson, type Json, type JsonObject } from '../json.js'

const forbidden = new Set(['__proto__', 'constructor', 'prototype'])

/** Paths are dotted (`messages.0.content`) or JSON pointers (`/messages/0/content`). */
export interface DataChange {
  /**
   * New values. What a path leads through must be there; its last name may be new, and the index behind a list's last
   * adds to it.
   */
  readonly set?: Readonly<Record<string, Json>> | undefined
  /** Values put into a list, before what stands at the index; the index behind its last adds to it. */
  readonly insert?: Readonly<Record<string, Json>> | undefined
  /** What is left out: a member is absent then, which is not null, and a list is shorter. */
  readonly remove?: readonly string[] | undefined
}

/** What is done to one list. */
type Splices = { at: number; insert?: Json }[]

/**
 * A changed copy. All paths name places of the data as it was, whatever is inserted or removed before them.
 * @throws InputError for a path that leads nowhere, a forbidden name, a value that JSON cannot hold, something that is
 * set and removed at once, and no path at all.
 */
export function changedData(data: JsonObject, { set = {}, insert = {}, remove = [] }: DataChange): JsonObject {
  const paths = Object.entries(set)
  const inserted = Object.entries(insert)
  const removed = new Map(remove.map(path => [pointerOf(namesOf(path)), path]))
  if (paths.length + inserted.length + removed.size === 0) {
    throw new InputError('The change sets nothing: name at least one path and its value.')
  }
  const copy = copyJson(data) as Record<string, unknown>
  for (const [path, value] of paths) {
    const names = namesOf(path)
    const both = names.findIndex((_, end) => removed.has(pointerOf(names.slice(0, end + 1))))
    if (both >= 0)
      throw new InputError(`The path ${shown(path)} is set, and ${names.slice(0, both + 1).join('.')} removed.`)
    const { holder, name } = placeOf(copy, path, names)
    if (Array.isArray(holder)) holder[indexOf(path, names, holder.length)] = copyJson(value)
    else holder[name] = copyJson(value)
  }
  const lists = new Map<unknown[], Splices>()
  const splice = (list: unknown[], one: Splices[number]): void => {
    const known = lists.get(list)
    if (known) known.push(one)
    else lists.set(list, [one])
  }
  for (const [path, value] of inserted) {
    const names = namesOf(path)
    const { holder } = placeOf(copy, path, names)
    if (!Array.isArray(holder)) throw new InputError(`The path ${shown(path)} names no place in a list to insert at.`)
    splice(holder, { at: indexOf(path, names, holder.length), insert: copyJson(value) })
  }
  const members: (() => void)[] = []
  for (const path of removed.values()) {
    const names = namesOf(path)
    const { holder, name } = placeOf(copy, path, names)
    if (Array.isArray(holder)) splice(holder, { at: indexOf(path, names, holder.length - 1) })
    else if (Object.hasOwn(holder, name)) members.push(() => delete holder[name])
    else throw nowhere(path, names)
  }
  for (const [list, splices] of lists) {
    // From the back, and at one place the removal first, so that no index moves before its turn.
    splices.sort((a, b) => b.at - a.at || Number('insert' in a) - Number('insert' in b))
    for (const one of splices) {
      if ('insert' in one) list.splice(one.at, 0, one.insert)
      else list.splice(one.at, 1)
    }
  }
  for (const leave of members) leave()
  return copy as JsonObject
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

function pointerOf(names: readonly string[]): string {
  return names.map(name => `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')
}

/** What holds the path's last name. */
function placeOf(
  root: Record<string, unknown>,
  path: string,
  names: readonly string[]
): { holder: unknown[] | Record<string, unknown>; name: string } {
  let holder: unknown = root
  for (const [index, name] of names.entries()) {
    if (typeof holder !== 'object' || holder === null) throw nowhere(path, names.slice(0, index))
    if (index === names.length - 1) return { holder: holder as Record<string, unknown>, name }
    const before = names.slice(0, index + 1)
    if (Array.isArray(holder)) indexOf(path, before, holder.length - 1)
    else if (!Object.hasOwn(holder, name)) throw nowhere(path, before)
    holder = (holder as Record<string, unknown>)[name]
  }
  throw nowhere(path, names)
}

/** The last of the names as an index of the list. */
function indexOf(path: string, names: readonly string[], most: number): number {
  const name = names.at(-1) ?? ''
  const at = /^(?:0|[1-9]\d{0,9})$/.test(name) ? Number(name) : -1
  if (at < 0 || at > most) throw nowhere(path, names)
  return at
}

function nowhere(path: string, names: readonly string[]): Error {
  return new InputError(`The path ${shown(path)} leads nowhere: there is no ${names.join('.')}.`)
}
