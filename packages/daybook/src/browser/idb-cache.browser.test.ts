import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { cached } from '../cache/cached.js'
import type { CacheEntry, CacheStore } from '../cache/store.js'
import { createHost, type Host, type Warning } from '../host.js'
import type { LLMFn } from '../llm/llm.js'
import { textLlm } from '../llm/text-llm.js'
import { cacheContract } from '../testing/cache.contract.js'
import { type IdbCacheOptions, idbCache } from './idb-cache.js'

let name: string
let open: CacheStore[]
let warnings: Warning[]
let now: number
beforeEach(() => {
  name = `cache-test-${crypto.randomUUID()}`
  open = []
  warnings = []
  now = 1
})
afterEach(async () => {
  for (const store of open) await store.close?.()
  indexedDB.deleteDatabase(name)
})

const host = (): Host => createHost({ now: () => now, warn: warning => void warnings.push(warning) })
function make(options: IdbCacheOptions = {}): CacheStore {
  const store = idbCache({ name, host: host(), ...options })
  open.push(store)
  return store
}

const key = (n: number): string => n.toString(16).padStart(64, '0')
function entry(text: string): CacheEntry {
  return {
    response: {
      text,
      model: 'm',
      message: { role: 'assistant', content: text },
      finish_reason: 'stop',
      usage: null,
      tool_calls: [],
      cost_usd: 1,
      cached: false
    },
    deltas: [{ type: 'text.delta', text }],
    stored: 0
  }
}

const request = { model: 'm', messages: [{ role: 'user', content: 'hi' }] } as const
const llm: LLMFn = textLlm(() => ['good day', 0.1])
async function calls(store: CacheStore): Promise<(string | undefined)[]> {
  const ask = cached(llm, store, { host: host() })
  const states: (string | undefined)[] = []
  for (let n = 0; n < 3; n++) states.push((await ask(request)).cache?.state)
  return states
}

describe('IndexedDB', () => cacheContract(() => make(), { test, expect }))

test('an answer is found after the page was left', async () => {
  const first = make()
  expect(await calls(first)).toEqual(['miss', 'hit', 'hit'])
  await first.close?.()
  expect(await calls(make())).toEqual(['hit', 'hit', 'hit'])
  expect(warnings).toEqual([])
})

test('writes of one task go in one transaction', async () => {
  const store = make()
  await store.get(key(0))
  const { transaction } = IDBDatabase.prototype
  let begun = 0
  IDBDatabase.prototype.transaction = function (this: IDBDatabase, ...args) {
    if (args[1] === 'readwrite') begun++
    return transaction.apply(this, args)
  }
  try {
    await Promise.all(Array.from({ length: 100 }, (_, n) => store.set(key(n), entry('x'))))
    expect(begun).toBe(1)
  } finally {
    IDBDatabase.prototype.transaction = transaction
  }
  expect((await store.keys()).length).toBe(100)
})

describe('limits', () => {
  test('the least recently used answers go first, also when another tab used them', async () => {
    const size = JSON.stringify(entry('x'.repeat(1000))).length
    const filler = make()
    for (let n = 0; n < 10; n++) {
      now++
      await filler.set(key(n), entry('x'.repeat(1000)))
    }
    const reader = make()
    now++
    await reader.get(key(0))
    await reader.close?.()

    const store = make({ maxBytes: size * 10 })
    now++
    await store.get(key(3))
    now++
    await store.set(key(10), entry('x'.repeat(1000)))
    expect(await store.keys()).toEqual([0, 3, 4, 5, 6, 7, 8, 9, 10].map(key))
  })

  test('writing without end stays within the limit, and what is too large is not stored', async () => {
    const store = make({ maxBytes: 20_000 })
    for (let n = 0; n < 100; n++) {
      now++
      await store.set(key(n), entry('x'.repeat(400)))
    }
    await store.set(key(100), entry('x'.repeat(30_000)))
    const keys = await store.keys()
    expect(keys.length).toBeGreaterThan(8)
    expect(keys.length).toBeLessThan(20)
    expect(keys).toContain(key(99))
    expect(keys).not.toContain(key(100))
  })
})

/** Does something while the page has another `indexedDB`. */
async function patched(value: unknown, body: () => Promise<void>): Promise<void> {
  const own = Object.getOwnPropertyDescriptor(globalThis, 'indexedDB') as PropertyDescriptor
  Object.defineProperty(globalThis, 'indexedDB', { value, configurable: true })
  try {
    await body()
  } finally {
    Object.defineProperty(globalThis, 'indexedDB', own)
  }
}

