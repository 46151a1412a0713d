import { describe, expect, test } from 'vitest'
import { RateLimitError } from '../errors.js'
import type { LLMDelta, LLMRequest } from './llm.js'
import { targetOf } from './llm.js'
import { type TextAnswer, textLlm } from './text-llm.js'

const request: LLMRequest = { model: 'local/echo', messages: [{ role: 'user', content: 'Hello' }], max_tokens: 7 }

test('the text comes as one delta, and as a response without usage', async () => {
  const stream = textLlm(() => ['Hello back', 0.25])(request)
  const deltas: LLMDelta[] = []
  for await (const delta of stream) deltas.push(delta)
  expect(deltas).toEqual([{ type: 'text.delta', text: 'Hello back' }])
  expect(await stream).toEqual({
    text: 'Hello back',
    model: 'local/echo',
    message: { role: 'assistant', content: 'Hello back' },
    finish_reason: 'stop',
    usage: null,
    tool_calls: [],
    cost_usd: 0.25,
    cached: false
  })
})

test('the function gets messages, model and limit, and may be asynchronous', async () => {
  const seen: unknown[] = []
  const llm = textLlm(async (...args) => {
    seen.push(args)
    return ['', null]
  })
  expect((await llm(request)).cost_usd).toBeNull()
  expect(seen).toEqual([[request.messages, 'local/echo', 7]])
})

test('it sends to nobody: its target is custom', () => {
  expect(
    targetOf(
      textLlm(() => ['', null]),
      request
    )
  ).toEqual({
    provider: 'custom',
    api: 'text',
    base_url: '',
    model: 'local/echo'
  })
})

describe('anything but [string, number | null] fails and names the shape', () => {
  const cases: [unknown, string][] = [
    [undefined, 'undefined'],
    [null, 'null'],
    ['just text', 'string'],
    [42, 'number'],
    [['text'], '[string]'],
    [['text', '0.1'], '[string, string]'],
    [['text', undefined], '[string, undefined]'],
    [['text', Number.NaN], '[string, NaN]'],
    [['text', Number.POSITIVE_INFINITY], '[string, Infinity]'],
    [['text', -0.5], '[string, -0.5]'],
    [[null, 1], '[null, number]'],
    [[['text'], { cost: 1 }], '[array, object]'],
    [['text', 0.1, 'more'], '[string, number, string]'],
    [[1, 2, 3, 4, 5], '[number, number, number, number, …]'],
    [{ text: 'secret', cost_usd: 1 }, '{ text, cost_usd }'],
    [() => 1, 'function']
  ]
  for (const [found, shape] of cases) {
    test(shape, async () => {
      const error = await textLlm(() => found as TextAnswer)(request).catch((reason: unknown) => reason)
      expect(error).toMatchObject({ name: 'APIResponseValidationError', kind: 'bad_response', retryable: false })
      expect((error as Error).message).toContain(`gave ${shape} where`)
      expect((error as Error).message).not.toContain('secret')
    })
  }
})

test('a function that throws fails with kind bad_response and keeps the cause', async () => {
  const cause = new Error('the model file is missing')
  const thrown = textLlm(() => {
    throw cause
  })(request)
  await expect(thrown).rejects.toMatchObject({ kind: 'bad_response', cause })
  await expect(thrown).rejects.toThrow('The text function threw: the model file is missing')
  const rejected = textLlm(() => Promise.reject(undefined))(request)
  await expect(rejected).rejects.toMatchObject({ kind: 'bad_response' })
})

test("an error of Daybook's own passes as it is", async () => {
  const error = new RateLimitError('Slow down.')
  await expect(textLlm(() => Promise.reject(error))(request)).rejects.toBe(error)
})

test('an abort ends the call although the function goes on', async () => {
  const controller = new AbortController()
  const stream = textLlm(() => new Promise<TextAnswer>(() => {}))(request, { signal: controller.signal })
  controller.abort()
  await expect(stream).rejects.toMatchObject({ kind: 'aborted' })
})
