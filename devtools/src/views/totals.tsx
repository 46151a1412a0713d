/** What the run cost, saved and used. Always in sight. */
import { budgetAt } from '../model/budget.js'
import { count, duration, grouped, unknown, usd } from '../model/numbers.js'
import { isAwaited, spentSoFar } from '../model/totals.js'
import { usePanel } from '../state/context.js'
import type { OpenRun } from '../state/panel.js'

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
        <Figure value={count(totals.retries)} label={totals.retries === 1 ? 'retry' : 'retries'} />
        {totals.tools > 0 && <Figure value={count(totals.tools)} label={totals.tools === 1 ? 'tool' : 'tools'} />}
        <Figure value={duration(totals.medianMs)} label="p50" />
      </div>
      {playhead !== undefined && <span className="chip">as of #{grouped(playhead)}</span>}
      <BudgetFigure run={run} />
    </section>
  )
}

/** Only where the ledger says what the run may spend. */
function BudgetFigure({ run }: { readonly run: OpenRun }) {
  const budget = budgetAt(run.book, run.shown)
  if (!budget) return null
  const { limitUsd, usedUsd, leftUsd, estimated } = budget
  return (
    <span className="figure budget" title={`$${usedUsd} spent of $${limitUsd}`}>
      budget <Meter used={usedUsd} of={limitUsd} />
      <span>
        <b>{usd(leftUsd, estimated)}</b> left of {limitText(limitUsd)}
      </span>
    </span>
  )
}

/** A limit as people give it: $0.25, not $0.250. */
export function limitText(limitUsd: number): string {
  return usd(limitUsd).replace(/(\.\d\d)0+$/, '$1')
}

/** How much of something is used up: red once it is all. */
export function Meter({ used, of }: { readonly used: number; readonly of: number }) {
  const share = of > 0 ? Math.min(1, Math.max(0, used / of)) : 1
  return (
    <span className={used >= of ? 'meter over' : 'meter'} aria-hidden="true">
      <span style={{ width: `${share * 100}%` }} />
    </span>
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
