import { afterEach, expect, test } from 'vitest'
import { mountDevtools } from '../embed.js'
import { answered, asked, event } from '../model/events.fixture.js'
import type { DevtoolsSource } from '../model/source.js'
import type { MountedDevtools } from '../types.js'

const patienceMs = 12_000

let mounted: MountedDevtools | undefined
let place: HTMLElement | undefined

afterEach(() => {
  mounted?.unmount()
  mounted = undefined
  place?.remove()
})

const object = (id: string, type: string, data: unknown, cause: readonly string[] = []): unknown =>
  event('object.created', `made ${id}`, { id, type, data }, { cause })

const some = [
  object('goal', 'Goal', { text: 'Find a train' }),
  object('q1', 'Question', { text: 'When?', goal: 'goal' }, ['made goal']),
  object('q2', 'Question', { text: 'Where?', goal: 'goal' }, ['made goal']),
  asked('r1', 'when?', 10, ['made q1']),
  asked('r2', 'where?', 20, ['made q2']),
  answered('a1', 'r1', { text: 'At nine.' }),
  answered('a2', 'r2', { text: 'In Berlin.' }),
  event('object.patched', 'p1', { id: 'q1', patch: { text: 'When exactly?', state: 'done' } }, { cause: ['a1'] }),
  event('relation.created', 'rel', { id: 'rel', type: 'asks', source_id: 'q1', target_id: 'goal' }, { cause: ['a1'] })
]

async function open(view: string, events: readonly unknown[] = some): Promise<ShadowRoot> {
  const source: DevtoolsSource = {
    label: 'test',
    kind: 'page',
    watch(listener, onStatus) {
      listener([{ name: 'run:8', length: events.length, created: '2026-11-20T09:14:02.000Z', updated: '' }])
      onStatus?.({ state: 'live' })
      return () => {}
    },
    follow(_name, follower) {
      follower.events(0, events as never)
      follower.state?.({ state: 'live' })
      return () => {}
    }
  }
  place = document.createElement('div')
  place.style.width = '1400px'
  document.body.append(place)
  mounted = mountDevtools(place, source, { height: 800 })
  const root = await found(() => document.querySelector('[data-daybook-devtools]')?.shadowRoot)
  const tab = await found(() =>
    [...root.querySelectorAll<HTMLElement>('[role="tab"]')].find(it => it.textContent === view)
  )
  tab.click()
  return root
}

/** Resolves with what the look-up finds, frame by frame. The first view is loaded on the way, which may take seconds. */
async function found<T>(look: () => T | null | undefined | false): Promise<T> {
  for (const until = performance.now() + patienceMs; performance.now() < until; ) {
    const value = look()
    if (value) return value
    await new Promise(resolve => requestAnimationFrame(resolve))
  }
  throw new Error(`It did not appear within ${patienceMs} ms.`)
}

const boxes = (root: ShadowRoot): HTMLElement[] => [...root.querySelectorAll<HTMLElement>('.graph .box')]
const button = (root: ShadowRoot, words: string) => (): HTMLElement | undefined =>
  [...root.querySelectorAll<HTMLElement>('button')].find(it => it.textContent?.includes(words))

test('the graph shows events of a kind as one node, and each one when it is expanded', async () => {
  const root = await open('Graph')
  await found(() => boxes(root).length === 3)
  expect(boxes(root).map(box => box.querySelector('.badge')?.textContent ?? '')).toEqual(['', '2 times', '2 times'])
  const expanded = await found(button(root, 'Expanded'))
  expanded.click()
  await found(() => boxes(root).length === 7)
  expect(boxes(root).map(box => box.querySelector('.title .mono')?.textContent)).toEqual([
    '#1',
    '#2',
    '#3',
    '#4',
    '#5',
    '#8',
    '#9'
  ])
})

