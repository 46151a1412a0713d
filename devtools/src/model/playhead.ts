/**
 * The book as it stood at the playhead. Nothing is folded anew but what lies between two marks, so that going to any
 * place of a hundred thousand events takes less than a frame.
 */
import type { Book } from './book.js'
import type { Call, Calls } from './calls.js'
import type { Causes } from './causes.js'
import type { FamilyCount } from './counts.js'
import type { RunFacts } from './run.js'
import { leading } from './sorted.js'
import { streamAt } from './stream-at.js'
import type { LiveAnswer, Streams } from './streams.js'
import type { Totals } from './totals.js'

/** What the folds of the book say of that place. */
export interface Then {
  readonly totals: Totals
  readonly counts: FamilyCount
  readonly run: RunFacts
}

/** @param ms When that was, since the start: what streamed then is shown as far as it had come. */
export function bookAt(book: Book, length: number, ms: number, then: Then): Book {
  const calls = callsAt(book.calls, length)
  let openMask = 0
  for (const call of calls.open.values()) if (call.lane >= 0) openMask |= 1 << call.lane
  return {
    name: book.name,
    events: book.events.slice(0, length),
    times: book.times.slice(0, length),
    families: book.families.slice(0, length),
    lanes: { ...book.lanes, openMask },
    calls,
    causes: causesAt(book.causes, length),
    objects: book.objects,
    streams: { live: streamsAt(book, calls, ms) },
    actorLength: book.actorLength,
    startedAt: book.startedAt,
    ...then
  }
}

/** The calls that had begun. What had not ended yet is open, as it was. */
function callsAt(calls: Calls, length: number): Calls {
  const all: Call[] = []
  const open = new Map<string, Call>()
  for (const call of calls.all) {
    if (call.row >= length) break
    if (call.end >= 0 && call.end < length) {
      all.push(call)
      continue
    }
    const then = { ...call, end: -1, attempts: call.attempts.filter(row => row < length) }
    all.push(then)
    open.set(call.id, then)
  }
  return {
    all,
    open,
    byRow: calls.byRow.slice(0, length),
    ofRow: row => (row < length ? all[calls.byRow[row] ?? -1] : undefined),
    byId(id) {
      const call = calls.byId(id)
      return call && call.row < length ? (open.get(id) ?? call) : undefined
    }
  }
}

function streamsAt(book: Book, { open }: Calls, ms: number): Streams['live'] {
  const live = new Map<string, LiveAnswer>()
  for (const call of open.values()) {
    const answer = book.events[book.calls.byId(call.id)?.end ?? -1]
    if (answer?.type !== 'llm.response') continue
    const begun = book.startedAt + (book.times[call.row] ?? 0)
    const stream = streamAt(call.id, answer, book.startedAt + ms - begun)
    if (stream) live.set(call.id, { ...stream, firstAt: begun + stream.firstAt, lastAt: begun + stream.lastAt })
  }
  return live
}

function causesAt(causes: Causes, length: number): Causes {
  return {
    rowOf(id) {
      const row = causes.rowOf(id)
      return row !== undefined && row < length ? row : undefined
    },
    effectsOf: row => causes.effectsOf(row).filter(effect => effect < length)
  }
}

const clocks = new WeakMap<readonly number[], number[]>()

/**
 * The times of a run's events as a clock that never goes back: what has no time, or an earlier one than what stands before
 * it, stands where that does. Goes on from where it was.
 */
export function clockOf(times: readonly number[]): readonly number[] {
  let clock = clocks.get(times)
  if (!clock) {
    clock = []
    clocks.set(times, clock)
  }
  for (let at = clock.length; at < times.length; at++) {
    const before = clock[at - 1] ?? 0
    const time = times[at] as number
    clock.push(time > before ? time : before)
  }
  return clock
}

/** How long the events took, in milliseconds; NaN where none of them has a time. */
export function wholeMs({ times, run }: Pick<Book, 'times' | 'run'>): number {
  return Number.isNaN(run.first) ? Number.NaN : (clockOf(times).at(-1) ?? 0)
}

/** The number of events that had happened so many milliseconds after the start. */
export function lengthAt(times: readonly number[], ms: number): number {
  return leading(clockOf(times), time => time <= ms)
}
