import type { Book } from './book.js'
import { record, string } from './read.js'
import { isHit } from './totals.js'

/** `hit`, `joined`, `miss`, `bypass` or `off`, of an answer and of the request that it answers. */
export function cacheState(book: Book, row: number): string | undefined {
  const event = book.events[row]
  if (event?.type === 'llm.request') {
    const call = book.calls.ofRow(row)
    return call && call.end >= 0 ? cacheState(book, call.end) : undefined
  }
  if (event?.type !== 'llm.response') return undefined
  const data = record(event.data)
  return string(record(data.cache).state) ?? (isHit(data) ? 'hit' : undefined)
}
