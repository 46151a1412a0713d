import { describe, expect, test } from 'vitest'
import { BudgetExceededError, DaybookError, RateLimitError } from '../errors.js'
import { createHost, type Host, type Warning } from '../host.js'
import type { LLMDelta, LLMFact, LLMFn, LLMOptions, LLMRequest, LLMResponse, LLMStream } from '../llm/llm.js'
import { failedStream, llmStream } from '../llm/llm-stream.js'
import { cached } from './cached.js'
import { cacheKey } from './key.js'
import { memoryCache } from './memory-cache.js'
import type { CacheEntry, CacheStore } from './store.js'

const request: LLMRequest = { model: 'm', messages: [{ role: 'user', content: 'Why?' }] }
const key = cacheKey(request, { target: { provider: 'custom', api: 'text', base_url: '', model: 'm' } })
const task = (): Promise<void> => new Promise(resolve => setTimeout(resolve, 0))

const answer: LLMResponse = {
  text: 'good day',
  model: 'm',
  message: { role: 'assistant', content: 'good day' },
  finish_reason: 'tool_calls',
  usage: { input_tokens: 1, output_tokens: 2 },
  tool_calls: [{ id: 'c1', name: 'look', arguments: { a: 1 } }],
  reasoning: 'hm',
  cost_usd: 0.5,
  cached: false,
  attempts: 2
}
const deltas: readonly LLMDelta[] = [
  { type: 'reasoning.delta', text: 'hm' },
  { type: 'text.delta', text: 'good ' },
  { type: 'text.delta', text: 'day' },
  { type: 'tool.delta', index: 0, id: 'c1', name: 'look', arguments: '' },
  { type: 'tool.delta', index: 0, arguments: '{"a":1}' }
]

interface Provider extends LLMFn {
  readonly calls: LLMRequest[]
  readonly signals: AbortSignal[]
}

/** Counts its calls; gives the deltas one a microtask, then what `end` gives. */
function provider(
  end: (n: number, options: LLMOptions) => LLMResponse | Promise<LLMResponse> = () => answer
): Provider {
  const calls: LLMRequest[] = []
  const signals: AbortSignal[] = []
  const llm: LLMFn = (asked, options = {}) => {
    const n = calls.push(asked)
    if (options.signal) signals.push(options.signal)
    return llmStream(async function* () {
      yield* deltas
      return await end(n, options)
    }, options)
  }
  return Object.assign(llm, { calls, signals })
}

/** A provider that answers when it is told to. */
function held(): Provider & { answer(response?: LLMResponse): void; fail(error: Error): void } {
  let resolve: (response: LLMResponse) => void
  let reject: (error: Error) => void
  const waiting = new Promise<LLMResponse>((yes, no) => {
    resolve = yes
    reject = no
  })
  const llm = provider(() => waiting)
  return Object.assign(llm, { answer: (response = answer) => resolve(response), fail: (error: Error) => reject(error) })
}

async function collect(stream: LLMStream): Promise<LLMDelta[]> {
  const items: LLMDelta[] = []
  for await (const delta of stream) items.push(delta)
  return items
}

function warningHost(now: () => number = () => 1000): Host & { readonly warnings: Warning[] } {
  const warnings: Warning[] = []
  return Object.assign(createHost({ now, warn: warning => void warnings.push(warning) }), { warnings })
}

/** A memory that answers a task later. */
function slowStore(inner: CacheStore = memoryCache()): CacheStore {
  return {
    get: found => task().then(() => inner.get(found)),
    set: (at, entry) => task().then(() => inner.set(at, entry)),
    delete: gone => task().then(() => inner.delete(gone)),
    keys: () => task().then(() => inner.keys())
  }
}

