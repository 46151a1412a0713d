import { describe, expect, test } from 'vitest'
import {
  APIConnectionError,
  APITimeoutError,
  BadRequestError,
  DaybookError,
  IncompleteStreamError,
  RateLimitError,
  ServiceUnavailableError
} from '../errors.js'
import { type FakeClock, fakeClock } from '../testing/clock.js'
import { simulatedFetch } from '../testing/simulated-fetch.js'
import type { LLMDelta, LLMFact, LLMFn, LLMOptions, LLMRequest, LLMResponse, LLMStream } from './llm.js'
import { targetOf } from './llm.js'
import { failedStream, llmStream } from './llm-stream.js'
import { type RetryOptions, retried } from './retried.js'
import { chatCompletionsApi } from './wire/chat-api.js'

const request: LLMRequest = { model: 'm', messages: [] }
const answer: LLMResponse = {
  text: 'done',
  model: 'm',
  message: { role: 'assistant', content: 'done' },
  finish_reason: 'stop',
  usage: null,
  tool_calls: [],
  cost_usd: null,
  cached: false
}

/** One step of a script: fail before anything, fail after a delta, answer with or without a delta, or hang. */
type Step = DaybookError | { after: DaybookError } | 'answer' | 'empty' | 'hang'

function scripted(steps: readonly Step[]): LLMFn & { calls: number } {
  const call = Object.assign(
    (_request: LLMRequest, options: LLMOptions = {}): LLMStream => {
      const step = steps[Math.min(call.calls++, steps.length - 1)] as Step
      return llmStream(async function* () {
        if (step instanceof DaybookError) throw step
        if (step === 'hang') await new Promise(() => {})
        if (step !== 'empty') yield { type: 'text.delta', text: 'do' } as LLMDelta
        if (typeof step === 'object') throw step.after
        return answer
      }, options)
    },
    { calls: 0 }
  )
  return call
}

function setUp(steps: readonly Step[], options: RetryOptions & { random?: number } = {}) {
  const { random = 0, ...rest } = options
  const clock: FakeClock = fakeClock()
  const waits: number[] = []
  const facts: LLMFact[] = []
  const inner = scripted(steps)
  const llm = retried(inner, {
    ...rest,
    host: { now: clock.now, random: () => random },
    sleep: (ms, signal) => {
      waits.push(ms)
      return clock.sleep(ms, signal)
    }
  })
  const run = (callOptions: LLMOptions = {}): Promise<LLMResponse> =>
    clock.finish(llm(request, { report: fact => facts.push(fact), ...callOptions }))
  return { clock, waits, facts, inner, llm, run }
}

const busy = (details = {}): DaybookError => new ServiceUnavailableError('Busy.', details)

test('an answer at the first request is passed on as it is', async () => {
  const { run, inner, waits, facts } = setUp(['answer'])
  expect(await run()).toEqual(answer)
  expect({ calls: inner.calls, waits, facts }).toEqual({ calls: 1, waits: [], facts: [] })
})

test('a fault before the first delta is asked again, reported, and counted on the answer', async () => {
  const { run, inner, waits, facts } = setUp([busy(), new APIConnectionError('Reset.'), 'answer'])
  expect(await run()).toEqual({ ...answer, attempts: 3 })
  expect(inner.calls).toBe(3)
  expect(waits).toEqual([250, 500])
  expect(facts).toEqual([
    { type: 'attempt', n: 2, kind: 'overloaded', wait_ms: 250 },
    { type: 'attempt', n: 3, kind: 'connection', wait_ms: 500 }
  ])
})

test('after the retries are used up the last error is thrown, with its attempts', async () => {
  const { run, inner } = setUp([busy()])
  await expect(run()).rejects.toMatchObject({ kind: 'overloaded', attempts: 3 })
  expect(inner.calls).toBe(3)
})

test('after the first delta nothing is asked again, and what arrived is kept', async () => {
  const { run, inner } = setUp([busy(), { after: new IncompleteStreamError('Cut.') }])
  await expect(run()).rejects.toMatchObject({
    name: 'IncompleteStreamError',
    attempts: 2,
    partial: { text: 'do' }
  })
  expect(inner.calls).toBe(2)
})

test('readers see the deltas of the attempt that answered, and nothing of those before', async () => {
  const { clock, llm } = setUp([busy(), 'answer'])
  const stream = llm(request)
  const deltas: LLMDelta[] = []
  const read = (async () => {
    for await (const delta of stream) deltas.push(delta)
  })()
  await clock.finish(read)
  expect(deltas).toEqual([{ type: 'text.delta', text: 'do' }])
})

test('an answer without deltas is an answer', async () => {
  const { run, inner } = setUp(['empty'])
  expect(await run()).toEqual(answer)
  expect(inner.calls).toBe(1)
})

