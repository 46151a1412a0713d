/** Which runs Compare shows, their books, and the alignment of their events. */
import { useEffect, useRef, useState } from 'react'
import { breather } from '../model/awake.js'
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
/** How far it has come is told so often. */
const tellMs = 100
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

interface Found {
  /** The runs' keys. */
  readonly of: string
  readonly aligned?: Aligned | undefined
  readonly problem?: string | undefined
  /** How far the work has come, from 0 to 1. */
  readonly share?: number | undefined
}

/** The rows of the comparison, found while the page goes on. What was found stands until a run that grew is aligned again. */
export function useAligned(sides: readonly Side[]): Omit<Found, 'of'> {
  const [found, setFound] = useState<Found>()
  const names = sides.map(({ key }) => key).join('\n')
  const state = `${names}\n${sides.map(({ book }) => book.events.length).join(' ')}`
  const latest = useRef(sides)
  latest.current = sides
  const aligner = useRef<Aligner>(undefined)
  useEffect(() => {
    if (names === '') return
    const tell = (more: Omit<Found, 'of'>): void =>
      setFound(before => ({ ...(before?.of === names && { aligned: before.aligned }), ...more, of: names }))
    const made = createAligner(() => latest.current, tell)
    aligner.current = made
    return made.stop
  }, [names])
  // biome-ignore lint/correctness/useExhaustiveDependencies: again when a run has grown
  useEffect(() => {
    if (names !== '') void aligner.current?.align()
  }, [names, state])
  return found?.of === names && names !== '' ? found : {}
}

interface Aligner {
  /** Once more, after what is under way. */
  align(): Promise<void>
  stop(): void
}

function createAligner(sides: () => readonly Side[], tell: (found: Omit<Found, 'of'>) => void): Aligner {
  let stopped = false
  let working = false
  let again = false
  let wait = soonMs
  return {
    async align() {
      again = working
      if (working) return
      working = true
      await new Promise(resolve => setTimeout(resolve, wait))
      wait = againMs
      try {
        const aligned = await align(sides(), share => {
          if (!stopped) tell({ share })
          return stopped
        })
        if (aligned && !stopped) tell({ aligned })
      } catch (error) {
        if (!stopped) tell({ problem: `These runs cannot be compared: ${wordsOf(error)}` })
      }
      working = false
      if (again && !stopped) void this.align()
    },
    stop() {
      stopped = true
    }
  }
}

/** `passed` is told now and then how far it has come, and says whether to stop. */
async function align(sides: readonly Side[], passed: (share: number) => boolean): Promise<Aligned | undefined> {
  const [{ comparedRows }, differ] = await Promise.all([import('../sdk.js'), loadDiffer()])
  const ledgers = sides.map(({ book }) => [...book.events])
  const size = ledgers.reduce((sum, { length }) => sum + length, 0)
  if (size > maxAligned) throw new Error(`they have ${grouped(size)} events in all, and ${grouped(maxAligned)} can be.`)
  const rest = breather()
  const steps = comparedRows(ledgers)
  const others = (ledgers.length - 2) * (ledgers[0]?.length ?? 0)
  let told = performance.now()
  for (let seen = 0; ; seen++) {
    const { done, value } = steps.next()
    if (done) {
      const rows = value.map(row => (!row.same && reused(row) ? { ...row, same: true } : row))
      return { rows, fields: fieldsBetween(rows, differ.fields), changed: changedIds(rows), differ }
    }
    await rest()
    if (performance.now() < told + tellMs) continue
    // Each other run is looked through three times, and the first beside it twice.
    if (passed(Math.min(1, (seen * 256) / (3 * size + 2 * others)))) return undefined
    told = performance.now()
  }
}

function wordsOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).slice(0, 400)
}