describe.each([
  ['a store that answers at once', () => memoryCache()],
  ['a store that takes its time', () => slowStore()]
])('over %s', (_name, make) => {
  test('a fresh, empty cache fills, and the second identical call is a hit that costs nothing', async () => {
    const store = make()
    const llm = provider()
    const ask = cached(llm, store)

    const first = ask(request)
    expect(await collect(first)).toEqual(deltas)
    expect(await first).toEqual({ ...answer, cache: { state: 'miss', key } })
    expect(await store.keys()).toEqual([key])

    const second = ask({ messages: request.messages, model: 'm', stream: false })
    expect(await collect(second)).toEqual(deltas)
    const { attempts: _attempts, ...free } = answer
    expect(await second).toEqual({
      ...free,
      cost_usd: 0,
      saved_usd: 0.5,
      cached: true,
      cache: { state: 'hit', key }
    })
    expect(llm.calls.length).toBe(1)
  })

  test('a hundred identical calls at once, cold, are one call; one pays and ninety-nine join', async () => {
    const llm = provider()
    const ask = cached(llm, make())
    const streams = Array.from({ length: 100 }, () => ask(request))
    const heard = await Promise.all(streams.map(collect))
    const responses = await Promise.all(streams)
    expect(llm.calls.length).toBe(1)
    for (const one of heard) expect(one).toEqual(deltas)
    expect(responses.map(one => one.cost_usd)).toEqual([0.5, ...Array(99).fill(0)])
    expect(responses.filter(one => one.cached && one.cache?.state === 'joined' && one.saved_usd === 0.5).length).toBe(
      99
    )
  })

  test('if it fails, all hundred get the error and nothing is stored', async () => {
    const failure = new RateLimitError('busy')
    const store = make()
    const llm = provider(() => Promise.reject(failure))
    const ask = cached(llm, store)
    const outcomes = await Promise.allSettled(Array.from({ length: 100 }, () => ask(request)))
    expect(outcomes.every(one => one.status === 'rejected' && one.reason === failure)).toBe(true)
    expect(llm.calls.length).toBe(1)
    expect(await store.keys()).toEqual([])
    await expect(ask(request)).rejects.toBe(failure)
    expect(llm.calls.length).toBe(2)
  })

  test('refresh asks again and overwrites; bypass neither reads nor writes', async () => {
    const store = make()
    const llm = provider(n => ({ ...answer, text: `answer ${n}` }))
    const ask = cached(llm, store)
    await ask(request)
    expect(await ask(request, { cache: 'refresh' })).toMatchObject({ text: 'answer 2', cached: false, cost_usd: 0.5 })
    expect(await ask(request)).toMatchObject({ text: 'answer 2', cached: true })
    expect(await ask(request, { cache: 'bypass' })).toMatchObject({
      text: 'answer 3',
      cached: false,
      cache: { state: 'bypass', key }
    })
    expect(await ask(request)).toMatchObject({ text: 'answer 2', cached: true })
  })

  test('another scope, sample or target is another question', async () => {
    const llm = provider()
    const store = make()
    const ask = cached(llm, store)
    const target = { provider: 'p', api: 'chat', base_url: 'https://x.test', model: 'm' } as const
    const elsewhere = cached(Object.assign(((...args) => llm(...args)) as LLMFn, { target: () => target }), store)
    await ask(request)
    expect((await ask(request, { scope: 'tenant' })).cache).toMatchObject({ state: 'miss', scope: 'tenant' })
    expect((await ask(request, { sample: 1 })).cache?.state).toBe('miss')
    expect((await elsewhere(request)).cache?.state).toBe('miss')
    expect((await cached(llm, store, { scope: 'tenant' })(request)).cache).toMatchObject({
      state: 'hit',
      scope: 'tenant'
    })
    expect(elsewhere.target?.(request)).toEqual(target)
    expect(llm.calls.length).toBe(4)
  })

  test.each<[string, Partial<LLMResponse>, Partial<LLMRequest>]>([
    ['was cut at its length', { finish_reason: 'length' }, {}],
    ['was filtered', { finish_reason: 'content_filter' }, {}],
    ['ended for a reason that nobody knows', { finish_reason: 'other' }, {}],
    [
      'has a tool call that cannot be read',
      { tool_calls: [{ id: 'c', name: 'n', arguments: undefined, error: 'no JSON' }] },
      {}
    ],
    [
      'should be JSON and is not',
      { tool_calls: [], finish_reason: 'stop', text: '{"a":' },
      { response_format: { type: 'json_schema' } }
    ],
    [
      'should be an object and is empty',
      { tool_calls: [], finish_reason: 'stop', text: '' },
      { response_format: { type: 'json_object' } }
    ],
    ['has no text at all', { text: undefined as never }, {}],
    ['costs less than nothing', { cost_usd: -1 }, {}],
    ['holds something that is no JSON', { native: { odd: new Map() as never } }, {}]
  ])('an answer that %s is given but not stored', async (_what, odd, parameters) => {
    const store = make()
    const llm = provider(() => ({ ...answer, ...odd }))
    const ask = cached(llm, store, { host: warningHost() })
    await expect(ask({ ...request, ...parameters })).resolves.toMatchObject({ model: 'm', cache: { state: 'miss' } })
    expect(await store.keys()).toEqual([])
    await ask({ ...request, ...parameters })
    expect(llm.calls.length).toBe(2)
  })

  test.each<[string, Partial<LLMResponse>, Partial<LLMRequest>]>([
    [
      'is JSON as it should be',
      { tool_calls: [], finish_reason: 'stop', text: '{"a":1}' },
      { response_format: { type: 'json_schema' } }
    ],
    ['calls a tool where JSON was wanted', {}, { response_format: { type: 'json_object' } }],
    ['is estimated', { estimated: true }, {}],
    ['has no known price', { cost_usd: null }, {}],
    ['refuses', { refusal: 'I will not.' }, {}]
  ])('an answer that %s is stored', async (_what, odd, parameters) => {
    const ask = cached(
      provider(() => ({ ...answer, ...odd })),
      make()
    )
    await ask({ ...request, ...parameters })
    const { cost_usd: saved_usd = 0.5, ...rest } = odd
    expect(await ask({ ...request, ...parameters })).toMatchObject({ ...rest, cost_usd: 0, saved_usd, cached: true })
  })

  test('an answer that is too old is asked for anew', async () => {
    let now = 0
    const llm = provider()
    const ask = cached(llm, make(), { ttlMs: 1000, host: warningHost(() => now) })
    await ask(request)
    now = 1000
    expect((await ask(request)).cache?.state).toBe('hit')
    now = 2001
    expect((await ask(request)).cache?.state).toBe('miss')
    expect((await ask(request)).cache?.state).toBe('hit')
  })

  test('what a caller does to a response or a delta is seen by nobody else', async () => {
    const ask = cached(provider(), make())
    const [a, b] = [ask(request), ask(request)]
    const spoil = async (stream: LLMStream): Promise<void> => {
      const response = await stream
      Reflect.set(response, 'text', 'spoilt')
      Reflect.set(response.message, 'content', 'spoilt')
      Reflect.set(response.tool_calls[0]?.arguments as object, 'a', 'spoilt')
    }
    await spoil(a)
    expect(await b).toMatchObject({ text: 'good day', message: answer.message, tool_calls: answer.tool_calls })
    const third = ask(request)
    await spoil(third)
    for await (const delta of third) Reflect.set(delta, 'text', 'spoilt')
    const last = ask(request)
    expect(await collect(last)).toEqual(deltas)
    expect(await last).toMatchObject({ text: 'good day', message: answer.message, tool_calls: answer.tool_calls })
  })

  test('tells the reporter what happened', async () => {
    const facts: LLMFact[] = []
    const ask = cached(provider(), make())
    const report = (fact: LLMFact): void => void facts.push(fact)
    await ask(request, { report, scope: 's' })
    expect(facts).toMatchObject([{ type: 'cache', state: 'miss', scope: 's' }, { type: 'cache.write' }])
    const [miss, write] = facts
    if (write?.type === 'cache.write') await write.commit()
    facts.length = 0
    await ask(request, { report, scope: 's' })
    expect(facts).toEqual([{ ...miss, state: 'hit' }])
  })
})

