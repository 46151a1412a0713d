/** `daybook trace`: why an event is there, back to its roots; or what came of it. */
import { effects, type LedgerEvent, type RunSummary, runSummary, trace } from 'daybook'
import { asDaybookError, InputError } from 'daybook/errors'
import type { Command, Context } from '../command.js'
import { type FoundEvent, findEvent, noEvent, type OpenRun, openRun } from '../open-run.js'
import { eventLines } from '../print/event-lines.js'
import { duration, money, oneLine, plural } from '../print/format.js'
import { newestFirst } from '../runs.js'
import { type Stores, withStores } from '../stores.js'
import { markIn, unverifiedLines } from '../unverified.js'
import { noRuns } from './runs.js'

/** What an event led to is a walk through all of that: it is worked out for the first ones, up to so many steps in all. */
const mostSteps = 1_000_000
/** So many events are printed; `--json` has all of them. */
const printed = 200

export const traced: Command = {
  name: 'trace',
  usage: '[event]',
  summary: 'print why an event is there, back to its roots',
  notes: [
    'The event is its id, the beginning of it, or the number before it where a run is printed (left out: the last one). Without --run it is looked for in all runs, the newest first, and then in the demo.'
  ],
  takes: [0, 1],
  options: {
    run: { type: 'string', value: 'run', summary: 'the run that the event belongs to' },
    effects: { type: 'boolean', summary: 'print what the event led to instead' }
  },
  run: (args, context) =>
    withStores(
      context,
      async stores => {
        const [given] = args.positionals
        const { run, events, found } = await search(stores, given, args.text('run'), context)
        const forward = args.flag('effects')
        const path = forward ? effects(events, found.event.id) : trace(events, found.event.id)
        const led = consequencesOf(path, events)
        const name = run.demo ? undefined : run.name
        const unverified = run.unverified ?? markIn(run.name, events)
        if (context.json)
          context.print(
            JSON.stringify({ ...traceJson(run, events, path, led, forward), unverified: unverified ?? null })
          )
        else {
          for (const line of unverifiedLines(unverified, run.short, context)) context.print(line)
          for (const line of traceLines(run, events, path, led, forward, context)) context.print(line)
        }
        if (run.demo && !context.json && args.text('run') === undefined && (await stores.store.list()).length === 0) {
          context.print(`  ${noRuns(context.shownDir)}`)
          context.print()
        }
        return { name }
      },
      { lenient: true }
    )
}

interface Searched {
  readonly run: OpenRun
  readonly events: readonly LedgerEvent[]
  readonly found: FoundEvent
}

async function search(
  stores: Stores,
  given: string | undefined,
  inRun: string | undefined,
  context: Context
): Promise<Searched> {
  const names = inRun === undefined ? (await newestFirst(stores.store)).map(({ name }) => name) : [inRun]
  if (inRun === undefined) names.push('demo')
  for (const name of names) {
    const searched = await lookIn(stores, name, given, inRun !== undefined, context)
    if (searched) return searched
  }
  throw new InputError(
    `There is no event "${oneLine(given ?? '', 60)}" in the runs of ${context.shownDir}, nor in the demo: daybook status <run> --events prints them.`
  )
}

async function lookIn(
  stores: Stores,
  name: string,
  given: string | undefined,
  only: boolean,
  context: Context
): Promise<Searched | undefined> {
  try {
    const run = await openRun(stores, name, context)
    const events = await run.all()
    const last = events.at(-1)
    const found = given === undefined ? last && { position: events.length - 1, event: last } : findEvent(events, given)
    if (!found && only) throw noEvent(given ?? '', run.short, events.length)
    return found && { run, events, found }
  } catch (error) {
    if (only || error instanceof InputError) throw error
    // Among many runs, one that cannot be read hides no other.
    context.warn({ area: 'ledger', kind: name, message: asDaybookError(error, 'ledger').message })
    return undefined
  }
}

interface Consequence extends RunSummary {
  /** From the event to the last of what it led to, in milliseconds. */
  readonly elapsedMs: number
}

