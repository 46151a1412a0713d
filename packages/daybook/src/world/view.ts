/** A world as of one length: a window on the projection that shows nothing of what comes after. */
import { sha256 } from '#platform'
import { InputError, shown } from '../errors.js'
import { canonical } from '../json.js'
import { objectOf } from './object-facts.js'
import type { Projection } from './projection.js'
import type { Version, Versions } from './versions.js'
import type { World, WorldContext, WorldObject, WorldRelation } from './world.js'

export class WorldView implements World {
  readonly length: number
  readonly #projection: Projection
  #objects: ReadonlyMap<string, WorldObject> | undefined
  #relations: ReadonlyMap<string, WorldRelation> | undefined
  #hash: string | undefined

  constructor(projection: Projection, length: number) {
    this.length = length
    this.#projection = projection
    Object.freeze(this)
  }

  get objects(): ReadonlyMap<string, WorldObject> {
    this.#objects ??= new MapView(this.#projection.objects, this.length, objectOf)
    return this.#objects
  }

  get relations(): ReadonlyMap<string, WorldRelation> {
    this.#relations ??= new MapView(this.#projection.relations, this.length, version => version.value.relation)
    return this.#relations
  }

  get context(): WorldContext {
    return this.#projection.context(this.length)
  }

  at(position: number): World {
    if (!Number.isInteger(position) || position < 0 || position > this.length) {
      throw new InputError(`This world has the positions 0 to ${this.length}, not ${shown(position)}.`)
    }
    return new WorldView(this.#projection, position)
  }

  object(id: string): WorldObject | undefined {
    const version = this.#projection.objects.at(id, this.length)
    return version && objectOf(version)
  }

  relationsOf(id: string, type?: string): WorldRelation[] {
    return this.#projection.relationsOf(id, type, this.length)
  }

  hash(): string {
    this.#hash ??= sha256(canonical({ objects: sorted(this.objects), relations: sorted(this.relations) }), 'hex')
    return this.#hash
  }
}

function sorted<T extends { readonly id: string }>(things: ReadonlyMap<string, T>): T[] {
  return [...things.values()].sort((a, b) => (a.id < b.id ? -1 : 1))
}

class MapView<Fact, T> implements ReadonlyMap<string, T> {
  readonly #versions: Versions<Fact>
  readonly #length: number
  readonly #read: (version: Version<Fact>) => T

  constructor(versions: Versions<Fact>, length: number, read: (version: Version<Fact>) => T) {
    this.#versions = versions
    this.#length = length
    this.#read = read
    Object.freeze(this)
  }

  get size(): number {
    return this.#versions.size(this.#length)
  }

  get(id: string): T | undefined {
    const version = this.#versions.at(id, this.#length)
    return version && this.#read(version)
  }

  has(id: string): boolean {
    return this.#versions.at(id, this.#length) !== undefined
  }

  forEach(callback: (value: T, key: string, map: ReadonlyMap<string, T>) => void, thisArg?: unknown): void {
    for (const [id, value] of this) callback.call(thisArg, value, id, this)
  }

  *entries(): Generator<[string, T], undefined, unknown> {
    for (const [id, version] of this.#versions.entries(this.#length)) yield [id, this.#read(version)]
  }

  *keys(): Generator<string, undefined, unknown> {
    for (const [id] of this.#versions.entries(this.#length)) yield id
  }

  *values(): Generator<T, undefined, unknown> {
    for (const [, version] of this.#versions.entries(this.#length)) yield this.#read(version)
  }

  [Symbol.iterator](): Generator<[string, T], undefined, unknown> {
    return this.entries()
  }
}
