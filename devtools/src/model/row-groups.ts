/** Rows of the ledger in groups: by who did it, by what it is, or by the run or branch that it was written in. */
import { type Book, shownActor } from './book.js'
import { leading } from './sorted.js'

export type GroupBy = 'none' | 'actor' | 'type' | 'branch'

export interface RowGroup {
  readonly key: string
  /** Its rows, in order. */
  readonly rows: readonly number[]
}

interface Kept {
  readonly groups: Map<string, number[]>
  /** So many rows (of the book, or of those that the filter shows) were put into their groups. */
  seen: number
}

const kept = new WeakMap<object, Map<GroupBy, Kept>>()

/**
 * The groups in the order of their first rows. Only what came since the last time is looked at.
 * @param visible The rows that the filter shows; undefined: all. A new list for each filter.
 */
export function rowGroups(book: Book, by: GroupBy, visible?: readonly number[]): readonly RowGroup[] {
  const list = visible ?? book.events
  const ways = kept.get(list) ?? new Map<GroupBy, Kept>()
  kept.set(list, ways)
  let { groups, seen } = ways.get(by) ?? { groups: new Map<string, number[]>(), seen: 0 }
  if (seen > list.length) [groups, seen] = [new Map(), 0]
  for (; seen < list.length; seen++) {
    const row = visible ? (visible[seen] as number) : seen
    const key = keyOf(book, row, by)
    const rows = groups.get(key)
    if (rows) rows.push(row)
    else groups.set(key, [row])
  }
  ways.set(by, { groups, seen })
  return [...groups].map(([key, rows]) => ({ key, rows }))
}

function keyOf(book: Book, row: number, by: GroupBy): string {
  const event = book.events[row]
  if (!event) return ''
  return by === 'type' ? event.type : by === 'branch' ? event.source : shownActor(event)
}

/** What stands at a line of the list: the head of a group, or one of its rows. */
export interface GroupLine {
  readonly group: RowGroup
  /** Left out of a head. */
  readonly row?: number
  /** The so manieth of the heads, or of the rows of its group, from 1. */
  readonly nth: number
}

export interface GroupLines {
  readonly count: number
  at(line: number): GroupLine | undefined
  /** The line of a row; of one in a closed group, that of its head. */
  of(row: number): number
  /** How many rows are shown, without the heads. */
  readonly total: number
  /** The row that is shown as the so manieth. */
  row(place: number): number
  /** Which of them a row is; of one in a closed group, the one above it; -1 of one that is not there, or stands above all. */
  placeOf(row: number): number
}

/** What is shown in groups, for the keys that go from row to row: by the panel. */
export const shownLines: WeakMap<object, GroupLines> = new WeakMap()

export function groupLines(groups: readonly RowGroup[], closed: ReadonlySet<string>): GroupLines {
  const starts: number[] = []
  /** How many rows are shown above each head. */
  const above: number[] = []
  let count = 0
  for (const group of groups) {
    starts.push(count)
    above.push(count - above.length)
    count += 1 + (closed.has(group.key) ? 0 : group.rows.length)
  }
  /** The last one that is not above the value; both lists are in order. */
  const find = (list: readonly number[], value: number): number => leading(list, start => start <= value) - 1
  const lines: GroupLines = {
    count,
    total: count - groups.length,
    row(place) {
      const index = find(above, place)
      return groups[index]?.rows[place - (above[index] as number)] ?? -1
    },
    placeOf(row) {
      const line = lines.of(row)
      return line < 0 ? -1 : line - find(starts, line) - 1
    },
    at(line) {
      const index = find(starts, line)
      const group = groups[index]
      if (!group || line >= count) return undefined
      const inside = line - (starts[index] as number) - 1
      return inside < 0 ? { group, nth: index + 1 } : { group, nth: inside + 1, row: group.rows[inside] as number }
    },
    of(row) {
      for (const [index, group] of groups.entries()) {
        const place = find(group.rows, row)
        if (group.rows[place] !== row) continue
        return (starts[index] as number) + (closed.has(group.key) ? 0 : 1 + place)
      }
      return -1
    }
  }
  return lines
}
