import { createDaybook, type Daybook, type Kit, type LedgerEvent, memoryLedgerStore, responder, toJSONL } from 'daybook'
import { simulatedFetch } from 'daybook/testing'
import research from 'daybook-kits/research'
import { createElement } from 'react'
import { afterEach, expect, test } from 'vitest'
import type { DevtoolsSource } from '../model/source.js'
import { type Mounted, mount } from '../mount.js'
import { daybookSource } from '../sources/from-daybook.js'
import { fileSource, parseLedgerText, readLedgerFile } from '../sources/from-file.js'
import { workshop } from '../sources/workshop.js'
import { createPanel, type Panel } from '../state/panel.js'
import { Devtools } from './devtools.js'
import { withForking } from './forking.js'

withForking()
let mounted: Mounted | undefined
let panel: Panel
afterEach(() => {
  panel.close()
  mounted?.unmount()
  mounted?.host.remove()
})

const model = 'anthropic/claude-haiku-4-5'

async function ran(): Promise<{ daybook: Daybook; events: LedgerEvent[] }> {
  const fetch = simulatedFetch({ speed: Number.POSITIVE_INFINITY })
  const daybook = createDaybook({ model, fetch, store: memoryLedgerStore(), cache: false })
  await daybook.run(research, 'Is tea warm?', { id: '8' })
  const events: LedgerEvent[] = []
  for await (const event of (await daybook.ledgers.open('run:8')).read()) events.push(event)
  return { daybook, events }
}

async function open(source: DevtoolsSource): Promise<ShadowRoot> {
  const place = document.createElement('div')
  place.style.height = '800px'
  document.body.append(place)
  panel = createPanel()
  mounted = mount(place, { height: '800px' })
  mounted.render(createElement(Devtools, { panel, wholePage: true }))
  panel.addSource(source, { open: true })
  await found(() => (panel.run?.book.events.length ?? 0) > 0)
  return mounted.root
}

async function found<T>(look: () => T | null | undefined | false): Promise<T> {
  const until = performance.now() + 15_000
  while (performance.now() < until) {
    const value = look()
    if (value) return value
    await new Promise(resolve => requestAnimationFrame(resolve))
  }
  throw new Error(
    `It did not appear: ${document.body.textContent?.slice(0, 200)} ${mounted?.root.textContent?.slice(-600)}`
  )
}

const button = (root: ShadowRoot, words: string) => (): HTMLButtonElement | undefined =>
  [...root.querySelectorAll('button')].find(each => each.textContent?.trim().startsWith(words) && !each.disabled)

/** As if somebody typed it. */
function type(field: HTMLTextAreaElement | HTMLInputElement, text: string): void {
  Object.getOwnPropertyDescriptor(Object.getPrototypeOf(field), 'value')?.set?.call(field, text)
  field.dispatchEvent(new Event('input', { bubbles: true }))
}

const says = (root: ShadowRoot, words: string | RegExp) => (): boolean =>
  typeof words === 'string' ? Boolean(root.textContent?.includes(words)) : words.test(root.textContent ?? '')

test('a request of a Daybook’s run is edited, estimated and forked, and Compare opens on both', async () => {
  const { daybook, events } = await ran()
  const root = await open(daybookSource(daybook, { everyMs: 100 }))
  const row = events.findIndex(({ type }) => type === 'llm.request')
  panel.select(row)
  panel.setSheet('fork')
  const field = await found(() => root.querySelector<HTMLTextAreaElement>('textarea[aria-label^="user"]'))
  await found(says(root, 'no call'))
  type(field, `${field.value} In one line.`)
  await found(() => root.querySelector('.fork .will .added')?.textContent?.includes('In one line.'))
  expect(root.querySelector('.fork .message h3')?.textContent).toContain('edited')
  await found(says(root, /≤ [1-9] calls?/))
  expect(root.querySelectorAll('.planned-call').length).toBeGreaterThan(0)
  expect(root.textContent).toContain('1 change')
  ;(await found(button(root, 'Run branch'))).click()
  await found(() => panel.view === 'compare')
  expect(panel.sheet).toBeUndefined()
  expect(panel.compared.map(key => key.split(' ')[1])).toEqual(['run:8', 'branch:b2'])
  await found(() => root.querySelector('.rail .branches')?.textContent?.includes(`b2 at #${row + 1}`))
})

