/** The panel's state: which sources, which run, which row, which filter. One mutable bag with a version that React reads. */
import { createBook } from '../model/book.js'
import { clockOf } from '../model/playhead.js'
import { isAnother } from '../model/source.js'
import { createCards } from './cards.js'
import { createFiltering } from './filtering.js'
import { createFollowing } from './following.js'
import { createPainter } from './frames.js'
import { createPlayback } from './playback.js'
import type {
  InspectorTab,
  OpenRun,
  Overlay,
  Panel,
  Place,
  RunEntry,
  Sheet,
  SourceEntry,
  Theme,
  TimeRange,
  View
} from './shape.js'

export type {
  InspectorTab,
  Notice,
  OpenRun,
  Overlay,
  Panel,
  Place,
  RunEntry,
  Sheet,
  SourceEntry,
  Theme,
  TimeRange,
  View
} from './shape.js'
export { viewNames } from './shape.js'

export interface PanelOptions {
  readonly theme?: Theme
  readonly view?: View
  readonly filter?: string
  /** The window that shows the panel, where that is not the one of this script. */
  readonly window?: () => Window
}

/** The filter may take so long before its first rows are shown, and then at a time. */
const firstFilterMs = 8
const filterMs = 16
/** What was done can be undone for so long. */
const noticeMs = 10_000
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
  let wanted: string | undefined
  let place: Place = {}
  /** The run that the place is in: it may come after it was given up. */
  let placeOf: string | undefined
  /** When the ledger of the open run was made. */
  let born = ''
  let version = 0
  let sourceIds = 0
  let giveUp: ReturnType<typeof setTimeout> | undefined
  let forget: ReturnType<typeof setTimeout> | undefined
  const following = createFollowing()
  const filtering = createFiltering(options.filter ?? '', error => {
    if (error !== undefined) panel.tell(`The filter could not be loaded: ${error}`, true)
    refilter()
  })

  const state = {
    selected: undefined as number | undefined,
    filter: options.filter ?? '',
    view: options.view ?? ('ledger' as View),
    tab: 'pretty' as InspectorTab,
    theme: options.theme ?? ('auto' as Theme),
    playhead: undefined as number | undefined,
    range: undefined as TimeRange | undefined,
    sheet: undefined as Sheet | undefined,
    overlay: undefined as Overlay | undefined,
    compared: [] as readonly string[],
    group: 'none' as Panel['group'],
    notice: undefined as Panel['notice']
  }

  const changed = (): void => {
    version++
    for (const listener of listeners) listener()
  }

  const painter = createPainter(
    () => {
      try {
        return advance()
      } catch (error) {
        fail(error)
        return false
      }
    },
    () => {
      if (run) cards.refresh(run)
      changed()
      // Figures of calls in flight move with time alone.
      if (run && run.status.state === 'live' && run.book.calls.open.size > 0) painter.later(500)
    },
    options.window ?? (() => window)
  )

  const cards = createCards(() => painter.soon())

  /** What a ledger holds is never an error of the page. */
  function fail(error: unknown): void {
    following.clear()
    if (run) run.status = { state: 'lost', message: `The rest of this ledger cannot be shown: ${error}` }
    console.error('The devtools failed to read a ledger.', error)
  }

  /** Takes new events in and filters them; true when some are left. */
  function advance(): boolean {
    if (!run) return false
    const unfolded = following.fold(run.book)
    const unfiltered = filtering.step(run, filterMs)
    stand(run)
    return unfolded || unfiltered
  }

  /** Goes to the place that the address named, once the run has come so far. */
  function stand({ book }: OpenRun): void {
    const { seq, playhead } = place
    const length = book.events.length
    if (seq !== undefined && seq <= length) state.selected = seq - 1
    if (playhead !== undefined && playhead < length) seek(playhead)
    place = {
      ...(seq !== undefined && seq > length ? { seq } : {}),
      ...(playhead !== undefined && playhead >= length ? { playhead } : {})
    }
  }

  function listRuns(): void {
    runs = sources
      .flatMap(source => source.ledgers.map(info => ({ key: `${source.id} ${info.name}`, source, info })))
      .sort((a, b) => (b.info.created || b.info.updated).localeCompare(a.info.created || a.info.updated))
    const target = wanted === undefined ? undefined : runs.find(entry => entry.info.name === wanted)
    if (target) {
      panel.open(target.key)
    } else if (!run && wanted === undefined) {
      const newest = runs.find(entry => entry.info.length > 0)
      if (newest) panel.open(newest.key)
    }
    const open = runs.find(({ key }) => key === run?.key)
    if (open && isAnother(born, open.info.created)) begin(open)
    born ||= open?.info.created ?? ''
    cards.read(runs, run?.key)
  }

  function refilter(): void {
    if (run) {
      filtering.start(run)
      // What is found at once is shown at once.
      if (filtering.step(run, firstFilterMs)) painter.soon()
    }
    changed()
  }

  function seek(length: number | undefined, ms?: number): void {
    if (!run) return
    const { book } = run
    const end = length === undefined || length >= book.events.length
    state.playhead = end ? undefined : Math.max(0, Math.round(length))
    const at = ms ?? clockOf(book.times)[(state.playhead ?? 0) - 1] ?? 0
    run.shown = state.playhead === undefined ? book : book.at(state.playhead, at)
    playback.moved(end ? undefined : at)
    changed()
  }

  const playback = createPlayback({
    book: () => run?.book,
    length: () => state.playhead ?? run?.book.events.length ?? 0,
    seek,
    changed
  })

  /** Follows a run from its first event. */
  function begin(entry: RunEntry): void {
    const { key } = entry
    born = entry.info.created
    if (placeOf !== entry.info.name) place = {}
    wanted = undefined
    playback.pause()
    unfollow?.()
    following.clear()
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
      visible: undefined
    }
    run = opened
    filtering.start(opened)
    unfollow = entry.source.source.follow(entry.info.name, {
      events(from, events) {
        if (run !== opened) return
        following.events(from, events)
        painter.soon()
      },
      signals(signals) {
        if (run !== opened) return
        following.signals(signals)
        painter.relaxed()
      },
      reset: () => run === opened && begin(entry),
      state(status) {
        opened.status = status
        if (run === opened) painter.soon()
      }
    })
    painter.soon()
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
    get terms() {
      return filtering.terms
    },
    get searching() {
      const { seen } = filtering
      return run && seen !== undefined && seen < run.book.events.length ? seen : undefined
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
    get overlay() {
      return state.overlay
    },
    get group() {
      return state.group
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
      if (entry && run?.key !== key) begin(entry)
    },

    want(name, at = {}) {
      place = at
      placeOf = name
      if (run?.name === name) {
        stand(run)
        changed()
        return
      }
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
      place = {}
      if (row === state.selected) return
      state.selected = row
      changed()
    },
    setFilter(filter) {
      state.filter = filter
      filtering.set(filter)
      refilter()
    },
    clear() {
      if (!run) return
      const before = state.filter
      const rest = before.replace(/(^|\s)after:#\d+(?=\s|$)/g, '').trim()
      panel.setFilter(`${rest} after:#${run.book.events.length}`.trim())
      panel.tell('The events so far are hidden. The ledger keeps them.', false, () => panel.setFilter(before))
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
      place = {}
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
    setOverlay(overlay) {
      state.overlay = overlay
      changed()
    },
    setGroup(group) {
      state.group = group
      changed()
    },
    setCompared(keys) {
      state.compared = keys.slice(0, 4)
      changed()
    },
    tell(text, error = false, undo) {
      clearTimeout(forget)
      state.notice = text === undefined ? undefined : { text, error, ...(undo ? { undo } : {}) }
      if (undo || (text !== undefined && !error)) forget = setTimeout(() => panel.tell(undefined), noticeMs)
      changed()
    },
    close() {
      painter.stop()
      clearTimeout(giveUp)
      clearTimeout(forget)
      playback.pause()
      unfollow?.()
      cards.stop()
      for (const end of endings) end()
      listeners.clear()
    }
  }
  return panel
}
