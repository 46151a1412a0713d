/** How this process forks for the devtools: with its own keys, and with the kits that it knows. */
import {
  cached,
  createDaybook,
  createRuntime,
  forkEstimate,
  forkLedger,
  type Kit,
  type LedgerEvent,
  type LLMFn,
  llmExecutor,
  openLedger,
  priced,
  replayed,
  retried
} from 'daybook'
import { InputError } from 'daybook/errors'
import type { Context } from './command.js'
import { includedKits, isIncluded, loadKit } from './kit.js'
import { chooseProvider, type Provider } from './providers.js'
import type { ForkOrder, Forks } from './server/forking.js'
import type { Stores } from './stores.js'

export interface ForkHostOptions {
  /** Kits beside the included ones. */
  readonly kits?: readonly Kit[]
  readonly simulate?: boolean
  /** What a branch may spend at most, US dollars. */
  readonly budgetUsd?: number | undefined
}

export function forkHost(stores: Stores, context: Context, options: ForkHostOptions = {}): Forks {
  const { kits = [], simulate = false, budgetUsd } = options

  async function open(order: ForkOrder): Promise<{ events: LedgerEvent[]; provider: Provider }> {
    const events: LedgerEvent[] = []
    for await (const event of (await openLedger(stores.store, order.ledger)).read()) events.push(event)
    const changed = events.find(({ id }) => id === order.change?.event) ?? events[order.position]
    if (order.change && changed?.type === 'kit.loaded') {
      throw new InputError('The options of a kit are not taken from a page: daybook fork --set changes them.')
    }
    const options = loadedOf(events)?.data.options
    const model = typeof options?.model === 'string' ? options.model : undefined
    return { events, provider: await chooseProvider({ ...context.io, model, simulate }) }
  }

  /** Undefined where no kit is known that it is a run of: there, one call can be made again. */
  async function kitOf(events: readonly LedgerEvent[]): Promise<Kit | undefined> {
    const name = loadedOf(events)?.data.name
    if (name === undefined) return undefined
    const known = kits.find(kit => kit.name === name)
    if (known) return known
    return isIncluded(name) ? loadKit(name, context.io.cwd) : undefined
  }

  return {
    kits: [...new Set([...includedKits, ...kits.map(({ name }) => name)])],
    async estimate(order) {
      const { events, provider } = await open(order)
      const llm = answering(provider)
      const { position, change, strict } = order
      return forkEstimate(events, position, { change, strict, target: request => llm.target?.(request) })
    },
    async prepare(order) {
      const { ledger, position, id, change, strict = false } = order
      const { events, provider } = await open(order)
      const llm = answering(provider)
      const kit = await kitOf(events)
      await forkEstimate(events, position, { change }) // what does not fit is told before anything begins
      return async (begun, signal) => {
        const daybook = createDaybook({
          model: provider.model,
          llm,
          store: stores.store,
          cache: stores.cache,
          host: stores.host,
          ...(budgetUsd === undefined ? {} : { budget: { maxCostUsd: budgetUsd } })
        })
        const name = `branch:${id}`
        try {
          if (kit) {
            const run = daybook.fork(ledger, position, { id, kit, signal, strict, ...(change ? { change } : {}) })
            for await (const _ of run) begun(name)
            await run
          } else {
            const branch = await forkLedger(await openLedger(stores.store, ledger), position, {
              ...{ id, change, strict, host: stores.host },
              target: request => llm.target?.(request)
            })
            begun(name)
            const { cache, host } = stores
            const asked = cached(priced(retried(llm, { host }), { host }), cache, { host })
            // Calls that were in flight beside it keep the answers that they had, wherever these came from.
            const responders = [llmExecutor(replayed(events, { onMiss: (...call) => asked(...call) }))]
            const budget = budgetUsd === undefined ? {} : { maxCostUsd: budgetUsd }
            await createRuntime({ ledger: branch, responders, cache: false, budget, host }).resume({ signal })
          }
          begun(name)
        } finally {
          await daybook.close()
        }
      }
    }
  }
}

function answering({ llm }: Provider): LLMFn {
  if (llm) return llm
  throw new InputError('Nobody answers here: no key is set. Start it with a key, or with --simulate.')
}

function loadedOf(events: readonly LedgerEvent[]): LedgerEvent<'kit.loaded'> | undefined {
  return events.find(({ type }) => type === 'kit.loaded') as LedgerEvent<'kit.loaded'> | undefined
}
