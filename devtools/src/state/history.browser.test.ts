import { afterEach, beforeEach, expect, test } from 'vitest'
import { asked, event } from '../model/events.fixture.js'
import type { DevtoolsSource } from '../model/source.js'
import { fileSource } from '../sources/from-file.js'
import { keepAddress } from './history.js'
import { createPanel, type Panel } from './panel.js'

let panel: Panel
let stop: () => void
let before: string

beforeEach(() => {
  before = location.hash
})
afterEach(() => {
  stop()
  panel.close()
  history.replaceState(null, '', before || location.pathname + location.search)
})

const source: DevtoolsSource = {
  label: 'test',
  kind: 'page',
  watch(listener) {
    const times = { created: '2026-11-19T09:00:00.000Z', updated: '2026-11-19T09:00:00.000Z' }
    listener([
      { name: 'run:1', length: 2, ...times },
      { name: 'run:2', length: 2, ...times }
    ])
    return () => {}
  },
  follow(_name, follower) {
    follower.events(0, [event('kit.loaded', 'k'), asked('q', 'How far in winter?')])
    return () => {}
  }
}

async function until(check: () => boolean): Promise<void> {
  await expect.poll(check, { timeout: 5000, interval: 20 }).toBe(true)
}

function show(run?: string): void {
  panel = createPanel()
  stop = keepAddress(panel, window, run)
  if (run) panel.want(run)
  panel.addSource(source)
}

test('a view and a run are steps to go back by; a selection and a filter are not', async () => {
  show('run:1')
  await until(() => panel.run?.book.events.length === 2 && location.hash === '#run=run:1')
  const steps = history.length
  panel.select(1)
  panel.setFilter('winter')
  await until(() => location.hash === '#run=run:1&seq=2&filter=winter')
  expect(history.length).toBe(steps)
  panel.setView('dialog')
  expect(location.hash).toBe('#run=run:1&seq=2&view=dialog&filter=winter')
  panel.open(panel.runs.find(({ info }) => info.name === 'run:2')?.key ?? '')
  await until(() => location.hash.startsWith('#run=run:2'))
  history.back()
  await until(() => panel.run?.name === 'run:1' && panel.selected === 1)
  expect(panel.view).toBe('dialog')
  history.back()
  await until(() => panel.view === 'ledger')
  expect(panel.run?.name).toBe('run:1')
  history.forward()
  await until(() => panel.view === 'dialog')
})

test('what was chosen just before another view is there after going back', async () => {
  show('run:1')
  await until(() => panel.run?.book.events.length === 2 && location.hash === '#run=run:1')
  panel.select(1)
  panel.setView('cost')
  expect(location.hash).toBe('#run=run:1&seq=2&view=cost')
  panel.select(0)
  history.back()
  await until(() => panel.view === 'ledger')
  expect(panel.selected).toBe(1)
})

test('an address stays what it asks for while its run is not there', async () => {
  history.replaceState(null, '', '#run=run:2&seq=1')
  panel = createPanel()
  stop = keepAddress(panel, window, 'run:2')
  panel.want('run:2', { seq: 1, playhead: 1 })
  panel.setFilter('a')
  panel.setFilter('')
  expect(location.hash).toBe('#run=run:2&seq=1')
  panel.addSource(source)
  await until(() => panel.selected === 0 && panel.playhead === 1)
  await until(() => location.hash === '#run=run:2&seq=1&at=1')
})

test('the tab and the compared runs are kept, and taken from an address once the runs are there', async () => {
  history.replaceState(null, '', '#run=run:1&view=compare&tab=json&compare=run:2&compare=run:1')
  panel = createPanel({ view: 'compare' })
  panel.setTab('json')
  stop = keepAddress(panel, window, 'run:1')
  panel.want('run:1')
  expect(panel.compared).toEqual([])
  panel.addSource(source)
  await until(() => panel.compared.length === 2)
  expect(panel.compared.map(key => key.split(' ')[1])).toEqual(['run:2', 'run:1'])
  panel.setTab('raw')
  await until(() => location.hash === '#run=run:1&view=compare&tab=raw&compare=run:2&compare=run:1')
})

test('a file that was open before a reload has to be opened again, and is then shown where it was', async () => {
  const parsed = { name: 'run:9', events: [event('kit.loaded', 'k'), asked('q', 'How far?')] }
  history.replaceState(null, '', '#run=run:9&seq=2&file=trains.jsonl')
  panel = createPanel()
  stop = keepAddress(panel, window, 'run:9')
  panel.want('run:9', { seq: 2 })
  await until(() => panel.notice !== undefined)
  expect(panel.notice?.text).toMatch(/^The file “trains.jsonl” has to be opened again/)
  expect(location.hash).toBe('#run=run:9&seq=2&file=trains.jsonl')
  panel.addSource(fileSource(parsed, 'trains.jsonl'), { open: true })
  await until(() => panel.selected === 1)
  panel.setFilter('far')
  await until(() => location.hash === '#run=run:9&seq=2&filter=far&file=trains.jsonl')
})
