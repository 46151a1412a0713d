/** All that a runtime knows of its ledger: the world, what was spent, and which requests wait for an answer. */

import { InputError } from '../errors.js'
import { type Budget, type BudgetFold, type BudgetState, budgetFold } from '../ledger/budget.js'
import type { AnyEvent, DataOf, LedgerEvent } from '../ledger/event.js'
import { type Follows, followsFrom } from '../ledger/follows.js'
import { type SessionsFold, type SessionsState, sessionsFold } from '../ledger/sessions.js'
import { Projection } from '../world/projection.js'
import type { World, WorldContext } from '../world/world.js'

/** An answer that the cache was to keep: its key there, and where it and its request stand in the ledger. */
export type AnswerPlace = readonly [key: string, request: number, answer: number]

/** What is known beside the world, as plain JSON. */
export interface RunStateKept {
  readonly root: string | null
  readonly ended: readonly string[]
  readonly answers: readonly AnswerPlace[]
  readonly budget: BudgetState
  readonly sessions: SessionsState
}

/** A state that goes on from a snapshot; `events` are those of its last waves, by position. */
export interface RunStateStart {
  readonly projection: Projection
  readonly last: LedgerEvent
  readonly run: RunStateKept
  readonly events: ReadonlyMap<number, LedgerEvent>
}

/** The kind of the warning that ends a strict branch. */
export const strictEnd = 'strict'

export class RunState {
  readonly projection: Projection
  readonly budget: BudgetFold
  readonly sessions: SessionsFold
  /** The source of the first event: the run that was first, also on a branch. */
  root: string | undefined
  last: LedgerEvent | undefined
  readonly answers: AnswerPlace[]
  /** Of a strict branch: what follows from its change, and what has ended it, in words. */
  strict: { readonly follows: Follows; ended?: string } | undefined
  /** Where the open requests stand. */
  readonly waiting: Map<string, number> = new Map()
  private readonly ended: Set<string>

  constructor(budget: Budget, context: WorldContext, start?: RunStateStart) {
    this.projection = start?.projection ?? new Projection(context)
    this.budget = budgetFold(budget, start?.run.budget)
    this.sessions = sessionsFold({
      state: start?.run.sessions,
      at: position => start?.events.get(position) as LedgerEvent
    })
    this.root = start?.run.root ?? undefined
    this.last = start?.last
    this.answers = [...(start?.run.answers ?? [])]
    this.ended = new Set(start?.run.ended)
  }

  get length(): number {
    return this.projection.length
  }

  get world(): World {
    return this.projection.world()
  }

  /**
   * Takes the next event; where it throws, nothing has changed.
   * @throws InputError for an event that cannot be applied.
   */
  add(recorded: LedgerEvent, estimate?: number | null): void {
    const event = recorded as AnyEvent
    this.projection.evolve(event)
    this.budget.add(event, estimate)
    if (event.type === 'llm.request') this.waiting.set(event.id, this.length - 1)
    else if (event.type === 'llm.response' || event.type === 'llm.failed') this.end(event)
    this.sessions.add(event)
    if (event.type === 'branch.created') this.branch(event.data)
    else if (this.strict) {
      this.strict.follows.add(event)
      if (event.type === 'warning.raised' && event.data.kind === strictEnd) this.strict.ended = event.data.message
    }
    this.root ??= (event.type === 'branch.created' && event.data.root) || event.source
    this.last = event
  }

  /** What a later runtime goes on with; undefined as long as requests wait, and where all events must be looked at. */
  kept(): RunStateKept | undefined {
    const budget = this.budget.state()
    const sessions = this.sessions.state()
    if (this.waiting.size > 0 || !budget || !sessions) return undefined
    return { root: this.root ?? null, ended: [...this.ended], answers: this.answers, budget, sessions }
  }

  /** Whether this request has no answer and no failure yet. */
  open(request: string): boolean {
    return this.waiting.has(request)
  }

  /** @throws InputError for a new event that would end a request a second time. */
  checkEnd(event: LedgerEvent): void {
    if (event.type !== 'llm.response' && event.type !== 'llm.failed') return
    const ended = event.cause.find(id => this.ended.has(id))
    if (ended !== undefined && !event.cause.some(id => this.waiting.has(id))) {
      throw new InputError(`The request ${ended} has its answer or failure already.`)
    }
  }

  private branch({ strict, changed }: DataOf<'branch.created'>): void {
    this.strict = strict ? { follows: followsFrom(changed) } : undefined
  }

  private end(event: LedgerEvent<'llm.response'> | LedgerEvent<'llm.failed'>): void {
    const asked = event.cause.find(id => this.waiting.has(id))
    if (asked !== undefined && event.type === 'llm.response' && event.data.cache?.state === 'miss') {
      this.answers.push([event.data.cache.key, this.waiting.get(asked) as number, this.length - 1])
    }
    for (const id of event.cause) if (this.waiting.delete(id)) this.ended.add(id)
  }
}
