/** The ledger: a grid of which only the rows in sight are in the page, so that a hundred thousand cost what forty do. */
import { memo, useEffect, useLayoutEffect, useRef, useState } from 'react'
import type { Book } from '../model/book.js'
import type { Call } from '../model/calls.js'
import type { Fate } from '../model/fork-plan.js'
import { oneLine } from '../model/mask.js'
import { type LiveRow, liveRows, rowAt } from '../model/row.js'
import { runState } from '../model/run.js'
import { usePanel } from '../state/context.js'
import { useFates } from '../state/fates.js'
import { Glyph, Icon } from './glyph.js'
import { LanesOf, LiveLanes } from './lanes.js'
import { paintMatches } from './matches.js'
import { Minimap } from './minimap-slot.js'
import { Boundary, Chip } from './parts.js'
import type { ViewProps } from './registry.js'

export const rowHeight = 24
const overscan = 6
/** So near to the end, the list follows it. */
const pinPx = 50

/** The width of a usual character, to cut a growing text at a word. */
const charPx = 7.4

export function Ledger({ run, dock }: ViewProps) {
  const panel = usePanel()
  const { book, shown, visible } = run
  const { playhead } = panel
  const scroller = useRef<HTMLDivElement>(null)
  const summaryHead = useRef<HTMLSpanElement>(null)
  const [view, setView] = useState({ top: 0, height: 600, summary: 240 })
  const pinned = useRef(false)
  const touched = useRef(false)
  const [seen, setSeen] = useState<number | undefined>(undefined)

  const now = Date.now()
  const room = Math.max(16, Math.floor(view.summary / charPx))
  const live = panel.filter === '' && playhead === undefined ? liveRows(book, now, room) : []
  const count = visible ? visible.length : book.events.length
  const total = count + live.length
  const rowOf = (at: number): number => (visible ? (visible[at] ?? -1) : at)

  // A run that is under way is followed until the reader goes elsewhere; a finished one is read from its beginning.
  if (!touched.current && runState(book, now, run.status.state === 'live') === 'running') pinned.current = true

  useEffect(() => {
    const element = scroller.current
    if (!element) return
    const observer = new ResizeObserver(() => setView(sizeOf(element, summaryHead.current)))
    observer.observe(element)
    if (summaryHead.current) observer.observe(summaryHead.current)
    return () => observer.disconnect()
  }, [])

  useLayoutEffect(() => {
    const element = scroller.current
    if (element && pinned.current) {
      const end = total * rowHeight - element.clientHeight
      if (Math.abs(element.scrollTop - end) > 1) element.scrollTop = end
    }
  }, [total])

  // The selection stays in sight when keys or a link move it.
  const { selected } = panel
  useLayoutEffect(() => {
    const element = scroller.current
    if (!element || selected === undefined) return
    const at = visible ? indexOf(visible, selected) : selected
    if (at < 0) return
    const top = at * rowHeight
    if (top < element.scrollTop) element.scrollTop = top
    else if (top + rowHeight > element.scrollTop + element.clientHeight) {
      element.scrollTop = top + rowHeight - element.clientHeight
    }
  }, [selected, visible])

  // So does the playhead.
  const playheadAt = playhead === undefined ? undefined : visible ? placeOf(visible, playhead) : playhead
  useLayoutEffect(() => {
    const element = scroller.current
    if (!element || playheadAt === undefined) return
    const y = playheadAt * rowHeight
    const margin = Math.min(4 * rowHeight, element.clientHeight / 3)
    if (y < element.scrollTop + margin) element.scrollTop = y - margin
    else if (y > element.scrollTop + element.clientHeight - margin) {
      element.scrollTop = y - element.clientHeight + margin
    }
  }, [playheadAt])

  const { terms } = panel
  useEffect(() => {
    if (scroller.current) paintMatches(scroller.current, terms)
  })
  useEffect(() => () => paintMatches(document.createElement('p'), []), [])

  const follow = (): void => {
    pinned.current = true
    touched.current = false
    setSeen(undefined)
    const element = scroller.current
    if (element) element.scrollTop = element.scrollHeight
  }
  const onScroll = (): void => {
    const element = scroller.current
    if (!element) return
    const atEnd = element.scrollTop + view.height > total * rowHeight - pinPx
    if (atEnd !== pinned.current) {
      pinned.current = atEnd
      touched.current = true
      setSeen(atEnd ? undefined : book.events.length)
    }
    // Its other sizes change with the panel's alone; to ask for them here would lay the page out once more.
    setView(before => ({ ...before, top: element.scrollTop }))
  }

  const first = Math.max(0, Math.floor(view.top / rowHeight) - overscan)
  const last = Math.min(total, Math.ceil((view.top + view.height) / rowHeight) + overscan)
  const hot = selected === undefined ? undefined : (shown.calls.ofRow(selected) ?? book.calls.ofRow(selected))
  const fates = useFates(panel, run.key)
  // A row that leaves at one end comes in again at the other: its elements are used anew while the list is scrolled.
  const slots = Math.ceil(view.height / rowHeight) + 2 * overscan + 2
  const rows = []
  for (let at = first; at < last; at++) {
    if (at < count) {
      const row = rowOf(at)
      const future = playhead !== undefined && row >= playhead
      // What is to come stands as it will be; what was stands as it was known then.
      const known = future ? book : shown
      rows.push(
        <Boundary
          key={at % slots}
          resetKey={`${row} ${book.name}`}
          fallback={() => <RawRow book={book} row={row} at={at} />}
        >
          <LedgerRow
            book={known}
            row={row}
            at={at}
            future={future}
            selected={row === selected}
            hot={hot}
            fate={fates?.of(row)}
            answered={known.calls.ofRow(row)?.end ?? -1}
            onSelect={panel.select}
          />
        </Boundary>
      )
    } else {
      const item = live[at - count] as LiveRow
      rows.push(
        <StreamingRow
          key={item.request}
          item={item}
          at={at}
          mask={live
            .slice(0, at - count)
            .reduce((mask, above) => (above.lane < 0 ? mask : mask & ~(1 << above.lane)), book.lanes.openMask)}
          hot={hot && hot.end < 0 ? hot.lane : -1}
          onSelect={panel.select}
        />
      )
    }
  }
  const fresh = seen === undefined || pinned.current ? 0 : book.events.length - seen

  return (
    <div className={fates ? 'ledger forking' : 'ledger'}>
      {!dock && <Minimap run={run} />}
      <div className="columns" aria-hidden="true">
        <span className="r">seq</span>
        <span className="r">time s</span>
        <span className="lanes-head" />
        <span className="type">type</span>
        <span className="actor">actor</span>
        <span ref={summaryHead}>summary</span>
        <span className="r">tok</span>
        <span className="r cost">$</span>
        <span className="r clip">{fates ? `in ${fates.branch}` : 'cache'}</span>
      </div>
      {/* biome-ignore lint/a11y/useSemanticElements: a table cannot leave out the rows that are not in sight */}
      <div
        ref={scroller}
        className="rows"
        role="grid"
        aria-label="Events"
        aria-rowcount={total}
        aria-activedescendant={rows.some(({ key }) => key === String(selected)) ? `row-${selected}` : undefined}
        tabIndex={0}
        data-keys="rows"
        onScroll={onScroll}
      >
        {/* biome-ignore lint/a11y/useSemanticElements: rows of a grid made of boxes */}
        <div className="space" role="rowgroup" style={{ height: total * rowHeight }}>
          {rows}
          {playheadAt !== undefined && (
            <div className="playhead-line" style={{ top: playheadAt * rowHeight }} aria-hidden="true">
              <span>playhead</span>
            </div>
          )}
        </div>
        {total === 0 && <Nothing filtered={visible !== undefined && book.events.length > 0} />}
      </div>
      {fresh > 0 && (
        <button type="button" className="pill" onClick={follow}>
          <Icon name="down" />
          {fresh} new
        </button>
      )}
    </div>
  )
}

