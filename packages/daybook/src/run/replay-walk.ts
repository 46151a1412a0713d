/** A strict replay, event by event: what is recorded is compared with what was emitted, and then it counts. */
import { memoryCache } from '../cache/memory-cache.js'
import type { DaybookError } from '../errors.js'
import { defaultHost } from '../host.js'
import { budgetOf } from '../ledger/budget.js'
import { type AnyEvent, type LedgerEvent, stable } from '../ledger/event.js'
import type { Ledger } from '../ledger/ledger.js'
import { inWords } from '../ledger/nearest.js'
import type { Terminal } from '../ledger/recordings.js'
import { diffFields, type FieldChange } from '../world/diff-worlds.js'
import { Firing, type Surroundings } from './firing.js'
import type { Registry } from './registry.js'
import type { Divergence } from './replay.js'
import { type AnswerBook, answerBook } from './replay-answers.js'
import { contradictions, emittedBy, eventOf } from './replay-compare.js'
import { type Expected, type FiringFacts, type ReplayQueue, replayQueue } from './replay-queue.js'
import { isNote, isTerminal, type MadeBy, madeBy, type RunRecord } from './replay-record.js'
import type { Responder } from './responder.js'
import { RunState } from './state.js'

export interface WalkOptions {
  readonly record: RunRecord
  readonly registry: Registry
  readonly timeoutMs: number
}

const maxDivergences = 100
// Of an executor that answers a request; a responder of the kit may emit warnings for one too, under its own name.
const answering = new Set(['llm.attempt', 'warning.raised', 'llm.response', 'llm.failed'])
// A responder that was ended from outside says no more than this; what it would have said nobody knows.
const cutOff = new Set(['aborted', 'timeout', 'budget'])

export class ReplayWalk {
  readonly divergences: Divergence[] = []
  readonly state: RunState
  diverged = 0
  equal = 0
  private readonly record: RunRecord
  private readonly registry: Registry
  private readonly around: Surroundings
  private readonly answers: AnswerBook
  private readonly queue: ReplayQueue = replayQueue()
  private readonly asks: boolean
  private readonly sources: Set<string>
  /** Requests that were made through a context: their answers are outputs of the same firing. */
  private readonly asked = new Set<string>()
  /** Ids that events should have, where they have another one. */
  private readonly trueIds = new Map<number, string>()
  /** The last event that a branch took over from its parent. */
  private carried = -1
  private unordered = -1
  private current: Firing | undefined

  constructor({ record, registry, timeoutMs }: WalkOptions) {
    this.record = record
    this.registry = registry
    this.sources = new Set([record.root, record.events[0]?.source ?? ''])
    this.answers = answerBook(record)
    this.asks = record.recordings.length > 0 || registry.executor !== undefined
    const cache = memoryCache()
    this.state = new RunState(budgetOf(), { cache })
    this.around = {
      ...{ host: defaultHost(), root: record.root, cache, timeoutMs, verbose: false },
      // Deltas of a replay are nobody's news.
      ledger: { signal: () => {} } as unknown as Ledger,
      executor: { name: record.executor ?? registry.executor?.name ?? 'llm_executor', types: [], fn: () => [] },
      answering: llm => llm,
      allowed: (_request, llm) => llm,
      maxOutputs: record.events.length + 1
    }
  }

