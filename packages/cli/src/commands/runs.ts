/** `daybook list`, `status` and `remove`: what runs there are, what one came to, and away with it. */
import type { Command } from '../command.js'
import { problemLine } from '../failures.js'
import { shortName } from '../names.js'
import { isDemo, openRun } from '../open-run.js'
import { eventLines } from '../print/event-lines.js'
import { plural } from '../print/format.js'
import { answerLines, runReport, summaryLines } from '../print/report.js'
import { findRun, newestFirst, nextOf, rowsOf, runLines } from '../runs.js'
import { withStores } from '../stores.js'
import { unverifiedLines } from '../unverified.js'
import { runJson } from './follow-run.js'

export const list: Command = {
  name: 'list',
  usage: '',
  summary: 'list the runs, the newest first',
  takes: [0, 0],
  options: {},
  run: (_args, context) =>
    withStores(
      context,
      async stores => {
        const rows = await rowsOf(stores, await newestFirst(stores.store))
        if (context.json) {
          const runs = rows.map(({ info, report, problem, unverified }) => ({
            run: shortName(info.name),
            state: report?.state ?? 'unreadable',
            kit: report?.kit ?? null,
            goal: report?.goal ?? null,
            events: report?.events ?? info.length,
            calls: report?.calls ?? null,
            hits: report?.hits ?? null,
            cost_usd: report?.costUsd ?? null,
            saved_usd: report?.savedUsd ?? null,
            updated: info.updated,
            problem,
            unverified
          }))
          context.print(JSON.stringify({ runs }))
        } else if (rows.length === 0) {
          context.print(`No runs in ${context.shownDir}: daybook start makes one.`)
        } else {
          for (const line of runLines(rows, context)) context.print(line)
        }
        return {}
      },
      { lenient: true }
    )
}

export const status: Command = {
  name: 'status',
  usage: '[run]',
  summary: 'print what a run came to (left out: the newest)',
  takes: [0, 1],
  options: { events: { type: 'boolean', summary: 'print every event as well' } },
  run: (args, context) =>
    withStores(
      context,
      async stores => {
        const { paint, width } = context
        const [given] = args.positionals
        const run = await openRun(stores, given, context)
        const printer = args.flag('events') && !context.json ? eventLines({ width, paint }) : undefined
        const fold = runReport(run.name)
        for await (const event of run.events()) {
          fold.add(event)
          if (printer) context.print(printer.line(event))
        }
        const report = fold.report()
        const unverified = run.unverified ?? report.unverified
        const name = run.demo ? undefined : run.name
        if (context.json) {
          const { state } = report
          context.print(JSON.stringify({ ...runJson(run.short, report, run.path), state, unverified }))
          return { name }
        }
        const lines = [
          '',
          `  ${paint('bold', report.goal ?? run.short)}  ${report.state}`,
          ...unverifiedLines(unverified, run.short, { width, paint }),
          ...answerLines(report.answered, { width, paint }),
          '',
          ...summaryLines(report, { paint, name: run.short, ledger: run.path }),
          ...(report.problem === null
            ? []
            : [`  ${paint('error', problemLine(report.problem).slice('daybook: '.length))}`]),
          ...(report.state === 'not run' ? [`  ${nextOf(run.name)}`] : []),
          '',
          ...(run.demo && (given === undefined || !isDemo(given)) ? [`  ${noRuns(context.shownDir)}`, ''] : [])
        ]
        for (const line of lines) context.print(line)
        return { name }
      },
      { lenient: true }
    )
}

/** Said where the demo stands in for a run. */
export function noRuns(dir: string): string {
  return `No runs in ${dir} yet, so this is the demo. daybook start makes a run.`
}

export const remove: Command = {
  name: 'remove',
  usage: '<run>',
  summary: 'remove a run and all that belongs to it',
  takes: [1, 1],
  options: {},
  run: (args, context) =>
    withStores(
      context,
      async stores => {
        const name = await findRun(stores.store, args.positionals[0] ?? '', context.shownDir)
        const events = await stores.store.length(name)
        await stores.store.remove(name)
        if (context.json) context.print(JSON.stringify({ removed: shortName(name), events }))
        else context.print(`Removed ${shortName(name)}, ${plural(events, 'event')}.`)
        return {}
      },
      { lenient: true, quiet: true }
    )
}
