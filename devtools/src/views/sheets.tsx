/** What can stand in the place of the inspector. Loaded when it is first opened. */
import type { ComponentType } from 'react'
import type { Sheet } from '../state/panel.js'
import { late } from './late.js'
import { Waiting } from './parts.js'
import type { ViewProps } from './registry.js'

export const sheet = (load: () => Promise<ComponentType<ViewProps>>): ComponentType<ViewProps> =>
  late(load, <Waiting>Loading…</Waiting>)

export const sheets: Partial<Record<Exclude<Sheet, 'try'>, ComponentType<ViewProps>>> = {
  replay: sheet(async () => (await import('./replay.js')).Replay)
}
