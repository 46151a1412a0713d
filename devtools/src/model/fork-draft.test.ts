import { forkLedger, type LedgerEvent, memoryLedgerStore, openLedger } from 'daybook'
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
import { moved, orderOf, withMessage, withoutMessage } from './fork-order.js'

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
        { id: -1, role: 'user', text: 'In one line.' },
        { id: -2, role: 'user', text: ' ' }
      ],
      without: [1]
    }
  )
  const { set, change, count, data, faults } = editedData(request, form, given)
  expect(set).toEqual({
    '/messages/1/content/0/text': 'Which cities?',
    '/max_tokens': 400,
    '/seed': 7,
    '/tools': [{ name: 'search' }]
  })
  expect(change).toEqual({ set, insert: { '/messages/4': { role: 'user', content: 'In one line.' } } })
  expect([count, faults]).toEqual([5, {}])
  expect(data).toMatchObject({ max_tokens: 400, seed: 7, messages: { length: 5 }, tools: { length: 1 } })
  expect(request.data).toMatchObject({ max_tokens: 1024, messages: { length: 4 } })
})

test('what is no number, no JSON or no model is said at its field', () => {
  const bad = { '/temperature': 'warm', '/messages/2/tool_calls': '[', '/model': ' ' }
  const { faults, set } = editedData(request, form, edits(bad))
  expect(Object.keys(faults).sort()).toEqual(Object.keys(bad).sort())
  expect(set).toEqual({})
  expect(editedData(request, form, edits({ '/': '3' })).faults['/']).toMatch(/one JSON object/)
})

test('what is emptied or left out is not sent at all, which is not null', () => {
  const given = edits({ '/max_tokens': ' ', '/': '{}' }, { without: [0, 1] })
  const { change, count, data, faults } = editedData(request, form, given)
  expect([change, count, faults]).toEqual([{ set: {}, remove: ['/max_tokens', '/top_p', '/tools'] }, 3, {}])
  for (const name of ['max_tokens', 'top_p', 'tools']) expect(data).not.toHaveProperty(name)
  // What was not set is not left out.
  expect(editedData(request, form, edits({ '/temperature': '' })).count).toBe(0)
})

/** The change as the library makes it. */
async function made(change: object): Promise<unknown> {
  const ledger = await openLedger(memoryLedgerStore(), 'run:1')
  await ledger.append([request])
  const branch = await forkLedger(ledger, 0, { id: 'b', change })
  const events: LedgerEvent[] = []
  for await (const event of branch.read()) events.push(event)
  const found = events.find(({ type }) => type === 'llm.request') as LedgerEvent<'llm.request'>
  return found.data.messages
}

test('messages are left out, put in and moved, and the library comes to the same', async () => {
  const add = (given: Edits, text: string, before?: number): Edits => {
    const next = withMessage(form, given, before)
    return { ...next, added: next.added.map(each => (each.text === '' ? { ...each, text } : each)) }
  }
  const move = (given: Edits, id: number, by: -1 | 1): Edits => moved(form, given, id, by) as Edits
  const said = edits({ '/messages/0/content': 'Be long.' })
  const cases: [Edits, object, number][] = [
    [withoutMessage(form, noEdits, 1), { set: {}, remove: ['/messages/1'] }, 1],
    // The text of a message that is left out does not count.
    [withoutMessage(form, said, 0), { set: {}, remove: ['/messages/0'] }, 1],
    [add(noEdits, 'Why?', 2), { set: {}, insert: { '/messages/2': { role: 'user', content: 'Why?' } } }, 1],
    [
      withoutMessage(form, withoutMessage(form, add(said, 'Why?', 1), 3), 2),
      {
        set: { '/messages/0/content': 'Be long.' },
        insert: { '/messages/1': { role: 'user', content: 'Why?' } },
        remove: ['/messages/2', '/messages/3']
      },
      4
    ]
  ]
  for (const [given, change, count] of cases) {
    const edited = editedData(request, form, given)
    expect([edited.change, edited.count]).toEqual([change, count])
    expect(await made(edited.change)).toEqual((edited.data as { messages: unknown }).messages)
  }
  // Another order, and two at one place, are said as the whole list.
  for (const [given, roles, count] of [
    [move(said, 1, -1), ['user', 'system', 'assistant', 'tool'], 2],
    [move(withoutMessage(form, noEdits, 2), 3, -1), ['system', 'user', 'tool'], 1],
    [add(add(noEdits, 'a', 1), 'b', 1), ['system', 'user', 'user', 'user', 'assistant', 'tool'], 2],
    [move(add(said, 'last'), 3, 1), ['system', 'user', 'assistant', 'user', 'tool'], 2]
  ] as const) {
    const { change, data, count: changes } = editedData(request, form, given)
    expect((data as { messages: { role: string }[] }).messages.map(({ role }) => role)).toEqual(roles)
    expect(changes).toBe(count)
    expect(await made(change)).toEqual((data as { messages: unknown }).messages)
  }
  // There and back again is nothing; so is a message without a text, and one that was taken out again.
  expect(move(move(noEdits, 1, -1), 1, 1)).toEqual(noEdits)
  expect(moved(form, noEdits, 0, -1)).toBeUndefined()
  const empty = withMessage(form, noEdits, 1)
  expect([editedData(request, form, empty).count, orderOf(form, empty)]).toEqual([0, [0, -1, 1, 2, 3]])
  expect(withoutMessage(form, empty, -1)).toEqual(noEdits)
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
