/** `daybook diff`: what differs between two to four runs, as worlds or event by event. */
import {
  compareLedgers,
  diffLedgers,
  diffWorlds,
  type FieldChange,
  type LedgerComparison,
  type LedgerDiff,
  type LedgerEvent,
  type ThingsDiff,
  type World,
  type WorldDiff
} from 'daybook'
import type { Command, Context } from '../command.js'
import { type OpenRun, openRun } from '../open-run.js'
import { fieldLines, wordLines } from '../print/change-lines.js'
import { eventLines } from '../print/event-lines.js'
import { columns, count, duration, money, oneLine } from '../print/format.js'
import { type RunReport, runReport } from '../print/report.js'
import { objectText } from '../print/world-lines.js'
import { withStores } from '../stores.js'
import { type Unverified, unverifiedLines, worldOf } from '../unverified.js'

/** So many objects, relations or events of a kind are printed; `--json` has all of them. */
const printed = 50

interface Side {
  readonly run: OpenRun
  readonly events: readonly LedgerEvent[]
  readonly report: RunReport
  readonly unverified: Unverified | undefined
}

export const diff: Command = {
  name: 'diff',
  usage: '<run> <other> [other] [other]',
  summary: 'print what differs between two to four runs: what they came to, or event by event',
  notes: [
    'A run and its forks share the ids of what they share. Runs that were made apart have no ids in common: --events finds what stands for what by who made it and why.',
    'Of more than two runs, each is compared with the first.'
  ],
  takes: [2, 4],
  options: { events: { type: 'boolean', summary: 'compare event by event, and answers word by word' } },
  run: (args, context) =>
    withStores(
      context,
      async stores => {
        const sides: Side[] = []
        for (const given of args.positionals) sides.push(await sideOf(await openRun(stores, given, context)))
        const [a, ...others] = sides as [Side, Side, ...Side[]]
        const [b] = others as [Side, ...Side[]]
        const several = others.length > 1
        let lines: () => readonly string[]
        let json: () => object
        if (args.flag('events') && several) {
          const comparison = compareLedgers(sides.map(({ events }) => events))
          lines = () => comparisonLines(sides, comparison, context)
          json = () => comparisonJson(sides, comparison)
        } else if (args.flag('events')) {
          const different = diffLedgers(a.events, b.events)
          lines = () => ledgerLines(a, b, different, context)
          json = () => ({ ...sidesJson(a, b), ...diffJson(different) })
        } else {
          const worlds = sides.map(({ events, unverified }) => worldOf(events, unverified))
          const [world] = worlds as [World, ...World[]]
          const found = others.map((side, index) => {
            const pair = [world, worlds[index + 1] as World] as const
            return { side, pair, different: diffWorlds(...pair), apart: a.events[0]?.id !== side.events[0]?.id }
          })
          lines = () =>
            found.flatMap(({ side, pair, different, apart }, index) => [
              ...(index > 0 ? [''] : []),
              ...(several ? [`  ${context.paint('bold', `${a.run.short} and ${side.run.short}`)}`] : []),
              ...worldLines(pair, different, apart, context)
            ])
          const [first] = found as [(typeof found)[0]]
          json = () =>
            several
              ? {
                  runs: sides.map(figuresJson),
                  equal: found.every(({ different }) => different.empty),
                  worlds: found.map(({ side, different }) => ({ run: side.run.short, ...diffJson(different) }))
                }
              : { ...sidesJson(a, b), ...diffJson(first.different) }
        }
        if (context.json) context.print(JSON.stringify(json()))
        else for (const line of ['', ...sideBySide(sides, context), '', ...lines(), '']) context.print(line)
        return { name: b.run.demo ? undefined : b.run.name }
      },
      { lenient: true }
    )
}

async function sideOf(run: OpenRun): Promise<Side> {
  const events = await run.all()
  const fold = runReport(run.name)
  for (const event of events) fold.add(event)
  const report = fold.report()
  return { run, events, report, unverified: run.unverified ?? report.unverified ?? undefined }
}

