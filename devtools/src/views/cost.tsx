/** What the run cost: by model, by actor, by cause and over time; what the cache saved and what the budget leaves. */
import { useMemo, useState } from 'react'
import type { Book } from '../model/book.js'
import { mainRuns } from '../model/branches.js'
import { answersOf, type CostBy, costOf, modelsOf } from '../model/cost.js'
import { grouped, seconds, unknown } from '../model/numbers.js'
import { shortName } from '../model/run.js'
import { runCostOf } from '../model/run-cost.js'
import { isAwaited } from '../model/totals.js'
import { usePanel } from '../state/context.js'
import type { Panel } from '../state/panel.js'
import { runCostsOf } from '../state/run-costs.js'
import css from '../styles/cost.css?inline'
import { useSheet } from './adopt.js'
import { CostChart } from './cost-chart.js'
import { LargeCalls, Legend, Stats } from './cost-parts.js'
import { CostOfRuns, modelsOfColumns, runsLabel, useRunColumns } from './cost-runs.js'
import { BudgetPart, SavedBy, Share, Tokens } from './cost-side.js'
import { By, Table } from './cost-table.js'
import { Icon } from './glyph.js'
import type { ViewProps } from './registry.js'

export function Cost({ run, dock }: ViewProps) {
  useSheet(css)
  const panel = usePanel()
  const [by, setBy] = useState<CostBy>('model')
  const costs = runCostsOf(panel)
  const [several, setSeveral] = useState(costs.several)
  const { book } = run
  const { length } = run.shown.events
  const { range, playhead } = panel
  const cost = costOf(book, length, range)
  const whole = range ? costOf(book, length) : cost
  const { total } = cost
  const answers = answersOf(book)
  const answered = answers.length
  // biome-ignore lint/correctness/useExhaustiveDependencies: the list only ever grows
  const own = useMemo(() => modelsOf(answers), [answers, answered])
  const columns = useRunColumns(panel, run, length, several)
  const models = several ? modelsOfColumns(columns) : own
  const shades = new Map(models.map((key, at) => [key, Math.min(2, at)]))
  const shadeOf = (model: string): number => shades.get(model) ?? 2
  const nameOf = (key: string, of: CostBy = 'model'): string => labelOf(book, of, key)
  const choose = (many: boolean): void => {
    costs.several = many
    setSeveral(many)
  }
  const alone = mainRuns(panel.runs).length < 2
  const choice = !alone && (
    <fieldset className="segments right" aria-label="Runs">
      {[false, true].map(many => (
        <button key={String(many)} type="button" aria-pressed={several === many} onClick={() => choose(many)}>
          {many ? runsLabel(panel) : 'This run'}
        </button>
      ))}
    </fieldset>
  )
  const overTime = (
    <CostChart
      answers={answers}
      spentUsd={whole.total.spentUsd ?? 0}
      savedUsd={whole.total.savedUsd ?? 0}
      endMs={book.times.findLast(Number.isFinite) ?? 0}
      playheadMs={playhead === undefined ? undefined : panel.playback.ms}
      range={range}
      shadeOf={shadeOf}
      nameOf={nameOf}
      estimated={whole.total.estimated}
      onSeek={panel.playback.seekTime}
    />
  )

  if (total.answered === 0 && !range && book.calls.all.length === 0 && alone) return <NoCost />
  return (
    <div className={dock ? 'cost small' : 'cost'}>
      <div className="cost-main">
        {several ? (
          <CostOfRuns columns={columns} shadeOf={shadeOf} nameOf={nameOf}>
            <Legend names={models.map(key => nameOf(key))} hits={true} />
            {choice}
          </CostOfRuns>
        ) : (
          <>
            {range && (
              <p className="cost-range">
                <span className="chip">
                  {seconds(range.from)} s to {seconds(range.to)} s
                </span>
                Only the calls that ran in this stretch are counted, each as a whole.
                <button type="button" className="button" onClick={() => panel.setRange(undefined)}>
                  <Icon name="close" />
                  Whole run
                </button>
              </p>
            )}
            <Stats total={total} awaited={!range && isAwaited(run.shown.totals)} />
            <section className="cost-part">
              <h2>
                Over time
                <Legend names={models.map(key => nameOf(key))} hits={whole.total.hits > 0} />
                {choice}
              </h2>
              {overTime}
            </section>
            <section className="cost-part">
              <h2>
                Who spent it
                <By by={by} onChange={setBy} />
              </h2>
              <Table
                groups={cost[by]}
                by={by}
                shadeOf={shadeOf}
                nameOf={key => nameOf(key, by)}
                onGo={key => go(panel, book, by, key)}
              />
            </section>
            <LargeCalls
              calls={runCostOf(book, length, range).largest.map(call => ({ ...call, key: '' }))}
              of={total.answered}
              nameOf={nameOf}
              onGo={({ row }) => show(panel, row)}
            />
          </>
        )}
      </div>
      <aside className="cost-side" aria-label="Shares">
        {several && (
          <section>
            <h2>
              This run, over time <span className="meta right">#{shortName(run.name)}</span>
            </h2>
            {overTime}
          </section>
        )}
        {(['actor', 'cause'] as const).map(side => (
          <Share
            key={side}
            title={side === 'actor' ? 'By actor' : 'By cause'}
            groups={cost[side]}
            shadeOf={shadeOf}
            nameOf={key => nameOf(key, side)}
            onGo={key => go(panel, book, side, key)}
          />
        ))}
        <section>
          <h2>Tokens</h2>
          <Tokens total={total} />
        </section>
        <SavedBy book={book} cost={cost} length={length} range={range} />
        <BudgetPart book={book} shown={run.shown} />
        <p className="note">
          {cost.priceDates.length > 0
            ? `Prices of ${cost.priceDates.slice(-3).join(', ')}. `
            : 'The ledger names no price list. '}
          {total.unpriced > 0
            ? `${grouped(total.unpriced)} ${total.unpriced === 1 ? 'answer has' : 'answers have'} no known price: the true sum is higher.`
            : total.answered > 0
              ? 'Every model here has a known price.'
              : ''}
          {total.estimated ? ' What is marked ≈ is an estimate.' : ''}
        </p>
      </aside>
    </div>
  )
}

export function labelOf(book: Book, by: CostBy, key: string): string {
  if (by === 'cause') return key === '' ? 'no known cause' : book.objects.nameOf(key).slice(0, 200)
  return (by === 'model' ? key.replace(/^.*\//, '') : key).slice(0, 200) || unknown
}

/** To the ledger: filtered by the model or actor, or at the object that was the cause. */
function go(panel: Panel, book: Book, by: CostBy, key: string): void {
  if (by === 'cause') {
    const row = rowOfObject(book, key)
    if (row >= 0) show(panel, row)
    return
  }
  panel.setFilter(`${by}:${/[\s"]/.test(key) ? `"${key.replaceAll('"', '')}"` : key}`)
  panel.setView('ledger')
}

function show(panel: Panel, row: number): void {
  panel.setFilter('')
  panel.select(row)
  panel.setView('ledger')
}

function rowOfObject(book: Book, id: string): number {
  return book.events.findIndex(({ type, data }) => {
    const { id: made, dialog_id: dialog } = data as { id?: unknown; dialog_id?: unknown }
    return (type === 'object.created' && made === id) || (id !== '' && dialog === id)
  })
}

function NoCost() {
  return (
    <div className="none">
      <p>Nothing was asked yet, so nothing was spent.</p>
      <p className="muted">
        Each answer of a model is counted here as it comes: by model, by actor, by cause and over time.
      </p>
    </div>
  )
}
