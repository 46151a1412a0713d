/** Objects as cards in the column of their type, with lines between those that are related. */
import { useLayoutEffect, useMemo, useRef } from 'react'
import type { Book } from '../model/book.js'
import type { Point } from '../model/layout.js'
import { grouped } from '../model/numbers.js'
import { fieldsAt, standing, versionAt, type WorldFold, type WorldObject } from '../model/world-at.js'
import { gistOf, type Link, mapOf, stateOf, type WorldMap } from '../model/world-map.js'
import { Glyph } from './glyph.js'
import { useSize } from './use-size.js'

export interface WorldMapProps {
  readonly book: Book
  readonly fold: WorldFold
  readonly total: number
  readonly chosen: WorldObject | undefined
  /** The ids of what changed last. */
  readonly fresh: ReadonlySet<string>
  readonly onObject: (id: string) => void
}

const height = 64
const gap = 16
const between = 44
const headHeight = 44
const margin = 16
/** A card so wide has room for its state beside its name. */
const roomy = 156

export function WorldMapView({ book, fold, total, chosen, fresh, onObject }: WorldMapProps) {
  const box = useRef<HTMLDivElement>(null)
  const room = useSize(box, { width: 800, height: 500 })
  const { length } = book.events
  const around = total > 100 ? chosen : undefined
  const map = useMemo(() => mapOf(book, fold, total, around, { height, gap }), [book, fold, total, around])
  const columns = map.types.length
  const width = Math.max(120, Math.min(220, (room.width - 2 * margin - between * (columns - 1)) / Math.max(1, columns)))
  const at = chosen ? map.objects.indexOf(chosen) : -1
  const tall = map.layout.width
  const down = headHeight + Math.max(margin, (room.height - headHeight - tall) / 2)
  const place = (index: number): { x: number; y: number } => ({
    x: margin + (map.layout.layer[index] as number) * (width + between),
    y: down + (map.layout.x[index] as number) - height / 2
  })
  const spot = at < 0 ? undefined : place(at)
  const seen = spot && `${chosen?.id} ${spot.x} ${spot.y}`
  // biome-ignore lint/correctness/useExhaustiveDependencies: only a card that was chosen or moved is brought into sight
  useLayoutEffect(() => {
    const element = box.current
    if (!element || !spot) return
    const top = spot.y - headHeight - gap
    if (top < element.scrollTop) element.scrollTop = top
    else if (spot.y + height + gap > element.scrollTop + element.clientHeight) {
      element.scrollTop = spot.y + height + gap - element.clientHeight
    }
    if (spot.x < element.scrollLeft) element.scrollLeft = spot.x - margin
    else if (spot.x + width + margin > element.scrollLeft + element.clientWidth) {
      element.scrollLeft = spot.x + width + margin - element.clientWidth
    }
  }, [seen])
  const lines = map.links.map((link, index) => ({
    link,
    on: link.from === at || link.to === at,
    d: curve(link, map.layout.bends[index] ?? [], place, down, width)
  }))
  const last = columns - 1
  const bows = map.links.some(({ from, to }) => map.layout.layer[from] === last && map.layout.layer[to] === last)
  const size = {
    width: 2 * margin + columns * width + Math.max(0, columns - 1) * between + (bows ? 20 : 0),
    height: down + tall + margin
  }
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by keys
    <section ref={box} className="map" aria-label="Map of objects" tabIndex={0}>
      <div className="sheet-of" style={size}>
        <div className="heads" style={{ width: size.width }}>
          {map.types.map((type, column) => {
            const known = fold.types.get(type)
            return (
              <div key={type} style={{ left: margin + column * (width + between), width: width + between - 8 }}>
                <b className="clip" title={type.slice(0, 500)}>
                  {type.slice(0, 200)} <span>{known ? grouped(standing(known, length)) : ''}</span>
                </b>
                <span className="meta clip">{tiesOf(map, column)}</span>
              </div>
            )
          })}
        </div>
        <svg width={size.width} height={size.height} aria-hidden="true">
          <path className="tie field" d={joined(lines, false, true)} />
          <path className="tie" d={joined(lines, false, false)} />
          <path className="tie field on" d={joined(lines, true, true)} />
          <path className="tie on" d={joined(lines, true, false)} />
        </svg>
        {map.objects.map((object, index) => (
          <Card
            key={object.id}
            {...{ book, object, length, width }}
            {...place(index)}
            chosen={index === at}
            word={at < 0 || index === at ? undefined : wordOf(map, at, index)}
            fresh={fresh.has(object.id)}
            onObject={onObject}
          />
        ))}
      </div>
    </section>
  )
}

