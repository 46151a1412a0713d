/** The ledger: a grid of which only the rows in sight are in the page, so that a hundred thousand cost what forty do. */
import { useEffect, useLayoutEffect, useRef, useState } from 'react'
import { type LiveRow, liveRows } from '../model/row.js'
import { runState } from '../model/run.js'
import { below, indexOf } from '../model/sorted.js'
import { usePanel } from '../state/context.js'
import { useFates } from '../state/fates.js'
import { Icon } from './glyph.js'
import { late } from './late.js'
import { LedgerRow, RawRow, rowHeight, StreamingRow } from './ledger-row.js'
import { paintMatches } from './matches.js'
import { Minimap } from './minimap-slot.js'
import { Boundary } from './parts.js'
import type { ViewProps } from './registry.js'

const overscan = 6
/** So near to the end, the list follows it. */
const pinPx = 50

/** The width of a usual character, to cut a growing text at a word. */
const charPx = 7.4

export function Ledger({ run, dock }: ViewProps) {
  const panel = usePanel()
  const { book, shown, visible } = run
  const { playhead } = panel
  const groups = panel.group !== 'none'
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
  const playheadAt = playhead === undefined ? undefined : visible ? below(visible, playhead) : playhead
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
    if (scroller.current && !groups) paintMatches(scroller.current, terms)
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
  // In groups they are drawn there.
  const last = groups ? 0 : Math.min(total, Math.ceil((view.top + view.height) / rowHeight) + overscan)
  const hot = selected === undefined ? undefined : (shown.calls.ofRow(selected) ?? book.calls.ofRow(selected))
  const fates = useFates(panel, run.key)
  // A row that leaves at one end comes in again at the other: its elements are used anew while the list is scrolled.
  const slots = Math.ceil(view.height / rowHeight) + 2 * overscan + 2
  const rows = []
  let drawn = false
  for (let at = first; at < last; at++) {
    if (at < count) {
      const row = rowOf(at)
      drawn ||= row === selected
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
        hidden={groups}
        className="rows"
        role="grid"
        aria-label="Events"
        aria-rowcount={total}
        aria-activedescendant={drawn ? `row-${selected}` : undefined}
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
      <Boundary fallback={() => null}>
        <Groups run={run} dock={dock} />
      </Boundary>
      {fresh > 0 && !groups && (
        <button type="button" className="pill" onClick={follow}>
          <Icon name="down" />
          {fresh} new
        </button>
      )}
    </div>
  )
}

const Groups = late(async () => (await import('./grouped-rows.js')).Groups)

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
