/** Two to four runs or branches side by side: what is the same is folded, what differs stands word by word. */
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react'
import { askedAgain, type CompareItem, itemsOf } from '../model/compare.js'
import { grouped } from '../model/numbers.js'
import { usePanel } from '../state/context.js'
import type { Panel } from '../state/panel.js'
import css from '../styles/compare.css?inline'
import { useSheet } from './adopt.js'
import { AddRun, type HeadProps, Heads } from './compare-heads.js'
import { type Aligned, ItemRow } from './compare-rows.js'
import { type Side, useAligned, useSides } from './compare-sides.js'
import { Icon } from './glyph.js'
import type { ViewProps } from './registry.js'

export function Compare({ run, dock }: ViewProps) {
  useSheet(css)
  const panel = usePanel()
  const { keys, sides, waiting, failed } = useSides(panel, run)
  const { aligned, problem, share } = useAligned(sides)
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
            {waiting ?? `Finding what is the same…${share === undefined ? '' : ` ${Math.round(100 * share)} %`}`}
          </p>
        ) : undefined}
      </Rows>
    </div>
  )
}

interface RowsProps extends HeadProps {
  readonly sides: readonly Side[]
  readonly aligned: Aligned | undefined
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
  const heights = useRef(new Map<number, number>())
  const again = useMemo(() => aligned && askedAgain(aligned.rows), [aligned])
  const items = useMemo(
    () => (aligned ? itemsOf(aligned.rows, opened, again !== undefined) : none),
    [aligned, opened, again]
  )
  // biome-ignore lint/correctness/useExhaustiveDependencies: again when a height was measured
  const offsets = useMemo(() => {
    const all = new Float64Array(items.length + 1)
    let y = 0
    for (let at = 0; at < items.length; at++) {
      const item = items[at] as CompareItem
      y += heights.current.get(keyOf(item)) ?? guess(item)
      all[at + 1] = y
    }
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
      const key = Number(element.dataset.key)
      const height = element.offsetHeight
      if (height === 0 || heights.current.get(key) === height) continue
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
    () =>
      [...items.keys()].filter(place => {
        const item = items[place] as CompareItem
        return item.kind === 'row' && !item.quiet
      }),
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
          {aligned && again !== undefined
            ? `One call was asked again: #${placeIn(sides, aligned, again)}`
            : aligned
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

/** The number of a row's event in the first run. */
function placeIn([a]: readonly Side[], { rows }: Aligned, row: number): number {
  return (a?.book.causes.rowOf(rows[row]?.events[0]?.id ?? '') ?? row) + 1
}

/** A number, of which a map of many is quick: a row's, or below zero that of a stretch. */
function keyOf(item: CompareItem): number {
  return item.kind !== 'row' ? -1 - item.from : item.row
}

function guess(item: CompareItem): number {
  return item.kind !== 'row' ? 30 : item.quiet ? 24 : 88
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
      <h2 className="strong">One run so far: there is nothing to compare it with.</h2>
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
