/** A strict replay, event by event: what is recorded is compared with what was emitted, and then it counts. */
import { memoryCache } from '../cache/memory-cache.js'
import type { DaybookError } from '../errors.js'
import { budgetOf } from '../ledger/budget.js'
import { type LedgerEvent, stable } from '../ledger/event.js'
import { inWords } from '../ledger/nearest.js'
import type { Terminal } from '../ledger/recordings.js'
import { diffFields, type FieldChange } from '../world/diff-worlds.js'
import type { Registry } from './registry.js'
import type { Divergence } from './replay.js'
import { contradictions, eventOf } from './replay-compare.js'
import { type ReplayFirings, replayFirings } from './replay-firings.js'
import { type Expected, type ReplayQueue, replayQueue } from './replay-queue.js'
import { isNote, isTerminal, type MadeBy, madeBy, type RunRecord } from './replay-record.js'
import { RunState } from './state.js'

export interface WalkOptions {
  readonly record: RunRecord
  readonly registry: Registry
  readonly timeoutMs: number
}

const maxDivergences = 100

export class ReplayWalk {
  readonly divergences: Divergence[] = []
  readonly state: RunState
  diverged = 0
  equal = 0
  private readonly record: RunRecord
  private readonly queue: ReplayQueue = replayQueue()
  private readonly firings: ReplayFirings
  private readonly sources: Set<string>
  /** Ids that events should have, where they have another one. */
  private readonly trueIds = new Map<number, string>()
  /** The last event that a branch took over from its parent. */
  private carried = -1
  private unordered = -1

  constructor({ record, registry, timeoutMs }: WalkOptions) {
    this.record = record
    this.sources = new Set([record.root, record.events[0]?.source ?? ''])
    const cache = memoryCache()
    this.state = new RunState(budgetOf(), { cache })
    this.firings = replayFirings({ record, registry, timeoutMs, cache, queue: this.queue })
  }

  /** Ends the responder that runs now. */
  cut(reason: DaybookError): void {
    this.firings.cut(reason)
  }

  /** Compares the event at this position with what is to come, and takes it in. */
  take(position: number): void {
    const event = this.record.events[position] as LedgerEvent
    this.check(event, position)
    try {
      this.state.add(event)
    } catch (thrown) {
      this.report('changed', position, event, {
        message: `${event.id} cannot be applied: ${(thrown as Error).message}`
      })
      this.state.add({ ...event, type: 'warning.raised', cause: [] } as LedgerEvent)
    }
  }

  /** Calls those who react to the event at this position, with the world right after it. */
  async fire(position: number): Promise<void> {
    const { events, last, outputsOf } = this.record
    const recorded = events[position] as LedgerEvent
    // What follows may name the id that it should have.
    const trueId = this.trueIds.get(position) ?? recorded.id
    const renamed = outputsOf(trueId).length > outputsOf(recorded.id).length
    // After the last event that something came of, nobody is known to have been called.
    if (!madeBy(recorded) || isNote(recorded) || (position > last && !renamed)) return
    const event = renamed ? { ...recorded, id: trueId } : recorded
    await this.firings.fire(event, position, this.state.projection.world(position + 1))
  }

  /** What was heard in part and has no end. */
  end(): void {
    this.dropped(this.record.events.length)
  }

  private check(event: LedgerEvent, position: number): void {
    const first = this.record.places.get(event.id) as number
    const expected = this.queue.find(event.id)
    const made = madeBy(event)
    if (first !== position) {
      this.report('missing', position, event, { message: `${event.id} stands at position ${first} already.` })
    } else if (expected && !expected.done) {
      this.match(expected, event, position)
    } else if (event.type === 'branch.created') {
      this.branched(event as LedgerEvent<'branch.created'>, position)
    } else if (made) {
      // An event of another program is nobody's output, and nobody reacted to it.
      this.checkSource(event, position)
      if (made.trigger === 'seed' || isNote(event)) this.note(event, made, position)
      else if (event.type === 'responder.fired' || event.type === 'responder.completed')
        this.fired(event, made, position)
      else this.unexpected(event, made, position)
    }
  }

