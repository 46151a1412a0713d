import { expect, test } from 'vitest'
import { ownMessage, requestMessage, sanitizedName } from './message.js'

const own = (draft: unknown) => ownMessage(draft, () => 'new')

test('a message gets an id where it has none, and keeps everything else', () => {
  const draft = {
    role: 'assistant',
    content: null,
    parsed: { a: [1] },
    metadata: { b: 2 },
    own: 'member',
    gone: undefined
  }
  const { gone: _, ...kept } = draft
  expect(own(draft)).toEqual({ id: 'new', ...kept })
  expect(own({ role: 'user', content: 'x', id: 'mine' }).id).toBe('mine')
})

test('a message that was checked once is taken as it is', () => {
  const message = own({ role: 'user', content: 'x' })
  expect(own(message)).toBe(message)
  expect(own({ ...message })).not.toBe(message)
})

test.each<[unknown, RegExp]>([
  [undefined, /is undefined, not \{ role, content \}/],
  ['hello', /not \{ role, content \}/],
  [[], /not \{ role, content \}/],
  [{ content: 'x' }, /role must be/],
  [{ role: 'tool_call', content: 'x' }, /role must be/],
  [{ role: 'user', content: 7 }, /content must be a text, a list of parts or null, not 7/],
  [{ role: 'user', content: { type: 'text' } }, /content must be/],
  [{ role: 'user', content: ['x'] }, /content\[0\] must be a part/],
  [{ role: 'user', content: [{ type: 'text', text: 'a' }, { type: 'text' }] }, /content\[1\]\.text must be a text/],
  [{ role: 'user', content: [{ type: 'image_url', image_url: 'https://x.test' }] }, /content\[0\]\.image_url\.url/],
  [{ role: 'user', content: 'x', id: '' }, /id must be a text/],
  [{ role: 'user', content: 'x', name: 7 }, /name must be a text/],
  [{ role: 'tool', content: 'x' }, /needs tool_call_id/],
  [{ role: 'assistant', tool_calls: {} }, /tool_calls must be a list/],
  [{ role: 'assistant', tool_calls: [{ id: '1', function: { name: 'f', arguments: {} } }] }, /tool_calls\[0\] must be/],
  [{ role: 'assistant', content: 'x', metadata: [] }, /metadata must be an object/],
  [{ role: 'assistant', content: 'x', cost_usd: '1' }, /cost_usd must be/],
  [{ role: 'assistant', content: 'x', usage: { input_tokens: 1 } }, /usage\.output_tokens must be/],
  [
    { role: 'assistant', content: 'x', usage: { input_tokens: 1, output_tokens: 1, reasoning_tokens: 'many' } },
    /reasoning/
  ],
  [{ role: 'assistant', content: 'x', parsed: new Date(0) }, /JSON cannot hold Date/],
  [{ role: 'assistant', content: 'x', parsed: Number.NaN }, /JSON cannot hold NaN/],
  [{ role: 'user', content: 'x', metadata: { f: () => 1 } }, /JSON cannot hold a function/]
])('%j is refused', (draft, message) => {
  expect(() => own(draft)).toThrow(message)
  expect(() => own(draft)).toThrow(expect.objectContaining({ kind: 'input' }))
})

test('a message that contains itself, or whose members throw, is refused', () => {
  const self: Record<string, unknown> = { role: 'user', content: 'x' }
  self.metadata = { self }
  expect(() => own(self)).toThrow(/nested more than/)
  const throwing = Object.defineProperty({ role: 'user' }, 'content', {
    enumerable: true,
    get() {
      throw new TypeError('not now')
    }
  })
  expect(() => own(throwing)).toThrow(expect.objectContaining({ kind: 'input' }))
})

test('what is checked is what is kept: a member that says something else each time gains nothing', () => {
  const answers = ['a text', 7]
  const draft = {
    role: 'user',
    get content() {
      return answers.shift()
    }
  }
  expect(own(draft).content).toBe('a text')
})

test('__proto__ in a message is a member like any other', () => {
  const message = own(
    JSON.parse('{"role":"user","content":"x","__proto__":{"polluted":1},"metadata":{"__proto__":{"a":1}}}')
  )
  expect('polluted' in message).toBe(false)
  expect(JSON.stringify(message.metadata)).toBe('{"__proto__":{"a":1}}')
  expect(({} as { polluted?: unknown }).polluted).toBe(undefined)
})

test('a request carries what providers take of a message, the same object each time', () => {
  const call = { id: '1', type: 'function', function: { name: 'f', arguments: '{}' } }
  const native = { api: 'messages', content: [] }
  const wire = { role: 'assistant', content: 'x', name: 'Pilot_1', tool_calls: [call], native, is_error: true }
  const message = own({ ...wire, name: 'Pilot 1', metadata: { a: 1 }, parsed: 1, model: 'm', usage: null, cost_usd: 1 })
  expect(requestMessage(message)).toEqual(wire)
  expect(requestMessage(message)).toBe(requestMessage(message))
  expect(message.name).toBe('Pilot 1')
  expect(requestMessage(own({ role: 'user', content: 'x', name: '' }))).toEqual({ role: 'user', content: 'x' })
})

test('a name becomes one that every provider takes', () => {
  expect(sanitizedName('a b.c-d_é😀9')).toBe('a_b_c-d___9')
  expect(sanitizedName('x'.repeat(100))).toBe('x'.repeat(64))
})
