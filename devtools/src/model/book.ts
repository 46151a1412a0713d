/**
 * A ledger as the panel holds it: columns that grow by one entry an event, each from its own fold. Every view reads
 * this one book, so that no two views can disagree.
 */
import type { LedgerEvent, LedgerSignal } from 'daybook'
import { type Calls, callFold } from './calls.js'
import { type Causes, causeFold } from './causes.js'
import { countFold, type FamilyCount } from './counts.js'
import { type Family, familyOf, isError } from './family.js'
import { type Lanes, laneFold } from './lanes.js'
import { type Objects, objectFold } from './objects.js'
import { bookAt } from './playhead.js'
import { isRecord, list, named, record, string } from './read.js'
import { type RunFacts, runFold } from './run.js'
import { type Streams, streamFold } from './streams.js'
import { isHit, type Totals, totalsFold } from './totals.js'

export interface Book {
  readonly name: string
  readonly events: readonly LedgerEvent[]
  /**
   * Milliseconds since the first event, without the time in which nobody worked: between a fork or a stop and what came
   * after it. NaN where the timestamp is none.
   */
  readonly times: readonly number[]
  readonly families: readonly Family[]
  readonly lanes: Lanes
  readonly calls: Calls
  readonly causes: Causes
  readonly objects: Objects
  readonly totals: Totals
  readonly run: RunFacts
  readonly streams: Streams
  readonly counts: FamilyCount
  /** The longest actor in characters, for the width of its column. */
  readonly actorLength: number
  /** Time zero of {@link times} by today's clock, in milliseconds since 1970; NaN before the first event. */
  readonly startedAt: number
}

/** A book that still grows. */
export interface BookFold extends Book {
  add(event: unknown): void
  signal(signal: LedgerSignal, now: number): void
  /**
   * The book as it stood after so many events, and `ms` milliseconds after the first one: without it, at the time of the
   * last of these events. See {@link bookAt}.
   */
  at(length: number, ms?: number): Book
}

export function createBook(name: string): BookFold {
  const events: LedgerEvent[] = []
  const times: number[] = []
  const families: Family[] = []
  const lanes = laneFold()
  const calls = callFold()
  const causes = causeFold()
  const objects = objectFold()
  const totals = totalsFold()
  const run = runFold(name)
  const streams = streamFold()
  const counts = countFold()
  let actorLength = 0
  const clock = clockFold()

  /** Gives the row its place among calls and lanes. */
  const place = (event: LedgerEvent, row: number): void => {
    const data = record(event.data)
    switch (event.type as string) {
      case 'llm.request': {
        const lane = lanes.open()
        const model = named(data.model) ?? ''
        calls.begin({ kind: 'llm', key: event.id, id: event.id, row, lane, name: model })
        return
      }
      case 'tool.called': {
        const lane = lanes.open()
        const key = `tool ${string(data.call_id) ?? event.id}`
        calls.begin({ kind: 'tool', key, id: event.id, row, lane, name: named(data.name) ?? '' })
        return
      }
      case 'llm.attempt': {
        const call = calls.find(event.cause)
        if (!call) break
        calls.attempt(call, row)
        lanes.tick(call.lane)
        return
      }
      case 'llm.response':
      case 'llm.failed': {
        const call = calls.find(event.cause)
        if (!call) break
        streams.end(call.id)
        calls.finish(call, row)
        lanes.close(call.lane)
        return
      }
      case 'tool.returned': {
        const call = calls.find([`tool ${string(data.call_id) ?? ''}`, ...event.cause])
        if (!call) break
        calls.finish(call, row)
        lanes.close(call.lane)
        return
      }
    }
    calls.none()
    lanes.pass()
  }

  const book: BookFold = {
    name,
    events,
    times,
    families,
    lanes,
    calls,
    causes,
    objects,
    totals: totals.now,
    run: run.now,
    streams,
    counts: counts.now,
    get actorLength() {
      return actorLength
    },
    get startedAt() {
      return clock.start
    },
    add(input) {
      const row = events.length
      const event = asEvent(input, row, name)
      const at = Date.parse(event.timestamp)
      const family = familyOf(event.type)
      events.push(event)
      times.push(clock.since(event.type, at))
      families.push(family)
      counts.add(family, event.type === 'llm.response' && isHit(record(event.data)))
      causes.add(row, event.id, event.cause)
      objects.add(event.type, event.data)
      totals.add(event)
      run.add(event, at, isError(event))
      place(event, row)
      actorLength = Math.max(actorLength, Math.min(40, shownActor(event).length))
    },
    signal(signal, now) {
      if (calls.open.has(signal.request)) streams.add(signal, now)
    },
    at(length, ms = times[length - 1] ?? 0) {
      if (length >= events.length) return book
      const then = totals.at(events, length)
      return bookAt(book, length, ms, {
        totals: then,
        counts: counts.at(families, then.hits, length),
        run: run.at(length, clock.start + (times[length - 1] ?? 0))
      })
    }
  }
  return book
}

