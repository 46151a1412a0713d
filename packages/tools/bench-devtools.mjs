// The panel's bar, as a report: what it does with 100,000 events, beside what was aimed at. `npm run bench:devtools`. It
// prints and never fails for a figure: a busy machine is slower, and the ratios of its neighbours are not ours to judge.
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { extname, join } from 'node:path'
import { chromium } from 'playwright'
import { build } from './build.mjs'
import { chromiumLaunch } from './chromium.mjs'
import { at, isMain, main } from './workspace.mjs'

const events = 100_000
const fileBytes = 160_000_000

/** Resolves with the figures, one for each line of the bar: `{ name, value, unit, aim }`. */
export async function bench() {
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://x').pathname
    if (path === '/') return response.setHeader('content-type', 'text/html').end(page)
    try {
      const type = extname(path) === '.js' ? 'text/javascript' : 'text/plain'
      response.setHeader('content-type', type).end(readFileSync(join(at('devtools/dist'), path)))
    } catch {
      response.writeHead(404).end()
    }
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const launch = chromiumLaunch()
  const browser = await chromium.launch({
    ...launch,
    args: [...launch.args, '--enable-precise-memory-info', '--js-flags=--expose-gc']
  })
  try {
    const tab = await browser.newPage({ viewport: { width: 1440, height: 900 } })
    const failed = []
    tab.on('pageerror', error => failed.push(String(error)))
    await tab.goto(`http://127.0.0.1:${server.address().port}/`)
    await tab.waitForFunction(() => 'measure' in window)
    const figures = await tab.evaluate(([count, bytes]) => window.measure(count, bytes), [events, fileBytes])
    if (failed.length > 0) throw new Error(`The panel failed: ${failed[0]}`)
    return figures
  } finally {
    await browser.close()
    server.closeAllConnections()
    server.close()
  }
}

