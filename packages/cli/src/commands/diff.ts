/** `daybook diff`: what differs between two runs, as worlds or event by event. */
import {
  diffLedgers,
  diffWorlds,
  type FieldChange,
  type LedgerDiff,
  type LedgerEvent,
  project,
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

/** So many objects, relations or events of a kind are printed; `--json` has all of them. */
const printed = 50

interface Side {
  readonly run: OpenRun
  readonly events: readonly LedgerEvent[]
  readonly report: RunReport
}

export const diff: Command = {
  name: 'diff',
  usage: '<run> <other>',
  summary: 'print what differs between two runs: what they came to, or event by event',
  notes: [
    'A run and its forks share the ids of what they share. Runs that were made apart have no ids in common: --events finds what stands for what by who made it and why.'
  ],
  takes: [2, 2],
  options: { events: { type: 'boolean', summary: 'compare event by event, and answers word by word' } },
  run: (args, context) =>
    withStores(context, async stores => {
      const sides: Side[] = []
      for (const given of args.positionals) sides.push(await sideOf(await openRun(stores, given, context)))
      const [a, b] = sides as [Side, Side]
      if (args.flag('events')) {
        const different = diffLedgers(a.events, b.events)
        tell(a, b, different, () => ledgerLines(a, b, different, context), context)
      } else {
        const worlds = [project(a.events), project(b.events)] as const
        const different = diffWorlds(...worlds)
        const apart = a.events[0]?.id !== b.events[0]?.id
        tell(a, b, different, () => worldLines(worlds, different, apart, context), context)
      }
      return { name: b.run.demo ? undefined : b.run.name }
    })
}

function tell(
  a: Side,
  b: Side,
  different: WorldDiff | LedgerDiff,
  lines: () => readonly string[],
  context: Context
): void {
  if (context.json) context.print(JSON.stringify(diffJson(a, b, different)))
  else for (const line of ['', ...sideBySide(a, b, context), '', ...lines(), '']) context.print(line)
}

async function sideOf(run: OpenRun): Promise<Side> {
  const events = await run.all()
  const fold = runReport()
  for (const event of events) fold.add(event)
  return { run, events, report: fold.report() }
}

/** What both cost, in two columns. */
function sideBySide(a: Side, b: Side, { paint }: Context): string[] {
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
      ['', oneLine(a.run.short, 30), oneLine(b.run.short, 30)],
      ...rows.map(([label, of]) => [label, of(a.report), of(b.report)])
    ],
    [1, 2]
  )
  return lines.map((line, index) => (index === 0 ? `  ${paint('bold', line)}` : `  ${line}`))
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

/** Where an answer's text stands; its words are compared, so it is not said again. */
function isText(path: FieldChange['path']): boolean {
  return path === '/data/text' || path === '/data/message/content'
}

/** All events as lines, two characters narrower: a sign stands before them. */
function numbered(events: readonly LedgerEvent[], { paint, width }: Context): ReadonlyMap<string, string> {
  const printer = eventLines({ width: width - 2, paint })
  return new Map(events.map(event => [event.id, printer.line(event)]))
}

function andMore(length: number, { paint }: Context): string[] {
  return length > printed ? [paint('muted', `    and ${length - printed} more: --json prints them all`)] : []
}

function diffJson(a: Side, b: Side, different: WorldDiff | LedgerDiff): object {
  const figures = ({ run, report }: Side): object => ({
    run: run.short,
    events: report.events,
    calls: report.calls,
    hits: report.hits,
    failures: report.failures,
    input_tokens: report.inputTokens,
    output_tokens: report.outputTokens,
    cost_usd: report.costUsd,
    saved_usd: report.savedUsd,
    elapsed_ms: report.elapsedMs
  })
  const sides = { a: figures(a), b: figures(b), summary: different.summary() }
  if ('objects' in different) {
    const { empty, objects, relations } = different
    return { ...sides, equal: empty, objects, relations }
  }
  const { equal, common, pairs, removed, added } = different
  const changed = pairs
    .filter(({ fields }) => fields.length > 0)
    .map(({ before, after, fields, words }) => ({
      ...{ before: before.id, after: after.id, type: after.type, fields },
      ...(words ? { words } : {})
    }))
  const named = (events: readonly LedgerEvent[]): object[] => events.map(({ id, type }) => ({ id, type }))
  return { ...sides, equal, common, changed, removed: named(removed), added: named(added) }
}
