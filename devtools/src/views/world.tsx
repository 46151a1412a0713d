/** The objects and relations of the run as they were at the playhead. */

import { useEffect, useMemo, useRef, useState } from 'react'
import { type Book, shownActor } from '../model/book.js'
import { glyphOf } from '../model/family.js'
import { masked } from '../model/mask.js'
import { grouped } from '../model/numbers.js'
import { record, string } from '../model/read.js'
import { summaryOf } from '../model/summary.js'
import { lastChange, type ObjectType, objectsAt, standing, type WorldFold, worldFold } from '../model/world-at.js'
import { maxObjects } from '../model/world-map.js'
import { usePanel } from '../state/context.js'
import tools from '../styles/view-tools.css?inline'
import css from '../styles/world.css?inline'
import { useSheet } from './adopt.js'
import { Glyph } from './glyph.js'
import type { ViewProps } from './registry.js'
import { Windowed } from './rows-in-sight.js'
import { Segmented } from './segmented.js'
import { WorldMapView } from './world-map.js'
import { WorldObjectPanel } from './world-object.js'
import { WorldTable } from './world-table.js'

const modes = [
  { name: 'map', label: 'Map' },
  { name: 'table', label: 'Table' }
] as const

const folds = new WeakMap<Book, WorldFold>()
/** So many events are read in one frame. */
const sliceSize = 20_000

export function World({ run, dock }: ViewProps) {
  useSheet(tools)
  useSheet(css)
  const panel = usePanel()
  const { fold, busy } = useWorld(run.book)
  const [mode, setMode] = useState<'map' | 'table'>('map')
  const [id, setId] = useState<string | undefined>(undefined)
  const [open, setOpen] = useState<string | undefined>(undefined)
  const book = run.shown
  const { length } = book.events
  const types = [...fold.types.values()].filter(type => standing(type, length) > 0)
  const total = types.reduce((sum, type) => sum + standing(type, length), 0)
  const changed = lastChange(book)
  const fresh = new Set(changed.flatMap(row => idOf(book, row) ?? []))

  // An event of an object that is selected elsewhere brings that object.
  const { selected } = panel
  const known = useRef(selected)
  const ofEvent = selected === undefined ? undefined : idOf(run.book, selected)
  if (known.current !== selected) {
    known.current = selected
    if (ofEvent !== undefined && ofEvent !== id && fold.get(ofEvent)) setId(ofEvent)
  }
  const chosen =
    (id === undefined ? undefined : fold.get(id)) ??
    fold.get(ofEvent ?? '') ??
    changed.map(row => fold.get(idOf(book, row) ?? '')).findLast(object => object !== undefined) ??
    (types[0] && objectsAt(types[0], length)[0])
  const type = types.find(({ name }) => name === (open ?? chosen?.type)) ?? types[0]

  const onEvent = (row: number): void => {
    panel.seek(row + 1)
    panel.select(row)
  }
  const shelf = mode === 'table' || total > maxObjects
  return (
    <div className={panel.sheet ? 'world with-aside alone' : 'world with-aside'}>
      <div className="view-tools">
        <span className="muted">
          {grouped(total)} {total === 1 ? 'object' : 'objects'}, {grouped(standing(fold.relations, length))} relations
        </span>
        <Segmented label="Shown as" items={modes} value={mode} onChange={setMode} />
      </div>
      {total === 0 ? (
        <Nothing busy={busy} later={fold.types.size > 0} />
      ) : (
        <div className="stage">
          {shelf && (
            <Shelf
              {...{ book, types, open: type, chosen: chosen?.id }}
              onType={setOpen}
              onObject={setId}
              length={length}
            />
          )}
          <div className="shown">
            {mode === 'map' ? (
              <>
                {total > maxObjects && chosen && (
                  <p className="meta about-map">
                    At most {maxObjects} of {grouped(total)} objects: those nearest to{' '}
                    {book.objects.nameOf(chosen.id).slice(0, 100)}.
                  </p>
                )}
                <WorldMapView key={String(busy)} {...{ book, fold, total, chosen, fresh }} onObject={setId} />
              </>
            ) : (
              type && <WorldTable {...{ book, type, chosen, fresh }} onObject={setId} />
            )}
            {!dock && <Changed book={book} rows={changed} onObject={setId} onEvent={onEvent} />}
          </div>
        </div>
      )}
      {!panel.sheet && chosen && total > 0 && (
        <WorldObjectPanel
          {...{ book, fold, dock, onEvent }}
          object={chosen}
          onObject={setId}
          onClose={() => panel.select(undefined)}
        />
      )}
    </div>
  )
}

