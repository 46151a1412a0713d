/** What the trigger of a closed dock needs once it is seen: the figures of the newest run, and to be dragged elsewhere. */
import type { DevtoolsSource } from './model/source.js'

/** Pixels that a press may move before it is a drag. */
const slack = 4

/** Moves the box with a press on the button. Returns what says, of a click, that it ends a drag. */
export function draggable(box: HTMLElement, button: HTMLElement): () => boolean {
  let moved = false
  button.onpointerdown = start => {
    const { right, bottom } = box.getBoundingClientRect()
    const from = { x: start.clientX - right, y: start.clientY - bottom }
    moved = false
    button.setPointerCapture(start.pointerId)
    button.onpointermove = ({ clientX, clientY }) => {
      moved ||= Math.hypot(clientX - start.clientX, clientY - start.clientY) > slack
      const view = box.ownerDocument.defaultView
      if (!moved || !view) return
      box.style.right = `${Math.max(0, Math.min(view.innerWidth - 90, view.innerWidth - clientX + from.x))}px`
      box.style.bottom = `${Math.max(0, Math.min(view.innerHeight - 28, view.innerHeight - clientY + from.y))}px`
    }
  }
  button.onpointerup = button.onpointercancel = () => {
    button.onpointermove = null
  }
  return () => {
    const was = moved
    moved = false
    return was
  }
}

/** Counts the open calls of the newest run, and what it cost; O(1) an event. */
export function watchNewest(source: DevtoolsSource, tell: (running: number, usd?: number) => void): () => void {
  let name: string | undefined
  let unfollow: (() => void) | undefined
  const unwatch = source.watch(ledgers => {
    const newest = ledgers.reduce<(typeof ledgers)[number] | undefined>(
      (best, info) => (best && best.updated >= info.updated ? best : info),
      undefined
    )
    // Made anew under its name, it is another one.
    if (!newest || name === newest.name + newest.created) return
    name = newest.name + newest.created
    unfollow?.()
    const open = new Set<string>()
    let usd: number | undefined
    let length = 0
    unfollow = source.follow(newest.name, {
      events(start, events) {
        for (const event of events.slice(Math.max(0, length - start))) {
          length++
          if (event.type === 'llm.request') open.add(event.id)
          if (event.type !== 'llm.response' && event.type !== 'llm.failed') continue
          for (const cause of event.cause) open.delete(cause)
          const cost = (event.data as { cost_usd?: unknown }).cost_usd
          if (typeof cost === 'number') usd = (usd ?? 0) + cost
        }
        tell(open.size, usd)
      },
      signals() {}
    })
  })
  return () => {
    unwatch()
    unfollow?.()
  }
}
