/** What a run that was stopped has still to do, read off its ledger. */
import { derivedId, type LedgerEvent } from '../ledger/event.js'
import { type Sessions, triggerOf } from '../ledger/sessions.js'
import type { Registry } from './registry.js'
import type { Responder } from './responder.js'
import type { RunState } from './state.js'
import type { Due, Placed } from './wave.js'

export interface Pending {
  /** Responders that were not heard in the wave before the last; their outputs belong to the last. */
  readonly due: readonly Due[]
  /** The last wave: nobody has reacted to it. */
  readonly before: readonly Placed[]
  /** Outputs that are in the ledger already, of firings that were heard in part: see {@link outputKey}. */
  readonly done: ReadonlySet<string>
  /** Whether this is a branch in which nothing has happened yet: it begins, and is not taken up again. */
  readonly fresh: boolean
}

export function outputKey(trigger: string, responder: string, ordinal: number | string): string {
  return `${trigger}\n${responder}\n${ordinal}`
}

/**
 * A wave is appended whole, so nobody has reacted to the last one, and everybody was heard in the waves before. Only
 * where a limit or an abort ended the run, some responders of the wave before the last were not heard, or in part.
 * A responder that was heard but had nothing to say cannot be told from one that was not: it may be called again.
 * `waiting` are the requests that are open, with their positions.
 */
export function pendingOf(
  { sessions, fresh }: Sessions,
  waiting: Iterable<readonly [number, LedgerEvent]>,
  registry: Registry,
  state: RunState,
  root: string,
  sha256: (text: string) => string
): Pending {
  const due: Due[] = []
  const before: Placed[] = []
  const done = new Set<string>()
  const planned = new Set<string>()

  for (const session of sessions) {
    if (session.settled) continue
    const last = session.waves.at(-1) ?? []
    if (session.cut) {
      const earlier = session.waves.at(-2) ?? []
      const heard = heardIn(earlier, last, registry, root, sha256)
      for (const key of heard.outputs) done.add(key)
      due.push(...unheard(earlier, registry, heard.firings, session.cut))
    }
    before.push(...last)
    for (const { event } of [...due, ...last]) planned.add(event.id)
  }
  // Requests that found no executor when they were made.
  const { executor } = registry
  if (executor) {
    for (const [position, event] of waiting) {
      if (!planned.has(event.id)) due.push({ event, position, responder: executor })
    }
  }
  due.sort((a, b) => a.position - b.position) // stable: the order of registration stays
  before.sort((a, b) => a.position - b.position)
  return { due: due.filter(({ event, responder }) => !responder.llm || state.open(event.id)), before, done, fresh }
}

/** Which firings of a wave have outputs in the next one, and which outputs these are. */
function heardIn(
  wave: readonly Placed[],
  next: readonly Placed[],
  registry: Registry,
  root: string,
  sha256: (text: string) => string
): { firings: ReadonlySet<string>; outputs: ReadonlySet<string> } {
  const byId = new Map(wave.map(({ event }) => [event.id, event]))
  const firings = new Set<string>()
  const outputs = new Set<string>()
  for (const { event } of next) {
    const trigger = triggerOf(event) ?? ''
    const cause = byId.get(trigger)
    const ordinal = Number(event.by?.slice(trigger.length + 1))
    const responder =
      cause &&
      registry
        .matching(cause)
        .find(({ name }) => derivedId(event.type, root, trigger, name, ordinal, sha256) === event.id)
    if (!responder) continue
    firings.add(outputKey(trigger, responder.name, ''))
    outputs.add(outputKey(trigger, responder.name, ordinal))
  }
  return { firings, outputs }
}

function unheard(
  wave: readonly Placed[],
  registry: Registry,
  heard: ReadonlySet<string>,
  cut: 'budget' | 'abort'
): Due[] {
  const all = wave.flatMap(placed => registry.matching(placed.event).map(responder => ({ ...placed, responder })))
  const wasHeard = ({ event, responder }: { event: LedgerEvent; responder: Responder }): boolean =>
    heard.has(outputKey(event.id, responder.name, ''))
  if (cut === 'abort') return all.filter(firing => !wasHeard(firing))
  // A limit cuts the outputs off at one point of their order: before it, silence means that there was nothing to say.
  // The last firing that was heard may have had more to say.
  return all.slice(Math.max(0, all.findLastIndex(wasHeard)))
}
