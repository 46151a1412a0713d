/** The run that a command is about: one of the folder, or the demo. */
import { join } from 'node:path'
import { type LedgerEvent, type LedgerStore, openLedger } from 'daybook'
import { InputError, LedgerCorruptError } from 'daybook/errors'
import type { Context } from './command.js'
import { demoName, demoStore } from './demo.js'
import { fileOf, ledgerFiles } from './ledger-files.js'
import { brokenFile } from './lenient.js'
import { shortName } from './names.js'
import { oneLine } from './print/format.js'
import { findRun, newestFirst, pickName } from './runs.js'
import type { Stores } from './stores.js'
import { brokenChain, type Unverified } from './unverified.js'

export interface OpenRun {
  /** The ledger's name, and as it is shown. */
  readonly name: string
  readonly short: string
  readonly length: number
  readonly store: LedgerStore
  /** Where its events are, as a person types it. */
  readonly path: string
  /** What its chain, or that of a ledger it shares events with, shows to be changed, where such are read at all. */
  readonly unverified: Unverified | undefined
  /** Whether it is the one that is built in. */
  readonly demo: boolean
  events(): AsyncIterable<LedgerEvent>
  /** All of them at once. */
  all(): Promise<LedgerEvent[]>
}

/**
 * @param given The run's name, id or the beginning of it; `demo`; left out: the newest run, or the demo where there is
 * none.
 * @throws InputError when there is none or more than one; LedgerCorruptError for one that is not as it was written,
 * but where the stores are lenient.
 */
export async function openRun(stores: Stores, given: string | undefined, context: Context): Promise<OpenRun> {
  const name =
    given === undefined
      ? (await newestFirst(stores.store))[0]?.name
      : isDemo(given) && (await stores.store.length(demoName)) === 0
        ? undefined
        : await findRun(stores.store, given, context.shownDir).catch(error => refused(error, stores, given, context))
  return name === undefined
    ? opened(await demoStore(), demoName, 'built into the command', undefined)
    : opened(stores.store, name, await stores.path(name), stores)
}

/** Of a ledger whose first batch was changed a store knows nothing: its file says why. */
async function refused(error: unknown, stores: Stores, given: string, context: Context): Promise<never> {
  if (!stores.onDisk) throw error
  const folder = join(context.dir, 'ledgers')
  const name = pickName(
    (await ledgerFiles(folder)).map(file => file.name),
    given,
    context.shownDir
  )
  const found = await brokenFile(fileOf(folder, name))
  if (!found) throw error
  throw new LedgerCorruptError(
    `${shortName(name)} is not as it was written. Line ${found.line}: ${found.reason} daybook status ${shortName(name)} shows it.`,
    { data: { line: found.line } }
  )
}

async function opened(store: LedgerStore, name: string, path: string, stores: Stores | undefined): Promise<OpenRun> {
  const ledger = await openLedger(store, name)
  return {
    name,
    short: shortName(name),
    length: ledger.length,
    store,
    path,
    unverified: stores && (await brokenChain(stores, name)),
    demo: stores === undefined,
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

/** Said where {@link findEvent} finds none in a run of so many events. */
export function noEvent(given: string, run: string, events: number): Error {
  const range = events === 0 ? 'it has none' : `its events are 1 to ${events}`
  return new InputError(`There is no event "${oneLine(given, 60)}" in ${run}: ${range}.`)
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
