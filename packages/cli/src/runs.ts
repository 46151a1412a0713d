/** The runs that a store holds, as the command names and lists them. */
import type { LedgerInfo, LedgerStore } from 'daybook'
import { asDaybookError, InputError } from 'daybook/errors'
import { shortName } from './names.js'
import { money, oneLine, plural } from './print/format.js'
import type { Paint, Style } from './print/paint.js'
import { type RunReport, reportOf } from './print/report.js'
import type { Stores } from './stores.js'
import { brokenChain, type Unverified, unverifiedLines } from './unverified.js'

export interface RunRow {
  readonly info: LedgerInfo
  /** What it came to, or why it cannot be read. */
  readonly report: RunReport | undefined
  readonly problem: string | null
  /** Why nobody vouches for it. */
  readonly unverified: Unverified | null
}

/** The newest first. */
export async function newestFirst(store: LedgerStore): Promise<LedgerInfo[]> {
  return [...(await store.list())].sort((a, b) => (a.updated < b.updated ? 1 : a.updated > b.updated ? -1 : 0))
}

/** @param stores Lenient ones also show what is not as it was written. */
export async function rowsOf(stores: Stores, infos: readonly LedgerInfo[]): Promise<RunRow[]> {
  const rows: RunRow[] = []
  // One after the other: what is read is folded and dropped, so that many long runs take little memory.
  for (const info of infos) {
    try {
      const report = await reportOf(stores.store.read(info.name), info.name)
      const unverified = (await brokenChain(stores, info.name)) ?? report.unverified
      rows.push({ info, report, problem: report.problem, unverified })
    } catch (error) {
      rows.push({ info, report: undefined, problem: asDaybookError(error, 'ledger').message, unverified: null })
    }
  }
  return rows
}

/**
 * The name of the one ledger that is meant: its name, its id, or the beginning of its id.
 * @throws InputError when there is none or more than one.
 */
export async function findRun(store: LedgerStore, given: string, dir: string): Promise<string> {
  const names = (await store.list()).map(({ name }) => name)
  return pickName(names, given, dir)
}

/** As {@link findRun}, of names that are known. A branch may be named by its id as well. */
export function pickName(names: readonly string[], given: string, dir: string): string {
  const exact = [given, `run:${given}`, `branch:${given}`].find(name => names.includes(name))
  if (exact !== undefined) return exact
  const starts =
    given === ''
      ? []
      : names.filter(
          name => name.startsWith(given) || shortName(name).startsWith(given) || idOf(name).startsWith(given)
        )
  const [only] = starts
  if (only !== undefined && starts.length === 1) return only
  const what = starts.length > 1 ? `${starts.length} runs begin with` : 'There is no run'
  throw new InputError(`${what} "${oneLine(given, 40)}" in ${dir}: see daybook list.`)
}

/** What stands behind `run:`, `branch:` or `session:`. */
export function idOf(name: string): string {
  return name.slice(name.indexOf(':') + 1)
}

const states: Readonly<Record<string, readonly [string, Style?]>> = {
  done: ['✓', 'response'],
  failed: ['✕', 'error'],
  unanswered: ['○'],
  'not run': ['○'],
  unverified: ['!', 'error'],
  unreadable: ['✕', 'error']
}

/** What there is to do with a fork that was only made. */
export function nextOf(name: string): string {
  return `It has not been run yet: daybook resume ${shortName(name)} runs it.`
}

/** A table of runs: state, goal, events, cost, saved; what failed stands below its run. */
export function runLines(rows: readonly RunRow[], { width, paint }: { width: number; paint: Paint }): string[] {
  const cells = rows.map(({ info, report, unverified }) => ({
    name: shortName(info.name),
    state: unverified ? 'unverified' : (report?.state ?? 'unreadable'),
    // Of a damaged ledger the store counts what stands before the damage.
    events: plural(report?.events ?? info.length, 'event'),
    cost: report ? money(report.costUsd, report) : '–',
    saved: report && report.hits > 0 ? `saved ${money(report.savedUsd, report)}` : ''
  }))
  const widest = (column: 'name' | 'state' | 'events' | 'cost' | 'saved'): number =>
    Math.max(0, ...cells.map(cell => cell[column].length))
  const [name, state, events, cost, saved] = (['name', 'state', 'events', 'cost', 'saved'] as const).map(widest) as [
    number,
    number,
    number,
    number,
    number
  ]
  const goal = Math.max(10, width - (4 + name + 2 + state + 2 + 2 + events + 2 + cost + 2 + saved))

  return rows.flatMap(({ info, report, problem, unverified }, index) => {
    const cell = cells[index]
    if (!cell) return []
    const [glyph, style] = states[cell.state] ?? ['○']
    const line = [
      `  ${paint(style, glyph)} ${cell.name.padEnd(name)}`,
      paint(style, cell.state.padEnd(state)),
      oneLine(report?.goal ?? '', goal).padEnd(goal),
      paint('muted', cell.events.padStart(events)),
      cell.cost.padStart(cost),
      paint('cache', cell.saved)
    ].join('  ')
    const indent = ' '.repeat(4 + name + 2 + state + 2)
    const say = (text: string): string => paint('muted', indent + oneLine(text, width - indent.length))
    return [
      line.trimEnd(),
      ...(problem === null ? [] : [say(problem)]),
      ...(report?.state === 'not run' ? [say(nextOf(info.name))] : []),
      ...unverifiedLines(unverified, shortName(info.name), { paint, width, indent: 4 })
    ]
  })
}
