/** The growing fold behind every world: takes events one by one and answers for any length that it has passed. */
import { InputError, shown } from '../errors.js'
import { frozenJson, isDeepFrozen, isRecord, type JsonObject } from '../json.js'
import type { LedgerEvent } from '../ledger/event.js'
import { type ObjectFact, objectOf } from './object-facts.js'
import { type Life, type Version, Versions, versionAt } from './versions.js'
import { WorldView } from './view.js'
import type { World, WorldContext, WorldRelation } from './world.js'

/** A relation between two ends, from one position to another. */
interface Link {
  readonly life: Life<RelationFact>
  readonly from: number
  to: number
}

/** A version of a relation, and the link that holds its ends together as long as they stay the same. */
export interface RelationFact {
  readonly relation: WorldRelation
  link: Link | undefined
}

/**
 * All that a projection needs to know of its past to go on: what a snapshot keeps. Lists and not objects, since there
 * may be millions.
 */
export interface WorldState {
  readonly length: number
  /** The position of the event that used up the budget. */
  readonly exhausted: number | null
  /** In the order of creation: position of that, id, type, data. */
  readonly objects: readonly (readonly [number, string, string, JsonObject])[]
  /** In the order of creation: position of that, position at which it got its ends, id, type, both ends, data. */
  readonly relations: readonly (readonly [number, number, string, string, string, string, JsonObject])[]
}

const none: JsonObject = Object.freeze({})
const forever = Number.POSITIVE_INFINITY

export class Projection {
  readonly objects: Versions<ObjectFact> = new Versions()
  readonly relations: Versions<RelationFact> = new Versions()
  private readonly links = new Map<string, Link[]>()
  private readonly extra: WorldContext
  private exhausted = forever
  private count = 0
  /** Worlds of fewer events are not known: what was before a snapshot is not in it. */
  readonly base: number = 0

  /** @throws InputError for a state that cannot be. It becomes the projection's own. */
  constructor(context: WorldContext = {}, state?: WorldState) {
    this.extra = context
    if (!state) return
    this.base = state.length
    this.restore(state)
  }

  get length(): number {
    return this.count
  }

  /**
   * Takes the next event. Where it cannot be applied, nothing has changed.
   * @throws InputError for malformed data, and for a patch of an object that does not exist.
   */
  evolve(event: LedgerEvent): void {
    const position = this.count
    switch (event.type) {
      case 'object.created':
        this.createObject(record(event), position)
        break
      case 'object.patched':
        this.patchObject(record(event), position)
        break
      case 'relation.created':
        this.createRelation(record(event), position)
        break
      case 'relation.removed': {
        const life = this.relations.living(text(record(event), 'id', event))
        if (life) this.removeRelation(life, position)
        break
      }
      case 'budget.exhausted':
        if (this.exhausted === forever) this.exhausted = position
        break
    }
    this.count++
  }

  /** The world now. It stays as it is while the projection grows. */
  world(length: number = this.count): World {
    return new WorldView(this, length)
  }

  context(length: number): WorldContext {
    return Object.freeze({ ...this.extra, ...(this.exhausted < length ? { budget_exhausted: true } : {}) })
  }

  state(): WorldState {
    return {
      length: this.count,
      exhausted: this.exhausted === forever ? null : this.exhausted,
      objects: this.objects.existing().map(({ from, newest }) => {
        const { id, type, data } = objectOf(newest as Version<ObjectFact>)
        return [from, id, type, data]
      }),
      relations: this.relations.existing().map(({ from, newest }) => {
        const { relation, link } = newest.value as RelationFact
        const { id, type, source_id, target_id, data } = relation
        return [from, link?.from ?? from, id, type, source_id, target_id, data]
      })
    }
  }

