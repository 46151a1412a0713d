import { describe, expect, test } from 'vitest'
import { type DaybookError, RateLimitError, ReplayMissError } from '../errors.js'
import { createHost } from '../host.js'
import { deepFreeze } from '../json.js'
import type { LLMDelta, LLMFn, LLMRequest, LLMResponse } from '../llm/llm.js'
import { llmStream } from '../llm/llm-stream.js'
import { textLlm } from '../llm/text-llm.js'
import { fakeClock } from '../testing/clock.js'
import type { LedgerEvent } from './event.js'
import { memoryLedgerStore } from './memory-ledger-store.js'
import { openLedger } from './open-ledger.js'
import { recorded } from './recorded.js'
import { answerOf, recordingsOf, requestDigest } from './recordings.js'
import { replayed } from './replayed.js'

const ask = (content: string, more: object = {}): LLMRequest => ({
  model: 'some/model',
  messages: [{ role: 'user', content }],
  ...more
})

async function record(llm: LLMFn, requests: readonly LLMRequest[], host = createHost()): Promise<LedgerEvent[]> {
  const ledger = await openLedger(memoryLedgerStore(), 'session:1')
  const call = recorded(llm, ledger, { host })
  for (const request of requests) await call(request).catch(() => {})
  const events: LedgerEvent[] = []
  for await (const event of ledger.read()) events.push(event)
  return events
}

async function deltasOf(stream: AsyncIterable<LLMDelta>): Promise<LLMDelta[]> {
  const deltas: LLMDelta[] = []
  for await (const delta of stream) deltas.push(delta)
  return deltas
}

function numbered(): LLMFn {
  let n = 0
  return textLlm(messages => [`${messages[0]?.content} ${++n}`, 0.5])
}

const failure = (stream: PromiseLike<unknown>): Promise<DaybookError> =>
  Promise.resolve(stream).then(
    () => expect.fail('it succeeded'),
    error => error
  )

describe('requestDigest', () => {
  test('is the same for the data of an event and for the request in it', () => {
    const notes = { dialog_id: 'd', cause_object_id: 'o', metadata: { a: 1 }, target: {}, stream: false }
    expect(requestDigest({ ...ask('a'), ...notes } as never)).toBe(requestDigest(ask('a')))
  })

  test.each([
    ['model', { model: 'other' }],
    ['a parameter', { temperature: 0 }],
    ['a parameter that nobody knows', { strange: [1] }],
    ['tools', { tools: [{ type: 'web_search' }] }],
    ['messages', { messages: [] }]
  ])('another %s is another request', (_what, change) => {
    expect(requestDigest({ ...ask('a'), ...change } as never)).not.toBe(requestDigest(ask('a')))
  })

  test('provider, API and model of the target count, its address does not', () => {
    const target = { provider: 'p', api: 'chat', base_url: 'https://a.example/v1', model: 'm' } as const
    const digest = requestDigest(ask('a'), target)
    expect(requestDigest(ask('a'), { ...target, base_url: 'https://b.example/v1' })).toBe(digest)
    expect(requestDigest(ask('a'), { ...target, provider: 'q' })).not.toBe(digest)
    expect(requestDigest(ask('a'), { ...target, api: 'responses' })).not.toBe(digest)
    expect(requestDigest(ask('a'), { ...target, model: 'n' })).not.toBe(digest)
    expect(requestDigest(ask('a'))).not.toBe(digest)
  })

  test('a frozen message is hashed once, however many turns it is part of', () => {
    const turns = Array.from({ length: 1000 }, (_, n) =>
      deepFreeze({ role: 'user' as const, content: `turn ${n} ${'x'.repeat(10_000)}` })
    )
    const digests = new Set<string>()
    const started = performance.now()
    for (let n = 1; n <= turns.length; n++) digests.add(requestDigest({ model: 'm', messages: turns.slice(0, n) }))
    expect(digests.size).toBe(1000)
    // All turns of all requests are 5 GB to hash.
    expect(performance.now() - started).toBeLessThan(4000)
  })
})

