/** One responder called for one event: collects what it emits, in order, until it has ended or is cut off. */
import type { CacheStore } from '../cache/store.js'
import { APIUserAbortError, ConfigurationError, type DaybookError, InputError } from '../errors.js'
import type { Host } from '../host.js'
import { canonical, copyJson } from '../json.js'
import { type MeterOptions, meter } from '../ledger/budget-meter.js'
import { callRecord, requestOf } from '../ledger/call.js'
import { derivedId, type EventDraft, type EventType, type LedgerEvent } from '../ledger/event.js'
import type { Ledger } from '../ledger/ledger.js'
import type { OutboxEntry, OutboxSlot } from '../ledger/outbox.js'
import type { LLMFn, LLMOptions, LLMRequest, LLMStream } from '../llm/llm.js'
import { failedStream } from '../llm/llm-stream.js'
import type { World } from '../world/world.js'
import { type Call, endedCall, makeCall, nothing, targetFor } from './call.js'
import { failureOf, timeoutError } from './failure.js'
import { checkDraft } from './guards.js'
import { type OutboxBook, type Sayer, sayerKey } from './outbox.js'
import type { Purse, Share } from './purse.js'
import type { Drafts, Responder, ResponderContext } from './responder.js'
import { byDigest, isAnswer, type Slot, saved } from './saved.js'
import { failing } from './spending.js'
import type { Strictness } from './strict.js'

/** What all firings of a runtime share. */
export interface Surroundings {
  readonly host: Host
  /** The run that was first: forks inherit it, and with it the ids. */
  readonly root: string
  readonly ledger: Ledger
  readonly cache: CacheStore | undefined
  readonly executor: Responder | undefined
  /** The function of an executor behind the runtime's cache. */
  answering(llm: LLMFn): LLMFn
  /** The function that answers an open request; one that the budget refused is answered from the cache only. */
  allowed(request: string, llm: LLMFn): LLMFn
  /** Why a strict branch does not let a responder make a call. Left out: it may make any. */
  refusal?: Strictness['refusal']
  /** How long a responder may take without a call in flight, in milliseconds. */
  readonly timeoutMs: number | undefined
  /** A firing that emits more than this is not heard any longer: the budget would stop it anyway. */
  readonly maxOutputs: number
  readonly verbose: boolean
  /** Keeps what is said until all firings of the wave have ended. Left out: nothing is kept. */
  readonly outbox?: OutboxBook | undefined
  /** What the responders of the wave may spend through `context.llm`. Left out: there is no limit. */
  readonly purse?: Purse | undefined
  /** The function, as far as the share pays for its calls. */
  spending?(llm: LLMFn, share: Share): LLMFn
  /** What the answer to an open request may cost. */
  allowance?(request: string, llm: LLMFn): Pick<MeterOptions, 'estimate' | 'left'> | undefined
}

/** What a firing hands to the runtime: a draft, and all that its event's identity is derived from. */
export interface Output {
  /** The id of the triggering event, or `seed`. */
  readonly trigger: string
  readonly responder: string
  readonly ordinal: number
  /** As it was emitted, unchecked. */
  readonly draft: unknown
  readonly actor: string
  readonly cause: readonly string[]
  /** Of a terminal event: what stores the answer in the cache once the event is in the ledger. */
  readonly call?: Call
}

// Time for calls that were just aborted to say themselves what had arrived.
const graceMs = 20

export class Firing implements ResponderContext, Sayer {
  readonly event: LedgerEvent
  readonly responder: Responder
  private readonly world: World
  private readonly around: Surroundings
  private readonly slots: (Output | Slot)[] = []
  private readonly calls: Call[] = []
  private ordinal = 0
  private ids = 0
  private randoms = 0
  private ended = false
  /** Its responder has given back all that it gives; calls may be open. */
  private over = false
  private controller: AbortController | undefined
  private cutting: ((reason: DaybookError) => void) | undefined
  private isCut = false
  /** Its place among those that share a purse. */
  private number: number | undefined
  private share: Share | undefined
  /** Answers that an earlier process got before it was killed, by what was asked. */
  private recalled: Map<string, OutboxSlot[]> | undefined

  constructor(event: LedgerEvent, responder: Responder, world: World, around: Surroundings) {
    this.event = event
    this.responder = responder
    this.world = world
    this.around = around
  }

