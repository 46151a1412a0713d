/**
 * What the responders of one wave may spend through `context.llm`. Their requests get a place in the ledger only when
 * the wave has ended, so they cannot be decided as a fold of it. The rule, which gives the same for any speed:
 *
 * - What the budget leaves at the beginning of the wave is divided by the responders that are called in it. A call that
 *   fits into what its responder has left of its part is made at once. It counts with its estimate, also when it ended.
 * - Any other call waits until every responder of the wave has ended or waits like this, and none has a call in flight.
 *   Then the calls so far count with what they did cost; those that wait are decided in the order of the ledger, each
 *   by what is left then; and what is left after that is divided by the responders that go on.
 */
import type { Refusal } from '../ledger/budget.js'
import type { Slots } from './slots.js'

export type Decision = Refusal | { readonly granted: number; left(): number }

/** The part of one responder that was called for one event. */
export interface Share {
  /**
   * Whether a call that may cost so much is made; `left` says what it may cost in the end. Where nobody knows what it
   * may cost, it is made. The calls of one responder are decided in turn.
   */
  ask(estimate: Promise<number | null>): Promise<Decision>
  /** A call that was granted has ended, at this cost. */
  paid(cost: number | null): void
  /** A call that an earlier process has made did cost so much. */
  recall(cost: number | null): void
  /** The responder has ended. */
  close(): void
}

export interface Purse {
  /** To be called for every responder of the wave, in order. */
  enter(): Share
  /** Who waits for a decision takes no place from others. */
  use(slots: Slots): void
}

interface Part {
  credit: number
  used: number
  inFlight: number
  waiting: { readonly estimate: number; readonly decide: (decision: Decision) => void } | undefined
  closed: boolean
}

/** US dollars, and how many responders will come. */
export function purse(amount: number, count: number): Purse {
  const parts: Part[] = []
  let spent = 0
  /** Who may still spend without having asked. */
  let active = 0
  let slots: Slots | undefined

  /** What a granted call may cost: more than its estimate, as long as nobody else was promised it. */
  function grant(part: Part, estimate: number): Decision {
    part.inFlight++
    return { granted: estimate, left: () => estimate + Math.max(0, part.credit - part.used) }
  }

  function isBlocked(part: Part): boolean {
    return part.waiting !== undefined && part.inFlight === 0
  }

  function look(): void {
    if (active > 0 || parts.length < count) return
    const waiting = parts.filter(part => part.waiting)
    if (waiting.length === 0) return
    let left = amount - spent
    const decided = waiting.map(part => {
      const { estimate, decide } = part.waiting as NonNullable<Part['waiting']>
      part.waiting = undefined
      active++
      if (estimate > left) return () => decide({ estimate, left: Math.max(0, left) })
      left -= estimate
      return () => decide(grant(part, estimate))
    })
    const going = parts.filter(part => !part.closed)
    for (const part of going) {
      part.used = 0
      part.credit = Math.max(0, left) / going.length
    }
    for (const decide of decided) {
      const place = slots?.take()
      if (place) void place.then(decide)
      else decide()
    }
  }

  return {
    enter() {
      const part: Part = { credit: amount / count, used: 0, inFlight: 0, waiting: undefined, closed: false }
      let turn: Promise<unknown> = Promise.resolve()
      parts.push(part)
      active++

      function decision(estimate: number | null): Decision | Promise<Decision> {
        if (estimate === null) {
          part.inFlight++
          return { granted: 0, left: () => Number.POSITIVE_INFINITY }
        }
        if (part.used + estimate <= part.credit) {
          part.used += estimate
          return grant(part, estimate)
        }
        return new Promise(decide => {
          part.waiting = { estimate, decide }
          if (isBlocked(part)) leave()
        })
      }

      function leave(): void {
        active--
        slots?.give()
        look()
      }

      return {
        ask(estimate) {
          const decided = turn.then(() => estimate).then(decision)
          turn = decided.catch(() => {})
          return decided
        },
        paid(cost) {
          spent += cost ?? 0
          part.inFlight--
          if (isBlocked(part)) leave()
        },
        recall(cost) {
          spent += cost ?? 0
        },
        close() {
          if (part.closed) return
          part.closed = true
          if (!isBlocked(part)) active--
          part.waiting = undefined
          look()
        }
      }
    },
    use(given) {
      slots = given
    }
  }
}
