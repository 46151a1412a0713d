/**
 * The views of a run, in the order of their tabs. All but the ledger are loaded when they are first shown. A view is a
 * function of the open run: it reads `run.shown`, the book at the playhead.
 */
import { type ComponentType, lazy } from 'react'
import type { OpenRun, View } from '../state/panel.js'
import { Ledger } from './ledger.js'

export interface ViewProps {
  readonly run: OpenRun
  /** The panel is the dock: one bar, little height. */
  readonly dock: boolean
}

export interface ViewEntry {
  readonly name: View
  readonly label: string
  readonly component: ComponentType<ViewProps>
  /** The view takes the place of the inspector too. */
  readonly wide?: boolean
}

export const views: readonly ViewEntry[] = [
  { name: 'ledger', label: 'Ledger', component: Ledger },
  {
    name: 'waterfall',
    label: 'Waterfall',
    wide: true,
    component: lazy(async () => ({ default: (await import('./waterfall.js')).Waterfall }))
  },
  { name: 'dialog', label: 'Dialog', component: lazy(async () => ({ default: (await import('./dialog.js')).Dialog })) },
  {
    name: 'graph',
    label: 'Graph',
    wide: true,
    component: lazy(async () => ({ default: (await import('./graph.js')).Graph }))
  },
  {
    name: 'cost',
    label: 'Cost',
    wide: true,
    component: lazy(async () => ({ default: (await import('./cost.js')).Cost }))
  },
  {
    name: 'world',
    label: 'World',
    wide: true,
    component: lazy(async () => ({ default: (await import('./world.js')).World }))
  },
  {
    name: 'compare',
    label: 'Compare',
    wide: true,
    component: lazy(async () => ({ default: (await import('./compare.js')).Compare }))
  }
]
