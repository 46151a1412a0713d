/** What differs between two worlds, down to the field. */
import { isRecord, type Json } from '../json.js'
import type { World } from './world.js'

export interface WorldDiff {
  readonly objects: ThingsDiff
  readonly relations: ThingsDiff
  /** True where the worlds hold the same. */
  readonly empty: boolean
  /** Such as `+2 objects, ~1 objects patched, -1 relations`, or `no changes`. */
  summary(): string
}

/** Ids sorted by code units. */
export interface ThingsDiff {
  readonly added: readonly string[]
  readonly removed: readonly string[]
  readonly changed: readonly ThingChange[]
}

export interface ThingChange {
  readonly id: string
  readonly fields: readonly FieldChange[]
}

/** A side that has no such field has no such member here. */
export interface FieldChange {
  /** A JSON pointer (RFC 6901), such as `/data/text`. */
  readonly path: string
  readonly before?: Json
  readonly after?: Json
}

/** From `a` to `b`. */
export function diffWorlds(a: World, b: World): WorldDiff {
  const objects = diffThings(a.objects, b.objects)
  const relations = diffThings(a.relations, b.relations)
  const counts: [string, number, string][] = [
    ['+', objects.added.length, 'objects'],
    ['-', objects.removed.length, 'objects'],
    ['~', objects.changed.length, 'objects patched'],
    ['+', relations.added.length, 'relations'],
    ['-', relations.removed.length, 'relations'],
    ['~', relations.changed.length, 'relations changed']
  ]
  const words = counts.filter(([, n]) => n > 0).map(([sign, n, what]) => `${sign}${n} ${what}`)
  return { objects, relations, empty: words.length === 0, summary: () => words.join(', ') || 'no changes' }
}

function diffThings(a: ReadonlyMap<string, object>, b: ReadonlyMap<string, object>): ThingsDiff {
  const changed: ThingChange[] = []
  for (const [id, before] of a) {
    const after = b.get(id)
    if (after === undefined || after === before) continue
    const fields = diffFields(before, after)
    if (fields.length > 0) changed.push({ id, fields })
  }
  return {
    added: [...b.keys()].filter(id => !a.has(id)).sort(),
    removed: [...a.keys()].filter(id => !b.has(id)).sort(),
    changed: changed.sort((x, y) => (x.id < y.id ? -1 : 1))
  }
}

/** The fields that differ between two JSON values, sorted by path; lists are compared place by place. */
export function diffFields(before: unknown, after: unknown): FieldChange[] {
  const changes: FieldChange[] = []
  compare(before, after, '', changes)
  return changes
}

function compare(before: unknown, after: unknown, path: string, changes: FieldChange[]): void {
  if (before === after) return
  const lists = Array.isArray(before) && Array.isArray(after)
  if (!lists && !(isRecord(before) && isRecord(after))) {
    changes.push({
      path,
      ...(before === undefined ? {} : { before: before as Json }),
      ...(after === undefined ? {} : { after: after as Json })
    })
    return
  }
  for (const key of keysOf(before, after, lists)) {
    const [was, is] = [member(before, key), member(after, key)]
    if (was === is) continue
    const step = key.replaceAll('~', '~0').replaceAll('/', '~1')
    compare(was, is, `${path}/${step}`, changes)
  }
}

function keysOf(before: object, after: object, lists: boolean): string[] {
  const keys = Object.keys(before)
  const others = Object.keys(after)
  // Two of a kind have the same members in the same order: most need no set.
  const alike = keys.length === others.length && keys.every((key, index) => key === others[index])
  const all = alike ? keys : [...new Set([...keys, ...others])]
  return lists ? all : all.sort()
}

function member(value: unknown, key: string): unknown {
  return Object.hasOwn(value as object, key) ? (value as Record<string, unknown>)[key] : undefined
}
