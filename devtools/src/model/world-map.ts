/** The picture of a small world: a column for each type, and a line for each relation or field that names another object. */
import type { Book } from './book.js'
import { type Layout, layoutOf } from './layout.js'
import { masked, oneLine } from './mask.js'
import { firstLine, record, string } from './read.js'
import { plain } from './summary.js'
import { type Fields, fieldsAt, objectsAt, stands, versionAt, type WorldFold, type WorldObject } from './world-at.js'

export interface WorldMap {
  readonly objects: readonly WorldObject[]
  readonly types: readonly string[]
  readonly links: readonly Link[]
  readonly layout: Layout
}

export interface Link {
  /** Indexes of the objects. */
  readonly from: number
  readonly to: number
  /** The type of the relation, or the name of the field. */
  readonly type: string
  /** The row of the relation; undefined for a field. */
  readonly row: number | undefined
}

/** So many objects at most are in one picture. */
export const maxObjects = 100
const maxLinks = 600
const maxFields = 40
/** Of one object, so many relations are followed. */
const maxSides = 500

/** All objects where they are few; otherwise those nearest to one, by relations and by fields that name others. */
export function mapOf(
  book: Book,
  fold: WorldFold,
  total: number,
  around: WorldObject | undefined,
  card: { height: number; gap: number }
): WorldMap {
  const { length } = book.events
  const objects = total <= maxObjects ? all(fold, length) : near(fold, length, around)
  const indexOf = new Map(objects.map((object, index) => [object.id, index]))
  const types = [...fold.types.keys()].filter(name => objects.some(({ type }) => type === name))
  const links: Link[] = []
  for (const [from, object] of objects.entries()) {
    const tied = new Set<number>()
    for (const relation of object.out) {
      const to = indexOf.get(relation.to)
      if (to === undefined || !stands(relation, length) || links.length >= maxLinks) continue
      tied.add(to)
      links.push({ from, to, type: relation.type, row: relation.row })
    }
    for (const [name, value] of [...fieldsAt(object, versionAt(object, length))].slice(0, maxFields)) {
      const to = typeof value === 'string' ? indexOf.get(value) : undefined
      if (to === undefined || to === from || tied.has(to) || links.length >= maxLinks) continue
      links.push({ from, to, type: name, row: undefined })
    }
  }
  // What no relation and no field ties comes from what caused it: an object, or the ends of a relation.
  for (const [to, { id, versions }] of objects.entries()) {
    if (links.length >= maxLinks || links.some(link => link.from === to || link.to === to)) continue
    for (const cause of (book.events[versions[0]?.row ?? -1]?.cause ?? []).slice(0, maxFields)) {
      const data = record(book.events[book.causes.rowOf(cause) ?? -1]?.data)
      for (const end of new Set([data.id, data.source_id, data.target_id])) {
        const from = end === id ? undefined : indexOf.get(String(end))
        if (from !== undefined) links.push({ from, to, type: 'led to', row: undefined })
      }
    }
  }
  const layout = layoutOf({
    count: objects.length,
    edges: links.map(({ from, to }) => [from, to] as const),
    layers: objects.map(({ type }) => types.indexOf(type)),
    across: card.height,
    along: 1,
    gap: card.gap,
    between: 0,
    forward: true,
    perRow: maxObjects
  })
  return { objects, types, links, layout }
}

function all(fold: WorldFold, length: number): WorldObject[] {
  return [...fold.types.values()].flatMap(type => objectsAt(type, length))
}

function near(fold: WorldFold, length: number, around: WorldObject | undefined): WorldObject[] {
  if (!around) return []
  const found = new Set([around])
  for (const object of found) {
    const ids = [...object.out.slice(0, maxSides), ...object.in.slice(0, maxSides)]
      .filter(relation => stands(relation, length))
      .map(relation => (relation.from === object.id ? relation.to : relation.from))
    for (const value of [...fieldsAt(object, versionAt(object, length)).values()].slice(0, maxFields)) {
      if (typeof value === 'string') ids.push(value)
    }
    for (const id of ids) {
      if (found.size >= maxObjects) return [...found]
      const other = fold.get(id)
      if (other && versionAt(other, length) >= 0) found.add(other)
    }
  }
  return [...found]
}

const telling = ['name', 'title', 'text', 'summary', 'about', 'topic', 'label', 'question']

/** What an object says in a few words. */
export function gistOf(book: Book, fields: Fields): string {
  for (const key of telling) {
    const text = string(fields.get(key))
    if (text) return masked(firstLine(plain(book.objects.nameOf(text.slice(0, 400))), 200))
  }
  for (const [key, value] of fields) if (key !== 'status' && key !== 'state') return `${key}: ${oneLine(value, 120)}`
  return ''
}

export function stateOf(fields: Fields): string | undefined {
  const state = string(fields.get('status')) ?? string(fields.get('state'))
  return state === undefined ? undefined : firstLine(state, 24)
}
