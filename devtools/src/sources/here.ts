/** What runs inside this page, for ledgers that nobody else runs: on simulated answers or with a key that was pasted. */
import {
  createDaybook,
  type Daybook,
  importLedger,
  type Kit,
  type LedgerEvent,
  type LedgerStore,
  type LLMFn,
  memoryLedgerStore,
  priced,
  providerLlm,
  retried,
  toJSONL
} from 'daybook'
import type { Answers, DevtoolsSource, ForkHooks, ForkRequest } from '../model/source.js'
import { forkWith } from './fork-with.js'
import { daybookSource } from './from-daybook.js'
import { kitNamed } from './kits.js'

/** Its store left out: that of the browser. */
export async function daybookHere(answers: Answers, store?: LedgerStore): Promise<{ daybook: Daybook; llm: LLMFn }> {
  const { provider, key } = answers
  const fetch = provider === 'simulated' ? (await import('daybook/testing')).simulatedFetch() : undefined
  const keys = key === undefined ? {} : { [provider]: key }
  const asked = providerLlm({ keys, ...(fetch ? { fetch } : {}) })
  // OpenRouter has the models of all; the others have their own.
  const named = (model: string): string =>
    provider === 'openrouter' && !model.startsWith('openrouter/') ? `openrouter/${model}` : model
  const llm: LLMFn = Object.assign(
    (request: Parameters<LLMFn>[0], options?: Parameters<LLMFn>[1]) =>
      asked({ ...request, model: named(request.model) }, options),
    { target: (request: Parameters<LLMFn>[0]) => asked.target?.({ ...request, model: named(request.model) }) }
  ) as LLMFn
  const daybook = createDaybook({ llm, ...(store ? { store } : {}) })
  return { daybook, llm }
}

export async function forkHere(
  { daybook, llm }: { daybook: Daybook; llm: LLMFn },
  name: string,
  request: ForkRequest,
  hooks: ForkHooks
): Promise<void> {
  await forkWith(daybook, name, request, hooks, {
    kit: async (kit): Promise<Kit | undefined> => kitNamed(kit),
    llm: () => priced(retried(llm, { host: daybook.host }), { host: daybook.host })
  })
}

/** Where the branches are that were made here. */
export function branchesOf(daybook: Daybook): DevtoolsSource {
  return daybookSource(daybook)
}

export interface Shelf {
  readonly store: LedgerStore
  /** The name that the ledger has in it. */
  readonly name: string
}

/** A store in memory with one ledger, so that it can be forked. */
export async function shelfOf(name: string, events: readonly unknown[]): Promise<Shelf> {
  const store = memoryLedgerStore()
  const kept = /^(?:run|branch|session):[A-Za-z0-9][A-Za-z0-9._-]{0,120}$/.test(name) ? name : 'run:imported'
  const report = await importLedger(store, toJSONL(events as readonly LedgerEvent[], { name: kept }), {
    name: kept,
    partial: true
  })
  const fault = report.reports.find(({ severity }) => severity === 'error')
  if (report.length === 0 || fault) {
    // Its first line is the header.
    const where = fault && fault.line > 1 ? `#${fault.line - 1}: ` : ''
    throw new Error(`This ledger cannot be forked: ${where}${fault?.message ?? 'it holds no event.'}`)
  }
  return { store, name: kept }
}
