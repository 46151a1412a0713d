/** The facade: everything below, put together for a program that wants to call a model and see what happened. */
import { defaultCache, defaultLedgerStore, retainDays } from '#stores'
import { cached } from './cache/cached.js'
import { lazyCache } from './cache/lazy-cache.js'
import type { CacheStore } from './cache/store.js'
import { type Agent, type AgentOptions, createAgent } from './dialog/agent.js'
import { askInvoker, askObject, askText, type ObjectOptions, type PromptText, type TextOptions } from './dialog/ask.js'
import { createInvoker, type Invoker } from './dialog/invoker.js'
import type { OutputOf, SchemaSource } from './dialog/schema.js'
import { ConfigurationError, InputError } from './errors.js'
import { createHost, type Host, newId } from './host.js'
import type { JsonObject } from './json.js'
import type { LedgerChange } from './ledger/branch.js'
import { type Budget, budgeted } from './ledger/budgeted.js'
import type { LedgerEvent } from './ledger/event.js'
import { lazyLedger, lazyLedgerStore } from './ledger/lazy.js'
import type { Ledger } from './ledger/ledger.js'
import { memoryLedgerStore } from './ledger/memory-ledger-store.js'
import { isBranch } from './ledger/name.js'
import { openLedger } from './ledger/open-ledger.js'
import { recorded } from './ledger/recorded.js'
import { metadataOnly, type Redact, redacted } from './ledger/redacted.js'
import { branches, removeOlder } from './ledger/retain.js'
import type { LedgerInfo, LedgerStore } from './ledger/store.js'
import { estimatedCost } from './llm/estimated.js'
import { type Live, type Opened, relay } from './llm/live.js'
import type { LLMFn } from './llm/llm.js'
import { failedStream } from './llm/llm-stream.js'
import { priced } from './llm/priced.js'
import type { AddressOptions } from './llm/provider-address.js'
import { type Keys, providerLlm } from './llm/providers.js'
import { retried } from './llm/retried.js'
import { running } from './llm/running.js'
import type { Timeouts } from './llm/wire/timers.js'
import { once, part } from './once.js'
import type { Kit } from './run/kit.js'
import type { Run, RunKitOptions } from './run/run-kit.js'

export interface DaybookOptions extends AddressOptions {
  /** The model that is asked when a call names none, as `provider/model`. */
  readonly model?: string
  /** By provider. In Node a missing one is looked up in the environment; in a page keys come from here only. */
  readonly keys?: Keys
  /** The base of a proxy that holds the keys: `/api/llm` sends OpenAI's calls to `/api/llm/openai`. */
  readonly proxy?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly fetch?: typeof fetch
  readonly timeouts?: Timeouts
  /** Hosts that may be reached without https, beside those of this machine. */
  readonly allowHttp?: readonly string[]
  /** A cap on what one session or one run may spend and do. */
  readonly budget?: Partial<Budget>
  /** False: nothing is cached. */
  readonly cache?: CacheStore | false
  readonly store?: LedgerStore
  /** Kits that `resume` and `fork` find by the name in a run's ledger; those of `run` are known without it. */
  readonly kits?: readonly Kit[]
  /** Answers in place of the providers. False: nothing answers; requests of a run stay in the ledger, unanswered. */
  readonly llm?: LLMFn | false
  /** Days after which a ledger is removed; 30 in a page, for ever elsewhere. */
  readonly retain?: number
  /** Answers dialogs in place of one over the providers: any object with the method `call`. */
  readonly invoker?: Invoker
  /** Changes an event before it is written. */
  readonly redact?: Redact
  /** `metadata` leaves out all that was said; `none` keeps ledgers in memory only. */
  readonly record?: 'all' | 'metadata' | 'none'
  readonly host?: Partial<Host>
}

/** What an agent is made with here: the Daybook brings invoker, ledger, clock and, unless one is named, the model. */
export interface DaybookAgentOptions extends Omit<AgentOptions, 'invoker' | 'ledger' | 'host' | 'model'> {
  readonly model?: string
  readonly invoker?: Invoker
}

export interface RunOptions {
  /** Letters, digits, `.`, `_` and `-`; made up where it is left out. */
  readonly id?: string
  readonly budget?: Partial<Budget>
  readonly signal?: AbortSignal
  /** Passed to the kit. Its `model` is the Daybook's where it is not given. */
  readonly options?: JsonObject
  /** How many responders run at once; 1 gives the sequential run, whose ledger is the same. */
  readonly concurrency?: number
}

export interface ResumeOptions extends Omit<RunOptions, 'id'> {
  /** Left out: the kit of that name that this Daybook was made with or has run. */
  readonly kit?: Kit
}

