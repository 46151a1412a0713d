/** `daybook fork`: a run once more from one of its events on, with one thing changed. */
import {
  type ForkEstimate,
  forkEstimate,
  forkLedger,
  importLedger,
  type Json,
  type LedgerChange,
  type LedgerEvent,
  type LLMRequest,
  openLedger,
  type Target
} from 'daybook'
import { InputError } from 'daybook/errors'
import { amount, wholeNumber } from '../args.js'
import type { Args, Command, Context } from '../command.js'
import { demoText } from '../demo.js'
import { shortName } from '../names.js'
import { type FoundEvent, findEvent, noEvent, type OpenRun, openRun } from '../open-run.js'
import { jsonText } from '../print/change-lines.js'
import { eventLines } from '../print/event-lines.js'
import { money, oneLine, plural } from '../print/format.js'
import { chooseProvider } from '../providers.js'
import { checkPath, checkRemoved } from '../set-paths.js'
import { openStores, type Stores } from '../stores.js'
import { followRun } from './follow-run.js'
import { kitOfRun } from './kit-of-run.js'
import { askingOptions } from './resume.js'
import { freshId } from './run-goal.js'

export const fork: Command = {
  name: 'fork',
  usage: '<run> --at <events>',
  summary: 'run the rest of a run again with one thing changed; what stays the same costs nothing',
  notes: [
    '--at 14 shares the first 14 events, and the one after them may be changed: fork 4f2a --at 14 --set model=openai/gpt-5-mini. Nothing is asked without --run: what it would cost is printed first.',
    '--set takes the paths that are there and the known parameters of a request. A parameter that only its provider knows is written with a slash: --set /top_a=0.5.'
  ],
  takes: [1, 1],
  options: {
    at: { type: 'string', value: 'number', summary: 'how many events the fork shares with the run' },
    set: {
      type: 'string',
      multiple: true,
      value: 'path=value',
      summary: 'what is different in the event, such as model=… or messages.0.content=…; may be given more than once'
    },
    insert: {
      type: 'string',
      multiple: true,
      value: 'path=value',
      summary:
        'what is put into a list of the event, before what stands at the path, such as messages.1={"role":"user",…}'
    },
    unset: {
      type: 'string',
      multiple: true,
      value: 'path',
      summary: 'what is left out of the event: a parameter, such as temperature, or a message, such as messages.2'
    },
    event: {
      type: 'string',
      value: 'event',
      summary: 'which event is changed: its number or id (default: the one after --at)'
    },
    id: { type: 'string', value: 'name', summary: 'the name of the fork (default: made up)' },
    strict: {
      type: 'boolean',
      summary: 'end the fork, before it is paid, at a call that is not recorded and does not follow from the change'
    },
    estimate: { type: 'boolean', summary: 'print what it would cost, and make nothing' },
    run: { type: 'boolean', summary: 'run it now' },
    ...askingOptions
  },
  async run(args, context) {
    const budgetUsd = amount(args, 'budget-usd')
    const strict = args.flag('strict')
    const stores = await openStores(context)
    try {
      const run = await runToFork(args, stores, context)
      const events = await run.all()
      const { position, changed, change } = whatToChange(args, run, events)
      const provider = await chooseProvider({ ...context.io, model: modelOf(events), simulate: args.flag('simulate') })
      const { llm } = provider
      const target = llm ? (request: LLMRequest): Target | undefined => llm.target?.(request) : undefined
      const estimate = await forkEstimate(events, position, { change, strict, target })
      const id = args.text('id')?.replace(/^branch:/, '') ?? freshId()
      const plan: Plan = { run, events, position, changed, change, strict, estimate, branch: `branch:${id}` }

      if (args.flag('run') && !args.flag('estimate')) {
        if (!context.json) for (const line of forkLines(plan, undefined, context)) context.print(line)
        const { kit, loaded } = await kitOfRun(run, args.text('kit'), context)
        const outcome = await followRun(
          {
            name: plan.branch,
            title: `${kit.name} ${kit.version}, ${plan.branch}, from ${run.short} at event ${position}`,
            ...{ goal: loaded.goal, provider, budgetUsd, known: position, json: forkJson(plan) },
            start: (daybook, options) =>
              daybook.fork(run.name, position, { id, kit, strict, ...(change ? { change } : {}), ...options })
          },
          stores,
          context
        )
        return outcome.code
      }
      if (!args.flag('estimate'))
        await forkLedger(await openLedger(run.store, run.name), position, { id, change, strict, target })
      const ledger = args.flag('estimate') ? undefined : await stores.path(plan.branch)
      if (context.json)
        context.print(JSON.stringify({ ...forkJson(plan), ...(ledger === undefined ? {} : { ledger }) }))
      else for (const line of forkLines(plan, ledger, context)) context.print(line)
      return 0
    } finally {
      await stores.close()
    }
  }
}

