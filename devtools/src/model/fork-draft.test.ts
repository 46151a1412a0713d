import { expect, test } from 'vitest'
import { event } from './events.fixture.js'
import {
  branchFault,
  type Edits,
  editedData,
  type ForkForm,
  formOf,
  freeBranch,
  noEdits,
  type RequestForm
} from './fork-draft.js'

const request = event('llm.request', 'q', {
  model: 'openai/gpt-5-mini',
  max_tokens: 1024,
  top_p: 0.5,
  target: { base_url: 'https://x' },
  messages: [
    { role: 'system', content: 'Be brief.' },
    {
      role: 'user',
      content: [
        { type: 'text', text: 'Which towns?' },
        { type: 'image', url: 'data:,' }
      ]
    },
    { role: 'assistant', content: '', tool_calls: [{ id: 'c', name: 'search', arguments: {} }] },
    { role: 'tool', name: 'search', tool_call_id: 'c', content: '[]' }
  ],
  tools: [{ name: 'search' }, { type: 'web_search' }]
})
const form = formOf(request) as RequestForm
const edits = (texts: Record<string, string>, more: Partial<Edits> = {}): Edits => ({ ...noEdits, texts, ...more })
const setOf = (given: Edits) => editedData(request, form, given).set

test('a request is edited message by message, with its model, its figures and what else it says', () => {
  expect(form.messages.map(({ label, folded, others }) => [label, folded, others])).toEqual([
    ['system', true, []],
    ['user', false, ['image']],
    ['assistant, calls search', true, []],
    ['tool result, search', false, []]
  ])
  expect([form.model.before, form.maxTokens.before, form.temperature.before]).toEqual(['openai/gpt-5-mini', '1024', ''])
  expect(JSON.parse(form.others.before)).toEqual({ top_p: 0.5 })
  expect(form.tools).toEqual(['search', 'web_search'])
})

test('edits come to paths and values, and what is as it was comes to nothing', () => {
  expect(setOf(noEdits)).toEqual({})
  expect(setOf(edits({ '/model': 'openai/gpt-5-mini' }))).toEqual({})
  const given = edits(
    { '/messages/1/content/0/text': 'Which cities?', '/max_tokens': '400', '/': '{"top_p":0.5,"seed":7}' },
    {
      added: [
        { role: 'user', text: 'In one line.' },
        { role: 'user', text: ' ' }
      ],
      without: [1]
    }
  )
  const { set, count, data, faults } = editedData(request, form, given)
  expect(set).toEqual({
    '/messages/1/content/0/text': 'Which cities?',
    '/max_tokens': 400,
    '/seed': 7,
    '/messages/4': { role: 'user', content: 'In one line.' },
    '/tools': [{ name: 'search' }]
  })
  expect([count, faults]).toEqual([5, {}])
  expect(data).toMatchObject({ max_tokens: 400, seed: 7, messages: { length: 5 }, tools: { length: 1 } })
  expect(request.data).toMatchObject({ max_tokens: 1024, messages: { length: 4 } })
})

test('what is no number, no JSON or no model is said at its field', () => {
  const bad = { '/temperature': 'warm', '/messages/2/tool_calls': '[', '/model': ' ' }
  const { faults, set } = editedData(request, form, edits(bad))
  expect(Object.keys(faults).sort()).toEqual(Object.keys(bad).sort())
  expect(set).toEqual({})
  expect(editedData(request, form, edits({ '/': '{}' })).faults['/']).toMatch(/left out.*top_p/)
  expect(editedData(request, form, edits({ '/': '3' })).faults['/']).toMatch(/one JSON object/)
})

test('an answer is edited as text, an object as JSON, and what tells of the run not at all', () => {
  const answer = event('llm.response', 'a', { text: 'Yes.' })
  const answerForm = formOf(answer) as ForkForm
  expect(editedData(answer, answerForm, edits({ '/text': 'No.' })).set).toEqual({ '/text': 'No.' })
  const thing = event('object.created', 'o', { id: 'goal-1', type: 'Goal', data: { text: 'Buses', 'a/b': 1 } })
  const thingForm = formOf(thing) as ForkForm
  const text = JSON.stringify({ id: 'goal-1', type: 'Goal', data: { text: 'Trams', 'a/b': 1 } })
  expect(editedData(thing, thingForm, edits({ '/': text })).set).toEqual({ '/data': { text: 'Trams', 'a/b': 1 } })
  expect(formOf(event('llm.attempt', 'x'))).toMatch(/tells of the run itself/)
  expect(formOf(event('llm.request', 'x', { messages: 'none', tools: {} }))).toMatchObject({ messages: [], tools: [] })
})

test('a prototype’s name in an edit is data', () => {
  const thing = event('object.created', 'o', { id: 'x', type: 'T', data: {} })
  editedData(
    thing,
    formOf(thing) as ForkForm,
    edits({ '/': '{"id":"x","type":"T","data":{},"__proto__":{"polluted":1}}' })
  )
  expect(({} as { polluted?: unknown }).polluted).toBeUndefined()
})

test('a branch gets a name that is free and that a ledger may have', () => {
  expect(freeBranch(['run:8'])).toBe('b2')
  expect(freeBranch(['branch:b2', 'branch:b4'])).toBe('b3')
  expect(branchFault('b3-shorter', [])).toBeUndefined()
  expect(branchFault('b3', ['branch:b3'])).toMatch(/there already/)
  for (const id of ['', '../x', 'a b', '.x']) expect(branchFault(id, []), id).toMatch(/letters/)
})
