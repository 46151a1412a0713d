/**
 * What a page loads at once: it checks what it is given, and shows the trigger of a dock that is closed. What reads the
 * source comes after it, and the panel, with its own React, when it is first to be seen.
 */
import type { ShownPanel } from './panel.js'
import { kindOf } from './sources/kind-of.js'
import { createTrigger, type Trigger } from './trigger.js'
import type { DevtoolsOptions, MountDevtools } from './types.js'

export const mountDevtools: MountDevtools = (target, input, options: DevtoolsOptions = {}) => {
  kindOf(input)
  const source = import('./sources/source-of.js').then(({ sourceOf }) => sourceOf(input))
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
    Promise.all([import('./panel.js'), source])
      .then(([{ showPanel }, source]) => {
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
