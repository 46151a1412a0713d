/** What can stand in the place of the inspector. Loaded when it is first opened. */
import { type ComponentType, lazy } from 'react'
import type { Sheet } from '../state/panel.js'
import type { ViewProps } from './registry.js'

export const sheets: Partial<Record<Exclude<Sheet, 'try'>, ComponentType<ViewProps>>> = {
  replay: lazy(async () => ({ default: (await import('./replay.js')).Replay }))
}
