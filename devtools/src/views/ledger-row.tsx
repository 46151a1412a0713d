/** One row of the ledger: an event, what is no event, or an answer that streams. */
import { memo, type ReactNode } from 'react'
import type { Book } from '../model/book.js'
import type { Call } from '../model/calls.js'
import type { Fate } from '../model/fork-plan.js'
import { oneLine } from '../model/mask.js'
import { type LiveRow, rowAt } from '../model/row.js'
import { Glyph } from './glyph.js'
import { LanesOf, LiveLanes } from './lanes.js'
import { Chip } from './parts.js'

export const rowHeight = 24

export interface RowProps {
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
  /** In groups: which of so many of its group it is. */
  readonly nth?: number
  readonly of?: number
  readonly onSelect: (row: number) => void
}

export const LedgerRow = memo(function LedgerRow(props: RowProps) {
  const { book, row, at, future, selected, hot, fate, nth, of, onSelect } = props
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
      aria-level={nth && 2}
      aria-posinset={nth}
      aria-setsize={of}
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
        <span>
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

function Cell(props: { readonly className: string; readonly title?: string; readonly children?: ReactNode }) {
  const { className, title, children } = props
  return (
    // biome-ignore lint/a11y/useSemanticElements: cells of a grid made of boxes
    // biome-ignore lint/a11y/useFocusableInteractive: the grid holds the focus and names its active row
    <span role="gridcell" className={className} title={title}>
      {children}
    </span>
  )
}

export function RawRow({ book, row, at }: { readonly book: Book; readonly row: number; readonly at: number }) {
  return (
    <div className="row" style={{ top: at * rowHeight }}>
      <span className="seq r">{row + 1}</span>
      <span className="summary raw" style={{ gridColumn: '2 / -1' }}>
        {oneLine(book.events[row])}
      </span>
    </div>
  )
}

export function StreamingRow(props: {
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
      <Cell className="cost r">{item.cost}</Cell>
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
