/** A ledger as a file: one event a line, as kando and Daybook read it. */
import type { Book } from './book.js'

/** In pieces of a thousand lines, so that a large ledger is not one string. */
export function toJsonl(book: Book): readonly string[] {
  const parts: string[] = []
  for (let from = 0; from < book.events.length; from += 1000) {
    parts.push(
      `${book.events
        .slice(from, from + 1000)
        .map(event => JSON.stringify(event))
        .join('\n')}\n`
    )
  }
  return parts
}
