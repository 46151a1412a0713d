/** One run from a goal to its figures: what `run` and `start` share. */
import { randomBytes } from 'node:crypto'
import { createDaybook, type Kit } from 'daybook'
import { APIUserAbortError, DaybookError, InputError } from 'daybook/errors'
import type { Context } from '../command.js'
import { keyNames } from '../failures.js'
import { eventLines } from '../print/event-lines.js'
import { plural, wrapped } from '../print/format.js'
import { progress } from '../print/progress.js'
import { answerLines, type RunReport, runReport, summaryLines } from '../print/report.js'
import type { Provider } from '../providers.js'
import type { Stores } from '../stores.js'
import { version } from '../version.js'

export interface Asked {
  readonly kit: Kit
  readonly goal: string
  readonly provider: Provider
  readonly budgetUsd?: number | undefined
}

export interface Outcome {
  readonly code: number
  /** The ledger's name. */
  readonly name: string
}

/** @throws InputError for an empty goal; everything that fails later is printed, and the exit code says so. */
export async function runGoal(asked: Asked, stores: Stores, context: Context): Promise<Outcome> {
  const { io, paint, width } = context
  const { kit, goal, provider, budgetUsd } = asked
  if (goal.trim() === '') throw new InputError('The goal is empty: pass --goal "a question".')

  const tell = context.hold()
  const id = randomBytes(6).toString('hex')
  const name = `run:${id}`
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
  for (const text of opening(asked, id, context)) print(text)

  let thrown: unknown
  try {
    const run = daybook.run(kit, goal, {
      id,
      ...(io.signal ? { signal: io.signal } : {}),
      ...(budgetUsd === undefined ? {} : { budget: { maxCostUsd: budgetUsd } })
    })
    for await (const event of run) {
      fold.add(event)
      print(printer.line(event))
    }
    await run
  } catch (error) {
    thrown = error
  } finally {
    line.close()
    await daybook.close()
  }

  const report = fold.report()
  const ledger = await stores.path(name)
  if (context.json) context.print(JSON.stringify(runJson(id, report, ledger)))
  // A run that failed before its first event came to nothing: the failure says it all.
  else if (report.events > 0) for (const text of closing(asked, id, report, ledger, context)) context.print(text)

  tell(ledger)
  if (io.signal?.aborted) {
    context.fail(new APIUserAbortError(`Interrupted after ${plural(report.events, 'event')}`), ledger)
    return { code: 130, name }
  }
  const failure = thrown ?? failureOf(report)
  return { code: failure === undefined ? 0 : context.fail(failure, ledger), name }
}

function opening({ kit, goal, provider }: Asked, id: string, { paint, width }: Context): string[] {
  const [first = '', ...more] = wrapped(goal, width - 14)
  const by = provider.llm ? `${provider.name}, ${provider.model}` : 'nobody: no key is set'
  return [
    '',
    `  ${paint('bold', 'Daybook')} ${paint('muted', version())}   ${kit.name} ${kit.version}, run ${id}`,
    '',
    `  ${paint('muted', 'Goal       ')} ${paint('bold', first)}`,
    ...more.map(text => `${' '.repeat(14)}${paint('bold', text)}`),
    `  ${paint('muted', 'Answers by ')} ${by}`,
    ''
  ]
}

function closing(asked: Asked, id: string, report: RunReport, ledger: string, context: Context): string[] {
  const { paint, width } = context
  const { provider } = asked
  return [
    ...answerLines(report.answered, { width, paint }),
    '',
    ...summaryLines(report, { paint, name: id, ledger }),
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