test('messages are left out, put in and moved by keys, and the focus stays where the person is', async () => {
  const { daybook, events } = await ran()
  const root = await open(daybookSource(daybook, { everyMs: 100 }))
  panel.select(events.findIndex(({ type }) => type === 'llm.request'))
  panel.setSheet('fork')
  const deed = (words: string) => (): HTMLButtonElement | null =>
    root.querySelector<HTMLButtonElement>(`.fork button[aria-label^="${words}"]`)
  const focused = (words: string) => (): boolean =>
    root.activeElement?.getAttribute('aria-label')?.startsWith(words) === true
  ;(await found(deed('Leave out: user'))).click()
  await found(focused('Put back: user'))
  await found(says(root, '1 change'))
  expect(root.querySelector('textarea[aria-label^="user"]')).toBeNull()
  ;(root.activeElement as HTMLElement).click()
  await found(focused('Leave out: user'))
  await found(says(root, 'nothing changed yet'))
  ;(await found(deed('Add a message before: user'))).click()
  await found(focused('Added user message'))
  expect(root.textContent).toContain('nothing changed yet')
  type(root.activeElement as HTMLTextAreaElement, 'You are a tea merchant.')
  const role = await found(() => root.querySelector<HTMLSelectElement>('select[aria-label^="Role of"]'))
  role.value = 'system'
  role.dispatchEvent(new Event('change', { bubbles: true }))
  await found(says(root, '1 change'))
  await found(says(root, '≤ 1 call'))
  const down = await found(deed('Move down: added system'))
  expect(deed('Move up: added system')()?.getAttribute('aria-disabled')).toBe('true')
  down.focus()
  down.click()
  await found(() => deed('Move down: added system')()?.getAttribute('aria-disabled') === 'true')
  expect(focused('Move down: added system')()).toBe(true)
  deed('Move up: added system')()?.click()
  await found(() => deed('Move up: added system')()?.getAttribute('aria-disabled') === 'true')
  const tokens = [...root.querySelectorAll<HTMLInputElement>('.fork .field input')].find(
    each => each.value !== '' && each.inputMode === 'decimal'
  )
  type(tokens as HTMLInputElement, '')
  await found(says(root, '2 changes'))
  ;(await found(button(root, 'Run branch'))).click()
  await found(() => panel.view === 'compare')
  const branch: LedgerEvent[] = []
  for await (const event of (await daybook.ledgers.open('branch:b2')).read()) branch.push(event)
  const { id } = events.find(({ type }) => type === 'llm.request') as LedgerEvent
  const changed = branch.find(event => event.id === id) as LedgerEvent<'llm.request'>
  expect(changed.data).not.toHaveProperty('max_tokens')
  expect(changed.data.messages).toMatchObject([
    { role: 'system', content: 'You are a tea merchant.' },
    { role: 'user' }
  ])
})

