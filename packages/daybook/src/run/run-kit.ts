/** One run of a kit on a goal, from `kit.loaded` to the outcome. */
import type { CacheStore } from '../cache/store.js'
import { asDaybookError, ConfigurationError, DaybookError, InputError, shown } from '../errors.js'
import type { Host } from '../host.js'
import { copyJson, isRecord, type JsonObject } from '../json.js'
import type { Budget } from '../ledger/budget.js'
import type { EventDraft, LedgerEvent } from '../ledger/event.js'
import type { Ledger } from '../ledger/ledger.js'
import { isBranch } from '../ledger/name.js'
import { type Live, observe, relay } from '../llm/live.js'
import type { LLMFn } from '../llm/llm.js'
import type { World } from '../world/world.js'
import type { Estimate } from './commit.js'
import { llmExecutor } from './executor.js'
import type { Kit } from './kit.js'
import type { Responder } from './responder.js'
import { createRuntime, type Runtime } from './runtime.js'
import { type RunSummary, runSummary } from './summary.js'

export interface Run extends RunSummary {
  readonly id: string
  readonly world: World
  readonly ledger: Ledger
}

export interface RunKitOptions {
  readonly id: string
  /** The run's own ledger, open or to be opened. A new run needs an empty one. */
  readonly ledger: Ledger | (() => Promise<Ledger>)
  /** Left out: nothing answers, and the requests stay in the ledger. */
  readonly llm?: LLMFn | undefined
  readonly cache?: CacheStore | false | undefined
  /**
   * Of a branch: it finds what is in the cache and in the parts of the branches that it comes from, which are called as
   * their ledgers are; what it adds is kept in this part, for nobody else. An `llm` that is cached already goes its own
   * way.
   */
  readonly cacheScope?: string | undefined
  readonly host?: Host | undefined
  /** The kit's own options; they are in `kit.loaded`, so no key belongs here. */
  readonly options?: JsonObject | undefined
  readonly budget?: Partial<Budget> | undefined
  readonly estimate?: Estimate | undefined
  readonly concurrency?: number | undefined
  readonly timeoutMs?: number | undefined
  readonly verbose?: boolean | undefined
  readonly signal?: AbortSignal | undefined
}

/** Iterate it for the events, await it for the outcome. It fails as {@link Runtime.run} does, and for an empty goal. */
export function runKit(kit: Kit, goal: string, options: RunKitOptions): Live<LedgerEvent, Run> {
  return driven(options, async () => {
    const settings = copyJson(options.options ?? {}) as JsonObject
    checkKit(kit)
    if (typeof goal !== 'string' || goal.trim() === '') {
      throw new InputError('The goal is empty: say in a sentence what the run is about.')
    }
    const seeds = [
      loaded(kit, goal, settings, options.budget),
      ...made(kit, () => kit.seed?.(goal, settings) ?? [goalObject(goal)])
    ]
    const responders = made(kit, () => kit.responders(settings))
    const { ledger, runtime } = await openRuntime(kit, responders, options)
    if (ledger.length > 0) {
      throw new InputError(`${ledger.name} has events already: resume it, or give the new run another id.`)
    }
    return { ledger, start: signal => runtime.run(seeds, { signal }) }
  })
}

/**
 * Takes a run up again where it was stopped, and a branch where it was forked. The kit's options, and the limits of the
 * budget that are not given anew, are those of its `kit.loaded`. What a branch asks is answered from its parent's recordings first, for $0.
 */
export function resumeKit(kit: Kit, options: RunKitOptions): Live<LedgerEvent, Run> {
  return driven(options, async () => {
    checkKit(kit)
    const first = await open(options)
    const began = await loadedData(first)
    const settings = { ...began.options, ...options.options }
    const responders = made(kit, () => kit.responders(settings))
    const answering = isBranch(first.name) ? await (await import('./inherited.js')).inherited(first, options) : {}
    const budget = { ...began.budget, ...options.budget }
    const { ledger, runtime } = await openRuntime(kit, responders, { ...options, ...answering, budget, ledger: first })
    return { ledger, start: signal => runtime.resume({ signal }) }
  })
}

