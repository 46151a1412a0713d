/** The rows of a comparison: an equal stretch, an equal event, or partners whose words or fields differ. */

import type { FieldChange, LedgerEvent } from 'daybook'
import { memo, useMemo } from 'react'
import {
  type CompareItem,
  type CompareRow,
  deltasOf,
  fieldsOf,
  said,
  sameWords,
  type TextPair,
  textsOf,
  unrunWords
} from '../model/compare.js'
import { around, type Differ, maxCompared, type WordChange } from '../model/differ.js'
import { masked } from '../model/mask.js'
import { rowAt } from '../model/row.js'
import { summaryOf } from '../model/summary.js'
import type { Side } from './compare-sides.js'
import { Glyph, Icon } from './glyph.js'
import { Boundary, Chip } from './parts.js'

/** What was found out about the runs that are shown. */
export interface Aligned {
  readonly rows: readonly CompareRow[]
  /** What differs in the data of partners. */
  readonly fields: (before: LedgerEvent, after: LedgerEvent) => readonly FieldChange[]
  readonly changed: ReadonlySet<string>
  readonly differ: Differ
}

interface ItemProps {
  readonly sides: readonly Side[]
  readonly aligned: Aligned
  readonly onGo: (side: Side, row: number) => void
}

export function ItemRow(props: ItemProps & { readonly item: CompareItem; readonly onToggle: (from: number) => void }) {
  const { item, sides, aligned, onGo, onToggle } = props
  const [a] = sides
  if (!a) return null
  if (item.kind !== 'row') {
    const { rows } = aligned
    const { from, to } = item
    const [range, words] =
      item.kind === 'same'
        ? sameWords(rows, from, to, a.book)
        : unrunWords(
            rows,
            from,
            to,
            sides.map(({ book }) => book)
          )
    return (
      <button type="button" className="compare-same" aria-expanded={item.open} onClick={() => onToggle(item.from)}>
        <Icon name={item.open ? 'down' : 'right'} size={10} />
        <span>{range}</span>
        <span className="muted clip">{words}</span>
      </button>
    )
  }
  const row = aligned.rows[item.row]
  if (!row) return null
  return (
    <Boundary resetKey={row} fallback={() => <p className="compare-note">This row cannot be shown.</p>}>
      {item.quiet ? (
        <Quiet row={row} sides={sides} onGo={onGo} />
      ) : (
        <Difference row={row} sides={sides} aligned={aligned} onGo={onGo} />
      )}
    </Boundary>
  )
}

/** Where an event stands in its run, from 0; -1 where it is in no way there. */
function placeOf(side: Side, event: LedgerEvent): number {
  return side.book.causes.rowOf(event.id) ?? -1
}

function Quiet({
  row,
  sides,
  onGo
}: {
  readonly row: CompareRow
  readonly sides: readonly Side[]
  readonly onGo: ItemProps['onGo']
}) {
  return (
    <div className="compare-grid quiet">
      {row.events.map((event, at) => {
        const side = sides[at]
        if (!event || !side) return <span key={side?.key ?? at} />
        const text = masked(summaryOf(event, side.book.objects).text)
        return (
          <button
            key={side.key}
            type="button"
            className="compare-line"
            title={text.slice(0, 2000)}
            onClick={() => onGo(side, placeOf(side, event))}
          >
            <Title side={side} event={event} />
            <span className="clip muted">{text}</span>
          </button>
        )
      })}
    </div>
  )
}

function Title({ side, event }: { readonly side: Side; readonly event: LedgerEvent }) {
  const place = placeOf(side, event)
  const item = rowAt(side.book, place)
  if (!item) return null
  return (
    <>
      <Glyph name={item.glyph} />
      <span className="type">
        {item.space}
        {item.verb}
      </span>
      <span className="mono muted">#{item.seq}</span>
      <span className="actor muted clip">{item.actor}</span>
    </>
  )
}

const Difference = memo(function Difference({ row, sides, aligned, onGo }: ItemProps & { readonly row: CompareRow }) {
  const { differ, fields: known } = aligned
  const [first, ...others] = row.events
  // Each other run is compared with the first; the first shows what differs from the next one that has the event.
  const pairs = useMemo(
    () =>
      row.events.slice(1).map(other => {
        if (!first || !other) return undefined
        const found = textsOf(first, other, known(first, other))
        const begun = (text: string): string => masked(text.slice(0, maxCompared))
        const texts = found && { ...found, before: begun(found.before), after: begun(found.after) }
        return { found, texts, words: texts ? differ.words(texts.before, texts.after) : [] }
      }),
    [row, first, differ, known]
  )
  const shownPair = pairs.findIndex(pair => pair !== undefined)
  return (
    <div className="compare-grid difference">
      {row.events.map((event, at) => {
        const side = sides[at] as Side
        if (!event) {
          return (
            <div key={side.key} className="compare-cell not-in">
              <span>not in {side.letter}</span>
            </div>
          )
        }
        const partner = at === 0 ? others[shownPair] : first
        const pair = at === 0 ? pairs[shownPair] : pairs[at - 1]
        const fields = !first || !partner ? [] : known(first, at === 0 ? partner : event)
        return (
          <Cell
            key={side.key}
            side={side}
            event={event}
            look={at === 0 ? 'before' : 'after'}
            texts={partner ? pair?.texts : undefined}
            words={pair?.words ?? []}
            fields={partner ? fields : []}
            note={at > 0 && first ? noteOf(event, first, fields, aligned.changed) : undefined}
            onGo={onGo}
          />
        )
      })}
      <div className="compare-cell">
        <Deltas row={row} sides={sides} aligned={aligned} texts={pairs.map(pair => pair?.found)} />
      </div>
    </div>
  )
})

