/**
 * The runtime: applies and appends events wave by wave, calls the responders of a wave at once, and queues what they
 * emit in the order in which a sequential loop would have. So the ledger is that loop's, and the time is not.
 */
import { cached } from '../cache/cached.js'
import { memoryCache } from '../cache/memory-cache.js'
import type { CacheStore } from '../cache/store.js'
import { APIUserAbortError, BudgetExceededError, DaybookError, InputError, ReplayMissError, shown } from '../errors.js'
import { defaultHost, type Host } from '../host.js'
import { type Budget, budgetOf, type Refusal } from '../ledger/budget.js'
import type { RequestEstimate } from '../ledger/budget-meter.js'
import type { AnyEvent, EventDraft, LedgerEvent } from '../ledger/event.js'
import { eventsAt } from '../ledger/events-at.js'
import type { Ledger } from '../ledger/ledger.js'
import { sessionsOf } from '../ledger/sessions.js'
import { type Live, live } from '../llm/live.js'
import type { LLMFn } from '../llm/llm.js'
import { project } from '../world/project.js'
import type { World } from '../world/world.js'
import { behind, readOnly } from './behind-cache.js'
import { targetFor } from './call.js'
import { type Committer, commit, type Estimate, exhaustion, timestampOf } from './commit.js'
import type { Edges } from './edge.js'
import type { Output, Surroundings } from './firing.js'
import { held } from './hold.js'
import { outboxBook, remembered, sayerKey } from './outbox.js'
import { interruption, resumption, seedsOf } from './own-outputs.js'
import { Purse } from './purse.js'
import { createRegistry } from './registry.js'
import type { Responder } from './responder.js'
import { outputKey, pendingOf } from './resume.js'
import { runSnapshots } from './run-snapshot.js'
import { refusing, spending } from './spending.js'
import type { RunState } from './state.js'
import type { Strictness } from './strict.js'
import { type Due, dueFor, fire, type Placed, type WaveOptions } from './wave.js'

export interface RuntimeOptions {
  readonly ledger: Ledger
  readonly responders: readonly Responder[]
  /** Left out: a new one in memory. False: none. This very object is at `world.context.cache`. */
  readonly cache?: CacheStore | false | undefined
  readonly budget?: Partial<Budget> | undefined
  readonly edges?: Edges | undefined
  readonly host?: Host | undefined
  /** How many responders run at once: 64 unless said otherwise. The ledger is the same for any number. */
  readonly concurrency?: number | undefined
  /** How long a responder may take, not counting its calls to the model; the time of the whole run is in the budget. */
  readonly timeoutMs?: number | undefined
  /** Writes `responder.fired` and `responder.completed` too. */
  readonly verbose?: boolean | undefined
  /** The run that was first, where this ledger continues another one. Left out: the ledger's own first source. */
  readonly root?: string | undefined
  /**
   * After so many events more, and an eighth of those before, what is known of the ledger is kept beside it where the
   * ledger has a place for it: 10,000 unless said otherwise, Infinity for never.
   */
  readonly snapshotEvery?: number | undefined
  /** What a request may cost: with it, a request that the budget cannot pay is refused before it is made. */
  readonly estimate?: Estimate | undefined
}

export interface Runtime {
  /**
   * Appends the seeds and runs until the queue is empty: iterate it for events, await it for the world. Failures of
   * calls and responders are events. It rejects when a seed cannot be applied (then nothing was appended), when the
   * ledger cannot be written, and with kind `aborted` when the signal fires; every call has its end in the ledger
   * then. A ledger whose budget is used up takes no seeds: the world says `context.budget_exhausted`.
   */
  run(seeds: readonly EventDraft[], options?: { readonly signal?: AbortSignal | undefined }): Live<LedgerEvent, World>
  /**
   * Goes on where an earlier process stopped: what was answered is not asked again. While another tab or process runs
   * this ledger, here the events are those that it appends; should it be killed, this one goes on.
   */
  resume(options?: { readonly signal?: AbortSignal | undefined }): Live<LedgerEvent, World>
  /** The world as the ledger has it now; nothing is run. */
  load(): Promise<World>
  /**
   * The world of the recorded events. Strict: the responders run again with the recorded answers, as `strictReplay`
   * does, and ReplayDivergenceError names the first event that would be another one.
   */
  replay(options?: { readonly strict?: boolean | undefined; readonly signal?: AbortSignal | undefined }): Promise<World>
}