function sizeOf(rows: HTMLElement, head: HTMLElement | null): { top: number; height: number; summary: number } {
  return { top: rows.scrollTop, height: rows.clientHeight, summary: head?.offsetWidth ?? 0 }
}

function Nothing({ filtered }: { readonly filtered: boolean }) {
  const panel = usePanel()
  if (panel.searching !== undefined) return <p className="none">Nothing yet. Still looking…</p>
  if (!filtered) return <p className="none">No event yet. The first one appears here by itself.</p>
  return (
    <div className="none">
      <p>No event matches the filter.</p>
      <p>
        <button type="button" className="button" onClick={() => panel.setFilter('')}>
          Show all
        </button>
      </p>
    </div>
  )
}

/** How many of the visible rows come before a row. */
function placeOf(rows: readonly number[], row: number): number {
  let low = 0
  let high = rows.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((rows[middle] as number) < row) low = middle + 1
    else high = middle
  }
  return low
}

/** Where a row stands among the visible ones, which are in order. */
export function indexOf(rows: readonly number[], row: number): number {
  let low = 0
  let high = rows.length - 1
  while (low <= high) {
    const middle = (low + high) >> 1
    const value = rows[middle] as number
    if (value === row) return middle
    if (value < row) low = middle + 1
    else high = middle - 1
  }
  return -1
}

