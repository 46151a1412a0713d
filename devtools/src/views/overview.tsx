/** With no event selected: what the run is, and how to look at it. */
import { count, duration, unknown, usd } from '../model/numbers.js'
import { runState, titleOf, tookMs } from '../model/run.js'
import { isAwaited, spentSoFar } from '../model/totals.js'
import { usePanel } from '../state/context.js'
import type { OpenRun } from '../state/panel.js'
import { Pair } from './pretty-fields.js'
import { shownTime } from './shown-time.js'

const states = {
  running: 'under way',
  done: 'finished',
  failed: 'finished with an error',
  open: 'calls are unanswered'
}

const keys: readonly (readonly [keys: readonly string[], what: string])[] = [
  [['j', 'k'], 'next and previous event'],
  [['[', ']'], 'cause and effect'],
  [[',', '.'], 'one event back and on'],
  [['1–7'], 'the views, from Ledger to Compare'],
  [['/'], 'filter'],
  [['Esc'], 'back to the run']
]

export function Overview({ run }: { readonly run: OpenRun }) {
  const book = run.shown
  const { totals } = book
  const now = shownTime(run, usePanel())
  const live = run.status.state === 'live'
  const state = runState(book, now, live)
  const failed = totals.failed > 0 ? `, ${totals.failed} failed` : ''
  const open = book.calls.open.size > 0 ? `, ${book.calls.open.size} open` : ''
  const unpriced =
    totals.unpriced > 0
      ? `, and ${totals.unpriced} ${totals.unpriced === 1 ? 'answer' : 'answers'} without a known price`
      : ''
  return (
    <>
      <div className="head">
        <div className="name">
          <span className="clip" title={titleOf(run.name, book.run.goal)}>
            {titleOf(run.name, book.run.goal)}
          </span>
        </div>
        <div className="about">
          <span className="muted">{states[state]}</span>
          <span className="mono muted clip" title={run.name}>
            {run.name}
          </span>
        </div>
      </div>
      <div className="scroll">
        <section className="section" style={{ borderTop: '1px solid var(--line)' }}>
          <h3>Run</h3>
          <dl className="pairs words">
            {book.run.kit && <Pair name="kit" value={book.run.kit} />}
            <Pair
              name="began"
              value={Number.isNaN(book.run.first) ? unknown : new Date(book.run.first).toLocaleString()}
            />
            <Pair name={state === 'running' ? 'running for' : 'lasted'} value={duration(tookMs(book, now, live))} />
            <Pair name="events" value={book.events.length} />
            <Pair name="calls" value={`${totals.calls}${failed}${open}`} />
            <Pair
              name="tokens"
              value={
                totals.measured && !isAwaited(totals)
                  ? `${count(totals.inputTokens)} in, ${count(totals.outputTokens)} out`
                  : unknown
              }
            />
            <Pair name="cost" value={`${usd(spentSoFar(totals), totals.estimated)}${unpriced}`} />
          </dl>
        </section>
        <section className="section">
          <h3>Keys</h3>
          <dl className="pairs words">
            {keys.map(([names, what]) => (
              <div key={what} style={{ display: 'contents' }}>
                <dt>
                  {names.map(name => (
                    <kbd key={name}>{name}</kbd>
                  ))}
                </dt>
                <dd>{what}</dd>
              </div>
            ))}
          </dl>
        </section>
      </div>
    </>
  )
}
