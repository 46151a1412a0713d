import type { Divergence, LedgerEvent } from 'daybook'
import { expect, test } from 'vitest'
import { divergenceWords } from './divergence.js'
import { asked, bookOf, event } from './events.fixture.js'

const id = (type: string, letter: string): string => `${type}-${letter.repeat(22)}`
const created = (letter: string, text: string): LedgerEvent =>
  event('object.created', id('object.created', letter), { id: `q-${letter}`, type: 'Question', data: { text } })
const book = bookOf(asked('q', 'Why?'), created('a', 'How far?'), created('b', 'How long?'))

const words = (divergence: Partial<Divergence>) =>
  divergenceWords(
    { position: 1, event: id('object.created', 'a'), kind: 'changed', fields: [], message: '', ...divergence },
    book
  )

test('what differs has the name of its object and of its field', () => {
  const expected = book.events[1] as LedgerEvent
  const text = { path: '/data/data/text', before: 'a', after: 'b' }
  expect(words({ expected, fields: [text] })).toEqual({
    type: 'object.created',
    text: 'Question 1: text differs',
    path: 'data.data.text',
    more: undefined
  })
  const actor = { path: '/actor', before: 'a', after: 'b' }
  expect(words({ expected, fields: [actor, text] }).text).toBe('Question 1: actor and text differ')
  expect(words({ expected, fields: [actor, text, text] }).text).toBe('Question 1: actor and 2 more fields differ')
})

test('places and ids are told as the numbers of rows', () => {
  const message = `Position 1: ${id('object.created', 'a')} stands where ${id('object.created', 'b')} is to come, which is at position 2.`
  expect(words({ kind: 'order', expected: book.events[1] as LedgerEvent, message })).toMatchObject({
    text: 'Question 1: made at another place',
    more: '#2 stands where #3 is to come, which is at #3.'
  })
  const extra = id('object.patched', 'z')
  expect(words({ kind: 'extra', event: extra, message: `Position 2: draft emits ${extra} here.` })).toMatchObject({
    type: 'object.patched',
    text: 'object.patched: made, but not recorded',
    more: 'Draft emits a new object.patched here.'
  })
  expect(words({ kind: 'unrecorded', event: 'q' }).text).toBe('llm.request: asked, but has no recording')
})
