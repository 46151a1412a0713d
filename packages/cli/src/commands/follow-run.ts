/** A run from its first event here to its figures: what `run`, `start`, `resume` and `fork` share. */
import {
  createDaybook,
  type Daybook,
  type LedgerEvent,
  type Live,
  openLedger,
  type Run,
  type RunOptions
} from 'daybook'
import { APIUserAbortError, DaybookError } from 'daybook/errors'
import type { Context } from '../command.js'
import { keyNames } from '../failures.js'
import { shortName } from '../names.js'
import { eventLines } from '../print/event-lines.js'
import { plural, wrapped } from '../print/format.js'
import { progress } from '../print/progress.js'
import { answerLines, type RunReport, runReport, summaryLines } from '../print/report.js'
import type { Provider } from '../providers.js'
import type { Stores } from '../stores.js'
import { version } from '../version.js'

export interface FollowedRun {
  /** The ledger's name. */
  readonly name: string
  /** Such as `research 1.0.0, run 4f2a…`. */
  readonly title: string
  readonly goal: string
  readonly provider: Provider
  readonly budgetUsd?: number | undefined
  /** So many events were there before; they count, but are not printed again. */
  readonly known?: number
  start(daybook: Daybook, options: Pick<RunOptions, 'signal' | 'budget'>): Live<LedgerEvent, Run>
  /** What `--json` prints beside what the run came to. */
  readonly json?: object
}

export interface Outcome {
  readonly code: number
  /** The ledger's name. */
  readonly name: string
}

/** Never rejects for what the run does: everything that fails is printed, and the exit code says so. */
export async function followRun(followed: FollowedRun, stores: Stores, context: Context): Promise<Outcome> {
  const { io, paint, width } = context
  const { name, provider, budgetUsd, known = 0 } = followed
  const tell = context.hold()
  const line = progress({
    write: text => void io.stdout.write(text),
    isTTY: io.isTTY && !context.json,
    paint
  })
  const daybook = createDaybook({
    model: provider.model,
    llm: provider.llm && line.watch(provider.llm),
    store: stores.store,
    cache: stores.cache,
    host: stores.host
  })

  const fold = runReport()
  const print = context.json ? () => {} : (text = '') => line.print(text)
  const printer = eventLines({ width, paint })
  let position = 0
  let answeredBefore = 0
  const show = (event: LedgerEvent): void => {
    fold.add(event)
    const text = printer.line(event)
    if (position++ >= known) print(text)
    else if (event.type === 'llm.response') answeredBefore++
  }
  // Where a run goes on, its ledger holds events that nobody was told of.
  const catchUp = async (before?: string): Promise<void> => {
    for await (const event of (await openLedger(stores.store, name)).read()) {
      if (event.id === before) return
      show(event)
    }
  }
  for (const text of opening(followed, context)) print(text)

  let thrown: unknown
  try {
    const run = followed.start(daybook, {
      ...(io.signal ? { signal: io.signal } : {}),
      ...(budgetUsd === undefined ? {} : { budget: { maxCostUsd: budgetUsd } })
    })
    for await (const event of run) {
      if (position === 0) await catchUp(event.id)
      show(event)
    }
    await run
    if (position === 0) await catchUp()
  } catch (error) {
    thrown = error
  } finally {
    line.close()
    await daybook.close()
  }

  const report = fold.report()
  const ledger = await stores.path(name)
  if (context.json) {
    context.print(JSON.stringify({ ...runJson(shortName(name), report, ledger), ...followed.json }))
  } else if (position > 0) {
    // A run that failed before its first event came to nothing: the failure says it all.
    if (position === known && thrown === undefined) print('  Nothing was left to do.')
    for (const text of closing(followed, report, answeredBefore, ledger, context)) context.print(text)
  }

  tell(ledger)
  if (io.signal?.aborted) {
    context.fail(new APIUserAbortError(`Interrupted after ${plural(report.events, 'event')}`), ledger)
    return { code: 130, name }
  }
  const failure = thrown ?? failureOf(report)
  return { code: failure === undefined ? 0 : context.fail(failure, ledger), name }
}

function opening({ goal, provider, title }: FollowedRun, { paint, width }: Context): string[] {
  const [first = '', ...more] = wrapped(goal, width - 14)
  const by = provider.llm ? `${provider.name}, ${provider.model}` : 'nobody: no key is set'
  return [
    '',
    `  ${paint('bold', 'Daybook')} ${paint('muted', version())}   ${title}`,
    '',
    `  ${paint('muted', 'Goal       ')} ${paint('bold', first)}`,
    ...more.map(text => `${' '.repeat(14)}${paint('bold', text)}`),
    `  ${paint('muted', 'Answers by ')} ${by}`,
    ''
  ]
}

function closing(
  { name, provider }: FollowedRun,
  report: RunReport,
  answeredBefore: number,
  ledger: string,
  context: Context
): string[] {
  const { paint, width } = context
  return [
    ...answerLines(report.answered.slice(answeredBefore), { width, paint }),
    '',
    ...summaryLines(report, { paint, name: shortName(name), ledger }),
    '',
    ...(provider.llm === false && report.unanswered > 0 ? [`  ${howToAnswer(report.unanswered)}`, ''] : [])
  ]
}

function howToAnswer(unanswered: number): string {
  return `${plural(unanswered, 'request')} unanswered: set one of ${keyNames.join(', ')}, or pass --simulate`
}

/** What `--json` prints of a run. */
export function runJson(id: string, report: RunReport, ledger: string): object {
  return {
    run: id,
    kit: report.kit,
    goal: report.goal,
    events: report.events,
    calls: report.calls,
    hits: report.hits,
    cost_usd: report.costUsd,
    saved_usd: report.savedUsd,
    unanswered: report.unanswered,
    answers: report.answers,
    ledger
  }
}

/** A run whose calls or responders failed has failed, though every failure is an event and its ledger is whole. */
function failureOf(report: RunReport): DaybookError | undefined {
  if (report.problem === null) return undefined
  const asked = report.failures + report.answers.length
  const which = report.failures === asked ? 'Every call' : `${report.failures} of ${plural(asked, 'call')}`
  return new DaybookError('agent', report.failures > 0 ? `${which} failed: ${report.problem}` : report.problem)
}
