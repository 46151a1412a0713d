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
  const fold = sessionsFold()
  for (const event of events) fold.add(event)
  return fold.sessions()
}

/** All that a fold of a long ledger needs to go on. Waves are positions. */
export interface SessionsState {
  readonly length: number
  readonly sessions: readonly {
    readonly waves: number
    readonly before: readonly number[]
    readonly last: readonly number[]
    readonly cut?: Session['cut']
  }[]
  readonly seeded: string
}

export interface SessionsFold {
  add(event: LedgerEvent): void
  sessions(): Sessions
  /** Undefined where what was forgotten may be wanted, and for a branch. */
  state(): SessionsState | undefined
}

/** What a fold of the last waves alone goes on from: `at` gives the events of the state's positions. */
export interface SessionsStart {
  readonly state?: SessionsState | undefined
  at?(position: number): LedgerEvent
}

/**
 * With `start`, of each session only the last two waves are kept, as what follows belongs to these. Where it does not,
 * there is no state any more, and all events have to be looked at.
 */
export function sessionsFold(start?: SessionsStart): SessionsFold {
  const sessions: Session[] = []
  const places = new Map<string, { session: Session; wave: number }>()
  let current: Session | undefined
  let seeded = start?.state?.seeded ?? ''
  let carried = -1 // the position of the last event that a branch took over along with its prefix
  let joined = false // whether the branch goes on with the session in which its parent was forked
  let length = start?.state?.length ?? 0
  let sure = true

  for (const { waves: count, before, last, cut } of start?.state?.sessions ?? []) {
    current = { waves: [], cut }
    sessions.push(current)
    for (const [wave, positions] of [before, last].entries()) {
      for (const position of positions) {
        put(current, count - 2 + wave, start?.at?.(position) as LedgerEvent, position)
      }
    }
    current.waves.length = count
  }

  function put(session: Session, wave: number, event: LedgerEvent, position: number): void {
    places.set(event.id, { session, wave })
    const placed = session.waves[wave]
    if (placed) placed.push({ event, position })
    else session.waves[wave] = [{ event, position }]
    const past = start && !placed ? session.waves[wave - 2] : undefined
    if (!past) return
    for (const { event: passed } of past) places.delete(passed.id)
    session.waves[wave - 2] = []
  }

  function add(recorded: LedgerEvent): void {
    const position = length++
    const event = recorded as AnyEvent
    if (event.type === 'branch.created') {
      sure = false
      const { unfinished } = event.data
      joined = unfinished !== undefined && current !== undefined
      for (const session of sessions) session.settled = !(joined && session === current)
      if (current && joined) current.cut = unfinished === 'wave' ? undefined : unfinished
      else {
        current = { waves: [[]], cut: undefined }
        sessions.push(current)
      }
      carried = position + (Number(event.data.carried) || 0)
      return
    }
    if (current && !joined && position <= carried) {
      if (event.by?.startsWith('seed#')) seeded = event.timestamp
      put(current, 0, recorded, position)
      return
    }
    const trigger = triggerOf(event)
    if (trigger === undefined) return // of another program: nobody knows what it has done
    if (event.type === 'budget.exhausted' || (event.type === 'warning.raised' && event.data.area === 'run')) {
      if (current) current.cut = event.type === 'budget.exhausted' ? 'budget' : 'abort'
      return
    }
    if (event.type === 'run.resumed') {
      for (const session of sessions) session.cut = undefined
      return
    }
    if (trigger === 'seed') {
      // The seeds of one run are one batch, with one timestamp, at its beginning.
      if (!current || current.waves.length > 1 || seeded !== event.timestamp) {
        current = { waves: [[]], cut: undefined }
        sessions.push(current)
        seeded = event.timestamp
      }
      put(current, 0, recorded, position)
      return
    }
    const cause = places.get(trigger)
    // In a branch, what answers an open request of the prefix belongs to the branch.
    if (cause?.session.settled) put(sessions.find(({ settled }) => !settled) as Session, 0, recorded, position)
    else if (cause) put(cause.session, cause.wave + 1, recorded, position)
    else sure = false
  }

  const positions = (wave: readonly Placed[] | undefined): number[] => (wave ?? []).map(({ position }) => position)

  return {
    add,
    sessions: () => ({ sessions, fresh: carried >= 0 && carried === length - 1 }),
    state() {
      if (!sure) return undefined
      const found = sessions.map(({ waves, cut }) => ({
        ...{ waves: waves.length, before: positions(waves.at(-2)), last: positions(waves.at(-1)) },
        ...(cut === undefined ? {} : { cut })
      }))
      return { length, sessions: found, seeded }
    }
  }
}

/** The id of the event that a responder was called for, or `seed`; undefined for an event of another program. */
export function triggerOf(event: LedgerEvent): string | undefined {
  const end = event.by?.lastIndexOf('#') ?? -1
  return end < 0 ? undefined : event.by?.slice(0, end)
}
