/** What the address says after its `#`: which run, view and filter to show, and once the token of a process. */
import { type View, viewNames } from './panel.js'

export interface Address {
  readonly token?: string
  readonly run?: string
  readonly view?: View
  readonly filter?: string
}

export function readAddress(hash: string): Address {
  const fields = new URLSearchParams(hash.replace(/^#/, ''))
  const [token, run, view, filter] = ['t', 'run', 'view', 'filter'].map(name => fields.get(name) || undefined)
  return {
    ...(token ? { token } : {}),
    ...(run ? { run } : {}),
    ...(isView(view) ? { view } : {}),
    ...(filter ? { filter } : {})
  }
}

function isView(name: string | undefined): name is View {
  return viewNames.some(view => view === name)
}

/** Without the token: it is taken out of the address as soon as it was read. */
export function writeAddress({ run, view, filter }: Address): string {
  const fields = new URLSearchParams()
  if (run) fields.set('run', run)
  if (view && view !== 'ledger') fields.set('view', view)
  if (filter) fields.set('filter', filter)
  const text = fields.toString().replaceAll('%3A', ':').replaceAll('%2A', '*')
  return text === '' ? '' : `#${text}`
}
