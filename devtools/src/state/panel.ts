/** The panel's state: which sources, which run, which row, which filter. One mutable bag with a version that React reads. */
import type { LedgerEvent, LedgerInfo, LedgerSignal } from 'daybook'
import { type Book, createBook } from '../model/book.js'
import { type Matcher, matcher, parseFilter } from '../model/filter.js'
import { type RunCard, runState, shortName, titleOf } from '../model/run.js'
import type { DevtoolsSource, SourceStatus } from '../model/source.js'
import { createPainter } from './frames.js'
import { peekRun } from './peek.js'

export type View = 'ledger' | 'dialog'
export type InspectorTab = 'pretty' | 'json' | 'causes'
export type Theme = 'auto' | 'light' | 'dark'

export interface SourceEntry {
  readonly id: number
  readonly source: DevtoolsSource
  ledgers: readonly LedgerInfo[]
  status: SourceStatus
}

export interface RunEntry {
  /** Unique among all sources. */
  readonly key: string
  readonly source: SourceEntry
  readonly info: LedgerInfo
}

export interface OpenRun {
  readonly key: string
  readonly name: string
  readonly source: SourceEntry
  readonly book: Book
  status: SourceStatus
  /** The rows that pass the filter; undefined while there is none. */
  visible: number[] | undefined
}

export interface Panel {
  /** Grows with every change that can be seen. */
  readonly version: number
  readonly sources: readonly SourceEntry[]
  readonly runs: readonly RunEntry[]
  readonly run: OpenRun | undefined
  /** Nothing is open because it is not known yet what there is. */
  readonly waiting: boolean
  readonly selected: number | undefined
  readonly filter: string
  readonly view: View
  readonly tab: InspectorTab
  readonly theme: Theme
  /** A message for the person, such as why a file was not opened. */
  readonly notice: { readonly text: string; readonly error: boolean } | undefined
  subscribe(listener: () => void): () => void
  cardOf(run: RunEntry): RunCard
  addSource(source: DevtoolsSource, options?: { readonly open?: boolean }): SourceEntry
  open(key: string): void
  /** Opens the run of this name as soon as a source has it. */
  want(name: string): void
  select(row: number | undefined): void
  setFilter(filter: string): void
  setView(view: View): void
  setTab(tab: InspectorTab): void
  setTheme(theme: Theme): void
  tell(text: string | undefined, error?: boolean): void
  close(): void
}

export interface PanelOptions {
  readonly theme?: Theme
  readonly view?: View
  readonly filter?: string
}

/** Events are folded for so long in one frame; the rest comes in the next ones, so that the first rows are seen at once. */
const foldMs = 8
/** Of a long ledger, once its first rows are there: fewer paints, sooner whole. */
const longFoldMs = 100
const peekLimit = 40
/** A run that was asked for and does not appear for so long is given up; the newest is shown instead. */
const wantMs = 2000

