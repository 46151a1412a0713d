/** What a ledger says of a run, as the strict replay looks it up. */
import { defaultHost } from '../host.js'
import { type AnyEvent, derivedId, type EventType, type LedgerEvent } from '../ledger/event.js'
import { type Recording, recordingsOf } from '../ledger/recordings.js'
import type { Placed } from './wave.js'

export interface RunRecord {
  readonly events: readonly LedgerEvent[]
  /** The run that was first. */
  readonly root: string
  /** Where each id stands first. */
  readonly places: ReadonlyMap<string, number>
  readonly recordings: readonly Recording[]
  /** By the id of the request. */
  readonly recording: ReadonlyMap<string, Recording>
  /** Who answered the requests; undefined where nobody did. */
  readonly executor: string | undefined
  /** The last position of an event that something came of. */
  readonly last: number
  /** All that came of an event, in the ledger's order. */
  outputsOf(trigger: string): readonly Placed[]
  /** How often the run was resumed before this position. */
  resumes(position: number): number
  /** Where an abort stands that may have cut off the responders of the event at this position. */
  interrupted(position: number): number | undefined
  /** The id of an output, or of its rejection. */
  idOf(type: string, trigger: string, responder: string, ordinal: number): string
}

export interface MadeBy {
  readonly trigger: string
  readonly ordinal: number
}

/** What a runtime's event is an output of; undefined for an event of another program. */
export function madeBy({ by }: LedgerEvent): MadeBy | undefined {
  const end = by?.lastIndexOf('#') ?? -1
  return by === undefined || end < 0 ? undefined : { trigger: by.slice(0, end), ordinal: Number(by.slice(end + 1)) }
}

/** What the runtime writes of the run itself: nobody emitted it, and nobody reacts to it. Seeds are not of these. */
export function isNote(recorded: LedgerEvent): boolean {
  const event = recorded as AnyEvent
  switch (event.type) {
    case 'budget.exhausted':
    case 'run.resumed':
    case 'branch.created':
      return true
    case 'warning.raised':
      return event.actor === 'runtime' && event.data.area === 'run'
    default:
      return false
  }
}

export function isTerminal(type: EventType): boolean {
  return type === 'llm.response' || type === 'llm.failed'
}

export function runRecord(events: readonly LedgerEvent[], rootName: string | undefined): RunRecord {
  const { sha256 } = defaultHost()
  const first = events[0] as AnyEvent | undefined
  const root = rootName ?? ((first?.type === 'branch.created' && first.data.root) || (first?.source ?? ''))
  const idOf: RunRecord['idOf'] = (type, trigger, responder, ordinal) =>
    derivedId(type, root, trigger, responder, ordinal, sha256)
  const recordings = recordingsOf(events)
  const places = new Map<string, number>()
  const outputs = new Map<string, Placed[]>()
  const resumed: number[] = []
  const interrupted: (number | undefined)[] = []
  const waves = waveBook()
  let last = -1
  const answered = new Map<string, number>()
  let resumes = 0

  for (const [position, event] of events.entries()) {
    resumed.push(resumes)
    if (event.type === 'run.resumed') resumes++
    if (places.has(event.id)) continue
    places.set(event.id, position)
    if (event.type === 'branch.created') waves.branch(position, (event as LedgerEvent<'branch.created'>).data.carried)
    const made = madeBy(event)
    if (!made) continue
    const { trigger, ordinal } = made
    if (isNote(event)) {
      if (event.type === 'warning.raised') for (const place of waves.latest()) interrupted[place] ??= position
      continue
    }
    waves.place(event.id, position, trigger)
    const siblings = outputs.get(trigger)
    if (siblings) siblings.push({ event, position })
    else outputs.set(trigger, [{ event, position }])
    last = Math.max(last, places.get(trigger) ?? -1)
    if (isTerminal(event.type)) {
      const inside = events[places.get(event.cause[0] ?? '') ?? -1]
      const isOwn = idOf(event.type, trigger, event.actor, ordinal) === event.id
      const isInside = inside !== undefined && madeBy(inside)?.trigger === trigger
      // A name that ids are derived from is one; else it is the name that most answers have.
      if (isOwn || isInside) answered.set(event.actor, (answered.get(event.actor) ?? 0) + (isOwn ? events.length : 1))
    }
  }
  const [executor] = [...answered].sort(([, a], [, b]) => b - a)[0] ?? []
  return {
    ...{ events, root, places, recordings, executor, last, idOf },
    recording: new Map(recordings.map(recording => [recording.requestId, recording])),
    outputsOf: trigger => outputs.get(trigger) ?? [],
    resumes: position => resumed[position] ?? resumes,
    interrupted: position => interrupted[position]
  }
}

interface WaveBook {
  place(id: string, position: number, trigger: string): void
  /** Here a branch begins: with so many events that it took over. */
  branch(position: number, carried: number | undefined): void
  /** The positions of the last two waves of every `run()`: an abort may have cut off those who reacted to them. */
  latest(): number[]
}

function waveBook(): WaveBook {
  const sessions: number[][][] = []
  const placed = new Map<string, { session: number[][]; wave: number }>()
  let seeded = -2
  let carried = -1

  return {
    place(id, position, trigger) {
      const isFirst = trigger === 'seed' || position <= carried
      if (isFirst && position > carried) {
        if (seeded !== position - 1) sessions.push([])
        seeded = position
      }
      const cause = isFirst ? undefined : placed.get(trigger)
      const session = isFirst ? sessions.at(-1) : cause?.session
      if (!session) return
      const wave = cause ? cause.wave + 1 : 0
      placed.set(id, { session, wave })
      session[wave] ??= []
      session[wave].push(position)
    },
    branch(position, count = 0) {
      carried = position + count
      sessions.push([])
    },
    latest: () => sessions.flatMap(session => session.slice(-2).flat())
  }
}
