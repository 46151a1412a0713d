import { describe, expect, test } from 'vitest'
import { cached } from '../cache/cached.js'
import { memoryCache } from '../cache/memory-cache.js'
import { overlayCache } from '../cache/overlay-cache.js'
import { RateLimitError } from '../errors.js'
import { createHost } from '../host.js'
import type { EventDraft, LedgerEvent, LedgerSignal } from '../ledger/event.js'
import type { Ledger } from '../ledger/ledger.js'
import { memoryLedgerStore } from '../ledger/memory-ledger-store.js'
import { openLedger } from '../ledger/open-ledger.js'
import type { LLMFn, LLMRequest, LLMResponse } from '../llm/llm.js'
import { llmStream } from '../llm/llm-stream.js'
import { textLlm } from '../llm/text-llm.js'
import { llmExecutor } from './executor.js'
import { responder } from './responder.js'
import { createRuntime, type RuntimeOptions } from './runtime.js'

const emptyLedger = (): Promise<Ledger> => openLedger(memoryLedgerStore(), 'run:1')

async function eventsOf(ledger: Ledger): Promise<LedgerEvent[]> {
  const events: LedgerEvent[] = []
  for await (const event of ledger.read()) events.push(event)
  return events
}

const ask = (content: string, more: object = {}): EventDraft => ({
  type: 'llm.request',
  data: { model: 'm', messages: [{ role: 'user', content }], ...more }
})

function answer(text: string, cost_usd: number | null = 1): LLMResponse {
  return {
    text,
    model: 'm-1',
    message: { role: 'assistant', content: text },
    finish_reason: 'stop',
    usage: { input_tokens: 1, output_tokens: 2 },
    tool_calls: [],
    cost_usd,
    cached: false
  }
}

/** Answers at once, with no deltas before. */
function giving(response: unknown): LLMFn {
  return () => llmStream(() => ({ next: async () => ({ done: true, value: response as LLMResponse }) }))
}

/** Answers with what was asked, and keeps the requests. */
function echo(cost = 1): LLMFn & { requests: LLMRequest[] } {
  const requests: LLMRequest[] = []
  const llm: LLMFn = request => {
    requests.push(request)
    return llmStream(async function* () {
      const text = String(request.messages[0]?.content)
      yield { type: 'text.delta', text }
      return answer(text, cost)
    })
  }
  return Object.assign(llm, { requests })
}

async function run(seeds: EventDraft[], llm: LLMFn, options: Partial<RuntimeOptions> = {}) {
  const ledger = await emptyLedger()
  const { responders = [], ...rest } = options
  const world = await createRuntime({ ledger, responders: [llmExecutor(llm), ...responders], ...rest }).run(seeds)
  return { ledger, world, events: await eventsOf(ledger) }
}

