import { expect, test } from 'vitest'
import { memoryCache } from './cache/memory-cache.js'
import { scopedCache } from './cache/scoped-cache.js'
import type { CacheEntry } from './cache/store.js'
import { createDaybook, type Daybook, type DaybookOptions } from './daybook.js'
import { forkLedger } from './ledger/branch.js'
import type { AnyEvent, LedgerEvent } from './ledger/event.js'
import { memoryLedgerStore } from './ledger/memory-ledger-store.js'
import { textLlm } from './llm/text-llm.js'
import type { Kit } from './run/kit.js'
import { strictReplay } from './run/replay.js'
import { responder } from './run/responder.js'

/** Asks two questions of its goal, one after the other. */
const twice: Kit = {
  name: 'twice',
  version: '1.0.0',
  responders: ({ model = 'm' }) => [
    responder('asks', ['object.created'], ({ data }) => [question(`First: ${String(data.data?.text)}`, String(model))]),
    responder('asks.again', ['llm.response'], ({ data }) =>
      data.text.startsWith('to First') ? [question(`Second, after “${data.text}”`, String(model))] : []
    )
  ]
}

const question = (content: string, model: string) =>
  ({ type: 'llm.request', data: { model, messages: [{ role: 'user', content }] } }) as const

function daybookFor(options: DaybookOptions = {}): { daybook: Daybook; asked: string[] } {
  const asked: string[] = []
  const llm = textLlm((messages, model) => {
    const text = String(messages.at(-1)?.content)
    asked.push(`${model}: ${text}`)
    return [`to ${text}`, 0.01]
  })
  const store = memoryLedgerStore()
  return { daybook: createDaybook({ llm, store, cache: memoryCache(), host: { warn: () => {} }, ...options }), asked }
}

async function eventsOf(daybook: Daybook, name: string): Promise<AnyEvent[]> {
  const events: AnyEvent[] = []
  for await (const event of (await daybook.ledgers.open(name)).read()) events.push(event as AnyEvent)
  return events
}

test('a run that ended is resumed without a call; its kit is known by its name', async () => {
  const { daybook, asked } = daybookFor()
  const run = await daybook.run(twice, 'tides')
  expect(asked.length).toBe(2)
  const again = await daybook.resume(run.id)
  expect(asked.length).toBe(2)
  expect(again.answers).toEqual(run.answers)
  expect(again.world.hash()).toBe(run.world.hash())
})

test('a run is forked with one request changed: what stayed the same costs nothing', async () => {
  const { daybook, asked } = daybookFor({ cache: false })
  const run = await daybook.run(twice, 'tides', { options: { model: 'm' } })
  const events = await eventsOf(daybook, `run:${run.id}`)
  const second = events.findLastIndex(({ type }) => type === 'llm.request')
  asked.length = 0

  const same = await daybook.fork(run.id, second, { id: 'same' })
  expect([asked, same.costUsd, same.answers]).toEqual([[], 0, run.answers]) // what a branch shows is its own tail

  const set = { 'messages.0.content': 'Second, but otherwise' }
  const other = await daybook.fork(run.id, second, { id: 'other', change: { set } })
  expect(asked).toEqual(['m: Second, but otherwise'])
  expect(other.answers).toEqual(['to First: tides', 'to Second, but otherwise'])
  expect((await eventsOf(daybook, 'branch:other')).slice(0, second)).toEqual(events.slice(0, second))

  const listed = await daybook.ledgers.list()
  expect(listed.find(({ name }) => name === 'branch:other')).toMatchObject({ parent: `run:${run.id}` })
  await expect(daybook.ledgers.remove(`run:${run.id}`)).rejects.toThrow(/branch:/)

  const further = await daybook.fork('branch:other', second, { id: 'further' })
  expect(further.answers).toEqual(other.answers)
  expect(asked.length).toBe(1)
})