describe('an answer that waits to be stored', () => {
  const waiting = async (ask: LLMFn): Promise<Extract<LLMFact, { type: 'cache.write' }>> => {
    const writes: LLMFact[] = []
    await ask(request, { report: fact => void writes.push(fact) })
    const write = writes.find(fact => fact.type === 'cache.write')
    if (write?.type !== 'cache.write') throw new Error('no write was reported')
    return write
  }

  test('is joined by an identical call until it is committed, and hit afterwards', async () => {
    const store = slowStore()
    const llm = provider()
    const ask = cached(llm, store)
    const write = await waiting(ask)
    expect(await store.keys()).toEqual([])
    const joined = ask(request)
    expect(await collect(joined)).toEqual(deltas)
    expect(await joined).toMatchObject({ cached: true, cost_usd: 0, saved_usd: 0.5, cache: { state: 'joined' } })
    const committing = write.commit()
    const meanwhile = ask(request)
    await committing
    expect((await meanwhile).cache?.state).toBe('joined')
    expect((await ask(request)).cache?.state).toBe('hit')
    expect(llm.calls.length).toBe(1)
  })

  test('that is discarded is asked for again, also when somebody commits it later', async () => {
    const store = memoryCache()
    const llm = provider()
    const ask = cached(llm, store)
    const write = await waiting(ask)
    write.discard()
    await write.commit()
    expect(await store.keys()).toEqual([])
    await ask(request)
    expect(llm.calls.length).toBe(2)
  })

  test('can be joined also where it must not be stored, so that a run in sequence equals one in parallel', async () => {
    const store = memoryCache()
    const llm = provider(() => ({ ...answer, finish_reason: 'length' }))
    const ask = cached(llm, store)
    const write = await waiting(ask)
    expect(await ask(request)).toMatchObject({ finish_reason: 'length', cache: { state: 'joined' } })
    await write.commit()
    expect(await store.keys()).toEqual([])
    await ask(request)
    expect(llm.calls.length).toBe(2)
  })

  test('is stored at once where the reporter throws', async () => {
    const host = warningHost()
    const store = memoryCache()
    const report = (): void => {
      throw new Error('oh')
    }
    expect((await cached(provider(), store, { host })(request, { report })).text).toBe('good day')
    expect(await store.keys()).toEqual([key])
    expect(host.warnings[0]).toMatchObject({ area: 'cache', kind: 'report' })
  })
})

