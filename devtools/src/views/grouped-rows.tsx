/** The rows of the ledger under the heads of their groups, which fold. Only what is in sight is in the page. */
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react'
import { grouped, usd } from '../model/numbers.js'
import { number, record } from '../model/read.js'
import { liveRows } from '../model/row.js'
import { type GroupBy, groupLines, type RowGroup, rowGroups, shownLines } from '../model/row-groups.js'
import { usePanel } from '../state/context.js'
import css from '../styles/groups.css?inline'
import { useSheet } from './adopt.js'
import { Icon } from './glyph.js'
import { LedgerRow, RawRow, rowHeight, StreamingRow } from './ledger-row.js'
import { paintMatches } from './matches.js'
import { Boundary } from './parts.js'
import type { ViewProps } from './registry.js'

const overscan = 6

function GroupedRows({ run, by }: Pick<ViewProps, 'run'> & { readonly by: GroupBy }) {
  const panel = usePanel()
  const { book, shown, visible } = run
  const { selected, playhead } = panel
  const box = useRef<HTMLDivElement>(null)
  const [view, setView] = useState({ top: 0, height: 600 })
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set())
  const { length } = visible ?? book.events
  // Laid out when rows come or a group is folded, not when they are scrolled.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the lists grow
  const groups = useMemo(() => rowGroups(book, by, visible), [book, by, visible, length])
  const lines = useMemo(() => groupLines(groups, closed), [groups, closed])
  const line = useMemo(() => (selected === undefined ? -1 : lines.of(selected)), [lines, selected])
  const live = panel.filter === '' && playhead === undefined ? liveRows(book, Date.now()) : []
  const total = lines.count + live.length
  useLayoutEffect(() => {
    shownLines.set(panel, lines)
    return () => void shownLines.delete(panel)
  }, [panel, lines])
  useEffect(() => {
    if (box.current) paintMatches(box.current, panel.terms)
  })

  useLayoutEffect(() => {
    const element = box.current
    if (!element) return
    const observer = new ResizeObserver(() => setView({ top: element.scrollTop, height: element.clientHeight }))
    observer.observe(element)
    return () => observer.disconnect()
  }, [])
  useLayoutEffect(() => {
    const element = box.current
    if (!element || line < 0) return
    const top = line * rowHeight
    if (top < element.scrollTop) element.scrollTop = top
    else if (top + rowHeight > element.scrollTop + element.clientHeight) {
      element.scrollTop = top + rowHeight - element.clientHeight
    }
  }, [line])

  const fold = (key: string): void => {
    const next = new Set(closed)
    if (!next.delete(key)) next.add(key)
    setClosed(next)
  }
  const hot = selected === undefined ? undefined : shown.calls.ofRow(selected)
  const first = Math.max(0, Math.floor(view.top / rowHeight) - overscan)
  const last = Math.min(total, Math.ceil((view.top + view.height) / rowHeight) + overscan)
  // As in the plain list, the elements of a row that leaves are used for the next that comes.
  const slots = Math.ceil(view.height / rowHeight) + 2 * overscan + 2
  const rows = []
  let drawn = false
  for (let at = first; at < last; at++) {
    const item = lines.at(at)
    const answer = live[at - lines.count]
    // An answer belongs to a group once it is an event.
    if (answer) {
      rows.push(<StreamingRow key={answer.request} item={answer} at={at} mask={0} hot={-1} onSelect={panel.select} />)
    }
    if (!item) continue
    const { group, row, nth } = item
    if (row === undefined) {
      rows.push(
        <Head
          key={at % slots}
          group={group}
          at={at}
          nth={nth}
          of={groups.length}
          open={!closed.has(group.key)}
          costUsd={costOf(group, shown.events)}
          onFold={fold}
        />
      )
      continue
    }
    drawn ||= row === selected
    const future = playhead !== undefined && row >= playhead
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
          fate={undefined}
          answered={known.calls.ofRow(row)?.end ?? -1}
          nth={nth}
          of={group.rows.length}
          onSelect={panel.select}
        />
      </Boundary>
    )
  }
  return (
    <div
      ref={box}
      className="rows grouped"
      role="treegrid"
      aria-label="Events"
      aria-rowcount={total}
      aria-activedescendant={drawn ? `row-${selected}` : undefined}
      tabIndex={0}
      data-keys="rows"
      onScroll={event => {
        const { scrollTop } = event.currentTarget
        setView(before => ({ ...before, top: scrollTop }))
      }}
    >
      {/* biome-ignore lint/a11y/useSemanticElements: rows of a grid made of boxes */}
      <div className="space" role="rowgroup" style={{ height: total * rowHeight }}>
        {rows}
      </div>
      {total === 0 && <p className="none">Nothing to group yet.</p>}
    </div>
  )
}

