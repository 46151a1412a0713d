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

/** Runs that an address wants to be compared are waited for so long; then those that are there are compared. */
const comparedMs = 10_000

/** `first`: the run that was asked for and is not there yet. Returns the function that ends it. */
export function keepAddress(panel: Panel, window: Window, first?: string): () => void {
  const { location, history } = window
  let shown: { readonly run: string | undefined; readonly view: View } = { run: undefined, view: panel.view }
  let timer: ReturnType<typeof setTimeout> | undefined
  const asked = readAddress(location.hash)
  // Nobody knows when a file is opened again.
  let coming =
    first === undefined
      ? undefined
      : { run: first, until: asked.file ? Number.POSITIVE_INFINITY : performance.now() + patienceMs }
  let going = false
  /** The runs to be compared that are not all there yet. */
  let comparing: { readonly names: readonly string[]; readonly until: number } | undefined
  const compare = (names: readonly string[] | undefined): void => {
    comparing = names && { names, until: performance.now() + comparedMs }
    settle()
  }
  /** Compares what is to be compared, once it is there. */
  const settle = (): void => {
    if (!comparing) return
    const { names, until } = comparing
    const keys = names.flatMap(name => panel.runs.find(({ info }) => info.name === name)?.key ?? [])
    const late = performance.now() > until
    if (keys.length < names.length && !late && panel.compared.length === 0) return
    comparing = undefined
    if (keys.length > 1 && panel.compared.length === 0) panel.setCompared(keys)
  }
  /** A file that the address tells of is not here after a reload, and the page cannot open it by itself. */
  let missing = asked.file
  const tellMissing = (): void => {
    if (missing === undefined || panel.waiting) return
    const name = missing
    missing = undefined
    if (panel.run?.name === first) return
    panel.tell(`The file “${name}” has to be opened again: a page cannot do that by itself. Press o, or drop it here.`)
  }

  const put = (push: boolean, view = panel.view): void => {
    clearTimeout(timer)
    timer = undefined
    const hash = writeAddress({
      ...(coming ? { run: coming.run } : {}),
      ...(comparing ? { compared: comparing.names } : {}),
      ...addressOf(panel),
      view
    })
    if (hash === location.hash) return
    const address = hash === '' ? location.pathname + location.search : hash
    try {
      if (push) history.pushState(null, '', address)
      else history.replaceState(null, '', address)
    } catch {
      // Some pages from a disk or in a frame have no address of their own: nothing but the link is lost.
    }
  }
  const changed = (): void => {
    if (going) return
    settle()
    tellMissing()
    const run = panel.run?.name
    let step = panel.view !== shown.view || (run !== shown.run && shown.run !== undefined)
    if (coming) {
      // Until the run that was asked for is there, the address stays what it asks for.
      if (run !== coming.run && run === shown.run && performance.now() < coming.until) return
      if (run === coming.run) step = false
      coming = undefined
    }
    // The step that is left keeps what was not written yet.
    if (step && timer !== undefined && run === shown.run) put(false, shown.view)
    shown = { run, view: panel.view }
    if (step) put(true)
    else timer ??= setTimeout(() => put(false), calmMs)
  }
  const back = (): void => {
    clearTimeout(timer)
    timer = undefined
    const { run, view = 'ledger', filter = '', tab = 'pretty', compared, seq, playhead } = readAddress(location.hash)
    going = true
    panel.setCompared([])
    compare(compared)
    if (panel.tab !== tab) panel.setTab(tab)
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
  compare(asked.compared)
  window.addEventListener('popstate', back)
  window.addEventListener('pagehide', leave)
  return () => {
    stop()
    clearTimeout(timer)
    window.removeEventListener('popstate', back)
    window.removeEventListener('pagehide', leave)
  }
}