interface Plan {
  readonly run: OpenRun
  readonly events: readonly LedgerEvent[]
  readonly position: number
  /** The event that is different. */
  readonly changed: FoundEvent | undefined
  readonly change: LedgerChange | undefined
  readonly strict: boolean
  readonly estimate: ForkEstimate
  readonly branch: string
}

/** The model that the run was started with. */
function modelOf(events: readonly LedgerEvent[]): string | undefined {
  const loaded = events.find(({ type }) => type === 'kit.loaded') as LedgerEvent<'kit.loaded'> | undefined
  const model = loaded?.data.options?.model
  return typeof model === 'string' ? model : undefined
}

/** The demo is copied into the folder first: a fork shares the events of a ledger that is beside it. */
async function runToFork(args: Args, stores: Stores, context: Context): Promise<OpenRun> {
  const [given] = args.positionals
  const run = await openRun(stores, given, context)
  if (!run.demo || args.flag('estimate')) return run
  await importLedger(stores.store, await demoText())
  return openRun(stores, given, context)
}

function whatToChange(
  args: Args,
  run: OpenRun,
  events: readonly LedgerEvent[]
): Pick<Plan, 'position' | 'changed' | 'change'> {
  const named = args.text('event')
  const found = named === undefined ? undefined : findEvent(events, named)
  if (named !== undefined && !found) throw noEvent(named, run.short, events.length)
  const at = wholeNumber(args, 'at', events.length) ?? found?.position
  if (at === undefined) {
    throw new InputError(`fork needs to know where: pass --at with a number from 0 to ${events.length}, or --event.`)
  }
  const set = settings(args.texts('set'), 'set')
  const insert = settings(args.texts('insert'), 'insert')
  const remove = args.texts('unset')
  if (Object.keys(set).length + Object.keys(insert).length + remove.length === 0) {
    if (found) throw new InputError('--event says what is changed, and --set how: pass --set path=value.')
    return { position: at, changed: undefined, change: undefined }
  }
  const event = events[at]
  const changed = found ?? (event && { position: at, event })
  if (!changed)
    throw new InputError(`There is no event after the first ${at}, so nothing can be changed: pass a smaller --at.`)
  for (const path of [...Object.keys(set), ...Object.keys(insert)]) checkPath(changed.event, path)
  for (const path of remove) checkRemoved(changed.event, path)
  return { position: at, changed, change: { event: changed.event.id, set, insert, remove } }
}

/** `path=value`: JSON where it can be read as such, else text. */
function settings(given: readonly string[], option: string): Record<string, Json> {
  return Object.fromEntries(
    given.map(text => {
      const at = text.indexOf('=')
      if (at < 1)
        throw new InputError(`--${option} takes path=value, such as ${examples[option]}, not "${oneLine(text, 60)}".`)
      return [text.slice(0, at), settingOf(text.slice(at + 1))]
    })
  )
}

const examples: Readonly<Record<string, string>> = {
  set: 'model=openai/gpt-5-mini',
  insert: 'messages.1={"role":"user","content":"…"}'
}

