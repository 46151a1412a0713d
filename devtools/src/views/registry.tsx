/**
 * The views of a run, in the order of their tabs. All but the ledger are loaded when they are first shown. A view is a
 * function of the open run: it reads `run.shown`, the book at the playhead.
 */
import type { ComponentType } from 'react'
import type { OpenRun, View } from '../state/panel.js'
import { type Late, late } from './late.js'
import { Ledger } from './ledger.js'
import { Waiting } from './parts.js'

export interface ViewProps {
  readonly run: OpenRun
  /** The panel is the dock: one bar, little height. */
  readonly dock: boolean
}

export interface ViewEntry {
  readonly name: View
  readonly label: string
  readonly component: ComponentType<ViewProps>
  /** Loads it before it is shown; left out where it is there from the first. */
  readonly ready?: () => Promise<void>
  /** The view takes the place of the inspector too. */
  readonly wide?: boolean
}

function view(load: () => Promise<ComponentType<ViewProps>>): {
  component: Late<ViewProps>
  ready: () => Promise<void>
} {
  const component = late(load, <Waiting>Loading the view…</Waiting>)
  return { component, ready: component.ready }
}

export const views: readonly ViewEntry[] = [
  { name: 'ledger', label: 'Ledger', component: Ledger },
  {
    name: 'waterfall',
    label: 'Waterfall',
    wide: true,
    ...view(async () => (await import('./waterfall.js')).Waterfall)
  },
  { name: 'dialog', label: 'Dialog', ...view(async () => (await import('./dialog.js')).Dialog) },
  {
    name: 'graph',
    label: 'Graph',
    wide: true,
    ...view(async () => (await import('./graph.js')).Graph)
  },
  {
    name: 'cost',
    label: 'Cost',
    wide: true,
    ...view(async () => (await import('./cost.js')).Cost)
  },
  {
    name: 'world',
    label: 'World',
    wide: true,
    ...view(async () => (await import('./world.js')).World)
  },
  {
    name: 'compare',
    label: 'Compare',
    wide: true,
    ...view(async () => (await import('./compare.js')).Compare)
  }
]
