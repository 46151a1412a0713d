/** `daybook replay`: a run from its ledger alone, without a call; strictly, whether it would happen again. */
import { setTimeout as wait } from 'node:timers/promises'
import { type Divergence, type LedgerEvent, type ReplayReport, strictReplay, type World } from 'daybook'
import { InputError, LedgerCorruptError } from 'daybook/errors'
import type { Args, Command, Context } from '../command.js'
import { type OpenRun, openRun } from '../open-run.js'
import { fieldName, pairText } from '../print/change-lines.js'
import { eventLines } from '../print/event-lines.js'
import { oneLine, plural, wrapped } from '../print/format.js'
import { runReport, summaryLines } from '../print/report.js'
import { countedTypes, objectLines } from '../print/world-lines.js'
import { type Stores, withStores } from '../stores.js'
import { unverifiedLines, worldOf } from '../unverified.js'
import { verifyRun } from '../verify-run.js'
import { kitOfRun } from './kit-of-run.js'

/** Nobody sits through the night in which a run stood still. */
const longestPauseMs = 5000

export const replay: Command = {
  name: 'replay',
  usage: '<run>',
  summary: 'play a run again from its ledger, without a call',
  notes: [
    'With --strict the responders run again on the recorded answers, and every event is compared with the recorded one. A ledger that is not as it was written is refused.',
    `With --speed the events are printed at their own pace; a pause is at most ${longestPauseMs / 1000} s.`
  ],
  takes: [1, 1],
  options: {
    strict: { type: 'boolean', summary: 'run the responders again and compare every event' },
    kit: { type: 'string', value: 'kit', summary: 'with --strict: the kit, where it is not one of the included ones' },
    speed: { type: 'string', value: 'speed', summary: 'recorded, or so many times as fast' }
  },
  run: (args, context) =>
    withStores(
      context,
      async stores => {
        const speed = speedOf(args)
        if (speed !== undefined && args.flag('strict')) throw new InputError('--speed and --strict do not go together.')
        const code = args.flag('strict')
          ? await strictly(args, stores, context)
          : await freely(await openRun(stores, args.positionals[0], context), speed, context)
        return { code }
      },
      { lenient: !args.flag('strict') }
    )
}

/** @throws InputError for what is neither `recorded` nor a number above 0. */
function speedOf(args: Args): number | undefined {
  const text = args.text('speed')
  if (text === undefined) return undefined
  const speed = text === 'recorded' ? 1 : Number(text)
  if (text.trim() === '' || !Number.isFinite(speed) || speed <= 0) {
    throw new InputError('--speed takes recorded, or a number above 0 such as 10.')
  }
  return speed
}

async function freely(run: OpenRun, speed: number | undefined, context: Context): Promise<number> {
  const { io, paint, width, json } = context
  const printer = speed === undefined || json ? undefined : eventLines({ width, paint })
  const fold = runReport(run.name)
  const events: LedgerEvent[] = []
  let time: number | undefined
  for await (const event of run.events()) {
    const at = Date.parse(event.timestamp)
    if (speed !== undefined && time !== undefined && at > time) {
      const pause = Math.min(longestPauseMs, at - time) / speed
      const going = await wait(pause, true, io.signal ? { signal: io.signal } : {}).catch(() => false)
      if (!going) return 130
    }
    if (Number.isFinite(at)) time = at
    events.push(event)
    fold.add(event)
    if (printer) context.print(printer.line(event))
  }
  const report = fold.report()
  const unverified = run.unverified ?? report.unverified
  const world = worldOf(events, unverified)
  const ledger = run.path
  if (json) {
    const { kit, goal, calls, hits, costUsd, savedUsd, unanswered } = report
    const figures = {
      kit,
      goal,
      events: report.events,
      calls,
      hits,
      cost_usd: costUsd,
      saved_usd: savedUsd,
      unanswered
    }
    context.print(JSON.stringify({ run: run.short, ...figures, ...worldJson(world), unverified, ledger }))
    return 0
  }
  const row = (label: string, text: string): string[] =>
    wrapped(text, width - 14).map((line, index) => `  ${paint('muted', (index === 0 ? label : '').padEnd(11))} ${line}`)
  const lines = [
    '',
    `  ${paint('bold', oneLine(report.goal ?? run.short, width - 2))}`,
    ...unverifiedLines(unverified, run.short, context),
    '',
    ...objectLines(world, { paint, width, most: 30 }),
    ...(world.objects.size > 0 ? [''] : []),
    ...row('Objects', countedTypes(world.objects.values())),
    ...row('Relations', countedTypes(world.relations.values())),
    ...row('World', world.hash()),
    ...summaryLines(report, { paint, name: run.short, ledger }),
    ''
  ]
  for (const line of lines) context.print(line)
  return 0
}

