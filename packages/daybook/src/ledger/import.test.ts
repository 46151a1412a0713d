import { describe, expect, test } from 'vitest'
import { forkLedger } from './branch.js'
import type { LedgerEvent } from './event.js'
import { importLedger } from './import.js'
import { toJSONL } from './jsonl.js'
import { memoryLedgerStore } from './memory-ledger-store.js'
import { openLedger } from './open-ledger.js'
import type { LedgerStore } from './store.js'
import { verifyLedger } from './verify.js'

const event = (id: string, more: object = {}): LedgerEvent =>
  ({
    ...{ id, type: 'x.made', source: 'run:1', actor: 'test', cause: [], timestamp: '2026-11-21T10:00:00.000Z' },
    data: {},
    ...more
  }) as unknown as LedgerEvent

async function all(store: LedgerStore, name: string): Promise<LedgerEvent[]> {
  const found: LedgerEvent[] = []
  for await (const one of store.read(name)) found.push(one)
  return found
}

describe('an import', () => {
  test('brings the whole ledger under its own name, or under another', async () => {
    const events = Array.from({ length: 2500 }, (_, n) => event(`e${n}`))
    const store = memoryLedgerStore()
    const text = toJSONL(events, { name: 'run:from-file' })
    expect(await importLedger(store, text)).toEqual({
      ...{ ok: true, name: 'run:from-file', format: 'daybook', status: 'verified', reports: [] },
      ...{ events: 2500, imported: 2500, length: 2500 }
    })
    expect(await all(store, 'run:from-file')).toEqual(events)
    expect(await importLedger(store, text, { name: 'run:copy' })).toMatchObject({ name: 'run:copy', imported: 2500 })
  })

  test('that is made again changes nothing, and one into a ledger that has grown adds what is new', async () => {
    const store = memoryLedgerStore()
    const text = toJSONL([event('a'), event('b')])
    await importLedger(store, text)
    expect(await importLedger(store, text)).toMatchObject({ ok: true, imported: 0, length: 2 })
    await (await openLedger(store, 'run:1')).append([event('own')])
    const longer = toJSONL([event('a'), event('b'), event('c')])
    expect(await importLedger(store, longer)).toMatchObject({ ok: true, imported: 1, length: 4 })
    expect((await all(store, 'run:1')).map(({ id }) => id)).toEqual(['a', 'b', 'own', 'c'])
  })

  test('of an event that is there with other content reports the conflict and takes nothing', async () => {
    const store = memoryLedgerStore()
    await importLedger(store, toJSONL([event('a')]))
    const other = toJSONL([event('a', { data: { other: true } }), event('b')])
    const report = await importLedger(store, other)
    expect(report).toMatchObject({ ok: false, imported: 0, reports: [{ kind: 'conflict', line: 2, id: 'a' }] })
    expect(await importLedger(store, other, { partial: true })).toMatchObject({ ok: false, imported: 1, length: 2 })
    expect(await all(store, 'run:1')).toEqual([event('a'), event('b')])
  })

  test('with faults takes nothing, or what is good where that is asked for', async () => {
    const text = `${JSON.stringify(event('a'))}\nnonsense\n${JSON.stringify(event('b'))}\n`
    const store = memoryLedgerStore()
    expect(await importLedger(store, text)).toMatchObject({ ok: false, imported: 0, reports: [{ line: 2 }] })
    expect(await store.list()).toEqual([])
    expect(await importLedger(store, text, { partial: true })).toMatchObject({ ok: false, imported: 2 })
    expect((await all(store, 'run:1')).map(({ id }) => id)).toEqual(['a', 'b'])
  })

  test('that the store cannot keep leaves nothing of a new ledger', async () => {
    const memory = memoryLedgerStore()
    let appends = 0
    const store: LedgerStore = {
      ...memory,
      append: async (...args) => {
        if (++appends === 2) throw new Error('full')
        return memory.append(...args)
      }
    }
    const text = toJSONL(Array.from({ length: 2500 }, (_, n) => event(`e${n}`)))
    await expect(importLedger(store, text)).rejects.toThrow('full')
    expect(await memory.list()).toEqual([])
  })

  test('under a name that is none is refused, and one without a good name gets one', async () => {
    const store = memoryLedgerStore()
    await expect(importLedger(store, toJSONL([event('a')]), { name: 'x' })).rejects.toMatchObject({
      name: 'InputError'
    })
    const odd = `${JSON.stringify(event('a', { source: '../../etc' }))}\n`
    expect(await importLedger(store, odd)).toMatchObject({ ok: true, name: 'run:imported' })
  })

  test('of what is good of a broken chain stays marked, once, and in front of what came of it', async () => {
    const store = memoryLedgerStore()
    const events = [event('a'), event('b', { data: { n: 1 } }), event('c')]
    const touched = toJSONL(events).replace('"n":1', '"n":2')
    const report = await importLedger(store, touched, { partial: true, name: 'run:copy' })
    expect(report).toMatchObject({ ok: false, status: 'unverified', imported: 2, length: 3 })
    const copy = await all(store, 'run:copy')
    expect(copy.map(({ type }) => type)).toEqual(['warning.raised', 'x.made', 'x.made'])
    expect(copy[0]).toMatchObject({ source: 'run:1', actor: 'import', cause: [] })
    expect(copy[0]?.data).toEqual({
      ...{ area: 'import', kind: 'unverified' },
      message: expect.stringMatching(
        /^It was imported from a text whose chain is broken at line 3: This line was changed/
      )
    })
    // Again, and by way of a copy of the copy.
    expect(await importLedger(store, touched, { partial: true, name: 'run:copy' })).toMatchObject({ imported: 0 })
    expect((await all(store, 'run:copy')).length).toBe(3)
    const further = toJSONL(copy)
    const verified = await verifyLedger(further)
    expect(verified).toMatchObject({ ok: false, events: 0, line: 2 })
    expect(verified.reason).toContain('broken at line 3')
    await importLedger(store, further, { name: 'run:further' })
    expect((await all(store, 'run:further'))[0]).toEqual(copy[0])
  })

  test('of a ledger whose end was cut off takes whole batches only, and has nothing to mark', async () => {
    const store = memoryLedgerStore()
    const events = Array.from({ length: 150 }, (_, n) => event(`e${n}`))
    const cut = toJSONL(events).split('\n').slice(0, 120).join('\n')
    expect(await importLedger(store, cut, { partial: true })).toMatchObject({ status: 'unverified', imported: 100 })
    expect(await all(store, 'run:1')).toEqual(events.slice(0, 100))
  })

  test('of a branch is marked behind what makes it one', async () => {
    const store = memoryLedgerStore()
    await importLedger(store, toJSONL([event('a'), event('b')]))
    const parent = await openLedger(store, 'run:1')
    const branch = await forkLedger(parent, 1, { id: 'x' })
    await branch.append([event('own', { source: 'branch:x' }), event('other', { source: 'branch:x' })])
    const text = toJSONL(await all(store, 'branch:x'), { name: 'branch:y' }).replace('"own"', '"owm"')
    await importLedger(store, text, { partial: true })
    const own = (await all(store, 'branch:y')).map(({ type }) => type)
    expect(own).toEqual(['branch.created', 'warning.raised', 'x.made'])
  })
})
