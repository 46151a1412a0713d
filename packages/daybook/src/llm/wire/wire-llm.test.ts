import { expect, test } from 'vitest'
import { placeOf } from './endpoint.js'
import { type Call, wireLlm } from './wire-llm.js'

const place = placeOf('https://api.example/v1')
const request = { model: 'm', messages: [{ role: 'user' as const, content: 'Hi' }] }
const response = { text: 'Hello' } as never
const call: Call = async function* () {
  yield { type: 'text.delta', text: 'Hello' }
  return response
}

test('what calls is loaded with the first call, and once', async () => {
  let loads = 0
  const llm = wireLlm('chat', place, async () => {
    loads++
    return call
  })
  expect(llm.target?.(request)).toMatchObject({ provider: 'custom', api: 'chat', base_url: 'https://api.example/v1' })
  expect(loads).toBe(0)
  expect(await llm(request)).toBe(response)
  expect(await llm(request)).toBe(response)
  expect(loads).toBe(1)
})

test('a part that could not be loaded fails the call, which may be made again', async () => {
  let loads = 0
  const llm = wireLlm('chat', place, async () => {
    if (loads++ === 0) throw new TypeError('Failed to fetch dynamically imported module')
    return call
  })
  const error = await llm(request).catch(caught => caught)
  expect(error).toMatchObject({ name: 'APIConnectionError', kind: 'connection', retryable: true })
  expect(error.message).toContain('could not be loaded: Failed to fetch')
  expect(await llm(request)).toBe(response)
})

test('a call that is aborted while its part is loaded fails at once, and is never begun', async () => {
  let loaded: (call: Call) => void = () => {}
  let begun = 0
  let left = 0
  const llm = wireLlm('chat', place, () => new Promise(resolve => (loaded = resolve)))
  const controller = new AbortController()
  const answer = llm(request, { signal: controller.signal })
  controller.abort()
  await expect(answer).rejects.toMatchObject({ kind: 'aborted' })
  loaded(() => ({
    next: async () => ({ done: true, value: begun++ as never }),
    return: async () => ({ done: true, value: left++ as never })
  }))
  await expect.poll(() => left).toBe(1)
  expect(begun).toBe(0)
})
