/** What events tell of an object, and the object that they make. */
import type { JsonObject } from '../json.js'
import type { Version } from './versions.js'
import type { WorldObject } from './world.js'

/** A version of an object as the event told it; the object itself is made when somebody reads it. */
export interface ObjectFact {
  readonly id: string
  readonly type: string
  /** The whole data, or what is to be merged into the version before. */
  readonly data: JsonObject
  readonly patch: boolean
  made: WorldObject | undefined
}

/** The object of a version: patches since the last whole one are merged once, then kept. */
export function objectOf(version: Version<ObjectFact>): WorldObject {
  const fact = version.value
  if (fact.made) return fact.made
  const patches: JsonObject[] = []
  let base: Version<ObjectFact> = version
  while (base.value.patch && !base.value.made) {
    patches.push(base.value.data)
    base = base.older as Version<ObjectFact>
  }
  const start = base.value.made?.data ?? base.value.data
  const data = patches.length === 0 ? start : Object.freeze(merged(start, patches.reverse()))
  fact.made = Object.freeze({ id: fact.id, type: fact.type, data })
  return fact.made
}

function merged(start: JsonObject, patches: readonly JsonObject[]): JsonObject {
  // Spreading defines members and never sets them: a member named __proto__ stays a member.
  if (patches.length === 1) return { ...start, ...patches[0] }
  const result: Record<string, unknown> = { ...start }
  for (const patch of patches) {
    for (const key of Object.keys(patch)) {
      if (key === '__proto__') {
        Object.defineProperty(result, key, {
          value: patch[key],
          enumerable: true,
          configurable: true,
          writable: true
        })
      } else {
        result[key] = patch[key]
      }
    }
  }
  return result as JsonObject
}
