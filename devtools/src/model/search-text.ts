/**
 * What free words are looked for in: everything that an event says, in lower case, made once for each row. Long texts
 * are kept as their beginning; the rest is read again only when the beginning has no match.
 */
import type { LedgerEvent } from 'daybook'
import type { Book } from './book.js'
import { record, string } from './read.js'
import { summaryOf } from './summary.js'

/** So many characters of a row are kept, and so many of all rows together: a filter must not cost the memory of the ledger. */
const keptOfRow = 2000
const keptOfAll = 40_000_000
/** Of one event, no more than this is ever searched. */
const most = 200_000

interface Column {
  readonly texts: (string | undefined)[]
  kept: number
}

const columns = new WeakMap<Book, Column>()

function columnOf(book: Book): Column {
  let column = columns.get(book)
  if (!column) {
    column = { texts: [], kept: 0 }
    columns.set(book, column)
  }
  return column
}

function kept(column: Column, book: Book, row: number): string {
  const known = column.texts[row]
  if (known !== undefined) return known
  const event = book.events[row]
  const text = event ? textOf(event, book, keptOfRow) : ''
  if (column.kept < keptOfAll) {
    column.kept += text.length
    column.texts[row] = text
  }
  return text
}

/** Whether the row's text passes the test, which gets it in lower case. */
export function searched(book: Book, row: number, test: (text: string) => boolean): boolean {
  const text = kept(columnOf(book), book, row)
  if (test(text)) return true
  const event = book.events[row]
  return text.length >= keptOfRow && event !== undefined && test(textOf(event, book, most))
}

/** Makes texts from this row on for so many milliseconds, before somebody asks for them. Returns the row to go on with. */
export function prepareSearch(book: Book, from: number, ms: number): number {
  const until = performance.now() + ms
  const column = columnOf(book)
  let row = Math.max(from, column.texts.length)
  while (row < book.events.length && column.kept < keptOfAll) {
    kept(column, book, row++)
    if ((row & 31) === 0 && performance.now() > until) return row
  }
  return book.events.length
}

function textOf(event: LedgerEvent, book: Book, limit: number): string {
  const type: string = event.type
  const left = { text: `${type}\n${event.actor}\n${event.id}`, limit }
  const shown = wordsOf(event, type, book)
  if (shown !== '') take(left, shown)
  gather(left, event.data, type === 'llm.response', 0)
  return left.text.slice(0, limit).toLowerCase()
}

/** What the row says in words that its data does not hold: names of objects, kinds of failure. */
function wordsOf(event: LedgerEvent, type: string, { objects }: Book): string {
  if (type === 'llm.request' || type === 'llm.response' || type === 'tool.called') return ''
  const { id, source_id: source, target_id: target } = record(event.data)
  if (type.startsWith('object.')) return objects.nameOf(String(id))
  if (type === 'relation.created') return `${objects.nameOf(String(source))} → ${objects.nameOf(String(target))}`
  return summaryOf(event, objects).text
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