interface RowProps {
  readonly book: Book
  readonly row: number
  readonly at: number
  /** After the playhead. */
  readonly future: boolean
  readonly selected: boolean
  readonly hot: Call | undefined
  /** What a fork would do with it, while one is made. */
  readonly fate: Fate | undefined
  /** Where the row's call ended: a request's tokens and chip come with its answer. */
  readonly answered: number
  readonly onSelect: (row: number) => void
}

const LedgerRow = memo(function LedgerRow({ book, row, at, future, selected, hot, fate, onSelect }: RowProps) {
  const item = rowAt(book, row)
  if (!item) return null
  return (
    // biome-ignore lint/a11y/useSemanticElements: a row of a grid made of boxes
    // biome-ignore lint/a11y/useFocusableInteractive: the grid holds the focus and names its active row
    // biome-ignore lint/a11y/useKeyWithClickEvents: the grid has the keys of its rows
    <div
      id={`row-${row}`}
      role="row"
      className={`row${selected ? ' selected' : ''}${future ? ' future' : ''}`}
      aria-rowindex={at + 1}
      aria-selected={selected}
      style={{ top: at * rowHeight }}
      onClick={() => onSelect(row)}
    >
      <Cell className="seq r">{item.seq}</Cell>
      <Cell className="time r clip" title={item.time}>
        {item.time}
      </Cell>
      <Cell className="lanes-cell">
        <LanesOf book={book} row={row} hot={hot} />
      </Cell>
      <Cell className="type">
        <Glyph name={item.glyph} />
        <span className="clip">
          <span className="space-name">{item.space}</span>
          {item.verb}
        </span>
      </Cell>
      <Cell className="actor clip" title={item.actor}>
        {item.actor}
      </Cell>
      <Cell className={`summary ${item.summary.tone}`} title={item.summary.text}>
        {item.summary.text}
      </Cell>
      <Cell className="tok r">{item.tokens}</Cell>
      <Cell className="cost r">{item.cost}</Cell>
      <Cell className={fate ? `fate r ${fate}` : 'cache-cell'}>{fate ?? (item.chip && <Chip chip={item.chip} />)}</Cell>
    </div>
  )
})

function Cell(props: { readonly className: string; readonly title?: string; readonly children?: React.ReactNode }) {
  const { className, title, children } = props
  return (
    // biome-ignore lint/a11y/useSemanticElements: cells of a grid made of boxes
    // biome-ignore lint/a11y/useFocusableInteractive: the grid holds the focus and names its active row
    <span role="gridcell" className={className} title={title}>
      {children}
    </span>
  )
}

function RawRow({ book, row, at }: { readonly book: Book; readonly row: number; readonly at: number }) {
  return (
    <div className="row" style={{ top: at * rowHeight }}>
      <span className="seq r">{row + 1}</span>
      <span className="summary raw" style={{ gridColumn: '2 / -1' }}>
        {oneLine(book.events[row])}
      </span>
    </div>
  )
}

function StreamingRow(props: {
  readonly item: LiveRow
  readonly at: number
  readonly mask: number
  readonly hot: number
  readonly onSelect: (row: number) => void
}) {
  const { item, at, mask, hot, onSelect } = props
  return (
    // biome-ignore lint/a11y/useSemanticElements: a row of a grid made of boxes
    // biome-ignore lint/a11y/useFocusableInteractive: the grid holds the focus
    // biome-ignore lint/a11y/useKeyWithClickEvents: the same as a click on the request's row, which has keys
    <div
      role="row"
      className="row live"
      aria-rowindex={at + 1}
      style={{ top: at * rowHeight }}
      data-streaming={item.request}
      onClick={() => onSelect(item.requestRow)}
    >
      <Cell className="seq r">–</Cell>
      <Cell className="time r">{item.time}</Cell>
      <Cell className="lanes-cell">
        <LiveLanes mask={mask} lane={item.lane} hot={hot} />
      </Cell>
      <Cell className="type">
        <Glyph name="stream" />
        <span>streaming</span>
      </Cell>
      <Cell className="actor clip">{item.actor}</Cell>
      <Cell className="summary tail">
        <Tail text={item.tail} />
        <span className={item.idle ? 'caret idle' : 'caret'} />
      </Cell>
      <Cell className="tok r">{item.tokens}</Cell>
      <Cell className="cost r" />
      <Cell className="cache-cell">
        {item.rate !== '' && item.rate !== '–' && <Chip chip={{ look: 'live', text: item.rate }} />}
      </Cell>
    </div>
  )
}

/** Shows the end of a text: what does not fit is cut on the left. */
function Tail({ text }: { readonly text: string }) {
  return (
    <span>
      <bdi dir="ltr">{text}</bdi>
    </span>
  )
}
