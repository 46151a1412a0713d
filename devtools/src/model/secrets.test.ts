import { masked } from 'daybook/errors'
import { expect, test } from 'vitest'
import { answered, asked, event } from './events.fixture.js'
import { findingsIn, maskEvent } from './secrets.js'

const key = `sk-${'abcd1234'.repeat(3)}`

test('a key is found wherever it stands, with its place and without its letters', () => {
  const asks = asked('q', `Please use ${key} for this.`)
  expect(findingsIn(asks, 4, masked)).toEqual([
    { row: 4, path: 'data.messages[0].content', around: 'Please use ••• for this.', kind: 'key' }
  ])
  expect(JSON.stringify(maskEvent(asks, masked))).not.toContain(key)
})

test('what was masked before is told apart from what is masked now', () => {
  const failed = event('llm.failed', 'f', { message: 'Incorrect key ••• was given' })
  expect(findingsIn(failed, 0, masked)).toMatchObject([{ path: 'data.message', kind: 'masked' }])
  expect(maskEvent(failed, masked)).toBe(failed)
})

test('a text under the name of a secret is one, whatever it looks like', () => {
  const called = event('tool.called', 't', {
    arguments: { password: 'hunter2', nested: [{ api_key: 'x' }], token_count: '12' }
  })
  expect(findingsIn(called, 0, masked).map(({ path }) => path)).toEqual([
    'data.arguments.password',
    'data.arguments.nested[0].api_key'
  ])
  const shown = JSON.stringify(maskEvent(called, masked))
  expect(shown).not.toContain('hunter2')
  expect(shown).toContain('"token_count":"12"')
})

test('names of fields are looked at too, and a value that nests without end does not go out', () => {
  const named = event('x', 'n', { [key]: 1 })
  expect(findingsIn(named, 0, masked)).toHaveLength(1)
  expect(JSON.stringify(maskEvent(named, masked))).not.toContain(key)
  let deep: unknown = key
  for (let at = 0; at < 100; at++) deep = { deep }
  const nested = event('x', 'd', { deep })
  expect(findingsIn(nested, 0, masked)).toHaveLength(1)
  expect(JSON.stringify(maskEvent(nested, masked))).not.toContain(key)
})

test('an event without anything of the kind is the same event', () => {
  const answer = answered('a', 'q')
  expect(maskEvent(answer, masked)).toBe(answer)
  expect(findingsIn(answer, 0, masked)).toEqual([])
})
