/** Beside the cost: shares, tokens and what is left of the budget. */
import type { Book } from '../model/book.js'
import { budgetAt } from '../model/budget.js'
import type { CostGroup } from '../model/cost.js'
import { grouped, usd } from '../model/numbers.js'
import { Bar, type GroupsProps, money, tokens } from './cost-table.js'
import { limitText, Meter } from './totals.js'

export function Share({ title, groups, shadeOf, nameOf, onGo }: GroupsProps & { readonly title: string }) {
  const most = Math.max(0, ...groups.map(({ spentUsd, savedUsd }) => (spentUsd ?? 0) + (savedUsd ?? 0)))
  const shown = groups.slice(0, 8)
  return (
    <section>
      <h2>
        {title}
        <span className="meta right">
          {groups.length > shown.length ? `${shown.length} of ${grouped(groups.length)}` : ''}
        </span>
      </h2>
      {shown.map(group => (
        <button key={group.key} type="button" className="share" onClick={() => onGo(group.key)}>
          <span className="clip" title={nameOf(group.key)}>
            {nameOf(group.key)}
          </span>
          <Bar group={group} most={most} shadeOf={shadeOf} />
          <span className="n">{money(group.spentUsd, group.estimated)}</span>
        </button>
      ))}
      {groups.length === 0 && <p className="muted">No answer yet.</p>}
    </section>
  )
}

export function Tokens({ total }: { readonly total: CostGroup }) {
  const parts = [
    ['in', 'inputTokens'],
    ['cached', 'cachedTokens'],
    ['out', 'outputTokens'],
    ['reasoning', 'reasoningTokens']
  ] as const
  return (
    <dl className="pairs">
      {parts.map(([label, key]) => (
        <div key={key}>
          <dt>{label}</dt>
          <dd title={total.measured ? grouped(total[key]) : undefined}>{tokens(key)(total)}</dd>
        </div>
      ))}
    </dl>
  )
}

export function BudgetPart({ book, shown }: { readonly book: Book; readonly shown: Book }) {
  const budget = budgetAt(book, shown)
  const open = [...shown.calls.open.values()].filter(({ kind }) => kind === 'llm').length
  return (
    <section>
      <h2>
        Budget
        {budget && (
          <span className="meta right">
            {usd(budget.usedUsd, budget.estimated)} of {limitText(budget.limitUsd)}
          </span>
        )}
      </h2>
      {budget ? (
        <>
          <Meter used={budget.usedUsd} of={budget.limitUsd} />
          <p className="muted">
            {budget.usedUsd >= budget.limitUsd
              ? 'All of it is spent. No call is made until it is raised.'
              : `${usd(budget.leftUsd, budget.estimated)} is left. A call that would pass the limit is stopped before it is sent.`}
            {open > 0 ? ` ${open === 1 ? 'One call is' : `${open} calls are`} under way and not counted yet.` : ''}
          </p>
        </>
      ) : (
        <p className="muted">
          This ledger names none. Give one with <code className="mono">budget: {'{ maxCostUsd: 0.25 }'}</code>.
        </p>
      )}
    </section>
  )
}