const page = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>bench</title><link rel="icon" href="data:,"></head>
<body style="margin:0"><div id="panel"></div><script type="module">
import { mountDevtools } from '/production.js'
window.measure = ${measure.toString()}
window.mountDevtools = mountDevtools
</script></body></html>`

/** Runs inside the page. */
async function measure(count, bytes) {
  const frame = () => new Promise(resolve => requestAnimationFrame(resolve))
  const until = async look => {
    for (let tries = 0; tries < 6000; tries++) {
      const value = look()
      if (value) return value
      await frame()
    }
    throw new Error(`It did not come: ${look}, with ${grid()?.getAttribute('aria-rowcount')} rows.`)
  }
  const quantile = (values, share) => [...values].sort((a, b) => a - b)[Math.floor((values.length - 1) * share)]
  const begin = Date.parse('2026-11-20T09:00:00.000Z')
  const stamp = n => new Date(begin + n * 7).toISOString()
  const shape = { source: 'run:bench', cause: [] }
  const make = n => {
    const call = n - (n % 5)
    const id = `e${n}`
    const base = { ...shape, id, timestamp: stamp(n), actor: `bench.part${n % 11}` }
    if (n % 5 === 0) {
      const messages = [{ role: 'user', content: `Question ${n}: what is to be said about number ${n}?` }]
      return {
        ...base,
        type: 'llm.request',
        cause: n > 0 ? [`e${n - 1}`] : [],
        data: { model: `m/model-${n % 3}`, messages }
      }
    }
    if (n % 5 === 2) {
      const text = `Answer ${n}: there is not much to be said about it, and what there is was said before.`
      return {
        ...base,
        type: 'llm.response',
        cause: [`e${call}`],
        data: {
          text,
          model: `model-${call % 3}`,
          cost_usd: 0.0001,
          usage: { input_tokens: 120, output_tokens: 24 },
          finish_reason: 'stop',
          message: { role: 'assistant', content: text },
          cached: n % 4 === 0,
          cache: { state: n % 4 === 0 ? 'hit' : 'miss', key: id.padEnd(64, '0') },
          latency_ms: 900 + (n % 700),
          first_delta_ms: 200
        }
      }
    }
    const [type, data] =
      n % 5 === 1
        ? ['object.created', { id: `o${n}`, type: `Kind${n % 6}`, data: { text: `Object ${n}`, state: 'new' } }]
        : n % 5 === 3
          ? ['object.patched', { id: `o${n - 2}`, patch: { state: 'done' } }]
          : ['relation.created', { id: `r${n}`, type: 'about', source_id: `o${n - 3}`, target_id: 'o1' }]
    return { ...base, type, cause: [`e${n - 1}`], data }
  }
  const all = Array.from({ length: count }, (_, n) => make(n))
  const figures = []
  const note = (name, value, unit, aim) => figures.push({ name, value, unit, aim })

  let follower
  const source = {
    label: 'bench',
    kind: 'page',
    watch(listener, onStatus) {
      listener([{ name: 'run:bench', length: all.length, created: stamp(0), updated: stamp(count) }])
      onStatus?.({ state: 'live' })
      return () => {}
    },
    follow(_name, to) {
      follower = to
      to.events(0, all)
      to.state?.({ state: 'live' })
      return () => {}
    }
  }
  const empty = {
    ...source,
    watch(listener) {
      listener([])
      return () => {}
    }
  }
  const target = document.querySelector('#panel')
  const warm = window.mountDevtools(target, empty, { height: 880 })
  const root = () => document.querySelector('[data-daybook-devtools]')?.shadowRoot
  const rows = () => root()?.querySelectorAll('.rows [role="row"]') ?? []
  const grid = () => root()?.querySelector('[role="grid"]')
  await until(() => root()?.querySelector('.db'))
  warm.unmount()

  let start = performance.now()
  const mounted = window.mountDevtools(target, source, { height: 880, theme: 'dark' })
  await until(() => rows().length > 0)
  note('first rows of 100,000 events in memory', performance.now() - start, 'ms', 300)
  await until(() => Number(grid()?.getAttribute('aria-rowcount')) >= count)
  note('all of them', performance.now() - start, 'ms', 500)
  await new Promise(resolve => setTimeout(resolve, 300))
  note('elements in the panel', root().querySelectorAll('*').length, '', 1500)
  globalThis.gc?.()
  note('heap with the events', performance.memory.usedJSHeapSize / 1e6, 'MB', 250)

  const scroller = grid()
  const frames = []
  scroller.scrollTop = 0
  let last = await frame()
  for (let n = 0; n < 150; n++) {
    scroller.scrollTop += 2400
    const now = await frame()
    frames.push(now - last)
    last = now
  }
  note('frames a second while scrolling', 1000 / (frames.reduce((sum, ms) => sum + ms, 0) / frames.length), '', -55)
  note('a frame while scrolling, p95', quantile(frames, 0.95), 'ms', 17)

  scroller.scrollTop = 0
  await frame()
  const picks = []
  for (let n = 2; n < 12; n++) {
    start = performance.now()
    rows()[n].click()
    await until(() =>
      root()
        .querySelector('.inspector')
        ?.textContent.includes(`#${n + 1}`)
    )
    picks.push(performance.now() - start)
  }
  note('an event picked, to the inspector, p50', quantile(picks, 0.5), 'ms', 50)

  const knob = root().querySelector('[role="slider"]')
  const seeks = []
  for (const key of ['PageDown', 'PageDown', 'PageUp', 'ArrowLeft', 'PageDown', 'ArrowRight', 'PageDown', 'PageUp']) {
    start = performance.now()
    knob.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, composed: true, cancelable: true }))
    seeks.push(performance.now() - start)
    await frame()
  }
  note('the playhead moved near the end, p50', quantile(seeks, 0.5), 'ms', 16)
  knob.dispatchEvent(new KeyboardEvent('keydown', { key: 'End', bubbles: true, composed: true, cancelable: true }))
  await frame()

  const box = root().querySelector('[data-keys="filter"]')
  const write = value => {
    Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set.call(box, value)
    box.dispatchEvent(new Event('input', { bubbles: true, composed: true }))
  }
  for (const [words, filter, expected] of [
    ['by type', 'type:llm.response', count / 5],
    ['by text', 'number 99995', 1]
  ]) {
    start = performance.now()
    write(filter)
    await until(
      () => Number(grid().getAttribute('aria-rowcount')) > 0 && Number(grid().getAttribute('aria-rowcount')) < count
    )
    const first = performance.now() - start
    await until(() => Number(grid().getAttribute('aria-rowcount')) === expected)
    note(`filter ${words}, first hits`, first, 'ms', 50)
    note(`filter ${words}, all`, performance.now() - start, 'ms', 250)
    write('')
    await until(() => Number(grid().getAttribute('aria-rowcount')) >= count)
  }

  scroller.scrollTop = scroller.scrollHeight
  await frame()
  await frame()
  const seen = []
  for (let n = 0; n < 60; n++) {
    const event = { ...make(count + n * 5 + 1), id: `new${n}` }
    all.push(event)
    start = performance.now()
    follower.events(all.length - 1, [event])
    const total = String(all.length)
    await until(
      () => grid().getAttribute('aria-rowcount') === total && root().querySelector(`[aria-rowindex="${total}"]`)
    )
    seen.push(performance.now() - start)
  }
  note('event to screen, p50', quantile(seen, 0.5), 'ms', 20)
  note('event to screen, p99', quantile(seen, 0.99), 'ms', 50)

  const burst = 5000
  start = performance.now()
  for (let n = 0; n < burst; n++) {
    const event = make(all.length)
    all.push(event)
    follower.events(all.length - 1, [event])
  }
  note('the program itself, an event with the panel open', ((performance.now() - start) / burst) * 1000, 'µs', 20)
  await until(() => Number(grid().getAttribute('aria-rowcount')) >= all.length)
  mounted.unmount()

  const closed = window.mountDevtools(target, source, { mode: 'docked', open: false })
  start = performance.now()
  for (let n = 0; n < burst; n++) follower.events(all.length, [make(all.length + n)])
  note('an event with the panel closed', ((performance.now() - start) / burst) * 1000, 'µs', 20)
  closed.unmount()

  const line = `${JSON.stringify({ ...make(2), data: { ...make(2).data, note: 'x'.repeat(900) } })}\n`
  const header = `${JSON.stringify({ daybook: 1, stream: 'run:file', created: stamp(0) })}\n`
  const lines = Math.floor(bytes / line.length)
  const parts = [header]
  for (let n = 0; n < lines; n++) parts.push(line.replace('"e2"', `"f${n}"`))
  const transfer = new DataTransfer()
  transfer.items.add(new File(parts, 'large.jsonl'))
  parts.length = 0
  const again = window.mountDevtools(target, empty, { height: 880 })
  const panel = await until(() => root()?.querySelector('.db'))
  start = performance.now()
  panel.dispatchEvent(
    new DragEvent('drop', { dataTransfer: transfer, bubbles: true, composed: true, cancelable: true })
  )
  await until(() => rows().length > 3)
  note('first rows of a file of 160 MB', performance.now() - start, 'ms', 300)
  await until(() => Number(grid()?.getAttribute('aria-rowcount')) >= lines)
  note('all of it', performance.now() - start, 'ms', 4000)
  again.unmount()
  return figures
}

/** One line for each figure; a star where it misses its aim. */
export function lines(figures) {
  return figures.map(({ name, value, unit, aim }) => {
    const shown = value >= 100 ? value.toFixed(0) : value.toFixed(1)
    const wanted = aim < 0 ? `at least ${-aim}` : `at most ${aim}`
    const missed = aim < 0 ? value < -aim : value > aim
    return `${`${shown} ${unit}`.padStart(11)}  ${name} (${wanted}${missed ? ', missed' : ''})`
  })
}

if (isMain(import.meta.url)) {
  await main(async () => {
    await build(line => console.log(line))
    for (const line of lines(await bench())) console.log(line)
  })
}
