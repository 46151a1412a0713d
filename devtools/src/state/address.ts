/** What the address says after its `#`: the run and where to stand in it, view and filter, and once the token of a process. */
import type { Panel, Place, View } from './shape.js'
import { viewNames } from './shape.js'

export interface Address extends Place {
  readonly token?: string
  /** A ledger's name, such as `run:8`; one of a branch stands there as `branch=b2`. */
  readonly run?: string
  readonly view?: View
  readonly filter?: string
}

/** A filter that somebody else's link brings. */
const longestFilter = 2000

export function readAddress(hash: string): Address {
  const fields = new URLSearchParams(hash.replace(/^#/, ''))
  const [token, name, branch, view, filter] = ['t', 'run', 'branch', 'view', 'filter'].map(
    key => fields.get(key) || undefined
  )
  const run = branch ? `branch:${branch}` : name
  const [seq, playhead] = ['seq', 'at'].map(key => place(fields.get(key)))
  return {
    ...(token ? { token } : {}),
    ...(run ? { run } : {}),
    ...(seq ? { seq } : {}),
    ...(playhead ? { playhead } : {}),
    ...(isView(view) ? { view } : {}),
    ...(filter ? { filter: filter.slice(0, longestFilter) } : {})
  }
}

function place(text: string | null): number | undefined {
  return text !== null && /^\d{1,9}$/.test(text) ? Number(text) : undefined
}

function isView(name: string | undefined): name is View {
  return viewNames.some(view => view === name)
}

/** Without the token: it is taken out of the address as soon as it was read. */
export function writeAddress({ run, seq, playhead, view, filter }: Address): string {
  const fields = new URLSearchParams()
  if (run?.startsWith('branch:')) fields.set('branch', run.slice('branch:'.length))
  else if (run) fields.set('run', run)
  if (seq) fields.set('seq', String(seq))
  if (playhead) fields.set('at', String(playhead))
  if (view && view !== 'ledger') fields.set('view', view)
  if (filter) fields.set('filter', filter)
  const text = fields.toString().replaceAll('%3A', ':').replaceAll('%2A', '*')
  return text === '' ? '' : `#${text}`
}

/** What the panel shows, as an address. */
export function addressOf({ run, selected, playhead, view, filter }: Panel): Address {
  return {
    ...(run ? { run: run.name } : {}),
    ...(selected === undefined ? {} : { seq: selected + 1 }),
    ...(playhead === undefined ? {} : { playhead }),
    view,
    filter
  }
}
