/** Single flight: identical calls that are made at the same time are one call to the provider. */
import { itemsOf, tap } from '../llm/live.js'
import type { LLMDelta, LLMFact, LLMFn, LLMResponse, LLMStream } from '../llm/llm.js'
import type { CacheEntry, CacheStore } from './store.js'

/** Somebody who waits for an answer, until the signal says that they no longer do. */
export interface Member {
  /** The function that this member would ask by itself. */
  readonly llm: LLMFn
  readonly signal: AbortSignal
  /** Passes a fact on to whoever keeps the books of this call; false where nobody does. */
  tell(fact: LLMFact): boolean
}

export interface Flight {
  /** The function that was asked. */
  readonly llm: LLMFn
  /** To be followed as `shared`: it is not any member's own. */
  readonly stream: LLMStream
  join(member: Member): void
  /** Who pays: the first member that was still there when the answer had come. */
  payer(): Member | undefined
}

export interface FlightPlan {
  /** Asks the provider. The signal fires when all members have left; facts go to the first who is there. */
  ask(signal: AbortSignal, report: (fact: LLMFact) => void): LLMStream
  /** The answer has come; what this gives is everybody's, and the members wait until it is there. */
  land(response: LLMResponse, deltas: readonly LLMDelta[], payer: Member | undefined): Promise<LLMResponse>
  /** It failed, or all have left: nobody should join any more. May be said twice. */
  fail(): void
}

export function takeOff(leader: Member, plan: FlightPlan): Flight {
  const members = new Set<Member>()
  const controller = new AbortController()
  let asking = true
  let payer: Member | undefined

  const first = (): Member | undefined => members.values().next().value
  const join = (member: Member): void => {
    members.add(member)
    const leave = (): void => {
      members.delete(member)
      if (!asking || members.size > 0) return
      asking = false
      plan.fail()
      controller.abort(member.signal.reason)
    }
    if (member.signal.aborted) leave()
    else member.signal.addEventListener('abort', leave, { once: true })
  }

  join(leader)
  const stream: LLMStream = tap(
    plan.ask(controller.signal, fact => first()?.tell(fact)),
    async response => {
      asking = false
      payer = first()
      const landed = await plan.land(response, itemsOf(stream), payer)
      // Somebody may have left while the answer was written down.
      payer = first() ?? payer
      return landed
    },
    error => {
      asking = false
      plan.fail()
      throw error
    }
  )
  return { llm: leader.llm, stream, join, payer: () => payer }
}

/** What is under way for one store, whoever asks: two sessions that share a store share its flights. */
export interface Traffic {
  readonly flights: Map<string, Flight>
  /** Looks into a store that takes its time. */
  readonly lookups: Map<string, Promise<CacheEntry | undefined>>
  /** Lets others ask, where it is our turn among the tabs: taken over by the flight that begins. */
  readonly turns: Map<string, () => void>
}

/** A flight stays here until its answer is stored; one that nobody stores must not stay for ever. */
const maxFlights = 10_000

/** Lets others find the flight, unless they find another one already. */
export function announce({ flights }: Pick<Traffic, 'flights'>, key: string, flight: Flight): void {
  if (flights.has(key)) return
  flights.set(key, flight)
  for (const oldest of flights.keys()) {
    if (flights.size <= maxFlights) break
    flights.delete(oldest)
  }
}

const trafficOf = new WeakMap<CacheStore, Traffic>()

export function traffic(store: CacheStore): Traffic {
  const known = trafficOf.get(store)
  if (known) return known
  const made: Traffic = { flights: new Map(), lookups: new Map(), turns: new Map() }
  trafficOf.set(store, made)
  return made
}