  /** Calls the responder. A responder that gives back its drafts at once has ended then, without a promise. */
  start(): Promise<void> | undefined {
    if (!this.responder.llm) this.number = this.around.purse?.enter()
    const kept = this.around.outbox?.take(this)
    if (kept?.ended) return this.restore(kept)
    if (kept) this.recalled = byDigest(kept)
    if (this.around.verbose) {
      this.slots.push(this.about('responder.fired', -1, {}))
    }
    let drafts: Drafts
    try {
      drafts = this.responder.fn(this.event as never, this.world, this)
      if (this.calls.length === 0 && (drafts === undefined || drafts === null)) return this.end()
      if (this.calls.length === 0 && Array.isArray(drafts)) {
        this.emitAll(drafts)
        return this.end()
      }
    } catch (thrown) {
      this.fail(thrown)
      if (this.calls.length === 0) return this.end()
    }
    return this.settle(drafts)
  }

  /** Ends the firing now, whatever the responder does: its calls fail with this reason, and so does it. */
  cut(reason: DaybookError): void {
    if (!this.ended) this.cutting?.(reason)
  }

  /** What was emitted, in order, once it has ended. */
  outputs(): Output[] {
    const outputs: Output[] = []
    for (const slot of this.slots) {
      if (!('request' in slot)) {
        outputs.push(slot)
        continue
      }
      const { call, request, ordinal, asked } = slot
      const common = {
        trigger: this.event.id,
        responder: this.responder.name,
        actor: this.around.executor?.name ?? this.responder.name,
        cause: [request]
      }
      if (asked) outputs.push(asked)
      for (const draft of call.before) outputs.push({ ...common, ordinal: this.ordinal++, draft })
      outputs.push({ ...common, ordinal, draft: call.terminal, call })
    }
    return outputs
  }

  /** The calls of this firing, in the order in which they were made. */
  get made(): readonly Call[] {
    return this.calls
  }

  get key(): string {
    return sayerKey(this.event.id, this.responder.name)
  }

  /** What a resumed run needs to know: everything, once it has ended by itself; until then, the answers it got. */
  saved(): OutboxEntry | undefined {
    if (this.isCut) return undefined
    const { ended, ordinal } = this
    const slots = ended ? this.slots : this.slots.filter(slot => 'request' in slot && isAnswer(slot) && !slot.kept)
    if (!ended && slots.length === 0) return undefined
    return { trigger: this.event.id, responder: this.responder.name, ended, slots: slots.map(saved), ordinal }
  }

  /** Has ended in an earlier process: what it said then is all. */
  private restore({ slots, ordinal }: OutboxEntry): undefined {
    for (const slot of slots) {
      if (!slot.call) {
        this.slots.push(this.output(slot.draft, slot.ordinal))
        continue
      }
      const { asked } = slot.call
      this.slots.push({
        call: this.endedCall(slot),
        ...{ request: slot.call.request, ordinal: slot.ordinal, digest: asked && (() => asked.digest), kept: true },
        asked: asked && this.output(asked.draft, asked.ordinal)
      })
    }
    this.ordinal = ordinal
    this.ended = true
    if (this.number !== undefined) this.around.purse?.leave(undefined)
    this.around.outbox?.note(this)
  }

  private endedCall(slot: OutboxSlot): Call {
    const { draft, call } = slot
    const made = endedCall(draft, call?.before ?? [], this.around.outbox?.pending(slot) ?? nothing)
    this.calls.push(made)
    const { cost_usd } = draft.data as EventDraft<'llm.response'>['data']
    if (call?.asked) this.around.purse?.paid(cost_usd ?? 0)
    return made
  }

  // What a responder may use: functions of their own, so that it can take the context apart.

  get id(): ResponderContext['id'] {
    return kind => `${kind}-${this.derived(`id\n${this.ids++}`, 'base64url').slice(0, 16)}`
  }

  get now(): ResponderContext['now'] {
    return () => Date.parse(this.event.timestamp)
  }

  get random(): ResponderContext['random'] {
    // 52 bits, which a double holds exactly.
    return () => Number.parseInt(this.derived(`random\n${this.randoms++}`, 'hex').slice(0, 13), 16) / 2 ** 52
  }

