/** What the run cost, saved and used. Always in sight. */
import { count, duration, grouped, unknown, usd } from '../model/numbers.js'
import { isAwaited, spentSoFar } from '../model/totals.js'
import { usePanel } from '../state/context.js'
import type { OpenRun } from '../state/panel.js'
import { late } from './late.js'

const BudgetFigure = late(async () => (await import('./budget-figure.js')).BudgetFigure)

export function TotalsBar({ run }: { readonly run: OpenRun }) {
  const { playhead } = usePanel()
  const { totals } = run.shown
  const { estimated } = totals
  const unpriced = totals.unpriced > 0
  const measured = totals.measured && !isAwaited(totals)
  const tokens = (value: number): string => (measured ? count(value) : unknown)
  let streamed = 0
  if (!measured) for (const { tokens } of run.shown.streams.live.values()) streamed += tokens
  return (
    <section className="totals" aria-label="Totals">
      <div className="figures">
        <Figure
          value={usd(spentSoFar(totals), estimated)}
          label={unpriced && totals.spentUsd !== null ? `spent, ${totals.unpriced} unpriced` : 'spent'}
          title={totals.spentUsd === null ? 'No price is known' : `$${totals.spentUsd}`}
        />
        <Figure
          className="saved"
          value={usd(totals.savedUsd ?? (totals.hits > 0 ? null : 0), estimated)}
          label="saved"
        />
        <Figure value={`${grouped(totals.hits)} of ${grouped(totals.answered)}`} label="from cache" />
        <span className="split" />
        <Figure value={tokens(totals.inputTokens)} label="in" />
        <Figure value={tokens(totals.cachedTokens)} label="cached" />
        <Figure value={streamed > 0 ? `≈ ${count(Math.round(streamed))}` : tokens(totals.outputTokens)} label="out" />
        <Figure value={tokens(totals.reasoningTokens)} label="reasoning" />
        <span className="split" />
        <Figure value={count(totals.calls)} label={totals.calls === 1 ? 'call' : 'calls'} />
        {totals.failed > 0 && <Figure className="f-error" value={count(totals.failed)} label="failed" />}
        <Figure value={count(totals.retries)} label={totals.retries === 1 ? 'retry' : 'retries'} />
        {totals.tools > 0 && <Figure value={count(totals.tools)} label={totals.tools === 1 ? 'tool' : 'tools'} />}
        <Figure value={duration(totals.medianMs)} label="p50" title="Half of the answers came sooner" />
      </div>
      {playhead !== undefined && <span className="chip">as of #{grouped(playhead)}</span>}
      <BudgetFigure run={run} />
    </section>
  )
}

function Figure(props: {
  readonly value: string
  readonly label: string
  readonly className?: string
  readonly title?: string
}) {
  return (
    <span className={`figure ${props.className ?? ''}`} title={props.title}>
      <b>{props.value}</b> {props.label}
    </span>
  )
}
