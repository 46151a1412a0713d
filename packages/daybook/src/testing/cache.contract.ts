/** What every cache store must do, whoever wrote it. */
import type { CacheEntry, CacheStore } from '../cache/store.js'
import { copyJson, deepFreeze } from '../json.js'

/** Any test runner's `test`. */
export type ContractTest = (name: string, body: () => Promise<void>) => unknown

/** The two comparisons that are used of any test runner's `expect`. */
export type ContractExpect = (value: unknown) => {
  toBe(expected: unknown): unknown
  toEqual(expected: unknown): unknown
}

export interface ContractTools {
  readonly test: ContractTest
  readonly expect: ContractExpect
}

/**
 * Declares the tests: `describe('my store', () => cacheContract(() => myStore(), { test, expect }))`. `make` gives a
 * new and empty store each time; the contract closes it. Entries come in frozen, as `cached` hands them over.
 */
export function cacheContract(make: () => CacheStore | Promise<CacheStore>, { test, expect }: ContractTools): void {
  const check = (name: string, body: (store: CacheStore) => Promise<void>): unknown =>
    test(name, async () => {
      const store = await make()
      try {
        await body(store)
      } finally {
        await store.close?.()
      }
    })

  check('a fresh store has no answers and no keys', async store => {
    expect(await store.get(key(1))).toBe(undefined)
    expect([...(await store.keys())]).toEqual([])
  })

  check('what was set is got, whole and equal', async store => {
    const full = entry('full', {
      reasoning: 'because',
      tool_calls: [{ id: 'call-1', name: 'look', arguments: { deep: [{ 'é "\\\n\u2028': null }] } }],
      cost_usd: null,
      usage: { input_tokens: 0, output_tokens: 2 ** 31, reasoning_tokens: 1 }
    })
    await store.set(key(1), full)
    expect(await store.get(key(1))).toEqual(full)
    expect(await store.get(key(2))).toBe(undefined)
  })

  check('any text survives: empty, of other scripts, with NUL and half a character, of a megabyte', async store => {
    const texts = ['', '日本語 😀 עברית', 'a\u0000b\r\n', '\ud800', 'x'.repeat(1_000_000)]
    for (const [index, text] of texts.entries()) await store.set(key(index), entry(text))
    for (const [index, text] of texts.entries()) expect((await store.get(key(index)))?.response.text).toBe(text)
  })

  check('a second set of the same key wins', async store => {
    await store.set(key(1), entry('first'))
    await store.set(key(1), entry('second'))
    expect((await store.get(key(1)))?.response.text).toBe('second')
    expect([...(await store.keys())]).toEqual([key(1)])
  })

  check('sets that are not waited for happen in their order', async store => {
    const first = store.set(key(1), entry('first'))
    const second = store.set(key(1), entry('second'))
    await Promise.all([first, second])
    expect((await store.get(key(1)))?.response.text).toBe('second')
  })

  check('delete forgets, and deleting what is not there is no error', async store => {
    await store.set(key(1), entry('first'))
    await store.set(key(2), entry('second'))
    await store.delete(key(1))
    await store.delete(key(3))
    expect(await store.get(key(1))).toBe(undefined)
    expect([...(await store.keys())]).toEqual([key(2)])
  })

  check('a delete after a set that was not waited for wins', async store => {
    const set = store.set(key(1), entry('gone'))
    await Promise.all([set, store.delete(key(1))])
    expect(await store.get(key(1))).toBe(undefined)
  })

  check('keys may have a kind before them', async store => {
    await store.set(`fetch-${key(1)}`, entry('of a fetch'))
    await store.set(key(1), entry('of a call'))
    expect((await store.get(`fetch-${key(1)}`))?.response.text).toBe('of a fetch')
    expect([...(await store.keys())].sort()).toEqual([key(1), `fetch-${key(1)}`].sort())
  })

  check('fifty at once are fifty', async store => {
    const numbers = Array.from({ length: 50 }, (_, index) => index)
    await Promise.all(numbers.map(async n => store.set(key(n), entry(`answer ${n}`))))
    const found = await Promise.all(numbers.map(async n => store.get(key(n))))
    expect(found.map(one => one?.response.text)).toEqual(numbers.map(n => `answer ${n}`))
    expect([...(await store.keys())].sort()).toEqual(numbers.map(key).sort())
  })

  check('a get while a set is under way gives the whole entry or none', async store => {
    const whole = entry('whole')
    const set = store.set(key(1), whole)
    const found = await store.get(key(1))
    await set
    if (found !== undefined) expect(found).toEqual(whole)
    expect(await store.get(key(1))).toEqual(whole)
  })

  check('nobody can change what is stored by changing what was got', async store => {
    const original = entry('original', { tool_calls: [{ id: 'c', name: 'n', arguments: { a: 1 } }] })
    await store.set(key(1), original)
    vandalise(await store.get(key(1)))
    expect(await store.get(key(1))).toEqual(original)
  })

  check('close may be called twice, also of a store that was never used', async store => {
    await store.close?.()
    await store.close?.()
  })
}

/** The n-th key: 64 hexadecimal digits. */
function key(n: number): string {
  // Spread over all first digits, as real keys are.
  return ((n * 37) % 256).toString(16).padStart(2, '0') + n.toString(16).padStart(62, '0')
}

function entry(text: string, more: Partial<CacheEntry['response']> = {}): CacheEntry {
  const response = {
    text,
    model: 'm',
    message: { role: 'assistant', content: text },
    finish_reason: 'stop',
    usage: { input_tokens: 1, output_tokens: 2 },
    tool_calls: [],
    cost_usd: 0.25,
    cached: false,
    ...more
  } as const
  const deltas = [
    { type: 'reasoning.delta', text: 'hm' },
    { type: 'text.delta', text },
    { type: 'tool.delta', index: 0, id: 'call-1', name: 'look', arguments: '{"a"' }
  ] as const
  return deepFreeze(copyJson({ response, deltas, stored: 1_750_000_000_000 }))
}

/** Writes to every place that can be written to. */
function vandalise(value: unknown): void {
  if (typeof value !== 'object' || value === null) return
  for (const name of Object.keys(value)) {
    vandalise((value as Record<string, unknown>)[name])
    Reflect.set(value, name, 'vandalised')
  }
}
