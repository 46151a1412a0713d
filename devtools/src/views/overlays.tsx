/** What opens above the panel: loaded when it is first asked for. */
import { type ComponentType, lazy, Suspense, useEffect } from 'react'
import { usePanel } from '../state/context.js'
import type { Overlay } from '../state/panel.js'
import type { Action } from './actions.js'
import { Boundary } from './parts.js'

export interface OverlayProps {
  readonly actions: () => readonly Action[]
  readonly onClose: () => void
}

const overlays: Readonly<Record<Overlay, ComponentType<OverlayProps>>> = {
  palette: lazy(async () => ({ default: (await import('./palette.js')).Palette })),
  help: lazy(async () => ({ default: (await import('./help.js')).Help })),
  export: lazy(async () => ({ default: (await import('./export.js')).Export }))
}

/** Somebody who presses its key goes on typing: by then it should be there. */
const readyMs = 1500

export function Overlays({ actions }: Pick<OverlayProps, 'actions'>) {
  const panel = usePanel()
  const { overlay } = panel
  useEffect(() => {
    const timer = setTimeout(() => void import('./palette.js').catch(() => {}), readyMs)
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
      <Suspense fallback={null}>
        <Shown
          key={overlay}
          actions={actions}
          onClose={() => {
            if (panel.overlay === overlay) panel.setOverlay(undefined)
          }}
        />
      </Suspense>
    </Boundary>
  )
}