test('a branch finds what its parents and everybody have in the cache, and keeps what it pays for to itself', async () => {
  const cache = memoryCache()
  const { daybook, asked } = daybookFor({ cache, model: 'm' })
  const run = await daybook.run(twice, 'tides')
  const fork = async (from: string, id: string, content: string): Promise<string[]> => {
    const events = await eventsOf(daybook, from)
    const second = events.findLastIndex(({ type }) => type === 'llm.request')
    asked.length = 0
    const { costUsd, calls } = await daybook.fork(from, second, {
      id,
      change: { set: { 'messages.0.content': content } }
    })
    expect([calls, costUsd]).toEqual([asked.length, asked.length * 0.01])
    return [...asked]
  }
  expect(await fork(`run:${run.id}`, 'a', 'Second, other')).toEqual(['m: Second, other'])
  // Its sibling asks for itself, and so does who is no branch.
  expect(await fork(`run:${run.id}`, 'b', 'Second, other')).toEqual(['m: Second, other'])
  asked.length = 0
  await daybook.text('Second, other')
  expect(asked.length).toBe(1)
  // That one is in the cache for everybody now.
  expect(await fork(`run:${run.id}`, 'c', 'Second, other')).toEqual([])
  await daybook.text('Second, known')
  expect(await fork(`run:${run.id}`, 'd', 'Second, known')).toEqual([])

  // What is in the part of a branch its own branches find, also where no ledger says it.
  expect(await fork(`run:${run.id}`, 'e', 'Second, mine')).toEqual(['m: Second, mine'])
  const paid = (await eventsOf(daybook, 'branch:e')).findLast(({ type }) => type === 'llm.response')
  const { key = '' } = (paid as LedgerEvent<'llm.response'>).data.cache ?? {}
  const entry = await scopedCache(cache, 'branch:e').get(key)
  await scopedCache(cache, 'branch:b').set(key, entry as CacheEntry)
  expect(await fork('branch:b', 'f', 'Second, mine')).toEqual([])
  expect(await fork('branch:f', 'g', 'Second, mine')).toEqual([])
  expect(await fork('branch:a', 'h', 'Second, mine')).toEqual(['m: Second, mine'])
})

test('a branch that is resumed has its own part of the cache too', async () => {
  const cache = memoryCache()
  const { daybook, asked } = daybookFor({ cache, model: 'm' })
  const run = await daybook.run(twice, 'tides')
  const events = await eventsOf(daybook, `run:${run.id}`)
  const second = events.findLastIndex(({ type }) => type === 'llm.request')
  const parent = await daybook.ledgers.open(`run:${run.id}`)
  const content = 'Second, later'
  await forkLedger(parent, second, { id: 'later', change: { set: { 'messages.0.content': content } } })
  asked.length = 0
  await daybook.resume('branch:later')
  await daybook.text(content)
  expect(asked).toEqual([`m: ${content}`, `m: ${content}`])
})

test('the events of a run replay strictly, and a changed answer is named', async () => {
  const { daybook } = daybookFor()
  const { id, world } = await daybook.run(twice, 'tides')
  const events = await eventsOf(daybook, `run:${id}`)
  const responders = twice.responders({})
  const report = await strictReplay(events, { responders })
  expect([report.ok, report.hash]).toEqual([true, world.hash()])
  const at = events.findIndex(({ type }) => type === 'llm.response')
  const forged = events.map((event, position) =>
    position === at ? ({ ...event, data: { ...event.data, text: 'to First, forged' } } as AnyEvent) : event
  )
  const found = await strictReplay(forged, { responders })
  expect(found.ok).toBe(false)
  expect(found.divergences[0]?.position).toBeGreaterThanOrEqual(at)
})

test('a kit that is not known, and a run that is not there, are said so', async () => {
  const store = memoryLedgerStore()
  const { id } = await daybookFor({ store }).daybook.run(twice, 'tides')
  await expect(daybookFor({ store }).daybook.resume(id)).rejects.toThrow(/kit twice is not known here: pass \{ kit \}/)
  await expect(daybookFor({ store }).daybook.resume('nothing')).rejects.toThrow(/no run nothing/)
  expect((await daybookFor({ store, kits: [twice] }).daybook.resume(id)).answers.length).toBe(2)
})
