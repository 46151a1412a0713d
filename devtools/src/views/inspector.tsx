/** One event, whole: pretty, as JSON, as its line, beside the one before it, and among its causes and effects. */
import { lazy, Suspense, useMemo } from 'react'
import type { Book } from '../model/book.js'
import { causesOf } from '../model/consequence.js'
import { glyphOf, isError, typeParts } from '../model/family.js'
import { bytes, seconds } from '../model/numbers.js'
import { named } from '../model/read.js'
import { rowAt } from '../model/row.js'
import { usePanel } from '../state/context.js'
import type { InspectorTab, OpenRun, Panel } from '../state/panel.js'
import { ForkButton } from './fork-button.js'
import { Glyph, Icon } from './glyph.js'
import { Json } from './json.js'
import { CopyButton, Ref } from './late-parts.js'
import { Overview } from './overview.js'
import { Boundary, Chip, Tabs } from './parts.js'
import { Pretty } from './pretty.js'
import { Attempts, CallTrouble } from './pretty-trouble.js'
import { sheets } from './sheets.js'
import { shownTime } from './shown-time.js'

const more = (): Promise<typeof import('./inspector-tabs.js')> => import('./inspector-tabs.js')
const JsonTab = lazy(async () => ({ default: (await more()).JsonTab }))
const RawTab = lazy(async () => ({ default: (await more()).RawTab }))
const DiffTab = lazy(async () => ({ default: (await more()).DiffTab }))
const CausesTab = lazy(async () => ({ default: (await more()).CausesTab }))

const tabs: readonly { name: InspectorTab; label: string }[] = [
  { name: 'pretty', label: 'Pretty' },
  { name: 'json', label: 'JSON' },
  { name: 'raw', label: 'Raw' },
  { name: 'diff', label: 'Diff' },
  { name: 'causes', label: 'Causes' }
]

export function Inspector({ run, dock }: { readonly run: OpenRun; readonly dock: boolean }) {
  const panel = usePanel()
  const { selected, tab } = panel
  const book = run.shown
  const event = selected === undefined ? undefined : book.events[selected]
  const size = useMemo(() => (event && tab === 'json' ? JSON.stringify(event).length : 0), [event, tab])
  if (selected === undefined || !event) {
    return (
      <aside className="inspector" aria-label="Run">
        <h2 className="unseen">About the run</h2>
        {selected === undefined ? <Overview run={run} /> : <Later row={selected} panel={panel} />}
      </aside>
    )
  }
  const item = rowAt(book, selected)
  const call = book.calls.ofRow(selected)
  const [space, verb] = typeParts(event.type)
  const error = isError(event)
  const fork = sheets.fork && <ForkButton run={run} row={selected} short={dock} />
  // A dock has room for what is asked for most.
  const items = dock ? tabs.filter(({ name }) => name === tab || (name !== 'raw' && name !== 'diff')) : tabs
  const bar = (
    <Tabs small label="Inspector" items={items} value={tab} onChange={panel.setTab}>
      {tab === 'json' && !dock && <span className="end meta inspector-size">{bytes(size)}</span>}
    </Tabs>
  )
  const whole = named(event.actor) ?? ''
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
          <h2 className={error ? 'f-error clip' : 'clip'} title={event.type.slice(0, 500)}>
            {space}
            {verb}
          </h2>
          <span className="mono muted">#{selected + 1}</span>
          {!dock && (
            <span className="right tools">
              <CopyButton label="Copy the event as JSON" text={() => JSON.stringify(event, null, 2)} />
              {fork}
            </span>
          )}
        </div>
        <div className="about">
          <span className="clip" title={item?.actor}>
            {item?.actor}
          </span>
          {!dock && !whole.endsWith(item?.actor ?? '') && (
            <span className="muted clip" title={whole}>
              {whole}
            </span>
          )}
          <span className="mono muted">+{seconds(book.times[selected])} s</span>
          {item?.chip && <Chip chip={item.chip} />}
        </div>
        {dock && (
          <div className="right tools">
            {bar}
            {fork}
          </div>
        )}
      </div>
      {!dock && bar}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must reach it */}
      <div className="scroll" data-scroll="" role="tabpanel" tabIndex={0} aria-label={tab} key={`${selected} ${tab}`}>
        <Boundary resetKey={`${selected} ${tab}`} fallback={() => <Json value={event} />}>
          <Suspense>
            {tab === 'pretty' && (
              <Pretty
                run={run}
                row={selected}
                now={shownTime(run, panel)}
                onGo={panel.select}
                brief={panel.view === 'dialog'}
              />
            )}
            {tab === 'json' && (
              <>
                {(event.type === 'llm.failed' || event.type === 'llm.attempt') && (
                  <CallTrouble book={book} row={selected} call={call} onGo={panel.select} />
                )}
                <JsonTab value={event} type={event.type} />
                {call && <Attempts book={book} call={call} onGo={panel.select} />}
              </>
            )}
            {tab === 'raw' && <RawTab value={event} />}
            {tab === 'diff' && <DiffTab book={book} row={selected} onGo={panel.select} />}
            {tab === 'causes' && <CausesTab book={book} row={selected} onGo={panel.select} />}
          </Suspense>
        </Boundary>
      </div>
      <Foot book={book} row={selected} onGo={panel.select} />
    </aside>
  )
}

/** The selected event is after the playhead. */
function Later({ row, panel }: { readonly row: number; readonly panel: Panel }) {
  return (
    <section className="section">
      <h3>#{row + 1} has not happened yet</h3>
      <p className="muted">The playhead stands before it, and this shows the run as it was then.</p>
      <div className="later">
        <button type="button" className="button" onClick={() => panel.seek(row + 1)}>
          Move the playhead there
        </button>
        <button type="button" className="button" onClick={() => panel.select(undefined)}>
          About the run
        </button>
      </div>
    </section>
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
  const causes = causesOf(book, row)
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