test('a click on a stack lists its events, and a row of the list opens the event', async () => {
  const root = await open('Graph')
  const stack = await found(() => boxes(root)[2])
  const { left, top } = stack.getBoundingClientRect()
  stack.dispatchEvent(new MouseEvent('click', { bubbles: true, composed: true, clientX: left + 20, clientY: top + 20 }))
  await found(() => root.querySelectorAll('button.member').length === 2)
  root.querySelectorAll<HTMLElement>('button.member')[1]?.click()
  await found(() => root.querySelector('.inspector .inspector')?.textContent?.includes('#5'))
  const back = await found(button(root, 'All 2 of'))
  back.click()
  await found(() => root.querySelectorAll('button.member').length === 2)
})

test('arrow keys walk along causes, and only what is tied to the selection stays bright', async () => {
  const root = await open('Graph')
  await found(() => boxes(root).length === 3)
  const canvas = await found(() => root.querySelector<HTMLElement>('.canvas'))
  const press = (key: string): boolean =>
    canvas.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }))
  press('ArrowDown')
  await found(() => root.querySelector('.box.selected')?.textContent?.includes('Goal'))
  press('ArrowDown')
  await found(() => root.querySelector('.box.selected')?.textContent?.includes('Question'))
  press('ArrowUp')
  await found(() => root.querySelector('.box.selected')?.textContent?.includes('Goal'))
  expect(canvas.getAttribute('aria-activedescendant')).toBe(root.querySelector('.box.selected')?.id)
})

test('the world shows objects, the fields of the chosen one, and what each version changed', async () => {
  const root = await open('World')
  await found(() => root.querySelectorAll('.thing').length === 3)
  const card = await found(() =>
    [...root.querySelectorAll<HTMLElement>('.thing')].find(it => it.textContent?.includes('Question 1'))
  )
  card.click()
  const panel = await found(() => root.querySelector('.inspector.object[aria-label="Object Question 1"]'))
  expect(panel.textContent).toContain('"When exactly?"')
  expect(panel.querySelector('.to')?.textContent).toBe('Goal')
  const history = await found(() =>
    [...panel.querySelectorAll<HTMLElement>('[role="tab"]')].find(it => it.textContent === 'History 2')
  )
  history.click()
  const was = await found(() => panel.querySelector('.was'))
  expect(was.textContent).toBe('"When?"')
  const first = await found(() =>
    [...panel.querySelectorAll<HTMLElement>('.ref')].find(it => it.textContent === '#2' && it.closest('.version'))
  )
  first.click()
  await found(() => root.querySelectorAll('.thing').length === 2)
  expect(panel.textContent).toContain('as of #2')
})

test('as a table, the objects of a type are rows and their fields are columns', async () => {
  const root = await open('World')
  const table = await found(button(root, 'Table'))
  table.click()
  const type = await found(() =>
    [...root.querySelectorAll<HTMLElement>('.type-of')].find(it => it.textContent?.startsWith('Question'))
  )
  type.click()
  await found(() => root.querySelectorAll('[role="table"] [role="row"]').length === 3)
  expect([...root.querySelectorAll('[role="columnheader"]')].map(head => head.textContent)).toEqual([
    'object',
    'text',
    'goal',
    'state',
    'changed'
  ])
})

test('a run without objects says how they come to be, and one with hostile ones is shown', async () => {
  const empty = await open('World', [asked('r', 'why?')])
  await found(() => empty.querySelector('.none')?.textContent?.includes('This run has no objects'))
  mounted?.unmount()
  place?.remove()
  const hostile = await open('World', [
    object('__proto__', 'constructor', JSON.parse('{"__proto__": {"a": 1}, "<img src=x>": null}')),
    object('toString', '<b>', ['x'.repeat(5000)]),
    event('relation.created', 'r', { id: 'r', source_id: 'toString', target_id: '__proto__' }),
    { id: 'x', type: 'object.patched', data: { id: 9 } }
  ])
  await found(() => hostile.querySelectorAll('.thing').length === 2)
  expect(hostile.querySelector('.crash')).toBeNull()
  expect(hostile.querySelector('.world img, .world b b')).toBeNull()
})
