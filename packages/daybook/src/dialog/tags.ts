/** XML tags in a text that is no XML. */

export interface XmlElement {
  /** As it is written, not trimmed. */
  readonly content: string
  /** The place in the text, tags included. */
  readonly start: number
  readonly end: number
}

/**
 * The elements of this name, in order. One ends at the first closing tag, so that what looks like another inside it is
 * content. A tag may have attributes; `<a/>` is no element. Names are compared as they are. Linear in the text.
 */
export function xmlElements(text: string, name: string): XmlElement[] {
  const found: XmlElement[] = []
  const closing = `</${name}>`
  for (let at = 0; ; ) {
    const start = text.indexOf(`<${name}`, at)
    if (start === -1) return found
    const inside = openingEnd(text, start + name.length + 1)
    if (inside === undefined) {
      at = start + 1
      continue
    }
    const last = text.indexOf(closing, inside)
    // Nothing closes any more, whatever opens.
    if (last === -1) return found
    at = last + closing.length
    found.push({ content: text.slice(inside, last), start, end: at })
  }
}

/**
 * The place after the opening tag whose name ends here; undefined where it is none. A quote counts only after `=`, and
 * a `<` only in quotes: so at any place at most one tag is read outside of quotes, one in double and one in single
 * ones, and all tags together are read in linear time.
 */
function openingEnd(text: string, from: number): number | undefined {
  let before = 0
  for (let at = from; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === 0x3e) return before === 0x2f ? undefined : at + 1
    if (code === 0x3c || (at === from && !isSpace(code) && code !== 0x2f)) return undefined
    if (code === 0x22 || code === 0x27) {
      if (before !== 0x3d) return undefined
      at = text.indexOf(code === 0x22 ? '"' : "'", at + 1)
      if (at === -1) return undefined
    }
    if (!isSpace(code)) before = code
  }
  return undefined
}

function isSpace(code: number): boolean {
  return code === 0x20 || (code >= 0x09 && code <= 0x0d)
}
