import { describe, expect, test } from 'vitest'
import { cacheContract } from '../testing/cache.contract.js'
import { memoryCache } from './memory-cache.js'
import { overlayCache } from './overlay-cache.js'
import type { CacheEntry, CacheStore } from './store.js'
import { tieredCache } from './tiered-cache.js'

/** A store that somebody else wrote: four methods, and it keeps what it is given. */
function plain(): CacheStore {
  const entries = new Map<string, CacheEntry>()
  return {
    get: key => entries.get(key),
    set: (key, entry) => void entries.set(key, entry),
    delete: key => void entries.delete(key),
    keys: () => [...entries.keys()]
  }
}

/** The same, answering a task later. */
function slow(store: CacheStore = plain()): CacheStore {
  const later = (): Promise<void> => new Promise(resolve => setTimeout(resolve, 0))
  return {
    get: key => later().then(() => store.get(key)),
    set: (key, entry) => later().then(() => store.set(key, entry)),
    delete: key => later().then(() => store.delete(key)),
    keys: () => later().then(() => store.keys())
  }
}

const stores: Record<string, () => CacheStore> = {
  memoryCache,
  'overlayCache over an empty parent': () => overlayCache(memoryCache(), memoryCache()),
  'overlayCache of slow stores': () => overlayCache(slow(), slow()),
  'overlayCache over an overlay': () => overlayCache(plain(), overlayCache(plain(), plain())),
  'tieredCache of two memories': () => tieredCache(memoryCache(), memoryCache()),
  'tieredCache of memory and a slow store': () => tieredCache(memoryCache(), slow()),
  'tieredCache of slow stores': () => tieredCache(slow(), slow()),
  'an object of four methods': plain,
  'an object of four slow methods': () => slow()
}

describe.each(Object.entries(stores))('%s', (_name, make) => cacheContract(make, { test, expect }))

const entry = (text: string): CacheEntry => ({
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
})
const textOf = async (store: CacheStore, key: string): Promise<string | undefined> =>
  (await store.get(key))?.response.text

describe('memoryCache', () => {
  test('at three entries a fourth pushes out the least recently used', () => {
    const store = memoryCache({ max: 3 })
    for (const key of ['a', 'b', 'c']) void store.set(key, entry(key))
    void store.get('a') // a get protects
    void store.set('b', entry('b again')) // and so does a set
    void store.set('d', entry('d'))
    expect([...(store.keys() as string[])].sort()).toEqual(['a', 'b', 'd'])
  })

  test('keeps 2048 unless told otherwise', () => {
    const store = memoryCache()
    for (let n = 0; n < 2050; n++) void store.set(String(n), entry('x'))
    const keys = store.keys() as readonly string[]
    expect([keys.length, keys[0]]).toEqual([2048, '2'])
  })

  test('does not see what becomes of an entry that was handed over unfrozen', async () => {
    const store = memoryCache()
    const mine = { ...entry('before'), deltas: [{ type: 'text.delta' as const, text: 'before' }] }
    await store.set('a', Object.freeze(mine)) // frozen on its surface only
    ;(mine.deltas[0] as { text: string }).text = 'after'
    expect((await store.get('a'))?.deltas[0]).toEqual({ type: 'text.delta', text: 'before' })
  })
})

describe('overlayCache', () => {
  test('reads through to the parent, and writes and deletes never reach it', async () => {
    const parent = memoryCache()
    const [branch, sibling] = [overlayCache(memoryCache(), parent), overlayCache(memoryCache(), parent)]
    await parent.set('a', entry('of the parent'))
    expect(await textOf(branch, 'a')).toBe('of the parent')
    expect(await branch.keys()).toEqual([])

    await branch.set('a', entry('of the branch'))
    await branch.set('b', entry('new'))
    expect(await textOf(branch, 'a')).toBe('of the branch')
    expect(await textOf(parent, 'a')).toBe('of the parent')
    expect(await textOf(sibling, 'a')).toBe('of the parent')
    expect(await textOf(sibling, 'b')).toBeUndefined()
    expect([...(await branch.keys())].sort()).toEqual(['a', 'b'])

    await branch.delete('a')
    expect(await textOf(branch, 'a')).toBe('of the parent')
  })

  test('can be stacked', async () => {
    const root = slow()
    const branch = overlayCache(memoryCache(), root)
    const twig = overlayCache(slow(), branch)
    await root.set('a', entry('of the root'))
    await branch.set('b', entry('of the branch'))
    await twig.set('c', entry('of the twig'))
    expect(await Promise.all(['a', 'b', 'c'].map(key => textOf(twig, key)))).toEqual([
      'of the root',
      'of the branch',
      'of the twig'
    ])
    expect(await textOf(branch, 'c')).toBeUndefined()
  })

  test('does not close its parent', async () => {
    let closed = 0
    const parent = { ...plain(), close: () => void closed++ }
    await overlayCache(memoryCache(), parent).close?.()
    expect(closed).toBe(0)
  })
})

describe('tieredCache', () => {
  test('fills the fast store from the slow one', async () => {
    const [fast, far] = [memoryCache(), slow()]
    await far.set('a', entry('far'))
    const store = tieredCache(fast, far)
    expect(await textOf(store, 'a')).toBe('far')
    expect(await textOf(fast, 'a')).toBe('far')
    await far.delete('a')
    expect(await textOf(store, 'a')).toBe('far')
  })

  test('writes and deletes in both, also when one of them fails, and says that it failed', async () => {
    const far = plain()
    const broken: CacheStore = {
      ...plain(),
      set: () => {
        throw new Error('full')
      },
      delete: () => Promise.reject(new Error('gone'))
    }
    const store = tieredCache(broken, far)
    expect(() => store.set('a', entry('x'))).toThrow('full')
    expect(await textOf(store, 'a')).toBe('x')
    await expect(store.delete('a')).rejects.toThrow('gone')
    expect(await far.keys()).toEqual([])
  })

  test('an old answer on its way does not land on a new one', async () => {
    const fast = memoryCache()
    const far = plain()
    await far.set('a', entry('old'))
    let answer: (found: CacheEntry | undefined) => void = () => {}
    const store = tieredCache(fast, {
      ...far,
      get: () =>
        new Promise(resolve => {
          answer = resolve
        })
    })
    const reading = store.get('a')
    await store.set('a', entry('new'))
    answer(entry('old'))
    await reading
    expect(await textOf(fast, 'a')).toBe('new')
  })
})