  get signal(): AbortSignal {
    // Most responders never look at it, and a controller costs as much as all the rest of a firing.
    this.controller ??= new AbortController()
    if (this.ended && !this.controller.signal.aborted) this.controller.abort(tooLate())
    return this.controller.signal
  }

  get llm(): LLMFn {
    const { executor, answering } = this.around
    const llm = executor?.llm && answering(executor.llm)
    const ask = (request: LLMRequest, options: LLMOptions = {}): LLMStream => {
      if (!llm) return failedStream(new ConfigurationError('Nothing answers here: the runtime has no executor.'))
      return this.ask(llm, request, options)
    }
    return llm?.target ? Object.assign(ask, { target: llm.target }) : ask
  }

  /** Answers the event that this firing is for. The executor's way in. */
  async answer(llm: LLMFn): Promise<void> {
    const { id, data } = this.event as LedgerEvent<'llm.request'>
    const { metadata, cause_object_id } = data
    const request = requestOf(data as never) as unknown as LLMRequest
    const options = metadata ? { metadata: metadata as never } : {}
    const call = this.call(this.around.allowed(id, llm), request, id, options, cause_object_id, undefined)
    const allowance = this.around.allowance?.(id, llm)
    if (allowance) {
      // The firing has this call alone: its signal is the call's.
      const abort = (reason: DaybookError): void => this.controller?.abort(reason)
      meter(call.stream, request, { ...allowance, abort, isFree: () => call.free })
    }
    await call.ended
  }

  private ask(llm: LLMFn, request: LLMRequest, options: LLMOptions): LLMStream {
    if (this.ended || this.over) return failedStream(tooLate())
    const { metadata, cause } = options
    const ordinal = this.ordinal
    const draft = { type: 'llm.request', data: request } as EventDraft
    try {
      checkDraft(draft)
    } catch (error) {
      return failedStream(error)
    }
    this.ordinal++
    const data = { ...copyJson(request), ...targetFor(llm, request), ...(metadata ? { metadata } : {}) }
    const asked = this.output({ type: 'llm.request', data: data as never, ...(cause ? { cause } : {}) }, ordinal)
    const { sample, scope, cache } = options
    const digest = (): string => this.around.host.sha256(canonical({ data, sample, scope, cache }))
    const id = this.derivedEventId('llm.request', ordinal)
    const recalled = this.recalled?.get(digest())?.shift()
    if (recalled) {
      const call = this.endedCall(recalled)
      this.slots.push({ call, request: id, ordinal: this.ordinal++, asked, digest, kept: true })
      return call.stream
    }
    const { spending, purse } = this.around
    const position = this.world.length - 1
    const refusal = this.around.refusal?.(request, { event: this.event, position }, this.responder.name, cause ?? [])
    if (refusal) return this.call(failing(llm, refusal), request, id, options, undefined, { asked, digest }).stream
    if (this.number !== undefined) this.share ??= purse?.share(this.number)
    const paying = this.share && spending ? spending(llm, this.share) : llm
    return this.call(paying, request, id, options, undefined, { asked, digest }).stream
  }

  private call(
    llm: LLMFn,
    request: LLMRequest,
    id: string,
    options: LLMOptions,
    causeObjectId: string | undefined,
    own: { readonly asked: Output; readonly digest: () => string } | undefined
  ): Call {
    const { host, ledger } = this.around
    const record = callRecord({
      host,
      causeObjectId,
      onDelta: (n, delta) => ledger.signal({ request: id, n, delta: { ...delta } })
    })
    const signal = options.signal ? AbortSignal.any([options.signal, this.signal]) : this.signal
    const call = makeCall(llm, request, { ...options, signal }, record)
    // The terminal event's id must not depend on how often the call was tried: its ordinal is taken now.
    const [asked, digest] = [own?.asked, own?.digest]
    this.slots.push({ call, request: id, ordinal: this.ordinal++, asked, digest, kept: false })
    this.calls.push(call)
    if (own) void call.ended.then(() => this.around.outbox?.note(this))
    return call
  }

  // How it ends.

