/** Everything that can be done with a key or by name: the one list behind the keys, the palette and the sheet of keys. */

import { shownLines } from '../model/row-groups.js'
import { indexOf } from '../model/sorted.js'
import type { OpenRun, Panel, Theme, View } from '../state/panel.js'
import { viewNames } from '../state/panel.js'
import { copy } from './parts.js'
import { views } from './registry.js'
import { sheets } from './sheets.js'

export const actionGroups = ['Views', 'Events', 'Playhead', 'Run', 'Panel'] as const
export type ActionGroup = (typeof actionGroups)[number]

export interface Action {
  readonly id: string
  readonly label: string
  readonly group: ActionGroup
  /** As in `j`, `J`, `space`, `mod+k`, or `g w` for one after the other. The first one is shown. */
  readonly keys: readonly string[]
  /** Its key waits while a button, a field or a list has the focus, which have a use for it themselves. */
  readonly free?: 'free' | 'rows'
  /** Undefined where there is nothing to do it with now. */
  readonly run: (() => void) | undefined
}

export interface ActionContext {
  readonly panel: Panel
  readonly root: HTMLElement
  readonly onOpenFile: () => void
  readonly onTry: (() => void) | undefined
}

/** After `g`, for each view. */
const letters: Readonly<Record<View, string>> = {
  ledger: 'l',
  waterfall: 'w',
  dialog: 'd',
  graph: 'g',
  cost: 'c',
  world: 'o',
  compare: 'm'
}

export function actionsOf(context: ActionContext): readonly Action[] {
  return [
    ...viewActions(context),
    ...eventActions(context),
    ...playheadActions(context),
    ...runActions(context),
    ...panelActions(context)
  ]
}

function viewActions({ panel, root }: ActionContext): Action[] {
  /** The switches of the dialog keep their own state: their keys press them. */
  const press = (id: string, label: string, key: string): Action => {
    const button = root.querySelector<HTMLElement>(`[data-press="${id}"]`)
    return { id, label, group: 'Views', keys: [key], run: button ? () => button.click() : undefined }
  }
  const shown: Action[] = views.map(({ name, label }) => ({
    id: `view.${name}`,
    label: `Show ${label}`,
    group: 'Views' as const,
    keys: [String(viewNames.indexOf(name) + 1), `g ${letters[name]}`],
    run: () => panel.setView(name)
  }))
  shown.push(
    press('raw', 'Dialog: markdown as it was written', 'm'),
    press('still', 'Dialog: stop or resume the view', 'p')
  )
  return shown
}

function eventActions({ panel, root }: ActionContext): Action[] {
  const { run, selected } = panel
  const list = run && ((panel.view === 'ledger' && shownLines.get(panel)) || rowsOf(run))
  const at = list && selected !== undefined ? list.placeOf(selected) : -1
  const to = (place: number) => (): void => {
    if (list && list.total > 0) panel.select(list.row(Math.max(0, Math.min(list.total - 1, place))))
  }
  const chosen = run && selected !== undefined ? run.book.events[selected] : undefined
  const group = 'Events' as const
  const here = <Value>(value: Value): Value | undefined => (list && list.total > 0 ? value : undefined)
  return [
    { id: 'filter', label: 'Filter the events', group, keys: ['/'], run: () => focusFilter(root) },
    { id: 'next', label: 'Next event', group, keys: ['j'], run: here(to(at + 1)) },
    {
      id: 'previous',
      label: 'Previous event',
      group,
      keys: ['k'],
      run: here(to(at < 0 ? Number.MAX_SAFE_INTEGER : at - 1))
    },
    { id: 'next.arrow', label: 'Next event', group, keys: ['ArrowDown'], free: 'free', run: here(to(at + 1)) },
    {
      id: 'previous.arrow',
      label: 'Previous event',
      group,
      keys: ['ArrowUp'],
      free: 'free',
      run: here(to(at < 0 ? Number.MAX_SAFE_INTEGER : at - 1))
    },
    { id: 'next.type', label: 'Next event of this type', group, keys: ['J'], run: sameType(panel, 1) },
    { id: 'previous.type', label: 'Previous event of this type', group, keys: ['K'], run: sameType(panel, -1) },
    { id: 'first', label: 'First event', group, keys: ['Home'], free: 'rows', run: here(to(0)) },
    { id: 'last', label: 'Last event', group, keys: ['End'], free: 'rows', run: here(to(Number.MAX_SAFE_INTEGER)) },
    { id: 'page.down', label: 'A page on', group, keys: ['PageDown'], free: 'rows', run: here(to(at + 20)) },
    { id: 'page.up', label: 'A page back', group, keys: ['PageUp'], free: 'rows', run: here(to(at - 20)) },
    { id: 'cause', label: 'Go to the cause', group, keys: ['['], run: related(panel, 'cause') },
    { id: 'effect', label: 'Go to the effect', group, keys: [']'], run: related(panel, 'effect') },
    {
      id: 'expand',
      label: 'Open the next closed part',
      group,
      keys: ['ArrowRight'],
      free: 'free',
      run: fold(root, false)
    },
    {
      id: 'collapse',
      label: 'Close the last open part',
      group,
      keys: ['ArrowLeft'],
      free: 'free',
      run: fold(root, true)
    },
    {
      id: 'copy',
      label: 'Copy the event as JSON',
      group,
      keys: ['c'],
      run: chosen && (() => void copyMasked(panel, chosen))
    },
    { id: 'deselect', label: 'Out of the event', group, keys: ['Escape'], run: out(panel) }
  ]
}

