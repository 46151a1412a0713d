import { describe, expect, test } from 'vitest'
import { InputError } from '../errors.js'
import { deepFreeze } from '../json.js'
import type { LLMRequest, Message, Target } from '../llm/llm.js'
import { cacheKey } from './key.js'

const request: LLMRequest = {
  model: 'openai/m',
  messages: [
    { role: 'system', content: 'Be brief.' },
    { role: 'user', content: 'Why?' }
  ],
  max_tokens: 5
}
const target: Target = { provider: 'openai', api: 'chat', base_url: 'https://x.test/v1', model: 'm' }
const tool = (name: string) => ({ type: 'function', function: { name } }) as const

describe('a cache key', () => {
  test('is 64 hexadecimal digits, and the same today, tomorrow and in every place', () => {
    expect(cacheKey(request, { target })).toBe('8c1dda8fdf43caeb8d7050f1a7222ee7bd4c090ba7b8cf8f9eb1718bc8623e18')
  })

  test('does not depend on the order of members, nor on members that are undefined', () => {
    const { model, messages, max_tokens } = request
    expect(cacheKey({ max_tokens, temperature: undefined, messages, model })).toBe(cacheKey(request))
    const turned: Message[] = messages.map(({ role, content }) => ({ content, role, name: undefined }))
    expect(cacheKey({ ...request, messages: turned })).toBe(cacheKey(request))
  })

  test('leaves out how the answer travels, what is noted about the call and who pays', () => {
    const rest = { stream: false, stream_options: { include_usage: true }, metadata: { page: 1 } }
    const who = { api_key: 'sk-1', headers: { authorization: 'x' }, extra_headers: { a: 'b' } }
    expect(cacheKey({ ...request, ...rest, ...who })).toBe(cacheKey(request))
    expect(cacheKey(request, { sample: 0 })).toBe(cacheKey(request))
  })

  const others: Record<string, string> = {
    'no target': cacheKey(request),
    provider: cacheKey(request, { target: { ...target, provider: 'azure' } }),
    'base URL': cacheKey(request, { target: { ...target, base_url: 'https://y.test/v1' } }),
    api: cacheKey(request, { target: { ...target, api: 'responses' } }),
    'target model': cacheKey(request, { target: { ...target, model: 'm2' } }),
    model: cacheKey({ ...request, model: 'm' }, { target }),
    scope: cacheKey(request, { target, scope: 'tenant-1' }),
    'other scope': cacheKey(request, { target, scope: 'tenant-2' }),
    'empty scope': cacheKey(request, { target, scope: '' }),
    sample: cacheKey(request, { target, sample: 1 }),
    seed: cacheKey({ ...request, seed: 1 }, { target }),
    user: cacheKey({ ...request, user: 'u' }, { target }),
    'unknown parameter': cacheKey({ ...request, not_known_to_us: null }, { target }),
    '__proto__ parameter': cacheKey({ ...request, ...JSON.parse('{"__proto__": 1}') }, { target }),
    format: cacheKey({ ...request, response_format: { type: 'json_object' } }, { target }),
    tools: cacheKey({ ...request, tools: [tool('a'), tool('b')] }, { target }),
    'tool order': cacheKey({ ...request, tools: [tool('b'), tool('a')] }, { target }),
    'no tools': cacheKey({ ...request, tools: [] }, { target }),
    'message order': cacheKey({ ...request, messages: [...request.messages].reverse() }, { target }),
    'no messages': cacheKey({ ...request, messages: [] }, { target }),
    'messages that are no list': cacheKey({ ...request, messages: {} as never }, { target }),
    'messages left out': cacheKey({ model: 'openai/m', max_tokens: 5 } as unknown as LLMRequest, { target }),
    'one more message': cacheKey({ ...request, messages: [...request.messages, { role: 'user' }] }, { target })
  }
  test('is another one for another request, target, scope or sample', () => {
    const keys = Object.values(others)
    expect(new Set([...keys, cacheKey(request, { target })]).size).toBe(keys.length + 1)
  })

  test('is the same for frozen and mutable messages', () => {
    const frozen = deepFreeze(structuredClone(request))
    expect(cacheKey(frozen)).toBe(cacheKey(request))
    expect(cacheKey(frozen)).toBe(cacheKey(request)) // now from the kept digests
  })

  test('sees a change in a message that is frozen only on its surface', () => {
    const part = { type: 'text', text: 'before' }
    const message = Object.freeze({ role: 'user', content: Object.freeze([part]) } as const)
    const first = cacheKey({ model: 'm', messages: [message] })
    part.text = 'after'
    expect(cacheKey({ model: 'm', messages: [message] })).not.toBe(first)
  })

  test('is refused for what is no JSON', () => {
    for (const temperature of [Number.NaN, 1n, new Date(0)]) {
      expect(() => cacheKey({ ...request, temperature: temperature as number })).toThrow(InputError)
    }
    expect(() => cacheKey({ ...request, messages: [{ role: 'user', content: new Map() as never }] })).toThrow(
      InputError
    )
  })
})
