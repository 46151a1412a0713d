/**
 * Worlds without projecting a long ledger from its beginning. A snapshot is a text: the state of a world at a position,
 * the digest of the event before it, and a hash over all of that. What cannot be trusted is left alone with a warning.
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
  /** `world.at` answers from here on: the position of the snapshot, 0 without one. */
  readonly from: number
  /** As of any position: before the snapshot the beginning of the ledger is projected, once. */
  at(position: number): Promise<World>
}

const version = 1

const mishaps = {
  load: 'cannot be read',
  distrusted: 'is left alone',
  save: 'cannot be kept',
  remove: 'cannot be removed'
}

/** @throws as `project` and `ledger.read` do; whatever is wrong with a snapshot is a warning. */
export async function projectFrom(ledger: Ledger, options: ProjectFromOptions = {}): Promise<ProjectedLedger> {
  const projection = await projectionFrom(ledger, options)
  const world = projection.world()
  let beginning: Promise<World> | undefined
  return {
    world,
    from: projection.base,
    async at(position) {
      if (!(position >= 0 && position < projection.base)) return world.at(position)
      beginning ??= fold(new Projection(options.context), ledger.read(0, projection.base)).then(whole => whole.world())
      return (await beginning).at(position)
    }
  }
}

/** The growing fold, for who goes on with it. */
export async function projectionFrom(ledger: Ledger, options: ProjectFromOptions = {}): Promise<Projection> {
  const { snapshots, host = defaultHost(), context, every = 10_000 } = options
  const { name } = ledger
  let last: LedgerEvent | undefined
  let useless = false

  async function guarded<T>(kind: keyof typeof mishaps, work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work()
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error)
      host.warn({ area: 'snapshot', kind, message: `The snapshot of ${name} ${mishaps[kind]}: ${why}` })
      return undefined
    }
  }

  async function* noting(events: AsyncIterable<LedgerEvent>): AsyncGenerator<LedgerEvent> {
    for await (last of events) yield last
  }

  /** Undefined where the snapshot is not there, damaged, or not of this ledger. */
  async function continued(): Promise<Projection | undefined> {
    const text = await guarded('load', async () => snapshots?.load(name))
    if (text === undefined) return undefined
    useless = true
    const found = await guarded('distrusted', async () => readSnapshot(text, name, context))
    if (!found) return undefined
    const events = ledger.read(found.projection.length - 1)[Symbol.asyncIterator]()
    try {
      const before = await events.next()
      const known = await guarded('distrusted', async () => {
        if (before.done || digestOf(before.value) !== found.last) throw new Error('it was made of another ledger.')
        return true
      })
      if (!known) return undefined
      useless = false
      return await fold(found.projection, noting({ [Symbol.asyncIterator]: () => events }))
    } finally {
      await events.return?.()
    }
  }

  const projection = (await continued()) ?? (await fold(new Projection(context), noting(ledger.read())))
  const newest = last
  if (snapshots && newest && projection.length - projection.base > every) {
    await guarded('save', () => snapshots.save(name, writeSnapshot(projection, name, newest)))
  } else if (snapshots && useless) {
    await guarded('remove', () => snapshots.remove(name))
  }
  return projection
}

async function fold(projection: Projection, events: AsyncIterable<LedgerEvent>): Promise<Projection> {
  for await (const event of events) projection.evolve(event)
  return projection
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

function writeSnapshot(projection: Projection, ledger: string, event: LedgerEvent): string {
  const head: Head = { daybook: version, ledger, last: digestOf(event) }
  const state = JSON.stringify(projection.state())
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
): { readonly projection: Projection; readonly last: string } {
  const cut = text.indexOf(stateLead)
  const head: unknown = cut === -1 ? undefined : JSON.parse(`${text.slice(0, cut)}}`)
  if (!isRecord(head) || !text.endsWith('}\n')) throw new Error('it is cut off, or none at all.')
  const { daybook, last, hash } = head
  if (daybook !== version) throw new Error(`it has the format ${String(daybook)}, and ${version} is read.`)
  if (head.ledger !== ledger || typeof last !== 'string') throw new Error('it was made of another ledger.')
  const state = text.slice(cut + stateLead.length, -2)
  if (hash !== hashOf({ daybook, ledger, last }, state)) throw new Error('it was changed after it was written.')
  return { projection: new Projection(context, deepFreeze(JSON.parse(state) as WorldState)), last }
}