/** How the rows are grouped, right of the views' tabs; and the rows, where they are. */
export function Groups({ run, dock }: ViewProps) {
  useSheet(css)
  const { group } = usePanel()
  return (
    <>
      {!dock && <GroupPicker />}
      {group !== 'none' && <GroupedRows run={run} by={group} />}
    </>
  )
}

function GroupPicker() {
  const panel = usePanel()
  return (
    <label className="group-by muted">
      Group{' '}
      <select value={panel.group} onChange={event => panel.setGroup(event.target.value as GroupBy)}>
        {['none', 'actor', 'type', 'branch'].map(by => (
          <option key={by}>{by}</option>
        ))}
      </select>
    </label>
  )
}

function Head(props: {
  readonly group: RowGroup
  readonly at: number
  /** Which of so many heads it is. */
  readonly nth: number
  readonly of: number
  readonly open: boolean
  readonly costUsd: number | undefined
  readonly onFold: (key: string) => void
}) {
  const { group, at, nth, of, open, costUsd, onFold } = props
  const { key, rows } = group
  return (
    // biome-ignore lint/a11y/useSemanticElements: a row of a grid made of boxes
    // biome-ignore lint/a11y/useFocusableInteractive: its button has the focus
    <div
      role="row"
      className="group-head"
      aria-rowindex={at + 1}
      aria-level={1}
      aria-posinset={nth}
      aria-setsize={of}
      aria-expanded={open}
      style={{ top: at * rowHeight }}
    >
      {/* biome-ignore lint/a11y/useSemanticElements: a cell of a grid made of boxes */}
      {/* biome-ignore lint/a11y/useFocusableInteractive: its button has the focus */}
      <span role="gridcell">
        <button type="button" aria-expanded={open} title={key} onClick={() => onFold(key)}>
          <Icon name={open ? 'down' : 'right'} size={10} />
          <span className="clip">{key || 'nobody'}</span>
          <span className="muted">
            {grouped(rows.length)} {rows.length === 1 ? 'event' : 'events'}
          </span>
          {costUsd !== undefined && <span className="right">{usd(costUsd)}</span>}
        </button>
      </span>
    </div>
  )
}

const costs = new WeakMap<readonly number[], { seen: number; usd: number | undefined }>()

/** What the answers among its rows cost; undefined where there is none with a price. */
function costOf({ rows }: RowGroup, events: ViewProps['run']['book']['events']): number | undefined {
  const known = costs.get(rows)
  // At a place further back the sum that was kept is too high.
  const usable = known && (rows[known.seen - 1] ?? -1) < events.length
  let { seen, usd: sum } = usable ? known : { seen: 0, usd: undefined as number | undefined }
  for (; seen < rows.length && (rows[seen] as number) < events.length; seen++) {
    const event = events[rows[seen] as number]
    const cost = event?.type === 'llm.response' ? number(record(event.data).cost_usd) : undefined
    if (cost !== undefined) sum = (sum ?? 0) + cost
  }
  if (seen === rows.length) costs.set(rows, { seen, usd: sum })
  return sum
}
