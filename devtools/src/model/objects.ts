/** Names for the objects of a run: `Finding 2` says more than `finding-6a76ec23`. */
import { named, record } from './read.js'

export interface Objects {
  /** `Finding 2`, or `Goal` where the run has only one; the id of what is not known. */
  nameOf(id: string): string
  typeOf(id: string): string | undefined
  readonly count: number
}

export interface ObjectFold extends Objects {
  add(type: string, data: unknown): void
}

export function objectFold(): ObjectFold {
  const known = new Map<string, { type: string; ordinal: number }>()
  const perType = new Map<string, number>()
  return {
    get count() {
      return known.size
    },
    nameOf(id) {
      const object = known.get(id)
      if (!object) return id
      return perType.get(object.type) === 1 ? object.type : `${object.type} ${object.ordinal}`
    },
    typeOf: id => known.get(id)?.type,
    add(eventType, data) {
      if (eventType !== 'object.created') return
      const { id, type } = record(data)
      const name = named(type) ?? 'Object'
      if (typeof id !== 'string' || known.has(id)) return
      const ordinal = (perType.get(name) ?? 0) + 1
      perType.set(name, ordinal)
      known.set(id, { type: name, ordinal })
    }
  }
}