function playheadActions({ panel }: ActionContext): Action[] {
  const { run, playback, playhead, selected } = panel
  const group = 'Playhead' as const
  const many = run !== undefined && run.book.events.length > 1
  const here = (act: () => void): (() => void) | undefined => (many ? act : undefined)
  return [
    {
      id: 'play',
      label: playback.playing ? 'Pause' : 'Play the run again',
      group,
      keys: ['space'],
      free: 'free',
      run: here(playback.playing ? playback.pause : playback.play)
    },
    { id: 'step.back', label: 'One event back', group, keys: [','], run: here(() => playback.step(-1)) },
    { id: 'step.on', label: 'One event on', group, keys: ['.'], run: here(() => playback.step(1)) },
    { id: 'seek.first', label: 'Playhead to the first event', group, keys: [], run: here(() => panel.seek(1)) },
    {
      id: 'seek.selected',
      label: 'Playhead to the selected event',
      group,
      keys: [],
      run: many && selected !== undefined ? () => panel.seek(selected + 1) : undefined
    },
    {
      id: 'seek.end',
      label: 'Playhead to the end',
      group,
      keys: [],
      run: playhead === undefined ? undefined : () => panel.seek(undefined)
    }
  ]
}

function runActions({ panel, onOpenFile, onTry }: ActionContext): Action[] {
  const { run, selected } = panel
  const group = 'Run' as const
  const here = (act: () => void): (() => void) | undefined => (run ? act : undefined)
  return [
    {
      id: 'fork',
      label: 'Fork here',
      group,
      keys: ['f'],
      run: run && selected !== undefined && 'fork' in sheets ? () => panel.setSheet('fork') : undefined
    },
    { id: 'compare', label: compareLabel(panel), group, keys: ['d'], run: run && (() => mark(panel, run)) },
    {
      id: 'replay',
      label: 'Verify and replay',
      group,
      keys: [],
      run: run && 'replay' in sheets ? () => panel.setSheet('replay') : undefined
    },
    { id: 'export', label: 'Export the ledger…', group, keys: ['e'], run: here(() => panel.setOverlay('export')) },
    { id: 'open', label: 'Open a ledger…', group, keys: ['o'], run: onOpenFile },
    { id: 'try', label: 'Run a kit…', group, keys: [], run: onTry },
    { id: 'clear', label: 'Hide the events so far', group, keys: [], run: here(panel.clear) },
    {
      id: 'name',
      label: 'Copy the run’s name',
      group,
      keys: [],
      run: run && (() => void tellCopied(panel, run.name, 'The name'))
    }
  ]
}

function panelActions({ panel }: ActionContext): Action[] {
  const group = 'Panel' as const
  const theme = (name: Theme, label: string): Action => ({
    id: `theme.${name}`,
    label,
    group,
    keys: [],
    run: panel.theme === name ? undefined : () => panel.setTheme(name)
  })
  return [
    { id: 'palette', label: 'Every action by name', group, keys: ['mod+k'], run: () => panel.setOverlay('palette') },
    { id: 'help', label: 'All keys', group, keys: ['?'], run: () => panel.setOverlay('help') },
    {
      id: 'theme',
      label: 'Light or dark',
      group,
      keys: ['t'],
      run: () => panel.setTheme(isDark(panel.theme) ? 'light' : 'dark')
    },
    theme('light', 'Colours: light'),
    theme('dark', 'Colours: dark'),
    theme('auto', 'Colours: as the system')
  ]
}