describe('what may pass is asked again, what will not is not', () => {
  const cases: [string, DaybookError, number][] = [
    ['a stream that was cut before its first delta', new IncompleteStreamError('Cut.'), 2],
    ['a time limit before the headers', new APITimeoutError('Slow.', { phase: 'headers' }), 2],
    ['a time limit before the first delta', new APITimeoutError('Slow.', { phase: 'first' }), 2],
    ['a stream that stalled', new APITimeoutError('Stalled.', { phase: 'idle' }), 1],
    ['a request that took too long as a whole', new APITimeoutError('Slow.', { phase: 'total' }), 1],
    ['a bad request', new BadRequestError('No.'), 1],
    ['a bad request that the provider wants again', new BadRequestError('No.', { shouldRetry: true }), 2],
    ['a busy provider that wants no retry', busy({ shouldRetry: false }), 1]
  ]
  for (const [name, error, calls] of cases) {
    test(name, async () => {
      const { run, inner } = setUp([error, 'answer'], { maxRetries: 1 })
      await run().catch(() => {})
      expect(inner.calls).toBe(calls)
    })
  }
  test('an error that is not ours', async () => {
    const llm = retried(() => failedStream(new TypeError('a fault in a program')))
    await expect(llm(request)).rejects.toThrow(TypeError)
  })
})

describe('the wait', () => {
  test('doubles from half a second to eight, and is jittered downward by at most a half', async () => {
    const high = setUp([busy()], { maxRetries: 7, random: 1 })
    await high.run().catch(() => {})
    expect(high.waits).toEqual([500, 1000, 2000, 4000, 8000, 8000, 8000])
    const low = setUp([busy()], { maxRetries: 5, random: 0 })
    await low.run().catch(() => {})
    expect(low.waits).toEqual([250, 500, 1000, 2000, 4000])
  })

  test('is what the provider asks for, never less, plus at most a fifth or a second', async () => {
    const asked = (retryAfterMs: number, random: number) => setUp([busy({ retryAfterMs }), 'answer'], { random })
    for (const [ms, random, wait] of [
      [1500, 0, 1500],
      [1500, 1, 1800],
      [60_000, 1, 61_000],
      [120_000, 1, 120_000]
    ] as const) {
      const { run, waits } = asked(ms, random)
      await run()
      expect(waits).toEqual([wait])
    }
  })

  test('that would be too long is not begun: the call fails at once and says when to come back', async () => {
    for (const retryAfterMs of [120_001, 86_400_000, Number.POSITIVE_INFINITY]) {
      const { run, waits, inner } = setUp([new RateLimitError('Slow down.', { retryAfterMs })])
      await expect(run()).rejects.toMatchObject({ kind: 'rate_limit', retryAfterMs, attempts: 1 })
      expect({ waits, calls: inner.calls }).toEqual({ waits: [], calls: 1 })
    }
  })

  test('asked for as zero, a negative or no number is the usual one', async () => {
    for (const retryAfterMs of [0, -5, Number.NaN]) {
      const { run, waits } = setUp([busy({ retryAfterMs }), 'answer'])
      await run()
      expect(waits).toEqual([250])
    }
  })

  test('ends at once when the caller aborts, and no request follows', async () => {
    const { clock, llm, inner, facts } = setUp([busy()])
    const controller = new AbortController()
    const stream = llm(request, { signal: controller.signal, report: fact => facts.push(fact) })
    await clock.advance(100)
    expect(clock.sleeping).toBe(1)
    controller.abort()
    await expect(stream).rejects.toMatchObject({ kind: 'aborted', attempts: 1 })
    expect({ calls: inner.calls, sleeping: clock.sleeping, facts }).toEqual({ calls: 1, sleeping: 0, facts: [] })
  })
})

test('a signal of the caller that times out is not a time limit to retry', async () => {
  const { llm, inner } = setUp(['hang', 'answer'])
  const controller = new AbortController()
  const stream = llm(request, { signal: controller.signal })
  controller.abort(new DOMException('over', 'TimeoutError'))
  await expect(stream).rejects.toMatchObject({ kind: 'timeout' })
  expect(inner.calls).toBeLessThanOrEqual(1)
})

describe('totalMs bounds everything together', () => {
  test('a request that hangs ends with it', async () => {
    const { run, clock } = setUp(['hang'], { totalMs: 5000 })
    const start = clock.now()
    await expect(run()).rejects.toMatchObject({ name: 'APITimeoutError', phase: 'total', attempts: 1 })
    expect(clock.now() - start).toBe(5000)
  })

  test('a wait that would go past it is not begun', async () => {
    const { run, clock, inner } = setUp([busy({ retryAfterMs: 6000 })], { totalMs: 5000 })
    const start = clock.now()
    await expect(run()).rejects.toMatchObject({ kind: 'overloaded', retryAfterMs: 6000 })
    expect({ took: clock.now() - start, calls: inner.calls }).toEqual({ took: 0, calls: 1 })
  })

  test('an answer in time leaves no timer and no listener', async () => {
    const { run, clock } = setUp([busy(), 'answer'], { totalMs: 5000 })
    const controller = new AbortController()
    expect(await run({ signal: controller.signal })).toMatchObject({ attempts: 2 })
    expect(clock.sleeping).toBe(0)
  })

  test("the caller's abort is still an abort", async () => {
    const { clock, llm } = setUp(['hang'], { totalMs: 5000 })
    const controller = new AbortController()
    const stream = llm(request, { signal: controller.signal })
    controller.abort()
    await expect(stream).rejects.toMatchObject({ kind: 'aborted' })
    expect(clock.sleeping).toBe(0)
  })
})

