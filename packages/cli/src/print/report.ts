/** What a run came to, as a person reads it: answers under their questions, then the figures. */
import { type AnyEvent, type LedgerEvent, type RunSummary, runSummary } from 'daybook'
import { questionOf } from './event-lines.js'
import { count, duration, money, plural, wrapped } from './format.js'
import type { Paint } from './paint.js'

export interface Answered {
  readonly question: string
  readonly text: string
  /** Where it came from: a provider, or the cache. */
  readonly cached: boolean
}

export interface RunReport extends RunSummary {
  readonly answered: readonly Answered[]
  /** How long it ran, in milliseconds: without the time before it was forked or taken up again. */
  readonly elapsedMs: number
  /** `done`, `failed` (a call, a responder or the budget) or `unanswered`. */
  readonly state: 'done' | 'failed' | 'unanswered'
}

/** Folds events one by one; `report()` may be asked at any time. */
export function runReport(): { add(event: LedgerEvent): void; report(): RunReport } {
  const fold = runSummary()
  const questions = new Map<string, string>()
  const answered: Answered[] = []
  let last: number | undefined
  let elapsedMs = 0

  return {
    add(recorded) {
      fold.add(recorded)
      const event = recorded as AnyEvent
      const time = Date.parse(event.timestamp)
      const again = event.type === 'branch.created' || event.type === 'run.resumed'
      if (Number.isFinite(time)) {
        if (last !== undefined && !again) elapsedMs += Math.max(0, time - last)
        // What a fork takes over keeps its time, which is that of another run.
        last = last === undefined ? time : Math.max(last, time)
      }
      if (event.type === 'llm.request') questions.set(event.id, questionOf(event))
      if (event.type === 'llm.response') {
        const asked = event.cause.find(id => questions.has(id)) ?? ''
        answered.push({ question: questions.get(asked) ?? '', text: event.data.text, cached: event.data.cached })
        questions.delete(asked)
      }
    },
    report() {
      const summary = fold.summary()
      const state = summary.problem !== null ? 'failed' : summary.unanswered > 0 ? 'unanswered' : 'done'
      return { ...summary, answered, elapsedMs, state }
    }
  }
}

export async function reportOf(events: AsyncIterable<LedgerEvent>): Promise<RunReport> {
  const fold = runReport()
  for await (const event of events) fold.add(event)
  return fold.report()
}

export interface ReportLinesOptions {
  readonly paint: Paint
  /** The ledger's name and where it is. */
  readonly name: string
  readonly ledger: string
  /** Who answered, such as `Anthropic, claude-haiku-4-5`. */
  readonly answeredBy?: string | undefined
}

/** A prompt may be a book: its beginning is enough to know it by. */
const questionLines = 4

export function answerLines(
  answered: readonly Answered[],
  { width, paint }: { width: number; paint: Paint }
): string[] {
  return answered.flatMap(({ question, text, cached }) => {
    const asked = wrapped(question.replace(/\s+/g, ' '), width - 4).slice(0, questionLines)
    return [
      '',
      ...asked.map(line => `  ${paint('bold', line)}`),
      ...(cached ? [`  ${paint('cache', 'from the cache')}`] : []),
      ...wrapped(text, width - 4).map(line => `  ${line}`.trimEnd())
    ]
  })
}

/** The block of figures under a run. */
export function summaryLines(report: RunReport, options: ReportLinesOptions): string[] {
  const { paint, name, ledger, answeredBy } = options
  const sign = { estimated: report.estimated }
  const rows: [string, string][] = [
    ['Run', `${name}, ${plural(report.events, 'event')} in ${duration(report.elapsedMs)}`],
    ...(answeredBy === undefined ? [] : [['Answers by', answeredBy] as [string, string]]),
    ['Calls', callsText(report)],
    ['Tokens', `${count(report.inputTokens)} in, ${count(report.outputTokens)} out`],
    ['Cost', money(report.costUsd, sign)],
    ['Ledger', ledger]
  ]
  return rows.map(([label, text]) => `  ${paint('muted', label.padEnd(11))} ${text}`)
}

/** `0 provider calls, 3 from the cache, saved ≈ $0.0123`, and what else happened to the requests. */
export function callsText(report: RunSummary): string {
  return [
    plural(report.calls, 'provider call'),
    `${report.hits} from the cache`,
    ...(report.hits > 0 ? [`saved ${money(report.savedUsd, { estimated: report.estimated })}`] : []),
    ...(report.failures > 0 ? [`${report.failures} failed`] : []),
    ...(report.unanswered > 0 ? [`${report.unanswered} unanswered`] : [])
  ].join(', ')
}