/** What each cost, in a column; below it who of them is not to be trusted. */
function sideBySide(sides: readonly Side[], { paint, width }: Context): string[] {
  const widest = Math.floor((width - 20) / sides.length) - 2
  const rows: [string, (report: RunReport) => string][] = [
    ['Events', ({ events }) => String(events)],
    ['Calls', ({ calls }) => String(calls)],
    ['From the cache', ({ hits }) => String(hits)],
    ['Tokens in', ({ inputTokens }) => count(inputTokens)],
    ['Tokens out', ({ outputTokens }) => count(outputTokens)],
    ['Cost', report => money(report.costUsd, report)],
    ['Saved', report => money(report.savedUsd, report)],
    ['Time', ({ elapsedMs }) => duration(elapsedMs)]
  ]
  const lines = columns(
    [
      ['', ...sides.map(({ run }) => oneLine(run.short, Math.min(30, widest)))],
      ...rows.map(([label, of]) => [label, ...sides.map(({ report }) => of(report))])
    ],
    sides.map((_, index) => index + 1)
  )
  return [
    ...lines.map((line, index) => (index === 0 ? `  ${paint('bold', line)}` : `  ${line}`)),
    // The run is named: there are several of them.
    ...sides.flatMap(({ unverified }) => unverifiedLines(unverified, '', { paint, width }))
  ]
}

function worldLines(
  [before, after]: readonly [World, World],
  different: WorldDiff,
  apart: boolean,
  context: Context
): string[] {
  const { paint, width } = context
  const side = (sign: '+' | '-', ids: readonly string[], text: (id: string) => string): string[] => [
    ...ids
      .slice(0, printed)
      .map(id => `  ${paint(sign === '+' ? 'response' : 'error', `${sign} ${oneLine(text(id), width - 4)}`)}`),
    ...andMore(ids.length, context)
  ]
  const changed = ({ changed }: ThingsDiff, text: (id: string) => string): string[] => [
    ...changed
      .slice(0, printed)
      .flatMap(({ id, fields }) => [
        `  ~ ${oneLine(text(id), width - 4)}`,
        ...fieldLines(fields, { paint, width, indent: 6 })
      ]),
    ...andMore(changed.length, context)
  ]
  const object = (world: World) => (id: string) => {
    const held = world.object(id)
    return held ? `${held.type} ${id}  ${objectText(held, width)}` : id
  }
  const relation = (world: World) => (id: string) => {
    const held = world.relations.get(id)
    return held ? `${held.type} ${held.source_id} -> ${held.target_id}` : id
  }
  return [
    `  ${paint('bold', 'World')}  ${different.empty ? 'the same in both' : different.summary()}`,
    ...(apart && !different.empty
      ? ['  The runs were made apart, so their ids differ: --events compares them by cause.']
      : []),
    ...(different.empty ? [] : ['']),
    ...side('-', different.objects.removed, object(before)),
    ...side('+', different.objects.added, object(after)),
    ...changed(different.objects, object(after)),
    ...side('-', different.relations.removed, relation(before)),
    ...side('+', different.relations.added, relation(after)),
    ...changed(different.relations, relation(after))
  ]
}

function ledgerLines(a: Side, b: Side, different: LedgerDiff, context: Context): string[] {
  const { paint, width } = context
  const [before, after] = [numbered(a.events, context), numbered(b.events, context)]
  const changed = different.pairs.filter(({ fields }) => fields.length > 0)
  const side = (sign: '+' | '-', events: readonly LedgerEvent[], lines: ReadonlyMap<string, string>): string[] => [
    ...events
      .slice(0, printed)
      .map(({ id }) => `${paint(sign === '+' ? 'response' : 'error', sign)} ${lines.get(id) ?? id}`),
    ...andMore(events.length, context)
  ]
  return [
    `  ${paint('bold', 'Events')}  ${different.equal ? 'the same in both' : different.summary()}`,
    ...(different.equal ? [] : ['']),
    ...changed.slice(0, printed).flatMap(pair => [
      `~ ${after.get(pair.after.id) ?? pair.after.id}`,
      ...(pair.words ? wordLines(pair.words, { paint, width, indent: 9 }) : []),
      ...fieldLines(pair.words ? pair.fields.filter(({ path }) => !isText(path)) : pair.fields, {
        paint,
        width,
        indent: 9
      })
    ]),
    ...andMore(changed.length, context),
    ...side('-', different.removed, before),
    ...side('+', different.added, after)
  ]
}