describe('leaving a flight', () => {
  test('one caller that aborts fails alone and at once; the next in line pays', async () => {
    const llm = held()
    const ask = cached(llm, memoryCache())
    const controller = new AbortController()
    const first = ask(request, { signal: controller.signal })
    const second = ask(request)
    const third = ask(request)
    const heard = collect(first).catch(() => {})
    await task()
    controller.abort()
    await expect(first).rejects.toMatchObject({ kind: 'aborted', partial: { text: 'good day', reasoning: 'hm' } })
    await heard
    expect(llm.signals[0]?.aborted).toBe(false)
    llm.answer()
    expect(await second).toMatchObject({ cached: false, cost_usd: 0.5, cache: { state: 'miss' } })
    expect(await third).toMatchObject({ cached: true, cost_usd: 0, cache: { state: 'joined' } })
    expect(await collect(second)).toEqual(deltas)
    expect((await ask(request)).cache?.state).toBe('hit')
  })

  test('what comes after an abort is not shown to who has left', async () => {
    let go: () => void = () => {}
    const llm: LLMFn = (_request, options) =>
      llmStream(async function* () {
        yield { type: 'text.delta', text: 'one' }
        await new Promise<void>(resolve => {
          go = resolve
        })
        yield { type: 'text.delta', text: 'two' }
        return answer
      }, options)
    const ask = cached(llm, memoryCache())
    const controller = new AbortController()
    const [left, stayed] = [ask(request, { signal: controller.signal }), ask(request)]
    await task()
    controller.abort()
    await expect(left).rejects.toMatchObject({ kind: 'aborted', partial: { text: 'one' } })
    go()
    await stayed
    const late: LLMDelta[] = []
    await expect(
      (async () => {
        for await (const delta of left) late.push(delta)
      })()
    ).rejects.toMatchObject({ kind: 'aborted' })
    expect(late).toEqual([{ type: 'text.delta', text: 'one' }])
  })

  test('one caller that breaks out of its loop does not end it for the others', async () => {
    const llm = held()
    const ask = cached(llm, memoryCache())
    const [first, second] = [ask(request), ask(request)]
    const heard = collect(second)
    for await (const _delta of first) break
    await task()
    await task()
    expect(llm.signals[0]?.aborted).toBe(false)
    llm.answer()
    expect(await heard).toEqual(deltas)
    expect(await second).toMatchObject({ cached: false, cost_usd: 0.5 })
  })

  test('when all have left, the provider is told to stop, and the next call asks anew', async () => {
    const llm = held()
    const store = memoryCache()
    const ask = cached(llm, store)
    const controllers = [new AbortController(), new AbortController()]
    const streams = controllers.map(({ signal }) => ask(request, { signal }))
    await task()
    for (const controller of controllers) controller.abort()
    const next = ask(request)
    expect(llm.signals[0]?.aborted).toBe(true)
    for (const stream of streams) await expect(stream).rejects.toMatchObject({ kind: 'aborted' })
    expect(llm.calls.length).toBe(2)
    llm.answer()
    expect(await next).toMatchObject({ cached: false })
    expect(await store.keys()).toEqual([key])
  })

  test('an abort while the store is asked is heard at once', async () => {
    const store: CacheStore = { ...memoryCache(), get: () => new Promise(() => {}) }
    const controller = new AbortController()
    const call = cached(provider(), store)(request, { signal: controller.signal })
    controller.abort()
    await expect(call).rejects.toMatchObject({ kind: 'aborted' })
  })

  test('a call whose signal is aborted already asks nobody', async () => {
    const llm = provider()
    await expect(cached(llm, memoryCache())(request, { signal: AbortSignal.abort() })).rejects.toMatchObject({
      kind: 'aborted'
    })
    expect(llm.calls.length).toBe(0)
  })
})

