/** What a run may do, and what its events say that it has done: a fold, so that a restart forgets nothing. */
import { InputError, shown } from '../errors.js'
import type { AnyEvent, DataOf, LedgerEvent } from './event.js'

/** Limits of one ledger. A limit is reached when the figure is at least as high; Infinity is no limit. */
export interface Budget {
  readonly maxEvents: number
  /** US dollars, over all answers. An answer of unknown price counts nothing. */
  readonly maxCostUsd: number
  /** From the first to the last event of a session, summed over the sessions. */
  readonly maxSeconds: number
  /** The longest way from an event without a cause. */
  readonly maxDepth: number
}

export const defaultBudget: Budget = { maxEvents: 10_000, maxCostUsd: 10, maxSeconds: 3_600, maxDepth: 50 }

/**
 * The defaults with what was given in their place.
 * @throws InputError for a limit that is no number of at least 0.
 */
export function budgetOf(limits: Partial<Budget> = {}): Budget {
  const budget: Record<keyof Budget, number> = { ...defaultBudget }
  for (const name of Object.keys(budget) as (keyof Budget)[]) {
    const limit = limits[name]
    if (limit === undefined) continue
    if (typeof limit !== 'number' || !(limit >= 0)) {
      throw new InputError(`budget.${name} must be a number of at least 0, not ${shown(limit)}.`)
    }
    budget[name] = limit
  }
  return budget
}

/** What was used up so far. */
export interface Spend {
  /** Without `budget.exhausted`, `run.resumed` and `branch.created`, which are nobody's outputs. */
  readonly events: number
  /** With what was paid for answers that are not in the ledger yet. */
  readonly costUsd: number
  /** What the open requests were granted. */
  readonly reservedUsd: number
  readonly seconds: number
  /** Of the last event. */
  readonly depth: number
}

/** Why a request may not be made: what it was taken to cost, and what was left. US dollars. */
export interface Refusal {
  readonly estimate: number
  readonly left: number
}

export interface BudgetFold {
  /** Takes the next event; `estimate` is what a request may cost, null where nobody knows. */
  add(event: LedgerEvent, estimate?: number | null): void
  readonly spend: Spend
  /** The limits that are reached, as data of `budget.exhausted`; undefined where there are none. */
  exhausted(): DataOf<'budget.exhausted'> | undefined
  /** Why this open request may not be made; undefined where it was granted. */
  refusal(request: string): Refusal | undefined
  /** What is reserved for this open request; undefined where nothing is. */
  grant(request: string): number | undefined
  /** What is needed to go on, with other limits too; undefined as long as money is promised to a request, or refused. */
  state(): BudgetState | undefined
}

/** Null for what there is not yet. */
export interface BudgetState {
  readonly figures: readonly [events: number, cost: number, uncommitted: number, depth: number, past: number]
  readonly times: readonly [begin: number | null, last: number, branched: number | null]
  readonly stamp: string
  readonly seeding: boolean
  /** Of the newest events, the younger half first. */
  readonly depths: readonly [readonly (readonly [string, number])[], readonly (readonly [string, number])[]]
}

