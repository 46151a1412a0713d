/** The book as it stands now, which stays as it is while the run goes on: what a paused view shows. */
import type { Book } from './book.js'
import { bookAt } from './playhead.js'

export function stillOf(book: Book): Book {
  const { totals, counts, run, streams } = book
  const then = bookAt(book, book.events.length, 0, { totals: { ...totals }, counts, run: { ...run } })
  const live = new Map([...streams.live].map(([request, answer]) => [request, { ...answer }] as const))
  return { ...then, streams: { live } }
}