function useWorld(book: Book): { fold: WorldFold; busy: boolean } {
  const fold = folds.get(book) ?? worldFold()
  folds.set(book, fold)
  const busy = fold.take(book, sliceSize)
  const [, again] = useState(0)
  useEffect(() => {
    if (!busy) return
    const frame = requestAnimationFrame(() => again(n => n + 1))
    return () => cancelAnimationFrame(frame)
  })
  return { fold, busy }
}

/** The object that an event is about. */
function idOf(book: Book, row: number): string | undefined {
  const event = book.events[row]
  return event?.type.startsWith('object.') ? string(record(event.data).id) : undefined
}

function Nothing({ busy, later }: { readonly busy: boolean; readonly later: boolean }) {
  if (busy) {
    return (
      <p className="none" role="status">
        Reading the objects…
      </p>
    )
  }
  if (later) return <p className="none">No object yet at this playhead. Move it on, or go back to the end.</p>
  return (
    <div className="none">
      <p>This run has no objects.</p>
      <p className="muted">
        A kit makes them: what it knows stands in objects and relations, and each change is an event. In a responder:
      </p>
      <pre className="mono">{"return [object.create('Finding', { text: 'It works.' })]"}</pre>
    </div>
  )
}

/** Types with their counts, and the objects of the one that is open. */
function Shelf(props: {
  readonly book: Book
  readonly types: readonly ObjectType[]
  readonly open: ObjectType | undefined
  readonly chosen: string | undefined
  readonly length: number
  readonly onType: (name: string) => void
  readonly onObject: (id: string) => void
}) {
  const { book, types, open, chosen, length, onType, onObject } = props
  const at = open ? types.indexOf(open) : -1
  const objects = useMemo(() => (open ? objectsAt(open, length) : []), [open, length])
  return (
    <nav aria-label="Objects by type">
      <Windowed total={types.length + objects.length} rowHeight={24} label="Objects by type">
        {row => {
          const inside = at >= 0 && row > at && row <= at + objects.length
          const object = inside ? objects[row - at - 1] : undefined
          const type = inside ? undefined : types[row <= at ? row : row - objects.length]
          if (object) {
            return (
              <button
                type="button"
                key={object.id}
                className="item-of"
                aria-current={object.id === chosen}
                onClick={() => onObject(object.id)}
              >
                <Glyph name="world" />
                <span className="clip">{book.objects.nameOf(object.id).slice(0, 200)}</span>
              </button>
            )
          }
          return (
            type && (
              <button
                type="button"
                key={`type ${type.name}`}
                className="type-of"
                aria-expanded={type === open}
                onClick={() => onType(type.name)}
              >
                <b className="clip" title={type.name.slice(0, 500)}>
                  {type.name.slice(0, 200)}
                </b>
                <span className="mono muted">{grouped(standing(type, length))}</span>
              </button>
            )
          )
        }}
      </Windowed>
    </nav>
  )
}

const maxChanges = 4
/** So far back the last change is looked for. */
const maxBack = 5000

function Changed(props: {
  readonly book: Book
  readonly rows: readonly number[]
  readonly onObject: (id: string) => void
  readonly onEvent: (row: number) => void
}) {
  const { book, rows, onObject, onEvent } = props
  const { length } = book.events
  let last = length - 1
  while (last >= 0 && last > length - maxBack && !/^(object|relation)\./.test(book.events[last]?.type ?? '')) last--
  const isChange = rows.length > 0
  return (
    <section className="changed" aria-label="What changed">
      <h2>
        <b>What changed at #{length}</b>
        <span className="right muted">{isChange ? `against #${rows[0]}` : ''}</span>
      </h2>
      {!isChange && (
        <p className="muted">
          This event changed no object.{' '}
          {last >= 0 && last > length - maxBack && (
            <button type="button" className="ref" onClick={() => onEvent(last)}>
              Last change: <span className="mono">#{last + 1}</span>
            </button>
          )}
        </p>
      )}
      {rows.slice(-maxChanges).map(row => {
        const event = book.events[row]
        if (!event) return null
        const id = idOf(book, row)
        const text = masked(summaryOf(event, book.objects).text)
        return (
          <p key={row}>
            <Glyph name={glyphOf(event.type)} />
            <span>{event.type}</span>
            <button type="button" className="ref mono" onClick={() => onEvent(row)}>
              #{row + 1}
            </button>
            {id === undefined ? (
              <span className="clip" title={text}>
                {text}
              </span>
            ) : (
              <button type="button" className="clip what" title={text} onClick={() => onObject(id)}>
                {text}
              </button>
            )}
            <span className="muted clip">{shownActor(event)}</span>
          </p>
        )
      })}
      {rows.length > maxChanges && (
        <p className="meta">
          {maxChanges} of {rows.length} changes are shown.
        </p>
      )}
    </section>
  )
}