describe('recordingsOf', () => {
  test('pairs every request with its answer, its failure, or nothing yet', async () => {
    const llm: LLMFn = textLlm(messages => {
      if (messages[0]?.content === 'fail') throw new RateLimitError('Too many.')
      return ['yes', 1]
    })
    const events = await record(llm, [ask('a'), ask('fail'), ask('a')])
    const open = { ...(events[0] as LedgerEvent), id: 'open' }
    const recordings = recordingsOf([...events, open])
    expect(recordings.map(({ answer }) => answer?.type)).toEqual([
      'llm.response',
      'llm.failed',
      'llm.response',
      undefined
    ])
    expect(recordings.map(({ requestId }) => requestId)).toEqual([events[0]?.id, events[2]?.id, events[4]?.id, 'open'])
    expect(recordings[0]?.terminalId).toBe(events[1]?.id)
    expect(recordings[0]?.request).toEqual(ask('a'))
    expect(recordings[0]?.target?.provider).toBe('custom')
  })

  test('a second answer of a request is no recording, and an answer to nothing is none either', async () => {
    const events = await record(numbered(), [ask('a')])
    const again = { ...(events[1] as LedgerEvent), id: 'again' }
    const stray = { ...(events[1] as LedgerEvent), id: 'stray', cause: [] }
    const recordings = recordingsOf([...events, again, stray] as LedgerEvent[])
    expect(recordings.map(({ terminalId }) => terminalId)).toEqual([events[1]?.id])
  })
})

test('an answer is given back as its caller got it', async () => {
  const response: LLMResponse = {
    text: 'hi',
    model: 'm',
    message: { role: 'assistant', content: 'hi' },
    finish_reason: 'stop',
    usage: { input_tokens: 3, output_tokens: 1 },
    tool_calls: [],
    reasoning: 'hm',
    cost_usd: 0.25,
    cached: false,
    id: 'answer-1',
    native: { finish_reason: 'end' }
  }
  const [, event] = await record(
    () =>
      llmStream(async function* () {
        yield { type: 'text.delta', text: 'hi' }
        return response
      }),
    [ask('a')]
  )
  expect(answerOf(event as LedgerEvent<'llm.response'>)).toEqual(response)
})

test('an answer of a ledger that says no more than text and model is whole', () => {
  const data = { text: 'hi', model: 'm', cost_usd: 0.5, cause_object_id: 'o' }
  expect(answerOf({ data } as never)).toEqual({
    ...{ text: 'hi', model: 'm', cost_usd: 0.5, finish_reason: 'stop', usage: null, tool_calls: [], cached: false },
    message: { role: 'assistant', content: 'hi' }
  })
})

