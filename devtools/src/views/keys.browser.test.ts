import { createElement } from 'react'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { userEvent } from 'vitest/browser'
import { answered, asked, event } from '../model/events.fixture.js'
import type { DevtoolsSource } from '../model/source.js'
import { mount } from '../mount.js'
import { createPanel, type Panel } from '../state/panel.js'
import { Devtools } from './devtools.js'
import { withForking } from './forking.js'
import { TryItSheet } from './try-it.js'

withForking()

const events = [
  event('kit.loaded', 'k', { name: 'research', goal: 'Buses' }),
  asked('q1', 'How much range is lost in winter?', 10, ['k']),
  asked('q2', `Is sk-${'abcd1234'.repeat(3)} a key?`, 20),
  answered('a1', 'q1'),
  answered('a2', 'q2', { message: { role: 'assistant', content: 'Because.' } }, 1500)
]

const source: DevtoolsSource = {
  label: 'test',
  kind: 'page',
  watch(listener, onStatus) {
    const times = { created: '2026-11-20T09:14:02.000Z', updated: '2026-11-20T09:14:05.000Z' }
    listener([
      { name: 'run:8', length: events.length, ...times },
      { name: 'run:7', length: 1, ...times, created: '2026-11-19T09:14:02.000Z' }
    ])
    onStatus?.({ state: 'closed' })
    return () => {}
  },
  follow(name, follower) {
    follower.events(0, name === 'run:8' ? events : events.slice(0, 1))
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
  const mounted = mount(place, { height: '600px' })
  root = mounted.root
  mounted.render(createElement(Devtools, { panel }))
  panel.addSource(source)
  end = () => {
    panel.close()
    mounted.unmount()
    place.remove()
  }
  await expect.poll(() => root.querySelectorAll('[role="row"]').length).toBe(events.length)
  root.querySelector<HTMLElement>('[data-keys="rows"]')?.focus()
})
afterEach(() => end())

const type = (keys: string): Promise<void> => userEvent.keyboard(keys)
const shown = (css: string) => expect.poll(() => root.querySelector(css) !== null)
const focused = (): Element | null => root.activeElement

test('rows, causes and rows of the same type', async () => {
  await type('jj')
  expect(panel.selected).toBe(1)
  await type('{Shift>}j{/Shift}')
  expect(panel.selected).toBe(2)
  await type('{Shift>}k{/Shift}')
  expect(panel.selected).toBe(1)
  await type(']')
  expect(panel.selected).toBe(3)
  await type('[[')
  expect(panel.selected).toBe(1)
  await type('{Escape}')
  expect(panel.selected).toBeUndefined()
})

test('views by number and by letters, steps of the playhead, colours', async () => {
  await type('3')
  expect(panel.view).toBe('dialog')
  root.querySelector<HTMLElement>('[role="tab"]')?.focus()
  await type('gl')
  expect(panel.view).toBe('ledger')
  await type(',')
  expect(panel.playhead).toBe(events.length - 1)
  await type('.')
  expect(panel.playhead).toBeUndefined()
  await type('t')
  expect(panel.theme).toBe('light')
})

test('keys of the page and of the browser are left alone, and nothing acts while somebody types', async () => {
  await type('{Control>}j{/Control}')
  expect(panel.selected).toBeUndefined()
  await type('/')
  expect(focused()?.getAttribute('data-keys')).toBe('filter')
  await type('jt3')
  expect(panel.filter).toBe('jt3')
  expect(panel.selected).toBeUndefined()
  expect(panel.view).toBe('ledger')
})

test('what the run has is suggested, taken with the keyboard, and filtered by', async () => {
  await type('/type:llm.res')
  await shown('.suggest [role="option"]').toBe(true)
  await type('{ArrowDown}{Enter}')
  expect(panel.filter).toBe('type:llm.response ')
  await expect.poll(() => root.querySelector('.count')?.textContent).toBe('2 of 5')
  await type('{Escape}{Escape}')
  expect(panel.filter).toBe('')
})

test('a wrong term is marked and said in a sentence', async () => {
  await type('/cost:>cheap')
  await expect.poll(() => root.querySelector('.suggest')?.textContent).toContain('cannot be compared')
  expect(focused()?.getAttribute('aria-invalid')).toBe('true')
  expect(root.querySelector('.fault')?.textContent).toBe('cost:>cheap')
  expect(root.querySelectorAll('[role="row"]').length).toBe(events.length)
})

