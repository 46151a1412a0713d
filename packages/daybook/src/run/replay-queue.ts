/** The queue of the sequential loop, as a strict replay fills it: what is to come next in the ledger. */
import type { DaybookError } from '../errors.js'
import type { LedgerEvent } from '../ledger/event.js'
import type { Emitted } from './replay-compare.js'
import type { MadeBy } from './replay-record.js'

/** All that one responder emitted for one event. */
export interface FiringFacts {
  /** The position of the event. */
  readonly position: number
  readonly responder: string
  /** Messages of the failed calls that it was given. */
  readonly failures: ReadonlySet<string>
  /** Where the first of it is recorded; undefined where nothing is. */
  heard: number | undefined
}

/** An event that is to come. */
export interface Expected {
  readonly firing: FiringFacts
  readonly id: string
  /** Its id if it could not be applied. */
  readonly rejection?: string
  /** What was emitted; undefined for what is taken from the ledger as it is. */
  readonly emitted?: Emitted
  /** Of the answer to a request: the request. */
  readonly request?: string
  /** Of an answer that was not recorded. */
  readonly miss?: DaybookError | undefined
  /** Where it is recorded; undefined where it is not. */
  at: number | undefined
  done: boolean
}

export interface ReplayQueue {
  push(expected: Expected): void
  /** The expected event of this id. */
  find(id: string): Expected | undefined
  /** The expected output with this place in its firing that is recorded under no id. */
  like(event: LedgerEvent, made: MadeBy): Expected | undefined
  /** All that was to come before this one, which has come: each is given once. */
  overtaken(by: Expected): Expected[]
  /** Forgets what is recorded nowhere of those that were heard before this position, or never; gives it. */
  drop(position: number): Expected[]
}

export function replayQueue(): ReplayQueue {
  const byId = new Map<string, Expected>()
  const byPlace = new Map<string, Expected[]>()
  const turns = new Map<Expected, number>()
  let queue: Expected[] = []
  let head = 0

  return {
    push(expected) {
      const { id, rejection, emitted, at, firing } = expected
      byId.set(id, expected)
      if (rejection) byId.set(rejection, expected)
      if (emitted) {
        const place = `${emitted.output.trigger}#${emitted.output.ordinal}`
        const there = byPlace.get(place)
        if (there) there.push(expected)
        else byPlace.set(place, [expected])
      }
      // What stands before its own cause has been named there.
      if (at !== undefined && at <= firing.position) {
        expected.done = true
        return
      }
      turns.set(expected, turns.size)
      queue.push(expected)
    },
    find: id => byId.get(id),
    like(event, { trigger, ordinal }) {
      const there = byPlace.get(`${trigger}#${ordinal}`)?.filter(({ at, done }) => at === undefined && !done)
      return there?.find(({ firing }) => firing.responder === event.actor) ?? there?.[0]
    },
    overtaken(by) {
      const turn = turns.get(by)
      const before: Expected[] = []
      if (turn === undefined) return before
      for (let next = queue[head]; next && (turns.get(next) ?? 0) <= turn; next = queue[++head]) {
        if (next !== by && !next.done) before.push(next)
      }
      return before
    },
    drop(position) {
      const left = queue.slice(head).filter(({ done }) => !done)
      const isLost = ({ at, firing: { heard = 0 } }: Expected): boolean => at === undefined && heard < position
      queue = left.filter(each => !isLost(each))
      head = 0
      return left.filter(isLost)
    }
  }
}
