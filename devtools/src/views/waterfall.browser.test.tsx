import { createElement } from 'react'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { page, userEvent } from 'vitest/browser'
import { answered, asked, event } from '../model/events.fixture.js'
import type { DevtoolsSource } from '../model/source.js'
import { mount } from '../mount.js'
import { createPanel, type Panel } from '../state/panel.js'
import { Devtools } from './devtools.js'

const stream = { lengths: [4, 4], pauses_ms: [200, 800] }
const object = (id: string, type: string, cause: readonly string[]) =>
  event('object.created', `made-${id}`, { id, type, data: { text: `About ${id}` } }, { cause })

const events = [
  event('kit.loaded', 'k', { name: 'council', goal: 'Buses' }),
  object('goal', 'Goal', ['k']),
  object('one', 'Question', ['made-goal']),
  object('two', 'Question', ['made-goal']),
  asked('q1', 'First?', 0, ['made-one']),
  asked('q2', 'Second?', 500, ['made-two']),
  answered('a1', 'q1', { stream }, 1000),
  event('tool.called', 't', { name: 'search', call_id: 'c' }, { at: 1000, cause: ['a1'] }),
  answered('a2', 'q2', {}, 1500),
  event('tool.returned', 'u', { name: 'search', call_id: 'c', result: 1 }, { at: 2000, cause: ['t'] })
]

const source: DevtoolsSource = {
  label: 'test',
  kind: 'page',
  watch(listener, onStatus) {
    const created = '2026-11-20T09:14:02.000Z'
    listener([{ name: 'run:8', length: events.length, created, updated: created }])
    onStatus?.({ state: 'closed' })
    return () => {}
  },
  follow(_name, follower) {
    follower.events(0, events)
    return () => {}
  }
}

let panel: Panel
let root: ShadowRoot
let end: () => void

const grid = (): HTMLElement => root.querySelector('[role="treegrid"]') as HTMLElement
const names = (): (string | null | undefined)[] =>
  [...root.querySelectorAll('.line .name')].map(element => element.textContent)

beforeEach(async () => {
  await page.viewport(1300, 760)
  const place = document.createElement('div')
  document.body.append(place)
  panel = createPanel({ theme: 'dark', view: 'waterfall' })
  const mounted = mount(place, { height: '700px' })
  root = mounted.root
  mounted.render(createElement(Devtools, { panel }))
  panel.addSource(source)
  end = () => {
    panel.close()
    mounted.unmount()
    place.remove()
  }
  // The view is loaded when it is first shown, which may take a while on a busy machine.
  await expect.poll(names, { timeout: 10_000 }).toContain('search')
})

afterEach(() => end())

/** What a canvas of this width shows of a run of two seconds: right of it is room for words. */
const shownMs = (width: number): number => 2000 * Math.max(1.07, width / (width - 92))

test('its rows say in words what the canvas shows, by what the calls belong to', () => {
  expect(names()).toEqual(['Question 1', 'gpt-5-mini', 'search', 'Question 2', 'gpt-5-mini', 'Other events', 'world'])
  const words = [...root.querySelectorAll('.line .hidden')].map(element =>
    element.textContent?.replaceAll('\u00a0', ' ')
  )
  expect(words).toContain('gpt-5-mini finder, waited 200 ms, streamed 800 ms, 1 pause')
  expect(words).toContain('search, tool, took 1.00 s')
})

test('the canvas is painted in the colours of the theme', async () => {
  const canvas = root.querySelector('.pane canvas') as HTMLCanvasElement
  const ratio = canvas.width / canvas.clientWidth
  // The tool's bar is in the third line and ends with the run, which leaves some room at its right.
  const at = (): string => {
    const x = (canvas.clientWidth * 1500) / shownMs(canvas.clientWidth)
    const pixel = canvas.getContext('2d')?.getImageData(x * ratio, (20 + 2 * 24 + 12) * ratio, 1, 1).data
    return [...(pixel ?? [])].slice(0, 3).join(' ')
  }
  await expect.poll(at).toBe('169 132 238')
  panel.setTheme('light')
  await expect.poll(at).toBe('148 104 221')
})