export interface ForkOptions extends ResumeOptions {
  /** The branch will be `branch:<id>`; made up where it is left out. */
  readonly id?: string
  /** What is different: the event at the position, or another one of the tail that the prefix led to. */
  readonly change?: LedgerChange
  /**
   * An answer of the parent is used wherever the request is the same; a request that differs because of the change (it
   * is the changed event, or caused by it directly or through others) is made; any other request that was not recorded
   * ends the branch with ReplayMissError, before anything is reserved or paid for it. Left out: it is made.
   */
  readonly strict?: boolean
}

export interface Daybook {
  /** Asks the model: iterate it for pieces of text, await it for the whole. */
  text(prompt: PromptText, options?: TextOptions): Live<string, string>
  /** Asks for a value of a schema (zod, any Standard Schema, JSON Schema): iterate it as it grows, await it checked. */
  object<const Source extends SchemaSource>(
    prompt: PromptText,
    schema: Source,
    options?: ObjectOptions
  ): Live<Partial<OutputOf<Source>>, OutputOf<Source>>
  /** Answers dialogs: the one that was passed, or one over `llm`. */
  readonly invoker: Invoker
  /** Dialogs by alias, tools, retries; recorded in this session's ledger. */
  agent(options?: DaybookAgentOptions): Agent
  /** The whole stack as one function: recorded, cached, priced, retried. */
  readonly llm: LLMFn
  /** Runs a kit on a goal in a ledger of its own: iterate it for events, await it for the outcome. */
  run(kit: Kit, goal: string, options?: RunOptions): Live<LedgerEvent, Run>
  /** Goes on with a run that was stopped, by its id or its ledger's name: what was answered is not asked again. */
  resume(id: string, options?: ResumeOptions): Live<LedgerEvent, Run>
  /**
   * Forks a run before its event at `position` and runs the tail with one thing changed. What is unchanged is answered
   * from the run itself, for $0.
   */
  fork(id: string, position: number, options?: ForkOptions): Live<LedgerEvent, Run>
  /** The kits that `resume` and `fork` find, by name: those that it was made with and those that it has run. */
  readonly kits: ReadonlyMap<string, Kit>
  /** The same Daybook writing to a ledger of its own, `session:<id>`: a server makes one for each request. */
  session(id?: string): Daybook
  /** The ledger of this session. */
  readonly ledger: Ledger
  readonly ledgers: {
    list(): Promise<readonly LedgerInfo[]>
    open(name: string): Promise<Ledger>
    remove(name: string): Promise<void>
  }
  readonly cache: CacheStore | undefined
  /** Its clock, its `fetch` and its ear for warnings. */
  readonly host: Host
  /** Writes what is pending and lets go of files and connections. */
  close(): Promise<void>
}

