// The panel's bar, as a report: what it does with 100,000 events, beside what was aimed at. `npm run bench:devtools`;
// with `--quick` everything once, with a small file, of a panel that is built. It
// prints and never fails for a figure: a busy machine is slower, and its neighbours are not ours to judge. What takes
// long is told in time by the clock and, in brackets, in time that the page's own thread worked.
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { loadavg } from 'node:os'
import { extname, join } from 'node:path'
import { chromium } from 'playwright'
import { build } from './build.mjs'
import { chromiumLaunch } from './chromium.mjs'
import { at, isMain, main } from './workspace.mjs'

const events = 100_000

/**
 * Resolves with the figures, one for each line of the bar: `{ name, value, unit, aim, cpu }`. The file has so many
 * megabytes: a hundred thousand events in 160.
 */
export async function bench({ megabytes = 160, repeats = 3 } = {}) {
  const { toJSONL } = await import(at('packages/daybook/dist/index.js'))
  const fileEvents = megabytes * 625
  const file = largeFile(toJSONL, fileEvents)
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://x').pathname
    if (path === '/') return response.setHeader('content-type', 'text/html').end(page)
    if (path === '/large.jsonl') return response.end(file)
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
    const session = await tab.context().newCDPSession(tab)
    await session.send('Performance.enable', { timeDomain: 'threadTicks' })
    // Milliseconds that the page's main thread has worked.
    await tab.exposeFunction('worked', async () => {
      const { metrics } = await session.send('Performance.getMetrics')
      return metrics.find(({ name }) => name === 'TaskDuration').value * 1000
    })
    await tab.goto(`http://127.0.0.1:${server.address().port}/`)
    await tab.waitForFunction(() => 'measure' in window)
    const figures = await tab.evaluate(counts => window.measure(...counts), [events, megabytes, fileEvents, repeats])
    if (failed.length > 0) throw new Error(`The panel failed: ${failed[0]}`)
    return figures
  } finally {
    await browser.close()
    server.closeAllConnections()
    server.close()
  }
}

/** A ledger as Daybook writes it, with its chain. */
function largeFile(toJSONL, count) {
  const text = 'What is read of a file is long: a question with all that it needs, and its answer. '.repeat(16)
  const one = n => ({
    id: `f${n}`,
    type: n % 2 === 0 ? 'llm.request' : 'llm.response',
    source: 'run:file',
    actor: 'bench.asker',
    cause: n > 0 ? [`f${n - 1}`] : [],
    timestamp: new Date(Date.parse('2026-11-20T09:00:00.000Z') + n * 7).toISOString(),
    data:
      n % 2 === 0
        ? { model: 'm/model', messages: [{ role: 'user', content: text }] }
        : { text, model: 'model', cost_usd: 0.0001, usage: { input_tokens: 120, output_tokens: 24 }, latency_ms: 900 }
  })
  return Buffer.from(toJSONL(Array.from({ length: count }, (_, n) => one(n))))
}

