/** One event, whole: pretty, as JSON, and among its causes and effects. */
import type { Book } from '../model/book.js'
import { glyphOf, isError, typeParts } from '../model/family.js'
import { bytes, count, duration, seconds, unknown, usd } from '../model/numbers.js'
import { rowAt } from '../model/row.js'
import { runState } from '../model/run.js'
import { usePanel } from '../state/context.js'
import type { InspectorTab, OpenRun } from '../state/panel.js'
import { Glyph, Icon } from './glyph.js'
import { Json } from './json.js'
import { Boundary, Chip, CopyButton, Ref, Tabs } from './parts.js'
import { EventLink, Pretty } from './pretty.js'

const tabs: readonly { name: InspectorTab; label: string }[] = [
  { name: 'pretty', label: 'Pretty' },
  { name: 'json', label: 'JSON' },
  { name: 'causes', label: 'Causes' }
]

export function Inspector({ run, dock }: { readonly run: OpenRun; readonly dock: boolean }) {
  const panel = usePanel()
  const { selected, tab } = panel
  const book = run.shown
  const event = selected === undefined ? undefined : book.events[selected]
  if (selected === undefined || !event) {
    return (
      <aside className="inspector" aria-label="Run">
        <h2 className="unseen">About the run</h2>
        <Overview run={run} />
      </aside>
    )
  }
  const item = rowAt(book, selected)
  const [space, verb] = typeParts(event.type)
  const error = isError(event)
  const bar = (
    <Tabs small label="Inspector" items={tabs} value={tab} onChange={panel.setTab}>
      {tab === 'json' && (
        <span className="end meta" style={{ paddingRight: 8 }}>
          {bytes(JSON.stringify(event).length)}
        </span>
      )}
    </Tabs>
  )
  return (
    <aside className="inspector" aria-label={`Event ${selected + 1}`}>
      <div className="head">
        <div className="name">
          <button
            type="button"
            className="icon back"
            aria-label="Back to the ledger"
            onClick={() => panel.select(undefined)}
          >
            <Icon name="left" />
          </button>
          <Glyph name={glyphOf(event.type)} />
          <h2 className={error ? 'f-error clip' : 'clip'}>
            {space}
            {verb}
          </h2>
          <span className="mono muted">#{selected + 1}</span>
          {!dock && (
            <span className="right">
              <CopyButton label="Copy the event as JSON" text={() => JSON.stringify(event, null, 2)} />
            </span>
          )}
        </div>
        <div className="about">
          <span className="clip">{item?.actor}</span>
          {!dock && !event.actor.endsWith(item?.actor ?? '') && <span className="muted clip">{event.actor}</span>}
          <span className="mono muted">+{seconds(book.times[selected])} s</span>
          {item?.chip && <Chip chip={item.chip} />}
        </div>
        {dock && <div className="right">{bar}</div>}
      </div>
      {!dock && bar}
      <div className="scroll" role="tabpanel" tabIndex={-1}>
        <Boundary resetKey={`${selected} ${tab}`} fallback={() => <Json value={event} />}>
          {tab === 'pretty' && (
            <Pretty book={book} row={selected} now={Date.now()} onGo={panel.select} key={selected} />
          )}
          {tab === 'json' && <Json value={event} key={selected} />}
          {tab === 'causes' && <Causes book={book} row={selected} onGo={panel.select} />}
        </Boundary>
      </div>
      <Foot book={book} row={selected} onGo={panel.select} />
    </aside>
  )
}

const shownEffects = 200

function Causes({
  book,
  row,
  onGo
}: {
  readonly book: Book
  readonly row: number
  readonly onGo: (row: number) => void
}) {
  const event = book.events[row]
  const causes = event?.cause ?? []
  const effects = book.causes.effectsOf(row)
  return (
    <>
      <section className="section">
        <h3>
          Caused by <span>{causes.length}</span>
        </h3>
        {causes.length === 0 && <p className="muted">Nothing before it: it began the run, or came from outside.</p>}
        <div className="links">
          {causes.map(id => {
            const from = book.causes.rowOf(id)
            return from === undefined ? (
              <p key={id} className="muted clip" style={{ padding: '3px 6px' }}>
                {id} <span className="meta">is not in this ledger</span>
              </p>
            ) : (
              <EventLink key={id} book={book} row={from} onGo={onGo} />
            )
          })}
        </div>
      </section>
      <section className="section">
        <h3>
          Led to <span>{effects.length}</span>
        </h3>
        {effects.length === 0 && <p className="muted">Nothing yet names this event as its cause.</p>}
        <div className="links">
          {effects.slice(0, shownEffects).map(to => (
            <EventLink key={to} book={book} row={to} onGo={onGo} />
          ))}
        </div>
        {effects.length > shownEffects && (
          <p className="meta">
            {shownEffects} of {effects.length} are shown.
          </p>
        )}
      </section>
    </>
  )
}