  private branched(event: LedgerEvent<'branch.created'>, position: number): void {
    const { fork_position: ordinal, carried = 0 } = event.data
    this.sources.add(event.source)
    this.checkId(position, event, { trigger: event.source, ordinal }, 'runtime')
    this.carried = position + carried
    this.queue.drop(Number.POSITIVE_INFINITY) // what the parent had still to come is what was carried
  }

  private checkSource(event: LedgerEvent, position: number): void {
    if (this.sources.has(event.source)) return
    this.changed(position, event, [{ path: '/source', before: event.source, after: this.record.root }])
  }

  private fired(event: LedgerEvent, made: MadeBy, position: number): void {
    const { responder, event_id } = (event as LedgerEvent<'responder.fired'>).data
    this.checkId(position, event, made, responder)
    if (event_id === made.trigger) return
    this.changed(position, event, [{ path: '/data/event_id', before: event_id, after: made.trigger }])
  }

  /** Nobody emitted an event of this id. */
  private unexpected(event: LedgerEvent, made: MadeBy, position: number): void {
    const { trigger } = made
    const like = this.queue.like(event, made)
    const cause = this.record.places.get(trigger)
    if (like) {
      like.at = position
      this.trueIds.set(position, like.id)
      this.match(like, event, position)
    } else if (cause !== undefined && cause > position) {
      const message = `${event.id} stands before ${trigger}, the event that it came of.`
      this.report('order', position, event, { message })
    } else {
      const message =
        cause === undefined
          ? `${event.id} came of ${trigger}, which is not in the ledger.`
          : `${event.id} is recorded, but ${event.actor} does not emit it for ${trigger}.`
      this.report('missing', position, event, { message })
    }
  }

  /** What the runtime wrote of itself, and what was put into it. */
  private note(event: LedgerEvent, made: MadeBy, position: number): void {
    const { events } = this.record
    const { trigger, ordinal } = made
    this.checkId(position, event, made, 'runtime')
    const numbered = trigger === 'seed' || event.type === 'run.resumed'
    const before = events[position - 1]
    if (numbered && ordinal !== position && position > this.carried) {
      const message = `${event.id} stands at position ${position}, and was written at ${ordinal}.`
      this.report('order', position, event, { message })
    }
    if (event.type === 'budget.exhausted') {
      if (trigger !== before?.id) {
        const message = `${event.id} does not stand behind ${trigger}, at which the limit was reached.`
        this.report('order', position, event, { message })
      }
      this.queue.drop(position)
    } else if (
      event.type === 'warning.raised' ||
      (trigger === 'seed' && before && madeBy(before)?.trigger !== 'seed')
    ) {
      this.dropped(position) // the run ended here, or another one began
    }
  }

  private dropped(position: number): void {
    for (const expected of this.queue.drop(position))
      if (expected.firing.heard !== undefined) this.lost(expected, position)
  }

  private match(expected: Expected, event: LedgerEvent, position: number): void {
    for (const passed of this.queue.overtaken(expected)) this.pass(passed, event, position)
    expected.done = true
    const { emitted, firing, request } = expected
    this.checkSource(event, position)
    if (request !== undefined) this.checkAnswer(expected, event, position)
    else if (emitted && position > this.carried) {
      const { trigger, responder, ordinal } = emitted.output
      const idOf = (type: string): string => this.record.idOf(type, trigger, responder, ordinal)
      const found = eventOf(emitted, event, idOf, this.state, firing.failures)
      const fields = diffFields(stable(event), stable(found))
      if (fields.length > 0) this.changed(position, event, fields, found)
      else this.equal++
    } else if (emitted) this.equal++
  }

