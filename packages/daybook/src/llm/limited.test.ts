import { describe, expect, test } from 'vitest'
import { fakeClock } from '../testing/clock.js'
import { type LimitOptions, limited } from './limited.js'
import type { LLMFn, LLMResponse } from './llm.js'
import { llmStream } from './llm-stream.js'

const request = { model: 'm', messages: [] }

/** A provider that takes a second of the fake clock, and what is known of its calls. */
function setUp(options: LimitOptions, answer: Partial<LLMResponse> = {}) {
  const clock = fakeClock()
  const began = clock.now()
  const seen = { starts: [] as number[], open: 0, most: 0 }
  const inner: LLMFn = (_request, { signal } = {}) =>
    llmStream(
      async function* (inside) {
        seen.starts.push(clock.now() - began)
        seen.most = Math.max(seen.most, ++seen.open)
        try {
          yield { type: 'text.delta', text: 'yes' }
          await clock.sleep(1000, inside)
        } finally {
          seen.open--
        }
        return { text: 'yes', usage: null, ...answer } as LLMResponse
      },
      { signal }
    )
  let timers = 0
  const llm = limited(inner, {
    ...options,
    host: { now: clock.now },
    sleep: (ms, signal) => {
      timers++
      return clock.sleep(ms, signal)
    }
  })
  return { clock, seen, llm, timers: () => timers }
}

const times = <T>(n: number, make: (index: number) => T): T[] =>
  Array.from({ length: n }, (_none, index) => make(index))

describe('a limited function', () => {
  test('lets so many calls through at once, in the order in which they came', async () => {
    const { clock, seen, llm } = setUp({ concurrency: 2 })
    await clock.finish(Promise.all(times(6, () => llm(request))))
    expect(seen).toEqual({ starts: [0, 0, 1000, 1000, 2000, 2000], open: 0, most: 2 })
  })

  test('lets so many requests through in a minute, evenly after the first', async () => {
    const { clock, seen, llm } = setUp({ rpm: 3 })
    await clock.finish(Promise.all(times(5, () => llm(request))))
    expect(seen.starts).toEqual([0, 0, 0, 20_000, 40_000])
  })

  test('counts tokens, estimated before and put right after', async () => {
    const usage = { input_tokens: 10, output_tokens: 50 }
    const { clock, seen, llm } = setUp({ tpm: 120 }, { usage })
    const call = () => llm({ ...request, max_tokens: 99 })
    await clock.finish(call())
    await clock.finish(call())
    // 100 were reserved, 60 used: 40 of 120 are missing for the second one after a second, and not 80.
    expect(seen.starts[1]).toBe(20_000)
  })

  test('a call that is larger than a whole minute goes alone instead of never', async () => {
    const { clock, seen, llm } = setUp({ tpm: 100 })
    await clock.finish(Promise.all([llm({ ...request, max_tokens: 5000 }), llm({ ...request, max_tokens: 5000 })]))
    expect(seen.starts).toEqual([0, 60_000])
  })

  test('refuses a call that has waited too long, and the others go on', async () => {
    const { clock, seen, llm } = setUp({ concurrency: 1, maxWaitMs: 1500 })
    const calls = times(3, () => llm(request))
    const results = await clock.finish(Promise.allSettled(calls))
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected'])
    await expect(calls[2]).rejects.toMatchObject({ kind: 'rate_limit', retryable: false })
    expect(seen.starts).toEqual([0, 1000])
  })

  test('an aborted call leaves the queue at once, and one that fails makes room', async () => {
    const { clock, seen, llm } = setUp({ concurrency: 1 })
    const [first, second] = [new AbortController(), new AbortController()]
    const calls = [llm(request, first), llm(request, second), llm(request)]
    await clock.advance(0)
    second.abort()
    await expect(calls[1]).rejects.toMatchObject({ kind: 'aborted' })
    first.abort()
    await expect(calls[0]).rejects.toMatchObject({ kind: 'aborted' })
    expect((await clock.finish(calls[2] as ReturnType<LLMFn>)).text).toBe('yes')
    expect(seen.starts).toEqual([0, 0])
  })

  test('a thousand waiting calls have one timer among them', async () => {
    const { clock, llm, timers } = setUp({ rpm: 1, maxWaitMs: 600_000 })
    const calls = times(1000, () => llm(request))
    await clock.advance(0)
    expect(timers()).toBe(1)
    for (const call of calls) call.catch(() => {})
    await clock.finish(Promise.allSettled(calls))
    expect(clock.sleeping).toBe(0)
  })

  test('a limit that is no limit is refused when it is set', () => {
    expect(() => limited(() => llmStream(async function* () {} as never), { concurrency: 0 })).toThrow(/concurrency/)
  })
})
