/** What a fork costs before it is run: the calls that are asked again, and how much comes from the recording. */

import type { ReactNode } from 'react'
import { shownActor } from '../model/book.js'
import type { Edited } from '../model/fork-draft.js'
import type { Fate, ForkPlan } from '../model/fork-plan.js'
import { count, duration, grouped, unknown, usd } from '../model/numbers.js'
import { number, record } from '../model/read.js'
import { usePanel } from '../state/context.js'
import type { OpenRun } from '../state/panel.js'
import type { Counted } from './fork-estimate.js'
import { Glyph } from './glyph.js'

const shownCalls = 100

interface PlanProps {
  readonly run: OpenRun
  readonly counted: Counted
}

export function PlannedCalls({ run, counted, edited }: PlanProps & { readonly edited: Edited }) {
  const panel = usePanel()
  const calls = counted.plan?.calls ?? []
  const limit = number(record(edited.data).max_tokens)
  return (
    <section className="section planned" aria-label="Calls that run again">
      <h3>
        Calls that run again <b>{counted.plan ? count(calls.length) : unknown}</b>
        {calls.length > 0 && <span className="right">estimated from what they were</span>}
      </h3>
      {counted.plan && calls.length === 0 && (
        <p className="muted">None: every answer comes from the recording, for $0.</p>
      )}
      {calls.slice(0, shownCalls).map(({ row, why, model, inputTokens, outputTokens, costUsd }) => {
        const event = run.book.events[row]
        const most = why === 'edited' && limit !== undefined ? `≤ ${count(limit)}` : count(outputTokens)
        return (
          <button
            type="button"
            className="planned-call"
            key={row}
            onClick={() => panel.seek(row + 1)}
            title={`Go to #${row + 1}`}
          >
            <Glyph name="request" />
            <span className="mono">#{row + 1}</span>
            <span className="clip">{event ? shownActor(event) : ''}</span>
            <span className="muted clip">{model.replace(/^.*\//, '')}</span>
            <span className={why === 'edited' ? 'f-branch' : 'muted'}>{why}</span>
            <span className="mono figure">
              {inputTokens === undefined ? unknown : `≈ ${count(inputTokens)}`} → {most}
            </span>
            <span className="mono figure">{usd(costUsd, true)}</span>
          </button>
        )
      })}
      {calls.length > shownCalls && (
        <p className="meta">
          {shownCalls} of {grouped(calls.length)} are shown.
        </p>
      )}
    </section>
  )
}

export function ForkFoot({ run, counted, children }: PlanProps & { readonly children: ReactNode }) {
  const { plan, estimate } = counted
  const total = run.book.events.length
  const left = budgetLeft(run)
  return (
    <div className="fork-foot">
      {plan ? <Bar plan={plan} total={total} /> : <div className="fates" />}
      <dl>
        <div>
          <dt>{plan ? `${grouped(plan.kept)} ${plan.kept === 1 ? 'event' : 'events'}` : unknown}</dt>
          <dd>from the recording, $0</dd>
        </div>
        <div>
          <dt className={estimate && estimate.calls > 0 ? 'f-branch' : ''}>
            {estimate ? callsText(estimate.calls) : unknown}
          </dt>
          <dd>{estimate && estimate.calls < 2 ? 'runs again' : 'run again'}</dd>
        </div>
        <div>
          <dt>{estimate?.costUsd ? usd(estimate.costUsd.low, true) : unknown}</dt>
          <dd title={left}>{mostText(estimate?.costUsd) ?? left ?? 'by the price table'}</dd>
        </div>
        <div>
          <dt>{plan?.ms === undefined ? unknown : plan.ms > 0 ? `≈ ${duration(plan.ms)}` : '≈ 0 s'}</dt>
          <dd>then Compare</dd>
        </div>
      </dl>
      {children}
    </div>
  )
}

function callsText(calls: number): string {
  return calls === 0 ? 'no call' : `≤ ${grouped(calls)} ${calls === 1 ? 'call' : 'calls'}`
}

/** The cost is that of answers as long as they were; they may be longer. */
function mostText(cost: { readonly low: number; readonly high: number } | null | undefined): string | undefined {
  return cost && cost.high - cost.low > 1e-6 ? `at most ${usd(cost.high)}` : undefined
}

/** Where the run says what it may spend. */
function budgetLeft({ book }: OpenRun): string | undefined {
  const loaded = book.events.slice(0, 20).find(({ type }) => type === 'kit.loaded')
  const most = number(record(record(loaded?.data).budget).maxCostUsd)
  if (most === undefined || book.totals.spentUsd === null) return undefined
  return `${usd(Math.max(0, most - book.totals.spentUsd))} left of ${usd(most)}`
}

const pieces = 120
const weights: Readonly<Record<Fate, number>> = {
  recorded: 0,
  'not reached': 1,
  'may change': 2,
  'runs again': 3,
  edited: 4,
  'ends it': 5
}
const looks: Readonly<Record<Fate, string>> = {
  recorded: 'recorded',
  'may change': 'may',
  'runs again': 'again',
  edited: 'again',
  'ends it': 'ends',
  'not reached': 'never'
}

/** All events in their order, in at most so many pieces: of each, what changes most in it. */
function Bar({ plan, total }: { readonly plan: ForkPlan; readonly total: number }) {
  const spans: { look: string; size: number }[] = []
  const step = Math.max(1, Math.ceil(total / pieces))
  for (let from = 0; from < total; from += step) {
    let fate: Fate = 'recorded'
    const size = Math.min(step, total - from)
    // Of a very long stretch some rows stand for all.
    for (let row = from; row < from + size; row += Math.max(1, size >> 6)) {
      const next = plan.fateOf(row)
      if (weights[next] > weights[fate]) fate = next
    }
    const last = spans.at(-1)
    if (last?.look === looks[fate]) last.size += size
    else spans.push({ look: looks[fate], size })
  }
  return (
    <div className="fates" role="img" aria-label={`${plan.kept} of ${total} events come from the recording`}>
      {spans.map(({ look, size }, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: stretches of a bar are told apart by their place
        <span key={i} className={look} style={{ flex: `${size} 1 0` }} />
      ))}
    </div>
  )
}