test('a strict branch that would ask something else ends, the sheet says at what, and permissively it goes on', async () => {
  const { daybook, events } = await ran()
  // The kit was worked on since.
  const critic = responder('critic', 'relation.created', ({ data }) =>
    data.type === 'answers'
      ? [{ type: 'llm.request', data: { model, messages: [{ role: 'user', content: 'Is that so?' }] } }]
      : []
  )
  const newer: Kit = { ...research, responders: options => [...research.responders(options), critic] }
  const fork: Daybook['fork'] = (id, at, given) => daybook.fork(id, at, { ...given, kit: newer })
  const root = await open(daybookSource({ ...daybook, fork }, { everyMs: 100 }))
  panel.select(
    events.findLastIndex(({ type, data }) => type === 'object.created' && JSON.stringify(data).includes('"Question"'))
  )
  panel.setSheet('fork')
  const field = await found(() => root.querySelector<HTMLTextAreaElement>('.fork textarea'))
  type(field, field.value.replace('?"', '? In one line."').replace(/("text": ")/, '$1Briefly: '))
  await found(says(root, '1 change'))
  await found(says(root, /≤ 1 call/))
  ;(await found(button(root, 'Run branch'))).click()
  const said = await found(() => root.querySelector('.fork-foot [role="alert"]'))
  expect(said.textContent).toMatch(
    /^The strict branch ends at #\d+ of b2: .* There, critic asks .* Choose Permissive to let it be asked\.$/
  )
  const into = root.querySelector<HTMLInputElement>('.fork .into input')
  await found(() => into?.value === 'b3')
  ;(await found(button(root, 'Permissive'))).click()
  ;(await found(button(root, 'Run branch'))).click()
  await found(() => panel.view === 'compare')
  const ended: LedgerEvent[] = []
  for await (const event of (await daybook.ledgers.open('branch:b2')).read()) ended.push(event)
  expect(ended.at(-1)).toMatchObject({ type: 'warning.raised', data: { kind: 'strict' } })
})

test('what does not fit is said in words, and the edits are there when the sheet is opened again', async () => {
  const { daybook, events } = await ran()
  const root = await open(daybookSource(daybook, { everyMs: 100 }))
  panel.select(events.findIndex(({ type }) => type === 'object.created'))
  panel.setSheet('fork')
  const field = await found(() => root.querySelector<HTMLTextAreaElement>('.fork textarea'))
  type(field, '{ "id": ')
  await found(says(root, 'This is no JSON'))
  expect(button(root, 'Run branch')()).toBeUndefined()
  panel.setSheet(undefined)
  await found(() => !root.querySelector('.fork'))
  panel.setSheet('fork')
  const again = await found(() => root.querySelector<HTMLTextAreaElement>('.fork textarea'))
  expect(again.value).toBe('{ "id": ')
  panel.select(0)
  panel.setSheet('fork')
  await found(says(root, 'Fork main at #1'))
})

test('where nothing can be forked, the sheet says why', async () => {
  const { daybook, events } = await ran()
  const { fork: _fork, ...reading } = daybookSource(daybook)
  const root = await open({ ...reading, noFork: 'This process only shows its runs.' })
  panel.select(events.findIndex(({ type }) => type === 'llm.request'))
  panel.setSheet('fork')
  await found(says(root, 'This process only shows its runs.'))
  expect(root.querySelector('.fork textarea')).toBeNull()
})

test('of a kit that the process does not know, one call is asked again, and nothing runs before something is changed', async () => {
  const { daybook, events } = await ran()
  const root = await open({ ...daybookSource(daybook), kits: ['diligence'] })
  panel.select(events.findIndex(({ type }) => type === 'llm.request'))
  panel.setSheet('fork')
  await found(says(root, 'This process does not know the kit research'))
  await found(says(root, 'no call'))
  const run = [...root.querySelectorAll('button')].find(each => each.textContent?.startsWith('Run branch'))
  expect([run?.disabled, run?.title]).toEqual([true, expect.stringContaining('Change something first')])
  const field = root.querySelector('textarea[aria-label^="user"]') as HTMLTextAreaElement
  type(field, `${field.value} In one line.`)
  await found(says(root, '≤ 1 call'))
  expect(root.querySelectorAll('.planned-call').length).toBe(1)
  await found(button(root, 'Run branch'))
})

test('after one call of an imported run was asked again, Compare shows that call and folds what was not run', async () => {
  workshop.load = () => import('../sources/here.js')
  const { events } = await ran()
  const foreign = events.map(event =>
    event.type === 'kit.loaded' ? { ...event, data: { ...event.data, name: 'mine' } } : event
  )
  const root = await open(fileSource({ name: 'run:8', events: foreign }, 'tea.jsonl'))
  const row = events.findIndex(({ type }) => type === 'llm.request')
  panel.select(row)
  panel.setSheet('fork')
  const field = await found(() => root.querySelector<HTMLTextAreaElement>('textarea[aria-label^="user"]'))
  type(field, `${field.value} In one line.`)
  await found(says(root, '≤ 1 call'))
  ;(await found(button(root, 'Run branch'))).click()
  await found(says(root, `One call was asked again: #${row + 1}`))
  // What was not run stands below the answers, and only what is in sight is in the page.
  const list = await found(() => root.querySelector('.compare-rows'))
  await found(() => {
    list.scrollTop = list.scrollHeight
    return says(root, /#\d+–#\d+ are not run in b2/)()
  })
  expect(root.querySelectorAll('.not-in').length).toBeLessThan(3)
})

test('what the process would refuse is said before the branch is run', async () => {
  const { daybook, events } = await ran()
  const refused = Object.assign(new Error('Nobody answers here: no key is set.'), { kind: 'refused' })
  const root = await open({ ...daybookSource(daybook), estimate: () => Promise.reject(refused) })
  panel.select(events.findIndex(({ type }) => type === 'llm.request'))
  panel.setSheet('fork')
  await found(says(root, 'Nobody answers here'))
  expect(button(root, 'Run branch')()).toBeUndefined()
})

test('a file is verified and replayed strictly in the page, without a call', async () => {
  const { events } = await ran()
  const root = await open(fileSource(await readLedgerFile(new Blob([toJSONL(events)])), 'tea.jsonl'))
  panel.setSheet('replay')
  ;(await found(button(root, 'Verify'))).click()
  await found(says(root, `All ${events.length} events are as they were written.`))
  ;(await found(button(root, 'Replay strictly'))).click()
  await found(says(root, /(\d+) of \1 events equal/))
  expect(root.textContent).toContain('0 calls')
  ;(await found(button(root, '8 times faster'))).click()
  expect(panel.playback.speed).toBe(8)
  ;(await found(button(root, 'At once'))).click()
  await found(() => panel.playhead === undefined)
})

test('a replay that differs goes to the first event that does, with what was expected and what was found', async () => {
  const { events } = await ran()
  const position = events.findIndex(({ type }) => type === 'object.patched')
  const bare = events.map((event, n) =>
    JSON.stringify(
      n === position
        ? { ...event, data: { ...event.data, patch: { text: 'Tea is cold.', status: 'complete' } } }
        : event
    )
  )
  const root = await open(fileSource(await parseLedgerText(bare.join('\n'), 'tea.jsonl'), 'tea.jsonl'))
  panel.setSheet('replay')
  expect((await found(button(root, 'Replay strictly'))).disabled).toBe(false)
  button(root, 'Replay strictly')()?.click()
  await found(() => root.querySelector('.first'))
  expect(panel.selected).toBe(position)
  const said = root.querySelector('.first')?.textContent
  expect(said).toContain(`First at #${position + 1}, object.patched`)
  expect(said).toMatch(/: text differs/)
  expect(said).toMatch(/data\.patch\.text/)
  expect(root.querySelector('.replay')?.textContent).not.toMatch(/Position \d|-[\w-]{22}/)
  expect(root.querySelector('.sides')?.textContent).toContain('Tea is cold.')
})

test('a file with a line that is no event is not replayed', async () => {
  const { events } = await ran()
  const text = events.map(event => JSON.stringify(event)).toSpliced(2, 0, 'null')
  const root = await open(fileSource(await parseLedgerText(text.join('\n'), 'tea.jsonl'), 'tea.jsonl'))
  panel.setSheet('replay')
  ;(await found(button(root, 'Replay strictly'))).click()
  await found(says(root, '#3 is no event, so this ledger is not replayed.'))
})

test('a file that was changed after it was written is unverified, and is not replayed', async () => {
  const { events } = await ran()
  const text = toJSONL(events).replace('Is tea warm?', 'Is tea cold?')
  const root = await open(fileSource(await readLedgerFile(new Blob([text])), 'tea.jsonl'))
  await found(says(root, 'unverified'))
  panel.setSheet('replay')
  ;(await found(button(root, 'Verify'))).click()
  await found(says(root, 'Not verified'))
  expect(button(root, 'Replay strictly')()).toBeUndefined()
  expect(root.textContent).toContain('so it is not replayed')
})
