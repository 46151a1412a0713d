/**
 * What a page loads at once: it checks the source, and shows the trigger of a dock that is closed. The panel, with its own
 * React, comes when it is first to be seen.
 */
import type { ShownPanel } from './panel.js'
import { sourceOf } from './sources/source-of.js'
import { createTrigger, type Trigger } from './trigger.js'
import type { DevtoolsOptions, MountDevtools } from './types.js'

export const mountDevtools: MountDevtools = (target, input, options: DevtoolsOptions = {}) => {
  const source = sourceOf(input)
  let shown: ShownPanel | undefined
  let trigger: Trigger | undefined
  let loading = false
  let gone = false

  const close = (): void => {
    trigger = createTrigger(target, source, { ...options, onOpen: open })
  }
  const open = (): void => {
    if (shown) {
      trigger?.remove()
      trigger = undefined
      shown.show()
      return
    }
    if (loading) return
    loading = true
    import('./panel.js')
      .then(({ showPanel }) => {
        if (gone) return
        shown = showPanel(target, source, options, close)
        trigger?.remove()
        trigger = undefined
      })
      .catch((error: unknown) => {
        loading = false
        console.error('The devtools could not be loaded.', error)
      })
  }

  if (options.mode === 'docked' && options.open === false) close()
  else open()
  return {
    unmount() {
      gone = true
      trigger?.remove()
      shown?.unmount()
    }
  }
}
