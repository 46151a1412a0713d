/** What happened in the chosen stretch of time, or in all of a short run: by model, and where the time went. */
import { count, duration, unknown, usd } from '../model/numbers.js'
import { type RangeRow, rangeFilter, rangeTotals } from '../model/range.js'
import type { Waterfall } from '../model/waterfall.js'
import { usePanel } from '../state/context.js'
import type { OpenRun, TimeRange } from '../state/panel.js'
import { Icon } from './glyph.js'
import { spanWords } from './paint.js'

export function RangePanel(props: {
  readonly run: OpenRun
  readonly waterfall: Waterfall
  readonly range: TimeRange
  /** Nothing was chosen: it is all of the run so far. */
  readonly whole: boolean
  readonly now: number
  readonly dock: boolean
  readonly onZoom: () => void
}) {
  const { run, waterfall, range, whole, now, dock, onZoom } = props
  const panel = usePanel()
  const totals = rangeTotals(waterfall, run.book, run.shown, now, range)
  const { sum, llm, tools } = totals
  const many = (n: number, word: string): string => `${n} ${n === 1 ? word : `${word}s`}`
  const busy = sum.waitMs + sum.streamMs + sum.toolMs
  const filter = (): void => {
    panel.setFilter(rangeFilter(run.book, panel.filter, range.from, range.to))
    panel.setView('ledger')
  }
  return (
    <section className="range" aria-label={whole ? 'All calls' : 'Chosen range'}>
      <div className="sums">
        <div className="bar-line">
          <h2>{whole ? 'All calls' : `Range ${spanWords(range)}`}</h2>
          <span className="muted clip">
            {[duration(range.to - range.from), many(llm, 'call'), ...(tools > 0 ? [many(tools, 'tool')] : [])].join(
              ', '
            )}
            {dock && `, ${count(sum.inputTokens)} in, ${count(sum.outputTokens)} out, ${usd(sum.usd, sum.estimated)}`}
          </span>
          {!whole && (
            <>
              <span className="right" />
              <button type="button" className="quiet" onClick={filter}>
                Filter ledger to range
              </button>
              <button type="button" className="quiet" onClick={onZoom}>
                Zoom <kbd>f</kbd>
              </button>
              <button
                type="button"
                className="icon"
                aria-label="Close the range"
                onClick={() => panel.setRange(undefined)}
              >
                <Icon name="close" />
              </button>
            </>
          )}
        </div>
        {!dock && (
          // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable with the keys
          <section className="scrolls" tabIndex={0} aria-label="Sums by model">
            <table>
              <thead>
                <tr>
                  <th scope="col">by model</th>
                  <th scope="col">calls</th>
                  <th scope="col">in</th>
                  <th scope="col">out</th>
                  <th scope="col">tok/s</th>
                  <th scope="col">waiting</th>
                  <th scope="col">streaming</th>
                  {tools > 0 && <th scope="col">in tools</th>}
                  <th scope="col">$</th>
                </tr>
              </thead>
              <tbody>
                {totals.rows.map(row => (
                  <Figures key={`${row.kind} ${row.name}`} row={row} tools={tools > 0} />
                ))}
              </tbody>
              <tfoot>
                <Figures row={sum} tools={tools > 0} />
              </tfoot>
            </table>
          </section>
        )}
      </div>
      {!dock && (
        <div className="went">
          <div className="bar-line">
            <h2>Where the time went</h2>
            <span className="right muted">
              sum of {many(sum.calls, 'bar')}, {duration(busy)}
            </span>
          </div>
          {busy > 0 && (
            <div className="split" aria-hidden="true">
              <span className="piece wait" style={{ flexGrow: sum.waitMs }} />
              <span className="piece stream" style={{ flexGrow: sum.streamMs }} />
              <span className="piece tool" style={{ flexGrow: sum.toolMs }} />
            </div>
          )}
          <dl>
            <Part name="waiting for a first token" ms={sum.waitMs} busy={busy} />
            <Part name="streaming" ms={sum.streamMs} busy={busy} />
            {tools > 0 && <Part name="in tools" ms={sum.toolMs} busy={busy} />}
            <div className="part">
              <dt>at once, on average</dt>
              <dd>{totals.atOnce.toFixed(1)} calls</dd>
              <dd />
            </div>
          </dl>
        </div>
      )}
    </section>
  )
}

function Figures({ row, tools }: { readonly row: RangeRow; readonly tools: boolean }) {
  const llm = row.kind === 'llm'
  const of = (shown: boolean, text: string): string => (shown ? text : unknown)
  const told = llm && row.inputTokens + row.outputTokens > 0
  return (
    <tr>
      <th scope="row" className="clip" title={row.name}>
        {row.name}
      </th>
      <td>{count(row.calls)}</td>
      <td>{of(told, count(row.inputTokens))}</td>
      <td>{of(told, count(row.outputTokens))}</td>
      <td>{row.tokensPerSecond === undefined ? unknown : count(Math.round(row.tokensPerSecond))}</td>
      <td>{of(llm, duration(row.waitMs))}</td>
      <td>{of(llm, duration(row.streamMs))}</td>
      {tools && <td>{of(row.toolMs > 0, duration(row.toolMs))}</td>}
      <td>{of(llm, usd(row.usd, row.estimated))}</td>
    </tr>
  )
}

function Part({ name, ms, busy }: { readonly name: string; readonly ms: number; readonly busy: number }) {
  return (
    <div className="part">
      <dt>{name}</dt>
      <dd>{duration(ms)}</dd>
      <dd className="muted">{busy > 0 ? `${Math.round((ms / busy) * 100)}\u00a0%` : unknown}</dd>
    </div>
  )
}
