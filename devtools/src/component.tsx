/** `daybook-devtools/react/production`: the panel as a component, whatever the build. */
import { type ReactNode, useEffect, useRef } from 'react'
import { mountDevtools } from './stub.js'
import type { DevtoolsOptions, SourceInput } from './types.js'

export interface DevtoolsProps extends DevtoolsOptions {
  /** The same object from render to render: with another one the panel begins anew. */
  readonly source: SourceInput
}

/** The panel stands in a shadow root below this component's place: a failure in it never reaches the page's own tree. */
export function Devtools({ source, theme, mode, height, open, run }: DevtoolsProps): ReactNode {
  const place = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (!place.current) return
    const options: DevtoolsOptions = Object.fromEntries(
      Object.entries({ theme, mode, height, open, run }).filter(([, value]) => value !== undefined)
    )
    const mounted = mountDevtools(place.current, source, options)
    return () => mounted.unmount()
  }, [source, theme, mode, height, open, run])
  return <div ref={place} />
}
