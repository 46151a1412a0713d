import { describe, expect, test } from 'vitest'
import { memoryCache } from '../cache/memory-cache.js'
import { createHost, type Warning } from '../host.js'
import type { EventDraft, LedgerEvent } from '../ledger/event.js'
import type { Ledger } from '../ledger/ledger.js'
import { memoryLedgerStore } from '../ledger/memory-ledger-store.js'
import { openLedger } from '../ledger/open-ledger.js'
import { redacted } from '../ledger/redacted.js'
import type { LedgerStore } from '../ledger/store.js'
import { textLlm } from '../llm/text-llm.js'
import { project } from '../world/project.js'
import { llmExecutor } from './executor.js'
import { responder } from './responder.js'
import { createRuntime, type Runtime, type RuntimeOptions } from './runtime.js'

const create = (id: string): EventDraft => ({ type: 'object.created', data: { id, type: 'T' } })
const ask = (content: string): EventDraft => ({
  type: 'llm.request',
  data: { model: 'm', messages: [{ role: 'user', content }] }
})

function storeWithSnapshots(): LedgerStore & { readonly texts: Map<string, string> } {
  const texts = new Map<string, string>()
  const snapshots = {
    load: async (name: string) => texts.get(name),
    save: async (name: string, text: string) => void texts.set(name, text),
    remove: async (name: string) => void texts.delete(name)
  }
  return { ...memoryLedgerStore(), snapshots, texts }
}

/** A process of its own over the store: its ledger counts what is read, its provider what is asked. */
async function process(store: LedgerStore, options: Partial<RuntimeOptions> = {}) {
  const warnings: Warning[] = []
  const host = createHost({ warn: warning => warnings.push(warning) })
  const opened = await openLedger(store, 'run:1', { host })
  const counted = { read: 0, asked: 0 }
  const ledger: Ledger = {
    ...opened,
    get length() {
      return opened.length
    },
    async *read(from, to) {
      for await (const event of opened.read(from, to)) {
        counted.read++
        yield event
      }
    }
  }
  const llm = textLlm(messages => {
    counted.asked++
    return [`on ${messages[0]?.content}`, 0]
  })
  const responders = [
    // A chain of objects that looks back at where it came from, and asks for every fourth.
    responder('next', 'object.created', (event, world) => {
      const [name, left] = event.data.id.split(':') as [string, string]
      const past = world.at(Math.floor(world.length / 2)).objects.size
      if (left === undefined || left === '0') return []
      const drafts: EventDraft[] = [
        create(`${name}:${Number(left) - 1}`),
        { type: 'object.patched', data: { id: event.data.id, patch: { past } } }
      ]
      return Number(left) % 4 === 0 ? [...drafts, ask(`${name} ${left}`)] : drafts
    }),
    responder('note', 'llm.response', event => [create(`answer ${event.data.text}`)]),
    llmExecutor(llm)
  ]
  const runtime: Runtime = createRuntime({ ledger, responders, host, snapshotEvery: 0, ...options })
  return { runtime, counted, warnings, ledger: opened, host }
}

async function eventsOf(store: LedgerStore): Promise<LedgerEvent[]> {
  const events: LedgerEvent[] = []
  for await (const event of store.read('run:1')) events.push(event)
  return events
}

const told = (events: readonly LedgerEvent[]) => events.map(({ id, type, by, cause }) => ({ id, type, by, cause }))

/** The same story with and without snapshots; each step in a process of its own. */
async function bothWays(steps: readonly ((runtime: Runtime) => PromiseLike<unknown>)[]) {
  const outcomes = []
  for (const snapshotEvery of [0, Number.POSITIVE_INFINITY]) {
    const store = storeWithSnapshots()
    const counts = []
    const warned = []
    for (const step of steps) {
      const { runtime, counted, warnings } = await process(store, { snapshotEvery })
      await Promise.resolve(step(runtime)).catch(() => {})
      counts.push(counted)
      warned.push(...warnings)
    }
    outcomes.push({ store, counts, warned, events: await eventsOf(store) })
  }
  const [kept, whole] = outcomes as [(typeof outcomes)[number], (typeof outcomes)[number]]
  expect(told(kept.events)).toEqual(told(whole.events))
  expect(kept.counts.map(({ asked }) => asked)).toEqual(whole.counts.map(({ asked }) => asked))
  expect(whole.store.texts.size).toBe(0)
  return { kept, whole }
}