describe('sharing a flight', () => {
  test('a call that looked into the store before another began to ask joins that one', async () => {
    const gates: (() => void)[] = []
    const inner = memoryCache()
    const store: CacheStore = {
      ...inner,
      get: at => new Promise<void>(resolve => gates.push(resolve)).then(() => inner.get(at))
    }
    const llm = provider()
    const ask = cached(llm, store)
    const [first, second] = [ask(request), ask(request)]
    await task()
    for (const open of gates) open()
    expect((await first).cache?.state).toBe('miss')
    expect((await second).cache?.state).toBe('joined')
    expect(llm.calls.length).toBe(1)
  })

  test('facts of the provider go to the first who is there', async () => {
    const heard: string[] = []
    const llm = provider((_n, options) => {
      options.report?.({ type: 'attempt', n: 2, kind: 'server', wait_ms: 1 })
      return answer
    })
    const ask = cached(llm, memoryCache())
    const reporting = (name: string) => (fact: LLMFact) => {
      if (fact.type === 'attempt') heard.push(name)
      if (fact.type === 'cache.write') void fact.commit()
    }
    await Promise.all([ask(request, { report: reporting('first') }), ask(request, { report: reporting('second') })])
    expect(heard).toEqual(['first'])
  })

  test('two functions over one store share it, as the sessions of a server do', async () => {
    const store = memoryCache()
    const [a, b] = [provider(), provider()]
    const answers = await Promise.all([cached(a, store)(request), cached(b, store)(request)])
    expect([a.calls.length, b.calls.length]).toEqual([1, 0])
    expect(answers.map(one => one.cost_usd)).toEqual([0.5, 0])
  })

  test('whose budget is used up does not fail others that ask through another function', async () => {
    const store = memoryCache()
    const refusing: LLMFn = () => failedStream(new BudgetExceededError('nothing left'))
    const [refused, fine] = [cached(refusing, store)(request), cached(provider(), store)(request)]
    await expect(refused).rejects.toMatchObject({ kind: 'budget' })
    expect(await fine).toMatchObject({ cached: false, cost_usd: 0.5, cache: { state: 'miss' } })
    expect(await collect(fine)).toEqual(deltas)
    expect(await store.keys()).toEqual([key])
  })

  test('a refresh joins no flight, but can be joined', async () => {
    const llm = provider(n => ({ ...answer, text: `answer ${n}` }))
    const ask = cached(llm, memoryCache())
    const first = ask(request)
    const again = ask(request, { cache: 'refresh' })
    expect((await first).text).toBe('answer 1')
    expect((await again).text).toBe('answer 2')
    const refreshing = ask(request, { cache: 'refresh' })
    expect(await ask(request)).toMatchObject({ text: 'answer 3', cache: { state: 'joined' } })
    await refreshing
  })

  test('an answer from a cache further in keeps what that one said', async () => {
    const [inner, outer] = [memoryCache(), memoryCache()]
    const llm = provider()
    await cached(llm, inner)(request)
    const ask = cached(cached(llm, inner), outer)
    expect(await ask(request)).toMatchObject({ cached: true, cost_usd: 0, saved_usd: 0.5, cache: { state: 'hit' } })
    expect((await outer.get(key))?.response).toMatchObject({ cached: false, cost_usd: 0.5 })
  })
})

