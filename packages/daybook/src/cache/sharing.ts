/** How one call takes part in a flight: as the one that begins it, or as one that joins it. */
import { asDaybookError, type ErrorKind } from '../errors.js'
import type { Host } from '../host.js'
import { deepFreeze, frozenCopy } from '../json.js'
import { begun, type Opened, unlessAborted } from '../llm/live.js'
import type { CacheState, LLMDelta, LLMFact, LLMFn, LLMOptions, LLMRequest, LLMResponse } from '../llm/llm.js'
import { isPromise } from './awaitable.js'
import { entryOf, isCacheEntry, isStorable, unpaid } from './entry.js'
import { announce, type Flight, type Member, type Traffic, takeOff } from './flights.js'
import type { GuardedStore } from './guarded.js'
import type { Awaitable, CacheEntry } from './store.js'

/** What all calls of one cached function have in common. */
export interface Counter {
  readonly llm: LLMFn
  readonly store: GuardedStore
  readonly traffic: Traffic
  readonly host: Host
}

/** One call. */
export interface Caller {
  readonly request: LLMRequest
  readonly options: LLMOptions
  readonly key: string
  /** What its response says about the cache. */
  mark(state: CacheState): NonNullable<LLMResponse['cache']>
  /** Tells its reporter; false where there is none. */
  tell(fact: LLMFact): boolean
  /** Makes its own response of the one that it follows. */
  settle: (response: LLMResponse) => LLMResponse
}

export type Follow = Opened<LLMDelta, LLMResponse>

/** Asks the provider, for this caller and all who join. */
export function lead(counter: Counter, caller: Caller, signal: AbortSignal): Follow {
  const { llm, store, traffic } = counter
  const { request, options, key } = caller
  const state = store.isOff() ? 'off' : 'miss'
  const member: Member = { llm, signal, tell: caller.tell }
  let flight: Flight | undefined
  const letGo = traffic.turns.get(key)
  traffic.turns.delete(key)
  const close = (): void => {
    letGo?.()
    if (traffic.flights.get(key) === flight) traffic.flights.delete(key)
  }
  caller.tell({ type: 'cache', ...caller.mark(state) })
  flight = takeOff(member, {
    ask: (flightSignal, report) => llm(request, { ...options, signal: flightSignal, report }),
    land: (response, deltas, payer) => land(counter, caller, { response, deltas, payer, close }),
    fail: close
  })
  announce(traffic, key, flight)
  return follow(caller, member, flight, state)
}

/** Waits for the answer that somebody else has asked for. */
export function join(counter: Counter, caller: Caller, flight: Flight, signal: AbortSignal): Awaitable<Follow> {
  const member: Member = { llm: counter.llm, signal, tell: caller.tell }
  flight.join(member)
  caller.tell({ type: 'cache', ...caller.mark('joined') })
  const followed = follow(caller, member, flight, 'miss')
  if (flight.llm === counter.llm) return followed
  return refused(flight, signal).then(alone => (alone ? lead(counter, caller, signal) : followed))
}

function follow(caller: Caller, member: Member, flight: Flight, state: CacheState): Follow {
  caller.settle = response =>
    flight.payer() === member ? paid(response, caller.mark(state)) : unpaid(response, caller.mark('joined'))
  return { stream: flight.stream, shared: true }
}

/** The response of who pays. Of an answer that came from a cache further in, that cache has said all there is to say. */
export function paid(response: LLMResponse, cache: NonNullable<LLMResponse['cache']>): LLMResponse {
  return response.cached ? response : { ...response, cache }
}

// Failures that say something about who asked and nothing about the request.
const personal = new Set<ErrorKind>(['budget', 'config', 'auth', 'permission', 'credits'])

/** Whether the flight of another function failed before its first delta, for a reason that does not concern us. */
async function refused(flight: Flight, signal: AbortSignal): Promise<boolean> {
  if (await unlessAborted(begun(flight.stream), signal)) return false
  const outcome = flight.stream.then(
    () => false,
    error => personal.has(asDaybookError(error).kind)
  )
  return unlessAborted(outcome, signal)
}

interface Landing {
  readonly response: LLMResponse
  readonly deltas: readonly LLMDelta[]
  readonly payer: Member | undefined
  close(): void
}

/** Stores the answer or leaves that to the payer's reporter, and gives the answer as all members share it: frozen. */
async function land(counter: Counter, caller: Caller, landing: Landing): Promise<LLMResponse> {
  const { response, deltas, payer, close } = landing
  const { store, host } = counter
  let shared = response
  let entry: CacheEntry | undefined
  try {
    shared = frozenCopy(response)
    const made = deepFreeze(entryOf(shared, frozenCopy(deltas), host.now()))
    const stored = isCacheEntry(made) && isStorable(caller.request, shared)
    if (stored && (await caller.options.accepts?.(shared)) !== false) entry = made
  } catch (error) {
    store.warn('not_json', `An answer cannot be cached: ${asDaybookError(error).message}`)
  }

  let pending = true
  const discard = (): void => {
    pending = false
    close()
  }
  const commit = async (): Promise<void> => {
    if (pending && entry) await store.set(caller.key, entry)
    discard()
  }
  // One that must not be stored can be joined as long as any other: a run in sequence then equals one in parallel.
  if (!payer?.tell({ type: 'cache.write', commit, discard })) await commit()
  return shared
}

/** What is known about a key at this moment: who is in flight, or what the store says or will say. */
export interface Found {
  readonly flight?: Flight | undefined
  readonly entry?: Awaitable<CacheEntry | undefined>
}

export function look(counter: Counter, key: string): Found {
  const { flights, lookups } = counter.traffic
  const flight = flights.get(key)
  return flight ? { flight } : { entry: lookups.get(key) ?? stored(counter, key) }
}

/** What the store has. Where it has nothing and other tabs may be asking, it is looked at again when it is our turn. */
function stored(counter: Counter, key: string): Awaitable<CacheEntry | undefined> {
  const { store } = counter
  const found = store.get(key)
  if (!store.turn) return found
  if (isPromise(found)) return found.then(entry => entry ?? inTurn(counter, key))
  return found ?? inTurn(counter, key)
}

async function inTurn({ store, traffic: { turns } }: Counter, key: string): Promise<CacheEntry | undefined> {
  const letGo = await store.turn?.(key)
  if (!letGo) return undefined
  const entry = await store.get(key)
  if (entry) letGo()
  else {
    turns.set(key, letGo)
    // Who waited for this may have left meanwhile.
    setTimeout(() => {
      if (turns.get(key) !== letGo) return
      turns.delete(key)
      letGo()
    })
  }
  return entry
}

/** Follows the flight, or goes on with the entry as soon as it is there. */
export function take(
  counter: Counter,
  caller: Caller,
  { flight, entry }: Found,
  signal: AbortSignal,
  go: (entry: CacheEntry | undefined) => Follow
): Awaitable<Follow> {
  if (flight) return join(counter, caller, flight, signal)
  if (!isPromise(entry)) return go(entry)
  const { key } = caller
  const { flights, lookups } = counter.traffic
  if (!lookups.has(key)) {
    // Shared, so that no look that began before an answer was stored can end after its flight has closed.
    lookups.set(key, entry)
    void entry.finally(() => lookups.delete(key))
  }
  return unlessAborted(entry, signal).then(found => {
    signal.throwIfAborted()
    // Another call that waited for the same look may have begun a flight before us.
    const begunSince = flights.get(key)
    return begunSince ? join(counter, caller, begunSince, signal) : go(found)
  })
}