/** Cause, this, effects: always in sight, so that the chain can be walked without a tab. */
function Foot({
  book,
  row,
  onGo
}: {
  readonly book: Book
  readonly row: number
  readonly onGo: (row: number) => void
}) {
  const event = book.events[row]
  if (!event) return null
  const causes = event.cause.map(id => book.causes.rowOf(id)).filter(from => from !== undefined)
  const effects = book.causes.effectsOf(row)
  const cause = causes[0]
  const effect = effects[0]
  return (
    <div className="foot">
      <span>Cause</span>
      {cause === undefined ? <span>none</span> : <Ref book={book} row={cause} onGo={onGo} />}
      {causes.length > 1 && <span className="clip">+ {causes.length - 1}</span>}
      <Icon name="right" size={10} />
      <span className="this">
        <Glyph name={glyphOf(event.type)} />#{row + 1}
      </span>
      <Icon name="right" size={10} />
      {effect === undefined ? <span>no effect</span> : <Ref book={book} row={effect} onGo={onGo} />}
      {effects.length > 1 && (
        <span className="clip">
          + {effects.length - 1} {effects.length === 2 ? 'effect' : 'effects'}
        </span>
      )}
      <span className="right">
        <button
          type="button"
          aria-label="Go to the cause"
          disabled={cause === undefined}
          onClick={() => cause !== undefined && onGo(cause)}
        >
          <kbd>[</kbd>
        </button>
        <button
          type="button"
          aria-label="Go to the first effect"
          disabled={effect === undefined}
          onClick={() => effect !== undefined && onGo(effect)}
        >
          <kbd>]</kbd>
        </button>
      </span>
    </div>
  )
}

/** With no event selected: what the run is, and how to look at it. */
function Overview({ run }: { readonly run: OpenRun }) {
  const book = run.shown
  const { totals } = book
  const state = runState(book, Date.now(), run.status.state === 'live')
  const words = {
    running: 'under way',
    done: 'finished',
    failed: 'finished with an error',
    open: 'calls are unanswered'
  }
  const lasted = book.run.last - book.run.first
  return (
    <>
      <div className="head">
        <div className="name">
          <span className="clip">{book.run.goal ?? run.name}</span>
        </div>
        <div className="about">
          <span className="muted">{words[state]}</span>
          <span className="mono muted clip">{run.name}</span>
        </div>
      </div>
      <div className="scroll">
        <section className="section" style={{ borderTop: '1px solid var(--line)' }}>
          <h3>Run</h3>
          <dl className="pairs words">
            {book.run.kit && (
              <>
                <dt>kit</dt>
                <dd>{book.run.kit}</dd>
              </>
            )}
            <dt>began</dt>
            <dd>{Number.isNaN(book.run.first) ? '–' : new Date(book.run.first).toLocaleString()}</dd>
            <dt>lasted</dt>
            <dd>{duration(lasted)}</dd>
            <dt>events</dt>
            <dd>{book.events.length}</dd>
            <dt>calls</dt>
            <dd>
              {totals.calls}
              {totals.failed > 0 ? `, ${totals.failed} failed` : ''}
              {book.calls.open.size > 0 ? `, ${book.calls.open.size} open` : ''}
            </dd>
            <dt>tokens</dt>
            <dd>{totals.measured ? `${count(totals.inputTokens)} in, ${count(totals.outputTokens)} out` : unknown}</dd>
            <dt>cost</dt>
            <dd>
              {usd(totals.spentUsd, totals.estimated)}
              {totals.unpriced > 0 ? `, and ${totals.unpriced} answers without a known price` : ''}
            </dd>
          </dl>
        </section>
        <section className="section">
          <h3>Keys</h3>
          <dl className="pairs words">
            <dt>
              <kbd>j</kbd> <kbd>k</kbd>
            </dt>
            <dd>next and previous event</dd>
            <dt>
              <kbd>[</kbd> <kbd>]</kbd>
            </dt>
            <dd>cause and effect</dd>
            <dt>
              <kbd>/</kbd>
            </dt>
            <dd>filter</dd>
            <dt>
              <kbd>1</kbd> <kbd>2</kbd>
            </dt>
            <dd>Ledger and Dialog</dd>
            <dt>
              <kbd>Esc</kbd>
            </dt>
            <dd>back to the run</dd>
          </dl>
        </section>
      </div>
    </>
  )
}
