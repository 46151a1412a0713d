import { createElement, StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { afterEach, expect, test } from 'vitest'
import { mountDevtools } from './embed.js'
import { answered, asked, event, text } from './model/events.fixture.js'
import type { DevtoolsSource, LedgerFollower } from './model/source.js'
import { mountDevtools as nothing } from './nothing.js'
import { mountDevtools as always } from './production.js'
import { Devtools } from './react.js'
import { Devtools as Nothing } from './react-nothing.js'
import type { MountedDevtools } from './types.js'

let mounted: MountedDevtools | undefined
const added: Element[] = []

afterEach(() => {
  mounted?.unmount()
  mounted = undefined
  for (const element of added.splice(0)) element.remove()
})

/** A source with one run, that the test can add to. */
function run(...events: readonly unknown[]): { source: DevtoolsSource; follower: () => LedgerFollower } {
  let followed: LedgerFollower | undefined
  const source: DevtoolsSource = {
    label: 'test',
    kind: 'page',
    watch(listener, onStatus) {
      listener([{ name: 'run:8', length: events.length, created: '2026-11-20T09:14:02.000Z', updated: '' }])
      onStatus?.({ state: 'live' })
      return () => {}
    },
    follow(_name, follower) {
      followed = follower
      follower.events(0, events as never)
      follower.state?.({ state: 'live' })
      return () => {}
    }
  }
  return { source, follower: () => followed as LedgerFollower }
}

function place(): HTMLElement {
  const element = document.createElement('div')
  document.body.append(element)
  added.push(element)
  return element
}

/** Of the panel, or of the trigger that stands in its place; empty until it has come. */
function root(): ParentNode {
  const host = [...document.querySelectorAll('[data-daybook-devtools]')].at(-1)
  return host?.shadowRoot ?? document.createDocumentFragment()
}

/** Resolves with what the look-up finds, frame by frame. */
async function found<T>(look: () => T | null | undefined | false): Promise<T> {
  for (let frame = 0; frame < 300; frame++) {
    const value = look()
    if (value) return value
    await new Promise(resolve => requestAnimationFrame(resolve))
  }
  throw new Error('It did not appear within 300 frames.')
}

const rows = (): HTMLElement[] => [...root().querySelectorAll<HTMLElement>('[role="row"]')]
const rowWith = (words: string) => (): HTMLElement | undefined => rows().find(row => row.textContent?.includes(words))

test('the events of a run become rows, and a row opens in the inspector', async () => {
  const { source } = run(
    event('kit.loaded', 'k', { name: 'research', goal: 'Buses' }),
    asked('q', 'How far in winter?'),
    answered('a', 'q')
  )
  mounted = mountDevtools(place(), source)
  const row = await found(rowWith('How far in winter?'))
  expect(rows()).toHaveLength(3)
  row.click()
  await found(() => root().querySelector('[aria-label="Event 2"]')?.textContent?.includes('Answered by'))
})

test('an answer is seen token by token, before it has ended', async () => {
  const { source, follower } = run(asked('q', 'Why?'))
  mounted = mountDevtools(place(), source)
  await found(rowWith('Why?'))
  follower().signals([text('q', 0, 'Because ')])
  await found(rowWith('Because'))
  follower().signals([text('q', 1, 'of the cold.')])
  await found(rowWith('of the cold.'))
  follower().events(1, [answered('a', 'q', { text: 'Because of the cold.' })])
  await found(() => rows().length === 2 && rowWith('llm.response')())
})

test('a hundred thousand events keep the page small', async () => {
  const many = Array.from({ length: 100_000 }, (_, i) =>
    event('object.patched', `p${i}`, { id: 'x', patch: { n: i } }, { at: i })
  )
  const { source } = run(...many)
  mounted = mountDevtools(place(), source, { height: 800 })
  await found(() => root().querySelector('[role="grid"]')?.getAttribute('aria-rowcount') === '100000')
  expect(root().querySelectorAll('*').length).toBeLessThan(1500)
})

test("the page's styles do not reach the panel, nor the panel's the page", async () => {
  const style = document.createElement('style')
  style.textContent = '* { font-size: 40px !important; color: rgb(255, 0, 0) !important; display: inline !important }'
  document.head.append(style)
  added.push(style)
  const { source } = run(asked('q', 'Why?'))
  mounted = mountDevtools(place(), source)
  const row = await found(rowWith('Why?'))
  expect(getComputedStyle(row).fontSize).toBe('12px')
  expect(getComputedStyle(row).display).toBe('grid')
  expect(getComputedStyle(row).color).not.toBe('rgb(255, 0, 0)')
  expect(document.adoptedStyleSheets).toHaveLength(0)
})

test('what is typed in the panel stays in the panel', async () => {
  const heard: string[] = []
  const listener = (event: KeyboardEvent): void => void heard.push(event.key)
  document.addEventListener('keydown', listener)
  const { source } = run(asked('q', 'Why?'))
  mounted = mountDevtools(place(), source)
  await found(rowWith('Why?'))
  const grid = await found(() => root().querySelector<HTMLElement>('[role="grid"]'))
  grid.dispatchEvent(new KeyboardEvent('keydown', { key: 'j', bubbles: true, composed: true }))
  await found(() => root().querySelector('.row.selected'))
  document.body.dispatchEvent(new KeyboardEvent('keydown', { key: 'k', bubbles: true }))
  document.removeEventListener('keydown', listener)
  expect(heard).toEqual(['k'])
})

test('malformed events are shown as they are, and the rest goes on', async () => {
  const hostile = { ...asked('h', 'x'), data: { messages: { length: 3 }, usage: 'no' } }
  const { source } = run(
    null,
    'torn line',
    hostile,
    { id: 'u', type: 'acme.odd', data: { weird: true } },
    asked('q', 'Still here?')
  )
  mounted = mountDevtools(place(), source)
  await found(rowWith('Still here?'))
  expect(rowWith('torn line')()).toBeDefined()
  for (const row of rows()) {
    row.click()
    await found(() => root().querySelector('.row.selected') === row)
    expect(root().querySelector('.crash')).toBeNull()
  }
})

test("a model's words are text, whatever they contain", async () => {
  const words = '<img src=x onerror="window.pwned=1"><script>window.pwned=1</script> [x](javascript:alert(1))'
  const { source } = run(asked('q', words), answered('a', 'q', { text: words }))
  mounted = mountDevtools(place(), source)
  ;(await found(rowWith('llm.response'))).click()
  await found(() => root().querySelector('[aria-label="Answer"]')?.textContent?.includes('<img'))
  expect(root().querySelector('img, script, a')).toBeNull()
  expect('pwned' in window).toBe(false)
})

test('the dock opens above the page, can be resized by keys, and closes to its trigger', async () => {
  const { source } = run(asked('q', 'Why?'))
  mounted = mountDevtools(place(), source, { mode: 'docked', height: 300 })
  const grip = await found(() => root().querySelector<HTMLElement>('[role="separator"]'))
  const panel = root().querySelector('.dock') as HTMLElement
  expect(root().querySelector('[popover]')?.matches(':popover-open')).toBe(true)
  expect(panel.getBoundingClientRect().bottom).toBe(innerHeight)
  const height = panel.offsetHeight
  grip.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowDown', bubbles: true, composed: true }))
  await found(() => panel.offsetHeight === height - 16)
  root().querySelector<HTMLElement>('[aria-label="Close the devtools"]')?.click()
  ;(await found(() => root().querySelector<HTMLElement>('[aria-label^="Open the devtools"]'))).click()
  await found(() => root().querySelector('.dock'))
})

test('unmounting leaves nothing behind', async () => {
  const { source } = run(asked('q', 'Why?'))
  const target = place()
  mounted = mountDevtools(target, source)
  await found(rowWith('Why?'))
  mounted.unmount()
  mounted = undefined
  expect(target.childElementCount).toBe(0)
})

test('a dock that begins closed is a trigger that counts, and loads the panel when it is pressed', async () => {
  const { source, follower } = run(asked('q', 'Why?'))
  mounted = mountDevtools(place(), source, { mode: 'docked', open: false })
  const button = await found(() => root().querySelector<HTMLElement>('[aria-label^="Open the devtools"]'))
  await expect.poll(() => button.textContent).toBe('1 running')
  follower().events(1, [answered('a', 'q', { cost_usd: 0.0621 })] as never)
  expect(button.textContent).toContain('$0.062')
  expect(root().querySelector('[popover]')?.matches(':popover-open')).toBe(true)
  button.click()
  await found(() => root().querySelector('.dock'))
  expect(document.querySelectorAll('[data-daybook-devtools]')).toHaveLength(1)
})

test('a panel that is taken away before it was loaded does not come', async () => {
  const { source } = run(asked('q', 'Why?'))
  const target = place()
  mountDevtools(target, source).unmount()
  await import('./panel.js')
  await new Promise(resolve => setTimeout(resolve))
  expect(target.childElementCount).toBe(0)
})

test('what is no source is refused at once, with what would be one', () => {
  expect(() => mountDevtools(place(), {} as never)).toThrow('The devtools need a Daybook, a Ledger or a DevtoolsSource')
})

test('production builds get nothing, and the entry for production gets the panel', async () => {
  const { source } = run(asked('q', 'Why?'))
  const target = place()
  mounted = nothing(target, source)
  expect(target.childElementCount).toBe(0)
  mounted.unmount()
  mounted = always(target, source)
  await found(rowWith('Why?'))
})

test('the component shows the panel on the React of its page, and takes it away again', async () => {
  const { source } = run(asked('q', 'Why?'))
  const target = place()
  const react = createRoot(target)
  react.render(createElement(Devtools, { source, theme: 'dark', height: 300 }))
  await found(rowWith('Why?'))
  expect(root().querySelector<HTMLElement>('.db')?.dataset.theme).toBe('dark')
  react.render(createElement(Nothing, { source }))
  await found(() => target.childElementCount === 0)
  react.unmount()
})

test('a page that mounts twice, as React does in its strict mode, has one panel, and none after it', async () => {
  const { source } = run(asked('q', 'Why?'))
  const target = place()
  const react = createRoot(target)
  react.render(createElement(StrictMode, null, createElement(Devtools, { source, height: 300 })))
  await found(rowWith('Why?'))
  expect(document.querySelectorAll('[data-daybook-devtools]')).toHaveLength(1)
  react.unmount()
  await found(() => !document.querySelector('[data-daybook-devtools]'))
})

test('a dock that its page moves elsewhere stays open, and one that it took away can be unmounted', async () => {
  const { source, follower } = run(asked('q', 'Why?'))
  const first = place()
  mounted = mountDevtools(first, source, { mode: 'docked' })
  await found(rowWith('Why?'))
  const open = (): boolean | undefined => root().querySelector('[popover]')?.matches(':popover-open')
  expect(open()).toBe(true)
  const host = first.firstElementChild as Element
  host.remove()
  follower().events(1, [answered('a', 'q')] as never)
  await new Promise(resolve => requestAnimationFrame(() => requestAnimationFrame(resolve)))
  place().append(host)
  await found(open)
  await found(() => rows().length === 2)
  host.remove()
  mounted.unmount()
  mounted = undefined
})

test('the trigger of a closed dock is there again where its page moves it to, and where it is removed and comes back', async () => {
  const { source } = run(asked('q', 'Why?'))
  const first = place()
  mounted = mountDevtools(first, source, { mode: 'docked', open: false })
  const button = await found(() => root().querySelector<HTMLElement>('button'))
  const seen = (): boolean => button.checkVisibility() && button.getBoundingClientRect().height > 0
  await found(seen)
  const host = first.firstElementChild as Element
  place().append(host)
  await found(seen)
  host.remove()
  await new Promise(resolve => requestAnimationFrame(() => requestAnimationFrame(resolve)))
  expect(seen()).toBe(false)
  place().append(host)
  await found(seen)
  button.click()
  await found(rowWith('Why?'))
})

test('ten megabytes in every name keep the panel awake', async () => {
  const big = 'word **bold** [l](http://x.y) '.repeat(350_000)
  const { source } = run(
    event('kit.loaded', 'k', { name: big, goal: big }),
    event('object.created', 'o', { id: 'o', type: big, data: { name: big } }),
    event('tool.called', 't', { name: big, call_id: 'c', arguments: { x: big } }),
    event('dialog.opened', 'd', { dialog_id: 'd', session_name: big }),
    { ...event('x', 'x'), actor: big },
    asked('q', 'Still here?')
  )
  const began = performance.now()
  mounted = mountDevtools(place(), source, { height: 800 })
  await found(rowWith('Still here?'))
  for (const name of ['Waterfall', 'Dialog', 'Graph', 'World', 'Ledger']) {
    const tab = [...root().querySelectorAll<HTMLElement>('[role="tab"]')].find(one => one.textContent === name)
    tab?.click()
    await found(() => tab?.getAttribute('aria-selected') === 'true')
  }
  expect(root().querySelector('.crash')).toBeNull()
  // One name of this length, drawn once, took more than all of this.
  expect(performance.now() - began).toBeLessThan(7000)
  expect(root().textContent?.length).toBeLessThan(100_000)
})

test('the panel moves into a window of its own, and comes back when that is closed', async () => {
  const { source, follower } = run(asked('q', 'Why?'))
  mounted = mountDevtools(place(), source, { mode: 'docked' })
  const real = window.open
  let opened: Window | null = null
  window.open = (...all) => {
    opened = real.apply(window, all)
    return opened
  }
  try {
    ;(await found(() => root().querySelector<HTMLElement>('[aria-label="Open in a window of its own"]'))).click()
    const beside = opened as Window | null
    if (!beside) throw new Error('No window was opened.')
    const inside = (): ParentNode | null | undefined =>
      beside.document.querySelector('[data-daybook-devtools]')?.shadowRoot
    await found(() => inside()?.querySelector('.row'))
    expect(root().querySelector('.dock')).toBeNull()
    follower().events(1, [answered('a', 'q')] as never)
    await found(() => inside()?.querySelectorAll('.row').length === 2)
    beside.document.dispatchEvent(new KeyboardEvent('keydown', { key: 'j', bubbles: true }))
    await found(() => inside()?.querySelector('.row.selected'))
    beside.close()
    await found(() => root().querySelector('.dock'))
  } finally {
    window.open = real
    ;(opened as Window | null)?.close()
  }
})

test('the list names the row that is selected, and only while that is in the page', async () => {
  const { source } = run(...Array.from({ length: 400 }, (_, i) => asked(`q${i}`, `Why ${i}?`, i)))
  mounted = mountDevtools(place(), source, { height: 500 })
  ;(await found(rowWith('Why 3?'))).click()
  const grid = await found(() => root().querySelector<HTMLElement>('[role="grid"]'))
  const named = (): string | null => grid.getAttribute('aria-activedescendant')
  await found(() => named() === 'row-3')
  expect(root().querySelector('#row-3')?.getAttribute('aria-selected')).toBe('true')
  grid.scrollTop = 4800
  await found(() => named() === null)
  grid.scrollTop = 0
  await found(() => named() === 'row-3')
})
