/** What the panel's state looks like to the views. */

import type { LedgerInfo } from 'daybook'
import type { Book, BookFold } from '../model/book.js'
import type { GroupBy } from '../model/row-groups.js'
import type { RunCard } from '../model/run.js'
import type { DevtoolsSource, SourceStatus } from '../model/source.js'
import type { Term } from '../model/terms.js'
import type { Playback } from './playback.js'

/** In the order of their tabs and of the keys 1 to 7. */
export const viewNames = ['ledger', 'waterfall', 'dialog', 'graph', 'cost', 'world', 'compare'] as const
export type View = (typeof viewNames)[number]
export const tabNames = ['pretty', 'json', 'raw', 'diff', 'causes'] as const
export type InspectorTab = (typeof tabNames)[number]
/** What stands in the place of the inspector. */
export type Sheet = 'fork' | 'replay' | 'try'
/** What stands above the panel until it is closed. */
export type Overlay = 'palette' | 'help' | 'export'
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

/** A message for the person, such as why a file was not opened. */
export interface Notice {
  readonly text: string
  readonly error: boolean
  /** Takes back what the message tells of. */
  readonly undo?: () => void
}

/** Where to stand in a run once it has come so far: what an address says. Both count from 1. */
export interface Place {
  readonly seq?: number
  readonly playhead?: number
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
  /** The filter as it is understood. */
  readonly terms: readonly Term[]
  /** So many events were looked at, while the filter is not through yet. */
  readonly searching: number | undefined
  readonly view: View
  readonly tab: InspectorTab
  readonly theme: Theme
  /** So many events are shown, the rest is to come; undefined at the end, which moves with a live run. */
  readonly playhead: number | undefined
  /** A stretch of the run that was chosen in the minimap or the waterfall, in milliseconds since its start. */
  readonly range: TimeRange | undefined
  readonly sheet: Sheet | undefined
  readonly overlay: Overlay | undefined
  /** The keys of the runs that Compare shows, two to four, the first one being A. */
  readonly compared: readonly string[]
  /** How the rows of the ledger are grouped. */
  readonly group: GroupBy
  readonly notice: Notice | undefined
  subscribe(listener: () => void): () => void
  cardOf(run: RunEntry): RunCard
  addSource(source: DevtoolsSource, options?: { readonly open?: boolean }): SourceEntry
  open(key: string): void
  /** Opens the run of this name as soon as a source has it. */
  want(name: string, place?: Place): void
  select(row: number | undefined): void
  setFilter(filter: string): void
  /** Hides the events so far, by a term of the filter. The ledger keeps them, and for a while the message can undo it. */
  clear(): void
  setView(view: View): void
  setTab(tab: InspectorTab): void
  setTheme(theme: Theme): void
  /** Moves the playhead: to so many events, or to the end. Every view shows the run as it stood there. */
  seek(length: number | undefined): void
  readonly playback: Playback
  setRange(range: TimeRange | undefined): void
  setSheet(sheet: Sheet | undefined): void
  setOverlay(overlay: Overlay | undefined): void
  setCompared(keys: readonly string[]): void
  setGroup(group: GroupBy): void
  tell(text: string | undefined, error?: boolean, undo?: () => void): void
  close(): void
}
