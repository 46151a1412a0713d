/** What a branch begins with: all that the events it shares had led to already. */
import { DaybookError, InputError, shown } from '../errors.js'
import { isRecord, type Json, type JsonObject } from '../json.js'
import { project } from '../world/project.js'
import { changedData, type DataChange, namesOf } from './change.js'
import type { AnyEvent, DataOf, LedgerEvent } from './event.js'
import { dataFault } from './guards.js'
import { sessionsOf, triggerOf } from './sessions.js'
import { unverifiedReason } from './unverified.js'

/**
 * One thing that is different in a branch: paths within its data, dotted or as JSON pointers, such as
 * `{ set: { model: 'openai/x', 'messages.0.content': '…' }, remove: ['temperature', 'messages.3'] }`.
 */
export interface LedgerChange extends DataChange {
  /** The id of the changed event. Left out: the event at the fork position. */
  readonly event?: string | undefined
}

export interface Tail {
  /** In their order, with the change in place. */
  readonly carried: readonly LedgerEvent[]
  readonly changed: LedgerEvent | undefined
  /** The source of the first event of all. */
  readonly root: string | undefined
  readonly unfinished: DataOf<'branch.created'>['unfinished']
}

/**
 * Of the events of `name`: outputs of the first `position` of them, and where these end among the seeds of a run, its
 * other seeds.
 * @throws InputError for a position or a change that does not fit.
 */
export function tailOf(
  events: readonly LedgerEvent[],
  name: string,
  position: number,
  change?: LedgerChange | undefined
): Tail {
  const { length } = events
  if (position > length) throw new InputError(`${name} has ${length} events: it cannot be forked at ${position}.`)
  const first = events[0] as AnyEvent | undefined
  const root = (first?.type === 'branch.created' && first.data.root) || first?.source
  const wanted = change && (change.event ?? events[position]?.id)
  const carried = carriedOf(events, position, wanted)
  const { waves = [], cut } = sessionsOf(events).sessions.at(-1) ?? {}
  const last = (cut && waves.at(-2)) ?? waves.at(-1)
  const unfinished = last?.[0] && position > last[0].position ? (cut ?? 'wave') : undefined
  if (!change) return { carried, changed: undefined, root, unfinished }

  const index = carried.findIndex(({ id }) => id === wanted)
  const found = carried[index]
  if (!found)
    throw unfit(
      name,
      wanted,
      events.findIndex(({ id }) => id === wanted),
      position
    )
  const answer = carried.find(({ type, cause }) => type.startsWith('llm.') && cause.includes(found.id))
  if (found.type === 'llm.request' && answer && triggerOf(answer) !== found.id) {
    throw new InputError(`The request ${found.id} was made by a responder that went on from its answer.`, {
      hint: 'Change what the responder was called for, or the options of its kit, at their own position.'
    })
  }
  const changed = changedEvent(found, change)
  carried[index] = changed
  try {
    project([...events.slice(0, position), ...carried])
  } catch (error) {
    const why = error instanceof DaybookError ? error.message : String(error)
    throw new InputError(`With this change the branch could not go on: ${why}`, { cause: error })
  }
  return { carried, changed, root, unfinished }
}

function carriedOf(events: readonly LedgerEvent[], position: number, wanted: string | undefined): LedgerEvent[] {
  const shared = new Set<string | undefined>(events.slice(0, position).map(({ id }) => id))
  const carried: LedgerEvent[] = []
  let seeds: string | undefined // the timestamp of the seeds that the fork is among
  let first = true
  for (const recorded of events.slice(position)) {
    const event = recorded as AnyEvent
    if (isApart(event)) continue
    if (unverifiedReason(recorded) !== undefined) {
      carried.push(event) // what comes after it is no better in a branch
      continue
    }
    const trigger = triggerOf(event)
    if (trigger !== 'seed' || !(first || event.timestamp === seeds)) seeds = undefined
    else seeds = event.timestamp
    if (trigger === 'seed' ? seeds !== undefined : shared.has(trigger)) carried.push(event)
    // Of another program: to be reacted to, it must be somebody's seed.
    else if (first && trigger === undefined && event.id === wanted) carried.push({ ...event, by: `seed#${position}` })
    first = false
  }
  return carried
}

/** These tell of the parent's own doing: a branch has its own. */
function isApart(event: AnyEvent): boolean {
  switch (event.type) {
    case 'branch.created':
    case 'budget.exhausted':
    case 'run.resumed':
      return true
    default:
      return event.type === 'warning.raised' && event.data.area === 'run'
  }
}

/** The event under its own id. Where a changed request goes is not known any more: whoever answers it knows. */
function changedEvent(event: LedgerEvent, change: LedgerChange): LedgerEvent {
  const { set = {}, insert = {}, remove = [] } = change
  const roots = new Set([...Object.keys(set), ...Object.keys(insert), ...remove].map(path => namesOf(path)[0]))
  const before = event.data as unknown as JsonObject
  let data = changedData(before, change) as Record<string, Json>
  if (event.type === 'llm.request') {
    if (roots.has('target')) {
      throw new InputError('Where a request goes cannot be changed in a ledger: change its model, or who answers it.')
    }
    const { target: _target, ...rest } = data
    data = rest
  }
  const { message } = before
  if (event.type === 'llm.response' && isRecord(message) && message.content === before.text && !roots.has('message')) {
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
