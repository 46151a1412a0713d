/** What several runs cost, side by side: each a bar of its models, with what the cache saved it on top. */
import { useEffect, useState } from 'react'
import { mainRuns } from '../model/branches.js'
import { ticksOf } from '../model/cost.js'
import { grouped, unknown, usd } from '../model/numbers.js'
import { largest, merged, modelsOfRuns, type RunCost, runCostOf } from '../model/run-cost.js'
import { usePanel } from '../state/context.js'
import type { OpenRun, Panel, RunEntry } from '../state/panel.js'
import { runCostsOf } from '../state/run-costs.js'
import { stacked } from './cost-chart.js'
import { LargeCalls, type Listed, Stats } from './cost-parts.js'
import { money, Table } from './cost-table.js'

/** The newest runs stand side by side: no more than fit. */
const shownRuns = 12

export interface RunColumn {
  readonly entry: RunEntry
  readonly tag: string
  readonly title: string
  /** Undefined until it was read; why it could not be. */
  readonly cost: RunCost | string | undefined
  readonly open: boolean
}

/** The runs in the order in which they were made; branches, which share what their runs paid, are left out. */
export function useRunColumns(panel: Panel, run: OpenRun, length: number, wanted: boolean): readonly RunColumn[] {
  const costs = runCostsOf(panel)
  const [, setVersion] = useState(0)
  useEffect(() => costs.subscribe(() => setVersion(costs.version)), [costs])
  useEffect(() => () => costs.stop(), [costs])
  const runs = wanted ? mainRuns(panel.runs).slice(0, shownRuns) : []
  const others = runs.filter(({ key }) => key !== run.key)
  const state = others.map(({ key, info }) => `${key} ${info.length}`).join('\n')
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is to be read, told by its text
  useEffect(() => costs.read(others), [costs, state])
  return runs.toReversed().map(entry => {
    const open = entry.key === run.key
    const { tag, title } = panel.cardOf(entry)
    return {
      ...{ entry, open, tag, title },
      cost: open ? runCostOf(run.book, length) : costs.get(entry.key)
    }
  })
}

/** `Runs #1–#8`, or how many there are where their tags are no numbers. */
export function runsLabel(panel: Panel): string {
  const tags = mainRuns(panel.runs)
    .slice(0, shownRuns)
    .map(entry => panel.cardOf(entry).tag)
  const [last] = tags
  const first = tags.at(-1)
  return tags.every(tag => /^\d+$/.test(tag)) ? `Runs #${first}–#${last}` : `${tags.length} runs`
}

const known = ({ cost }: RunColumn): readonly RunCost[] => (typeof cost === 'object' ? [cost] : [])

export function modelsOfColumns(columns: readonly RunColumn[]): readonly string[] {
  return modelsOfRuns(columns.flatMap(known)).map(({ key }) => key)
}

export interface CostOfRunsProps {
  readonly columns: readonly RunColumn[]
  readonly shadeOf: (model: string) => number
  readonly nameOf: (model: string) => string
  /** The legend and the choice between this run and several. */
  readonly children: React.ReactNode
}

export function CostOfRuns({ columns, shadeOf, nameOf, children }: CostOfRunsProps) {
  const panel = usePanel()
  const costs = columns.flatMap(known)
  const total = merged(costs.map(cost => cost.total))
  const waiting = columns.filter(({ cost }) => cost === undefined).length
  const failed = columns.flatMap(({ cost }) => (typeof cost === 'string' ? [cost] : []))
  const more = mainRuns(panel.runs).length - columns.length
  const calls = largest(
    columns.flatMap(column =>
      known(column).flatMap(cost =>
        cost.largest.map((call): Listed => ({ ...call, run: column.tag, key: column.entry.key }))
      )
    )
  )
  const go = (key: string, row?: number): void => {
    panel.open(key)
    if (row === undefined) return
    panel.select(row)
    panel.setView('ledger')
  }
  return (
    <>
      <Stats total={total} runs={costs.length} />
      <section className="cost-part">
        <h2>By run{children}</h2>
        <Bars columns={columns} shadeOf={shadeOf} nameOf={nameOf} onGo={go} />
        <p className="meta" role="status">
          {waiting > 0 ? `${waiting === 1 ? 'One run is' : `${waiting} runs are`} still being read. ` : ''}
          {failed.join(' ')}{' '}
          {more > 0 ? `The newest ${columns.length} of ${grouped(more + columns.length)} runs. ` : ''}
          {panel.runs.length > more + columns.length
            ? 'Branches are not added up: they share what their runs paid.'
            : ''}
        </p>
      </section>
      <section className="cost-part">
        <h2>By model</h2>
        <Table groups={modelsOfRuns(costs)} by="model" without={['p50', 'p95']} shadeOf={shadeOf} nameOf={nameOf} />
      </section>
      <LargeCalls calls={calls} of={total.answered} nameOf={nameOf} onGo={({ key, row }) => go(key, row)} />
    </>
  )
}

interface BarsProps extends Omit<CostOfRunsProps, 'children'> {
  readonly onGo: (key: string) => void
}

function Bars({ columns, shadeOf, nameOf, onGo }: BarsProps) {
  const sumOf = ({ total }: RunCost): number => (total.spentUsd ?? 0) + (total.savedUsd ?? 0)
  const ticks = ticksOf(Math.max(0, ...columns.flatMap(known).map(sumOf)), 5)
  const most = ticks.at(-1) || 1
  return (
    <div className="run-bars">
      {ticks.map(tick => (
        <div key={tick} className="tick" aria-hidden="true" style={{ bottom: `${(tick / most) * 100}%` }}>
          <span>{`$${tick}`}</span>
        </div>
      ))}
      {columns.map(({ entry, tag, title, cost, open }) => {
        const { total } = typeof cost === 'object' ? cost : {}
        const text = total ? money(total.answered === 0 ? 0 : total.spentUsd, total.estimated) : unknown
        const parts = [...(total?.byModel ?? [])].slice(0, 12).map(([model, paid]) => `${nameOf(model)} ${usd(paid)}`)
        const saved = total?.savedUsd ? [`saved ${usd(total.savedUsd, total.estimated)}`] : []
        const words = [`#${tag} ${title}`, `${text} spent`, ...saved, ...parts]
        return (
          <button
            key={entry.key}
            type="button"
            className="run-bar"
            aria-current={open}
            aria-label={words.join(', ')}
            title={words.join('\n')}
            onClick={() => onGo(entry.key)}
          >
            <span className="run-paid">{text}</span>
            {total && (total.savedUsd ?? 0) > 0 && (
              <span className="hatch" style={{ height: `${((total.savedUsd ?? 0) / most) * 100}%` }} />
            )}
            {total &&
              stacked(total.byModel, shadeOf, most, 100)
                .toReversed()
                .map(part => (
                  <span key={part.shade} className={`shade-${part.shade}`} style={{ height: `${part.size}%` }} />
                ))}
            <span className="run-tag clip">
              #{tag}
              {open ? ' now' : ''}
            </span>
          </button>
        )
      })}
    </div>
  )
}
