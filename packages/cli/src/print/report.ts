/** What a run came to, as a person reads it: answers under their questions, then the figures. */
import { type AnyEvent, type LedgerEvent, type RunSummary, runSummary } from 'daybook'
import { isMark, markedAs, type Unverified } from '../unverified.js'
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
  /** `done`, `failed` (a call, a responder or the budget), `unanswered`, or `not run`: a fork that was only made. */
  readonly state: 'done' | 'failed' | 'unanswered' | 'not run'
  /** Of a copy that was imported from a broken chain. */
  readonly unverified: Unverified | null
}

/** Folds events one by one; `report()` may be asked at any time. */
/** @param name The ledger's, where it is shown what is wrong with it. */
export function runReport(name = ''): { add(event: LedgerEvent): void; report(): RunReport } {
  const fold = runSummary()
  const questions = new Map<string, string>()
  const answered: Answered[] = []
  let last: number | undefined
  let elapsedMs = 0
  let position = 0
  let unverified: Unverified | undefined
  // Of a branch: how many events that it took over are still to come, and whether anything happened in it since.
  let carried = 0
  let tookOver = false
  let forked: 'no' | 'made' | 'run' = 'no'

  return {
    add(recorded) {
      fold.add(recorded)
      const event = recorded as AnyEvent
      const time = Date.parse(event.timestamp)
      if (!unverified && isMark(recorded)) unverified = markedAs(name, recorded, position)
      position++
      const taken = carried-- > 0
      const begins = forked === 'made' && !taken
      if (event.type === 'branch.created') {
        carried = event.data.carried ?? 0
        tookOver = carried > 0
        forked = 'made'
      } else if (begins) forked = 'run'
      const again = event.type === 'branch.created' || event.type === 'run.resumed'
      if (Number.isFinite(time)) {
        if (last !== undefined && !again && !taken) {
          const gap = Math.max(0, time - last)
          // A fork may lie for a week before it is run: of its first event only the answering counts.
          elapsedMs += !begins ? gap : event.type === 'llm.response' ? Math.min(gap, event.data.latency_ms || 0) : 0
        }
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
      const state =
        // What took nothing over was forked where its parent had ended: nothing is to be done.
        forked === 'made' && (tookOver || summary.unanswered > 0)
          ? 'not run'
          : summary.problem !== null
            ? 'failed'
            : summary.unanswered > 0
              ? 'unanswered'
              : 'done'
      return { ...summary, answered, elapsedMs, state, unverified: unverified ?? null }
    }
  }
}

export async function reportOf(events: AsyncIterable<LedgerEvent>, name: string): Promise<RunReport> {
  const fold = runReport(name)
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
