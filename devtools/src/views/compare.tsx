/** Two to four runs or branches side by side: what is the same is folded, what differs stands word by word. */
import type { FieldChange, LedgerEvent } from 'daybook'
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react'
import type { Book } from '../model/book.js'
import { type Choice, type CompareItem, changedIds, defaultPair, itemsOf, signed } from '../model/compare.js'
import { loadDiffer } from '../model/differ.js'
import { count, duration, grouped, usd } from '../model/numbers.js'
import { record, string } from '../model/read.js'
import { booksOf } from '../state/books.js'
import { usePanel } from '../state/context.js'
import type { OpenRun, Panel, RunEntry } from '../state/panel.js'
import css from '../styles/compare.css?inline'
import { useSheet } from './adopt.js'
import { type Aligned, ItemRow } from './compare-rows.js'
import { Icon } from './glyph.js'
import type { ViewProps } from './registry.js'

/** More events than this in all are not aligned: it would hold the page for seconds. */
const maxAligned = 500_000
/** A run that grows is aligned again no more often than this. */
const againMs = 400

/** A run that is shown, with its letter. */
export interface Side {
  readonly key: string
  readonly letter: string
  readonly entry: RunEntry
  /** The whole run, and the run at the playhead where it is the open one. */
  readonly book: Book
  readonly shown: Book
}

export function Compare({ run, dock }: ViewProps) {
  useSheet(css)
  const panel = usePanel()
  const { keys, sides, waiting, failed } = useSides(panel, run)
  const { aligned, problem } = useAligned(sides)
  if (keys.length < 2) return waiting ? <Waiting text={waiting} /> : <Alone />
  const choose = (at: number, key: string | undefined): void => {
    const next = key === undefined ? keys.filter((_, i) => i !== at) : keys.map((old, i) => (i === at ? key : old))
    if (key !== undefined && at === keys.length) next.push(key)
    panel.setCompared(next.filter((one, i) => next.indexOf(one) === i))
  }
  return (
    <div className={dock ? 'compare small' : 'compare'} data-sides={keys.length}>
      <Rows panel={panel} keys={keys} sides={sides} aligned={aligned} choose={choose}>
        {failed || problem ? (
          <p className="compare-note" role="alert">
            {failed ?? problem}
          </p>
        ) : !aligned ? (
          <p className="compare-note" role="status">
            {waiting ?? 'Finding what is the same…'}
          </p>
        ) : undefined}
      </Rows>
    </div>
  )
}

/** The runs that are shown: those that were chosen, or a pair that fits the open run. */
function useSides(panel: Panel, run: OpenRun) {
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
function useAligned(sides: readonly Side[]): { aligned: Aligned | undefined; problem: string | undefined } {
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
      known.current === names ? againMs : 0
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
  const [{ compareLedgers, diffLedgers }, differ] = await Promise.all([import('daybook'), loadDiffer()])
  const ledgers = sides.map(({ book }) => [...book.events])
  const size = ledgers.reduce((sum, { length }) => sum + length, 0)
  if (size > maxAligned) throw new Error(`they have ${grouped(size)} events in all, and ${grouped(maxAligned)} can be.`)
  const [first = [], ...others] = ledgers
  const { rows } = compareLedgers(ledgers)
  const fields = new Map<LedgerEvent, readonly FieldChange[]>()
  for (const other of others) for (const pair of diffLedgers(first, other).pairs) fields.set(pair.after, pair.fields)
  return { rows, fields, changed: changedIds(rows), differ }
}

function wordsOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).slice(0, 400)
}

interface RowsProps {
  readonly panel: Panel
  readonly keys: readonly string[]
  readonly sides: readonly Side[]
  readonly aligned: Aligned | undefined
  readonly choose: (at: number, key: string | undefined) => void
  readonly children: React.ReactNode
}

const none: readonly CompareItem[] = []
const overscanPx = 400

