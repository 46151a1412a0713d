/**
 * What free words are looked for in: everything that an event says, in lower case, made once for each row. Long texts
 * are kept as their beginning; the rest is read again only when the beginning has no match.
 */
import type { LedgerEvent } from 'daybook'
import type { Book } from './book.js'
import { string } from './read.js'
import { summaryOf } from './summary.js'

/** So many characters of a row are kept, and so many of all rows together: a filter must not cost the memory of the ledger. */
const keptOfRow = 2000
const keptOfAll = 40_000_000
/** Of one event, no more than this is ever searched. */
const most = 200_000

interface Column {
  readonly texts: (string | undefined)[]
  readonly cut: Set<number>
  kept: number
}

const columns = new WeakMap<Book, Column>()

/** Whether the row's text passes the test, which gets it in lower case. */
export function searched(book: Book, row: number, test: (text: string) => boolean): boolean {
  const event = book.events[row]
  if (!event) return false
  let column = columns.get(book)
  if (!column) {
    column = { texts: [], cut: new Set(), kept: 0 }
    columns.set(book, column)
  }
  const { texts, cut } = column
  let text = texts[row]
  if (text === undefined) {
    text = textOf(event, book, keptOfRow)
    if (column.kept < keptOfAll) {
      column.kept += text.length
      texts[row] = text
      if (text.length >= keptOfRow) cut.add(row)
    }
  }
  if (test(text)) return true
  return text.length >= keptOfRow && test(textOf(event, book, most))
}

function textOf(event: LedgerEvent, book: Book, limit: number): string {
  const type: string = event.type
  const left = { text: `${type}\n${event.actor}\n${event.id}`, limit }
  // What the row shows in words of its own: names of objects, kinds of failure.
  if (type !== 'llm.request') take(left, summaryOf(event, book.objects).text)
  gather(left, event.data, type === 'llm.response', 0)
  return left.text.slice(0, limit).toLowerCase()
}

interface Gathered {
  text: string
  readonly limit: number
}

function take(to: Gathered, text: string): void {
  to.text += text.length > to.limit ? `\n${text.slice(0, to.limit)}` : `\n${text}`
}

/** The texts of a value, however it is nested. What an answer holds twice or as bytes is left out. */
function gather(to: Gathered, value: unknown, answer: boolean, depth: number): void {
  if (to.text.length >= to.limit) return
  if (typeof value === 'string') take(to, value)
  else if (typeof value !== 'object' || value === null || depth > 12) return
  else if (Array.isArray(value)) {
    for (let at = 0; at < value.length && at < 5000 && to.text.length < to.limit; at++) {
      gather(to, value[at], false, depth + 1)
    }
  } else {
    for (const key in value) {
      if (answer && (key === 'native' || key === 'stream' || (key === 'message' && holdsText(value)))) continue
      gather(to, (value as Record<string, unknown>)[key], false, depth + 1)
    }
  }
}

function holdsText(data: object): boolean {
  return (string((data as { text?: unknown }).text) ?? '') !== ''
}
