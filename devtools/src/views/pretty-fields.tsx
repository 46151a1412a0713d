/** The small parts that events are shown with: pairs of names and values, links to events, JSON under a title. */
import type { ReactNode } from 'react'
import type { Book } from '../model/book.js'
import { glyphOf } from '../model/family.js'
import { masked, oneLine } from '../model/mask.js'
import { seconds } from '../model/numbers.js'
import { questionAt } from '../model/row.js'
import { summaryOf } from '../model/summary.js'
import { Glyph } from './glyph.js'
import { Json } from './json.js'
import { Clamped } from './late-parts.js'

export type Go = (row: number) => void

export function Pair({ name, value }: { readonly name: string; readonly value: unknown }) {
  return (
    <>
      <dt className="clip" title={name.slice(0, 200)}>
        {name}
      </dt>
      <dd>{typeof value === 'string' ? masked(value.slice(0, 4000)) : oneLine(value, 1000)}</dd>
    </>
  )
}

const maxFields = 60

/** Members of a record, texts as text and the rest as JSON. */
export function Fields({ title, value }: { readonly title: string; readonly value: Record<string, unknown> }) {
  const pairs = Object.entries(value).filter(([, member]) => member !== undefined)
  return (
    <section className="section">
      <h3>{title}</h3>
      {pairs.length === 0 && <p className="muted">Nothing.</p>}
      <dl className="pairs words">
        {pairs.slice(0, maxFields).map(([name, member]) => (
          <div key={name} style={{ display: 'contents' }}>
            <dt className="clip" title={name.slice(0, 200)}>
              {name}
            </dt>
            <dd>{typeof member === 'string' ? <Clamped text={member} lines={8} /> : oneLine(member, 1000)}</dd>
          </div>
        ))}
      </dl>
      {pairs.length > maxFields && (
        <p className="meta">
          {maxFields} of {pairs.length} fields are shown; JSON has all.
        </p>
      )}
    </section>
  )
}

export function JsonSection({ title, value }: { readonly title: ReactNode; readonly value: unknown }) {
  return (
    <section className="section raw">
      <h3>{title}</h3>
      {typeof value === 'string' ? <Clamped text={value} lines={12} mono /> : <Json value={value} />}
    </section>
  )
}

/** An event in one line that leads to it. */
export function EventLink(props: {
  readonly book: Book
  readonly row: number
  readonly onGo: Go
  /** In the place of the event's type, at the right. */
  readonly end?: string | undefined
}) {
  const { book, row, onGo, end } = props
  const event = book.events[row]
  if (!event) return null
  const said = event.type === 'llm.request' ? questionAt(book, row) : masked(summaryOf(event, book.objects).text)
  const text = said || event.type
  return (
    <button type="button" className="link" title={`${event.type}: ${text}`} onClick={() => onGo(row)}>
      <Glyph name={glyphOf(event.type)} />
      <span className="mono">#{row + 1}</span>
      <span className="mono muted">{seconds(book.times[row])}</span>
      <span className="clip">{text}</span>
      <span className="meta">{end ?? event.type}</span>
    </button>
  )
}
