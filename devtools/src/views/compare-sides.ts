/** Which runs Compare shows, their books, and the alignment of their events. */
import { useEffect, useRef, useState } from 'react'
import type { Book } from '../model/book.js'
import { type Choice, changedIds, defaultPair, fieldsBetween, reused } from '../model/compare.js'
import { loadDiffer } from '../model/differ.js'
import { grouped } from '../model/numbers.js'
import { record, string } from '../model/read.js'
import { booksOf } from '../state/books.js'
import type { OpenRun, Panel, RunEntry } from '../state/panel.js'
import type { Aligned } from './compare-rows.js'

/** More events than this in all are not aligned: it would hold the page for seconds. */
const maxAligned = 500_000
/** A run that grows is aligned again no more often than this. */
const againMs = 400
/** Until then it is painted that something is on its way. */
const soonMs = 30

/** A run that is shown, with its letter. */
export interface Side {
  readonly key: string
  readonly letter: string
  readonly entry: RunEntry
  /** The whole run, and the run at the playhead where it is the open one. */
  readonly book: Book
  readonly shown: Book
}

export interface Sides {
  /** Two to four keys; fewer where there is nothing to compare with. */
  readonly keys: readonly string[]
  /** Empty until all books are whole. */
  readonly sides: readonly Side[]
  /** What is waited for, in words. */
  readonly waiting: string | undefined
  readonly failed: string | undefined
}

/** The runs that are shown: those that were chosen, or a pair that fits the open run. */
export function useSides(panel: Panel, run: OpenRun): Sides {
  const books = booksOf(panel)
  const [, setVersion] = useState(0)
  useEffect(() => books.subscribe(() => setVersion(books.version)), [books])
  useEffect(() => () => books.rest(), [books])

  const entryOf = (key: string): RunEntry | undefined => panel.runs.find(entry => entry.key === key)
  const bookOf = (key: string): Book | undefined => (key === run.key ? run.book : books.get(key)?.book)
  const chosen = panel.compared.filter(key => entryOf(key) !== undefined)
  let keys: readonly string[] = chosen
  let asked: string | undefined
  if (chosen.length < 2) {
    const choices = panel.runs.map(
      ({ key, info }): Choice => ({
        key,
        name: info.name,
        parent: info.parent,
        created: info.created,
        length: info.length
      })
    )
    const pair = defaultPair(choices, run.key, parentOf(run.book), key => {
      if (key === run.key) return run.book.run.kit ?? null
      const loaded = books.get(key)
      if (!loaded) return undefined
      return loaded.book.run.kit ?? (loaded.state === 'loading' ? undefined : null)
    })
    keys = pair && 'keys' in pair ? pair.keys : []
    asked = pair && 'wait' in pair ? pair.wait : undefined
  }

  // What was read to know its kit is kept until a pair is found.
  const looked = useRef(new Set<string>())
  if (asked) looked.current.add(asked)
  else looked.current.clear()
  const wanted = [...new Set([...keys, ...looked.current])].filter(key => key !== run.key)
  const wantedKeys = wanted.join('\n')
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is wanted, told by its keys
  useEffect(() => {
    books.keep(wanted.flatMap(key => entryOf(key) ?? []))
  }, [books, wantedKeys])

  const sides = keys.flatMap((key, at): Side[] => {
    const entry = entryOf(key)
    const book = bookOf(key)
    const letter = 'ABCD'[at] ?? ''
    return entry && book ? [{ key, letter, entry, book, shown: key === run.key ? run.shown : book }] : []
  })
  const loading = keys.map(key => books.get(key)).find(loaded => loaded?.state === 'loading')
  const whole = sides.length === keys.length && !loading
  return {
    keys,
    sides: whole ? sides : [],
    waiting: asked
      ? 'Looking for a run of the same kit…'
      : loading
        ? `Reading ${loading.book.name}: ${grouped(loading.book.events.length)} of ${grouped(loading.expected)} events`
        : undefined,
    failed: keys.map(key => books.get(key)).find(loaded => loaded?.state === 'failed')?.message
  }
}

/** The ledger that a branch was forked from, as the branch itself says it. */
function parentOf(book: Book): string | undefined {
  if (book.counts.branch === 0) return undefined
  const made = book.events.findLast(({ type }) => type === 'branch.created')
  return made && string(record(made.data).parent)
}

/** The rows of the comparison, found by the library while the page can paint. */
export function useAligned(sides: readonly Side[]): { aligned: Aligned | undefined; problem: string | undefined } {
  const [found, setFound] = useState<{ of: string; aligned?: Aligned; problem?: string }>()
  const names = sides.map(({ key }) => key).join('\n')
  const state = `${names}\n${sides.map(({ book }) => book.events.length).join(' ')}`
  const latest = useRef(sides)
  latest.current = sides
  const known = useRef('')
  // biome-ignore lint/correctness/useExhaustiveDependencies: again when a run has grown
  useEffect(() => {
    if (names === '') return
    let off = false
    const timer = setTimeout(
      () =>
        void align(latest.current).then(
          aligned => {
            known.current = names
            if (!off) setFound({ of: names, aligned })
          },
          error => {
            if (!off) setFound({ of: names, problem: `These runs cannot be compared: ${wordsOf(error)}` })
          }
        ),
      known.current === names ? againMs : soonMs
    )
    return () => {
      off = true
      clearTimeout(timer)
    }
  }, [names, state])
  const fits = found?.of === names && names !== ''
  return { aligned: fits ? found.aligned : undefined, problem: fits ? found.problem : undefined }
}

async function align(sides: readonly Side[]): Promise<Aligned> {
  const [{ compareLedgers }, differ] = await Promise.all([import('../sdk.js'), loadDiffer()])
  const ledgers = sides.map(({ book }) => [...book.events])
  const size = ledgers.reduce((sum, { length }) => sum + length, 0)
  if (size > maxAligned) throw new Error(`they have ${grouped(size)} events in all, and ${grouped(maxAligned)} can be.`)
  const rows = compareLedgers(ledgers).rows.map(row => (!row.same && reused(row) ? { ...row, same: true } : row))
  return { rows, fields: fieldsBetween(rows, differ.fields), changed: changedIds(rows), differ }
}

function wordsOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).slice(0, 400)
}
