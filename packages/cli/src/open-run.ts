/** The run that a command is about: one of the folder, or the demo. */
import { type LedgerEvent, type LedgerStore, openLedger } from 'daybook'
import { InputError } from 'daybook/errors'
import type { Context } from './command.js'
import { demoName, demoStore } from './demo.js'
import { findRun, newestFirst, shortName } from './runs.js'
import type { Stores } from './stores.js'

export interface OpenRun {
  /** The ledger's name, and as it is shown. */
  readonly name: string
  readonly short: string
  readonly length: number
  readonly store: LedgerStore
  /** Where its events are, as a person types it. */
  readonly path: string
  /** Whether it is the one that is built in. */
  readonly demo: boolean
  events(): AsyncIterable<LedgerEvent>
  /** All of them at once. */
  all(): Promise<LedgerEvent[]>
}

/**
 * @param given The run's name, id or the beginning of it; `demo`; left out: the newest run, or the demo where there is
 * none.
 * @throws InputError when there is none or more than one.
 */
export async function openRun(stores: Stores, given: string | undefined, context: Context): Promise<OpenRun> {
  const name =
    given === undefined
      ? (await newestFirst(stores.store))[0]?.name
      : isDemo(given) && (await stores.store.length(demoName)) === 0
        ? undefined
        : await findRun(stores.store, given, context.shownDir)
  return name === undefined
    ? opened(await demoStore(), demoName, 'built into the command', true)
    : opened(stores.store, name, await stores.path(name), false)
}

async function opened(store: LedgerStore, name: string, path: string, demo: boolean): Promise<OpenRun> {
  const ledger = await openLedger(store, name)
  return {
    name,
    short: shortName(name),
    length: ledger.length,
    store,
    path,
    demo,
    events: () => ledger.read(),
    async all() {
      const events: LedgerEvent[] = []
      for await (const event of ledger.read()) events.push(event)
      return events
    }
  }
}

export function isDemo(given: string): boolean {
  return given === 'demo' || given === demoName
}

/** An event of one run as a person may name it: by its number, its id, or the beginning of it. */
export interface FoundEvent {
  readonly position: number
  readonly event: LedgerEvent
}

/**
 * `12` or `#12` is the number that stands before an event where a run is printed; what is behind the type in an id may
 * stand for it too. Undefined where there is none.
 * @throws InputError when more than one begins so.
 */
export function findEvent(events: readonly LedgerEvent[], given: string): FoundEvent | undefined {
  const number = /^#?([1-9]\d*)$/.exec(given)?.[1]
  const exact = events.findIndex(({ id }) => id === given)
  const position = exact >= 0 ? exact : number === undefined ? begins(events, given) : Number(number) - 1
  const event = events[position]
  return event && { position, event }
}

function begins(events: readonly LedgerEvent[], given: string): number {
  if (given === '') return -1
  const found: number[] = []
  events.forEach(({ id, type }, position) => {
    if (id.startsWith(given) || (id.startsWith(`${type}-`) && id.startsWith(given, type.length + 1))) {
      found.push(position)
    }
  })
  if (found.length > 1) {
    const numbers = found.slice(0, 5).map(position => `#${position + 1}`)
    const more = found.length > 5 ? ' and more' : ''
    throw new InputError(
      `${found.length} events begin with "${given}": ${numbers.join(', ')}${more}. Type more of it, or its number.`
    )
  }
  return found[0] ?? -1
}