test('the palette says why something cannot be done now, and Enter leaves it', async () => {
  await type('{Control>}k{/Control}')
  await shown('.palette input')
  await type('fork here')
  await expect.poll(() => root.querySelector('.palette [aria-disabled="true"]')?.textContent).toContain('Fork here')
  expect(root.querySelector('.palette [aria-disabled="true"]')?.textContent).toContain('select an event first')
  await type('{Enter}')
  expect([panel.sheet, panel.overlay]).toEqual([undefined, 'palette'])
})

test('each fault of the filter is told, and what is wrong is left out', async () => {
  await type('/')
  await type('a:b:c cost:>cheap winter')
  await expect.poll(() => root.querySelector('.suggest p')?.textContent?.split('\n').length).toBe(3)
  await expect.poll(() => panel.run?.visible).toEqual([1])
})

test('Ctrl with Enter runs the form of a kit', async () => {
  const asked: unknown[] = []
  const place = document.createElement('div')
  document.body.append(place)
  const { root, render, unmount } = mount(place, { height: '600px' })
  const tryIt = { run: async (request: unknown) => void asked.push(request) }
  render(createElement(TryItSheet, { tryIt: tryIt as never, onClose: () => {} }))
  await expect.poll(() => root.activeElement?.tagName).toBe('TEXTAREA')
  await type('{Control>}{Enter}{/Control}')
  await expect.poll(() => asked).toMatchObject([{ kit: 'research', provider: 'simulated' }])
  unmount()
  place.remove()
})

test('the palette finds an action, an event and a run, and gives the focus back', async () => {
  await type('{Control>}k{/Control}')
  await shown('dialog[open] input').toBe(true)
  await type('#2{Enter}')
  await expect.poll(() => panel.selected).toBe(1)
  await shown('dialog').toBe(false)
  expect(focused()?.getAttribute('data-keys')).toBe('rows')
  await type('{Control>}k{/Control}')
  await shown('dialog[open] input').toBe(true)
  await type('run')
  await expect.poll(() => [...root.querySelectorAll('.line')].some(line => line.textContent?.includes('#7'))).toBe(true)
  await type('{Escape}')
  await shown('dialog').toBe(false)
  expect(panel.selected).toBe(1)
})

test('of thousands of runs the palette finds an old one by its name, and tells how many it looked through', async () => {
  const name = (at: number): string => `run:job-${String(at).padStart(4, '0')}`
  panel.addSource({
    ...source,
    watch(listener) {
      const at = (i: number): string => new Date(Date.parse('2020-01-01') + i * 60_000).toISOString()
      listener(Array.from({ length: 4000 }, (_, i) => ({ name: name(i), length: 1, created: at(i), updated: at(i) })))
      return () => {}
    }
  })
  expect(panel.runs).toHaveLength(4002)
  await expect.poll(() => root.querySelector('.rail .runs')?.lastElementChild?.textContent).toContain('200 of 4002')
  root.querySelector<HTMLElement>('.rail .runs > :last-child')?.click()
  await shown('dialog[open] input').toBe(true)
  const more = (): string | null | undefined => root.querySelector('.palette .more')?.textContent
  await expect.poll(more).toMatch(/4.001 runs are looked through/)
  await type('job-0007')
  await expect.poll(more).toMatch(/^1 of 4.001 runs fit/)
  expect(root.querySelector('.palette .line')?.textContent).toContain('run:job-0007')
  await type('{Enter}')
  await expect.poll(() => panel.run?.name).toBe('run:job-0007')
})

test('the sheet of keys has every key that acts', async () => {
  await type('?')
  await shown('dialog.help').toBe(true)
  const said = root.querySelector('dialog.help')?.textContent ?? ''
  for (const words of [
    'Next event of this type',
    'Go to the cause',
    'Fork here',
    'Export the ledger',
    'Play the run again'
  ]) {
    expect(said).toContain(words)
  }
  // The keys of the panel behind it sleep.
  await type('j')
  expect(panel.selected).toBeUndefined()
  await type('{Escape}')
  await shown('dialog').toBe(false)
})