describe('a store that fails', () => {
  const failing = (method: 'get' | 'set', how: () => never | Promise<never>): CacheStore => ({
    ...memoryCache(),
    [method]: how
  })
  const coded = (code: string): Error => Object.assign(new Error(`${code}: it failed, open '/some/path'`), { code })
  const ways: Record<string, (error: Error) => () => never | Promise<never>> = {
    throws: error => () => {
      throw error
    },
    rejects: error => () => Promise.reject(error)
  }

  test.each(
    (['get', 'set'] as const).flatMap(method =>
      Object.keys(ways).flatMap(way => ['EACCES', 'ENOSPC'].map(code => [method, way, code] as const))
    )
  )('%s that %s with %s: the calls succeed, with one warning', async (method, way, code) => {
    const host = warningHost()
    const llm = provider()
    const ask = cached(llm, failing(method, ways[way]?.(coded(code)) as never), { host })
    for (let n = 0; n < 3; n++) expect((await ask(request)).text).toBe('good day')
    expect(llm.calls.length).toBe(3)
    const kind = code === 'ENOSPC' ? 'quota_exceeded' : code
    expect(host.warnings).toEqual([{ area: 'cache', kind, message: expect.stringContaining(`${code}: it failed`) }])
    expect(host.warnings[0]?.message).not.toContain('/some/path')
  })

  test.each(['get', 'set'] as const)('%s that never answers is given up, and left alone for a while', async method => {
    let now = 0
    let asked = 0
    const host = warningHost(() => now)
    const store = failing(method, () => {
      asked++
      return new Promise<never>(() => {})
    })
    const ask = cached(provider(), store, { host, storeTimeoutMs: 5 })
    await ask(request)
    await ask(request)
    expect(asked).toBe(1)
    now = 30_001
    await ask(request)
    expect(asked).toBe(2)
    expect(host.warnings).toMatchObject([{ area: 'cache', kind: 'timeout' }])
  })

  test('is not given up where it is only slow, because many ask it at once', async () => {
    const host = warningHost()
    const inner = memoryCache()
    const [quick, slow] = [
      { ...request, n: 1 },
      { ...request, n: 2 }
    ]
    let slowGets = 0
    const store: CacheStore = {
      ...inner,
      get: async at => {
        if (at !== slowKey || slowGets++ > 0) return inner.get(at)
        return new Promise<never>(() => {})
      }
    }
    const llm = provider()
    const ask = cached(llm, store, { host, storeTimeoutMs: 20 })
    const slowKey = (await cached(llm, memoryCache())(slow)).cache?.key
    const [late] = await Promise.all([ask(slow), ask(quick)])
    expect(late.cache?.state).toBe('miss')
    expect((await ask(slow)).cache?.state).toBe('hit')
    expect(host.warnings).toEqual([])
  })

  test('says in the response that the cache is off, and still makes one call of many', async () => {
    const llm = provider()
    const store = failing('get', () => Promise.reject(coded('EIO')))
    const ask = cached(llm, store, { host: warningHost() })
    const states = (await Promise.all([ask(request), ask(request)])).map(one => one.cache?.state)
    expect(states).toEqual(['off', 'joined'])
    expect(llm.calls.length).toBe(1)
  })

  test('several causes have a warning each', async () => {
    let now = 0
    const host = warningHost(() => now)
    const codes = ['EMFILE', 'EIO', 'EMFILE']
    const store = failing('get', () => Promise.reject(coded(codes.shift() ?? 'EIO')))
    const ask = cached(provider(), store, { host })
    for (let n = 0; n < 4; n++) {
      await ask(request)
      now += 60_000
    }
    expect(host.warnings.map(warning => warning.kind)).toEqual(['EMFILE', 'EIO'])
  })

  test.each<[string, unknown]>([
    ['null', null],
    ['text', 'entry'],
    ['an empty object', {}],
    ['an entry of another shape', { answer, stored: 1 }],
    ['a response without text', { response: { ...answer, text: 1 }, deltas, stored: 1 }],
    ['a delta of no known type', { response: answer, deltas: [{ type: 'video.delta' }], stored: 1 }],
    ['a cost that is no number', { response: { ...answer, cost_usd: '1' }, deltas, stored: 1 }],
    ['a negative cost', { response: { ...answer, cost_usd: -5 }, deltas, stored: 1 }],
    ['no time', { response: answer, deltas }],
    ['deltas that are no list', { response: answer, deltas: { length: 1 }, stored: 1 }]
  ])('that gives back %s: a miss, and the answer is stored anew', async (_what, nonsense) => {
    const entries = new Map<string, unknown>([[key, nonsense]])
    const store: CacheStore = {
      ...memoryCache(),
      get: at => entries.get(at) as CacheEntry,
      set: (at, entry) => void entries.set(at, entry)
    }
    const ask = cached(provider(), store, { host: warningHost() })
    expect((await ask(request)).cache?.state).toBe('miss')
    expect((await ask(request)).cache?.state).toBe('hit')
  })
})