describe('an answer', () => {
  test('is an event that follows from its request, with everything the answer said', async () => {
    const { events } = await run([ask('hello', { cause_object_id: 'finding-1' })], echo())
    const [request, response] = events as [LedgerEvent, LedgerEvent<'llm.response'>]
    expect(response).toMatchObject({
      type: 'llm.response',
      actor: 'llm_executor',
      source: 'run:1',
      cause: [request.id],
      by: `${request.id}#0`,
      data: { text: 'hello', model: 'm-1', cost_usd: 1, cause_object_id: 'finding-1', usage: { output_tokens: 2 } }
    })
    expect(response.data).toMatchObject({ cached: false, cache: { state: 'miss' }, stream: { lengths: [5] } })
    expect(request.data).toMatchObject({ target: { provider: 'custom', model: 'm' } })
  })

  test('is asked for with the whole request, and with nothing else of the event', async () => {
    const llm = echo()
    const target = { provider: 'evil', api: 'chat', base_url: 'https://evil.test', model: 'x' }
    const tools = [{ type: 'function', function: { name: 'f' } }]
    await run(
      [
        ask('hi', {
          temperature: 0.5,
          tools,
          max_tokens: 7,
          target,
          cause_object_id: 'o',
          dialog_id: 'd',
          metadata: { a: 1 }
        })
      ],
      llm
    )
    expect(llm.requests).toEqual([
      { model: 'm', messages: [{ role: 'user', content: 'hi' }], temperature: 0.5, tools, max_tokens: 7 }
    ])
  })

  test('three requests that are alike make one call, from a cold start: the first pays, the others cost nothing', async () => {
    const llm = echo()
    const { events, world } = await run([ask('same'), ask('same'), ask('same')], llm)
    const answers = events.slice(3).map(({ data }) => data as LedgerEvent<'llm.response'>['data'])
    expect(llm.requests).toHaveLength(1)
    expect(answers.map(({ cost_usd, cached, cache }) => [cost_usd, cached, cache?.state])).toEqual([
      [1, false, 'miss'],
      [0, true, 'joined'],
      [0, true, 'joined']
    ])
    expect(answers[2]?.saved_usd).toBe(1)
    const cache = world.context.cache as ReturnType<typeof memoryCache>
    expect(await cache.keys()).toHaveLength(1)
  })

  test('an empty cache that was handed in is used, and a second run on it makes no call', async () => {
    const cache = memoryCache()
    const llm = echo()
    await run([ask('a'), ask('b')], llm, { cache })
    const { events } = await run([ask('a'), ask('b')], llm, { cache })
    expect(llm.requests).toHaveLength(2)
    expect(events.slice(2).map(({ data }) => data)).toMatchObject([
      { cost_usd: 0, saved_usd: 1, cached: true, cache: { state: 'hit' } },
      { cost_usd: 0, saved_usd: 1, cached: true, cache: { state: 'hit' } }
    ])
  })

  test('requests that differ by one parameter have answers of their own', async () => {
    const llm = echo()
    await run([ask('a'), ask('a', { temperature: 0.1 }), ask('a', { tools: [] })], llm)
    expect(llm.requests).toHaveLength(3)
  })

  test('without a cache every request is a call; a function that is cached already is not cached again', async () => {
    const plain = echo()
    await run([ask('a'), ask('a')], plain, { cache: false })
    expect(plain.requests).toHaveLength(2)
    const own = memoryCache()
    const { world } = await run([ask('a'), ask('a')], cached(echo(), own))
    expect(await own.keys()).toHaveLength(1)
    expect(await (world.context.cache as typeof own).keys()).toEqual([])
    const given = overlayCache(memoryCache(), own)
    const ledger = await emptyLedger()
    const llm = echo()
    await createRuntime({ ledger, responders: [llmExecutor(llm, { name: 'mine', cache: given })] }).run([ask('a')])
    expect(llm.requests).toEqual([])
    expect((await eventsOf(ledger))[1]?.actor).toBe('mine')
  })

  test('is in the cache only after its event is in the ledger', async () => {
    const ledger = await emptyLedger()
    const cache = memoryCache()
    const at: unknown[] = []
    const watched: Ledger = {
      ...ledger,
      async append(events, options) {
        at.push([events.at(-1)?.type, (await cache.keys()).length])
        return ledger.append(events, options)
      }
    }
    await createRuntime({ ledger: watched, responders: [llmExecutor(echo())], cache }).run([ask('a')])
    expect(at).toEqual([
      ['llm.request', 0],
      ['llm.response', 0]
    ])
    expect(await cache.keys()).toHaveLength(1)
  })

  test('that cannot be appended is not cached', async () => {
    const ledger = await emptyLedger()
    const cache = memoryCache()
    const broken: Ledger = {
      ...ledger,
      append: (events, options) =>
        events.at(-1)?.type === 'llm.response' ? Promise.reject(new Error('disk')) : ledger.append(events, options)
    }
    const runtime = createRuntime({ ledger: broken, responders: [llmExecutor(echo())], cache })
    await expect(runtime.run([ask('a')])).rejects.toThrow('disk')
    expect(await cache.keys()).toEqual([])
  })

  test('while it streams, its deltas are signals of its request', async () => {
    const ledger = await emptyLedger()
    const signals: LedgerSignal[] = []
    ledger.subscribe(() => {}, { onSignal: signal => signals.push(signal) })
    await createRuntime({ ledger, responders: [llmExecutor(echo())] }).run([ask('hello')])
    const [request] = await eventsOf(ledger)
    expect(signals).toEqual([{ request: request?.id, n: 0, delta: { type: 'text.delta', text: 'hello' } }])
  })
})