export function createPanel(options: PanelOptions = {}): Panel {
  const listeners = new Set<() => void>()
  const sources: SourceEntry[] = []
  const cards = new Map<string, { length: number; card: RunCard }>()
  const endings: (() => void)[] = []
  /** The sources that have not said yet what they have. */
  const unheard = new Set<number>()
  let runs: readonly RunEntry[] = []
  let run: OpenRun | undefined
  let unfollow: (() => void) | undefined
  let pending: { from: number; events: readonly LedgerEvent[] }[] = []
  let pendingSignals: LedgerSignal[] = []
  let matches: Matcher | undefined
  let wanted: string | undefined
  let version = 0
  let sourceIds = 0
  let peeking: (() => void) | undefined
  let giveUp: ReturnType<typeof setTimeout> | undefined
  let closed = false

  const state = {
    selected: undefined as number | undefined,
    filter: options.filter ?? '',
    view: options.view ?? ('ledger' as View),
    tab: 'pretty' as InspectorTab,
    theme: options.theme ?? ('auto' as Theme),
    notice: undefined as Panel['notice']
  }
  matches = matcher(parseFilter(state.filter))

  const changed = (): void => {
    version++
    for (const listener of listeners) listener()
  }

  const painter = createPainter(() => {
    const more = fold()
    if (run)
      cards.set(run.key, { length: run.book.events.length, card: makeCard(run.book, run.status.state === 'live') })
    changed()
    // Figures of calls in flight move with time alone.
    if (run && run.status.state === 'live' && run.book.calls.open.size > 0) painter.later(500)
    return more
  })

  /** Takes pending events into the book; true when some are left for the next frame. */
  function fold(): boolean {
    if (!run) return false
    const { book } = run
    const until = performance.now() + (book.events.length < 500 ? foldMs : longFoldMs)
    while (pending.length > 0) {
      const batch = pending[0] as (typeof pending)[number]
      let at = Math.max(0, book.events.length - batch.from)
      for (; at < batch.events.length; at++) {
        book.add(batch.events[at])
        const row = book.events.length - 1
        if (run.visible && matches?.(book, row)) run.visible.push(row)
        if ((at & 63) === 63 && performance.now() > until) break
      }
      if (at < batch.events.length) return true
      pending.shift()
    }
    const now = Date.now()
    for (const signal of pendingSignals) book.signal(signal, now)
    pendingSignals = []
    return false
  }

  function refilter(): void {
    if (!run) return
    const { book } = run
    run.visible = matches ? [] : undefined
    if (!matches) return
    for (let row = 0; row < book.events.length; row++) if (matches(book, row)) run.visible?.push(row)
  }

  function listRuns(): void {
    runs = sources
      .flatMap(source => source.ledgers.map(info => ({ key: `${source.id} ${info.name}`, source, info })))
      .sort((a, b) => (b.info.created || b.info.updated).localeCompare(a.info.created || a.info.updated))
    const target = wanted === undefined ? undefined : runs.find(entry => entry.info.name === wanted)
    if (target) {
      wanted = undefined
      panel.open(target.key)
    } else if (!run && wanted === undefined) {
      const newest = runs.find(entry => entry.info.length > 0)
      if (newest) panel.open(newest.key)
    }
    peekNext()
  }

  /** Reads the runs that are not open, one after the other, for their titles and costs. */
  function peekNext(): void {
    if (peeking || closed) return
    const next = runs
      .slice(0, peekLimit)
      .find(({ key, info }) => key !== run?.key && cards.get(key)?.length !== info.length)
    if (!next) return
    const done = (book: Book | undefined): void => {
      peeking = undefined
      const card = book ? makeCard(book, next.source.source.kind !== 'file') : plainCard(next.info)
      cards.set(next.key, { length: next.info.length, card })
      painter.soon()
      peekNext()
    }
    let early = true
    const stop = peekRun(next.source.source, next.info, book => {
      if (early) queueMicrotask(() => done(book))
      else done(book)
    })
    early = false
    peeking = stop
  }

  const panel: Panel = {
    get version() {
      return version
    },
    sources,
    get runs() {
      return runs
    },
    get run() {
      return run
    },
    get waiting() {
      return !run && (wanted !== undefined || sources.some(({ id }) => unheard.has(id)))
    },
    get selected() {
      return state.selected
    },
    get filter() {
      return state.filter
    },
    get view() {
      return state.view
    },
    get tab() {
      return state.tab
    },
    get theme() {
      return state.theme
    },
    get notice() {
      return state.notice
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    cardOf: entry => cards.get(entry.key)?.card ?? plainCard(entry.info),

    addSource(source, addOptions = {}) {
      const entry: SourceEntry = { id: ++sourceIds, source, ledgers: [], status: { state: 'connecting' } }
      sources.push(entry)
      unheard.add(entry.id)
      // A source that says nothing for so long is not waited for.
      const patience = setTimeout(() => {
        if (unheard.delete(entry.id)) painter.soon()
      }, wantMs)
      endings.push(() => clearTimeout(patience))
      let first = addOptions.open === true
      endings.push(
        source.watch(
          ledgers => {
            entry.ledgers = ledgers
            unheard.delete(entry.id)
            listRuns()
            const newest = runs.find(candidate => candidate.source === entry)
            if (first && newest) {
              first = false
              panel.open(newest.key)
            }
            painter.soon()
          },
          status => {
            if (status.state === entry.status.state && status.message === entry.status.message) return
            entry.status = status
            if (status.state === 'lost' || status.state === 'closed') unheard.delete(entry.id)
            painter.soon()
          }
        )
      )
      painter.soon()
      return entry
    },

    open(key) {
      const entry = runs.find(candidate => candidate.key === key)
      if (!entry || run?.key === key) return
      wanted = undefined
      unfollow?.()
      pending = []
      pendingSignals = []
      state.selected = undefined
      const opened: OpenRun = {
        key,
        name: entry.info.name,
        source: entry.source,
        book: createBook(entry.info.name),
        status: { state: 'connecting' },
        visible: matches ? [] : undefined
      }
      run = opened
      unfollow = entry.source.source.follow(entry.info.name, {
        events(from, events) {
          if (run !== opened) return
          pending.push({ from, events })
          painter.soon()
        },
        signals(signals) {
          if (run !== opened) return
          for (const signal of signals) pendingSignals.push(signal)
          painter.relaxed()
        },
        state(status) {
          opened.status = status
          if (run === opened) painter.soon()
        }
      })
      painter.soon()
    },

    want(name) {
      wanted = name
      clearTimeout(giveUp)
      giveUp = setTimeout(() => {
        wanted = undefined
        listRuns()
        painter.soon()
      }, wantMs)
      listRuns()
    },
    select(row) {
      if (row === state.selected) return
      state.selected = row
      changed()
    },
    setFilter(filter) {
      state.filter = filter
      matches = matcher(parseFilter(filter))
      refilter()
      changed()
    },
    setView(view) {
      state.view = view
      changed()
    },
    setTab(tab) {
      state.tab = tab
      changed()
    },
    setTheme(theme) {
      state.theme = theme
      changed()
    },
    tell(text, error = false) {
      state.notice = text === undefined ? undefined : { text, error }
      changed()
    },
    close() {
      closed = true
      painter.stop()
      clearTimeout(giveUp)
      unfollow?.()
      peeking?.()
      for (const end of endings) end()
      listeners.clear()
    }
  }
  return panel
}

function makeCard(book: Book, live: boolean): RunCard {
  const { run, totals, events } = book
  return {
    title: titleOf(book.name, run.goal),
    tag: shortName(book.name),
    state: runState(book, Date.now(), live),
    durationMs: run.last - run.first,
    events: events.length,
    costUsd: totals.spentUsd,
    estimated: totals.estimated,
    failedAt: run.failedAt
  }
}

function plainCard(info: LedgerInfo): RunCard {
  return {
    title: titleOf(info.name, undefined),
    tag: shortName(info.name),
    state: 'done',
    durationMs: Date.parse(info.updated) - Date.parse(info.created),
    events: info.length,
    costUsd: null,
    estimated: false,
    failedAt: -1
  }
}