/** What came of each event, but for itself. What leads where is looked up once for all of them. */
function consequencesOf(
  path: readonly LedgerEvent[],
  events: readonly LedgerEvent[]
): ReadonlyMap<string, Consequence> {
  const positions = new Map(events.map(({ id }, position) => [id, position]))
  const following: number[][] = events.map(() => [])
  events.forEach(({ cause }, position) => {
    for (const id of cause) following[positions.get(id) ?? -1]?.push(position)
  })
  const led = new Map<string, Consequence>()
  let steps = 0
  for (const event of path) {
    if (steps > mostSteps) break
    // Grows while it is walked: queue and memory in one.
    const reached = new Set(following[positions.get(event.id) ?? -1])
    for (const position of reached) for (const next of following[position] ?? []) reached.add(next)
    steps += reached.size
    led.set(
      event.id,
      consequence(
        event,
        [...reached].map(position => events[position] as LedgerEvent)
      )
    )
  }
  return led
}

function consequence(event: LedgerEvent, effects: readonly LedgerEvent[]): Consequence {
  const fold = runSummary()
  const began = Date.parse(event.timestamp)
  let ended = began
  for (const effect of effects) {
    fold.add(effect)
    ended = Math.max(ended, Date.parse(effect.timestamp) || 0)
  }
  return { ...fold.summary(), elapsedMs: Number.isFinite(ended - began) ? ended - began : 0 }
}

function traceJson(
  run: OpenRun,
  events: readonly LedgerEvent[],
  path: readonly LedgerEvent[],
  led: ReadonlyMap<string, Consequence>,
  forward: boolean
): object {
  const numbers = new Map(events.map(({ id }, position) => [id, position + 1]))
  return {
    event: path[0]?.id,
    run: run.short,
    demo: run.demo,
    direction: forward ? 'effects' : 'causes',
    events: path.map(({ id, type, actor, cause, timestamp }) => {
      const of = led.get(id)
      const figures = of && {
        ...{ events: of.events, calls: of.calls, hits: of.hits },
        ...{ cost_usd: of.costUsd, elapsed_ms: of.elapsedMs }
      }
      return { number: numbers.get(id), id, type, actor, cause, timestamp, ...(figures ? { led_to: figures } : {}) }
    })
  }
}

function traceLines(
  run: OpenRun,
  events: readonly LedgerEvent[],
  path: readonly LedgerEvent[],
  led: ReadonlyMap<string, Consequence>,
  forward: boolean,
  { paint, width }: Context
): string[] {
  const shown = path.slice(0, printed)
  const wanted = new Set(shown.map(({ id }) => id))
  const printer = eventLines({ width, paint })
  const lines = new Map<string, string>()
  for (const event of events) {
    const line = printer.line(event)
    if (wanted.has(event.id)) lines.set(event.id, line)
  }
  const others = path.length - 1
  const what = forward
    ? others === 0
      ? 'It led to nothing.'
      : `It led to ${plural(others, 'event')}.`
    : others === 0
      ? 'It is a root: nothing led to it.'
      : `${plural(others, 'event')} led to it.`
  return [
    '',
    `  ${paint('bold', path[0]?.id ?? '')}  ${run.demo ? 'the demo' : run.short}`,
    `  ${what}`,
    '',
    ...shown.flatMap(({ id }) => {
      const of = led.get(id)
      const below = of && of.events > 0 ? [paint('muted', `       led to ${consequenceText(of)}`)] : []
      return [lines.get(id) ?? '', ...below]
    }),
    ...(path.length > printed ? [paint('muted', `  and ${path.length - printed} more: --json prints them all`)] : []),
    ''
  ]
}

function consequenceText(of: Consequence): string {
  return [
    plural(of.events, 'event'),
    ...(of.calls > 0 ? [`${plural(of.calls, 'call')} ${money(of.costUsd, of)}`] : []),
    ...(of.hits > 0 ? [`${of.hits} from the cache`] : []),
    duration(of.elapsedMs)
  ].join(', ')
}