  /** Answers are taken as they are, as far as they do not contradict themselves. */
  private checkAnswer({ request = '', emitted, firing }: Expected, event: LedgerEvent, position: number): void {
    const by = emitted && `${emitted.output.trigger}#${emitted.output.ordinal}`
    this.checkId(
      position,
      event,
      emitted?.output ?? (madeBy(event) as MadeBy),
      emitted ? firing.responder : event.actor
    )
    if (by !== undefined && by !== event.by)
      this.changed(position, event, [{ path: '/by', before: event.by ?? '', after: by }])
    const { executor } = this.record
    if (emitted && executor !== undefined && executor !== event.actor) {
      this.changed(position, event, [{ path: '/actor', before: event.actor, after: executor }])
    }
    if (!isTerminal(event.type)) return
    const asked = this.record.events[this.record.places.get(request) ?? -1] ?? ({ id: request } as LedgerEvent)
    const fields = contradictions(event as Terminal, { ...asked, id: request } as LedgerEvent<'llm.request'>)
    if (fields.length > 0) this.changed(position, event, fields)
  }

  private checkId(position: number, event: LedgerEvent, { trigger, ordinal }: MadeBy, responder: string): void {
    const { idOf, executor = '' } = this.record
    const id = idOf(event.type, trigger, responder, ordinal)
    if (id === event.id) return
    // Of an answer: is the name wrong, and not the id?
    if (responder === event.actor && idOf(event.type, trigger, executor, ordinal) === event.id) {
      this.changed(position, event, [{ path: '/actor', before: event.actor, after: executor }])
    } else {
      this.trueIds.set(position, id)
      this.changed(position, event, [{ path: '/id', before: event.id, after: id }])
    }
  }

  /** Something else came in its place. */
  private pass(expected: Expected, event: LedgerEvent, position: number): void {
    const { at, id, firing } = expected
    const { record } = this
    if (at !== undefined) {
      // A resumed run calls those late who were not heard before.
      if (record.resumes(at) > record.resumes(position) || this.unordered === position) return
      this.unordered = position
      const message = `${event.id} stands where ${id} is to come, which is at position ${at}.`
      this.report('order', position, event, { message, found: expected.emitted?.output.draft })
      return
    }
    const { heard } = firing
    const cut = record.interrupted(firing.position) ?? -1
    // Who was heard late may have been cut short then.
    const isLate = heard === undefined ? cut > position : record.resumes(heard) > record.resumes(position)
    if (!isLate) this.lost(expected, position)
  }

  /** It was to come here, and is recorded nowhere. */
  private lost(expected: Expected, position: number): void {
    const { id, emitted, request, miss, firing } = expected
    const { draft } = emitted ?? {}
    const found = draft ?? emitted?.output.draft
    const unknown = request === undefined && draft?.type === 'llm.request' && this.firings.miss(draft.data as never)
    if (request !== undefined) {
      if (!this.record.places.has(request)) return // the request is named already
      const message = `${request} has no answer here. ${miss?.message ?? ''}`.trim()
      this.report('unrecorded', position, { id: request }, { message, fields: fieldsOf(miss) })
    } else if (unknown) {
      const message = `${firing.responder} asks what was never asked. ${unknown.message}`
      this.report('unrecorded', position, { id }, { message, fields: fieldsOf(unknown), found })
    } else {
      const message = `${firing.responder} emits ${id} here, and it is not recorded.`
      this.report('extra', position, { id }, { message, found })
    }
  }

  private changed(position: number, event: LedgerEvent, fields: readonly FieldChange[], found?: LedgerEvent): void {
    const message = `${event.id} differs ${inWords(fields, found ? 'was emitted' : 'is right')}.`
    this.report('changed', position, event, { message, fields, found })
  }

  private report(
    kind: Divergence['kind'],
    position: number,
    event: LedgerEvent | { readonly id: string },
    details: { message: string; fields?: readonly FieldChange[]; found?: unknown }
  ): void {
    this.diverged++
    if (this.divergences.length >= maxDivergences) return
    const { message, fields = [], found } = details
    this.divergences.push({
      ...{ position, event: event.id, kind, fields },
      ...('type' in event ? { expected: event } : {}),
      ...(found === undefined ? {} : { found }),
      message: `Position ${position}: ${message}`
    })
  }
}

function fieldsOf(miss: DaybookError | undefined): readonly FieldChange[] {
  return (miss?.data?.fields as readonly FieldChange[] | undefined) ?? []
}