function settingOf(text: string): Json {
  try {
    return JSON.parse(text) as Json
  } catch {
    return text
  }
}

function forkJson({ run, position, changed, change, strict, estimate, branch }: Plan): object {
  const { reused, calls, costUsd, endsAt } = estimate
  const { set, insert, remove } = change ?? {}
  return {
    branch: shortName(branch),
    parent: run.short,
    position,
    change: change && changed ? { event: changed.event.id, ...filled({ set, insert, remove }) } : null,
    ...(strict ? { strict } : {}),
    estimate: { reused, calls, cost_usd: costUsd, ...(endsAt === undefined ? {} : { ends_at: endsAt }) }
  }
}

/** Without what is empty; what is set is always told. */
function filled({ set = {}, insert = {}, remove = [] }: Omit<LedgerChange, 'event'>): object {
  return { set, ...(Object.keys(insert).length > 0 ? { insert } : {}), ...(remove.length > 0 ? { remove } : {}) }
}

function forkLines(plan: Plan, ledger: string | undefined, { paint, width }: Context): string[] {
  const { run, events, position, changed, change, branch } = plan
  const printer = eventLines({ width: Math.max(60, width - 14), paint })
  const lines = events.slice(0, (changed?.position ?? -1) + 1).map(event => printer.line(event))
  const row = (label: string, text: string): string => `  ${paint('muted', label.padEnd(11))} ${text}`
  return [
    '',
    ...(ledger === undefined ? [] : [row('Fork', paint('bold', shortName(branch)))]),
    row('Shares', `${position === 0 ? 'no event' : plural(position, 'event')} with ${run.short}`),
    ...(changed
      ? [
          row('Changes', (lines.at(-1) ?? '').trimStart()),
          ...Object.entries(change?.set ?? {}).map(([path, value]) =>
            row('', `${path} = ${jsonText(value, width - 26)}${isThere(changed.event.data, path) ? '' : ' (new)'}`)
          ),
          ...Object.entries(change?.insert ?? {}).map(([path, value]) =>
            row('', `${path} = ${jsonText(value, width - 30)} (inserted)`)
          ),
          ...(change?.remove ?? []).map(path => row('', `${path} (left out)`))
        ]
      : [row('Changes', 'nothing')]),
    row('Would cost', estimateText(plan.estimate)),
    ...(plan.strict ? [row('Strict', strictText(plan))] : []),
    ...(ledger === undefined ? [] : [row('Ledger', ledger)]),
    '',
    ...(ledger === undefined ? [] : [`  Nothing was asked yet: daybook resume ${shortName(branch)} runs it.`, ''])
  ]
}

/** Whether the path, dotted or with slashes, leads to something: what leads nowhere was refused before. */
function isThere(data: object, path: string): boolean {
  const names = path.startsWith('/') ? path.slice(1).split('/') : path.split('.')
  let holder: unknown = data
  for (const coded of names) {
    const name = path.startsWith('/') ? coded.replaceAll('~1', '/').replaceAll('~0', '~') : coded
    if (typeof holder !== 'object' || holder === null || !Object.hasOwn(holder, name)) return false
    holder = (holder as Record<string, unknown>)[name]
  }
  return true
}

function strictText({ estimate: { endsAt }, events }: Plan): string {
  if (endsAt === undefined) return 'a call that is not recorded and does not follow from the change ends it'
  return `it ends at event ${endsAt + 1}, ${oneLine(events[endsAt]?.id ?? '', 40)}: that has no recorded answer`
}

function estimateText({ reused, calls, costUsd }: ForkEstimate): string {
  const cost =
    calls === 0
      ? '$0'
      : costUsd === null
        ? 'at an unknown price'
        : costUsd.low === costUsd.high
          ? money(costUsd.high, { estimated: true })
          : `${money(costUsd.low)} to ${money(costUsd.high)}`
  return `${cost}: ${plural(calls, 'call')}, ${plural(reused, 'answer')} from ${calls === 0 && reused === 0 ? 'nowhere' : 'the run itself'}`
}