/** The list: rows have heights of their own, guessed until they were seen once. */
function Rows({ panel, keys, sides, aligned, choose, children }: RowsProps) {
  const scroller = useRef<HTMLElement>(null)
  const body = useRef<HTMLDivElement>(null)
  const [view, setView] = useState({ top: 0, height: 700 })
  const [opened, setOpened] = useState<ReadonlySet<number>>(new Set())
  const [measured, setMeasured] = useState(0)
  const heights = useRef(new Map<string, number>())
  const items = useMemo(() => (aligned ? itemsOf(aligned.rows, opened) : none), [aligned, opened])
  // biome-ignore lint/correctness/useExhaustiveDependencies: again when a height was measured
  const offsets = useMemo(() => {
    const all = new Float64Array(items.length + 1)
    items.forEach((item, at) => {
      all[at + 1] = (all[at] as number) + (heights.current.get(keyOf(item)) ?? guess(item))
    })
    return all
  }, [items, measured])

  // biome-ignore lint/correctness/useExhaustiveDependencies: other runs, other heights
  useEffect(() => {
    heights.current.clear()
    setOpened(new Set())
    setMeasured(old => old + 1)
  }, [keys.join('\n')])

  useEffect(() => {
    const element = scroller.current
    if (!element) return
    let width = element.clientWidth
    const observer = new ResizeObserver(() => {
      if (element.clientWidth !== width) heights.current.clear()
      width = element.clientWidth
      setView({ top: element.scrollTop, height: element.clientHeight })
    })
    observer.observe(element)
    return () => observer.disconnect()
  }, [])

  useLayoutEffect(() => {
    let changed = false
    for (const node of body.current?.children ?? []) {
      const element = node as HTMLElement
      const key = element.dataset.key
      const height = element.offsetHeight
      if (key === undefined || height === 0 || heights.current.get(key) === height) continue
      heights.current.set(key, height)
      changed = true
    }
    if (changed) setMeasured(old => old + 1)
  })

  const head = body.current?.offsetTop ?? 0
  const at = (y: number): number => placeOf(offsets, y)
  const first = at(view.top - head - overscanPx)
  const last = Math.min(items.length, at(view.top - head + view.height + overscanPx) + 1)
  const differences = useMemo(
    () => items.flatMap((item, place) => (item.kind === 'row' && !item.quiet ? [place] : [])),
    [items]
  )
  const step = (by: 1 | -1): void => {
    const element = scroller.current
    if (!element) return
    const top = element.scrollTop
    // Rows that stand together are one place to go to.
    const starts = differences.filter((place, i) => differences[i - 1] !== place - 1)
    const tops = starts.map(place => offsets[place] as number)
    const next = by > 0 ? tops.find(y => y > top + 2) : tops.findLast(y => y < top - 2)
    if (next !== undefined) element.scrollTop = next
  }
  const toggle = (from: number): void => {
    const next = new Set(opened)
    if (!next.delete(from)) next.add(from)
    setOpened(next)
  }
  const rows = []
  for (let place = first; place < last; place++) {
    const item = items[place] as CompareItem
    rows.push(
      <div key={keyOf(item)} data-key={keyOf(item)} className="compare-item" style={{ top: offsets[place] }}>
        <ItemRow
          item={item}
          sides={sides}
          aligned={aligned as Aligned}
          onToggle={toggle}
          onGo={(side, row) => goTo(panel, keys, side, row)}
        />
      </div>
    )
  }
  return (
    <>
      <div className="compare-tools">
        <span className="muted" role="status">
          {aligned
            ? differences.length === 0
              ? 'No difference'
              : `${grouped(differences.length)} ${differences.length === 1 ? 'difference' : 'differences'}`
            : ''}
        </span>
        <button
          type="button"
          className="icon"
          aria-label="Previous difference"
          title="Previous difference"
          onClick={() => step(-1)}
        >
          <Icon name="up" />
        </button>
        <button
          type="button"
          className="icon"
          aria-label="Next difference"
          title="Next difference"
          onClick={() => step(1)}
        >
          <Icon name="down" />
        </button>
        <AddRun panel={panel} keys={keys} choose={choose} />
      </div>
      <section
        ref={scroller}
        className="compare-rows"
        aria-label="Differences"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by keys
        tabIndex={0}
        onScroll={event => setView({ top: event.currentTarget.scrollTop, height: event.currentTarget.clientHeight })}
      >
        <Heads panel={panel} keys={keys} sides={sides} choose={choose} />
        {children}
        <div ref={body} className="compare-body" style={{ height: offsets.at(-1) }}>
          {rows}
        </div>
        {aligned && sides.length > 0 && (
          <p className="compare-end meta">
            End of {sides.length === 2 ? 'both' : 'all'}.{' '}
            {sides.map(({ letter, book }) => `${letter} has ${grouped(book.events.length)} events`).join(', ')}.
          </p>
        )}
      </section>
    </>
  )
}

