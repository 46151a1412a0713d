/** Strict replay: the responders run again on the recorded events, and what they emit is compared event by event. */
import {
  APIUserAbortError,
  type DaybookError,
  InputError,
  LedgerCorruptError,
  ReplayDivergenceError,
  shown
} from '../errors.js'
import { frozenJson, isDeepFrozen, type JsonObject } from '../json.js'
import type { LedgerEvent } from '../ledger/event.js'
import { checkEvents } from '../ledger/readable.js'
import { unverifiedReason } from '../ledger/unverified.js'
import type { FieldChange } from '../world/diff-worlds.js'
import type { World } from '../world/world.js'
import type { Edges } from './edge.js'
import type { Kit } from './kit.js'
import { createRegistry } from './registry.js'
import { madeBy, runRecord } from './replay-record.js'
import { ReplayWalk } from './replay-walk.js'
import type { Responder } from './responder.js'

/** The first place where a run would not be the recorded one. */
export interface Divergence {
  readonly position: number
  readonly event: string
  /** `changed`: its content differs; `missing`: it is recorded and is not emitted; `extra`: it is emitted and is not recorded; `order`; `unrecorded`: a request that has no recording. */
  readonly kind: 'changed' | 'missing' | 'extra' | 'order' | 'unrecorded'
  readonly fields: readonly FieldChange[]
  readonly expected?: LedgerEvent
  readonly found?: unknown
  /** In a sentence. */
  readonly message: string
}

export interface ReplayReport {
  readonly events: number
  /** Events that were emitted again as they are recorded. */
  readonly equal: number
  /** How many divergences there are. */
  readonly diverged: number
  /** In the order of the ledger; the first names where to look. At most 100 are kept. */
  readonly divergences: readonly Divergence[]
  readonly ok: boolean
  readonly world: World
  readonly hash: string
}

export interface StrictReplayOptions {
  readonly responders: readonly Responder[]
  readonly edges?: Edges | undefined
  /** The run whose ids are inherited; the first event says it, unless said otherwise. */
  readonly root?: string | undefined
  readonly signal?: AbortSignal | undefined
  /** How long a responder may take: a minute unless said otherwise. */
  readonly timeoutMs?: number | undefined
}

/**
 * Walks the recorded events in their order and calls the responders for them again, each with the world of its event;
 * `context.llm` answers from the recordings. What they emit is compared with the recorded events: content, identity and
 * order, but for what `stable` leaves out. Whatever differs, the recorded event is what counts for all that follows.
 * Never makes a call; what else a responder does, such as running tools, it does again.
 *
 * Taken as they are recorded: seeds and what the runtime says of itself (their ids and places are checked), what the
 * executor made of a request (its ids too, and that an answer does not contradict itself), where a request went, events
 * of other programs, `responder.fired` and `responder.completed`, what a branch took over from its parent, and the
 * outputs of responders that were ended from outside. Verify the ledger's chain to know that these were not changed.
 * What was emitted and is not recorded is no divergence where the run was stopped before: by its budget, an abort, or a
 * kill.
 *
 * Rejects only when it is aborted, or the events are no run of a runtime, or were imported from a broken chain.
 */
export async function strictReplay(
  events: readonly LedgerEvent[],
  options: StrictReplayOptions
): Promise<ReplayReport> {
  const { responders, edges, root, signal, timeoutMs = 60_000 } = options
  checkEvents(events)
  if (events.length > 0 && !events.some(madeBy)) {
    throw new InputError('This is no run: none of its events was made by a runtime, so there is nobody to call again.')
  }
  const broken = events.map(unverifiedReason).find(reason => reason !== undefined)
  if (broken !== undefined) throw new LedgerCorruptError(`These events are not as they were written. ${broken}`)
  const own = events.map(event => (isDeepFrozen(event) ? event : frozenJson(event)))
  const registry = createRegistry(responders, edges)
  const walk = new ReplayWalk({ record: runRecord(own, root), registry, timeoutMs })
  const abort = (): void => walk.cut(aborted())
  signal?.addEventListener('abort', abort, { once: true })
  try {
    let paused = performance.now()
    for (let position = 0; position < own.length; position++) {
      walk.take(position)
      await walk.fire(position)
      if (performance.now() - paused > 50) {
        await new Promise(resolve => setTimeout(resolve, 0)) // lets timers, clicks and the abort come through
        paused = performance.now()
      }
      if (signal?.aborted) throw aborted()
    }
    walk.end()
  } finally {
    signal?.removeEventListener('abort', abort)
  }
  const { divergences, diverged, equal } = walk
  const { world } = walk.state
  return { events: own.length, equal, diverged, divergences, ok: diverged === 0, world, hash: world.hash() }

  function aborted(): DaybookError {
    return new APIUserAbortError('The replay was aborted.', { cause: signal?.reason })
  }
}

/** @throws ReplayDivergenceError for the first divergence: it is in `data`, with how many there are. */
export async function replayedWorld(events: readonly LedgerEvent[], options: StrictReplayOptions): Promise<World> {
  const { divergences, diverged, world } = await strictReplay(events, options)
  const [first] = divergences
  if (!first) return world
  const { position, event, kind, fields, message } = first
  const more = diverged > 1 ? ` ${diverged - 1} more ${diverged > 2 ? 'events differ' : 'event differs'}.` : ''
  throw new ReplayDivergenceError(message + more, { data: { position, event, kind, fields, diverged } })
}

export interface ReplayKitOptions extends Omit<StrictReplayOptions, 'responders' | 'edges'> {
  /** In place of single ones of those that the run was started with. */
  readonly options?: JsonObject | undefined
}

/** Replays a run of a kit strictly, with the options that its `kit.loaded` names. */
export async function replayKit(
  kit: Kit,
  events: readonly LedgerEvent[],
  options: ReplayKitOptions = {}
): Promise<ReplayReport> {
  checkEvents(events)
  const loaded = events.find(({ type }) => type === 'kit.loaded') as LedgerEvent<'kit.loaded'> | undefined
  if (!loaded) throw new InputError('This is no run of a kit: there is no kit.loaded.')
  if (loaded.data.name !== kit.name) {
    throw new InputError(`This is a run of the kit ${shown(loaded.data.name)}, not of ${shown(kit.name)}.`)
  }
  const responders = kit.responders({ ...loaded.data.options, ...options.options })
  return strictReplay(events, { ...options, responders, edges: kit.edges })
}
