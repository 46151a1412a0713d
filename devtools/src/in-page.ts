/** Runs a kit inside this page. Loaded when it is first needed: it brings the SDK, the kits and the simulated provider. */
import { createDaybook, type Daybook, type Kit, type LedgerInfo } from 'daybook'
import type { DevtoolsSource } from './model/source.js'
import { daybookSource } from './sources/from-daybook.js'
import type { TryOptions, TryProvider } from './state/try-it.js'

/** Lists what this browser holds, and answers nothing. */
const shelf: Daybook = createDaybook({ llm: false })

/** A run is followed through the Daybook that makes it, so that its deltas are seen without a way round. */
const running = new Map<string, Daybook>()
const changed = new Set<() => void>()

export const source: DevtoolsSource = daybookSource(
  {
    ledgers: {
      list: listed,
      open: name => (running.get(name) ?? shelf).ledgers.open(name)
    }
  },
  {
    label: 'this browser',
    everyMs: 1000,
    onChange(listener) {
      changed.add(listener)
      return () => void changed.delete(listener)
    }
  }
)

/** With the runs that have no event yet: they are followed from before their first one. */
async function listed(): Promise<readonly LedgerInfo[]> {
  const kept = await shelf.ledgers.list()
  const now = new Date().toISOString()
  const begun = [...running.keys()].filter(name => !kept.some(info => info.name === name))
  return [...kept, ...begun.map(name => ({ name, length: 0, created: now, updated: now }))]
}

const models: Readonly<Record<TryProvider, string>> = {
  simulated: 'anthropic/claude-haiku-4-5',
  openrouter: 'openrouter/anthropic/claude-haiku-4-5',
  anthropic: 'anthropic/claude-haiku-4-5-20251001',
  openai: 'openai/gpt-4o-mini'
}

const kits: Readonly<Record<TryOptions['kit'], () => Promise<{ default: Kit }>>> = {
  research: () => import('daybook-kits/research'),
  diligence: () => import('daybook-kits/diligence')
}

/** Resolves with the ledger's name once the run is under way. What goes wrong later is told to `onTrouble`. */
export async function startRun(options: TryOptions, onTrouble: (message: string) => void): Promise<string> {
  const { provider, key, goal } = options
  const [{ default: kit }, fetch] = await Promise.all([kits[options.kit](), simulated(provider)])
  const daybook = createDaybook({
    model: models[provider],
    ...(fetch ? { fetch } : {}),
    ...(key === undefined ? {} : { keys: { [provider]: key } })
  })
  const id = `${options.kit}-${Date.now().toString(36)}`
  const name = `run:${id}`
  running.set(name, daybook)
  for (const listener of changed) listener()
  const run = daybook.run(kit, goal, { id })
  run
    .catch((error: unknown) => onTrouble(`The run ended: ${error instanceof Error ? error.message : String(error)}`))
    .finally(() => running.delete(name))
  return name
}

async function simulated(provider: TryProvider): Promise<typeof fetch | undefined> {
  return provider === 'simulated' ? (await import('daybook/testing')).simulatedFetch() : undefined
}
