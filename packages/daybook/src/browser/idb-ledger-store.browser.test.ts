import { describe, expect, test } from 'vitest'
import { createHost, type Warning } from '../host.js'
import type { LedgerEvent, LedgerSignal } from '../ledger/event.js'
import { openLedger } from '../ledger/open-ledger.js'
import type { LedgerStore } from '../ledger/store.js'
import { ledgerContract } from '../testing/ledger.contract.js'
import { idbLedgerStore } from './idb-ledger-store.js'

const fresh = (): string => `ledgers-${crypto.randomUUID()}`

const event = (id: string, data: object = {}): LedgerEvent =>
  ({
    ...{ id, type: 'x.made', source: 'run:1', actor: 'test', cause: [], timestamp: '2026-11-21T10:00:00.000Z' },
    data
  }) as unknown as LedgerEvent

async function ids(store: LedgerStore, from?: number): Promise<string[]> {
  const found: string[] = []
  for await (const { id } of store.read('run:1', from)) found.push(id)
  return found
}

describe('in IndexedDB', () => ledgerContract(() => idbLedgerStore({ name: fresh() }), { test, expect }))

test('a long dialog takes as much room as what was said, also where it goes on in another tab', async () => {
  const name = fresh()
  const said = (n: number): string => Array.from({ length: 400 }, (_, word) => (n * 7919 + word) % 9973).join(' ')
  const messages: object[] = []
  const written: LedgerEvent[] = []
  let once = 0
  for (let n = 0; n < 60; n++) {
    messages.push({ role: 'user', content: said(n) })
    once += said(n).length
    const request = { ...event(`q${n}`, { model: 'm', messages: [...messages] }), type: 'llm.request' } as LedgerEvent
    written.push(request)
    // Each turn in a store of its own knows as little of the others as a page that was loaded anew.
    const tab = idbLedgerStore({ name })
    await tab.append('run:1', [request])
    await tab.close?.()
  }
  const store = idbLedgerStore({ name })
  expect((await store.list())[0]?.bytes).toBeLessThan(once * 1.5)
  for (const from of [0, 30, 59]) {
    const read: LedgerEvent[] = []
    for await (const one of store.read('run:1', from)) read.push(one)
    expect(read).toEqual(written.slice(from))
  }
})

// Two stores over one database know as little of each other as two tabs do.
describe('two tabs', () => {
  test('that append to one ledger lose nothing, and each sees what the other wrote', async () => {
    const name = fresh()
    const tabs = [idbLedgerStore({ name }), idbLedgerStore({ name }), idbLedgerStore({ name })]
    await Promise.all(
      tabs.map(async (tab, index) => {
        for (let n = 0; n < 40; n++) await tab.append('run:1', [event(`${index}-${n}a`), event(`${index}-${n}b`)])
      })
    )
    for (const tab of tabs) {
      const found = await ids(tab)
      expect(found.length).toBe(240)
      for (const index of [0, 1, 2]) {
        const own = found.filter(id => id.startsWith(`${index}-`))
        expect(own).toEqual(Array.from({ length: 80 }, (_, n) => `${index}-${n >> 1}${n % 2 ? 'b' : 'a'}`))
      }
    }
    await Promise.all(tabs.map(tab => tab.close?.()))
  })

  test('that race on one length: one wins', async () => {
    const name = fresh()
    const tabs = Array.from({ length: 8 }, () => idbLedgerStore({ name }))
    const outcomes = await Promise.allSettled(
      tabs.map((tab, index) => tab.append('run:1', [event(`e${index}`)], { expected: 0 }))
    )
    expect(outcomes.filter(({ status }) => status === 'fulfilled').length).toBe(1)
    for (const outcome of outcomes) {
      if (outcome.status === 'rejected') {
        expect(outcome.reason).toMatchObject({ name: 'WrongExpectedVersionError', data: { expected: 0, actual: 1 } })
      }
    }
  })

  test('know of an id that the other wrote', async () => {
    const name = fresh()
    const [mine, other] = [idbLedgerStore({ name }), idbLedgerStore({ name })]
    await mine.append('run:1', [event('a'), event('b')])
    expect(await other.append('run:1', [event('b')])).toBe(2)
    await expect(other.append('run:1', [event('a', { n: 1 }), event('c')])).rejects.toMatchObject({
      name: 'DuplicateEventError'
    })
    expect(await ids(mine)).toEqual(['a', 'b'])
  })

  test('hear each event of the other once, and its deltas', async () => {
    const name = fresh()
    const mine = await openLedger(idbLedgerStore({ name }), 'run:1')
    const other = await openLedger(idbLedgerStore({ name }), 'run:1')
    const heard: [string, number][] = []
    const deltas: LedgerSignal[] = []
    const all = new Promise<void>(resolve => {
      mine.subscribe(
        ({ id }, position) => {
          heard.push([id, position])
          if (heard.length === 30) resolve()
        },
        { onSignal: signal => deltas.push(signal) }
      )
    })
    other.signal({ request: 'r', n: 0, delta: { type: 'text.delta', text: 'x' } })
    for (let n = 0; n < 10; n++) await other.append([0, 1, 2].map(part => event(`e${3 * n + part}`)))
    await all
    expect(heard).toEqual(Array.from({ length: 30 }, (_, n) => [`e${n}`, n]))
    expect(deltas).toEqual([{ request: 'r', n: 0, delta: { type: 'text.delta', text: 'x' } }])
    expect(mine.length).toBe(30)
  })

  test('notice that the other removed the ledger and began it anew', async () => {
    const name = fresh()
    const [mine, other] = [idbLedgerStore({ name }), idbLedgerStore({ name })]
    await mine.append('run:1', [event('a'), event('b')])
    await other.remove('run:1')
    expect(await other.append('run:1', [event('b', { anew: true })])).toBe(1)
    expect(await mine.append('run:1', [event('a', { anew: true })])).toBe(2)
    expect(await ids(mine)).toEqual(['b', 'a'])
  })
})

