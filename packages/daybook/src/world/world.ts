/** The world: objects and typed relations, as a ledger's events say that they are. */
import type { JsonObject } from '../json.js'

export interface WorldObject {
  readonly id: string
  readonly type: string
  readonly data: JsonObject
}

/** Its ends are ids of objects, which need not exist: a relation may come before what it relates. */
export interface WorldRelation {
  readonly id: string
  readonly type: string
  readonly source_id: string
  readonly target_id: string
  readonly data: JsonObject
}

/** What belongs to the run and not to the world. Never part of its hash. */
export interface WorldContext {
  /** True once a limit of the run was reached. */
  readonly budget_exhausted?: boolean
  /** The very cache that the runtime was given. */
  readonly cache?: unknown
  readonly [name: string]: unknown
}

/**
 * The world after its first `length` events. A world never changes: what happens later is another world. All that it
 * gives out is frozen.
 */
export interface World {
  /** By id, in the order of creation. */
  readonly objects: ReadonlyMap<string, WorldObject>
  readonly relations: ReadonlyMap<string, WorldRelation>
  readonly context: WorldContext
  readonly length: number
  /**
   * The world after the first `position` events: nothing is projected again, and a read takes the logarithm of the
   * number of versions.
   * @throws InputError where the position is no integer from 0 to `length`: a world does not know its future.
   */
  at(position: number): World
  /** sha256 over the objects and relations, sorted by id; the same in every place. 64 hexadecimal digits. */
  hash(): string
  object(id: string): WorldObject | undefined
  /** The relations that begin or end at this object, in the order of creation. */
  relationsOf(id: string, type?: string): WorldRelation[]
}