const page = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>bench</title><link rel="icon" href="data:,"></head>
<body style="margin:0"><div id="panel"></div><script type="module">
import { mountDevtools } from '/production.js'
window.measure = ${measure.toString()}
window.mountDevtools = mountDevtools
</script></body></html>`

/** Runs inside the page. */
async function measure(count, megabytes, fileEvents, repeats) {
  const frame = () => new Promise(resolve => requestAnimationFrame(resolve))
  const until = async look => {
    for (const end = performance.now() + 30_000; performance.now() < end; await frame()) {
      const value = look()
      if (value) return value
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
  const note = (name, value, unit, aim, cpu) => figures.push({ name, value, unit, aim, cpu })
  // What the page's thread did in one go, and could not be asked meanwhile: told where it was 50 ms or more.
  const held = []
  new PerformanceObserver(list => {
    for (const { duration } of list.getEntries()) held.push(duration)
  }).observe({ type: 'longtask' })
  /** Prepares and does it a few times, and takes the middle of each figure. */
  const times = async (names, prepare, body) => {
    const took = []
    const longest = []
    for (let n = 0; n < repeats; n++) {
      await prepare()
      held.length = 0
      const before = await window.worked()
      const start = performance.now()
      const marks = await body(() => performance.now() - start)
      took.push([...marks, (await window.worked()) - before])
      longest.push(Math.max(0, ...held))
    }
    for (const [n, [name, aim]] of names.entries()) {
      const middle = at =>
        quantile(
          took.map(marks => marks[at]),
          0.5
        )
      note(name, middle(n), 'ms', aim, n === names.length - 1 ? middle(n + 1) : undefined)
    }
    note(`${names.at(-1)[0]}: the longest task`, quantile(longest, 0.5), 'ms', 50)
  }

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

  const shownRows = () => Number(grid()?.getAttribute('aria-rowcount') ?? -1)
  let start
  let mounted
  await times(
    [
      ['first rows of 100,000 events in memory', 300],
      ['all of them', 500]
    ],
    () => mounted?.unmount(),
    async passed => {
      mounted = window.mountDevtools(target, source, { height: 880, theme: 'dark' })
      await until(() => rows().length > 0)
      const first = passed()
      await until(() => shownRows() >= count)
      return [first, passed()]
    }
  )
  await new Promise(resolve => setTimeout(resolve, 300))
  note('elements in the panel', root().querySelectorAll('*').length, '', 1500)
  globalThis.gc?.()
  note('heap with the events', performance.memory.usedJSHeapSize / 1e6, 'MB', 250)

  const scroller = grid()
  for (const [how, rowsOn] of [
    ['scrolling as a wheel does, 5 rows a frame', 5],
    ['scrolling fast, 20 rows a frame', 20],
    ['dragging the bar, every row new', 100]
  ]) {
    const frames = []
    scroller.scrollTop = 0
    let last = await frame()
    const before = await window.worked()
    for (let n = 0; n < 100; n++) {
      scroller.scrollTop += rowsOn * 24
      const now = await frame()
      frames.push(now - last)
      last = now
    }
    const cpu = ((await window.worked()) - before) / frames.length
    note(`frames a second, ${how}`, 1000 / (frames.reduce((sum, ms) => sum + ms, 0) / frames.length), '', -55)
    note(`a frame, p95, ${how}`, quantile(frames, 0.95), 'ms', 17, cpu)
  }

  scroller.scrollTop = 0
  await until(() => root().querySelector('#row-0'))
  const picks = []
  for (let n = 2; n < 12; n++) {
    start = performance.now()
    root().querySelector(`#row-${n}`).click()
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
    await undefined // what it changes is drawn once the key's listeners are through
    root().querySelector('.db').getBoundingClientRect()
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
    ['by text', '"about number 99995"', 1]
  ]) {
    await times(
      [
        [`filter ${words}, first hits`, 50],
        [`filter ${words}, all`, 250]
      ],
      async () => {
        write('')
        await until(() => shownRows() >= count)
      },
      async passed => {
        write(filter)
        // A text that is found once is found when it is found.
        await until(() => (shownRows() > 0 || expected === 1) && shownRows() < count)
        const first = passed()
        await until(() => shownRows() === expected)
        return [first, passed()]
      }
    )
  }
  write('')
  await until(() => shownRows() >= count)

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
  const made = Array.from({ length: burst }, (_, n) => make(all.length + n))
  const workedAtBurst = await window.worked()
  start = performance.now()
  for (const event of made) {
    all.push(event)
    follower.events(all.length - 1, [event])
  }
  note('the program itself, an event with the panel open', ((performance.now() - start) / burst) * 1000, 'µs', 20)
  await until(() => shownRows() >= all.length)
  note('with all that the panel does of it', (((await window.worked()) - workedAtBurst) / burst) * 1000, 'µs', 100)
  mounted.unmount()

  follower = undefined // the panel that is closed reads nothing, or would take its own
  const closed = window.mountDevtools(target, source, { mode: 'docked', open: false })
  start = performance.now()
  for (const [n, event] of made.entries()) follower?.events(all.length + n, [event])
  note('an event with the panel closed', ((performance.now() - start) / burst) * 1000, 'µs', 20)
  closed.unmount()

  const large = new File([await (await fetch('/large.jsonl')).blob()], 'large.jsonl')
  let again
  await times(
    [
      [`first rows of a file of ${megabytes} MB`, 300],
      ['all of it', 4000]
    ],
    async () => {
      again?.unmount()
      again = window.mountDevtools(target, empty, { height: 880 })
      await until(() => root()?.querySelector('.db'))
    },
    async passed => {
      const dataTransfer = new DataTransfer()
      dataTransfer.items.add(large)
      const drop = new DragEvent('drop', { dataTransfer, bubbles: true, composed: true, cancelable: true })
      root().querySelector('.db').dispatchEvent(drop)
      await until(() => rows().length > 3)
      const first = passed()
      await until(() => shownRows() >= fileEvents)
      return [first, passed()]
    }
  )
  again.unmount()

  const other = all.slice(0, count).map(event => ({
    ...event,
    id: `x${event.id}`,
    cause: event.cause.map(id => `x${id}`),
    source: 'run:other'
  }))
  const both = {
    ...source,
    watch(listener) {
      const times = { length: count, created: stamp(0), updated: stamp(count) }
      listener(['run:bench', 'run:other'].map(name => ({ name, ...times })))
      return () => {}
    },
    follow(name, to) {
      to.events(0, name === 'run:bench' ? all.slice(0, count) : other)
      to.state?.({ state: 'closed' })
      return () => {}
    }
  }
  await times(
    [['two runs of 100,000 events compared', 3000]],
    async () => {
      again.unmount()
      again = window.mountDevtools(target, both, { height: 880 })
      await until(() => shownRows() >= count)
    },
    async passed => {
      root().querySelector('[role="tab"][aria-selected="false"]:last-of-type').click()
      await until(() => root().querySelector('.compare-end'))
      return [passed()]
    }
  )
  again.unmount()
  return figures
}

/** One line for each figure, and what else the machine had to do. */
export function lines(figures) {
  const number = value => (value >= 100 ? value.toFixed(0) : value.toFixed(1))
  return [
    ...figures.map(({ name, value, unit, aim, cpu }) => {
      const wanted = aim < 0 ? `at least ${-aim}` : `at most ${aim}`
      const missed = aim < 0 ? value < -aim : value > aim
      const worked = cpu === undefined ? '' : ` [worked ${number(cpu)} ms]`
      return `${`${number(value)} ${unit}`.padStart(11)}  ${name}${worked} (${wanted}${missed ? ', missed' : ''})`
    }),
    `Others at work on this machine: load ${loadavg()[0].toFixed(1)}.`
  ]
}

if (isMain(import.meta.url)) {
  await main(async args => {
    const quick = args.includes('--quick')
    if (!quick) await build(line => console.log(line))
    for (const line of lines(await bench(quick ? { megabytes: 16, repeats: 1 } : {}))) console.log(line)
  })
}