describe('a database', () => {
  test('that is deleted under us is opened anew', async () => {
    const name = fresh()
    const store = idbLedgerStore({ name })
    await store.append('run:1', [event('a')])
    await new Promise<void>((resolve, reject) => {
      const request = indexedDB.deleteDatabase(name)
      request.onsuccess = () => resolve()
      request.onerror = () => reject(request.error)
    })
    expect(await store.append('run:1', [event('b')])).toBe(1)
    expect(await ids(store)).toEqual(['b'])
  })

  for (const [what, error] of [
    ['InvalidStateError', new DOMException('The database connection is closing.', 'InvalidStateError')],
    ['UnknownError', new DOMException('Connection to Indexed Database server lost.', 'UnknownError')]
  ] as const) {
    test(`whose connection is lost with ${what} is opened once more, and nothing is there twice`, async () => {
      const store = idbLedgerStore({ name: fresh() })
      await store.append('run:1', [event('a')])
      const { transaction } = IDBDatabase.prototype
      let failures = 1
      IDBDatabase.prototype.transaction = function (...args) {
        if (failures-- > 0) throw error
        return transaction.apply(this, args)
      }
      try {
        expect(await store.append('run:1', [event('b')], { expected: 1 })).toBe(2)
      } finally {
        IDBDatabase.prototype.transaction = transaction
      }
      expect(await ids(store)).toEqual(['a', 'b'])
    })
  }

  test('that is full refuses the append, keeps nothing of it, and takes the next', async () => {
    const store = idbLedgerStore({ name: fresh() })
    await store.append('run:1', [event('a')])
    const { add } = IDBObjectStore.prototype
    IDBObjectStore.prototype.add = () => {
      throw new DOMException('The quota has been exceeded.', 'QuotaExceededError')
    }
    try {
      await expect(store.append('run:1', [event('b'), event('c')])).rejects.toMatchObject({
        ...{ name: 'LedgerWriteError', kind: 'ledger' },
        hint: expect.stringContaining('remove old ledgers')
      })
    } finally {
      IDBObjectStore.prototype.add = add
    }
    expect(await ids(store)).toEqual(['a'])
    expect(await store.append('run:1', [event('b')])).toBe(2)
  })

  test('that may not be opened refuses everything with one clear error', async () => {
    const { open } = IDBFactory.prototype
    IDBFactory.prototype.open = () => {
      throw new DOMException('The operation is insecure.', 'SecurityError')
    }
    try {
      const warnings: Warning[] = []
      const store = idbLedgerStore({ name: fresh(), host: createHost({ warn: warning => warnings.push(warning) }) })
      const refusals = await Promise.allSettled([
        store.list(),
        store.length('run:1'),
        ids(store),
        store.append('run:1', [event('a')]),
        store.remove('run:1')
      ])
      for (const refusal of refusals) {
        expect(refusal).toMatchObject({ status: 'rejected', reason: { kind: 'ledger' } })
        expect(String((refusal as PromiseRejectedResult).reason.message)).toContain('The operation is insecure.')
      }
      expect(warnings).toEqual([])
    } finally {
      IDBFactory.prototype.open = open
    }
  })

  test('commits with strict durability', async () => {
    const store = idbLedgerStore({ name: fresh() })
    const { transaction } = IDBDatabase.prototype
    const asked: unknown[] = []
    IDBDatabase.prototype.transaction = function (stores, mode, options) {
      if (mode === 'readwrite') asked.push(options?.durability)
      return transaction.call(this, stores, mode, options)
    }
    try {
      await Promise.all([1, 2, 3].map(n => store.append('run:1', [event(`e${n}`)])))
    } finally {
      IDBDatabase.prototype.transaction = transaction
    }
    // Three appends of one turn share one transaction.
    expect(asked).toEqual(['strict'])
    expect(await ids(store)).toEqual(['e1', 'e2', 'e3'])
  })
})

test('a ledger of many chunks is read from its middle', async () => {
  const store = idbLedgerStore({ name: fresh() })
  for (let n = 0; n < 150; n++)
    await store.append(
      'run:1',
      [0, 1, 2].map(part => event(`e${3 * n + part}`))
    )
  expect(await ids(store, 448)).toEqual(['e448', 'e449'])
  expect((await ids(store, 1)).length).toBe(449)
})
