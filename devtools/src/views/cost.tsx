/** What the run cost: by model, by actor, by cause and over time; what the cache saved and what the budget leaves. */
import { useMemo, useState } from 'react'
import type { Book } from '../model/book.js'
import { answersOf, type CostBy, type Cost as CostModel, costOf, modelsOf } from '../model/cost.js'
import { callFigures } from '../model/figures.js'
import { count, grouped, seconds, unknown, usd } from '../model/numbers.js'
import { questionAt } from '../model/row.js'
import { usePanel } from '../state/context.js'
import type { Panel } from '../state/panel.js'
import css from '../styles/cost.css?inline'
import { useSheet } from './adopt.js'
import { CostChart } from './cost-chart.js'
import { BudgetPart, Share, Tokens } from './cost-side.js'
import { By, money, Table } from './cost-table.js'
import { Icon } from './glyph.js'
import type { ViewProps } from './registry.js'

/** Of the most expensive calls, so many are listed. */
const shownCalls = 6

export function Cost({ run, dock }: ViewProps) {
  useSheet(css)
  const panel = usePanel()
  const [by, setBy] = useState<CostBy>('model')
  const { book } = run
  const { length } = run.shown.events
  const { range, playhead } = panel
  const cost = costOf(book, length, range)
  const whole = range ? costOf(book, length) : cost
  const { total } = cost
  const answers = answersOf(book)
  const answered = answers.length
  // biome-ignore lint/correctness/useExhaustiveDependencies: the list only ever grows
  const models = useMemo(() => modelsOf(answers), [answers, answered])
  const shades = new Map(models.map((key, at) => [key, Math.min(2, at)]))
  const shadeOf = (model: string): number => shades.get(model) ?? 2
  const nameOf = (key: string, of: CostBy = 'model'): string => labelOf(book, of, key)
  const without = (total.spentUsd ?? 0) + (total.savedUsd ?? 0)

  if (total.answered === 0 && !range && book.calls.all.length === 0) return <NoCost />
  return (
    <div className={dock ? 'cost small' : 'cost'}>
      <div className="cost-main">
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
        <div className="stats">
          <Stat
            value={usd(total.answered === 0 ? 0 : total.spentUsd, total.estimated)}
            label={total.unpriced > 0 ? `spent, ${total.unpriced} unpriced` : 'spent'}
            title={total.spentUsd === null ? 'No price is known' : `$${total.spentUsd}`}
          />
          <Stat
            look="saved"
            value={usd(total.savedUsd ?? (total.hits > 0 ? null : 0), total.estimated)}
            label="saved by the cache"
          />
          <Stat
            value={`${grouped(total.hits)} of ${grouped(total.answered)}`}
            label={total.answered === 1 ? 'call answered from cache' : 'calls answered from cache'}
          />
          <Stat
            value={
              without > 0 && total.unpriced === 0 ? `${Math.round((100 * (total.savedUsd ?? 0)) / without)} %` : unknown
            }
            label="less than without the cache"
          />
        </div>
        <section className="cost-part">
          <h2>
            Over time
            <Legend names={models.map(key => nameOf(key))} hits={whole.total.hits} />
          </h2>
          <CostChart
            answers={answers}
            spentUsd={whole.total.spentUsd ?? 0}
            savedUsd={whole.total.savedUsd ?? 0}
            endMs={book.times.at(-1) ?? 0}
            playheadMs={playhead === undefined ? undefined : panel.playback.ms}
            range={range}
            shadeOf={shadeOf}
            nameOf={nameOf}
            estimated={whole.total.estimated}
            onSeek={panel.playback.seekTime}
          />
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
        <Largest cost={cost} book={book} onGo={row => show(panel, row)} />
      </div>
      <aside className="cost-side" aria-label="Shares">
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

function labelOf(book: Book, by: CostBy, key: string): string {
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

function Stat(props: {
  readonly value: string
  readonly label: string
  readonly look?: string
  readonly title?: string
}) {
  return (
    <div className={`stat ${props.look ?? ''}`} title={props.title}>
      <b>{props.value}</b>
      <span className="clip">{props.label}</span>
    </div>
  )
}

function Legend({ names, hits }: { readonly names: readonly string[]; readonly hits: number }) {
  const rest = names.slice(2)
  const shown = [...names.slice(0, 2), ...(rest.length > 1 ? [`${rest.length} others`] : rest)]
  return (
    <span className="legend">
      {shown.map((name, at) => (
        <span key={name} title={at === 2 ? rest.slice(0, 40).join('\n') : name}>
          <i className={`shade-${at}`} />
          <span className="clip">{name}</span>
        </span>
      ))}
      {hits > 0 && (
        <span>
          <i className="hatch" />
          saved by cache
        </span>
      )}
    </span>
  )
}

function Largest({
  cost,
  book,
  onGo
}: {
  readonly cost: CostModel
  readonly book: Book
  readonly onGo: (row: number) => void
}) {
  const calls = largest(cost.answers)
  if (calls.length === 0) return null
  return (
    <section className="cost-part">
      <h2>
        Largest calls
        <span className="meta right">
          {calls.length} of {grouped(cost.answers.length)}
        </span>
      </h2>
      {calls.map(answer => {
        const call = book.calls.ofRow(answer.row)
        const figures = call && callFigures(book, call, 0)
        const text = answer.request < 0 ? 'its request is not in this ledger' : questionAt(book, answer.request)
        return (
          <button key={answer.row} type="button" className="large-call" onClick={() => onGo(answer.row)}>
            <span className="mono muted">#{answer.row + 1}</span>
            <span className="clip" title={text}>
              {text}
            </span>
            <span className="clip muted">{labelOf(book, 'model', answer.model)}</span>
            <span className="n">
              {count(figures?.inputTokens)} → {count(figures?.outputTokens)}
            </span>
            <span className="n">{money(answer.spent, answer.estimated)}</span>
          </button>
        )
      })}
    </section>
  )
}

/** The most expensive answers, found in one walk. */
function largest(answers: CostModel['answers']): CostModel['answers'] {
  const best: CostModel['answers'][number][] = []
  for (const answer of answers) {
    if (!((answer.spent ?? 0) > (best[shownCalls - 1]?.spent ?? 0))) continue
    const at = best.findIndex(({ spent }) => (spent ?? 0) < (answer.spent ?? 0))
    best.splice(at < 0 ? best.length : at, 0, answer)
    best.length = Math.min(best.length, shownCalls)
  }
  return best
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
