/** When to paint: events at the next frame, deltas at most thirty times a second, nothing while nothing happens. */

export interface Painter {
  /** Something came that should be seen at the next frame. */
  soon(): void
  /** Something came that may wait for the rhythm of deltas. */
  relaxed(): void
  /** Something changes with time alone: look again after so many milliseconds. */
  later(ms: number): void
  stop(): void
}

const deltaMs = 33
/** What takes longer than a frame is painted so often: fewer paints, sooner whole. */
const busyMs = 100
/** A page in the background has no frames; it is kept up to date more slowly. */
const hiddenMs = 250

/**
 * `work` is done for some milliseconds at a time and returns true when some is left: it goes on between the frames, so
 * that the page stays awake and nothing waits for a frame. `shownIn` is the window that shows what is painted.
 */
export function createPainter(work: () => boolean, paint: () => void, shownIn: () => Window): Painter {
  let frame = 0
  let framed: Window | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  let timerAt = Number.POSITIVE_INFINITY
  let last = 0
  let stopped = false

  const hidden = (): boolean => shownIn().document.hidden
  const run = (): void => {
    framed?.cancelAnimationFrame(frame)
    clearTimeout(timer)
    frame = 0
    timerAt = Number.POSITIVE_INFINITY
    if (stopped) return
    const more = work()
    last = performance.now()
    paint()
    if (more) channel.port2.postMessage(0)
  }
  const channel = new MessageChannel()
  channel.port1.onmessage = () => {
    if (stopped) return
    if (work() && performance.now() < last + busyMs) channel.port2.postMessage(0)
    else soon()
  }
  const soon = (): void => {
    // A window that was closed gives no frame any more.
    if (stopped || (frame !== 0 && !framed?.closed)) return
    if (hidden()) wait(hiddenMs)
    else {
      framed = shownIn()
      frame = framed.requestAnimationFrame(run)
    }
  }
  const wait = (ms: number): void => {
    if (stopped || frame !== 0) return
    const at = performance.now() + ms
    if (at >= timerAt) return
    clearTimeout(timer)
    timerAt = at
    timer = setTimeout(
      () => {
        timerAt = Number.POSITIVE_INFINITY
        if (hidden()) run()
        else soon()
      },
      Math.max(0, ms)
    )
  }

  return {
    soon,
    relaxed: () => wait(hidden() ? hiddenMs : Math.max(0, deltaMs - (performance.now() - last))),
    later: wait,
    stop() {
      stopped = true
      framed?.cancelAnimationFrame(frame)
      clearTimeout(timer)
      channel.port1.close()
    }
  }
}
