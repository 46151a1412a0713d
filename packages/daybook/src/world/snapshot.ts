/**
 * Worlds without projecting a long ledger from its beginning. A snapshot is a text: what a world has learnt up to a
 * position, the digest of the event before it, and a hash over all of that. What cannot be trusted is left alone with a
 * warning.
 */
import { sha256 } from '#platform'
import { defaultHost, type Host } from '../host.js'
import { canonical, deepFreeze, isRecord } from '../json.js'
import type { LedgerEvent } from '../ledger/event.js'
import type { Ledger } from '../ledger/ledger.js'
import type { SnapshotStore } from '../ledger/store.js'
import { Projection, type WorldState } from './projection.js'
import type { World, WorldContext } from './world.js'

export interface ProjectFromOptions {
  /** Left out: the ledger is projected from its beginning. */
  readonly snapshots?: SnapshotStore | undefined
  readonly host?: Host
  readonly context?: WorldContext
  /** A new snapshot is kept when so many events came after the last one: default 10,000. */
  readonly every?: number
}

export interface ProjectedLedger {
  readonly world: World
  /** The position of the snapshot, 0 without one: only what comes after was read. */
  readonly from: number
}

/** What was found; `more` is what the maker of the snapshot kept beside the world. */
export interface Opened {
  readonly projection: Projection
  readonly more: unknown
  /** The event before the position of the snapshot. */
  readonly last: LedgerEvent
}

/** Where the snapshots of a ledger are, and who is told of what is wrong with them. */
export interface SnapshotPlace {
  readonly ledger: Ledger
  readonly snapshots: SnapshotStore
  readonly host: Host
}

const version = 2

const mishaps = {
  load: 'cannot be read',
  distrusted: 'is left alone',
  save: 'cannot be kept',
  remove: 'cannot be removed'
}

/** @throws as `project` and `ledger.read` do; whatever is wrong with a snapshot is a warning. */
export async function projectFrom(ledger: Ledger, options: ProjectFromOptions = {}): Promise<ProjectedLedger> {
  const projection = await projectionFrom(ledger, options)
  return { world: projection.world(), from: projection.base }
}

/** The growing fold, for who goes on with it. */
export async function projectionFrom(ledger: Ledger, options: ProjectFromOptions = {}): Promise<Projection> {
  const { snapshots, host = defaultHost(), context, every = 10_000 } = options
  const place = snapshots && { ledger, snapshots, host }
  const found = place && (await openSnapshot(place, context))
  const projection = found?.projection ?? new Projection(context)
  let last: LedgerEvent | undefined
  for await (const event of ledger.read(projection.length)) {
    projection.evolve(event)
    last = event
  }
  if (place && last && projection.length - projection.base > every) await keepSnapshot(place, projection, last)
  return projection
}

/** Undefined where the snapshot is not there, damaged, or not of this ledger: then it is removed, with a warning. */
export async function openSnapshot(place: SnapshotPlace, context?: WorldContext): Promise<Opened | undefined> {
  const { ledger, snapshots } = place
  const text = await guarded(place, 'load', () => snapshots.load(ledger.name))
  if (text === undefined) return undefined
  const found = await guarded(place, 'distrusted', async () => readSnapshot(text, ledger.name, context))
  if (found) {
    // What the ledger cannot give is no fault of the snapshot.
    const last = await eventAt(ledger, found.projection.length - 1)
    const known = await guarded(place, 'distrusted', async () => {
      if (!last || digestOf(last) !== found.last) throw new Error('it was made of another ledger.')
      return last
    })
    if (known) return { projection: found.projection, more: found.more, last: known }
  }
  await guarded(place, 'remove', () => snapshots.remove(ledger.name))
  return undefined
}

/** Of the projection as it is now; `last` is its newest event, and `more` plain JSON for who opens it. */
export async function keepSnapshot(
  place: SnapshotPlace,
  projection: Projection,
  last: LedgerEvent,
  more?: unknown
): Promise<void> {
  const { ledger, snapshots } = place
  await guarded(place, 'save', () => snapshots.save(ledger.name, writeSnapshot(projection, ledger.name, last, more)))
}

async function guarded<T>(
  { ledger, host }: SnapshotPlace,
  kind: keyof typeof mishaps,
  work: () => Promise<T>
): Promise<T | undefined> {
  try {
    return await work()
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    host.warn({ area: 'snapshot', kind, message: `The snapshot of ${ledger.name} ${mishaps[kind]}: ${why}` })
    return undefined
  }
}

async function eventAt(ledger: Ledger, position: number): Promise<LedgerEvent | undefined> {
  for await (const event of ledger.read(position, position + 1)) return event
  return undefined
}

function digestOf(event: LedgerEvent): string {
  return sha256(canonical(event))
}

interface Head {
  readonly daybook: number
  readonly ledger: string
  readonly last: string
}

const stateLead = ',"state":'

function writeSnapshot(projection: Projection, ledger: string, event: LedgerEvent, more: unknown): string {
  const head: Head = { daybook: version, ledger, last: digestOf(event) }
  const state = JSON.stringify({ world: projection.state(), more })
  return `${JSON.stringify({ ...head, hash: hashOf(head, state) }).slice(0, -1)}${stateLead}${state}}\n`
}

function hashOf({ daybook, ledger, last }: Head, state: string): string {
  return sha256(`${JSON.stringify([daybook, ledger, last])}\n${state}`)
}

/** @throws whatever is wrong with it, in words. */
function readSnapshot(
  text: string,
  ledger: string,
  context: WorldContext | undefined
): { readonly projection: Projection; readonly last: string; readonly more: unknown } {
  const cut = text.indexOf(stateLead)
  const head: unknown = cut === -1 ? undefined : JSON.parse(`${text.slice(0, cut)}}`)
  if (!isRecord(head) || !text.endsWith('}\n')) throw new Error('it is cut off, or none at all.')
  const { daybook, last, hash } = head
  if (daybook !== version) throw new Error(`it has the format ${String(daybook)}, and ${version} is read.`)
  if (head.ledger !== ledger || typeof last !== 'string') throw new Error('it was made of another ledger.')
  const state = text.slice(cut + stateLead.length, -2)
  if (hash !== hashOf({ daybook, ledger, last }, state)) throw new Error('it was changed after it was written.')
  const { world, more } = JSON.parse(state) as { readonly world: WorldState; readonly more?: unknown }
  return { projection: new Projection(context, deepFreeze(world)), last, more }
}