interface Begun {
  readonly ledger: Ledger
  start(signal: AbortSignal): Live<LedgerEvent, World>
}

function driven(options: RunKitOptions, begin: () => Promise<Begun>): Live<LedgerEvent, Run> {
  const summary = runSummary()
  const counted = new Set<string>()
  let ledger: Ledger | undefined
  // Who watches another process run may hear again of what it has read.
  const count = (event: LedgerEvent): void => {
    if (counted.has(event.id)) return
    counted.add(event.id)
    summary.add(event)
  }
  // The caller's signal goes to the runtime alone, which ends only when every open call has its end in the ledger.
  return relay(
    async abandoned => {
      const begun = await begin()
      ledger = begun.ledger
      // What an earlier session did belongs to the outcome too.
      for await (const event of ledger.read()) count(event)
      const stream = begun.start(options.signal ? AbortSignal.any([options.signal, abandoned]) : abandoned)
      observe(stream, count)
      return { stream }
    },
    world => ({ ...summary.summary(), id: options.id, world, ledger: ledger as Ledger })
  )
}

async function openRuntime(
  kit: Kit,
  responders: readonly Responder[],
  options: RunKitOptions
): Promise<{ ledger: Ledger; runtime: Runtime }> {
  const { llm, cache, host, budget, estimate, concurrency, timeoutMs, verbose } = options
  const ledger = await open(options)
  const runtime = createRuntime({
    ledger,
    responders: llm ? [...responders, llmExecutor(llm)] : responders,
    edges: kit.edges,
    ...{ cache, host, budget, estimate, concurrency, timeoutMs, verbose }
  })
  return { ledger, runtime }
}

function open({ ledger }: RunKitOptions): Promise<Ledger> {
  return Promise.resolve(typeof ledger === 'function' ? ledger() : ledger)
}

async function loadedData(ledger: Ledger): Promise<LedgerEvent<'kit.loaded'>['data']> {
  for await (const event of ledger.read()) {
    if (event.type === 'kit.loaded') return (event as LedgerEvent<'kit.loaded'>).data
  }
  throw new InputError(`${ledger.name} holds no kit.loaded: it is no run of a kit.`)
}

function loaded({ name, version }: Kit, goal: string, options: JsonObject, budget: Partial<Budget> = {}): EventDraft {
  // JSON has no infinity: a limit that is none is not told.
  const limits = Object.fromEntries(Object.entries(budget).filter(([, limit]) => Number.isFinite(limit)))
  return {
    type: 'kit.loaded',
    data: { name, version, options, goal, ...(Object.keys(limits).length > 0 ? { budget: limits } : {}) }
  }
}

function goalObject(goal: string): EventDraft {
  return { type: 'object.created', data: { id: 'goal-1', type: 'Goal', data: { text: goal } } }
}

function checkKit(kit: Kit): void {
  const found: unknown = kit
  const holds =
    isRecord(found) &&
    typeof found.name === 'string' &&
    typeof found.version === 'string' &&
    typeof found.responders === 'function'
  if (!holds) throw new InputError(`A kit is { name, version, responders(options) }, not ${shown(kit)}.`)
}

/** What the kit gives for this run. A kit that throws is named. */
function made<T>(kit: Kit, make: () => readonly T[]): readonly T[] {
  try {
    const found = make()
    if (!Array.isArray(found)) throw new InputError(`a list is expected, not ${shown(found)}.`)
    return found
  } catch (thrown) {
    const { message, kind, hint } = asDaybookError(thrown)
    const details = { cause: thrown, hint }
    if (thrown instanceof DaybookError) throw new DaybookError(kind, `The kit ${kit.name} failed: ${message}`, details)
    throw new ConfigurationError(`The kit ${kit.name} failed: ${message}`, details)
  }
}