function isDark(theme: Theme): boolean {
  return theme === 'auto' ? matchMedia('(prefers-color-scheme: dark)').matches : theme === 'dark'
}

/** The rows as the ledger lists them. */
function rowsOf({ visible, book }: OpenRun): {
  readonly total: number
  placeOf(row: number): number
  row(place: number): number | undefined
} {
  if (!visible) return { total: book.events.length, placeOf: row => row, row: place => place }
  return { total: visible.length, placeOf: row => indexOf(visible, row), row: place => visible[place] }
}

function sameType(panel: Panel, step: 1 | -1): (() => void) | undefined {
  const { run, selected } = panel
  if (!run || selected === undefined) return undefined
  return () => {
    const list = rowsOf(run)
    const { events } = run.book
    for (let place = list.placeOf(selected) + step; place >= 0 && place < list.total; place += step) {
      const row = list.row(place)
      if (row !== undefined && events[row]?.type === events[selected]?.type) return panel.select(row)
    }
  }
}

function related({ run, selected, select }: Panel, way: 'cause' | 'effect'): (() => void) | undefined {
  if (!run || selected === undefined) return undefined
  const { causes, events } = run.book
  const next =
    way === 'effect'
      ? causes.effectsOf(selected)[0]
      : events[selected]?.cause.map(id => causes.rowOf(id)).find(row => row !== undefined)
  return next === undefined ? undefined : () => select(next)
}

const ofSelected = new Set(['next.type', 'previous.type', 'cause', 'effect', 'copy', 'seek.selected', 'fork'])

/** Why an action has nothing to do now; undefined where it has no business here at all, or none that needs to be told. */
export function whyNot({ id, group }: Action, { run, selected }: Panel): string | undefined {
  if (id === 'try' || id === 'deselect' || ((id === 'fork' || id === 'replay') && !(id in sheets))) return undefined
  if (id === 'raw' || id === 'still') return 'show a dialog first'
  if (group === 'Panel') return 'it is so already'
  if (!run) return 'open a run first'
  if (ofSelected.has(id) && selected === undefined) return 'select an event first'
  if (id === 'cause' || id === 'effect') return 'this event has none'
  if (id === 'seek.end') return 'it is there already'
  return group === 'Playhead' ? 'the run has one event' : 'no event is shown'
}

/** Opens or closes what folds: a group of rows that is selected, else the parts of the inspector one after the other. */
function fold(root: HTMLElement, open: boolean): () => void {
  return () => {
    const state = `[aria-expanded="${open}"]`
    const active = root.querySelector(`[data-keys="rows"] [aria-selected="true"]${state}`)
    const parts = root.querySelectorAll<HTMLElement>(`.inspector ${state}:not([aria-haspopup])`)
    const part = (active as HTMLElement | null) ?? (open ? parts[parts.length - 1] : parts[0])
    part?.click()
  }
}

function out(panel: Panel): (() => void) | undefined {
  if (panel.sheet) return () => panel.setSheet(undefined)
  if (panel.selected !== undefined) return () => panel.select(undefined)
  if (panel.range) return () => panel.setRange(undefined)
  return panel.notice ? () => panel.tell(undefined) : undefined
}

function compareLabel({ run, compared }: Panel): string {
  if (compared.length === 0) return 'Mark this run as A, to compare'
  return run && compared.includes(run.key) ? 'Take this run out of the comparison' : 'Compare this run with A'
}

/** The first run that is marked becomes A; the next one opens the comparison. */
function mark(panel: Panel, run: OpenRun): void {
  const { compared } = panel
  if (compared.includes(run.key)) {
    panel.setCompared(compared.filter(key => key !== run.key))
    panel.tell('This run is no longer compared.')
  } else {
    panel.setCompared([...compared, run.key])
    if (compared.length === 0) panel.tell('This run is A. Open another one and press d to compare the two.')
    else if (views.some(view => view.name === 'compare')) panel.setView('compare')
  }
}

function focusFilter(root: HTMLElement): void {
  root.querySelector<HTMLInputElement>('[data-keys="filter"]')?.select()
}

async function copyMasked(panel: Panel, event: unknown): Promise<void> {
  const { masked } = await import('daybook/errors')
  await tellCopied(panel, masked(JSON.stringify(event, null, 2)), 'The event')
}

async function tellCopied(panel: Panel, text: string, what: string): Promise<void> {
  if (await copy(text)) panel.tell(`${what} is on the clipboard.`)
  else panel.tell('This page may not write to the clipboard.', true)
}
