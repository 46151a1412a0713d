import { describe, expect, test } from 'vitest'
import { ledgerContract } from '../testing/ledger.contract.js'
import { branching } from './branching.js'
import type { LedgerEvent } from './event.js'
import { lazyLedgerStore } from './lazy.js'
import { memoryLedgerStore } from './memory-ledger-store.js'
import { openLedger } from './open-ledger.js'
import type { LedgerStore } from './store.js'
import { tailsOf, tailTest } from './tails.contract.js'

function event(id: string, data: object = {}, type = 'object.created'): LedgerEvent {
  const common = { source: 'run:1', actor: 'test', cause: [], timestamp: '2026-11-21T10:00:00.000Z' }
  return { ...common, id, type, data: { id, type: 'T', ...data } } as unknown as LedgerEvent
}

function mark(branch: string, parent: unknown, position: unknown): LedgerEvent {
  const data = { branch_id: branch, parent, fork_position: position }
  return { ...event(`mark-${branch}`), type: 'branch.created', source: `branch:${branch}`, data } as never
}

const numbered = (from: number, to: number): LedgerEvent[] =>
  Array.from({ length: to - from }, (_, n) => event(`e${from + n}`))

async function ids(store: LedgerStore, name: string, from?: number, to?: number): Promise<string> {
  const found: string[] = []
  for await (const { id } of branching(store).read(name, from, to)) found.push(id)
  return found.join(' ')
}

/** A run of five events, a branch of its first three, and a branch of that one's first `position` events. */
async function family(position = 5): Promise<LedgerStore> {
  const store = memoryLedgerStore()
  await store.append('run:1', numbered(0, 5))
  await (await openLedger(store, 'branch:a')).append([mark('a', 'run:1', 3), event('a1'), event('a2')])
  await (await openLedger(store, 'branch:b')).append([mark('b', 'branch:a', position), event('b1')])
  return store
}

describe('a store with branches in it', () => ledgerContract(() => branching(memoryLedgerStore()), { test, expect }))

describe('the tail of a branch', () => {
  ledgerContract(() => tailsOf(memoryLedgerStore()), { test: tailTest(test), expect })
})