/** @throws InputError for names of responders that are not unique, and for limits that are no numbers. */
export function createRuntime(options: RuntimeOptions): Runtime {
  const { ledger, host = defaultHost(), concurrency = 64, timeoutMs, verbose = false, estimate } = options
  const budget = budgetOf(options.budget)
  const registry = createRegistry(options.responders, options.edges)
  const cache = options.cache === false ? undefined : (options.cache ?? memoryCache())
  const context = cache ? { cache } : {}
  const { executor } = registry
  const answering = behind(cache, host)
  const outbox = outboxBook(ledger, cache, host)
  const snapshots = runSnapshots(ledger, budget, context, host, options.snapshotEvery ?? 10_000)
  if (!(concurrency >= 1)) throw new InputError(`concurrency must be at least 1, not ${shown(concurrency)}.`)

  let kept: RunState | undefined
  let queue: Promise<unknown> = Promise.resolve()

  /** The state, with what was appended since it was last looked at. */
  async function refreshed(): Promise<RunState> {
    const state = kept ?? (await snapshots.begin())
    kept = undefined // until it is known to be in step with the ledger again
    for await (const event of ledger.read(state.length)) state.add(event, await estimated(event))
    kept = state
    await snapshots.keep(state)
    return state
  }

  async function recorded(length?: number): Promise<LedgerEvent[]> {
    const events: LedgerEvent[] = []
    for await (const event of ledger.read(0, length)) events.push(event)
    return events
  }

  async function estimated(event: LedgerEvent): Promise<number | null> {
    if (!estimate || event.type !== 'llm.request') return null
    const { data } = event as LedgerEvent<'llm.request'>
    return estimate(data, data.target)
  }

  function surroundings(state: RunState): Surroundings & Committer {
    return {
      host,
      root: options.root ?? state.root ?? ledger.name,
      ledger,
      cache,
      executor,
      answering,
      estimate,
      target: request => (executor?.llm ? targetFor(executor.llm, request) : {}),
      allowed(request, llm) {
        const refusal = state.budget.refusal(request)
        if (!refusal) return answering(llm)
        return refused(llm, refusal)
      },
      timeoutMs,
      maxOutputs: budget.maxEvents,
      verbose,
      outbox
    }
  }

  /** Answered from the cache only: what is there costs nothing. */
  function refused(llm: LLMFn, refusal: Refusal): LLMFn {
    const refuse = refusing(llm, refusal)
    return cache ? cached(refuse, readOnly(cache), { host }) : refuse
  }

  /**
   * The surroundings of one wave, with what it may spend. A request of the ledger has its reservation; of what is not
   * reserved, a part is for answers that get longer than that, and the rest for what responders ask by themselves.
   */
  function paying(state: RunState, around: Surroundings, due: readonly Due[]): Surroundings {
    if (!estimate || budget.maxCostUsd === Number.POSITIVE_INFINITY) return around
    const { costUsd, reservedUsd } = state.budget.spend
    const left = Math.max(0, budget.maxCostUsd - costUsd - reservedUsd)
    const responders = due.filter(({ responder }) => !responder.llm).length
    const requests = due.length - responders
    const beyond = requests === 0 ? 0 : responders === 0 ? left : left / 4
    const estimateBy =
      (llm: LLMFn): RequestEstimate =>
      request =>
        estimate(request, targetFor(llm, request).target)
    return {
      ...around,
      allowance(request, llm) {
        const granted = state.budget.grant(request)
        if (granted === undefined) return undefined
        return { estimate: estimateBy(llm), left: () => granted + beyond / requests }
      },
      purse: new Purse(left - beyond, responders),
      spending: (llm, share) => spending(llm, share, estimateBy(llm), refusal => refused(llm, refusal))
    }
  }

  /** Ends a strict branch: what waits for an answer has its end, and nobody else is called. */
  async function* refuse(state: RunState, due: readonly Due[], strict: Strictness, signal: AbortSignal): Batches {
    const around = { ...surroundings(state), allowed: strict.refused }
    const outputs = await fire(due, state, around, until(state, signal))
    outbox.close()
    kept = undefined
    const { events } = await commit(state, [...outputs, interruption(state, strict.failure)], around)
    kept = state
    yield events
    throw strict.failure
  }

  /** Runs the outputs, and the responders of the events that were appended before, to the end. Gives each batch. */
  async function* drive(state: RunState, start: Start, signal: AbortSignal): Batches {
    const rules = state.strict && (await (await import('./strict.js')).strictness(ledger, state))
    const around = { ...surroundings(state), ...(rules ? { refusal: rules.refusal } : {}) }
    const breathed = breath()
    let { outputs, resumed, strict = false, begun = 0 } = start
    let wave: Placed[] = [...(start.before ?? [])]
    const stop = rules?.stopped([...(start.due ?? []), ...dueFor(wave, registry, state)])
    if (rules && stop) return yield* refuse(state, stop, rules, signal)
    if (start.due && start.due.length > 0) {
      const due = start.due.map(interrupted)
      const late = await fire(due, state, paying(state, around, due), until(state, signal, rules?.signal))
      outbox.close()
      outputs = late.filter(output => !start.done?.has(outputKey(output.trigger, output.responder, output.ordinal)))
    }
    for (;;) {
      const failed = signal.aborted ? undefined : rules?.failure
      if (signal.aborted || failed) outputs = [...outputs, interruption(state, failed)]
      if (resumed && outputs.length > 0) {
        outputs = [resumed, ...outputs]
        resumed = undefined
      }
      const position = state.length
      kept = undefined
      const { events, stopped } = await commit(state, outputs, around, strict)
      kept = state
      if (!stopped) outbox.clear()
      for (let index = 0; index < events.length; index++) {
        wave.push({ event: events[index] as LedgerEvent, position: position + index })
      }
      yield events
      if (signal.aborted) throw aborted(signal)
      if (failed) throw failed
      if (stopped || wave.length === 0) return
      let due = [...dueFor(wave, registry, state)]
      if (begun) due = due.map(one => (one.position < begun ? interrupted(one) : one))
      begun = 0
      const end = rules?.stopped(due)
      if (rules && end) return yield* refuse(state, end, rules, signal)
      const fired = fire(due, state, paying(state, around, due), until(state, signal, rules?.signal))
      outputs = fired instanceof Promise ? await fired : fired
      outbox.close()
      await breathed()
      wave = []
      strict = false
    }
  }

  /** When a wave that waits is ended: when the run is aborted, a strict branch ends, and its seconds are over. */
  function until(state: RunState, signal: AbortSignal, ended?: AbortSignal): WaveOptions {
    return {
      concurrency,
      watch(cut) {
        const abort = (): void => cut(aborted(signal))
        if (signal.aborted) abort()
        else signal.addEventListener('abort', abort, { once: true })
        const end = (): void => cut(ended?.reason)
        if (ended?.aborted) end()
        else ended?.addEventListener('abort', end, { once: true })
        const left = Math.max(0, (budget.maxSeconds - state.budget.spend.seconds) * 1000)
        // A timer takes no more than 2^31 - 1 milliseconds, which is 24 days.
        const timer = left < 2 ** 31 ? setTimeout(() => cut(outOfTime(budget.maxSeconds)), left) : undefined
        return () => {
          clearTimeout(timer)
          signal.removeEventListener('abort', abort)
          ended?.removeEventListener('abort', end)
        }
      }
    }
  }

  /** One run at a time, each with the ledger's present state; nothing begins on a budget that is used up. */
  function session(
    signal: AbortSignal | undefined,
    body: (state: RunState, signal: AbortSignal) => Batches
  ): Live<LedgerEvent, World> {
    // The caller's signal does not end the Live: the body hears of it, writes down what became of the open calls, and
    // fails then.
    return live(async function* (abandoned) {
      const inner = either(signal, abandoned)
      const before = queue
      let done: () => void = () => {}
      queue = new Promise<void>(resolve => {
        done = resolve
      })
      let release: (() => void) | undefined
      try {
        await before
        if (inner.aborted) throw aborted(inner)
        release = yield* held(ledger, host, inner)
        if (inner.aborted) throw aborted(inner)
        const state = await refreshed()
        const ended = state.strict?.ended
        if (ended !== undefined) throw new ReplayMissError(ended, { hint: 'Fork its parent again.' })
        const limits = state.length > 0 ? state.budget.exhausted() : undefined
        const batches = limits ? exhausted(state, limits) : body(state, inner)
        for await (const events of batches) for (const event of events) yield event
        return state.world
      } finally {
        outbox.close()
        await outbox.end()
        if (kept) await snapshots.keep(kept)
        release?.()
        done()
      }
    })
  }

  /** The limits were reached before: at most the event that says so is missing, after a kill in between. */
  async function* exhausted(state: RunState, limits: object): Batches {
    const message = `${ledger.name} has used up its budget: raise it to go on.`
    host.warn({ area: 'budget', kind: 'exhausted', message })
    if (state.last?.type === 'budget.exhausted') return
    const before = state.length
    kept = undefined
    const event = exhaustion(state, limits, timestampOf(host), surroundings(state))
    await ledger.append([event], { expected: before })
    kept = state
    yield [event]
  }

  return {
    run: (seeds, { signal } = {}) =>
      session(signal, async function* (state, inner) {
        const outputs = seedsOf(seeds, state.length)
        // What an earlier run was kept from appending waits for a resume().
        if (state.length > 0) await outbox.load()
        yield* drive(state, { outputs, strict: true }, inner)
      }),

    resume: ({ signal } = {}) =>
      session(signal, async function* (state, inner) {
        const around = surroundings(state)
        const sessions = state.sessions.state() ? state.sessions.sessions() : sessionsOf(await recorded(state.length))
        const waiting = await eventsAt(ledger, state.waiting.values())
        const { fresh, ...start } = pendingOf(sessions, waiting, registry, state, around.root, text =>
          host.sha256(text, 'base64url')
        )
        const due = [...start.due, ...dueFor(start.before, registry, state)]
        await outbox.load(new Map(due.map(({ event, responder }) => [sayerKey(event.id, responder.name), event])))
        if (cache && !ledger.redacted) await remembered(ledger, state.answers, cache, host)
        const goesOn = fresh ? {} : { resumed: resumption(state.length), begun: wasCut(state) ? 0 : state.length }
        yield* drive(state, { outputs: [], ...start, ...goesOn }, inner)
      }),

    async load() {
      await queue // a run that is under way is not to be read half
      return (await refreshed()).world
    },

    async replay({ strict = false, signal } = {}) {
      await queue
      const events = await recorded()
      if (!strict) return project(events)
      // Most programs that run never replay.
      const { replayedWorld } = await import('./replay.js')
      const { responders, edges, root, timeoutMs } = options
      return replayedWorld(events, { responders, edges, root, timeoutMs, signal })
    }
  }
}