interface ClockFold {
  /** When the run would have begun by the clock, had it never paused. */
  readonly start: number
  since(type: string, at: number): number
}

/** The time of a run without its pauses: a branch is made hours after its parent, a killed run is resumed later. */
function clockFold(): ClockFold {
  let first = Number.NaN
  let last = Number.NaN
  let pause = 0
  let pauseEnd = Number.POSITIVE_INFINITY
  return {
    get start() {
      return first + pause
    },
    since(type, at) {
      if (Number.isNaN(first)) first = at
      if (type === 'branch.created' || type === 'run.resumed') {
        if (at > last) pause += at - last
        pauseEnd = at
      }
      if (!(at <= last)) last = at
      // What a branch takes over from its parent happened before the pause.
      return at - first - (at >= pauseEnd ? pause : 0)
    }
  }
}

/** What the row shows as its actor: the model that answered, or who did it without the kit's name before it. */
export function shownActor(event: LedgerEvent): string {
  const data = record(event.data)
  if (event.type === 'llm.response') return (named(data.model) ?? named(event.actor) ?? '').replace(/^.*\//, '')
  return (named(event.actor) ?? '').replace(/^[\w-]+\.(?=\w)/, '')
}

/** The type that a line gets which is no event. Its content is kept and shown as it is. */
export const malformed = 'malformed'

/** So many characters may stand in a name of an event. */
const longest = 1000

function asEvent(input: unknown, row: number, name: string): LedgerEvent {
  const value = record(input)
  const { id, type, source, actor, timestamp, data } = value
  // Names without end are none: what has them is shown as it is.
  const short = [id, type, source, actor, timestamp].every(value => !string(value)?.[longest])
  if (short && typeof id === 'string' && typeof type === 'string' && isRecord(data)) {
    const whole =
      typeof source === 'string' && typeof actor === 'string' && typeof timestamp === 'string' && isIds(value.cause)
    if (whole) return input as LedgerEvent
    return {
      ...value,
      source: string(source) ?? name,
      actor: string(actor) ?? '',
      timestamp: string(timestamp) ?? '',
      cause: list(value.cause).filter(cause => typeof cause === 'string')
    } as unknown as LedgerEvent
  }
  return malformedEvent(input, row, name)
}

/** The row of a line that is no event. */
export function malformedEvent(value: unknown, row: number, name: string): LedgerEvent {
  const { id, timestamp } = record(value)
  return {
    id: named(id) ?? `${malformed}-${row + 1}`,
    type: malformed,
    source: name,
    actor: '',
    cause: [],
    timestamp: named(timestamp) ?? '',
    data: { value }
  } as unknown as LedgerEvent
}

function isIds(value: unknown): boolean {
  return Array.isArray(value) && value.every(cause => typeof cause === 'string')
}
