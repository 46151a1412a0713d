import type { LedgerEvent } from 'daybook'
import { expect, test } from 'vitest'
import { objectFold } from './objects.js'
import { summaryOf } from './summary.js'

function textOf(type: string, data: unknown): string {
  const event = { id: 'e', type, source: 's', actor: 'a', cause: [], timestamp: '2026-01-01T00:00:00.000Z', data }
  return summaryOf(event as unknown as LedgerEvent, objectFold()).text
}

test('a line is no longer than a row, whatever a name is', () => {
  const name = 'x'.repeat(1e6)
  for (const type of ['kit.loaded', 'tool.called', 'dialog.opened', 'relation.created', 'responder.failed']) {
    const text = textOf(type, { name, session_name: name, type: name, responder: name })
    expect(text.length).toBe(2000)
  }
})

test('a message of a dialog says who spoke and what, in one line', () => {
  const message = { id: 'm', role: 'user', content: 'What is the tide?\nIn Dover.' }
  expect(textOf('message.appended', { dialog_id: 'd', index: 0, message })).toBe('user · What is the tide? In Dover.')
  const named = { id: 'm', role: 'assistant', name: 'pilot', content: [{ type: 'text', text: '**High** at 4.' }] }
  expect(textOf('message.appended', { dialog_id: 'd', index: 1, message: named })).toBe('pilot · High at 4.')
})

test('a message without words says what it calls, or that there is nothing', () => {
  const calls = [{ id: 'c', type: 'function', function: { name: 'tide', arguments: '{}' } }]
  const message = { id: 'm', role: 'assistant', content: null, tool_calls: calls }
  expect(textOf('message.appended', { dialog_id: 'd', index: 0, message })).toBe('assistant · calls tide')
  expect(textOf('message.appended', { dialog_id: 'd', index: 0, message: null })).toBe('message · no words')
})

test('a dialog says whose it is; a fork says how much of its parent it took along', () => {
  expect(textOf('dialog.opened', { dialog_id: 'd', session_name: '20260101_000000_abcdef', owner: 'pilot' })).toBe(
    'pilot · 20260101_000000_abcdef'
  )
  const fork = { dialog_id: 'e', parent_id: 'd', split_point: 10, last_n: 3, first_k: 1 }
  expect(textOf('dialog.forked', fork)).toBe('with 4 of 10 messages')
  expect(textOf('dialog.forked', { ...fork, last_n: 0 })).toBe('with all 10 messages')
  expect(textOf('dialog.forked', {})).toBe('')
})

test('a request that brings a result of a tool names the tool, by the message or by the call', () => {
  const call = { id: 'c', type: 'function', function: { name: 'tide', arguments: '{}' } }
  const messages = [
    { role: 'user', content: 'The tide?' },
    { role: 'assistant', content: null, tool_calls: [call] },
    { role: 'tool', tool_call_id: 'c', content: '4 m' }
  ]
  expect(textOf('llm.request', { messages })).toBe('result of tide: 4 m')
  expect(textOf('llm.request', { messages: messages.slice(2) })).toBe('result of a tool: 4 m')
})

test('what an event does not say is a dash', () => {
  expect(textOf('relation.created', { type: 'part_of' })).toBe('part_of · – → –')
  expect(textOf('object.created', {})).toBe('–')
  expect(textOf('run.resumed', {})).toBe('from event –')
})