test('keys walk the bars, fold groups, make a range with its totals, and open the event in the ledger', async () => {
  grid().focus()
  await userEvent.keyboard('{ArrowDown}{ArrowDown}')
  expect(panel.selected).toBe(4)
  expect(grid().getAttribute('aria-activedescendant')).toBe('line-1')
  await userEvent.keyboard('{Shift>}{ArrowDown}{/Shift}')
  expect(panel.selected).toBe(7)
  expect(panel.range).toEqual({ from: 0, to: 2000 })
  const total = root.querySelector('.range tfoot tr') as HTMLElement
  expect(total.textContent).toContain('$0.0040')
  expect(panel.run?.book.totals.spentUsd).toBeCloseTo(0.004)
  await userEvent.keyboard('{ArrowLeft}{ArrowLeft}')
  expect(names().slice(0, 2)).toEqual(['Question 1', 'Question 2'])
  await userEvent.keyboard('{Enter}{ArrowDown}{Escape}')
  expect(panel.range).toBeUndefined()
  // Where there is room, the whole of a short run is told in its place.
  expect(root.querySelector('.range h2')?.textContent).toBe('All calls')
  await userEvent.keyboard('{Enter}')
  expect(panel.view).toBe('ledger')
  expect(panel.selected).toBe(4)
})

test('a drag over the bars makes a range, which filters the ledger; a click selects', async () => {
  const canvas = root.querySelector('.pane canvas') as HTMLCanvasElement
  const send = (type: string, ms: number, line: number): void => {
    const { left, top, width } = canvas.getBoundingClientRect()
    const clientX = left + (ms / shownMs(width)) * width
    const clientY = top + 20 + line * 24 + 12
    canvas.dispatchEvent(new PointerEvent(type, { clientX, clientY, bubbles: true, pointerId: 1, button: 0 }))
  }
  canvas.setPointerCapture = () => {}
  const drag = (): number[] => {
    send('pointerdown', 300, 2)
    send('pointermove', 800, 2)
    send('pointermove', 1200, 2)
    send('pointerup', 1200, 2)
    return [panel.range?.from ?? 0, panel.range?.to ?? 0].map(Math.round)
  }
  // The view may still be finding out how wide it is.
  await expect.poll(drag).toEqual([300, 1200])
  send('pointerdown', 600, 4)
  send('pointerup', 600, 4)
  expect(panel.selected).toBe(5)
  await page.getByRole('button', { name: 'Filter ledger to range' }).click()
  expect(panel.filter).toBe('after:#5 before:#9')
  expect(panel.view).toBe('ledger')
})

test('keys zoom and pan; the handles of the minimap follow and do the same', async () => {
  const handles = (): number[] =>
    [...root.querySelectorAll('.handle')].map(handle => Number(handle.getAttribute('aria-valuenow')))
  await expect.poll(() => handles().length).toBe(2)
  grid().focus()
  await userEvent.keyboard('w')
  const [from = 0, to = 0] = handles()
  expect(to - from).toBeLessThan(1500)
  await userEvent.keyboard('d')
  expect(handles()[0]).toBeGreaterThan(from)
  ;(root.querySelector('.handle') as HTMLElement).focus()
  await userEvent.keyboard('{Home}')
  expect(handles()[0]).toBe(0)
  await userEvent.keyboard('f')
  expect(handles()).toEqual([0, 2000])
})

test('at the playhead, what is to come is named but told nothing of', async () => {
  const head = root.querySelector('.minimap .head') as HTMLElement
  head.focus()
  await userEvent.keyboard('{Home}{Shift>}{ArrowRight}{ArrowRight}{/Shift}')
  expect(panel.playback.ms).toBe(400)
  expect(root.querySelectorAll('.line.future .name')).toHaveLength(3)
  const words = [...root.querySelectorAll('.line .hidden')].map(element =>
    element.textContent?.replaceAll('\u00a0', ' ')
  )
  expect(words).toContain('gpt-5-mini finder, waited 200 ms, streamed 200 ms, 1 pause, still streaming')
  expect(words).toContain('still to come')
})

test('a run of many calls opens on the last of them, says so, and shows all when it is told to', async () => {
  const many = Array.from({ length: 600 }, (_, i) => [
    asked(`r${i}`, `Mail ${i}?`, i * 1000),
    answered(`b${i}`, `r${i}`, {}, i * 1000 + 900)
  ]).flat()
  const created = '2026-11-20T10:14:02.000Z'
  panel.addSource({
    ...source,
    watch(listener) {
      listener([{ name: 'run:9', length: many.length, created, updated: created }])
      return () => {}
    },
    follow(_name, follower) {
      follower.events(0, many)
      return () => {}
    }
  })
  panel.open(panel.runs.find(({ info }) => info.name === 'run:9')?.key as string)
  const from = (): number => Number(root.querySelector('.handle')?.getAttribute('aria-valuenow'))
  await expect.poll(() => root.querySelector('.part')?.textContent).toContain('600 calls')
  await expect.poll(from).toBeGreaterThan(500_000)
  await expect.poll(() => names().length).toBeGreaterThan(5)
  await expect.poll(() => grid().scrollTop).toBeGreaterThan(10_000)
  await page.getByRole('button', { name: 'Show all' }).click()
  expect(from()).toBe(0)
})
