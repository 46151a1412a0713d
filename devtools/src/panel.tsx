/** The panel itself: React, the views and their styles. The stub loads it when it is first to be seen. */
import type { DevtoolsSource } from './model/source.js'
import { mount } from './mount.js'
import { type PopOut, popOut } from './pop-out.js'
import { createPanel } from './state/panel.js'
import type { DevtoolsOptions } from './types.js'
import { Devtools } from './views/devtools.js'
import { Dock, PopOutButton } from './views/dock.js'
import { withForking } from './views/forking.js'

export interface ShownPanel {
  /** Shows the dock again after it was closed. */
  show(): void
  unmount(): void
}

export function showPanel(
  target: Element | ShadowRoot,
  source: DevtoolsSource,
  options: DevtoolsOptions,
  onClose: () => void
): ShownPanel {
  const { theme = 'auto', mode = 'inline', height, run } = options
  withForking()
  const page = target.ownerDocument.defaultView ?? window
  let popped: PopOut | undefined
  // Frames come from the window that shows the panel: a page behind another one has none.
  const panel = createPanel({ theme, window: () => popped?.window ?? page })
  if (run !== undefined) panel.want(run)
  panel.addSource(source)
  const docked = mode === 'docked'
  const mounted = mount(target, { height: docked ? '0' : `${height ?? 480}px` })
  let last = height ?? 320

  const close = (): void => {
    mounted.render(null)
    onClose()
  }
  const pop = (): void => {
    popped = popOut(page, panel, () => {
      popped = undefined
      show()
    })
    if (popped) mounted.render(null)
    else panel.tell('The browser did not open a window: allow pop-ups for this page.', true)
  }
  const show = (): void => {
    if (docked) {
      const onHeight = (value: number): void => {
        last = value
      }
      mounted.render(<Dock panel={panel} height={last} onHeight={onHeight} onPopOut={pop} onClose={close} />)
    } else mounted.render(<Devtools panel={panel} end={<PopOutButton onPopOut={pop} />} />)
  }
  show()
  return {
    show,
    unmount() {
      popped?.close()
      panel.close()
      mounted.unmount()
    }
  }
}