interface Bucket {
  readonly indexedDB: IDBFactory
}
interface Buckets {
  open(name: string, options: { quota: number }): Promise<Bucket>
  delete(name: string): Promise<void>
}

test('a quota that is used up costs old answers first, then the cache: the call succeeds, with one warning', {
  timeout: 30_000
}, async () => {
  // A storage bucket has a quota of its own, and nothing that other tests did to this origin counts.
  const { storageBuckets } = navigator as unknown as { storageBuckets: Buckets }
  const bucket = await storageBuckets.open('small', { quota: 1_000_000 })
  await patched(bucket.indexedDB, async () => {
    const store = make({ maxBytes: 100_000_000 })
    // Text that does not compress away.
    const noise = (): string =>
      Array.from(crypto.getRandomValues(new Uint32Array(8000)), number => number.toString(36)).join('')
    for (let n = 0; n < 30; n++) {
      now++
      await store.set(key(n), entry(noise()))
    }
    const keys = await store.keys()
    expect(keys).toContain(key(29))
    expect(keys).not.toContain(key(0))
    // An answer has 50 kB that cannot be made smaller: no more than 19 fit into the quota, whatever is shared or packed.
    expect(keys.length).toBeLessThan(20)

    const long: LLMFn = textLlm(() => [noise().repeat(50), 0.1])
    const ask = cached(long, store, { host: host() })
    for (let n = 0; n < 3; n++) expect((await ask(request)).cached).toBe(false)
    expect(warnings).toMatchObject([{ area: 'cache', kind: 'quota_exceeded' }])
    await store.close?.()
  })
  await storageBuckets.delete('small')
})

describe('a database that fails', () => {
  const forbidden = {
    open() {
      throw new DOMException('The operation is insecure.', 'SecurityError')
    }
  }

  test.each([
    ['is not there', undefined],
    ['may not be opened', forbidden]
  ])('because it %s is replaced by memory, with one warning', async (_what, value) => {
    await patched(value, async () => {
      const store = make()
      expect(await calls(store)).toEqual(['miss', 'hit', 'hit'])
      expect((await store.keys()).length).toBe(1)
      await store.close?.()
    })
    expect(warnings).toMatchObject([{ area: 'cache', kind: 'unavailable' }])
  })

  test('in the middle of a page is left alone for a while: the calls succeed, with one warning', async () => {
    const store = make()
    expect(await calls(store)).toEqual(['miss', 'hit', 'hit'])
    const { transaction } = IDBDatabase.prototype
    IDBDatabase.prototype.transaction = () => {
      throw new DOMException('Connection to Indexed Database server lost.', 'UnknownError')
    }
    try {
      expect(await calls(store)).toEqual(['off', 'off', 'off'])
    } finally {
      IDBDatabase.prototype.transaction = transaction
    }
    expect(await calls(store)).toEqual(['off', 'off', 'off'])
    now += 30_001
    expect(await calls(store)).toEqual(['hit', 'hit', 'hit'])
    expect(warnings).toMatchObject([{ area: 'cache', kind: 'UnknownError' }])
  })

  test('because its connection was closed under it, or its data cleared, works at the next call', async () => {
    const store = make()
    expect(await calls(store)).toEqual(['miss', 'hit', 'hit'])
    await new Promise<void>((resolve, reject) => {
      const clearing = indexedDB.deleteDatabase(name)
      clearing.onsuccess = () => resolve()
      clearing.onblocked = () => reject(new Error('blocked'))
    })
    expect(await calls(store)).toEqual(['miss', 'hit', 'hit'])
    expect(warnings).toEqual([])
  })
})

test('eight connections with two hundred puts and gets of shared keys lose and mix up nothing', {
  timeout: 60_000
}, async () => {
  const stores = Array.from({ length: 8 }, () => make())
  const tab = async (store: CacheStore, seed: number): Promise<void> => {
    for (let n = 0; n < 200; n++) {
      const k = (n * 13 + seed) % 50
      const found = await store.get(key(k))
      if (found) expect([found.response.text, found.deltas]).toEqual([`answer ${k}`, entry(`answer ${k}`).deltas])
      const set = store.set(key(k), entry(`answer ${k}`))
      if (n % 10 === 0) await set
    }
  }
  await Promise.all(stores.map(tab))
  await Promise.all(stores.map(store => store.keys())) // all is written
  const found = await Promise.all(Array.from({ length: 50 }, (_, k) => make().get(key(k))))
  expect(found.map(one => one?.response.text)).toEqual(Array.from({ length: 50 }, (_, k) => `answer ${k}`))
})
