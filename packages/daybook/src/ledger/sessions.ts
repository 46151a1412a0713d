/** What happened at once in a run: its sessions, and the waves of each, read off its events. */
import type { AnyEvent, LedgerEvent } from './event.js'

/** An event and where it stands. */
export interface Placed {
  readonly event: LedgerEvent
  readonly position: number
}

/** One `run()` with all that followed from its seeds. */
export interface Session {
  /** Events by wave: the seeds, what came of them, and so on. */
  readonly waves: Placed[][]
  /** True where the run was ended from outside: by a limit, or by an abort. */
  cut: 'budget' | 'abort' | undefined
  /** Of the parent, where this is a branch: what was to follow from it was appended with `branch.created`. */
  settled?: boolean
}

export interface Sessions {
  readonly sessions: readonly Session[]
  /** Whether this is a branch in which nothing has happened yet. */
  readonly fresh: boolean
}

export function sessionsOf(events: readonly LedgerEvent[]): Sessions {
  const sessions: Session[] = []
  const places = new Map<string, { session: Session; wave: number }>()
  let current: Session | undefined
  let seeded = ''
  let carried = -1 // the position of the last event that a branch took over along with its prefix
  let joined = false // whether the branch goes on with the session in which its parent was forked

  for (const [position, recorded] of events.entries()) {
    const event = recorded as AnyEvent
    if (event.type === 'branch.created') {
      const { unfinished } = event.data
      joined = unfinished !== undefined && current !== undefined
      for (const session of sessions) session.settled = !(joined && session === current)
      if (current && joined) current.cut = unfinished === 'wave' ? undefined : unfinished
      else {
        current = { waves: [[]], cut: undefined }
        sessions.push(current)
      }
      carried = position + (Number(event.data.carried) || 0)
      continue
    }
    if (current && !joined && position <= carried) {
      if (event.by?.startsWith('seed#')) seeded = event.timestamp
      place(current, 0)
      continue
    }
    const trigger = triggerOf(event)
    if (trigger === undefined) continue // of another program: nobody knows what it has done
    if (event.type === 'budget.exhausted' || (event.type === 'warning.raised' && event.data.area === 'run')) {
      if (current) current.cut = event.type === 'budget.exhausted' ? 'budget' : 'abort'
      continue
    }
    if (event.type === 'run.resumed') {
      for (const session of sessions) session.cut = undefined
      continue
    }
    if (trigger === 'seed') {
      // The seeds of one run are one batch, with one timestamp, at its beginning.
      if (!current || current.waves.length > 1 || seeded !== event.timestamp) {
        current = { waves: [[]], cut: undefined }
        sessions.push(current)
        seeded = event.timestamp
      }
      place(current, 0)
      continue
    }
    const cause = places.get(trigger)
    // In a branch, what answers an open request of the prefix belongs to the branch.
    if (cause?.session.settled) place(sessions.find(({ settled }) => !settled) as Session, 0)
    else if (cause) place(cause.session, cause.wave + 1)

    function place(session: Session, wave: number): void {
      places.set(recorded.id, { session, wave })
      const placed = session.waves[wave]
      if (placed) placed.push({ event: recorded, position })
      else session.waves[wave] = [{ event: recorded, position }]
    }
  }
  return { sessions, fresh: carried >= 0 && carried === events.length - 1 }
}

/** The id of the event that a responder was called for, or `seed`; undefined for an event of another program. */
export function triggerOf(event: LedgerEvent): string | undefined {
  const end = event.by?.lastIndexOf('#') ?? -1
  return end < 0 ? undefined : event.by?.slice(0, end)
}
