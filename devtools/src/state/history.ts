/**
 * Keeps the address of the page in step with its panel, so that a link and a reload show the same again. Another view
 * or run is a step that the back button takes back; everything else only changes the step that it is in.
 */
import { addressOf, readAddress, writeAddress } from './address.js'
import type { Panel, View } from './shape.js'

/** Browsers refuse many changes in a short time, and a playhead that plays makes one in each frame. */
const calmMs = 250

/** A run that an address names may take so long to appear; then the address says again what is shown. */
const patienceMs = 2500

/** `first`: the run that was asked for and is not there yet. Returns the function that ends it. */
export function keepAddress(panel: Panel, window: Window, first?: string): () => void {
  const { location, history } = window
  let shown: { readonly run: string | undefined; readonly view: View } = { run: undefined, view: panel.view }
  let timer: ReturnType<typeof setTimeout> | undefined
  let coming = first === undefined ? undefined : { run: first, until: performance.now() + patienceMs }
  let going = false

  const put = (push: boolean): void => {
    clearTimeout(timer)
    timer = undefined
    const hash = writeAddress({ ...(coming ? { run: coming.run } : {}), ...addressOf(panel) })
    if (hash === location.hash) return
    const address = hash === '' ? location.pathname + location.search : hash
    if (push) history.pushState(null, '', address)
    else history.replaceState(null, '', address)
  }
  const changed = (): void => {
    if (going) return
    const run = panel.run?.name
    let step = panel.view !== shown.view || (run !== shown.run && shown.run !== undefined)
    if (coming) {
      // Until the run that was asked for is there, the address stays what it asks for.
      if (run !== coming.run && run === shown.run && performance.now() < coming.until) return
      if (run === coming.run) step = false
      coming = undefined
    }
    shown = { run, view: panel.view }
    if (step) put(true)
    else timer ??= setTimeout(() => put(false), calmMs)
  }
  const back = (): void => {
    clearTimeout(timer)
    timer = undefined
    const { run, view = 'ledger', filter = '', seq, playhead } = readAddress(location.hash)
    going = true
    if (run !== undefined && run !== panel.run?.name) {
      panel.want(run, { ...(seq === undefined ? {} : { seq }), ...(playhead === undefined ? {} : { playhead }) })
    } else {
      panel.select(seq === undefined ? undefined : seq - 1)
      panel.seek(playhead)
    }
    if (panel.filter !== filter) panel.setFilter(filter)
    if (panel.view !== view) panel.setView(view)
    going = false
    shown = { run: panel.run?.name, view }
    coming = run === undefined || run === shown.run ? undefined : { run, until: performance.now() + patienceMs }
  }
  const leave = (): void => {
    if (timer !== undefined) put(false)
  }

  const stop = panel.subscribe(changed)
  window.addEventListener('popstate', back)
  window.addEventListener('pagehide', leave)
  return () => {
    stop()
    clearTimeout(timer)
    window.removeEventListener('popstate', back)
    window.removeEventListener('pagehide', leave)
  }
}