describe('a runtime that begins with a snapshot', () => {
  test('folds only what came after, and knows the same world at every position', async () => {
    const store = storeWithSnapshots()
    await (await process(store)).runtime.run([create('a:30')])
    expect(store.texts.size).toBe(1)
    const events = await eventsOf(store)
    const { runtime, counted, warnings, ledger } = await process(store)
    const world = await runtime.load()
    // The last event, which says whose snapshot it is, and those of the last two waves.
    expect(counted.read).toBeLessThan(8)
    expect(events.length).toBeGreaterThan(60)
    const whole = project(events)
    expect(world.hash()).toBe(whole.hash())
    for (let position = 0; position <= events.length; position++) {
      expect(world.at(position).hash()).toBe(whole.at(position).hash())
    }
    const before = counted.read
    await ledger.append([{ ...(events[0] as LedgerEvent), id: 'other', data: { id: 'b', type: 'T' } } as LedgerEvent])
    expect((await runtime.load()).length).toBe(events.length + 1)
    expect(counted.read).toBe(before + 1)
    expect(warnings).toEqual([])
  })

  test('runs on as one that has read the whole ledger', async () => {
    const { kept } = await bothWays([
      runtime => runtime.run([create('a:9')]),
      runtime => runtime.run([create('b:8'), ask('a 8')]),
      runtime => runtime.run([create('c:5')])
    ])
    expect(kept.counts[1]?.read).toBeLessThan(10)
    expect(kept.warned).toEqual([])
  })

  test('resumes as one that has read the whole ledger, and remembers what the cache forgot', async () => {
    const { kept } = await bothWays([
      runtime => runtime.run([create('a:9')]),
      runtime => runtime.resume(),
      runtime => runtime.run([ask('a 8'), ask('a 4')]),
      async runtime => {
        await runtime.resume()
        await runtime.run([ask('a 8')])
      },
      runtime => runtime.resume()
    ])
    // Asked in the first run; a new cache knows it after a resume only.
    expect(kept.counts.map(({ asked }) => asked)).toEqual([2, 0, 2, 0, 0])
    expect(kept.warned).toEqual([])
  })

  test('resumes what a limit or an abort had cut off', async () => {
    let found = 0
    for (const maxEvents of [6, 7, 8, 9, 10, 11, 12, 13, 14]) {
      const outcomes = []
      for (const snapshotEvery of [0, Number.POSITIVE_INFINITY]) {
        const store = storeWithSnapshots()
        const first = await process(store, { snapshotEvery, budget: { maxEvents } })
        await first.runtime.run([create('a:9'), create('b:3')])
        found += store.texts.size
        const { runtime, warnings } = await process(store, { snapshotEvery })
        await runtime.resume()
        expect(warnings).toEqual([])
        outcomes.push(told(await eventsOf(store)))
      }
      expect(outcomes[0]).toEqual(outcomes[1])
    }
    expect(found, 'none where a request was cut off from its answer').toBeGreaterThan(2)
  })

  test('is none where requests wait, in a branch, and where the ledger leaves something out', async () => {
    const store = storeWithSnapshots()
    const { runtime } = await process(store, { responders: [] })
    await runtime.run([ask('who?')])
    expect(store.texts.size).toBe(0)
    await (await process(store)).runtime.resume()
    expect(store.texts.size).toBe(1)

    const secret = storeWithSnapshots()
    const ledger = redacted(await openLedger(secret, 'run:1'), event => ({ ...event, actor: 'x' }) as LedgerEvent)
    await createRuntime({ ledger, responders: [], snapshotEvery: 0 }).run([create('a')])
    expect(secret.texts.size).toBe(0)
    expect((await openLedger(secret, 'branch:1')).snapshots).toBe(undefined)
  })

  test('keeps a new one only when much has come since', async () => {
    const store = storeWithSnapshots()
    const lengthOf = (): number => JSON.parse(store.texts.get('run:1') as string).state.world.length
    await (await process(store, { snapshotEvery: 50 })).runtime.run([create('a')])
    expect(store.texts.size).toBe(0)
    await (await process(store, { snapshotEvery: 50 })).runtime.run([create('b:40')])
    const first = lengthOf()
    await (await process(store, { snapshotEvery: 50 })).runtime.run([create('c:5')])
    expect(lengthOf()).toBe(first)
  })
})

describe('a snapshot of a run that cannot be trusted', () => {
  test('is left alone with one warning, and all is as without it', async () => {
    const store = storeWithSnapshots()
    await (await process(store)).runtime.run([create('a:9')])
    const text = store.texts.get('run:1') as string
    const events = await eventsOf(store)
    const middle = text.length >> 1
    for (const bad of [
      text.slice(0, middle),
      `${text.slice(0, middle)}#${text.slice(middle + 1)}`,
      text.replace('run:1', 'run:2'),
      ''
    ]) {
      store.texts.set('run:1', bad)
      const { runtime, counted, warnings } = await process(store)
      expect((await runtime.load()).hash()).toBe(project(events).hash())
      expect(counted.read).toBe(events.length)
      expect(warnings).toMatchObject([{ area: 'snapshot', kind: 'distrusted' }])
      expect(store.texts.get('run:1'), 'it is made anew').not.toBe(bad)
    }
  })

  test('as it is ahead of its ledger, does not keep a run from going on', async () => {
    const long = storeWithSnapshots()
    await (await process(long)).runtime.run([create('a:9')])
    const short = storeWithSnapshots()
    await short.append('run:1', (await eventsOf(long)).slice(0, 5))
    short.texts.set('run:1', long.texts.get('run:1') as string)
    const { runtime, warnings } = await process(short, { cache: memoryCache() })
    await runtime.resume()
    expect(warnings).toMatchObject([{ area: 'snapshot', kind: 'distrusted' }])
    expect((await runtime.load()).hash()).toBe(project(await eventsOf(short)).hash())
  })
})
