/** What a branch begins with: all that the events it shares had led to already. */
import { DaybookError, InputError, shown } from '../errors.js'
import type { Json, JsonObject } from '../json.js'
import { Projection } from '../world/projection.js'
import { changedData, namesOf } from './change.js'
import type { AnyEvent, DataOf, EventType, LedgerEvent } from './event.js'
import { dataFault } from './guards.js'

/** One thing that is different in a branch. */
export interface LedgerChange {
  /** The id of the changed event. Left out: the event at the fork position. */
  readonly event?: string | undefined
  /** Paths within its data, dotted or as JSON pointers, with their new values: `{ 'model': 'openai/x', 'messages.0.content': '…' }`. */
  readonly set: Readonly<Record<string, Json>>
}

export interface Tail {
  /** In their order, with the change in place. */
  readonly carried: readonly LedgerEvent[]
  readonly changed: LedgerEvent | undefined
  /** The source of the first event of all. */
  readonly root: string | undefined
  readonly unfinished: DataOf<'branch.created'>['unfinished']
}

/** These tell of the parent's own doing: a branch has its own. */
const apart = new Set<EventType>(['branch.created', 'budget.exhausted', 'run.resumed'])

/**
 * Reads the events of `name` once. Carried are outputs of the first `position` events, and where these end among the
 * seeds of a run, its other seeds.
 * @throws InputError for a position or a change that does not fit.
 */
export async function tailOf(
  events: Iterable<LedgerEvent> | AsyncIterable<LedgerEvent>,
  name: string,
  position: number,
  change?: LedgerChange | undefined
): Promise<Tail> {
  const waves = new Map<string, number>() // by id: seeds are 0, what came of them 1, and so on
  const shared = new Set<string>()
  const carried: LedgerEvent[] = []
  const projection = new Projection()
  let starts: number[] = [] // of the waves of the last session
  let cut: 'abort' | 'budget' | undefined
  let seeds: string | undefined | null // the timestamp of the seeds that are carried; null when they are over
  let root: string | undefined
  let before: AnyEvent | undefined
  let length = 0
  let at = -1
  let wanted = change?.event

  function wave(event: AnyEvent, trigger: string | undefined): void {
    const seeding = before?.by?.startsWith('seed#') && before.timestamp === event.timestamp
    if (trigger === 'seed' && !seeding) {
      starts = []
      cut = undefined
    }
    const above = trigger === undefined ? undefined : trigger === 'seed' ? -1 : waves.get(trigger)
    if (above === undefined) return
    waves.set(event.id, above + 1)
    starts[above + 1] ??= length
  }

  for await (const recorded of events) {
    const event = recorded as AnyEvent
    const trigger = triggerOf(event)
    root ??= (event.type === 'branch.created' && event.data.root) || event.source
    if (length === position) wanted ??= change && event.id
    if (event.id === wanted) at = length
    const own = apart.has(event.type) || (event.type === 'warning.raised' && event.data.area === 'run')
    if (!own) wave(event, trigger)
    else if (event.type !== 'branch.created') {
      cut = event.type === 'run.resumed' ? undefined : event.type === 'warning.raised' ? 'abort' : 'budget'
    }
    if (length < position) {
      shared.add(event.id)
      if (change) projection.evolve(event)
    } else if (!own) {
      if (seeds === undefined) seeds = trigger === 'seed' ? event.timestamp : null
      else if (trigger !== 'seed' || seeds !== event.timestamp) seeds = null
      if (trigger === 'seed' ? seeds !== null : trigger !== undefined && shared.has(trigger)) carried.push(event)
      // Of another program: to be reacted to, it must be somebody's seed.
      else if (trigger === undefined && length === position && change && event.id === wanted) {
        carried.push({ ...event, by: `seed#${position}` } as LedgerEvent)
      }
    }
    before = event
    length++
  }
  if (position > length) throw new InputError(`${name} has ${length} events: it cannot be forked at ${position}.`)

  const last = starts.at(cut ? -2 : -1) ?? starts.at(-1) ?? length
  const unfinished = position > last ? (cut ?? 'wave') : undefined
  if (!change) return { carried, changed: undefined, root, unfinished }

  const index = carried.findIndex(({ id }) => id === wanted)
  const found = carried[index]
  if (!found) throw unfit(name, wanted, at, position)
  const answer = carried.find(({ type, cause }) => type.startsWith('llm.') && cause.includes(found.id))
  if (found.type === 'llm.request' && answer && triggerOf(answer) !== found.id) {
    throw new InputError(`The request ${found.id} was made by a responder that went on from its answer.`, {
      hint: 'Change what the responder was called for, or the options of its kit, at their own position.'
    })
  }
  const changed = changedEvent(found, change.set)
  carried[index] = changed
  try {
    for (const event of carried) projection.evolve(event)
  } catch (error) {
    const why = error instanceof DaybookError ? error.message : String(error)
    throw new InputError(`With this change the branch could not go on: ${why}`, { cause: error })
  }
  return { carried, changed, root, unfinished }
}

/** The event under its own id. Where a changed request goes is not known any more: whoever answers it knows. */
function changedEvent(event: LedgerEvent, set: LedgerChange['set']): LedgerEvent {
  const roots = new Set(Object.keys(set).map(path => namesOf(path)[0]))
  const before = event.data as unknown as JsonObject
  let data = changedData(before, set) as Record<string, Json>
  if (event.type === 'llm.request') {
    if (roots.has('target')) {
      throw new InputError('Where a request goes cannot be changed in a ledger: change its model, or who answers it.')
    }
    const { target: _target, ...rest } = data
    data = rest
  }
  const message = before.message as JsonObject | undefined
  if (event.type === 'llm.response' && message && message.content === before.text && !roots.has('message')) {
    data.message = { ...message, content: data.text as Json }
  }
  const fault = dataFault(event.type, data)
  if (fault) throw new InputError(`The change does not fit: ${event.type}: ${fault}`)
  return { ...event, data } as unknown as LedgerEvent
}

function unfit(name: string, id: string | undefined, at: number, position: number): Error {
  if (id === undefined) return new InputError(`${name} has no event at position ${position} that could be changed.`)
  if (at < 0) return new InputError(`${name} has no event ${shown(id)} to be changed.`)
  if (at === position) return new InputError(`The event ${id} tells of the run itself: there is nothing to change.`)
  const why = at < position ? 'is shared with the parent' : 'follows from what the branch does anew'
  return new InputError(`The event ${id} ${why}: fork at its own position, ${at}, to change it.`, {
    data: { position: at }
  })
}

function triggerOf({ by }: LedgerEvent): string | undefined {
  const end = by?.lastIndexOf('#') ?? -1
  return end < 0 ? undefined : by?.slice(0, end)
}
