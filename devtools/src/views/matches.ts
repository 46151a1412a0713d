/** Paints the words that the filter looks for, without touching the rows: the CSS Custom Highlight API. */
import { parseFilter } from '../model/terms.js'

const name = 'daybook-match'

/** Where the browser cannot do it, the rows are found all the same. */
export function paintMatches(rows: Element, filter: string): void {
  if (typeof Highlight === 'undefined' || !CSS.highlights) return
  const words = parseFilter(filter)
    .filter(term => term.key === 'text' && !term.not)
    .map(term => term.value.toLowerCase())
  const ranges: Range[] = []
  if (words.length > 0) {
    const walker = document.createTreeWalker(rows, NodeFilter.SHOW_TEXT)
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const text = node.nodeValue?.toLowerCase() ?? ''
      if (text.length !== node.nodeValue?.length) continue // a letter that grew: its places are others
      for (const word of words) {
        for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + word.length)) {
          const range = new Range()
          range.setStart(node, at)
          range.setEnd(node, at + word.length)
          ranges.push(range)
        }
      }
    }
  }
  if (ranges.length > 0) CSS.highlights.set(name, new Highlight(...ranges))
  else CSS.highlights.delete(name)
}
