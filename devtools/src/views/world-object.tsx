/** One object at the playhead: its fields, its relations, its versions, and how it came to be. */
import { type ReactNode, useState } from 'react'
import type { Book } from '../model/book.js'
import { shownActor } from '../model/book.js'
import { glyphOf } from '../model/family.js'
import { before } from '../model/graph.js'
import { oneLine } from '../model/mask.js'
import { grouped, seconds } from '../model/numbers.js'
import { rowAt } from '../model/row.js'
import { fieldsAt, stands, versionAt, type WorldFold, type WorldObject, type WorldRelation } from '../model/world-at.js'
import { Glyph, Icon } from './glyph.js'
import { Clamped, CopyButton } from './late-parts.js'
import { Tabs } from './parts.js'

export interface WorldObjectProps {
  readonly book: Book
  readonly fold: WorldFold
  readonly object: WorldObject
  readonly dock: boolean
  readonly onObject: (id: string) => void
  readonly onEvent: (row: number) => void
  readonly onClose: () => void
}

type Tab = 'data' | 'relations' | 'history'
const maxShownFields = 60
const maxRelations = 200
const pageSize = 40

export function WorldObjectPanel(props: WorldObjectProps) {
  const { book, object, dock, onEvent, onClose } = props
  const [tab, setTab] = useState<Tab>('data')
  const { length } = book.events
  const at = versionAt(object, length)
  const fields = fieldsAt(object, at)
  const name = book.objects.nameOf(object.id)
  const born = object.rows[0] as number
  const event = book.events[born]
  const out = object.out.filter(relation => stands(relation, length))
  const into = object.in.filter(relation => stands(relation, length))
  const versions = before(object.rows, length)
  const tabs = [
    { name: 'data', label: 'Data' },
    { name: 'relations', label: `Relations ${out.length + into.length}` },
    { name: 'history', label: `History ${versions}` }
  ] as const
  return (
    <aside className="inspector object" aria-label={`Object ${name}`}>
      <div className="head">
        <div className="name">
          <button type="button" className="icon back" aria-label="Back to the world" onClick={onClose}>
            <Icon name="left" />
          </button>
          <Glyph name="world" />
          <h2 className="clip" title={name}>
            {name}
          </h2>
          <span className="mono muted clip" title={object.id.slice(0, 500)}>
            {object.id.slice(0, 200)}
          </span>
          {!dock && (
            <span className="right">
              <CopyButton label="Copy the fields as JSON" text={() => JSON.stringify([...fields], null, 2)} />
            </span>
          )}
        </div>
        {event ? (
          <div className="about">
            <span className="muted">created by</span>
            <span className="clip">{shownActor(event)}</span>
            <span className="muted">at</span>
            <Seq row={born} onEvent={onEvent} />
            <span className="muted">as of #{length}</span>
          </div>
        ) : (
          <div className="about muted">It comes later, at #{born + 1}.</div>
        )}
      </div>
      <Tabs small label="Object" items={tabs} value={tab} onChange={setTab} />
      <div className="scroll" role="tabpanel" tabIndex={-1}>
        {tab === 'data' && <Data {...props} at={at} />}
        {tab === 'relations' && (
          <>
            <Relations {...props} title="To others" relations={out} side="to" />
            <Relations {...props} title="From others" relations={into} side="from" />
          </>
        )}
        {tab === 'history' && <History {...props} key={object.id} versions={versions} />}
      </div>
    </aside>
  )
}

function Seq({ row, onEvent }: { readonly row: number; readonly onEvent: (row: number) => void }) {
  return (
    <button type="button" className="ref mono" title={`Go to #${row + 1}`} onClick={() => onEvent(row)}>
      #{row + 1}
    </button>
  )
}

function Data({ book, fold, object, at, onObject, onEvent }: WorldObjectProps & { readonly at: number }) {
  const fields = [...fieldsAt(object, at)]
  const earlier = fieldsAt(object, at - 1)
  const fresh = object.rows[at] === book.events.length - 1
  const later = object.rows.length - (at + 1)
  return (
    <>
      <section className="section">
        {at < 0 && <p className="muted">It is not there at this playhead.</p>}
        {at >= 0 && fields.length === 0 && <p className="muted">It has no fields.</p>}
        <dl className="pairs">
          {fields.slice(0, maxShownFields).map(([name, value]) => (
            <div key={name} style={{ display: 'contents' }}>
              <dt className="clip" title={name.slice(0, 500)}>
                {name.slice(0, 200)}
                {fresh && at > 0 && earlier.get(name) !== value && <span className="chip fresh">changed</span>}
              </dt>
              <dd>
                <Value book={book} fold={fold} value={value} onObject={onObject} />
              </dd>
            </div>
          ))}
        </dl>
        {fields.length > maxShownFields && (
          <p className="meta">
            {maxShownFields} of {fields.length} fields are shown.
          </p>
        )}
      </section>
      <Origin book={book} object={object} onEvent={onEvent} />
      {later > 0 && at >= 0 && (
        <section className="section">
          <h3>After the playhead</h3>
          <p className="muted">
            It changes {later === 1 ? 'once' : `${grouped(later)} times`} more, next at{' '}
            <Seq row={object.rows[at + 1] as number} onEvent={onEvent} />
          </p>
        </section>
      )}
    </>
  )
}