test('the events so far are hidden, and shown again', async () => {
  panel.setFilter('type:llm')
  panel.clear()
  expect(panel.run?.visible).toEqual([])
  expect(panel.run?.book.events.length).toBe(events.length)
  await expect
    .poll(() => [...root.querySelectorAll('.toast button')].map(button => button.textContent))
    .toContain('Undo')
  root.querySelector<HTMLElement>('.toast .button')?.click()
  expect(panel.filter).toBe('type:llm')
  await shown('.toast').toBe(false)
})

test('before a file is made, what looks like a key is counted and shown, and masked unless it is asked for', async () => {
  const { createObjectURL } = URL
  const { click } = HTMLAnchorElement.prototype
  const made: Blob[] = []
  URL.createObjectURL = blob => {
    made.push(blob as Blob)
    return 'blob:test'
  }
  HTMLAnchorElement.prototype.click = () => {}
  try {
    await type('e')
    await expect.poll(() => root.querySelector('dialog.export')?.textContent).toContain('1 place will be masked')
    expect(root.querySelector('.places')?.textContent).toContain('#3data.messages[0].contentIs ••• a key?')
    const save = root.querySelector<HTMLButtonElement>('dialog.export [type="submit"]')
    await expect.poll(() => save?.disabled).toBe(false)
    save?.click()
    await expect.poll(() => made.length).toBe(1)
    const text = await made[0]?.text()
    expect(text).toContain('Is ••• a key?')
    expect(text).not.toContain('abcd1234')
    await shown('dialog').toBe(false)
  } finally {
    URL.createObjectURL = createObjectURL
    HTMLAnchorElement.prototype.click = click
  }
})

test('rows in groups are a tree: heads say whether they are open, and each row its place in its group', async () => {
  expect(root.querySelector('.row')?.getAttributeNames()).not.toContain('aria-level')
  panel.setGroup('type')
  await expect.poll(() => root.querySelector('.group-head')).not.toBeNull()
  const tree = root.querySelector('.rows.grouped')
  expect(tree?.getAttribute('role')).toBe('treegrid')
  const told = (): (string | null)[][] =>
    [...(tree?.querySelectorAll('[role="row"]') ?? [])].map(row =>
      ['level', 'expanded', 'posinset', 'setsize'].map(name => row.getAttribute(`aria-${name}`))
    )
  expect(told()).toEqual([
    ['1', 'true', '1', '3'],
    ['2', null, '1', '1'],
    ['1', 'true', '2', '3'],
    ['2', null, '1', '2'],
    ['2', null, '2', '2'],
    ['1', 'true', '3', '3'],
    ['2', null, '1', '2'],
    ['2', null, '2', '2']
  ])
  root.querySelector<HTMLElement>('.group-head button')?.click()
  await expect
    .poll(() => told().slice(0, 2))
    .toEqual([
      ['1', 'false', '1', '3'],
      ['1', 'true', '2', '3']
    ])
})

test('rows in groups are gone through as they stand, drawn once, and what the filter looks for is painted', async () => {
  panel.setGroup('type')
  await expect.poll(() => root.querySelector('.group-head')).not.toBeNull()
  root.querySelector<HTMLElement>('.rows.grouped')?.focus()
  const head = [...root.querySelectorAll<HTMLElement>('.group-head button')].find(
    ({ title }) => title === 'llm.request'
  )
  head?.click()
  await expect.poll(() => head?.getAttribute('aria-expanded')).toBe('false')
  root.querySelector<HTMLElement>('.rows.grouped')?.focus()
  const seen: (number | undefined)[] = []
  for (const key of 'jjjk') {
    await userEvent.keyboard(key)
    seen.push(panel.selected)
  }
  // Both requests are folded away.
  expect(seen).toEqual([0, 3, 4, 3])
  head?.click()
  await expect.poll(() => root.querySelectorAll('.row').length).toBe(events.length)
  expect(new Set([...root.querySelectorAll('.row')].map(({ id }) => id)).size).toBe(
    root.querySelectorAll('.row').length
  )
  panel.setFilter('winter')
  await expect.poll(() => panel.run?.visible).toEqual([1])
  await expect
    .poll(() => [...(CSS.highlights.get('daybook-match') ?? [])].map(range => String(range)))
    .toEqual(['winter'])
  panel.setGroup('none')
})
