/** The panel's state: which sources, which run, which row, which filter. One mutable bag with a version that React reads. */
import type { LedgerEvent, LedgerInfo, LedgerSignal } from 'daybook'
import { type Book, type BookFold, createBook } from '../model/book.js'
import { type Matcher, matcher, parseFilter } from '../model/filter.js'
import type { RunCard } from '../model/run.js'
import type { DevtoolsSource, SourceStatus } from '../model/source.js'
import { createCards } from './cards.js'
import { createPainter } from './frames.js'
import { createPlayback, type Playback } from './playback.js'

/** In the order of their tabs and of the keys 1 to 7. */
export const viewNames = ['ledger', 'waterfall', 'dialog', 'graph', 'cost', 'world', 'compare'] as const
export type View = (typeof viewNames)[number]
export type InspectorTab = 'pretty' | 'json' | 'raw' | 'diff' | 'causes'
/** What stands in the place of the inspector. */
export type Sheet = 'fork' | 'replay' | 'try'
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
  /** All of its events. */
  readonly book: BookFold
  /** What the views show: the book up to the playhead; the book itself where the playhead is at its end. */
  shown: Book
  status: SourceStatus
  /** The rows that pass the filter; undefined while there is none. */
  visible: number[] | undefined
}

export interface TimeRange {
  readonly from: number
  readonly to: number
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
  /** So many events are shown, the rest is to come; undefined at the end, which moves with a live run. */
  readonly playhead: number | undefined
  /** A stretch of the run that was chosen in the minimap or the waterfall, in milliseconds since its start. */
  readonly range: TimeRange | undefined
  readonly sheet: Sheet | undefined
  /** The keys of the runs that Compare shows, two to four, the first one being A. */
  readonly compared: readonly string[]
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
  /** Moves the playhead: to so many events, or to the end. Every view shows the run as it stood there. */
  seek(length: number | undefined): void
  readonly playback: Playback
  setRange(range: TimeRange | undefined): void
  setSheet(sheet: Sheet | undefined): void
  setCompared(keys: readonly string[]): void
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
/** A run that was asked for and does not appear for so long is given up; the newest is shown instead. */
const wantMs = 2000

export function createPanel(options: PanelOptions = {}): Panel {
  const listeners = new Set<() => void>()
  const sources: SourceEntry[] = []
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
  let giveUp: ReturnType<typeof setTimeout> | undefined

  const state = {
    selected: undefined as number | undefined,
    filter: options.filter ?? '',
    view: options.view ?? ('ledger' as View),
    tab: 'pretty' as InspectorTab,
    theme: options.theme ?? ('auto' as Theme),
    playhead: undefined as number | undefined,
    range: undefined as TimeRange | undefined,
    sheet: undefined as Sheet | undefined,
    compared: [] as readonly string[],
    notice: undefined as Panel['notice']
  }
  matches = matcher(parseFilter(state.filter))

  const changed = (): void => {
    version++
    for (const listener of listeners) listener()
  }

  const painter = createPainter(() => {
    const more = fold()
    if (run) cards.refresh(run)
    changed()
    // Figures of calls in flight move with time alone.
    if (run && run.status.state === 'live' && run.book.calls.open.size > 0) painter.later(500)
    return more
  })

  const cards = createCards(() => painter.soon())

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
    cards.read(runs, run?.key)
  }

  function seek(length: number | undefined, ms?: number): void {
    if (!run) return
    const { book } = run
    const end = length === undefined || length >= book.events.length
    state.playhead = end ? undefined : Math.max(0, Math.round(length))
    run.shown = state.playhead === undefined ? book : book.at(state.playhead, ms)
    playback.moved(end ? undefined : (ms ?? book.times[(state.playhead ?? 0) - 1] ?? 0))
    changed()
  }

  const playback = createPlayback({
    book: () => run?.book,
    length: () => state.playhead ?? run?.book.events.length ?? 0,
    seek,
    changed
  })

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
    get playhead() {
      return state.playhead
    },
    get range() {
      return state.range
    },
    get sheet() {
      return state.sheet
    },
    get compared() {
      return state.compared
    },
    get notice() {
      return state.notice
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    cardOf: cards.of,

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
      playback.pause()
      unfollow?.()
      pending = []
      pendingSignals = []
      state.selected = undefined
      state.playhead = undefined
      state.range = undefined
      const book = createBook(entry.info.name)
      const opened: OpenRun = {
        key,
        name: entry.info.name,
        source: entry.source,
        book,
        shown: book,
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
    playback,
    seek(length) {
      playback.pause()
      seek(length)
    },
    setRange(range) {
      state.range = range
      changed()
    },
    setSheet(sheet) {
      state.sheet = sheet
      changed()
    },
    setCompared(keys) {
      state.compared = keys.slice(0, 4)
      changed()
    },
    tell(text, error = false) {
      state.notice = text === undefined ? undefined : { text, error }
      changed()
    },
    close() {
      painter.stop()
      clearTimeout(giveUp)
      playback.pause()
      unfollow?.()
      cards.stop()
      for (const end of endings) end()
      listeners.clear()
    }
  }
  return panel
}