function Value(props: {
  readonly book: Book
  readonly fold: WorldFold
  readonly value: unknown
  readonly onObject: (id: string) => void
}) {
  const { book, fold, value, onObject } = props
  if (typeof value === 'string' && fold.get(value)) {
    return (
      <button type="button" className="to" title={value.slice(0, 500)} onClick={() => onObject(value)}>
        <Glyph name="world" />
        {book.objects.nameOf(value)}
      </button>
    )
  }
  return <Clamped text={typeof value === 'string' ? JSON.stringify(value) : oneLine(value, 4000)} lines={6} mono />
}

const maxSteps = 8

/** The chain of first causes, from the beginning to the object. */
function Origin({ book, object, onEvent }: Pick<WorldObjectProps, 'book' | 'object' | 'onEvent'>) {
  const rows: number[] = []
  let row = object.rows[0]
  while (row !== undefined && rows.length < maxSteps && !rows.includes(row)) {
    rows.unshift(row)
    row = book.events[row]?.cause.map(id => book.causes.rowOf(id)).find(from => from !== undefined)
  }
  if (rows.length < 2) return null
  return (
    <section className="section">
      <h3>How it came to be</h3>
      <ol className="origin">
        {rows.map((step, i) => {
          const item = rowAt(book, step)
          return (
            <li key={step}>
              <button
                type="button"
                className={i === rows.length - 1 ? 'strong' : undefined}
                onClick={() => onEvent(step)}
              >
                <Glyph name={glyphOf(book.events[step]?.type ?? '')} />
                <span className="clip" title={item?.summary.text}>
                  {item?.summary.text || item?.verb}
                </span>
                <span className="mono muted">#{step + 1}</span>
                <span className="mono muted">{seconds(book.times[step])}</span>
              </button>
            </li>
          )
        })}
      </ol>
    </section>
  )
}

function Relations(
  props: WorldObjectProps & { title: string; relations: readonly WorldRelation[]; side: 'to' | 'from' }
): ReactNode {
  const { book, fold, title, relations, side, onObject, onEvent } = props
  return (
    <section className="section">
      <h3>
        {title} <span className="right">{relations.length}</span>
      </h3>
      {relations.length === 0 && <p className="muted">None.</p>}
      {relations.slice(0, maxRelations).map(relation => {
        const id = relation[side]
        const known = fold.get(id)
        return (
          <p className="relation" key={`${relation.id} ${relation.row}`}>
            <Glyph name="relation" />
            <span className="muted clip" title={relation.type.slice(0, 500)}>
              {relation.type.slice(0, 200)}
            </span>
            {known ? (
              <button type="button" className="clip" onClick={() => onObject(id)}>
                {book.objects.nameOf(id)}
              </button>
            ) : (
              <span className="muted clip" title={id.slice(0, 500)}>
                {id.slice(0, 200) || 'nothing'}, not in this ledger
              </span>
            )}
            <Seq row={relation.row} onEvent={onEvent} />
          </p>
        )
      })}
      {relations.length > maxRelations && (
        <p className="meta">
          {maxRelations} of {grouped(relations.length)} are shown.
        </p>
      )}
    </section>
  )
}

/** The newest version first, each with the fields that it changed. */
function History({ book, object, versions, onEvent }: WorldObjectProps & { readonly versions: number }) {
  const [shown, setShown] = useState(pageSize)
  const first = Math.max(0, versions - shown)
  const items = object.versions.slice(first, versions).map((version, i) => ({ version, index: first + i }))
  return (
    <>
      {items.reverse().map(({ version, index }) => (
        <section className="section version" key={version.row}>
          <h3>
            <Seq row={version.row} onEvent={onEvent} />
            <span className="clip">
              {version.kind} by {shownActor(book.events[version.row] as Book['events'][number])}
            </span>
            <span className="right">{seconds(book.times[version.row])} s</span>
          </h3>
          <Changes object={object} index={index} />
        </section>
      ))}
      {first > 0 && (
        <p className="section">
          <button type="button" className="button" onClick={() => setShown(shown + pageSize)}>
            Show earlier versions: {first} more
          </button>
        </p>
      )}
    </>
  )
}

function Changes({ object, index }: { readonly object: WorldObject; readonly index: number }) {
  const was = fieldsAt(object, index - 1)
  const is = fieldsAt(object, index)
  const names = new Set([...was.keys(), ...is.keys()])
  const changed = [...names].filter(name => oneLine(was.get(name), 20_000) !== oneLine(is.get(name), 20_000))
  if (changed.length === 0) return <p className="muted">Nothing is different.</p>
  return (
    <dl className="changes">
      {changed.slice(0, 30).map(name => (
        <div key={name}>
          <dt className="clip" title={name.slice(0, 500)}>
            {name.slice(0, 200)}
          </dt>
          {index > 0 && was.has(name) && (
            <dd className="was" title={oneLine(was.get(name), 4000)}>
              {oneLine(was.get(name), 300)}
            </dd>
          )}
          {is.has(name) && (
            <dd className={index > 0 ? 'is' : undefined} title={oneLine(is.get(name), 4000)}>
              {oneLine(is.get(name), 300)}
            </dd>
          )}
        </div>
      ))}
      {changed.length > 30 && <p className="meta">30 of {changed.length} changed fields are shown.</p>}
    </dl>
  )
}
