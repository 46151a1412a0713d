/** What may still be spent, where the ledger says what the run may spend. */
import { budgetAt } from '../model/budget.js'
import { usd } from '../model/numbers.js'
import type { OpenRun } from '../state/panel.js'

export function BudgetFigure({ run }: { readonly run: OpenRun }) {
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