function Card(props: {
  readonly book: Book
  readonly object: WorldObject
  readonly length: number
  readonly x: number
  readonly y: number
  readonly width: number
  readonly chosen: boolean
  /** How the chosen one is tied to it. */
  readonly word: string | undefined
  readonly fresh: boolean
  readonly onObject: (id: string) => void
}) {
  const { book, object, length, x, y, width, chosen, word, fresh, onObject } = props
  const at = versionAt(object, length)
  const fields = fieldsAt(object, at)
  const state = stateOf(fields)
  const gist = gistOf(book, fields)
  return (
    <button
      type="button"
      className={`thing${chosen ? ' chosen' : ''}${word ? ' near' : ''}`}
      aria-pressed={chosen}
      title={gist}
      style={{ left: x, top: y, width, height }}
      onClick={() => onObject(object.id)}
    >
      <span className="title">
        <Glyph name="world" />
        <b className="clip">{book.objects.nameOf(object.id).slice(0, 200)}</b>
        {state !== undefined && width >= roomy && <span className="chip clip">{state}</span>}
      </span>
      <span className="words">{gist}</span>
      {word && (
        <span className="word clip" title={word.slice(0, 500)}>
          {word.slice(0, 200)}
        </span>
      )}
      {fresh && <span className="chip fresh">{at === 0 ? 'new' : 'changed'}</span>}
    </button>
  )
}

/** `part_of 3, supports 2`: what ties the objects of a column to others. */
function tiesOf(map: WorldMap, column: number): string {
  const counts = new Map<string, number>()
  for (const { from, type, row } of map.links) {
    if (row !== undefined && map.layout.layer[from] === column) counts.set(type, (counts.get(type) ?? 0) + 1)
  }
  return [...counts].map(([type, count]) => `${type} ${count}`).join(', ')
}

/** From side to side, past the cards of the columns between; within one column, a bow to the right of it. */
function curve(
  { from, to }: Link,
  bends: readonly Point[],
  place: (index: number) => Point,
  down: number,
  width: number
): string {
  const [a, b] = [place(from), place(to)]
  const [ya, yb] = [a.y + height / 2, b.y + height / 2]
  const [right, back] = [a.x + width, a.x > b.x]
  if (a.x === b.x) return `M${right} ${ya}C${right + 30} ${ya} ${right + 30} ${yb} ${right} ${yb}`
  let [x, y] = back ? [b.x + width, yb] : [right, ya]
  let d = `M${x} ${y}`
  const go = (nextX: number, nextY: number): void => {
    const half = (x + nextX) / 2
    d += `C${half} ${y} ${half} ${nextY} ${nextX} ${nextY}`
    y = nextY
  }
  for (const bend of back ? bends.toReversed() : bends) {
    go(x + between, down + bend.x)
    x += between + width
    d += `H${x}`
  }
  go(back ? a.x : b.x, back ? ya : yb)
  return d
}

/** `supports, cites`: what ties the chosen one and another. */
function wordOf(map: WorldMap, at: number, other: number): string {
  const both = map.links.filter(({ from, to }) => (from === at && to === other) || (from === other && to === at))
  return [...new Set(both.map(({ type }) => type))].join(', ')
}

function joined(lines: readonly { link: Link; on: boolean; d: string }[], on: boolean, field: boolean): string {
  return lines.map(line => (line.on === on && (line.link.row === undefined) === field ? line.d : '')).join('')
}
