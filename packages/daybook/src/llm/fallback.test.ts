import { expect, test } from 'vitest'
import {
  APIConnectionError,
  BadRequestError,
  type DaybookError,
  NotFoundError,
  RateLimitError,
  ServiceUnavailableError
} from '../errors.js'
import { fallback } from './fallback.js'
import { itemsOf } from './live.js'
import type { LLMFact, LLMFn, LLMResponse } from './llm.js'
import { targetOf } from './llm.js'
import { llmStream } from './llm-stream.js'

const request = { model: 'm', messages: [] }

/** A provider that answers with its name, or fails, before or after its first delta. */
function provider(
  name: string,
  failure?: DaybookError,
  when: 'before' | 'after' = 'before'
): LLMFn & { calls: number } {
  const llm = Object.assign(
    ((_request, options) => {
      llm.calls++
      return llmStream(async function* () {
        if (failure && when === 'before') throw failure
        yield { type: 'text.delta', text: name }
        if (failure) throw failure
        return { text: name } as LLMResponse
      }, options)
    }) as LLMFn,
    {
      calls: 0,
      target: () => ({ provider: name, api: 'chat', base_url: `https://${name}.test`, model: 'm' }) as const
    }
  )
  return llm
}

test('the first that can answers, and the response says who it was', async () => {
  const second = provider('b')
  const third = provider('c')
  const stream = fallback([provider('a', new ServiceUnavailableError('busy')), second, third])(request)
  expect(await stream).toMatchObject({ text: 'b', target: { provider: 'b' } })
  expect(itemsOf(stream)).toEqual([{ type: 'text.delta', text: 'b' }])
  expect([second.calls, third.calls]).toEqual([1, 0])
})

test.each([new APIConnectionError('no way'), new RateLimitError('slow down'), new NotFoundError('no such model')])(
  'the next one is asked after $name, and the recorder hears why',
  async failure => {
    const facts: LLMFact[] = []
    const llm = fallback([provider('a', failure), provider('b')])
    expect((await llm(request, { report: fact => facts.push(fact) })).text).toBe('b')
    expect(facts).toMatchObject([
      { type: 'warning', area: 'fallback', kind: failure.kind, message: /^a could not answer/ }
    ])
  }
)

test('what is wrong with the request is not asked again elsewhere', async () => {
  const second = provider('b')
  await expect(fallback([provider('a', new BadRequestError('what?')), second])(request)).rejects.toThrow('what?')
  expect(second.calls).toBe(0)
})

test('after the first delta there is no going back', async () => {
  const second = provider('b')
  const failing = provider('a', new ServiceUnavailableError('gone'), 'after')
  await expect(fallback([failing, second])(request)).rejects.toMatchObject({ partial: { text: 'a' } })
  expect(second.calls).toBe(0)
})

test('when nobody can answer, the failure is the last one’s', async () => {
  const llm = fallback([provider('a', new RateLimitError('a is busy')), provider('b', new RateLimitError('b is busy'))])
  await expect(llm(request)).rejects.toThrow('b is busy')
})

test('an abort ends it with whoever is being asked', async () => {
  const controller = new AbortController()
  const second = provider('b')
  const hanging: LLMFn = (_request, options) =>
    llmStream(async function* () {
      await new Promise(() => {})
      return {} as LLMResponse
    }, options)
  const call = fallback([hanging, second])(request, controller)
  controller.abort()
  await expect(call).rejects.toMatchObject({ kind: 'aborted' })
  expect(second.calls).toBe(0)
})

test('its target is the first one’s, and an empty list is refused', () => {
  expect(targetOf(fallback([provider('a'), provider('b')]), request).provider).toBe('a')
  expect(() => fallback([])).toThrow(/at least one/)
})