describe('a branch', () => {
  test('reads as what it shares and then its own, also a branch of a branch', async () => {
    const store = await family()
    expect(await ids(store, 'branch:a')).toBe('e0 e1 e2 mark-a a1 a2')
    expect(await ids(store, 'branch:b')).toBe('e0 e1 e2 mark-a a1 mark-b b1')
    expect(await ids(store, 'branch:b', 2, 6)).toBe('e2 mark-a a1 mark-b')
    expect(await ids(store, 'branch:b', 4, 4)).toBe('')
    expect(await ids(store, 'branch:b', 6)).toBe('b1')
    expect(await ids(store, 'branch:b', 7)).toBe('')
    expect((await openLedger(store, 'branch:b')).length).toBe(7)
    // Forked where the events are the first parent's already.
    const other = await family(2)
    expect(await ids(other, 'branch:b')).toBe('e0 e1 mark-b b1')
  })

  test('shares nothing of what its parent does later, and its parent nothing of what it does', async () => {
    const store = await family()
    await store.append('run:1', [event('later')])
    await (await openLedger(store, 'branch:a')).append([event('a3')])
    expect(await ids(store, 'branch:a')).toBe('e0 e1 e2 mark-a a1 a2 a3')
    expect(await ids(store, 'branch:b')).toBe('e0 e1 e2 mark-a a1 mark-b b1')
    expect(await ids(store, 'run:1')).toBe('e0 e1 e2 e3 e4 later')
  })

  test('that shares nothing needs no parent', async () => {
    const store = memoryLedgerStore()
    const branch = await openLedger(store, 'branch:a')
    expect(await branch.append([mark('a', 'run:gone', 0), event('x')])).toBe(2)
    expect(await ids(store, 'branch:a')).toBe('mark-a x')
  })

  test('is listed with its whole length and its parent', async () => {
    const found = await branching(await family()).list()
    expect(found.map(({ name, length, parent }) => [name, length, parent])).toEqual([
      ['run:1', 5, undefined],
      ['branch:a', 6, 'run:1'],
      ['branch:b', 7, 'branch:a']
    ])
  })

  test('is the same where somebody has put branches before the store already', async () => {
    const store = await family()
    for (const again of [branching(branching(store)), branching(lazyLedgerStore(async () => branching(store)))]) {
      const ledger = await openLedger(again, 'branch:b')
      expect([ledger.length, await ids(again, 'branch:b')]).toEqual([7, 'e0 e1 e2 mark-a a1 mark-b b1'])
      await expect(ledger.append([event('x')], { expected: 2 })).rejects.toMatchObject({ data: { actual: 7 } })
      expect((await again.list()).map(({ length }) => length)).toEqual([5, 6, 7])
    }
  })

  test('tells who follows it of every event with its whole position', async () => {
    const store = await family()
    const ledger = await openLedger(store, 'branch:b')
    const heard: [string, number][] = []
    ledger.subscribe(({ id }, position) => heard.push([id, position]))
    expect(await ledger.append([event('b2'), event('b3')], { expected: 7 })).toBe(9)
    expect(heard).toEqual([
      ['b2', 7],
      ['b3', 8]
    ])
    await expect(ledger.append([event('b4')], { expected: 2 })).rejects.toMatchObject({
      name: 'WrongExpectedVersionError',
      data: { expected: 2, actual: 9 }
    })
  })

  test('takes no event with an id that it shares, unless it says the same', async () => {
    const store = await family()
    const ledger = await openLedger(store, 'branch:b')
    expect(await ledger.append([event('e1')])).toBe(7)
    expect(await ledger.append([event('a1'), event('new')])).toBe(8)
    await expect(ledger.append([event('e1', { other: true })])).rejects.toMatchObject({ name: 'DuplicateEventError' })
    expect(ledger.length).toBe(8)
  })

  test('keeps its parent from being removed', async () => {
    const store = branching(await family())
    await expect(store.remove('run:1')).rejects.toThrow(/branch:a would lose the events/)
    await expect(store.remove('branch:a')).rejects.toMatchObject({
      name: 'InputError',
      data: { branches: ['branch:b'] }
    })
    for (const name of ['branch:b', 'branch:a', 'run:1']) await store.remove(name)
    expect(await store.list()).toEqual([])
  })

  const broken: [string, LedgerEvent, RegExp][] = [
    ['a parent that is not there', mark('x', 'run:none', 1), /run:none, which is not here/],
    ['a parent that is too short', mark('x', 'run:1', 6), /shares 6 events with run:1, which has only 5/],
    ['a position that no ledger has', mark('x', 'run:1', 2 ** 53 - 1), /which has only 5/],
    ['a position that is none', mark('x', 'run:1', -1), /fork_position is -1/],
    ['a position that is no number', mark('x', 'run:1', '3'), /fork_position is "3"/],
    ['a parent that is no ledger', mark('x', '../../etc', 1), /parent is "\.\.\/\.\.\/etc"/],
    ['itself as its parent', mark('x', 'branch:x', 1), /branch:x is its own parent/]
  ]
  test.each(broken)('with %s is refused, read and written', async (_, first, message) => {
    const store = await family()
    const empty = await openLedger(store, 'branch:x')
    await expect(empty.append([first])).rejects.toThrow(message)
    expect(await store.length('branch:x')).toBe(0)
    await store.append('branch:x', [first])
    await expect(openLedger(store, 'branch:x')).rejects.toMatchObject({ name: 'LedgerCorruptError' })
    await expect(openLedger(store, 'branch:x')).rejects.toThrow(message)
    expect((await branching(store).list()).length).toBe(4)
  })

  test('in a circle of parents is refused', async () => {
    const store = memoryLedgerStore()
    await store.append('branch:a', [mark('a', 'branch:b', 2), event('a1')])
    await store.append('branch:b', [mark('b', 'branch:a', 2), event('b1')])
    await expect(openLedger(store, 'branch:a')).rejects.toThrow(/is its own parent/)
  })

  test('whose parent was removed by another program says so when it is read on', async () => {
    const store = await family()
    const ledger = await openLedger(store, 'branch:b')
    await store.remove('run:1')
    const read = async (): Promise<void> => {
      for await (const _ of ledger.read()) void _
    }
    await expect(read()).rejects.toThrow(/run:1 ends before the event at position 0/)
  })

  test('a hundred branches deep reads an event as fast as its ancestors', async () => {
    const store = memoryLedgerStore()
    await store.append('run:1', numbered(0, 200))
    let reads = 0
    const counting: LedgerStore = {
      ...store,
      read(...of) {
        reads++
        return store.read(...of)
      }
    }
    let parent = 'run:1'
    for (let n = 0; n < 100; n++) {
      await store.append(`branch:${n}`, [mark(`${n}`, parent, 100 + 2 * n), event(`own${n}`)])
      parent = `branch:${n}`
    }
    const deepest = await openLedger(counting, parent)
    const opening = reads
    for (let position = 0; position < 50; position++) for await (const _ of deepest.read(position, position + 1)) void _
    expect(reads - opening).toBe(50)
    expect(opening).toBeLessThan(202)
  })
})
