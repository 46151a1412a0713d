/** Runs a kit inside this page. Loaded when it is first needed: it brings the SDK, the kits and the simulated provider. */
import { createDaybook, type Daybook, type LedgerInfo } from 'daybook'
import type { Answers, DevtoolsSource, Provider } from './model/source.js'
import { daybookSource } from './sources/from-daybook.js'
import { daybookHere, forkHere } from './sources/here.js'
import { kitNamed } from './sources/kits.js'
import type { TryOptions } from './state/try-it.js'

/** Lists what this browser holds, and answers nothing. */
const shelf: Daybook = createDaybook({ llm: false })

/** A run is followed through the Daybook that makes it, so that its deltas are seen without a way round. */
const running = new Map<string, Daybook>()
const changed = new Set<() => void>()

export const source: DevtoolsSource = {
  ...daybookSource(
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
  ),
  noFork: undefined,
  asksWho: true,
  async fork(name, request, hooks) {
    const here = await daybookHere(request.answers ?? { provider: 'simulated' })
    await made(`branch:${request.id}`, here.daybook, () =>
      forkHere(here, name, request, {
        signal: hooks.signal,
        begun(branch) {
          hooks.begun(branch)
          tell()
        }
      })
    )
  }
}

/** With the runs that have no event yet: they are followed from before their first one. */
async function listed(): Promise<readonly LedgerInfo[]> {
  const kept = await shelf.ledgers.list()
  const now = new Date().toISOString()
  const begun = [...running.keys()].filter(name => name.startsWith('run:') && !kept.some(info => info.name === name))
  return [...kept, ...begun.map(name => ({ name, length: 0, created: now, updated: now }))]
}

const models: Readonly<Record<Provider, string>> = {
  simulated: 'anthropic/claude-haiku-4-5',
  openrouter: 'openrouter/anthropic/claude-haiku-4-5',
  anthropic: 'anthropic/claude-haiku-4-5-20251001',
  openai: 'openai/gpt-4o-mini'
}

/** Resolves with the ledger's name once the run is under way. What goes wrong later is told to `onTrouble`. */
export async function startRun(options: TryOptions, onTrouble: (message: string) => void): Promise<string> {
  const { provider, key, goal } = options
  const answers: Answers = key === undefined ? { provider } : { provider, key }
  const [kit, { daybook }] = await Promise.all([kitNamed(options.kit), daybookHere(answers)])
  if (!kit) throw new Error(`There is no kit ${options.kit} in this page.`)
  const id = `${options.kit}-${Date.now().toString(36)}`
  const name = `run:${id}`
  made(name, daybook, () => daybook.run(kit, goal, { id, options: { model: models[provider] } })).catch(
    (error: unknown) => onTrouble(`The run ended: ${error instanceof Error ? error.message : String(error)}`)
  )
  return name
}

async function made(name: string, daybook: Daybook, work: () => PromiseLike<unknown>): Promise<void> {
  running.set(name, daybook)
  tell()
  try {
    await work()
  } finally {
    running.delete(name)
    tell()
  }
}

function tell(): void {
  for (const listener of changed) listener()
}