function keyOf(item: CompareItem): string {
  return item.kind === 'same' ? `same ${item.from}` : `${item.row}`
}

function guess(item: CompareItem): number {
  return item.kind === 'same' ? 30 : item.quiet ? 24 : 88
}

/** The item at this height. */
function placeOf(offsets: Float64Array, y: number): number {
  let low = 0
  let high = Math.max(0, offsets.length - 2)
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if ((offsets[middle] as number) <= y) low = middle
    else high = middle - 1
  }
  return low
}

/** To the event in the ledger of its run. The comparison stays as it was. */
function goTo(panel: Panel, keys: readonly string[], { key }: Side, row: number): void {
  panel.setCompared(keys)
  panel.open(key)
  panel.setFilter('')
  panel.setView('ledger')
  const select = (): boolean => {
    if (panel.run?.key !== key) return true
    if (panel.run.book.events.length <= row) return false
    panel.select(row)
    return true
  }
  if (select()) return
  const stop = panel.subscribe(() => {
    if (panel.run?.key === key && panel.run.book.events.length <= row) return
    stop()
    select()
  })
}

interface HeadProps {
  readonly panel: Panel
  readonly keys: readonly string[]
  readonly choose: RowsProps['choose']
}

function Heads({ panel, keys, sides, choose }: HeadProps & { readonly sides: readonly Side[] }) {
  return (
    <div className="compare-head compare-grid">
      {keys.map((key, at) => (
        <Head key={key} panel={panel} keys={keys} at={at} side={sides[at]} choose={choose} />
      ))}
      <div className="compare-cell">
        <h2>{keys.length === 2 ? 'B against A' : 'Against A'}</h2>
        <Against sides={sides} />
      </div>
    </div>
  )
}