describe('a failure', () => {
  test('of a call is an event, and responders may react to it', async () => {
    const llm: LLMFn = () => {
      const error = new RateLimitError('slow down', { status: 429 })
      return llmStream(async function* () {
        yield { type: 'text.delta', text: 'half an' }
        throw error
      })
    }
    const heard: string[] = []
    const { events } = await run([ask('a', { cause_object_id: 'o' })], llm, {
      responders: [
        responder('hear', 'llm.failed', event => {
          heard.push(event.data.kind)
        })
      ]
    })
    expect(events[1]).toMatchObject({
      type: 'llm.failed',
      cause: [events[0]?.id],
      data: { kind: 'rate_limit', status: 429, retryable: true, cause_object_id: 'o', partial: { text: 'half an' } }
    })
    expect(heard).toEqual(['rate_limit'])
  })

  const wrong: [string, LLMFn][] = [
    [
      'throws when it is called',
      () => {
        throw new Error('no')
      }
    ],
    ['gives back no stream', (async () => answer('x')) as never],
    ['gives back nothing', (() => undefined) as never],
    ['answers with nonsense', giving({ hello: 1 })],
    ['answers with a cost that is no number', giving(answer('x', Number.NaN))],
    ['answers with a negative cost', giving(answer('x', -1))]
  ]
  test.each(wrong)('of a function that %s is an llm.failed too', async (_what, llm) => {
    for (const cache of [undefined, false] as const) {
      const { events } = await run([ask('a')], llm, { cache, host: createHost({ warn: () => {} }) })
      expect(events.map(({ type }) => type)).toEqual(['llm.request', 'llm.failed'])
      expect(events[1]?.data).toMatchObject({ kind: 'bad_response' })
    }
  })

  test('a stream of a foreign make is read like one of ours, and its rejection is not left unhandled', async () => {
    const foreign =
      (fail: boolean): LLMFn =>
      () => {
        const items = (async function* () {
          yield { type: 'text.delta', text: 'hi' } as const
          if (fail) throw new RateLimitError('foreign')
          return answer('hi')
        })()
        const promise = fail ? Promise.reject(new RateLimitError('foreign')) : Promise.resolve(answer('hi'))
        return Object.assign(promise, { [Symbol.asyncIterator]: () => items }) as never
      }
    for (const cache of [undefined, false] as const) {
      expect((await run([ask('a')], foreign(false), { cache })).events[1]).toMatchObject({ data: { text: 'hi' } })
      expect((await run([ask('a')], foreign(true), { cache })).events[1]).toMatchObject({
        data: { kind: 'rate_limit' }
      })
    }
  })

  test('attempts and warnings of a call stand before its end, and do not change its id', async () => {
    const talkative: LLMFn = (request, options) => {
      options?.report?.({ type: 'attempt', n: 2, kind: 'server', wait_ms: 5 })
      options?.report?.({ type: 'warning', area: 'prices', kind: 'old', message: 'The table is old.' })
      return echo()(request)
    }
    const { events } = await run([ask('a')], talkative)
    expect(events.map(({ type }) => type)).toEqual(['llm.request', 'llm.attempt', 'warning.raised', 'llm.response'])
    expect(events.slice(1).every(({ cause }) => cause[0] === events[0]?.id)).toBe(true)
    expect(events[3]?.id).toBe((await run([ask('a')], echo())).events[1]?.id)
  })

  test('a second end of one request is rejected', async () => {
    const again = responder('again', 'llm.response', event =>
      event.actor === 'llm_executor'
        ? [{ type: 'llm.failed', data: { kind: 'server', message: 'x', retryable: false }, cause: event.cause }]
        : []
    )
    const { events } = await run([ask('a')], echo(), { responders: [again] })
    expect(events.map(({ type }) => type)).toEqual(['llm.request', 'llm.response', 'output.rejected'])
  })
})

