/** The panel for the views: they read its fields after {@link usePanel}, which renders them again when it changes. */
import { createContext, useContext, useSyncExternalStore } from 'react'
import type { Panel } from './panel.js'

const PanelContext = createContext<Panel | undefined>(undefined)

export const PanelProvider = PanelContext.Provider

export function usePanel(): Panel {
  const panel = useContext(PanelContext)
  if (!panel) throw new Error('A view of the devtools stands outside its panel.')
  useSyncExternalStore(panel.subscribe, () => panel.version)
  return panel
}