test('an outage does not become a storm: ten retries a minute, and one more for every five calls', async () => {
  const { run, inner, facts, clock } = setUp([busy()], { maxRetries: 1, maxWaitMs: 0 })
  for (let call = 0; call < 100; call++) await run().catch(() => {})
  expect(inner.calls).toBe(100 + 10 + 20)
  expect(facts).toContainEqual(expect.objectContaining({ type: 'warning', area: 'retry', kind: 'budget' }))
  await clock.advance(60_000)
  const before = inner.calls
  for (let call = 0; call < 20; call++) await run().catch(() => {})
  expect(inner.calls - before).toBe(20 + 10 + 3) // twenty calls have all but earned a fourth
})

test('the storm at one provider takes nothing from another', async () => {
  const inner = Object.assign(scripted([busy()]), {
    target: ({ model }: LLMRequest) => ({ provider: model, api: 'chat' as const, base_url: '', model })
  })
  const clock = fakeClock()
  const llm = retried(inner, {
    maxRetries: 1,
    maxWaitMs: 0,
    host: { now: clock.now, random: () => 0 },
    sleep: clock.sleep
  })
  const ask = (model: string): Promise<number> =>
    clock.finish(
      llm({ ...request, model }).then(
        () => 0,
        (error: DaybookError) => error.attempts
      )
    )
  const down: number[] = []
  for (let call = 0; call < 20; call++) down.push(await ask('down'))
  expect(down.slice(-5).sort()).toEqual([1, 1, 1, 1, 2])
  expect(await ask('shaky')).toBe(2)
})

test('the target is that of the wrapped function', () => {
  const target = () => ({ provider: 'p', api: 'chat' as const, base_url: 'https://p.test', model: 'm' })
  expect(targetOf(retried(Object.assign(scripted(['answer']), { target })), request)).toEqual(target())
})

test('a number of retries that is none is refused when the wrapper is made', () => {
  for (const maxRetries of [-1, 1.5, Number.NaN]) {
    expect(() => retried(scripted(['answer']), { maxRetries })).toThrow('maxRetries')
  }
})

test('leaving the stream during a wait ends the call', async () => {
  const { clock, llm, inner } = setUp([busy()])
  const iterator = llm(request)[Symbol.asyncIterator]()
  const first = iterator.next()
  first.catch(() => {})
  await clock.advance(1)
  await iterator.return?.()
  await clock.advance(60_000)
  expect(inner.calls).toBe(1)
})

test('over the wire: a busy provider that says when, a cut stream, then the answer', async () => {
  const clock = fakeClock()
  const simulated = simulatedFetch({ speed: Number.POSITIVE_INFINITY })
  const heads: Response[] = [
    new Response('{"error":{"message":"Busy"}}', { status: 503, headers: { 'retry-after': '7' } }),
    new Response('data: {"choices":[{"index":0,"delta":{"role":"assistant"}}]}\n\n', {
      headers: { 'content-type': 'text/event-stream' }
    })
  ]
  const inner = chatCompletionsApi({
    baseURL: 'https://provider.test/v1',
    fetch: async (input, init) => heads.shift() ?? simulated(input, init)
  })
  const facts: LLMFact[] = []
  const llm = retried(inner, { host: { now: clock.now, random: () => 0 }, sleep: clock.sleep })
  const asked: LLMRequest = { model: 'm', messages: [{ role: 'user', content: 'Why?' }] }
  const answered = await clock.finish(llm(asked, { report: fact => facts.push(fact) }))
  expect(answered).toMatchObject({ attempts: 3, finish_reason: 'stop', estimated: true })
  expect(facts).toEqual([
    { type: 'attempt', n: 2, kind: 'overloaded', wait_ms: 7000 },
    { type: 'attempt', n: 3, kind: 'bad_response', wait_ms: 500 }
  ])
})

test('all attempts of one call have one idempotency key, and another call has another', async () => {
  const keys: (string | undefined)[] = []
  const inner = scripted([busy(), 'answer', 'answer'])
  const clock = fakeClock()
  const llm = retried(
    (asked, options) => {
      keys.push(options?.idempotencyKey)
      return inner(asked, options)
    },
    { host: { now: clock.now, random: () => 0 }, sleep: clock.sleep }
  )
  await clock.finish(llm(request))
  await clock.finish(llm(request))
  expect(keys[0]).toMatch(/^[0-9a-f]{24}$/)
  expect(keys[1]).toBe(keys[0])
  expect(keys[2]).not.toBe(keys[0])
})
