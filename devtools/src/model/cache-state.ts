import type { Book } from './book.js'
import { number, record, string } from './read.js'
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

/** How much of a call's prompt its provider had in its own cache, in tokens, at both ends of the call; 0 for a hit of ours. */
export function providerTokens(book: Book, row: number): number {
  const call = book.calls.ofRow(row)
  if (!call || call.end < 0 || (row !== call.row && row !== call.end)) return 0
  const data = record(book.events[call.end]?.data)
  return isHit(data) ? 0 : (number(record(data.usage).cached_input_tokens) ?? 0)
}
