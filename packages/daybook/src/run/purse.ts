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

export class Purse {
  private readonly amount: number
  private readonly count: number
  private readonly shares: Share[] = []
  private slots: Slots | undefined
  private entered = 0
  private ended = 0
  /** Who may still spend without having asked. */
  private active = 0
  private spent = 0
  /** The part of each, since the last decision. */
  credit: number

  /** US dollars, and how many responders will come. */
  constructor(amount: number, count: number) {
    this.amount = amount
    this.count = count
    this.credit = amount / count
  }

  /** A responder of the wave begins; they come in order. Gives its number. */
  enter(): number {
    this.active++
    return this.entered++
  }

  /** The part of the responder with this number; to be asked for once. */
  share(number: number): Share {
    const share = new Share(this, number)
    this.shares.push(share)
    return share
  }

  /** A responder has ended. */
  leave(share: Share | undefined): void {
    this.ended++
    if (!share?.close()) this.active--
    this.look()
  }

  /** Who waits for a decision takes no place from others. */
  use(slots: Slots): void {
    this.slots = slots
  }

  /** What an earlier call did cost. */
  paid(cost: number): void {
    this.spent += cost
  }

  /** A responder waits. */
  blocked(): void {
    this.active--
    this.slots?.give()
    this.look()
  }

  private look(): void {
    if (this.active > 0 || this.entered < this.count) return
    const waiting = this.shares.filter(share => share.waiting).sort((a, b) => a.number - b.number)
    if (waiting.length === 0) return
    let left = this.amount - this.spent
    const decided = waiting.map(share => {
      const { estimate, decide } = share.waiting as NonNullable<Share['waiting']>
      share.waiting = undefined
      this.active++
      if (estimate > left) {
        const refusal = { estimate, left: Math.max(0, left) }
        return () => decide(refusal)
      }
      left -= estimate
      return () => decide(share.grant(estimate))
    })
    for (const share of this.shares) share.used = 0
    this.credit = Math.max(0, left) / (this.entered - this.ended)
    for (const decide of decided) {
      const place = this.slots?.take()
      if (place !== undefined) void place.then(decide)
      else decide()
    }
  }
}

/** The part of one responder that was called for one event. */
export class Share {
  readonly number: number
  waiting: { readonly estimate: number; readonly decide: (decision: Decision) => void } | undefined
  /** Of its credit. */
  used = 0
  private readonly purse: Purse
  private inFlight = 0
  private turn: Promise<unknown> = Promise.resolve()

  constructor(purse: Purse, number: number) {
    this.purse = purse
    this.number = number
  }

  /**
   * Whether a call that may cost so much is made; `left` says what it may cost in the end. Where nobody knows what it
   * may cost, it is made. The calls of one responder are decided in turn.
   */
  ask(estimate: Promise<number | null>): Promise<Decision> {
    const decided = this.turn.then(() => estimate).then(found => this.decision(found))
    this.turn = decided.catch(() => {})
    return decided
  }

  /** A call that was granted has ended, at this cost. */
  paid(cost: number | null): void {
    this.purse.paid(cost ?? 0)
    this.inFlight--
    if (this.isBlocked) this.purse.blocked()
  }

  /** What a granted call may cost: more than its estimate, as long as nobody else was promised it. */
  grant(estimate: number): Decision {
    this.inFlight++
    return { granted: estimate, left: () => estimate + Math.max(0, this.purse.credit - this.used) }
  }

  /** Says whether it was waiting. */
  close(): boolean {
    const { isBlocked } = this
    this.waiting = undefined
    return isBlocked
  }

  private get isBlocked(): boolean {
    return this.waiting !== undefined && this.inFlight === 0
  }

  private decision(estimate: number | null): Decision | Promise<Decision> {
    if (estimate === null) {
      this.inFlight++
      return { granted: 0, left: () => Number.POSITIVE_INFINITY }
    }
    if (this.used + estimate <= this.purse.credit) {
      this.used += estimate
      return this.grant(estimate)
    }
    return new Promise(decide => {
      this.waiting = { estimate, decide }
      if (this.isBlocked) this.purse.blocked()
    })
  }
}