/** Why a request is another one: somebody changed it, or something before it did. */
function noteOf(
  event: LedgerEvent,
  first: LedgerEvent,
  fields: readonly FieldChange[],
  changed: ReadonlySet<string>
): string | undefined {
  if (event.type !== 'llm.request' || fields.length === 0) return undefined
  return [...event.cause, ...first.cause].some(id => changed.has(id)) ? 'its cause changed' : 'edited'
}

interface CellProps {
  readonly side: Side
  readonly event: LedgerEvent
  readonly look: 'before' | 'after'
  readonly texts: TextPair | undefined
  readonly words: readonly WordChange[]
  readonly fields: readonly FieldChange[]
  readonly note: string | undefined
  readonly onGo: ItemProps['onGo']
}

function Cell({ side, event, look, texts, words, fields, note, onGo }: CellProps) {
  const place = placeOf(side, event)
  const chip = rowAt(side.book, place)?.chip
  return (
    <div className={place >= side.shown.events.length ? 'compare-cell to-come' : 'compare-cell'}>
      <div className="compare-title">
        <button
          type="button"
          className="compare-line"
          title={`To this event in ${side.entry.info.name}`}
          onClick={() => onGo(side, place)}
        >
          <Title side={side} event={event} />
        </button>
        {note ? <span className="chip edited">{note}</span> : chip && <Chip chip={chip} />}
      </div>
      {texts ? (
        <Words texts={texts} words={words} look={look} />
      ) : (
        <Plain side={side} event={event} fields={fields} look={look} />
      )}
    </div>
  )
}

/** What one side of a text has, with what only it has marked. */
function Words({
  texts,
  words,
  look
}: {
  readonly texts: TextPair
  readonly words: readonly WordChange[]
  readonly look: CellProps['look']
}) {
  const whole = look === 'before' ? texts.before : texts.after
  const { pieces, left } = around(words, 120, 60)
  const own = look === 'before' ? 'removed' : 'added'
  return (
    <p className="compare-words" title={whole.slice(0, 2000)}>
      {texts.where !== '' && <span className="meta where">{texts.where}</span>}
      {pieces
        .filter(({ type }) => type === 'same' || type === own)
        .map((piece, at) =>
          piece.type === 'same' ? (
            piece.text
          ) : (
            // biome-ignore lint/suspicious/noArrayIndexKey: pieces of one text, in order
            <mark key={at} className={look === 'before' ? 'only-a' : 'only-b'}>
              {piece.text}
            </mark>
          )
        )}
      {whole === '' && <span className="muted">no such message</span>}
      {left > 0 && <span className="muted"> … and {left} more changes</span>}
      {texts.more > 0 && <span className="meta more-texts">{texts.more} more messages differ</span>}
    </p>
  )
}

function Plain({ side, event, fields, look }: Pick<CellProps, 'side' | 'event' | 'fields' | 'look'>) {
  const summary = masked(summaryOf(event, side.book.objects).text)
  const spoken = event.type === 'llm.response' ? masked(said(event).slice(0, 2000)) : ''
  const shown = spoken !== '' || event.type === 'llm.request' ? [] : fieldsOf(event, fields, look)
  return (
    <>
      {(shown.length === 0 || fields.length === 0) && (
        <p className="compare-words clamp muted" title={(spoken || summary).slice(0, 2000)}>
          {(spoken || summary).slice(0, 600)}
        </p>
      )}
      {fields.length > 0 && shown.length > 0 && (
        <p className="compare-fields mono">
          {shown.map(({ name, value, changed }) => (
            <span key={name} className="clip" title={`${name}: ${value}`}>
              <span className="muted">{name}: </span>
              {changed ? <mark className={look === 'before' ? 'only-a' : 'only-b'}>{value}</mark> : value}
            </span>
          ))}
        </p>
      )}
    </>
  )
}

function Deltas(props: {
  readonly row: CompareRow
  readonly sides: readonly Side[]
  readonly aligned: Aligned
  readonly texts: readonly (TextPair | undefined)[]
}) {
  const { row, sides, aligned, texts } = props
  const [first, ...others] = row.events
  const here = row.events.flatMap((event, at) => (event ? [sides[at] as Side] : []))
  if (here.length < row.events.length) {
    const places = here.map(side => `#${placeOf(side, row.events[sides.indexOf(side)] as LedgerEvent) + 1}`)
    return (
      <dl className="deltas">
        <div title={places.join(', ')}>
          <dt>only in</dt>
          <dd>{here.map(({ letter }) => letter).join(', ')}</dd>
          <dd className="values">{places.join(', ')}</dd>
        </div>
      </dl>
    )
  }
  return (
    <dl className="deltas">
      {others.flatMap((other, at) => {
        if (!first || !other) return []
        const deltas = deltasOf(first, other, aligned.fields(first, other), texts[at])
        const letter = others.length > 1 ? `${sides[at + 1]?.letter} ` : ''
        return deltas.slice(0, others.length > 1 ? 3 : 7).map(({ label, change, values }) => (
          <div key={`${letter}${label}`} title={values}>
            <dt className="clip" title={label}>
              {letter}
              {label}
            </dt>
            <dd className="clip">
              {others.length > 1 && change === 'changed' ? values.replace(/^.* → /s, '') : change}
            </dd>
            <dd className="values clip" title={values}>
              {values}
            </dd>
          </div>
        ))
      })}
    </dl>
  )
}