  /** Ends the responder that runs now. */
  cut(reason: DaybookError): void {
    this.current?.cut(reason)
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
    let executed = event.type !== 'llm.request'
    for (const responder of this.registry.matching(event)) {
      if (!responder.llm) await this.call(responder, event, position)
      else if (!executed) {
        this.execute(event as LedgerEvent<'llm.request'>, position)
        executed = true
      }
    }
    if (!executed) this.execute(event as LedgerEvent<'llm.request'>, position)
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
    this.queue.drop() // what the parent had still to come is what was carried
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
      this.queue.drop()
    } else if (
      event.type === 'warning.raised' ||
      (trigger === 'seed' && before && madeBy(before)?.trigger !== 'seed')
    ) {
      this.dropped(position) // the run ended here, or another one began
    }
  }

  private dropped(position: number): void {
    for (const expected of this.queue.drop()) if (expected.firing.heard) this.lost(expected, position)
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
    const cut = record.interrupted(firing.position)
    if (cut === undefined || cut < position || firing.heard) this.lost(expected, position)
  }

  /** It was to come here, and is recorded nowhere. */
  private lost(expected: Expected, position: number): void {
    const { id, emitted, request, miss, firing } = expected
    const { draft } = emitted ?? {}
    const found = draft ?? emitted?.output.draft
    const unknown = request === undefined && draft?.type === 'llm.request' && this.answers.miss(draft.data as never)
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

  /** What the executor made of a request is taken from the ledger. */
  private execute(event: LedgerEvent<'llm.request'>, position: number): void {
    const { record } = this
    const firing = { position, responder: record.executor ?? '', failures: new Set<string>(), heard: false }
    const outputs = record
      .outputsOf(event.id)
      .filter(output => this.isAnswer(output.event, event))
      .map(({ event: made, position: at }) => ({ made, at, last: isTerminal(made.type) ? 1 : 0 }))
      .sort((a, b) => a.last - b.last || ordinalOf(a.made) - ordinalOf(b.made))
    for (const { made, at } of outputs) {
      this.queue.push({ firing, id: made.id, request: event.id, at, done: false })
    }
    const isAnswered = outputs.some(({ last }) => last) || record.recording.get(event.id)?.answer
    if (isAnswered || record.executor === undefined || this.asked.has(event.id)) return
    this.queue.push({ firing, id: `${event.id} answer`, request: event.id, at: undefined, done: false })
  }

  /** Whether the executor made this of the request, and not a responder that reacts to requests. */
  private isAnswer(made: LedgerEvent, request: LedgerEvent): boolean {
    const { actor, type, cause } = made
    if (!answering.has(type)) return false
    if (this.registry.matching(request).some(({ name, llm }) => !llm && name === actor)) return false
    // By one of the two, if the other was changed.
    return cause[0] === request.id || this.record.idOf(type, request.id, actor, ordinalOf(made)) === made.id
  }

  private async call(responder: Responder, event: LedgerEvent, position: number): Promise<void> {
    const { record, around, queue } = this
    const { name } = responder
    const owned = (): readonly LedgerEvent[] =>
      record
        .outputsOf(event.id)
        .map(output => output.event)
        .filter(output => record.idOf(output.type, event.id, name, ordinalOf(output)) === output.id)
    // Was not heard before the run was aborted: it may never end.
    if (record.interrupted(position) !== undefined && owned().length === 0) return
    const firing: FiringFacts = { position, responder: name, failures: new Set(), heard: false }
    if (record.outputsOf(event.id).some(output => isCutOff(output.event as AnyEvent, name))) {
      for (const { id } of owned()) queue.push({ firing, id, at: record.places.get(id), done: false })
      return
    }
    const answers = this.answers.of(event.id, name)
    const world = this.state.projection.world(position + 1)
    // Where there was no executor, nothing was asked.
    const executor = this.asks ? { ...around.executor, llm: answers.llm } : undefined
    const fn: Responder['fn'] = (given, seen, context) => responder.fn(given, seen, answers.inOrder(context))
    const surroundings = { ...around, executor: executor as Responder | undefined }
    this.current = new Firing(event, { ...responder, fn }, world, surroundings)
    await this.current.start()
    const outputs = this.current.outputs()
    this.current = undefined

    const facts = { ...firing, failures: answers.failures }
    const all: Expected[] = outputs.map(output => {
      const emitted = emittedBy(output)
      const ids = {
        id: this.idFor(emitted.draft?.type ?? 'output.rejected', output),
        rejection: this.idFor('output.rejected', output)
      }
      const at = record.places.get(ids.id) ?? record.places.get(ids.rejection)
      const [request] = output.call ? output.cause : []
      if (request !== undefined) this.asked.add(request)
      const message = (emitted.draft?.data as { message?: string } | undefined)?.message
      const miss = request === undefined ? undefined : answers.misses.get(message ?? '')
      return { firing: facts, ...ids, emitted, at, done: false, ...(request === undefined ? {} : { request, miss }) }
    })
    facts.heard = all.some(({ at }) => at !== undefined)
    for (const expected of all) queue.push(expected)
  }

  private idFor(
    type: string,
    { trigger, responder, ordinal }: { trigger: string; responder: string; ordinal: number }
  ): string {
    return this.record.idOf(type, trigger, responder, ordinal)
  }
}

function ordinalOf(event: LedgerEvent): number {
  return madeBy(event)?.ordinal ?? 0
}

function isCutOff(event: AnyEvent, responder: string): boolean {
  return event.type === 'responder.failed' && event.data.responder === responder && cutOff.has(event.data.kind)
}

function fieldsOf(miss: DaybookError | undefined): readonly FieldChange[] {
  return (miss?.data?.fields as readonly FieldChange[] | undefined) ?? []
}
