/**
 * Which rows the filter lets through, found in slices of a few milliseconds, so that typing never waits for a long
 * ledger. The rows found so far are shown meanwhile; events that arrive are looked at in the same way.
 */
import type { Book } from '../model/book.js'
import type { Matcher } from '../model/filter.js'
import type { Term } from '../model/terms.js'

type Parts = typeof import('../model/filter-parts.js')

let parts: Parts | undefined

/** What the filter is made of; undefined before it is loaded. */
export const filterParts = (): Parts | undefined => parts

export async function loadFilter(): Promise<Parts> {
  parts ??= await import('../model/filter-parts.js')
  return parts
}

/** What a filter works on: a book that grows, and the rows of it that are shown. */
export interface Filtered {
  readonly book: Book
  visible: number[] | undefined
}

export interface Filtering {
  readonly terms: readonly Term[]
  /** So many events were looked at; undefined without a filter. */
  readonly seen: number | undefined
  set(filter: string): void
  /** Begins anew with the first row. */
  start(run: Filtered): void
  /** Goes on for so many milliseconds; true when rows are left. */
  step(run: Filtered, ms: number): boolean
}

/** `ready`: what the filter needs has come, and it wants to be started. */
export function createFiltering(filter: string, ready: (error?: unknown) => void = () => {}): Filtering {
  let terms: readonly Term[] = []
  let matches: Matcher | undefined
  let seen = 0
  let wanted: string | undefined
  /** Rows that may pass or fail anew when their call ends: its cache, tokens and latency are known only then. */
  const open = new Set<number>()

  const filtering: Filtering = {
    get terms() {
      return terms
    },
    get seen() {
      return matches ? seen : undefined
    },
    set(text) {
      terms = parts?.parseFilter(text) ?? []
      matches = parts?.matcher(terms)
      wanted = parts ? undefined : text
      if (wanted === undefined || wanted.trim() === '') return
      // Until it is known what is looked for, no row is shown that would have to go again.
      matches = () => false
      loadFilter().then(
        () => {
          if (wanted === undefined) return
          filtering.set(wanted)
          ready()
        },
        (error: unknown) => {
          matches = undefined
          ready(error ?? new Error('unknown'))
        }
      )
    },
    start(run) {
      seen = 0
      open.clear()
      run.visible = matches ? [] : undefined
    },
    step(run, ms) {
      const { book, visible } = run
      if (!matches || !visible) return false
      const until = performance.now() + ms
      while (seen < book.events.length) {
        const row = seen++
        const call = book.calls.ofRow(row)
        if (call) {
          if (call.row === row && call.end < 0) open.add(row)
          else if (call.end === row && open.delete(call.row)) place(visible, call.row, matches(book, call.row))
        }
        if (matches(book, row)) visible.push(row)
        if ((seen & 31) === 0 && performance.now() > until) return seen < book.events.length
      }
      return false
    }
  }
  filtering.set(filter)
  return filtering
}

/** Puts a row where it belongs among the visible ones, or takes it out. */
function place(visible: number[], row: number, shown: boolean): void {
  let at = visible.length
  while (at > 0 && (visible[at - 1] as number) >= row) at--
  const there = visible[at] === row
  if (shown && !there) visible.splice(at, 0, row)
  else if (!shown && there) visible.splice(at, 1)
}