/** An event of one of them in a line, and before it who has it: `✓` as the first, `~` otherwise than it, `·` not. */
function comparisonLines(sides: readonly Side[], { rows }: LedgerComparison, context: Context): string[] {
  const { paint, width } = context
  const lines = sides.map(({ events }) => numbered(events, { ...context, width: width - sides.length }))
  const different = rows.filter(({ same }) => !same)
  const names = sides.map(({ run }, index) => `${index + 1} ${run.short}`).join(', ')
  return [
    `  ${paint('bold', 'Events')}  ${different.length === 0 ? 'the same in all' : `${rows.length - different.length} the same in all, ${different.length} not`}`,
    ...(different.length === 0
      ? []
      : [paint('muted', `  ✓ has it, ~ has it with other content, · has it not: ${oneLine(names, width)}`), '']),
    ...different.slice(0, printed).map(row => {
      const index = row.events.findIndex(event => event !== undefined)
      const line = lines[index]?.get(row.events[index]?.id ?? '') ?? ''
      return `${marksOf(row)} ${line}`
    }),
    ...andMore(different.length, context)
  ]
}

function marksOf({ events }: LedgerComparison['rows'][number]): string {
  const first = events.find(event => event !== undefined)
  return events.map(event => (event === undefined ? '·' : first && isAs(first, event) ? '✓' : '~')).join('')
}

/** Equal but for ids and what tells only of the ledger. */
function isAs(first: LedgerEvent, event: LedgerEvent): boolean {
  return first === event || diffLedgers([first], [event]).pairs.every(({ fields }) => fields.length === 0)
}

/** Where an answer's text stands; its words are compared, so it is not said again. */
function isText(path: FieldChange['path']): boolean {
  return path === '/data/text' || path === '/data/message/content'
}

/** All events as lines, two characters narrower: a sign stands before them. */
function numbered(
  events: readonly LedgerEvent[],
  { paint, width }: Pick<Context, 'paint' | 'width'>
): ReadonlyMap<string, string> {
  const printer = eventLines({ width: width - 2, paint })
  return new Map(events.map(event => [event.id, printer.line(event)]))
}

function andMore(length: number, { paint }: Context): string[] {
  return length > printed ? [paint('muted', `    and ${length - printed} more: --json prints them all`)] : []
}

function figuresJson({ run, report, unverified }: Side): object {
  return {
    run: run.short,
    events: report.events,
    calls: report.calls,
    hits: report.hits,
    failures: report.failures,
    input_tokens: report.inputTokens,
    output_tokens: report.outputTokens,
    cost_usd: report.costUsd,
    saved_usd: report.savedUsd,
    elapsed_ms: report.elapsedMs,
    unverified: unverified ?? null
  }
}

function sidesJson(a: Side, b: Side): object {
  return { a: figuresJson(a), b: figuresJson(b) }
}

function diffJson(different: WorldDiff | LedgerDiff): object {
  const summary = different.summary()
  if ('objects' in different) {
    const { empty, objects, relations } = different
    return { summary, equal: empty, objects, relations }
  }
  const { equal, common, pairs, removed, added } = different
  const changed = pairs
    .filter(({ fields }) => fields.length > 0)
    .map(({ before, after, fields, words }) => ({
      ...{ before: before.id, after: after.id, type: after.type, fields },
      ...(words ? { words } : {})
    }))
  const named = (events: readonly LedgerEvent[]): object[] => events.map(({ id, type }) => ({ id, type }))
  return { summary, equal, common, changed, removed: named(removed), added: named(added) }
}

/** Only the rows that differ: the id in each of the runs, null where one has no such event. */
function comparisonJson(sides: readonly Side[], { rows }: LedgerComparison): object {
  const different = rows.filter(({ same }) => !same)
  return {
    runs: sides.map(figuresJson),
    equal: different.length === 0,
    same: rows.length - different.length,
    rows: different.map(({ events }) => ({
      type: events.find(event => event !== undefined)?.type,
      ids: events.map(event => event?.id ?? null)
    }))
  }
}