export function budgetFold(budget: Budget, state?: BudgetState): BudgetFold {
  const depths = depthMap(state?.depths)
  const granted = new Map<string, number>()
  const refused = new Map<string, Refusal>()
  let events = 0
  let cost = 0
  let uncommitted = 0
  let reserved = 0
  let depth = 0
  let past = 0
  let begin: number | undefined
  let last = 0
  let stamp = ''
  let seeding = false
  let branched = Number.NEGATIVE_INFINITY
  if (state) {
    ;[events, cost, uncommitted, depth, past] = state.figures
    begin = state.times[0] ?? undefined
    last = state.times[1]
    branched = state.times[2] ?? branched
    ;({ stamp, seeding } = state)
  }

  /**
   * A session begins with a batch of seeds, which have one timestamp, or when a run is taken up again or branches off.
   * What a branch took over from its parent is older than the branch, and took none of its time.
   */
  function time(event: LedgerEvent): void {
    const seed = event.by?.startsWith('seed#') === true
    const same = event.timestamp === stamp
    if (!same) stamp = event.timestamp
    const begins = event.type === 'run.resumed' || event.type === 'branch.created'
    if (event.type === 'branch.created') branched = Date.parse(stamp)
    if (begin === undefined || begins || (seed && !(seeding && same) && !(Date.parse(stamp) < branched))) {
      past += begin === undefined ? 0 : Math.max(0, last - begin)
      begin = last = Date.parse(stamp)
    } else if (!same) {
      last = Math.max(last, Date.parse(stamp))
    }
    seeding = seed
  }

  const elapsed = (): number => (past + (begin === undefined ? 0 : last - begin)) / 1000

  function settle(request: string): void {
    reserved -= granted.get(request) ?? 0
    granted.delete(request)
    refused.delete(request)
    if (granted.size === 0) reserved = 0 // sums of floating numbers drift
  }

  const fold: BudgetFold = {
    add(recorded, estimate) {
      const event = recorded as AnyEvent
      time(event)
      if (event.type === 'budget.exhausted') {
        uncommitted = amount(event.data.uncommitted?.cost_usd)
        return
      }
      if (event.type === 'run.resumed' || event.type === 'branch.created') {
        uncommitted = 0 // they are committed next, or the parent's to commit
        return
      }
      depth = depths.add(event)
      events++
      switch (event.type) {
        case 'llm.request': {
          const left = budget.maxCostUsd - cost - uncommitted - reserved
          if (estimate === null || estimate === undefined) break
          if (estimate > left) refused.set(event.id, { estimate, left: Math.max(0, left) })
          else {
            granted.set(event.id, estimate)
            reserved += estimate
          }
          break
        }
        case 'llm.response':
          cost += amount(event.data.cost_usd)
          for (const cause of event.cause) settle(cause)
          break
        case 'llm.failed':
          cost += amount(event.data.cost_usd) // of an answer that was stopped
          for (const cause of event.cause) settle(cause)
          break
      }
    },
    get spend() {
      return { events, costUsd: cost + uncommitted, reservedUsd: reserved, seconds: elapsed(), depth }
    },
    exhausted() {
      // Asked after every event: nothing is made unless a limit is reached.
      const seconds = elapsed()
      const { maxEvents, maxCostUsd, maxSeconds, maxDepth } = budget
      if (events < maxEvents && cost + uncommitted < maxCostUsd && seconds < maxSeconds && depth < maxDepth) return
      const reasons: string[] = []
      if (events >= maxEvents) reasons.push(`max_events=${maxEvents}`)
      if (cost + uncommitted >= maxCostUsd) reasons.push(`max_llm_cost_usd=${maxCostUsd}`)
      if (seconds >= maxSeconds) reasons.push(`max_wall_seconds=${maxSeconds} (elapsed=${seconds.toFixed(1)}s)`)
      if (depth >= maxDepth) reasons.push(`max_recursion_depth=${maxDepth} (depth=${depth})`)
      return { reasons, event_count: events, llm_cost_usd: cost + uncommitted, elapsed_seconds: seconds, depth }
    },
    refusal: request => refused.get(request),
    grant: request => granted.get(request),
    state: () =>
      granted.size + refused.size > 0
        ? undefined
        : {
            figures: [events, cost, uncommitted, depth, past],
            times: [begin ?? null, last, Number.isFinite(branched) ? branched : null],
            ...{ stamp, seeding, depths: depths.entries() }
          }
  }
  return fold
}

/** Money out of an event: whatever else stands there counts nothing. */
function amount(cost: unknown): number {
  return typeof cost === 'number' && Number.isFinite(cost) && cost > 0 ? cost : 0
}

/** How many depths are remembered one by one, twice over. */
const remembered = 20_000

/**
 * The depth of an event is one more than the greatest of its causes, and 0 without any. Only the newest are kept: a
 * cause that is older than these, or that nobody knows, counts as the event that triggered this one, so that a chain
 * never starts anew.
 */
function depthMap(known?: BudgetState['depths']): {
  add(event: LedgerEvent): number
  entries(): BudgetState['depths']
} {
  let young = new Map<string, number>(known?.[0])
  let old = new Map<string, number>(known?.[1])
  const depthOf = (id: string): number | undefined => young.get(id) ?? old.get(id)

  return {
    add(event) {
      let depth = 0
      for (const cause of event.cause) {
        const known = depthOf(cause) ?? depthOf(trigger(event)) ?? 0
        if (known >= depth) depth = known + 1
      }
      if (young.size >= remembered) {
        old = young
        young = new Map()
      }
      young.set(event.id, depth)
      return depth
    },
    entries: () => [[...young], [...old]]
  }
}

function trigger(event: LedgerEvent): string {
  return event.by?.slice(0, event.by.lastIndexOf('#')) ?? ''
}