describe('a responder that asks by itself', () => {
  test('gets the answer; request and answer are its outputs, in the order of its calls', async () => {
    const { events, world } = await run([{ type: 'object.created', data: { id: 'o', type: 'T' } }], echo(), {
      responders: [
        responder('asker', 'object.created', async (_event, _world, { llm }) => {
          const model = 'm'
          const slow = llm({ model, messages: [{ role: 'user', content: 'one' }] })
          const quick = llm({ model, messages: [{ role: 'user', content: 'two' }] }, { metadata: { why: 'test' } })
          const texts: string[] = []
          for await (const delta of slow) if (delta.type === 'text.delta') texts.push(delta.text)
          texts.push((await quick).text)
          return [{ type: 'object.patched', data: { id: 'o', patch: { texts } } }]
        })
      ]
    })
    expect(world.object('o')?.data).toEqual({ texts: ['one', 'two'] })
    const made = events.slice(1)
    expect(made.map(({ type, by }) => [type, by?.split('#')[1]])).toEqual([
      ['llm.request', '0'],
      ['llm.response', '1'],
      ['llm.request', '2'],
      ['llm.response', '3'],
      ['object.patched', '4']
    ])
    expect(made[1]?.cause).toEqual([made[0]?.id])
    expect(made[2]?.data).toMatchObject({ metadata: { why: 'test' }, target: { model: 'm' } })
  })

  test('without an executor its call fails, and so does it, if it lets it', async () => {
    const ledger = await emptyLedger()
    const asker = responder('asker', 'object.created', async (_event, _world, { llm }) => {
      await llm({ model: 'm', messages: [] })
    })
    await createRuntime({ ledger, responders: [asker] }).run([{ type: 'object.created', data: { id: 'o', type: 'T' } }])
    expect((await eventsOf(ledger))[1]).toMatchObject({ type: 'responder.failed', data: { kind: 'config' } })
  })

  test('a failure that it survives is recorded, and a call that it does not wait for is waited for', async () => {
    const llm: LLMFn = () =>
      llmStream(() => {
        throw new RateLimitError('no')
      })
    const { events } = await run([{ type: 'object.created', data: { id: 'o', type: 'T' } }], llm, {
      responders: [
        responder('careless', 'object.created', (_event, _world, context) => {
          void context.llm({ model: 'm', messages: [] })
        })
      ]
    })
    expect(events.map(({ type }) => type)).toEqual(['object.created', 'llm.request', 'llm.failed'])
  })

  test('time in a call is not the responder’s own time', async () => {
    const slow: LLMFn = request =>
      llmStream(async function* () {
        await new Promise(resolve => setTimeout(resolve, 40))
        return answer(String(request.messages.length))
      })
    const { events } = await run([{ type: 'object.created', data: { id: 'o', type: 'T' } }], slow, {
      timeoutMs: 15,
      responders: [
        responder('asker', 'object.created', async (_event, _world, { llm }) => {
          await llm({ model: 'm', messages: [] })
        })
      ]
    })
    expect(events.map(({ type }) => type)).toEqual(['object.created', 'llm.request', 'llm.response'])
  })
})

describe('an abort in the middle of calls', () => {
  const open =
    (count: { now: number }): LLMFn =>
    (_request, options) =>
      llmStream(async function* (signal) {
        count.now++
        try {
          yield { type: 'text.delta', text: 'be' }
          await new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
          return answer('never')
        } finally {
          count.now--
        }
      }, options)

  test('every call has its end in the ledger when the run fails, with what had arrived', async () => {
    const count = { now: 0 }
    const ledger = await emptyLedger()
    const controller = new AbortController()
    const runtime = createRuntime({ ledger, responders: [llmExecutor(open(count))], concurrency: 100 })
    const seeds = Array.from({ length: 100 }, (_, n) => ask(`question ${n}`))
    const running = runtime.run(seeds, { signal: controller.signal })
    let signals = 0
    ledger.subscribe(() => {}, {
      onSignal: () => {
        signals++
        if (signals === 100) controller.abort()
      }
    })
    await expect(running).rejects.toMatchObject({ kind: 'aborted' })
    const events = await eventsOf(ledger)
    const failed = events.filter(({ type }) => type === 'llm.failed')
    expect(failed).toHaveLength(100)
    expect(failed[0]?.data).toMatchObject({ kind: 'aborted', partial: { text: 'be' } })
    await new Promise(resolve => setTimeout(resolve, 0))
    expect(count.now).toBe(0)
  })

  test('a function that does not listen is not waited for', async () => {
    const ledger = await emptyLedger()
    const controller = new AbortController()
    const deaf: LLMFn = () => {
      setTimeout(() => controller.abort(), 1)
      return Object.assign(new Promise(() => {}), {
        [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => {}) })
      }) as never
    }
    const runtime = createRuntime({ ledger, responders: [llmExecutor(deaf)], cache: false })
    await expect(runtime.run([ask('a')], { signal: controller.signal })).rejects.toMatchObject({ kind: 'aborted' })
    expect((await eventsOf(ledger)).map(({ type }) => type)).toEqual(['llm.request', 'llm.failed', 'warning.raised'])
  })
})

