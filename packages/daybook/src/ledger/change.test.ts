import { expect, test } from 'vitest'
import { InputError } from '../errors.js'
import type { JsonObject } from '../json.js'
import { changedData, type DataChange } from './change.js'

const data: JsonObject = {
  model: 'm',
  temperature: 0.5,
  stop: null,
  messages: ['a', 'b', 'c', 'd'].map(content => ({ role: 'user', content, 'a/b': 1 }))
}

const contents = (change: DataChange): string =>
  (changedData(data, change).messages as unknown as { content: string }[]).map(({ content }) => content).join('')

test('members are unset: absent, and not null', () => {
  expect(changedData(data, { remove: ['temperature', '/stop', 'messages.0.a/b'] })).toEqual({
    model: 'm',
    messages: [{ role: 'user', content: 'a' }, ...(data.messages as JsonObject[]).slice(1)]
  })
})

test('elements of a list are removed and inserted at the places that the list had before', () => {
  const message = (content: string): JsonObject => ({ role: 'user', content })
  expect(contents({ remove: ['messages.0', '/messages/2'] })).toBe('bd')
  expect(contents({ insert: { 'messages.2': message('X') } })).toBe('abXcd')
  expect(contents({ insert: { 'messages.0': message('X'), '/messages/4': message('Y') } })).toBe('XabcdY')
  const moved = { remove: ['messages.0'], insert: { 'messages.3': message('a'), 'messages.0': message('0') } }
  expect(contents(moved)).toBe('0bcad')
  expect(contents({ ...moved, set: { 'messages.1.content': 'B', 'messages.4': message('e') } })).toBe('0Bcade')
  expect(contents({ remove: ['messages.3', 'messages.2', 'messages.1', 'messages.0'] })).toBe('')
  expect(data.messages).toHaveLength(4)
})

test('what leads nowhere, is no place in a list or is changed twice is refused, and nothing is changed', () => {
  const wrong: [DataChange, RegExp][] = [
    [{}, /sets nothing/],
    [{ set: {}, insert: {}, remove: [] }, /sets nothing/],
    [{ remove: ['temprature'] }, /"temprature" leads nowhere: there is no temprature/],
    [{ remove: ['messages.4'] }, /there is no messages\.4/],
    [{ remove: ['messages.01'] }, /there is no messages\.01/],
    [{ remove: ['messages.0.name'] }, /there is no messages\.0\.name/],
    [{ remove: ['model.x'] }, /there is no model/],
    [{ remove: [''] }, /is no path/],
    [{ remove: ['__proto__'] }, /may not go through __proto__/],
    [{ insert: { 'messages.5': {} } }, /there is no messages\.5/],
    [{ insert: { top_p: 1 } }, /"top_p" names no place in a list/],
    [{ insert: { constructor: 1 } }, /may not go through constructor/],
    [
      { set: { 'messages.1.content': 'B' }, remove: ['/messages/1'] },
      /"messages.1.content" is set, and messages\.1 removed/
    ],
    [{ set: { model: 'x' }, remove: ['model'] }, /"model" is set, and model removed/]
  ]
  for (const [change, why] of wrong) {
    expect(() => changedData(data, change)).toThrow(InputError)
    expect(() => changedData(data, change)).toThrow(why)
  }
  expect({}).not.toHaveProperty('x')
})
