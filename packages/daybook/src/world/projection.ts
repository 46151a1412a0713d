/** The growing fold behind every world: takes events one by one and answers for any length that it has passed. */
import { InputError, shown } from '../errors.js'
import { frozenJson, isDeepFrozen, isRecord, type JsonObject } from '../json.js'
import type { LedgerEvent } from '../ledger/event.js'
import type { ObjectFact } from './object-facts.js'
import { type Life, Versions, versionAt } from './versions.js'
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
 * All that a projection has learnt: what a snapshot keeps. Lists and not objects, since there may be millions.
 */
export interface WorldState {
  readonly length: number
  /** The position of the event that used up the budget. */
  readonly exhausted: number | null
  /** In the order of their positions, which come first. */
  readonly facts: readonly WorldFact[]
}

export type WorldFact =
  /** An object: id, type, data; a patch of one has null as its type. */
  | readonly [number, string, string | null, JsonObject]
  /** A relation: id, type, both ends, data. */
  | readonly [number, string, string, string, string, JsonObject]
  /** A relation that was removed. */
  | readonly [number, string]

const none: JsonObject = Object.freeze({})
const forever = Number.POSITIVE_INFINITY

export class Projection {
  readonly objects: Versions<ObjectFact> = new Versions()
  readonly relations: Versions<RelationFact> = new Versions()
  private readonly links = new Map<string, Link[]>()
  private readonly extra: WorldContext
  private exhausted = forever
  private count = 0
  /** How many events were learnt of from a state. */
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
    // An event makes one fact at most, so that its position is its place.
    const facts = new Array<WorldFact>(this.count)
    for (const [position, { id, type, data, patch }] of this.objects.history()) {
      facts[position] = [position, id, patch ? null : type, data]
    }
    for (const [position, fact, id] of this.relations.history()) {
      if (!fact) facts[position] = [position, id]
      else {
        const { type, source_id, target_id, data } = fact.relation
        facts[position] = [position, id, type, source_id, target_id, data]
      }
    }
    return {
      length: this.count,
      exhausted: this.exhausted === forever ? null : this.exhausted,
      facts: facts.filter(() => true) // without the holes
    }
  }

  /** Learns again what there was, each thing at its own position, so that every past world is as it was. */
  private restore({ length, exhausted, facts }: WorldState): void {
    if (!(Number.isSafeInteger(length) && length > 0)) throw new InputError('The state is of no length.')
    let next = 0
    for (const fact of facts) {
      const [position, id] = fact
      if (!(position >= next && position < length))
        throw new InputError('The state is not in the order of its positions.')
      next = position + 1
      if (fact.length === 6) {
        const [, , type, source_id, target_id, data] = fact
        this.createRelation({ id, type, source_id, target_id, data }, position)
      } else if (fact.length === 4) {
        const [, , type, data] = fact
        if (type === null) this.patchObject({ id, patch: data }, position)
        else this.createObject({ id, type, data }, position)
      } else {
        const life = this.relations.living(id)
        if (life) this.removeRelation(life, position)
      }
    }
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
