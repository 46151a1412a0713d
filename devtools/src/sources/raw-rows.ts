/** The rows of a file: its events, and in their places the lines that are none, which are shown raw. */
import type { LedgerEvent, LeftOutLine } from 'daybook'
import { malformedEvent } from '../model/book.js'

export interface RawRows {
  /** Grows as the file is read. */
  readonly rows: readonly LedgerEvent[]
  /** What `parseJSONL` takes. */
  readonly into: LedgerEvent[]
  readonly leftOut: (line: LeftOutLine) => void
  /** Takes over what was read so far. */
  settle(): void
  /** The first row that is no event, if there is one. */
  readonly firstRaw: number | undefined
}

export function rawRows(file: string): RawRows {
  const into: LedgerEvent[] = []
  const rows: LedgerEvent[] = []
  let taken = 0
  let firstRaw: number | undefined
  const take = (until: number): void => {
    while (taken < until) rows.push(into[taken++] as LedgerEvent)
  }
  return {
    rows,
    into,
    get firstRaw() {
      return firstRaw
    },
    leftOut({ position, text }) {
      take(position)
      firstRaw ??= rows.length
      rows.push(malformedEvent(rawValue(text), rows.length, file))
    },
    settle: () => take(into.length)
  }
}

const maxText = 1_000_000
/** Deeper than any event is: what shows values goes down by calling itself. */
const maxDepth = 500

/** The JSON that a line is, or else its text. */
export function rawValue(text: string): unknown {
  if (text.length > maxText) return `${text.slice(0, maxText)}…`
  try {
    if (!isDeep(text)) return JSON.parse(text)
  } catch {
    // no JSON
  }
  return text
}

/** Brackets in strings count too: a text with so many is shown as text, and nothing is lost. */
function isDeep(text: string): boolean {
  let depth = 0
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at) | 32
    if (code === 123) depth++
    else if (code === 125) depth--
    if (depth > maxDepth) return true
  }
  return false
}