function worldJson(world: World): object {
  return { objects: world.objects.size, relations: world.relations.size, hash: world.hash() }
}

async function strictly(args: Args, stores: Stores, context: Context): Promise<number> {
  const [given = ''] = args.positionals
  const [file] = stores.onDisk ? await verifyRun(given, context) : []
  if (file && !file.ok) {
    const where = file.line === undefined || file.ledger !== undefined ? '' : `Line ${file.line}: `
    throw new LedgerCorruptError(
      `${file.path} is not as it was written, so it is not replayed. ${where}${file.reason}`,
      { data: { line: file.line ?? 0 } }
    )
  }
  const run = await openRun(stores, given, context)
  const { kit, loaded } = await kitOfRun(run, args.text('kit'), context)
  const report = await strictReplay(await run.all(), {
    responders: kit.responders(loaded.options),
    edges: kit.edges,
    signal: context.io.signal
  })
  const { events, equal, ok, diverged, divergences, hash } = report
  if (context.json) {
    const of = { run: run.short, strict: true, kit: `${kit.name} ${kit.version}` }
    context.print(JSON.stringify({ ...of, ok, events, equal, diverged, divergences, hash, ledger: run.path }))
  } else {
    const other = kit.version === loaded.version ? '' : `, made with ${loaded.version}`
    for (const line of strictLines(run, report, `${kit.name} ${kit.version}${other}`, context)) context.print(line)
  }
  return ok ? 0 : 1
}

function strictLines(run: OpenRun, report: ReplayReport, kit: string, { paint, width }: Context): string[] {
  const { events, equal, ok, diverged, divergences, hash } = report
  const row = (label: string, text: string): string[] =>
    wrapped(text, width - 15).map(
      (line, index) => `    ${paint('muted', (index === 0 ? label : '').padEnd(9))} ${line}`
    )
  const [first] = divergences
  const others = diverged - 1
  const said = ok
    ? `all ${plural(equal, 'event')} that its responders made are made again`
    : `${plural(equal, 'event')} made again as ${equal === 1 ? 'it is' : 'they are'} recorded, ${diverged} not`
  return [
    `  ${ok ? paint('response', '✓') : paint('error', '✕')} ${run.short}: ${said}`,
    ...row('Events', `${events}, the others are where it began, its answers and what the runtime notes`),
    ...row('Kit', kit),
    ...(first ? divergenceRows(first, width).flatMap(([label, text]) => row(label, text)) : []),
    ...(others > 0
      ? row(
          'Others',
          `${others} more ${others === 1 ? 'differs' : 'differ'}: --json names ${others === 1 ? 'it' : 'them'}`
        )
      : []),
    ...row('World', hash),
    ...row('Ledger', run.path)
  ]
}

function divergenceRows({ position, event, message, fields }: Divergence, width: number): [string, string][] {
  const [field] = fields
  const first: [string, string] = ['First', `#${position + 1}, ${event}`]
  if (!field) return [first, ['What', message]]
  const [expected = 'nothing', found = 'nothing'] = pairText(field, 2 * width)
  return [first, ['Path', fieldName(field.path)], ['Expected', expected], ['Found', found]]
}
