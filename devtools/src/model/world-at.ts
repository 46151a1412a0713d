/**
 * The objects and relations of a run with all of their versions: a growing fold, asked for any playhead. Nothing is
 * copied for it: what there was is found by the rows at which things came, changed and went.
 */
import type { Book } from './book.js'
import { before } from './graph.js'
import { isRecord, named, record, string } from './read.js'

export interface ObjectVersion {
  readonly row: number
  readonly kind: 'created' | 'patched' | 'removed'
}

export interface WorldObject {
  readonly id: string
  /** The type it has now, and the one under which it stands in the lists. */
  readonly type: string
  readonly versions: readonly ObjectVersion[]
  /** The rows of the versions. */
  readonly rows: readonly number[]
  readonly out: readonly WorldRelation[]
  readonly in: readonly WorldRelation[]
}

export interface WorldRelation {
  readonly id: string
  readonly type: string
  readonly from: string
  readonly to: string
  readonly row: number
  /** The row that ended it; Infinity while it stands. */
  readonly end: number
  readonly data: unknown
}

export interface ObjectType {
  readonly name: string
  /** In the order of their creation, those that were removed too. */
  readonly objects: readonly WorldObject[]
  readonly births: readonly number[]
  readonly deaths: readonly number[]
}

export interface WorldFold {
  /** In the order in which they were first seen. */
  readonly types: ReadonlyMap<string, ObjectType>
  readonly relations: { readonly births: readonly number[]; readonly deaths: readonly number[] }
  get(id: string): WorldObject | undefined
  /** Takes the events of the book that it has not seen, at most so many; true when some are left. */
  take(book: Book, most?: number): boolean
}

interface Version extends ObjectVersion {
  /** The whole data, or what is merged into the version before. */
  readonly value: unknown
  /** All fields at this version: kept at each so-manieth one, and made from there. */
  fields?: Fields
}

export type Fields = ReadonlyMap<string, unknown>

interface Thing extends WorldObject {
  type: string
  versions: Version[]
  rows: number[]
  out: Relation[]
  in: Relation[]
}
type Relation = WorldRelation & { end: number }
interface Kind extends ObjectType {
  objects: Thing[]
  births: number[]
  deaths: number[]
}

const keepEvery = 32
const none: Fields = new Map()

export function worldFold(): WorldFold {
  const types = new Map<string, Kind>()
  const things = new Map<string, Thing>()
  const relations = new Map<string, Relation>()
  const births: number[] = []
  const deaths: number[] = []
  let seen = 0

  function kindOf(name: string): Kind {
    let kind = types.get(name)
    if (!kind) {
      kind = { name, objects: [], births: [], deaths: [] }
      types.set(name, kind)
    }
    return kind
  }

  function version(thing: Thing, made: Version): void {
    thing.versions.push(made)
    thing.rows.push(made.row)
  }

  function create(row: number, id: string, type: string, value: unknown, kind: Version['kind']): void {
    let thing = things.get(id)
    const living = isLiving(thing)
    if (thing && living && thing.type !== type) kindOf(thing.type).deaths.push(row)
    if (!thing) {
      thing = { id, type, versions: [], rows: [], out: [], in: [] }
      things.set(id, thing)
    }
    if (!living || thing.type !== type) {
      const home = kindOf(type)
      home.births.push(row)
      home.objects.push(thing)
    }
    thing.type = type
    version(thing, { row, kind, value })
  }

  function end(row: number, relation: Relation | undefined): void {
    if (!relation) return
    relation.end = row
    relations.delete(relation.id)
    deaths.push(row)
  }

  function ends(id: string): Thing {
    // A relation may name what is not there, or not yet: it is kept until that comes, and stands in no list.
    let thing = things.get(id)
    if (!thing) {
      thing = { id, type: '', versions: [], rows: [], out: [], in: [] }
      things.set(id, thing)
    }
    return thing
  }

  function add(book: Book, row: number): void {
    const event = book.events[row]
    const data = record(event?.data)
    const { id } = data
    if (typeof id !== 'string') return
    switch (event?.type as string) {
      case 'object.created':
        create(row, id, named(data.type) ?? 'Object', data.data, 'created')
        return
      case 'object.patched': {
        const thing = things.get(id)
        if (thing && isLiving(thing)) version(thing, { row, kind: 'patched', value: data.patch })
        else create(row, id, thing?.type || 'Object', data.patch, 'patched')
        return
      }
      case 'object.removed': {
        const thing = things.get(id)
        if (!thing || !isLiving(thing)) return
        kindOf(thing.type).deaths.push(row)
        version(thing, { row, kind: 'removed', value: undefined })
        return
      }
      case 'relation.created': {
        end(row, relations.get(id))
        const [from, to] = [string(data.source_id) ?? '', string(data.target_id) ?? '']
        const type = named(data.type) ?? 'relation'
        const relation: Relation = { id, type, from, to, row, end: Number.POSITIVE_INFINITY, data: data.data }
        relations.set(id, relation)
        births.push(row)
        ends(from).out.push(relation)
        ends(to).in.push(relation)
        return
      }
      case 'relation.removed':
        end(row, relations.get(id))
    }
  }

  return {
    types,
    relations: { births, deaths },
    get(id) {
      const thing = things.get(id)
      return thing && thing.versions.length > 0 ? thing : undefined
    },
    take(book, most = Number.POSITIVE_INFINITY) {
      for (let done = 0; seen < book.events.length && done < most; done++) add(book, seen++)
      return seen < book.events.length
    }
  }
}

