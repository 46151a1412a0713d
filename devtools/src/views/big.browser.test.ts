/** Texts of ten megabytes in what reads texts whole: the fork, the export, the search and Compare. */
import { createElement } from 'react'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { answered, asked, event } from '../model/events.fixture.js'
import type { DevtoolsSource } from '../model/source.js'
import { mount } from '../mount.js'
import { createPanel, type Panel } from '../state/panel.js'
import { Devtools } from './devtools.js'
import { withForking } from './forking.js'

withForking()

const big = (mark: string): string => `${mark} word **bold** [l](http://x.y) Bearer and so on, `.repeat(230_000)
const eventsOf = (mark: string): unknown[] => [
  event('kit.loaded', 'k', { name: 'x', version: '1', goal: mark }),
  asked('q', big(mark), 10),
  answered('a', 'q', { text: big(mark), reasoning: big(mark) }),
  event('tool.called', 't', { name: 'look', call_id: 'c', arguments: { words: big(mark) } }, { at: 1100 }),
  event('tool.returned', 't2', { name: 'look', call_id: 'c', result: { found: big(mark) } }, { at: 1200 }),
  asked('q2', `And then? ${mark}`, 1300)
]
const ledgers: Readonly<Record<string, unknown[]>> = { 'run:8': eventsOf('one'), 'run:7': eventsOf('two') }

const source: DevtoolsSource = {
  label: 'test',
  kind: 'page',
  kits: [],
  fork: () => Promise.resolve(),
  watch(listener, onStatus) {
    listener(
      Object.entries(ledgers).map(([name, { length }]) => {
        const times = { created: `2026-11-20T09:14:0${name.at(-1)}.000Z`, updated: '2026-11-20T09:15:00.000Z' }
        return { name, length, ...times }
      })
    )
    onStatus?.({ state: 'live' })
    return () => {}
  },
  follow(name, follower) {
    follower.events(0, ledgers[name] as never)
    follower.state?.({ state: 'live' })
    return () => {}
  }
}

let panel: Panel
let root: ShadowRoot
let end: () => void

beforeEach(async () => {
  const place = document.createElement('div')
  document.body.append(place)
  panel = createPanel({ theme: 'dark' })
  const mounted = mount(place, { height: '700px' })
  root = mounted.root
  mounted.render(createElement(Devtools, { panel }))
  panel.addSource(source)
  end = () => {
    panel.close()
    mounted.unmount()
    place.remove()
  }
  await expect.poll(() => root.querySelectorAll('[role="row"]').length).toBe(6)
})
afterEach(() => end())

/** The longest time in which the page did nothing else, in milliseconds, while something is done and until it is there. */
async function longest(act: () => void, isThere: () => boolean): Promise<number> {
  let gap = 0
  let last = performance.now()
  const timer = setInterval(() => {
    const now = performance.now()
    gap = Math.max(gap, now - last)
    last = now
  }, 5)
  act()
  await expect.poll(isThere, { timeout: 15_000 }).toBe(true)
  // What comes after it counts too.
  await new Promise(resolve => setTimeout(resolve, 500))
  clearInterval(timer)
  return Math.round(gap)
}

const has = (selector: string, words = '') => root.querySelector(selector)?.textContent?.includes(words) === true
/** Some hundred milliseconds where nothing else runs; what is quadratic takes minutes. */
const most = 3000

test('the fork sheet', async () => {
  panel.select(1)
  const opened = await longest(
    () => panel.setSheet('fork'),
    () => root.querySelector('.fork textarea') !== null
  )
  const field = root.querySelector<HTMLTextAreaElement>('.fork textarea')
  expect(field?.value.length).toBeLessThan(100_000)
  expect(root.querySelector('.fork')?.textContent).toContain('the others stay as they are')
  const typed = await longest(
    () => {
      if (!field) return
      field.focus()
      document.execCommand('insertText', false, 'X')
    },
    () => has('.fork', '1 change')
  )
  expect([opened, typed].every(ms => ms < most)).toBe(true)
}, 60_000)

test('the export sheet', async () => {
  const opened = await longest(
    () => panel.setOverlay('export'),
    () =>
      has('dialog.export') && root.querySelector<HTMLButtonElement>('dialog.export [type="submit"]')?.disabled === false
  )
  expect(opened).toBeLessThan(most)
}, 60_000)

test('the search', async () => {
  const found = await longest(
    () => panel.setFilter('nowhere to be found'),
    () => panel.run?.visible?.length === 0 && panel.searching === undefined
  )
  const pattern = await longest(
    () => panel.setFilter('/one wor[d]/'),
    () => (panel.run?.visible?.length ?? 0) >= 4 && panel.searching === undefined
  )
  expect([found, pattern].every(ms => ms < most)).toBe(true)
}, 60_000)

test('Compare', async () => {
  const compared = await longest(
    () => {
      panel.setCompared(panel.runs.map(({ key }) => key))
      panel.setView('compare')
    },
    () => root.querySelectorAll('.compare-cell').length >= 4
  )
  expect(compared).toBeLessThan(most)
}, 60_000)
