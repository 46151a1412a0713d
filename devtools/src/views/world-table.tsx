/** The objects of one type as rows, with a column for each of their usual fields. */
import { useMemo } from 'react'
import type { Book } from '../model/book.js'
import { masked, oneLine } from '../model/mask.js'
import { fieldsAt, type ObjectType, objectsAt, versionAt, type WorldObject } from '../model/world-at.js'
import { Windowed } from './rows-in-sight.js'

export interface WorldTableProps {
  readonly book: Book
  readonly type: ObjectType
  readonly chosen: WorldObject | undefined
  readonly fresh: ReadonlySet<string>
  readonly onObject: (id: string) => void
}

const maxColumns = 8
/** So many objects are looked at for the names of the columns. */
const maxLooked = 50

export function WorldTable({ book, type, chosen, fresh, onObject }: WorldTableProps) {
  const { length } = book.events
  const objects = useMemo(() => objectsAt(type, length), [type, length])
  const { names, more, figures } = useMemo(() => columnsOf(objects, length), [objects, length])
  const columns = `112px ${names.map(name => (figures.has(name) ? '72px' : 'minmax(96px, 1fr)')).join(' ')} 56px`
  const cellClass = (name: string): string => (figures.has(name) ? 'mono r clip' : 'clip')
  return (
    <div className="table">
      <Windowed
        total={objects.length}
        rowHeight={24}
        label={`Objects of type ${type.name.slice(0, 100)}`}
        role="table"
        shown={chosen ? objects.indexOf(chosen) : undefined}
        head={
          // biome-ignore lint/a11y/useSemanticElements: a row of a table made of boxes
          // biome-ignore lint/a11y/useFocusableInteractive: heads of columns do nothing
          <div role="row" className="line heads" style={{ gridTemplateColumns: columns }}>
            <Head>object</Head>
            {names.map(name => (
              <Head key={name} className={figures.has(name) ? 'r' : ''}>
                {name}
              </Head>
            ))}
            <Head className="r">changed</Head>
          </div>
        }
      >
        {at => {
          const object = objects[at]
          if (!object) return null
          const index = versionAt(object, length)
          const fields = fieldsAt(object, index)
          return (
            // biome-ignore lint/a11y/useSemanticElements: a row of a table made of boxes
            // biome-ignore lint/a11y/useFocusableInteractive: the name in it is the button
            <div
              role="row"
              key={object.id}
              className={object === chosen ? 'line chosen' : 'line'}
              style={{ gridTemplateColumns: columns }}
            >
              <Cell className="clip">
                <button
                  type="button"
                  className="clip"
                  onClick={() => onObject(object.id)}
                  title={object.id.slice(0, 500)}
                >
                  {book.objects.nameOf(object.id).slice(0, 200)}
                </button>
              </Cell>
              {names.map(name => {
                const text = shown(fields.get(name))
                return (
                  <Cell key={name} className={cellClass(name)} title={text}>
                    {text.slice(0, 200)}
                  </Cell>
                )
              })}
              <Cell className={fresh.has(object.id) ? 'mono r strong' : 'mono r muted'}>
                #{(object.rows[index] ?? 0) + 1}
              </Cell>
            </div>
          )
        }}
      </Windowed>
      {more > 0 && (
        <p className="meta">
          {maxColumns} of {maxColumns + more} fields are columns; the object shows all.
        </p>
      )}
    </div>
  )
}

function Head({ children, className = '' }: { readonly children: string; readonly className?: string }) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: the head of a column in a table made of boxes
    // biome-ignore lint/a11y/useFocusableInteractive: heads of columns do nothing
    <span role="columnheader" className={`clip ${className}`} title={children.slice(0, 500)}>
      {children.slice(0, 100)}
    </span>
  )
}

function Cell(props: { readonly className: string; readonly title?: string; readonly children: React.ReactNode }) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a cell of a table made of boxes
    <span role="cell" className={props.className} title={props.title}>
      {props.children}
    </span>
  )
}

function shown(value: unknown): string {
  if (value === undefined) return ''
  return typeof value === 'string' ? masked(value.slice(0, 2000)) : oneLine(value, 2000)
}

/** The names that most of the first objects have, in the order in which they were met, and which of them are figures. */
function columnsOf(
  objects: readonly WorldObject[],
  length: number
): { names: string[]; more: number; figures: Set<string> } {
  const counts = new Map<string, number>()
  const words = new Set<string>()
  for (const object of objects.slice(0, maxLooked)) {
    for (const [name, value] of [...fieldsAt(object, versionAt(object, length))].slice(0, 100)) {
      counts.set(name, (counts.get(name) ?? 0) + 1)
      if (typeof value !== 'number') words.add(name)
    }
  }
  const all = [...counts.keys()]
  const usual = new Set(all.toSorted((a, b) => (counts.get(b) ?? 0) - (counts.get(a) ?? 0)).slice(0, maxColumns))
  const names = all.filter(name => usual.has(name))
  return { names, more: all.length - names.length, figures: new Set(names.filter(name => !words.has(name))) }
}
