import { createRoot, type Root } from 'react-dom/client'
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { loadDiffer } from '../model/differ.js'
import { answered, asked, event } from '../model/events.fixture.js'
import { fileSource } from '../sources/from-file.js'
import { PanelProvider } from '../state/context.js'
import { createPanel, type Panel } from '../state/panel.js'
import css from '../styles/panel.css?inline'
import parts from '../styles/parts.css?inline'
import { Dialog } from './dialog.js'
import { Inspector } from './inspector.js'

/** The machine may have other things to do. */
const soon = { timeout: 10_000 }

let panel: Panel
let root: Root
let box: HTMLElement

// What is loaded when it is first shown is loaded before, so that no test waits for it.
beforeAll(async () => {
  await Promise.all([loadDiffer(), import('./inspector-tabs.js'), import('./miss.js')])
})

beforeEach(() => {
  const sheet = new CSSStyleSheet()
  sheet.replaceSync(css + parts)
  document.adoptedStyleSheets = [sheet]
  box = document.body.appendChild(document.createElement('div'))
  box.className = 'db'
  box.style.cssText = 'display: flex; width: 800px; height: 600px'
  root = createRoot(box)
  panel = createPanel()
})

afterEach(() => {
  root.unmount()
  panel.close()
  box.remove()
  document.adoptedStyleSheets = []
})

/** Does it, and lets what follows from it be drawn. */
async function act(work: () => void): Promise<void> {
  work()
  await new Promise(done => requestAnimationFrame(() => setTimeout(done)))
}

async function show(events: readonly unknown[], name = 'run:8'): Promise<void> {
  panel.addSource(fileSource({ name, events }, name), { open: true })
  await expect.poll(() => panel.run?.book.events.length, soon).toBe(events.length)
}

const draw = (what: 'inspector' | 'dialog'): Promise<void> =>
  act(() => {
    const run = panel.run
    if (!run) throw new Error('no run')
    const view = what === 'inspector' ? <Inspector run={run} dock={false} /> : <Dialog run={run} dock={false} />
    root.render(<PanelProvider value={panel}>{view}</PanelProvider>)
  })

const text = (): string => box.textContent ?? ''

test('a miss names the nearest request before it and the words that differ', async () => {
  const other = fileSource(
    { name: 'run:7', events: [asked('o1', 'Something else', -1000), answered('oa', 'o1')] },
    'other'
  )
  panel.addSource(other)
  await show([
    asked('q1', 'How many buses were sold in 2026?'),
    answered('a1', 'q1'),
    asked('q2', 'How many buses were sold in 2027?', 2000),
    answered('a2', 'q2', {}, 3000)
  ])
  panel.select(2)
  await draw('inspector')
  await expect.poll(text, soon).toContain('1 of 3 fields differs')
  expect(text()).toContain('messages[0].content')
  expect(box.querySelector('del')?.textContent?.trim()).toBe('2026')
  expect(box.querySelector('ins')?.textContent?.trim()).toBe('2027')
})

test('each tab shows its side of the event, whatever the event holds', async () => {
  const odd = { id: 'odd', type: 'llm.request', data: { messages: 'no list', target: 7, tools: [null, 5] } }
  await show([odd, event('weird.thing', 'w', { html: '<img src=x onerror=alert(1)>' }, { cause: ['odd', 'gone'] })])
  panel.select(1)
  await draw('inspector')
  for (const [tab, words] of [
    ['json', 'onerror'],
    ['raw', '"type":"weird.thing"'],
    ['diff', 'This is the first weird.thing'],
    ['causes', 'is not in this ledger'],
    ['pretty', 'Data, as it is']
  ] as const) {
    await act(() => panel.setTab(tab))
    await expect.poll(text, soon).toContain(words)
  }
  expect(box.querySelector('img')).toBeNull()
  panel.select(0)
  await draw('inspector')
  await expect.poll(text, soon).toContain('No messages.')
})

test('an event of ten megabytes has few lines in the page, and its paths stay pinned', async () => {
  const rows = Array.from({ length: 60_000 }, (_, i) => ({ i, text: 'word '.repeat(30) }))
  await show([event('big.thing', 'b1', { rows }), event('big.thing', 'b2', { rows: [{ i: 'second' }] })])
  panel.select(0)
  panel.setTab('json')
  await draw('inspector')
  await expect.poll(() => box.querySelectorAll('[role=treeitem]').length, soon).toBeGreaterThan(5)
  const line = [...box.querySelectorAll<HTMLElement>('[role=treeitem]')].find(item =>
    item.textContent?.includes('60000')
  )
  await act(() => line?.click())
  expect(box.querySelectorAll('*').length).toBeLessThan(800)
  const first = [...box.querySelectorAll<HTMLElement>('[role=treeitem]')].find(item => item.textContent === 'i: 0')
  await act(() => first?.click())
  const pin = [...box.querySelectorAll('button')].find(button => button.textContent === 'Pin')
  await act(() => pin?.click())
  await act(() => panel.select(1))
  await expect.poll(() => box.querySelector('.json-pins')?.textContent, soon).toBe('data.rows[0].i"second"')
})

test('the dialog shows what is new in each question, folds the rest, and draws no image by itself', async () => {
  const first = {
    role: 'user',
    content: [
      { type: 'text', text: 'What is this?' },
      { type: 'image_url', image_url: { url: 'https://example.org/x.png' } }
    ]
  }
  const said = { role: 'assistant', content: 'A bus.' }
  const ask = (id: string, messages: readonly unknown[], at: number) =>
    event('llm.request', id, { model: 'm', messages }, { at })
  await show([
    ask('q1', [{ role: 'system', content: 'Be brief.' }, first], 0),
    answered('a1', 'q1', {
      text: 'A **bus**. <script>alert(1)</script>',
      stream: { lengths: [3, 30], pauses_ms: [100, 100] }
    }),
    ask('q2', [{ role: 'system', content: 'Be brief.' }, first, said, { role: 'user', content: 'And this?' }], 2000),
    answered('a2', 'q2', { text: 'A tram.' }, 3000)
  ])
  await draw('dialog')
  expect(text()).toContain('3 messages before, 2 unchanged since #1')
  expect(text()).toContain('image, example.org')
  expect(text()).toContain('<script>alert(1)</script>')
  expect(box.querySelector('img')).toBeNull()
  expect(box.querySelector('strong')?.textContent).toBe('bus')
})

test('a finished answer is shown as it stood after any of its chunks', async () => {
  const stream = { lengths: [4, 5, 5], pauses_ms: [100, 100, 100] }
  await show([asked('q1', 'Go'), answered('a1', 'q1', { text: 'One, two, three', stream })])
  await draw('dialog')
  const slider = box.querySelector<HTMLInputElement>('input[type=range]')
  if (!slider) throw new Error('no slider')
  await act(() => {
    Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')?.set?.call(slider, '2')
    slider.dispatchEvent(new Event('input', { bubbles: true }))
  })
  expect(box.querySelector('.answer .prose')?.textContent).toBe('One, two,')
  expect(text()).toContain('as of chunk 2')
})