function isLiving(thing: WorldObject | undefined): boolean {
  const last = thing?.versions.at(-1)
  return last !== undefined && last.kind !== 'removed'
}

/** How many there were of what came and went at these rows. */
export function standing(
  counts: { readonly births: readonly number[]; readonly deaths: readonly number[] },
  length: number
): number {
  return before(counts.births, length) - before(counts.deaths, length)
}

/** The object's version at the playhead, as an index; -1 where it was not there. */
export function versionAt(object: WorldObject, length: number): number {
  const at = before(object.rows, length) - 1
  return object.versions[at]?.kind === 'removed' ? -1 : at
}

/** All fields of an object at a version. A member may have any name: that is why it is a map. */
export function fieldsAt(object: WorldObject, index: number): Fields {
  const versions = object.versions as Version[]
  const version = versions[index]
  if (!version || version.kind === 'removed') return none
  if (version.fields) return version.fields
  let start = index
  while (start > 0 && versions[start]?.kind === 'patched' && !versions[start]?.fields) start--
  const fields = new Map(versions[start]?.fields)
  for (let at = start; at <= index; at++) {
    const { value, fields: known } = versions[at] as Version
    if (known) continue
    if (isRecord(value)) for (const [key, member] of Object.entries(value)) fields.set(key, member)
    else if (value !== undefined) fields.set('value', value)
    if (at % keepEvery === 0) (versions[at] as Version).fields = new Map(fields)
  }
  return fields
}

/** The objects of a type that were there at the playhead, in the order of their creation. */
export function objectsAt(type: ObjectType, length: number): readonly WorldObject[] {
  const born = before(type.births, length)
  if (before(type.deaths, length) === 0)
    return born === type.objects.length ? type.objects : type.objects.slice(0, born)
  const there = new Set<WorldObject>()
  for (const object of type.objects.slice(0, born)) if (versionAt(object, length) >= 0) there.add(object)
  return [...there]
}

export function stands(relation: WorldRelation, length: number): boolean {
  return relation.row < length && relation.end >= length
}

/**
 * The rows of what changed last: the changes of the world that came together with the one right before the playhead,
 * which is to say by the same actor and from the same causes. Empty where that event changed nothing.
 */
export function lastChange(book: Book): readonly number[] {
  const last = book.events.at(-1)
  const rows: number[] = []
  for (let row = book.events.length - 1; row >= 0 && rows.length < 50; row--) {
    const event = book.events[row]
    if (!last || !event || !/^(object|relation)\./.test(event.type) || event.actor !== last.actor) break
    if (event.cause.length !== last.cause.length || event.cause[0] !== last.cause[0]) break
    rows.unshift(row)
  }
  return rows
}
