import { describe, expect, test } from 'vitest'
import type { LedgerEvent } from './event.js'
import { importLedger } from './import.js'
import { toJSONL } from './jsonl.js'
import { memoryLedgerStore } from './memory-ledger-store.js'
import { openLedger } from './open-ledger.js'
import type { LedgerStore } from './store.js'

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
})
