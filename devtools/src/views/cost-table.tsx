/** The table of who spent what, which sorts by its columns. */
import { useState } from 'react'
import type { CostBy, CostGroup, Sums } from '../model/cost.js'
import { count, duration, grouped, unknown, usd } from '../model/numbers.js'
import { stacked } from './cost-chart.js'
import { Icon } from './glyph.js'

/** Rows that the table shows before it counts the rest. */
const shownGroups = 60

const byLabels: Readonly<Record<CostBy, string>> = { model: 'Model', actor: 'Actor', cause: 'Cause' }

export function By({ by, onChange }: { readonly by: CostBy; readonly onChange: (by: CostBy) => void }) {
  return (
    <fieldset className="segments right" aria-label="By">
      {(Object.keys(byLabels) as CostBy[]).map(name => (
        <button key={name} type="button" aria-pressed={name === by} onClick={() => onChange(name)}>
          {byLabels[name]}
        </button>
      ))}
    </fieldset>
  )
}

/** Dollars in a column: four decimals for what is not dear, so that the points align. */
export function money(value: number | null | undefined, estimated = false): string {
  if (typeof value !== 'number' || !(value >= 0.00005 && value < 1)) return usd(value, estimated)
  return `${estimated ? '≈\u00a0' : ''}$${value.toFixed(4)}`
}

/** The columns of the table: what they show, and what they sort by. */
const columns = [
  { name: 'spent', of: (sums: Sums) => sums.spentUsd, text: (sums: Sums) => money(sums.spentUsd, sums.estimated) },
  {
    name: 'saved',
    of: (sums: Sums) => sums.savedUsd,
    text: (sums: Sums) => money(sums.savedUsd ?? (sums.hits > 0 ? null : 0), sums.estimated)
  },
  {
    name: 'hits',
    of: (sums: Sums) => sums.hits,
    text: (sums: Sums) => `${grouped(sums.hits)} of ${grouped(sums.answered)}`
  },
  { name: 'in', of: (sums: Sums) => sums.inputTokens, text: tokens('inputTokens') },
  { name: 'cached', of: (sums: Sums) => sums.cachedTokens, text: tokens('cachedTokens') },
  { name: 'out', of: (sums: Sums) => sums.outputTokens, text: tokens('outputTokens') },
  { name: 'reasoning', of: (sums: Sums) => sums.reasoningTokens, text: tokens('reasoningTokens') },
  { name: 'p50', of: (sums: Sums) => sums.medianMs, text: (sums: Sums) => duration(sums.medianMs) },
  { name: 'p95', of: (sums: Sums) => sums.p95Ms, text: (sums: Sums) => duration(sums.p95Ms) }
] as const

export function tokens(key: 'inputTokens' | 'cachedTokens' | 'outputTokens' | 'reasoningTokens') {
  return (sums: Sums): string => (sums.measured ? count(sums[key]) : unknown)
}

export interface GroupsProps {
  readonly groups: readonly CostGroup[]
  readonly shadeOf: (model: string) => number
  readonly nameOf: (key: string) => string
  /** Left out: a group leads nowhere. */
  readonly onGo?: (key: string) => void
}

export interface TableProps extends GroupsProps {
  readonly by: CostBy
  /** Columns that say nothing of these groups. */
  readonly without?: readonly string[]
}

export function Table({ groups, by, without = [], shadeOf, nameOf, onGo }: TableProps) {
  const shown = columns.filter(({ name }) => !without.includes(name))
  const [order, setOrder] = useState<{ readonly name: string; readonly up: boolean }>({ name: 'spent', up: false })
  const column = columns.find(({ name }) => name === order.name)
  const compare = (a: CostGroup, b: CostGroup): number =>
    column ? (column.of(a) ?? -1) - (column.of(b) ?? -1) : nameOf(a.key).localeCompare(nameOf(b.key))
  const sorted = [...groups].sort((a, b) => (order.up ? 1 : -1) * compare(a, b))
  const most = Math.max(0, ...groups.map(({ spentUsd, savedUsd }) => (spentUsd ?? 0) + (savedUsd ?? 0)))
  const head = (name: string, className?: string) => (
    <th
      key={name}
      scope="col"
      className={className}
      aria-sort={order.name === name ? (order.up ? 'ascending' : 'descending') : 'none'}
    >
      <button
        type="button"
        onClick={() => setOrder({ name, up: order.name === name ? !order.up : name === by })}
        title={`Sort by ${name}`}
      >
        {name}
        {order.name === name && <Icon name={order.up ? 'up' : 'down'} size={10} />}
      </button>
    </th>
  )
  return (
    <div className="cost-table">
      <table>
        <thead>
          <tr>
            {head(by, 'name')}
            <td className="bar-head" />
            {shown.map(({ name }) => head(name))}
          </tr>
        </thead>
        <tbody>
          {sorted.slice(0, shownGroups).map(group => (
            <tr key={group.key} onClick={() => onGo?.(group.key)}>
              <th scope="row" className="name">
                {onGo ? (
                  <button type="button" className="clip" title={nameOf(group.key)} onClick={() => onGo(group.key)}>
                    {nameOf(group.key)}
                  </button>
                ) : (
                  <span className="clip" title={nameOf(group.key)}>
                    {nameOf(group.key)}
                  </span>
                )}
              </th>
              <td className="bar-cell">
                <Bar group={group} most={most} shadeOf={shadeOf} />
              </td>
              {shown.map(({ name, text }) => (
                <td key={name} className={name === 'saved' && group.hits > 0 ? 'f-cache' : undefined}>
                  {text(group)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {groups.length === 0 && <p className="muted">No answer yet.</p>}
      {groups.length > shownGroups && (
        <p className="meta">
          {shownGroups} of {grouped(groups.length)} are shown.
        </p>
      )}
    </div>
  )
}

/** What a group spent, by model, and hatched what the cache saved it. */
export function Bar(props: {
  readonly group: CostGroup
  readonly most: number
  readonly shadeOf: (model: string) => number
}) {
  const { group, most, shadeOf } = props
  const share = most === 0 ? 0 : Math.max(0, group.savedUsd ?? 0) / most
  return (
    <span className="bar-line" aria-hidden="true">
      {stacked(group.byModel, shadeOf, most, 100).map(part => (
        <span key={part.shade} className={`shade-${part.shade}`} style={{ width: `${part.size}%` }} />
      ))}
      {share > 0 && <span className="hatch" style={{ width: `${share * 100}%` }} />}
    </span>
  )
}
