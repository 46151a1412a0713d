/** The inspector's tabs behind Pretty: the line as it is stored, what differs from the event before, causes and effects. */

import { type ReactNode, useMemo, useState } from 'react'
import type { Book } from '../model/book.js'
import { causesOf, chainOf, consequenceOf, previousLike } from '../model/consequence.js'
import { masked } from '../model/mask.js'
import { bytes, count, duration, grouped, usd } from '../model/numbers.js'
import { record } from '../model/read.js'
import { FieldDiff, useDiffer } from './field-diff.js'
import { CopyWords } from './json-tab.js'
import { Ref } from './late-parts.js'
import { EventLink, type Go } from './pretty-fields.js'

export { JsonTab } from './json-tab.js'

const rawRoom = 20_000

/** The event's line. Of a long one the beginning is in the page; a copy has all of it. */
export function RawTab({ value }: { readonly value: unknown }) {
  const text = useMemo(() => JSON.stringify(value), [value])
  const [room, setRoom] = useState(rawRoom)
  return (
    <div className="raw-tab">
      <div className="json-path">
        <span className="meta">One line of the ledger, {bytes(new Blob([text]).size)}</span>
        <CopyWords label="Copy line" text={() => text} />
      </div>
      <pre className="mono">{masked(text.slice(0, room))}</pre>
      {text.length > room && (
        <button type="button" className="button" onClick={() => setRoom(room * 5)}>
          Show more: {grouped(text.length - room)} characters are left
        </button>
      )}
    </div>
  )
}

interface TabProps {
  readonly book: Book
  readonly row: number
  readonly onGo: Go
}

/**
 * What may be compared: what is another event's by nature says nothing, such as its id and when it was, nor does the
 * rhythm of a stream; an answer's message says its text once more.
 */
function compared(book: Book, row: number): Record<string, unknown> {
  const { type, source, actor, data } = record(book.events[row])
  if (type !== 'llm.response') return { type, source, actor, data }
  const { stream: _stream, message: _message, native: _native, ...rest } = record(data)
  return { type, source, actor, data: rest }
}

export function DiffTab({ book, row, onGo }: TabProps) {
  const differ = useDiffer()
  const type = book.events[row]?.type ?? ''
  const before = useMemo(() => previousLike(book, row), [book, row])
  const fields = useMemo(
    () =>
      before === undefined || !differ || differ === 'failed'
        ? undefined
        : differ.fields(compared(book, before), compared(book, row)),
    [book, before, row, differ]
  )
  if (before === undefined) {
    return (
      <section className="section">
        <p className="muted">This is the first {type}: there is none before it to compare with.</p>
      </section>
    )
  }
  if (differ === 'failed') return <p className="section muted">What compares events could not be loaded.</p>
  return (
    <section className="section">
      <h3>
        From <Ref book={book} row={before} onGo={onGo} /> to this, the {type} before it
        {fields && <span className="right">{fields.length}</span>}
      </h3>
      {fields?.length === 0 && <p className="muted">They hold the same: only their ids, causes and times differ.</p>}
      {fields && differ && <FieldDiff fields={fields} differ={differ} />}
    </section>
  )
}

const maxLinks = 100

export function CausesTab({ book, row, onGo }: TabProps) {
  const event = book.events[row]
  const chain = useMemo(() => chainOf(book, row), [book, row])
  // Not a memo: what an event led to grows with the book.
  const sum = consequenceOf(book, row)
  const causes = causesOf(book, row)
  const effects = book.causes.effectsOf(row)
  const unknown = (event?.cause ?? []).slice(0, 20).filter(id => book.causes.rowOf(id) === undefined)
  return (
    <>
      {sum.events > 0 && (
        <section className="section">
          <h3>
            All that it led to
            <span className="right">
              {sum.more ? 'more than ' : ''}
              {grouped(sum.events)} {sum.events === 1 ? 'event' : 'events'}
            </span>
          </h3>
          <dl className="four">
            <Figure
              value={usd(sum.costUsd, sum.estimated)}
              name={sum.unpriced > 0 ? `cost, ${sum.unpriced} unpriced` : 'cost'}
            />
            <Figure value={duration(sum.lastedMs)} name="until its last" />
            <Figure value={String(sum.calls)} name={`calls${sum.hits > 0 ? `, ${sum.hits} from cache` : ''}`} />
            <Figure
              value={
                sum.inputTokens + sum.outputTokens === 0
                  ? '–'
                  : `${count(sum.inputTokens)} → ${count(sum.outputTokens)}`
              }
              name="tokens"
            />
          </dl>
        </section>
      )}
      <Links
        title="Caused by"
        rows={causes}
        empty="Nothing before it: it began the run, or came from outside."
        book={book}
        onGo={onGo}
      >
        {unknown.map(id => (
          <p key={id} className="muted clip" title={id.slice(0, 300)}>
            {id} <span className="meta">is not in this ledger</span>
          </p>
        ))}
      </Links>
      <Links title="Led to" rows={effects} empty="Nothing yet names this event as its cause." book={book} onGo={onGo} />
      {chain.length > 1 && <Links title="The way from the root" rows={[...chain].reverse()} book={book} onGo={onGo} />}
    </>
  )
}

function Figure({ value, name }: { readonly value: string; readonly name: string }) {
  return (
    <div>
      <dt>{value}</dt>
      <dd>{name}</dd>
    </div>
  )
}

function Links(props: {
  readonly title: string
  readonly rows: readonly number[]
  readonly empty?: string
  readonly book: Book
  readonly onGo: Go
  readonly children?: ReactNode
}) {
  const { title, rows, empty, book, onGo, children } = props
  return (
    <section className="section">
      <h3>
        {title} <span>{rows.length}</span>
      </h3>
      {rows.length === 0 && empty && <p className="muted">{empty}</p>}
      <div className="links">
        {rows.slice(0, maxLinks).map(row => (
          <EventLink key={row} book={book} row={row} onGo={onGo} />
        ))}
      </div>
      {children}
      {rows.length > maxLinks && (
        <p className="meta">
          {maxLinks} of {grouped(rows.length)} are shown.
        </p>
      )}
    </section>
  )
}