test('a request that is no JSON fails by its stream', async () => {
  const ask = cached(provider(), memoryCache())
  const failure = await ask({ ...request, temperature: Number.NaN }).catch(error => error)
  expect(failure).toBeInstanceOf(DaybookError)
  expect(failure).toMatchObject({ kind: 'input' })
})

describe('a store whose keys have turns', () => {
  /** Counts its looks, and says what happened in order. */
  function turning(others: boolean): { store: CacheStore; steps: string[] } {
    const steps: string[] = []
    const memory = memoryCache()
    const store: CacheStore = {
      ...memory,
      async get(key) {
        steps.push('look')
        return memory.get(key)
      },
      async set(key, entry) {
        steps.push('store')
        await memory.set(key, entry)
      },
      turn: async () => {
        steps.push('turn')
        return others ? () => void steps.push('let go') : undefined
      }
    }
    return { store, steps }
  }

  test('is looked at again when it is our turn, and lets the next one ask when the answer is there', async () => {
    const { store, steps } = turning(true)
    await cached(provider(), store)(request)
    expect(steps).toEqual(['look', 'turn', 'look', 'store', 'let go'])
  })

  test('is looked at once where there was nobody to wait for', async () => {
    const { store, steps } = turning(false)
    await cached(provider(), store)(request)
    expect(steps).toEqual(['look', 'turn', 'store'])
  })

  test('lets the next one ask after a failure, and when nobody waits any more', async () => {
    const failing = turning(true)
    const refusing: LLMFn = () => failedStream(new RateLimitError('No.'))
    await expect(cached(refusing, failing.store)(request)).rejects.toThrow('No.')
    expect(failing.steps).toEqual(['look', 'turn', 'look', 'let go'])

    const left = turning(true)
    const controller = new AbortController()
    const asked = cached(provider(), left.store)(request, { signal: controller.signal })
    controller.abort()
    await expect(asked).rejects.toMatchObject({ kind: 'aborted' })
    await expect.poll(() => left.steps.at(-1)).toBe('let go')
  })
})