function Head({ panel, keys, at, side, choose }: HeadProps & { readonly at: number; readonly side: Side | undefined }) {
  const letter = 'ABCD'[at] ?? ''
  const { totals, times, events } = side?.shown ?? { totals: undefined, times: [], events: [] }
  const figures = totals
    ? [
        [
          usd(totals.answered === 0 ? 0 : totals.spentUsd, totals.estimated),
          totals.unpriced > 0 ? `spent, ${totals.unpriced} unpriced` : 'spent'
        ],
        [duration(times.at(-1)), 'took'],
        [count(totals.calls), totals.calls === 1 ? 'call' : 'calls'],
        [totals.measured ? count(totals.outputTokens) : '–', 'out']
      ]
    : []
  return (
    <div className="compare-cell">
      <div className="compare-run">
        <span className={`letter letter-${letter.toLowerCase()}`}>{letter}</span>
        <RunSelect
          panel={panel}
          label={`Run ${letter}`}
          value={keys[at] ?? ''}
          taken={keys}
          onChange={key => choose(at, key)}
        />
        {side && side.shown !== side.book && <span className="chip">as of #{grouped(events.length)}</span>}
        {keys.length > 2 && (
          <button
            type="button"
            className="icon"
            aria-label={`Leave out ${letter}`}
            title={`Leave out ${letter}`}
            onClick={() => choose(at, undefined)}
          >
            <Icon name="close" />
          </button>
        )}
      </div>
      <div className="compare-stats">
        {figures.map(([value, label]) => (
          <span key={label}>
            <b>{value}</b>
            <span className="meta clip">{label}</span>
          </span>
        ))}
      </div>
    </div>
  )
}

/** What each run cost, took and wrote more or less than the first. */
function Against({ sides }: { readonly sides: readonly Side[] }) {
  const [a, ...others] = sides
  if (!a) return null
  const base = a.shown
  return others.map(({ letter, shown }) => {
    const [was, is] = [spentOf(base), spentOf(shown)]
    const cost = was === undefined || is === undefined ? undefined : is - was
    const share =
      cost === undefined || !was ? '' : `${Math.round(Math.abs((100 * cost) / was))} % ${cost < 0 ? 'less' : 'more'}`
    const estimated = base.totals.estimated || shown.totals.estimated
    const took = signed((shown.times.at(-1) ?? 0) - (base.times.at(-1) ?? 0), duration)
    const out = signed(shown.totals.outputTokens - base.totals.outputTokens, count)
    return others.length === 1 ? (
      <div key={letter} className="against">
        <b>{signed(cost, value => usd(value, estimated))}</b>
        <span className="meta">
          {[share, took === '0' ? '' : took, out === '0' ? '' : `${out} tokens out`].filter(Boolean).join(', ') ||
            'the same'}
        </span>
      </div>
    ) : (
      <div key={letter} className="against line">
        <span className={`letter letter-${letter.toLowerCase()}`}>{letter}</span>
        <b>{signed(cost, value => usd(value, estimated))}</b>
        <span className="meta clip">{took}</span>
      </div>
    )
  })
}

/** Undefined where some price is not known: a difference of such sums says nothing. */
function spentOf({ totals }: Book): number | undefined {
  if (totals.unpriced > 0) return undefined
  return totals.spentUsd ?? (totals.answered === 0 ? 0 : undefined)
}

interface RunSelectProps {
  readonly panel: Panel
  readonly label: string
  readonly value: string
  readonly taken: readonly string[]
  readonly onChange: (key: string) => void
}

const shownRuns = 200

function RunSelect({ panel, label, value, taken, onChange }: RunSelectProps) {
  const runs = panel.runs.slice(0, shownRuns)
  const own = panel.runs.find(({ key }) => key === value)
  const all = own && !runs.includes(own) ? [own, ...runs] : runs
  return (
    <select
      className="picker"
      aria-label={label}
      title={label}
      value={value}
      onChange={event => onChange(event.target.value)}
    >
      {all.map(entry => (
        <option key={entry.key} value={entry.key} disabled={entry.key !== value && taken.includes(entry.key)}>
          {nameOf(panel, entry)}
        </option>
      ))}
    </select>
  )
}

function nameOf(panel: Panel, entry: RunEntry): string {
  const { title, tag } = panel.cardOf(entry)
  const branch = entry.info.name.startsWith('branch:') ? 'branch ' : ''
  return `${branch}#${tag} ${title.slice(0, 80)}`
}

function AddRun({ panel, keys, choose }: HeadProps) {
  const next = panel.runs.find(({ key, info }) => info.length > 0 && !keys.includes(key))
  const why = keys.length >= 4 ? 'Four runs at most stand side by side' : next ? 'Add a run' : 'There is no other run'
  return (
    <button
      type="button"
      className="button"
      disabled={keys.length >= 4 || !next}
      title={why}
      onClick={() => next && choose(keys.length, next.key)}
    >
      <Icon name="plus" />
      Add run
    </button>
  )
}

function Waiting({ text }: { readonly text: string }) {
  return (
    <p className="none" role="status">
      {text}
    </p>
  )
}

/** There is one run only: how to get a second one. */
function Alone() {
  return (
    <div className="none compare-alone">
      <h2 className="strong">There is nothing to compare this run with yet.</h2>
      <ul>
        <li>
          <b>Fork it.</b> Select a call in the ledger, press <kbd>f</kbd>, change the question or the model, and run the
          branch: it opens here beside its parent, and what they share costs nothing.
        </li>
        <li>
          <b>Run it again.</b> A second run of the same kit stands beside this one as soon as it is there.
        </li>
        <li>
          <b>Drop another ledger.</b> Any <code className="mono">.jsonl</code> file, or press <kbd>o</kbd> to choose
          one.
        </li>
      </ul>
    </div>
  )
}
