/** All that a runtime knows of its ledger: the world, what was spent, and which requests wait for an answer. */

import { InputError } from '../errors.js'
import { type Budget, type BudgetFold, budgetFold } from '../ledger/budget.js'
import type { AnyEvent, LedgerEvent } from '../ledger/event.js'
import { Projection } from '../world/projection.js'
import type { World, WorldContext } from '../world/world.js'

export class RunState {
  readonly projection: Projection
  readonly budget: BudgetFold
  /** The source of the first event: the run that was first, also on a branch. */
  root: string | undefined
  last: LedgerEvent | undefined
  private readonly requests = new Map<string, 'open' | 'ended'>()

  constructor(budget: Budget, context: WorldContext) {
    this.projection = new Projection(context)
    this.budget = budgetFold(budget)
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
    if (event.type === 'llm.request') this.requests.set(event.id, 'open')
    if (ends(event)) for (const id of event.cause) if (this.requests.has(id)) this.requests.set(id, 'ended')
    this.root ??= (event.type === 'branch.created' && event.data.root) || event.source
    this.last = event
  }

  /** Whether this request has no answer and no failure yet. */
  open(request: string): boolean {
    return this.requests.get(request) === 'open'
  }

  /** @throws InputError for a new event that would end a request a second time. */
  checkEnd(event: LedgerEvent): void {
    if (!ends(event)) return
    const asked = event.cause.filter(id => this.requests.has(id))
    if (asked.length > 0 && !asked.some(id => this.open(id))) {
      throw new InputError(`The request ${asked[0]} has its answer or failure already.`)
    }
  }
}

function ends(event: LedgerEvent): boolean {
  return event.type === 'llm.response' || event.type === 'llm.failed'
}
