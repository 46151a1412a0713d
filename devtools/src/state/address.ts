/** What the address says after its `#`: the run and where to stand in it, view and filter, and once the token of a process. */
import { carriedLabel } from '../model/source.js'
import type { InspectorTab, Panel, Place, View } from './shape.js'
import { tabNames, viewNames } from './shape.js'

export interface Address extends Place {
  readonly token?: string
  /** A ledger's name, such as `run:8`; one of a branch stands there as `branch=b2`. */
  readonly run?: string
  readonly view?: View
  readonly filter?: string
  readonly tab?: InspectorTab
  /** The names of the runs that Compare shows, the first one being A. */
  readonly compared?: readonly string[]
  /** The file that the run is of: a page cannot open it by itself. */
  readonly file?: string
}

/** A filter that somebody else's link brings. */
const longestFilter = 2000
const longestName = 200
const mostCompared = 4

export function readAddress(hash: string): Address {
  const fields = new URLSearchParams(hash.replace(/^#/, ''))
  const [token, name, branch, view, filter, tab, file] = ['t', 'run', 'branch', 'view', 'filter', 'tab', 'file'].map(
    key => fields.get(key) || undefined
  )
  const compared = fields.getAll('compare').filter(Boolean).slice(0, mostCompared)
  const run = branch ? `branch:${branch}` : name
  const [seq, playhead] = ['seq', 'at'].map(key => place(fields.get(key)))
  return {
    ...(token ? { token } : {}),
    ...(run ? { run } : {}),
    ...(seq ? { seq } : {}),
    ...(playhead ? { playhead } : {}),
    ...(isView(view) ? { view } : {}),
    ...(filter ? { filter: filter.slice(0, longestFilter) } : {}),
    ...(isTab(tab) ? { tab } : {}),
    ...(compared.length > 1 ? { compared } : {}),
    ...(file ? { file: file.slice(0, longestName) } : {})
  }
}

function place(text: string | null): number | undefined {
  return text !== null && /^\d{1,9}$/.test(text) ? Number(text) : undefined
}

function isView(name: string | undefined): name is View {
  return viewNames.some(view => view === name)
}

function isTab(name: string | undefined): name is InspectorTab {
  return tabNames.some(tab => tab === name)
}

/** Without the token: it is taken out of the address as soon as it was read. */
export function writeAddress({ run, seq, playhead, view, filter, tab, compared = [], file }: Address): string {
  const fields = new URLSearchParams()
  if (run?.startsWith('branch:')) fields.set('branch', run.slice('branch:'.length))
  else if (run) fields.set('run', run)
  if (seq) fields.set('seq', String(seq))
  if (playhead) fields.set('at', String(playhead))
  if (view && view !== 'ledger') fields.set('view', view)
  if (filter) fields.set('filter', filter)
  if (tab && tab !== 'pretty') fields.set('tab', tab)
  if (compared.length > 1) for (const name of compared) fields.append('compare', name)
  if (file) fields.set('file', file)
  const text = fields.toString().replaceAll('%3A', ':').replaceAll('%2A', '*')
  return text === '' ? '' : `#${text}`
}

/** What the panel shows, as an address. */
export function addressOf({ run, runs, selected, playhead, view, filter, tab, compared }: Panel): Address {
  const names = compared.flatMap(key => runs.find(entry => entry.key === key)?.info.name ?? [])
  const { kind, label } = run?.source.source ?? {}
  return {
    ...(run ? { run: run.name } : {}),
    ...(selected === undefined ? {} : { seq: selected + 1 }),
    ...(playhead === undefined ? {} : { playhead }),
    view,
    filter,
    tab,
    ...(names.length > 1 ? { compared: names } : {}),
    ...(kind === 'file' && label && label !== carriedLabel ? { file: label.slice(0, longestName) } : {})
  }
}
