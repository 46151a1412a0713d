/** What opens above the panel: loaded when it is first asked for. */
import { useEffect } from 'react'
import { usePanel } from '../state/context.js'
import type { Overlay } from '../state/panel.js'
import { loadActions } from './acting.js'
import type { Action } from './actions.js'
import { type Late, late } from './late.js'
import { Boundary } from './parts.js'

export interface OverlayProps {
  readonly actions: () => readonly Action[]
  readonly onClose: () => void
}

const withActions =
  <Part,>(load: () => Promise<Part>) =>
  async (): Promise<Part> =>
    (await Promise.all([load(), loadActions()]))[0]

export const overlays: Readonly<Record<Overlay, Late<OverlayProps>>> = {
  palette: late(withActions(async () => (await import('./palette.js')).Palette)),
  help: late(withActions(async () => (await import('./help.js')).Help)),
  export: late(async () => (await import('./export.js')).Export)
}

/** Somebody who presses its key goes on typing: by then it should be there. */
const readyMs = 1500

export function Overlays({ actions }: Pick<OverlayProps, 'actions'>) {
  const panel = usePanel()
  const { overlay } = panel
  useEffect(() => {
    const timer = setTimeout(() => void overlays.palette.ready().catch(() => {}), readyMs)
    return () => clearTimeout(timer)
  }, [])
  if (!overlay) return null
  const Shown = overlays[overlay]
  return (
    <Boundary
      resetKey={overlay}
      fallback={error => (
        <div className="toast" role="alert">
          <span className="f-error">This cannot be shown: {String(error)}</span>
        </div>
      )}
    >
      <Shown
        key={overlay}
        actions={actions}
        onClose={() => {
          if (panel.overlay === overlay) panel.setOverlay(undefined)
        }}
      />
    </Boundary>
  )
}
