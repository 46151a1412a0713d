/** Paints the words that the filter looks for, without touching the rows: the CSS Custom Highlight API. */
import type { Term } from '../model/terms.js'

const name = 'daybook-match'
/** In one text. More would only be seen as one block. */
const most = 100

/** Where the browser cannot do it, the rows are found all the same. */
export function paintMatches(rows: Element, terms: readonly Term[]): void {
  if (typeof Highlight === 'undefined' || !CSS.highlights) return
  const finders = terms
    .filter(term => term.key === 'text' && !term.not && term.fault === undefined)
    .map(({ value, pattern }) => pattern ?? new RegExp(value.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'), 'i'))
    .map(({ source }) => new RegExp(source, 'gi'))
  const ranges: Range[] = []
  if (finders.length > 0) {
    const walker = document.createTreeWalker(rows, NodeFilter.SHOW_TEXT)
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      for (const finder of finders) {
        let found = 0
        for (const { 0: text, index } of (node.nodeValue ?? '').matchAll(finder)) {
          if (++found > most) break
          if (text === '') continue
          const range = new Range()
          range.setStart(node, index)
          range.setEnd(node, index + text.length)
          ranges.push(range)
        }
      }
    }
  }
  if (ranges.length > 0) CSS.highlights.set(name, new Highlight(...ranges))
  else CSS.highlights.delete(name)
}
