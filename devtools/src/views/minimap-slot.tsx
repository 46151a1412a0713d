/** The minimap's place: it is loaded after what it stands above, which does not move when it comes. */
import { lazy, memo, Suspense } from 'react'
import type { OpenRun } from '../state/panel.js'

const Loaded = lazy(async () => ({ default: (await import('./minimap.js')).Minimap }))

/** It hears itself what changes in the run: the scrolling of the list is nothing to it. */
export const Minimap = memo(function Minimap({ run }: { readonly run: OpenRun }) {
  return (
    <Suspense fallback={<div className="minimap" style={{ flex: 'none', height: 52 }} />}>
      <Loaded run={run} />
    </Suspense>
  )
})