  /** Creates again what there was, each thing at its own position, so that every order is as it was. */
  private restore({ length, exhausted, objects, relations }: WorldState): void {
    if (!(Number.isSafeInteger(length) && length > 0)) throw new InputError('The state is of no length.')
    let last = 0
    const ordered = (from: number): number => {
      if (!(from >= last && from < length)) throw new InputError('The state is not in the order of its positions.')
      last = from
      return from
    }
    for (const [from, id, type, data] of objects) this.createObject({ id, type, data }, ordered(from))
    last = 0
    const joined: [RelationFact, Link][] = []
    for (const [from, at, id, type, source_id, target_id, data] of relations) {
      const fact: RelationFact = { relation: relationOf({ id, type, source_id, target_id, data }), link: undefined }
      joined.push([fact, { life: this.relations.create(id, ordered(from), fact), from: at, to: forever }])
    }
    joined.sort(([, a], [, b]) => a.from - b.from)
    for (const [fact, link] of joined) this.join(fact, link)
    this.exhausted = exhausted ?? forever
    this.count = length
  }

  relationsOf(id: string, type: string | undefined, length: number): WorldRelation[] {
    const found: WorldRelation[] = []
    for (const link of this.links.get(id) ?? []) {
      if (link.from >= length) break
      const relation = link.to < length ? undefined : versionAt(link.life, length)?.value.relation
      if (relation && (type === undefined || relation.type === type)) found.push(relation)
    }
    return found
  }

  private createObject(data: Data, position: number): void {
    const { id, type } = { id: text(data, 'id'), type: text(data, 'type') }
    this.objects.create(id, position, { id, type, data: owned(data, 'data'), patch: false, made: undefined })
  }

  private patchObject(data: Data, position: number): void {
    const id = text(data, 'id')
    const life = this.objects.living(id)
    if (!life) throw new InputError(`object.patched names ${shown(id)}, an object that does not exist.`)
    const { type } = life.newest.value as ObjectFact
    this.objects.change(life, position, { id, type, data: owned(data, 'patch'), patch: true, made: undefined })
  }

  private createRelation(data: Data, position: number): void {
    const relation = relationOf(data)
    const before = this.relations.living(relation.id)?.newest.value
    const fact: RelationFact = { relation, link: before?.link }
    const life = this.relations.create(relation.id, position, fact)
    if (before && sameEnds(before.relation, relation)) return
    if (before?.link) before.link.to = position
    this.join(fact, { life, from: position, to: forever })
  }

  private join(fact: RelationFact, link: Link): void {
    const { source_id, target_id } = fact.relation
    fact.link = link
    this.index(source_id, link)
    if (target_id !== source_id) this.index(target_id, link)
  }

  private removeRelation(life: Life<RelationFact>, position: number): void {
    const link = life.newest.value?.link
    if (link) link.to = position
    this.relations.remove(life, position)
  }

  private index(end: string, link: Link): void {
    const links = this.links.get(end)
    if (links) links.push(link)
    else this.links.set(end, [link])
  }
}

function relationOf(data: Data): WorldRelation {
  return Object.freeze({
    id: text(data, 'id'),
    type: text(data, 'type'),
    source_id: text(data, 'source_id'),
    target_id: text(data, 'target_id'),
    data: owned(data, 'data')
  })
}

function sameEnds(a: WorldRelation, b: WorldRelation): boolean {
  return a.source_id === b.source_id && a.target_id === b.target_id
}

type Data = Readonly<Record<string, unknown>>

function record(event: LedgerEvent): Data {
  if (!isRecord(event.data)) throw new InputError(`${event.type} has no data.`)
  return event.data
}

function text(data: Data, member: string, event?: LedgerEvent): string {
  const value = data[member]
  if (typeof value === 'string') return value
  throw new InputError(`${event?.type ?? 'The event'} needs a text as data.${member}, not ${shown(value)}.`)
}

/** A member that nobody else can change: as it is where it is frozen in depth, else a frozen copy. */
function owned(data: Data, member: string): JsonObject {
  const value = data[member]
  if (value === undefined) return none
  if (!isRecord(value)) throw new InputError(`data.${member} must be an object, not ${shown(value)}.`)
  return (isDeepFrozen(value) ? value : frozenJson(value)) as JsonObject
}
