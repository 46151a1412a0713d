/** A ledger that is removed while it is shown, and made anew under its name: of every source, the panel shows the new one. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createDaybook, type LedgerEvent, type LedgerStore, memoryLedgerStore } from 'daybook'
import { fileLedgerStore } from 'daybook/node'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { serveDevtools } from '../../../packages/cli/src/server/serve.js'
import { asked, event } from '../model/events.fixture.js'
import type { DevtoolsSource, LedgerFollower } from '../model/source.js'
import { channelSource } from '../sources/from-channel.js'
import { daybookSource } from '../sources/from-daybook.js'
import { serverSource } from '../sources/from-server.js'
import { shareSource } from '../sources/share.js'
import { createBooks } from './books.js'
import { createPanel, type Panel, type RunEntry } from './panel.js'

const endings: (() => unknown)[] = []
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end()
})

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'daybook-anew-'))
  endings.push(() => rm(path, { recursive: true }))
  return path
}

/** The real server of the command over a store, as the panel's source. */
async function served(store: LedgerStore): Promise<DevtoolsSource> {
  const page = await folder()
  await writeFile(join(page, 'index.html'), '<!doctype html>')
  const server = await serveDevtools({ store, page, token: 'secret', pace: { pollMs: 20 } })
  endings.push(() => server.close())
  return serverSource({ base: `http://127.0.0.1:${server.port}/`, token: 'secret', backoff: () => 20 })
}

const ofPage = (store: LedgerStore): DevtoolsSource => {
  const daybook = createDaybook({ store, cache: false, model: 'openai/x', keys: {} })
  endings.push(() => daybook.close())
  return daybookSource(daybook, { everyMs: 20 })
}

function ofOtherTab(store: LedgerStore): DevtoolsSource {
  const channel = `anew-${crypto.randomUUID()}`
  endings.push(shareSource(ofPage(store), { channel }))
  return channelSource({ channel })
}

/** As much of a window as the panel's clock needs. */
const frames = {
  requestAnimationFrame: (call: (now: number) => void) => Number(setTimeout(() => call(performance.now()), 5)),
  cancelAnimationFrame: (id: number) => clearTimeout(id)
}
const shownIn = { document: { hidden: false }, closed: false, ...frames } as unknown as Window
beforeAll(() => void vi.stubGlobal('cancelAnimationFrame', frames.cancelAnimationFrame))
afterAll(() => void vi.unstubAllGlobals())

function panelOf(source: DevtoolsSource): Panel {
  const panel = createPanel({ window: () => shownIn })
  endings.push(() => panel.close())
  panel.addSource(source)
  return panel
}

const name = 'run:8'
const some = (mark: string, count: number): LedgerEvent[] =>
  Array.from({ length: count }, (_, at) =>
    at === 0 ? event('kit.loaded', `${mark}0`, { name: 'k', version: '1', goal: mark }) : asked(`${mark}${at}`, mark)
  ).map(made => ({ ...made, cause: [] }))

/** A store's ledgers are told apart by when they were made, in milliseconds. */
async function tick(): Promise<void> {
  const now = Date.now()
  await vi.waitFor(() => expect(Date.now()).toBeGreaterThan(now + 1))
}

const ids = (panel: Panel): string[] | undefined => panel.run?.book.events.map(({ id }) => id)
const idsOf = (events: readonly LedgerEvent[]): string[] => events.map(({ id }) => id)
const shows = (panel: Panel, events: readonly LedgerEvent[]) =>
  vi.waitFor(
    () => {
      expect(ids(panel)).toEqual(idsOf(events))
      expect(panel.run?.status.state).toBe('live')
    },
    { timeout: 5000, interval: 20 }
  )

const sources: [string, (store: LedgerStore) => DevtoolsSource | Promise<DevtoolsSource>][] = [
  ['a server', served],
  ['a page', ofPage],
  ['another tab', ofOtherTab]
]
for (const [what, make] of sources) {
  for (const length of [2, 7]) {
    test(`of ${what}: a ledger of 4 events that is made anew with ${length} is begun anew`, async () => {
      const store = memoryLedgerStore()
      await store.append(name, some('old', 4))
      const panel = panelOf(await make(store))
      await shows(panel, some('old', 4))
      panel.select(3)
      await tick()
      await store.remove(name)
      await store.append(name, some('new', length))
      await shows(panel, some('new', length))
      expect(panel.selected).toBeUndefined()
      await store.append(name, [asked('more', 'And now?')])
      await shows(panel, [...some('new', length), asked('more', '')])
    })
  }
}

test('of files: a ledger that is gone stays as it was seen, and is begun anew when it is made again', async () => {
  const store = fileLedgerStore(await folder())
  endings.push(() => store.close?.())
  await store.append(name, some('old', 4))
  const panel = panelOf(await served(store))
  await shows(panel, some('old', 4))
  await store.remove(name)
  await vi.waitFor(() => expect(panel.runs).toEqual([]), { timeout: 5000 })
  expect(ids(panel)).toEqual(idsOf(some('old', 4)))
  await store.append(name, some('new', 2))
  await shows(panel, some('new', 2))
})

test('the follower of a server is told that what it has is of another ledger, before it is given the new one', async () => {
  const store = memoryLedgerStore()
  await store.append(name, some('old', 4))
  const source = await served(store)
  const told: string[] = []
  const states: string[] = []
  const follower: LedgerFollower = {
    events: (from, events) => void told.push(...events.map(({ id }, at) => `${from + at} ${id}`)),
    signals() {},
    state: ({ state }) => void states.push(state),
    reset: () => void told.push('reset')
  }
  endings.push(source.follow(name, follower))
  await vi.waitFor(() => expect(told).toHaveLength(4))
  await store.remove(name)
  await store.append(name, some('new', 2))
  await vi.waitFor(() => expect(told.slice(4)).toEqual(['reset', '0 new0', '1 new1']), { timeout: 5000 })
  expect(states.at(-1)).toBe('live')
})

test('a book beside the open one is begun anew too', async () => {
  const store = memoryLedgerStore()
  const source = await served(store)
  const books = createBooks()
  endings.push(() => books.keep([]))
  const keep = async (): Promise<void> => {
    const [info] = await store.list()
    books.keep([{ key: '1 run:8', source: { source }, info } as unknown as RunEntry])
  }
  const read = () => books.get('1 run:8')?.book.events.map(({ id }) => id)
  for (const [mark, length] of [
    ['a', 4],
    ['b', 2],
    ['c', 7]
  ] as const) {
    await store.remove(name)
    await tick()
    await store.append(name, some(mark, length))
    await keep()
    await vi.waitFor(() => expect(read()).toEqual(idsOf(some(mark, length))), { timeout: 5000 })
  }
})