/** Makes a Daybook. Synchronous: stores open on first use, and memory takes the place of one that cannot be opened. */
export function createDaybook(options: DaybookOptions = {}): Daybook {
  const host = createHost({ ...options.host, ...(options.fetch ? { fetch: options.fetch } : {}) })
  const redact = options.record === 'metadata' ? metadataOnly : options.redact
  const store = options.record === 'none' ? memoryLedgerStore() : lazyLedgerStore(once(openStore))
  const cache = options.cache === false ? undefined : (options.cache ?? lazyCache(() => defaultCache(host)))
  const provider = options.llm === false ? undefined : (options.llm ?? providerLlm({ ...options, host }))
  // Made once: all sessions share its budget of retries, so that an outage does not become a storm.
  const asked = provider && priced(retried(provider, { host }), { host })

  async function openStore(): Promise<LedgerStore> {
    const opened = options.store ?? (await defaultLedgerStore(host))
    const days = options.retain ?? retainDays
    if (days !== undefined) void removeOlder(opened, host.now() - days * 86_400_000, host)
    return opened
  }

  /** Everything but the recorder. A hit is free, so the budget stands behind the cache. */
  function stack(ledger?: Ledger): LLMFn | undefined {
    if (!asked) return undefined
    const capped =
      ledger && options.budget ? budgeted(asked, ledger, options.budget, { estimate: estimatedCost }) : asked
    return cache ? cached(capped, cache, { host }) : capped
  }

  async function open(name: string): Promise<Ledger> {
    const ledger = await openLedger(store, name, { host })
    return redact ? redacted(ledger, redact) : ledger
  }

  const kits = new Map((options.kits ?? []).map(kit => [kit.name, kit]))

  async function kitOf(ledger: Ledger): Promise<Kit> {
    for await (const event of ledger.read()) {
      if (event.type !== 'kit.loaded') continue
      const { name } = (event as LedgerEvent<'kit.loaded'>).data
      const kit = kits.get(name)
      if (kit) return kit
      throw new ConfigurationError(`The kit ${name} is not known here: pass { kit }, or { kits } to createDaybook().`)
    }
    throw new InputError(`${ledger.name} holds no kit.loaded: it is no run of a kit.`)
  }

  /** What every run is given: its budget is counted by the runtime itself, in the run's own ledger. */
  function runOptionsOf({
    budget,
    signal,
    concurrency,
    options: kitOptions
  }: RunOptions): Omit<RunKitOptions, 'id' | 'ledger'> {
    const model = options.model === undefined ? {} : { model: options.model }
    return {
      llm: stack(),
      cache: cache ?? false,
      host,
      options: { ...model, ...kitOptions },
      budget: { ...options.budget, ...budget },
      estimate: estimatedCost,
      signal,
      concurrency
    }
  }

  /** A branch finds what everybody has in the cache; what it pays for is its own, and its branches'. */
  function scoped(name: string): Pick<RunKitOptions, 'llm' | 'cacheScope'> {
    return isBranch(name) && cache ? { llm: asked, cacheScope: name } : {}
  }

  /** A Live of a run whose ledger and kit must be looked up first. */
  function continued(
    id: string,
    { kit, ...given }: ResumeOptions,
    go: (ledger: Ledger, kit: Kit, common: Omit<RunKitOptions, 'id' | 'ledger'>) => Promise<Opened<LedgerEvent, Run>>
  ): Live<LedgerEvent, Run> {
    return relay(
      async abandoned => {
        const ledger = await open(/^(?:run|branch):/.test(id) ? id : `run:${id}`)
        if (ledger.length === 0) throw new InputError(`There is no run ${id} here.`)
        const signal = either(given.signal, abandoned)
        // The kit's own options are those of its `kit.loaded`.
        const common = { ...runOptionsOf({ ...given, signal }), options: given.options }
        return go(ledger, kit ?? (await kitOf(ledger)), common)
      },
      run => run
    )
  }

  function session(id: string = newId(host)): Daybook {
    const name = `session:${id}`
    const ledger = lazyLedger(name, () => open(name))
    const answering = stack(ledger)
    const calls = running(answering ? recorded(answering, ledger, { host }) : () => failedStream(nothingAnswers()))
    const { llm } = calls

    const invoker = options.invoker ?? createInvoker({ llm, host })
    const model = options.model === undefined ? {} : { model: options.model }

    return {
      llm,
      invoker,
      text: (prompt, callOptions = {}) =>
        options.invoker
          ? askInvoker(invoker, prompt, { ...model, ...callOptions })
          : askText(llm, prompt, { ...model, ...callOptions }),
      object: (prompt, schema, callOptions = {}) => askObject(invoker, prompt, schema, { ...model, ...callOptions }),
      agent(agentOptions = {}) {
        const chosen = agentOptions.model ?? options.model
        if (chosen === undefined) {
          throw new ConfigurationError('No model is named: pass { model } to createDaybook() or to agent().')
        }
        return createAgent({ invoker, ...agentOptions, model: chosen, ledger, host })
      },
      run(kit, goal, runOptions = {}) {
        const runId = runOptions.id ?? newId(host)
        kits.set(kit?.name, kit)
        return relay(
          async abandoned => {
            const { runKit } = await runs()
            const common = runOptionsOf({ ...runOptions, signal: either(runOptions.signal, abandoned) })
            return { stream: runKit(kit, goal, { ...common, id: runId, ledger: () => open(`run:${runId}`) }) }
          },
          run => run
        )
      },
      resume: (id, given = {}) =>
        continued(id, given, async (ledger, kit, common) => {
          const { resumeKit } = await runs()
          return { stream: resumeKit(kit, { ...common, ...scoped(ledger.name), id: idOf(ledger.name), ledger }) }
        }),
      fork: (id, position, { id: branch = newId(host), change, strict, ...given } = {}) =>
        continued(id, given, async (parent, kit, common) => {
          const { forkKit } = await forks()
          return {
            stream: forkKit(kit, {
              ...common,
              ...scoped(`branch:${branch}`),
              parent,
              position,
              id: branch,
              change,
              strict
            })
          }
        }),
      kits,
      session,
      ledger,
      ledgers: {
        list: async () => (await branches(store)).list(),
        open,
        remove: async name => (await branches(store)).remove(name)
      },
      cache,
      host,
      async close() {
        await calls.end()
        await ledger.close()
        // A store that was passed in belongs to whoever passed it.
        await Promise.all([options.store ? undefined : store.close?.(), options.cache ? undefined : cache?.close?.()])
      }
    }
  }

  return session()
}

/** The event-sourced half, with the first run: a page that only asks never loads it. */
const runs = part(() => import('./run/run-kit.js'))
const forks = part(() => import('./run/fork.js')) // few programs fork

function either(signal: AbortSignal | undefined, other: AbortSignal): AbortSignal {
  return signal ? AbortSignal.any([signal, other]) : other
}

function idOf(name: string): string {
  return name.slice(name.indexOf(':') + 1)
}

function nothingAnswers(): Error {
  return new ConfigurationError('This Daybook was made with llm: false, so nothing answers.')
}