describe('a budget in dollars', () => {
  const quiet = createHost({ warn: () => {} })

  test('stops the run at the answer that reaches it, and says what was paid and not kept', async () => {
    const llm = echo(0.4)
    const { events } = await run([ask('a'), ask('b'), ask('c'), ask('d')], llm, { budget: { maxCostUsd: 0.7 } })
    expect(events.map(({ type }) => type)).toEqual([
      ...Array(4).fill('llm.request'),
      'llm.response',
      'llm.response',
      'budget.exhausted'
    ])
    expect(events.at(-1)?.data).toMatchObject({
      reasons: ['max_llm_cost_usd=0.7'],
      llm_cost_usd: 0.8,
      uncommitted: { answers: 2, cost_usd: 0.8 }
    })
  })

  test('with an estimate, refuses what it cannot pay before it is asked: 50 at once, and money for 10', async () => {
    const llm = echo(0.1)
    const seeds = Array.from({ length: 50 }, (_, n) => ask(`question ${n}`))
    const { events } = await run(seeds, llm, { budget: { maxCostUsd: 1.05 }, estimate: () => 0.1, host: quiet })
    expect(llm.requests).toHaveLength(10)
    const failed = events.filter(({ type }) => type === 'llm.failed') as LedgerEvent<'llm.failed'>[]
    expect(failed).toHaveLength(40)
    expect(failed[0]?.data).toMatchObject({ kind: 'budget', estimate: 0.1 })
    expect(failed[0]?.data.left).toBeCloseTo(0.05)
  })

  test('a refused request is answered from the cache where the answer is there', async () => {
    const cache = memoryCache()
    await run([ask('known')], echo(), { cache })
    const llm = echo()
    const { events } = await run([ask('known'), ask('new')], llm, {
      cache,
      budget: { maxCostUsd: 1 },
      estimate: () => Promise.resolve(2),
      host: quiet
    })
    expect(llm.requests).toEqual([])
    expect(events.slice(2)).toMatchObject([
      { type: 'llm.response', data: { cached: true, cost_usd: 0 } },
      { type: 'llm.failed', data: { kind: 'budget' } }
    ])
  })

  test('an answer of unknown price counts nothing, and an estimate that nobody knows reserves nothing', async () => {
    const free: LLMFn = giving(answer('x', null))
    const { events } = await run([ask('a')], free, { budget: { maxCostUsd: 0.1 }, estimate: () => null })
    expect(events.map(({ type }) => type)).toEqual(['llm.request', 'llm.response'])
  })
})

test('a run of many calls takes as long as its slowest call', async () => {
  let open = 0
  let most = 0
  const slow: LLMFn = request =>
    llmStream(async function* () {
      most = Math.max(most, ++open)
      await new Promise(resolve => setTimeout(resolve, 5))
      open--
      return answer(String(request.messages[0]?.content))
    })
  await run(
    Array.from({ length: 50 }, (_, n) => ask(`q${n}`)),
    slow
  )
  expect(most).toBe(50)
})

test('textLlm answers a run', async () => {
  const { events } = await run(
    [ask('hi')],
    textLlm(messages => [`You said ${String(messages[0]?.content)}.`, 0.01])
  )
  expect(events[1]?.data).toMatchObject({ text: 'You said hi.', cost_usd: 0.01, usage: null })
})
