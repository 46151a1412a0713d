import { describe, expect, test } from 'vitest'
import { createHost, type Warning } from '../host.js'
import type { LedgerEvent, LedgerSignal } from './event.js'
import { memoryLedgerStore } from './memory-ledger-store.js'
import { openLedger } from './open-ledger.js'
import type { LedgerStore } from './store.js'

const event = (id: string, more: object = {}): LedgerEvent =>
  ({
    ...{ id, type: 'object.created', source: 'run:1', actor: 'test', cause: [], timestamp: '2026-11-21T10:00:00.000Z' },
    data: { id, type: 'Task' },
    ...more
  }) as unknown as LedgerEvent

describe('a store of four methods and nothing else', () => {
  /** What somebody else would write first: no subscribe, no signal, nothing handed over. */
  function plain(): LedgerStore {
    const { append, read, length, list, remove } = memoryLedgerStore()
    return { append, read, length, list, remove }
  }

  test('has subscribers that hear each event once, in order', async () => {
    const ledger = await openLedger(plain(), 'run:1')
    await ledger.append([event('a')])
    const heard: [string, number][] = []
    ledger.subscribe(({ id }, position) => heard.push([id, position]), { from: 0 })
    await Promise.all(['b', 'c', 'd'].map(id => ledger.append([event(id)])))
    await new Promise(resolve => setTimeout(resolve, 0))
    expect(heard).toEqual([
      ['a', 0],
      ['b', 1],
      ['c', 2],
      ['d', 3]
    ])
  })

  test('has signals for who listens to the same ledger', async () => {
    const ledger = await openLedger(plain(), 'run:1')
    const seen: LedgerSignal[] = []
    ledger.subscribe(() => {}, { onSignal: signal => seen.push(signal) })
    ledger.signal({ request: 'r', n: 0, delta: { type: 'text.delta', text: 'x' } })
    expect(seen.length).toBe(1)
  })
})

test('a subscriber that is still reading up does not hold up an append, and misses nothing', async () => {
  const memory = memoryLedgerStore()
  await memory.append('run:1', [event('a'), event('b')])
  let release: () => void = () => {}
  const gate = new Promise<void>(resolve => {
    release = resolve
  })
  const slow: LedgerStore = {
    ...memory,
    async *read(name, from, to) {
      await gate
      yield* memory.read(name, from, to)
    }
  }
  const ledger = await openLedger(slow, 'run:1')
  const heard: string[] = []
  ledger.subscribe(({ id }) => heard.push(id), { from: 0 })
  expect(await ledger.append([event('c')])).toBe(3)
  expect(heard).toEqual([])
  release()
  await new Promise(resolve => setTimeout(resolve, 0))
  expect(heard).toEqual(['a', 'b', 'c'])
})

test('a ledger that can no longer be read is warned of, and read on when there is more', async () => {
  const memory = memoryLedgerStore()
  let broken = true
  const store: LedgerStore = {
    ...memory,
    async *read(name, from, to) {
      if (broken) throw new Error('the disk is gone')
      yield* memory.read(name, from, to)
    }
  }
  const warnings: Warning[] = []
  await memory.append('run:1', [event('a')])
  const ledger = await openLedger(store, 'run:1', { host: createHost({ warn: warning => warnings.push(warning) }) })
  const heard: string[] = []
  ledger.subscribe(({ id }) => heard.push(id), { from: 0 })
  await new Promise(resolve => setTimeout(resolve, 0))
  expect(warnings).toMatchObject([
    { area: 'ledger', kind: 'read', message: expect.stringContaining('the disk is gone') }
  ])
  broken = false
  await ledger.append([event('b')])
  await new Promise(resolve => setTimeout(resolve, 0))
  expect(heard).toEqual(['a', 'b'])
})

test('an event whose member throws when it is read is refused, not the program', async () => {
  const ledger = await openLedger(memoryLedgerStore(), 'run:1')
  const trap = {
    get id(): string {
      throw new Error('gotcha')
    }
  }
  await expect(ledger.append([trap as unknown as LedgerEvent])).rejects.toMatchObject({ name: 'InputError' })
})

test('toJSON has no say in what is recorded', async () => {
  const ledger = await openLedger(memoryLedgerStore(), 'run:1')
  const sly = Object.create(Object.assign(Object.create(null), { toJSON: () => ({}) }))
  await expect(ledger.append([event('a', { data: { sly } })])).rejects.toMatchObject({ name: 'InputError' })
  await expect(ledger.append([event('a', { data: { toJSON: () => ({}) } })])).rejects.toMatchObject({
    name: 'InputError'
  })
})

test('a member that is undefined counts as absent', async () => {
  const ledger = await openLedger(memoryLedgerStore(), 'run:1')
  expect(await ledger.append([event('a', { by: undefined, data: { x: undefined } })])).toBe(1)
  expect(await ledger.append([event('a', { data: {} })])).toBe(1)
})

test('the deltas of an open call are kept from its first one on, and dropped when it failed', async () => {
  const ledger = await openLedger(memoryLedgerStore(), 'run:1')
  const delta = { type: 'text.delta', text: 'x' }
  ledger.signal({ request: 'late', n: 3, delta })
  expect(ledger.signals('late')).toEqual([])
  for (let n = 0; n < 3; n++) ledger.signal({ request: 'r', n, delta })
  expect(ledger.signals('r', 1).map(({ n }) => n)).toEqual([1, 2])
  await ledger.append([event('f', { type: 'llm.failed', cause: ['other', 'r'] })])
  expect(ledger.signals('r')).toEqual([])
})

test('deltas without end do not fill the memory: the oldest call is given up', async () => {
  const ledger = await openLedger(memoryLedgerStore(), 'run:1')
  const delta = { type: 'text.delta', text: 'x' }
  ledger.signal({ request: 'first', n: 0, delta })
  for (let call = 0; call < 20_000; call++) ledger.signal({ request: `r${call}`, n: 0, delta })
  expect(ledger.signals('first')).toEqual([])
  expect(ledger.signals('r19999').length).toBe(1)
})
