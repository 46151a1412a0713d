/** What tests say of costs and of ledgers: `expect.extend(matchers)`. */
import { existsSync, mkdirSync } from 'node:fs'
import { basename, dirname, resolve } from 'node:path'
import { InputError, shown } from '../../errors.js'
import { defaultHost } from '../../host.js'
import { isRecord } from '../../json.js'
import { diffLedgers, type EventPair, type LedgerDiff } from '../../ledger/diff.js'
import type { LedgerEvent } from '../../ledger/event.js'
import { figuresOf } from '../../ledger/figures.js'
import { toJSONL } from '../../ledger/jsonl.js'
import type { Ledger } from '../../ledger/ledger.js'
import { inWords } from '../../ledger/nearest.js'
import { replaceFile } from '../../node/disk.js'
import { isCI } from './cassette.js'
import { readCassette } from './cassette-file.js'
import { scrubber } from './scrubbed.js'

/**
 * For the types, once in a project:
 *
 * ```ts
 * declare module 'vitest' {
 *   interface Matchers extends DaybookMatchers {}
 * }
 * ```
 */
export interface DaybookMatchers {
  /**
   * Of a run, an answer, a cost, a ledger or a list of events: US dollars, null for an unknown price. Up to 1e-9 more or
   * less is equal. Await it for a ledger, and for whatever is still to come.
   */
  toHaveCost(usd: number | null): unknown
  /**
   * Of a run, a ledger or a list of events: equal to the ledger in this file, beside the test's own unless it is a whole
   * path, but for what differs between two runs of the same thing. Where there is no file it is written, but in CI;
   * `vitest -u` and DAYBOOK_CASSETTE=record write it anew. Keys are taken out before.
   */
  toMatchLedger(file: string): Promise<void>
}

export interface MatchResult {
  readonly pass: boolean
  message(): string
}

/** What is needed of a matcher's `this`. */
export interface MatcherContext {
  readonly testPath?: string | undefined
  readonly isNot?: boolean | undefined
  /** Of Vitest: what `-u` says. */
  readonly snapshotState?: { readonly snapshotUpdateState?: unknown } | undefined
}

export const matchers: {
  toHaveCost(this: unknown, received: unknown, usd: number | null): MatchResult | Promise<MatchResult>
  toMatchLedger(this: MatcherContext, received: unknown, file: string): Promise<MatchResult>
} = {
  toHaveCost(received, usd) {
    const cost = costIn(received)
    return cost instanceof Promise ? cost.then(found => compared(found, usd)) : compared(cost, usd)
  },
  async toMatchLedger(received, file) {
    const path = this.testPath ? resolve(dirname(this.testPath), file) : resolve(file)
    const scrub = scrubber()
    const events = (await eventsIn(received)).map(event => scrub(event))
    const writes = writing(this)
    if (!this.isNot && (writes === 'all' || (writes === 'new' && !existsSync(path)))) {
      mkdirSync(dirname(path), { recursive: true })
      await replaceFile(path, toJSONL(events))
      return { pass: true, message: () => `The ledger was written to ${path}.` }
    }
    const expected = readCassette(path)
    if (!expected) {
      return { pass: this.isNot === true, message: () => `There is no ledger ${path} to compare with.\n${howToUpdate}` }
    }
    const diff = diffLedgers(expected, events)
    const pass = diff.added.length + diff.removed.length + changed(diff).length === 0
    const name = basename(path)
    return { pass, message: () => (pass ? `The ledger is the one of ${name}.` : inLines(name, diff, expected, events)) }
  }
}

const tolerance = 1e-9

function compared(cost: number | null, usd: number | null): MatchResult {
  const pass = cost === null || usd === null ? cost === usd : Math.abs(cost - usd) <= tolerance
  return {
    pass,
    message: () =>
      pass ? `It costs ${dollars(cost)}.` : `It costs ${dollars(cost)} where ${dollars(usd)} were expected.`
  }
}

function dollars(usd: number | null): string {
  return usd === null ? 'what is not known (null)' : `$${Number(usd.toFixed(12))}`
}

/** The cost, at once where it is there. */
function costIn(value: unknown): number | null | Promise<number | null> {
  if (value instanceof Promise) return value.then(costIn)
  if (isRecord(value)) {
    const { costUsd, cost_usd, cost, read } = value
    for (const known of [costUsd, cost_usd]) if (known === null || typeof known === 'number') return known
    if (isRecord(cost)) return costIn(cost)
    if (typeof read === 'function') return eventsIn(value).then(costIn)
  }
  if (isEvents(value)) return figuresOf(value).costUsd
  throw new InputError(`toHaveCost takes a run, an answer, a cost, a ledger or events, not ${shown(value)}.`)
}

async function eventsIn(received: unknown): Promise<readonly LedgerEvent[]> {
  const value = await received
  const ledger = isRecord(value) && isRecord(value.ledger) ? value.ledger : value
  if (isRecord(ledger) && typeof ledger.read === 'function') {
    const events: LedgerEvent[] = []
    for await (const event of (ledger as unknown as Ledger).read()) events.push(event)
    return events
  }
  if (isEvents(ledger)) return ledger
  throw new InputError(`toMatchLedger takes a run, a ledger or events, not ${shown(value)}.`)
}

function isEvents(value: unknown): value is readonly LedgerEvent[] {
  return Array.isArray(value) && value.every(event => isRecord(event) && typeof event.type === 'string')
}

const howToUpdate = 'Write it: vitest -u, or DAYBOOK_CASSETTE=record in the environment.'

function writing({ snapshotState }: MatcherContext): unknown {
  const host = defaultHost()
  if (host.env('DAYBOOK_CASSETTE') === 'record') return 'all'
  if (snapshotState?.snapshotUpdateState === 'all') return 'all'
  return isCI(host) ? 'none' : (snapshotState?.snapshotUpdateState ?? 'new')
}

function changed({ pairs }: LedgerDiff): readonly EventPair[] {
  return pairs.filter(({ fields }) => fields.length > 0)
}

const shownLines = 10

function inLines(
  name: string,
  diff: LedgerDiff,
  expected: readonly LedgerEvent[],
  events: readonly LedgerEvent[]
): string {
  const [before, after] = [expected, events].map(list => new Map(list.map((event, at) => [event, at + 1])))
  const lines = [
    ...changed(diff).map(
      ({ after: event, fields }) => `${after?.get(event)}. ${event.type} ${inWords(fields, 'is found')}`
    ),
    ...diff.removed.map(event => `${before?.get(event)}. ${event.type} is recorded, and is not there`),
    ...diff.added.map(event => `${after?.get(event)}. ${event.type} is there, and was not recorded`)
  ]
  const more = lines.length - shownLines
  return [
    `The ledger is not the one of ${name}: ${diff.summary()}.`,
    ...lines.slice(0, shownLines).map(line => `  ${line}`),
    ...(more > 0 ? [`  and ${more} more`] : []),
    howToUpdate
  ].join('\n')
}