describe('replayed', () => {
  test('the n-th call of a request gets its n-th recording, and then the last one again', async () => {
    const llm = replayed(await record(numbered(), [ask('a'), ask('b'), ask('a')]))
    const texts: string[] = []
    for (const content of ['a', 'a', 'b', 'a', 'b']) texts.push((await llm(ask(content))).text)
    expect(texts).toEqual(['a 1', 'a 3', 'b 2', 'a 3', 'b 2'])
  })

  test('an answer costs nothing, says what it saved, and is a hit', async () => {
    const llm = replayed(await record(numbered(), [ask('a')]))
    const facts: unknown[] = []
    const { cost_usd, saved_usd, cached, cache } = await llm(ask('a'), { report: fact => facts.push(fact) })
    expect({ cost_usd, saved_usd, cached }).toEqual({ cost_usd: 0, saved_usd: 0.5, cached: true })
    expect(cache?.state).toBe('hit')
    expect(facts).toEqual([{ type: 'cache', ...cache }])
  })

  test('a recorded failure fails again, with its kind, its class and what had arrived', async () => {
    const llm: LLMFn = () =>
      llmStream(async function* () {
        yield { type: 'reasoning.delta', text: 'hm' }
        yield { type: 'text.delta', text: 'half' }
        throw new RateLimitError('Too many.', { status: 429, hint: 'Wait.' })
      })
    const again = replayed(await record(llm, [ask('a')]))(ask('a'))
    const seen: LLMDelta[] = []
    const error = await failure(
      (async () => {
        for await (const delta of again) seen.push(delta)
      })()
    )
    expect(seen).toEqual([
      { type: 'reasoning.delta', text: 'hm' },
      { type: 'text.delta', text: 'half' }
    ])
    expect(error).toBeInstanceOf(RateLimitError)
    const { kind, status, hint, retryable, partial, message } = error
    expect({ kind, status, hint, retryable, message }).toEqual({
      ...{ kind: 'rate_limit', status: 429, hint: 'Wait.', retryable: true, message: 'Too many.' }
    })
    expect(partial).toEqual({ text: 'half', reasoning: 'hm' })
  })

  const spoken: LLMDelta[] = [
    { type: 'reasoning.delta', text: 'let me ' },
    { type: 'reasoning.delta', text: 'see' },
    { type: 'text.delta', text: 'I will ' },
    { type: 'text.delta', text: 'look it up 🎈' },
    { type: 'tool.delta', index: 0, id: 'c1', name: 'find', arguments: '' },
    { type: 'tool.delta', index: 0, arguments: '{"q": ' },
    { type: 'tool.delta', index: 0, arguments: '"x"}' },
    { type: 'tool.delta', index: 1, id: 'c2', name: 'list', arguments: '{"all":true}' }
  ]
  const speaking: LLMResponse = {
    text: 'I will look it up 🎈',
    reasoning: 'let me see',
    model: 'm',
    message: {
      role: 'assistant',
      content: 'I will look it up 🎈',
      tool_calls: [
        { id: 'c1', type: 'function', function: { name: 'find', arguments: '{"q": "x"}' } },
        { id: 'c2', type: 'function', function: { name: 'list', arguments: '{"all":true}' } }
      ]
    },
    finish_reason: 'tool_calls',
    usage: null,
    tool_calls: [
      { id: 'c1', name: 'find', arguments: { q: 'x' } },
      { id: 'c2', name: 'list', arguments: { all: true } }
    ],
    cost_usd: 1,
    cached: false
  }

  async function rhythmic(): Promise<LedgerEvent[]> {
    const clock = fakeClock()
    const llm: LLMFn = () =>
      llmStream(async function* () {
        for (const [n, delta] of spoken.entries()) {
          await clock.sleep(100 * (n + 1))
          yield delta
        }
        await clock.sleep(50)
        return speaking
      })
    return clock.finish(record(llm, [ask('a')], createHost({ now: clock.now })))
  }

  test('deltas are cut where they were: thoughts, text and arguments', async () => {
    expect(await deltasOf(replayed(await rhythmic())(ask('a')))).toEqual(spoken)
  })

  test.each([
    ['recorded', 1],
    [4, 4],
    [0.5, 0.5]
  ] as const)('at the pace %s', async (pace, speed) => {
    const events = await rhythmic()
    const clock = fakeClock(0)
    const seen: number[] = []
    const stream = replayed(events, { pace, sleep: clock.sleep })(ask('a'))
    const reading = (async () => {
      for await (const _delta of stream) seen.push(clock.now() * speed)
    })()
    await clock.finish(reading)
    expect(seen).toEqual([100, 300, 600, 1000, 1500, 2100, 2800, 3600])
    expect(clock.now() * speed).toBe(3650)
  })

  test('at once there is no wait at all, and an aborted call is aborted all the same', async () => {
    const sleep = () => expect.fail('it slept')
    const events = await rhythmic()
    const llm = replayed(events, { sleep })
    expect((await llm(ask('a'))).text).toBe(speaking.text)
    expect((await failure(llm(ask('a'), { signal: AbortSignal.abort() }))).kind).toBe('aborted')
  })

  test('an abort ends a wait', async () => {
    const clock = fakeClock()
    const controller = new AbortController()
    const stream = replayed(await rhythmic(), { pace: 'recorded', sleep: clock.sleep })(ask('a'), {
      signal: controller.signal
    })
    controller.abort()
    expect((await failure(stream)).kind).toBe('aborted')
    expect(clock.sleeping).toBe(0)
  })

  test.each([0, -1, Number.NaN, 'fast'])('the pace %s is refused', pace => {
    expect(() => replayed([], { pace: pace as number })).toThrow(/pace/)
  })

  test('a miss names the nearest recording and what differs', async () => {
    const long = 'A long introduction that both of them have, word for word, to the very end. '
    const events = await record(numbered(), [
      ask('something else entirely'),
      ask(`${long}Why is the sky blue?`, { temperature: 0 }),
      ask('the sky', { model: 'other/model' })
    ])
    const error = await failure(replayed(events)(ask(`${long}Why is the sky grey?`, { temperature: 1 })))
    expect(error).toBeInstanceOf(ReplayMissError)
    expect(error.kind).toBe('replay')
    expect(error.data).toEqual({
      nearest: events[2]?.id,
      fields: [
        {
          path: '/messages/0/content',
          before: `${long}Why is the sky blue?`,
          after: `${long}Why is the sky grey?`
        },
        { path: '/temperature', before: 0, after: 1 }
      ]
    })
    expect(error.message).toContain('some/model')
    expect(error.message).toMatch(
      /differs at \/messages\/0\/content: "….*blue\?" is recorded, "….*grey\?" is asked, and in 1 more place\.$/
    )
  })

  test('a miss shows no key and no header', async () => {
    const events = await record(numbered(), [ask('a')])
    const error = await failure(
      replayed(events)(ask('b', { api_key: 'planted-key-1', headers: { 'x-test': 'planted-key-2' } }))
    )
    expect(JSON.stringify(error) + error.message).not.toContain('planted')
  })

  test('a miss where nothing was recorded, or nothing was answered, says so', async () => {
    expect((await failure(replayed([])(ask('a')))).message).toContain('nothing was recorded')
    const [request] = await record(numbered(), [ask('a')])
    expect((await failure(replayed([request as LedgerEvent])(ask('a')))).message).toContain('has no answer')
  })

  test('what is not recorded goes to onMiss, and nothing else does', async () => {
    const asked: unknown[] = []
    const onMiss = textLlm(messages => {
      asked.push(messages[0]?.content)
      return ['new', 1]
    })
    const llm = replayed(await record(numbered(), [ask('a')]), { onMiss })
    expect((await llm(ask('a'))).text).toBe('a 1')
    expect(await llm(ask('b'))).toMatchObject({ text: 'new', cost_usd: 1, cached: false })
    expect(asked).toEqual(['b'])
  })

  const at = (provider: string, base_url: string, llm: LLMFn): LLMFn =>
    Object.assign((...args: Parameters<LLMFn>) => llm(...args), {
      target: ({ model }: LLMRequest) => ({ provider, api: 'chat', base_url, model }) as const
    })

  test('the same words to another provider are a miss, to another address they are not', async () => {
    const events = await record(at('p', 'https://a.example', numbered()), [ask('a')])
    const other = textLlm(() => ['other', 1])
    const there = replayed(events, { onMiss: at('p', 'https://b.example', other) })
    const elsewhere = replayed(events, { onMiss: at('q', 'https://a.example', other) })
    expect((await there(ask('a'))).text).toBe('a 1')
    expect((await elsewhere(ask('a'))).text).toBe('other')
    expect(elsewhere.target?.(ask('a')).provider).toBe('q')
  })

  test('what is recorded of a replay names the targets of the recording, and replays the same', async () => {
    const first = await record(at('p', 'https://a.example', numbered()), [ask('a')])
    const second = await record(replayed(first), [ask('a'), ask('unknown')])
    expect(recordingsOf(second).map(({ target }) => target?.provider)).toEqual(['p', 'custom'])
    expect(await replayed(second)(ask('a'))).toMatchObject({ text: 'a 1', saved_usd: 0.5 })
  })

  test('a request that is no JSON fails the call and does not throw', async () => {
    expect((await failure(replayed([])({ model: 'm', messages: [], x: 1n } as never))).kind).toBe('input')
  })

  test('10,000 recordings: a hit costs no more than among ten, a miss is linear', async () => {
    const [request, response] = (await record(numbered(), [ask('a')])) as [LedgerEvent, LedgerEvent]
    const many = Array.from({ length: 10_000 }, (_, n) => [
      { ...request, id: `q${n}`, data: { ...request.data, ...ask(`question ${n}`) } },
      { ...response, id: `a${n}`, cause: [`q${n}`] }
    ]).flat() as LedgerEvent[]
    const llm = replayed(many)
    await llm(ask('question 0'))
    const started = performance.now()
    for (let n = 0; n < 1000; n++) await llm(ask(`question ${n * 7}`))
    expect(performance.now() - started).toBeLessThan(1000)
    expect((await failure(llm(ask('question 9999 again')))).data?.nearest).toBe('q9999')
  })
})
