/** The panel itself: React, the views and their styles. The stub loads it when it is first to be seen. */
import type { DevtoolsSource } from './model/source.js'
import { type Mounted, mount } from './mount.js'
import { createPanel, type Panel } from './state/panel.js'
import type { DevtoolsOptions } from './types.js'
import { Devtools } from './views/devtools.js'
import { Dock } from './views/dock.js'

export interface ShownPanel {
  /** Of the dock. */
  setOpen(open: boolean): void
  unmount(): void
}

export function showPanel(
  target: Element | ShadowRoot,
  source: DevtoolsSource,
  options: DevtoolsOptions,
  onClose: () => void
): ShownPanel {
  const { theme = 'auto', mode = 'inline', height, run } = options
  const panel = createPanel({ theme })
  if (run !== undefined) panel.want(run)
  panel.addSource(source)
  const docked = mode === 'docked'
  const mounted = mount(target, { height: docked ? '0' : `${height ?? 480}px` })
  const render = docked ? dock(mounted, panel, height ?? 320, onClose) : undefined
  if (render) render(true)
  else mounted.render(<Devtools panel={panel} />)
  return {
    setOpen: open => render?.(open),
    unmount() {
      panel.close()
      mounted.unmount()
    }
  }
}

function dock(mounted: Mounted, panel: Panel, height: number, onClose: () => void): (open: boolean) => void {
  let last = height
  const close = (): void => {
    mounted.render(null)
    onClose()
  }
  return open => {
    if (open) mounted.render(<Dock panel={panel} height={last} onHeight={value => (last = value)} onClose={close} />)
    else mounted.render(null)
  }
}
