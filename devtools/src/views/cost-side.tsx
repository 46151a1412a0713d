/** Beside the cost: shares, tokens and what is left of the budget. */
import type { Book } from '../model/book.js'
import { budgetAt } from '../model/budget.js'
import type { Cost, CostGroup, Stretch } from '../model/cost.js'
import { grouped, usd } from '../model/numbers.js'
import { savedByProvider, usesProviderCache } from '../model/provider-cache.js'
import { limitText, Meter } from './budget-figure.js'
import { Bar, type GroupsProps, money, tokens } from './cost-table.js'
import { usePrices } from './use-prices.js'
import { useReserved } from './use-reserved.js'

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
        <button key={group.key} type="button" className="share" onClick={() => onGo?.(group.key)}>
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

/** Our own cache, and the provider's: the first answers for nothing, the second reads what it knows at a lower price. */
export function SavedBy(props: {
  readonly book: Book
  readonly cost: Cost
  readonly length: number
  readonly range: Stretch | undefined
}) {
  const { book, cost, length, range } = props
  const { total, answers } = cost
  const used = usesProviderCache(answers)
  const prices = usePrices(used)
  const found = !used ? { usd: 0, unpriced: 0 } : prices && savedByProvider(book, prices, length, range)
  const { usd: provider = null, unpriced = 0 } = total.measured ? (found ?? {}) : {}
  const own = total.savedUsd ?? (total.hits > 0 ? null : 0)
  const most = Math.max(own ?? 0, provider ?? 0)
  const rows = [
    { name: 'Daybook cache', usd: own, about: 'Answers that were there already' },
    {
      name: 'provider cache',
      usd: provider,
      about: `Tokens that the provider had read before, at their lower price, less what writing them there cost more${unpriced > 0 ? `; the price of ${unpriced} ${unpriced === 1 ? 'answer' : 'answers'} is not known` : ''}`
    }
  ]
  return (
    <section>
      <h2>Saved by</h2>
      {rows.map(({ name, usd, about }) => (
        <div key={name} className="share" title={about}>
          <span className="clip">{name}</span>
          <span className="bar-line" aria-hidden="true">
            {(usd ?? 0) > 0 && <span className="amber" style={{ width: `${(100 * (usd ?? 0)) / most}%` }} />}
          </span>
          <span className="n">
            {usd !== null && usd < 0 ? `−${money(-usd, total.estimated)}` : money(usd, total.estimated)}
          </span>
        </div>
      ))}
      {unpriced > 0 && provider !== null && (
        <p className="muted">
          {unpriced === 1 ? 'One more answer' : `${grouped(unpriced)} more answers`} used the provider’s cache, at a
          price that is not known.
        </p>
      )}
    </section>
  )
}

export function BudgetPart({ book, shown }: { readonly book: Book; readonly shown: Book }) {
  const budget = budgetAt(book, shown)
  const open = [...shown.calls.open.values()].filter(({ kind }) => kind === 'llm').length
  const reserved = useReserved(shown, budget !== undefined)
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
            {open > 0 ? ` ${underWay(open, reserved)}` : ''}
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

function underWay(open: number, reserved: number | undefined): string {
  if (!reserved) return `${open === 1 ? 'One call is' : `${open} calls are`} under way and not counted yet.`
  return `${usd(reserved, true)} of it is reserved for the ${open === 1 ? 'call that is' : `${open} calls that are`} under way.`
}
