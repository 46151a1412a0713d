/** What the open fork sheet says of each row, for the ledger beside it. */
import { useSyncExternalStore } from 'react'
import type { Fate } from '../model/fork-plan.js'
import type { Panel } from './panel.js'

export interface Fates {
  /** The key of the run that is forked. */
  readonly run: string
  readonly branch: string
  of(row: number): Fate
}

const shown = new WeakMap<Panel, Fates>()
const listeners = new Set<() => void>()

export function showFates(panel: Panel, fates: Fates | undefined): void {
  if (fates) shown.set(panel, fates)
  else shown.delete(panel)
  for (const listener of listeners) listener()
}

export function useFates(panel: Panel, run: string): Fates | undefined {
  const fates = useSyncExternalStore(
    listener => {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    () => shown.get(panel)
  )
  return fates?.run === run ? fates : undefined
}