  private async settle(drafts: Drafts): Promise<void> {
    const stopped = new Promise<DaybookError>(resolve => {
      this.cutting = resolve
    })
    const timer = this.timer()
    const work = this.drain(drafts).then(
      () => undefined,
      (thrown: unknown) => ({ thrown })
    )
    const outcome = await Promise.race([work, stopped.then(reason => ({ reason }))])
    timer?.()
    this.over = true
    if (outcome && 'reason' in outcome) await this.stop(outcome.reason)
    else if (outcome) this.fail(outcome.thrown)
    // A responder may have ended without waiting for its calls.
    if (!(outcome && 'reason' in outcome)) {
      await Promise.race([Promise.all(this.calls.map(call => call.ended)), stopped.then(reason => this.stop(reason))])
    }
    this.end()
    this.around.outbox?.note(this)
  }

  private async drain(drafts: Drafts): Promise<void> {
    const emitted = await drafts
    if (emitted === undefined || emitted === null) return
    if (typeof emitted === 'object' && Symbol.asyncIterator in emitted) {
      for await (const draft of emitted) if (!this.emit(draft)) return
    } else {
      this.emitAll(emitted as Iterable<unknown>)
    }
  }

  private emitAll(drafts: Iterable<unknown>): void {
    if (typeof drafts !== 'object' || !(Symbol.iterator in drafts)) {
      throw new InputError('A responder gives back a list of drafts, a stream of them, or nothing.')
    }
    for (const draft of drafts) if (!this.emit(draft)) return
  }

  /** False when nothing more is heard. */
  private emit(draft: unknown): boolean {
    if (this.ended) return false
    this.slots.push(this.output(draft, this.ordinal++))
    return this.slots.length <= this.around.maxOutputs
  }

  private async stop(reason: DaybookError): Promise<void> {
    this.isCut = true
    const emitted = this.slots.length > (this.around.verbose ? 1 : 0)
    const open = this.calls.filter(call => !call.terminal)
    this.controller ??= new AbortController()
    this.controller.abort(reason)
    if (open.length > 0) {
      await Promise.race([Promise.all(open.map(call => call.ended)), sleep(graceMs)])
      for (const call of open) call.cut(reason)
    }
    if (!emitted && reason.kind !== 'timeout' && reason.kind !== 'budget') {
      this.slots.length = 0 // aborted before it said anything: a resumed run calls it again
    } else if (!this.responder.llm) {
      this.fail(reason)
    }
  }

  private end(): undefined {
    if (this.ended) return
    this.ended = true
    if (this.number !== undefined) this.around.purse?.leave(this.share)
    if (this.around.verbose && this.slots.length > 0) {
      this.slots.push(this.about('responder.completed', -2, { outputs: this.slots.length - 1 }))
    }
  }

  private timer(): (() => void) | undefined {
    const { timeoutMs } = this.around
    if (timeoutMs === undefined || this.responder.llm) return undefined
    let timer: ReturnType<typeof setTimeout>
    const arm = (): void => {
      timer = setTimeout(() => {
        // A call has timers of its own.
        if (this.calls.some(call => !call.terminal)) arm()
        else this.cut(timeoutError(this.responder.name, timeoutMs))
      }, timeoutMs)
    }
    arm()
    return () => clearTimeout(timer)
  }

  private fail(thrown: unknown): void {
    this.slots.push(this.about('responder.failed', this.ordinal++, failureOf(thrown)))
  }

  private about(type: EventType, ordinal: number, data: object): Output {
    return this.output(
      { type, data: { responder: this.responder.name, event_id: this.event.id, ...data } as never },
      ordinal
    )
  }

  private output(draft: unknown, ordinal: number): Output {
    const { id } = this.event
    return { trigger: id, responder: this.responder.name, ordinal, draft, actor: this.responder.name, cause: [id] }
  }

  private derivedEventId(type: string, ordinal: number): string {
    const { root, host } = this.around
    return derivedId(type, root, this.event.id, this.responder.name, ordinal, host.sha256)
  }

  private derived(what: string, encoding: 'hex' | 'base64url'): string {
    const { root, host } = this.around
    return host.sha256(`${root}\n${this.event.id}\n${this.responder.name}\n${what}`, encoding)
  }
}

function sleep(ms: number): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, ms))
}

function tooLate(): DaybookError {
  return new APIUserAbortError('The responder has ended: what it does afterwards is not heard.')
}
