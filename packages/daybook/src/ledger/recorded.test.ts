import { describe, expect, test } from 'vitest'
import { RateLimitError } from '../errors.js'
import type { LLMFn, LLMOptions, LLMResponse } from '../llm/llm.js'
import { llmStream } from '../llm/llm-stream.js'
import type { AnyEvent, LedgerSignal } from './event.js'
import type { Ledger } from './ledger.js'
import { memoryLedgerStore } from './memory-ledger-store.js'
import { openLedger } from './open-ledger.js'
import { recorded } from './recorded.js'

const request = { model: 'openai/m', messages: [{ role: 'user', content: 'hi' }], max_tokens: 5 } as const
const target = { provider: 'openai', api: 'chat', base_url: 'https://x.test/v1', model: 'm' } as const

const response: LLMResponse = {
  text: 'good day',
  model: 'm',
  message: { role: 'assistant', content: 'good day' },
  finish_reason: 'stop',
  usage: { input_tokens: 1, output_tokens: 2 },
  tool_calls: [],
  cost_usd: 0.5,
  cached: false
}

function answering(body?: (options: LLMOptions) => void, failure?: Error): LLMFn {
  return Object.assign(
    ((_request, options = {}) =>
      llmStream(async function* () {
        body?.(options)
        yield { type: 'text.delta', text: 'good ' }
        yield { type: 'text.delta', text: 'day' }
        if (failure) throw failure
        return response
      }, options)) as LLMFn,
    { target: () => target }
  )
}

const open = (): Promise<Ledger> => openLedger(memoryLedgerStore(), 'session:1')

async function events(ledger: Ledger): Promise<AnyEvent[]> {
  const all: AnyEvent[] = []
  for await (const event of ledger.read()) all.push(event as AnyEvent)
  return all
}

describe('a recorded call', () => {
  test('has one request and one response, the one caused by the other', async () => {
    const ledger = await open()
    const llm = recorded(answering(), ledger)
    const { event, ...given } = await llm(request, { metadata: { page: 'start' }, cause: ['object.created-1'] })
    expect(given).toEqual(response)
    const [asked, answered, ...rest] = await events(ledger)
    expect(event).toBe(answered?.id)
    expect(rest).toEqual([])
    expect(asked).toMatchObject({
      type: 'llm.request',
      source: 'session:1',
      cause: ['object.created-1'],
      data: { ...request, target, metadata: { page: 'start' } }
    })
    expect(answered).toMatchObject({
      type: 'llm.response',
      cause: [asked?.id],
      data: { text: 'good day', cost_usd: 0.5, cached: false, finish_reason: 'stop', stream: { lengths: [5, 3] } }
    })
  })

  test('is in the ledger before the request leaves', async () => {
    const ledger = await open()
    let lengthAtCall = -1
    await recorded(
      answering(() => {
        lengthAtCall = ledger.length
      }),
      ledger
    )(request)
    expect(lengthAtCall).toBe(1)
  })

  test('has its attempts and warnings before the answer', async () => {
    const ledger = await open()
    const llm = answering(options => {
      options.report?.({ type: 'attempt', n: 2, kind: 'rate_limit', wait_ms: 1000.4 })
      options.report?.({ type: 'warning', area: 'cache', kind: 'full', message: 'The disk is full.' })
    })
    await recorded(llm, ledger)(request)
    expect((await events(ledger)).map(event => event.type)).toEqual([
      'llm.request',
      'llm.attempt',
      'warning.raised',
      'llm.response'
    ])
  })

  test('that fails has an llm.failed with what had arrived, and throws the same error', async () => {
    const ledger = await open()
    const failure = new RateLimitError('busy', { status: 429, hint: 'Wait.' })
    await expect(recorded(answering(undefined, failure), ledger)(request)).rejects.toBe(failure)
    expect((await events(ledger))[1]).toMatchObject({
      type: 'llm.failed',
      data: {
        kind: 'rate_limit',
        message: 'busy',
        hint: 'Wait.',
        status: 429,
        retryable: true,
        partial: { text: 'good day' }
      }
    })
  })

  test('that is left by break ends as aborted', async () => {
    const ledger = await open()
    const endless: LLMFn = (_request, options) =>
      llmStream(async function* () {
        yield { type: 'text.delta', text: 'a' }
        await new Promise(() => {})
        return response
      }, options)
    for await (const _delta of recorded(endless, ledger)(request)) break
    const terminal = await new Promise(resolve => ledger.subscribe(resolve, { from: 1 }))
    expect(terminal).toMatchObject({ type: 'llm.failed', data: { kind: 'aborted', partial: { text: 'a' } } })
  })

  test('shows its deltas live, numbered', async () => {
    const ledger = await open()
    const signals: LedgerSignal[] = []
    ledger.subscribe(() => {}, { onSignal: signal => signals.push(signal) })
    await recorded(answering(), ledger)(request)
    const [asked] = await events(ledger)
    expect(signals).toEqual([
      { request: asked?.id, n: 0, delta: { type: 'text.delta', text: 'good ' } },
      { request: asked?.id, n: 1, delta: { type: 'text.delta', text: 'day' } }
    ])
  })

  test('stores its answer in the cache only once it is in the ledger', async () => {
    const ledger = await open()
    let lengthAtCommit = -1
    const llm = answering(options =>
      options.report?.({
        type: 'cache.write',
        commit: async () => {
          lengthAtCommit = ledger.length
        },
        discard() {}
      })
    )
    await recorded(llm, ledger)(request)
    expect(lengthAtCommit).toBe(2)
  })

  test('with record: false passes through', async () => {
    const ledger = await open()
    await recorded(answering(), ledger)(request, { record: false })
    expect(ledger.length).toBe(0)
  })
})

/** A ledger whose n-th append (from 0) fails. */
function failingAt(ledger: Ledger, n: number): Ledger {
  let appends = 0
  return {
    ...ledger,
    append: events => (appends++ === n ? Promise.reject(new Error('disk full')) : ledger.append(events))
  }
}

test('a request that cannot be written is not made', async () => {
  let asked = false
  const llm = answering(() => {
    asked = true
  })
  await expect(recorded(llm, failingAt(await open(), 0))(request)).rejects.toThrow('disk full')
  expect(asked).toBe(false)
})

test('an answer that cannot be written is still delivered, and the error holds it', async () => {
  let discarded = false
  const llm = answering(options =>
    options.report?.({
      type: 'cache.write',
      commit: async () => {},
      discard() {
        discarded = true
      }
    })
  )
  const stream = recorded(llm, failingAt(await open(), 1))(request)
  const pieces: string[] = []
  const reading = (async () => {
    for await (const delta of stream) if (delta.type === 'text.delta') pieces.push(delta.text)
  })()
  await expect(stream).rejects.toMatchObject({ kind: 'ledger', name: 'LedgerWriteError', data: { response } })
  await expect(reading).rejects.toThrow('could not be written')
  expect(pieces).toEqual(['good ', 'day'])
  expect(discarded).toBe(true)
})