/** What a run begins with. */
interface Start {
  readonly outputs: readonly Output[]
  /** Responders that an earlier process did not get to, and those of their outputs that it had written already. */
  readonly due?: readonly Due[]
  readonly done?: ReadonlySet<string>
  /** Events that nobody has reacted to. */
  readonly before?: readonly Placed[]
  /** Of the events before this position somebody may have reacted, in part. */
  readonly begun?: number
  /** Written before the first new event. */
  readonly resumed?: Output
  /** A draft that cannot be applied fails the run. */
  readonly strict?: boolean
}

/** The responder as a resumed run calls it where it may have begun. */
function interrupted(due: Due): Due {
  const { responder } = due
  return responder.interrupted ? { ...due, responder: { ...responder, fn: responder.interrupted } } : due
}

/** Whether the last wave was appended when the run was ended already: then nobody has begun to react to it. */
function wasCut(state: RunState): boolean {
  const last = state.last as AnyEvent | undefined
  return last?.type === 'budget.exhausted' || (last?.type === 'warning.raised' && last.data.area === 'run')
}

/** Events as they were appended: a batch costs a few turns of the loop, whatever it holds. */
type Batches = AsyncGenerator<readonly LedgerEvent[], void, void>

/**
 * Lets timers, clicks and other tasks run from time to time: responders that end at once and a ledger in memory would
 * keep the thread to themselves.
 */
function breath(): () => Promise<void> | undefined {
  let last = performance.now()
  return () => {
    if (performance.now() - last < 50) return undefined
    return new Promise(resolve => {
      setTimeout(() => {
        last = performance.now()
        resolve()
      }, 0)
    })
  }
}

function outOfTime(seconds: number): DaybookError {
  return new BudgetExceededError(`The run's ${seconds} seconds are over.`)
}

function aborted({ reason }: AbortSignal): DaybookError {
  return reason instanceof DaybookError && reason.kind === 'aborted'
    ? reason
    : new APIUserAbortError('The run was aborted.', { cause: reason })
}

function either(signal: AbortSignal | undefined, other: AbortSignal): AbortSignal {
  return signal ? AbortSignal.any([signal, other]) : other
}
