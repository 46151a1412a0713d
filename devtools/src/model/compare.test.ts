import { compareLedgers } from 'daybook'
import { expect, test } from 'vitest'
import {
  askedAgain,
  type Choice,
  changedIds,
  defaultPair,
  deltasOf,
  fieldsBetween,
  fieldsOf,
  itemsOf,
  reused,
  said,
  sameWords,
  signed,
  textsOf,
  unrunWords
} from './compare.js'
import { loadDiffer } from './differ.js'
import { answered, asked, bookOf, event } from './events.fixture.js'
import { usd } from './numbers.js'

const start = [
  event('kit.loaded', 'k', { name: 'council' }),
  event('object.created', 'o', { id: 'q', type: 'Question' })
]
const a = [
  ...start,
  asked('r', 'Which cities? Give year and fleet.', 0, ['o']),
  answered('x', 'r', { text: 'Two cities have.', cost_usd: 0.006, latency_ms: 3110 }),
  event('object.patched', 'p', { id: 'q', patch: { words: 412, state: 'complete' } }, { cause: ['x'] }),
  event('object.created', 'extra', { id: 'e', type: 'Note' }, { cause: ['p'] })
]
const b = [
  ...start,
  asked('r2', 'Which cities? Give year.', 0, ['o']),
  answered('x2', 'r2', { text: 'Two cities did.', cost_usd: 0.0037, latency_ms: 1130 }),
  event('object.patched', 'p2', { id: 'q', patch: { words: 238, state: 'complete' } }, { cause: ['x2'] })
]
const { rows } = compareLedgers([a, b])
const differ = await loadDiffer()
const fieldsOfRow = (row: number) =>
  fieldsBetween(rows, differ.fields)(rows[row]?.events[0] as never, rows[row]?.events[1] as never)
const between = (before: unknown, after: unknown) => fieldsBetween([], differ.fields)(before as never, after as never)

test('equal rows fold to one line that says how many and that they cost nothing more', () => {
  const items = itemsOf(rows, new Set())
  expect(items).toEqual([
    { kind: 'same', from: 0, to: 2, open: false },
    ...[2, 3, 4, 5].map(row => ({ kind: 'row', row, quiet: false }))
  ])
  expect(sameWords(rows, 0, 2, bookOf(...a))).toEqual(['#1–#2 are the same', '2 events, shared, $0 more'])
  expect(itemsOf(rows, new Set([0])).slice(0, 3)).toEqual([
    { kind: 'same', from: 0, to: 2, open: true },
    { kind: 'row', row: 0, quiet: true },
    { kind: 'row', row: 1, quiet: true }
  ])
  expect(itemsOf([], new Set())).toEqual([])
})

test('where a branch asked one call again, that call is the difference, and what it has not run is folded', () => {
  const mark = event('branch.created', 'mark', { branch_id: 'b2', parent: 'run:8', fork_position: 2 })
  const branch = [...start, mark, asked('r', 'Which towns?', 0, ['o']), answered('x2', 'r', { text: 'Three.' })]
  const { rows } = compareLedgers([a, branch])
  expect(askedAgain(rows)).toBe(3)
  expect(itemsOf(rows, new Set(), true)).toEqual([
    { kind: 'same', from: 0, to: 2, open: false },
    ...[2, 3, 4].map(row => ({ kind: 'row', row, quiet: false })),
    { kind: 'unrun', from: 5, to: 7, open: false }
  ])
  const books = [bookOf(...a), { ...bookOf(...branch), name: 'branch:b2' }]
  expect(unrunWords(rows, 5, 7, books)).toEqual(['#5–#6 are not run in b2', '2 events'])
  const whole = [...branch, event('object.patched', 'p2', { id: 'q', patch: {} }, { cause: ['x2'] })]
  expect(askedAgain(compareLedgers([a, whole]).rows)).toBeUndefined()
  expect(askedAgain(compareLedgers([a, b]).rows)).toBeUndefined()
})

test('what two runs did alike on their own is not said to be shared', () => {
  const own = start.map((one, at) => ({ ...one, id: `${one.id}-${at}`, source: 'run:9' }))
  const alike = compareLedgers([start, own]).rows
  expect(sameWords(alike, 0, 2, bookOf(...start))[1]).toBe('2 events, $0 more')
})

test('prompts are compared by the message that changed, answers by their words or the tools that they call', () => {
  const [, , asks, answers] = rows
  expect(textsOf(asks?.events[0] as never, asks?.events[1] as never)).toEqual({
    before: 'Which cities? Give year and fleet.',
    after: 'Which cities? Give year.',
    where: 'user 1',
    more: 0
  })
  expect(textsOf(answers?.events[0] as never, answers?.events[1] as never)).toMatchObject({ after: 'Two cities did.' })
  expect(textsOf(a[2] as never, a[2] as never)).toBeUndefined()
  expect(textsOf(a[4] as never, b[4] as never)).toBeUndefined()
  expect(said(answered('t', 'r', { text: '', tool_calls: [{ name: 'search', arguments: { q: 1 } }] }))).toBe(
    'search {"q":1}'
  )
})

test('a long text that is all that changed in some data is compared by its words', () => {
  const patched = (id: string, text: string) => event('object.patched', id, { id: 'q', patch: { text } })
  const [was, is] = ['a', 'b'].map(word => patched(word, `${'the same words '.repeat(5)}${word}`))
  const fields = between(was, is)
  expect(textsOf(was as never, is as never, fields)).toMatchObject({ where: 'patch.text', more: 0 })
  const [x, y] = [patched('a', 'x'), patched('b', 'y')]
  expect(textsOf(x, y, between(x, y))).toBeUndefined()
})

test('messages that are there on one side only, or are none, are compared all the same', () => {
  const ask = (messages: unknown) => event('llm.request', 'r', { messages })
  expect(textsOf(ask([{ role: 'user', content: 'a' }]), ask([{ role: 'user', content: 'a' }, null, 7]))).toBeUndefined()
  expect(
    textsOf(ask('none'), ask([{ role: 'tool', content: [{ type: 'text', text: 'b' }] }, { content: 'c' }]))
  ).toEqual({
    before: '',
    after: 'b',
    where: 'tool 1',
    more: 1
  })
})

test('the last column has the figures that differ, with their change and both values', () => {
  const deltas = deltasOf(a[3] as never, b[3] as never, fieldsOfRow(3), undefined)
  expect(deltas).toEqual([
    { label: 'time', change: '−1.98\u00a0s', values: '3.11 → 1.13' },
    { label: 'cost', change: '−$0.0023', values: '.0060 → .0037' }
  ])
  const asks = [
    event('llm.request', 'r', { max_tokens: 1024, model: 'm' }),
    event('llm.request', 'r', { max_tokens: 400 })
  ]
  const fields = between(asks[0], asks[1])
  expect(deltasOf(asks[0] as never, asks[1] as never, fields, undefined)).toEqual([
    { label: 'max_tokens', change: '−624', values: '1.02k → 400' },
    { label: 'model', change: 'changed', values: 'm → –' }
  ])
})

test('data is compared by its fields, the changed ones first', () => {
  const fields = fieldsOfRow(4)
  expect(fieldsOf(a[4] as never, fields, 'before')).toEqual([{ name: 'patch.words', value: '412', changed: true }])
  expect(fieldsOf(b[4] as never, fields, 'after')[0]).toEqual({ name: 'patch.words', value: '238', changed: true })
  expect(deltasOf(a[4] as never, b[4] as never, fields, undefined)).toEqual([
    { label: 'field', change: '1', values: 'differs' }
  ])
})

test('ids that stand for each other, and how long an answer took, are no differences of data', () => {
  const one = [event('object.created', 'o1', { id: 'q1', type: 'Q' }), answered('a1', 'o1', { cause_object_id: 'q1' })]
  const two = [
    event('object.created', 'o2', { id: 'q2', type: 'Q' }),
    answered('a2', 'o2', { cause_object_id: 'q2', latency_ms: 7, text: 'No.' })
  ]
  const found = fieldsBetween(compareLedgers([one, two]).rows, differ.fields)
  expect(found(one[0] as never, two[0] as never)).toEqual([])
  expect(found(one[1] as never, two[1] as never)).toEqual([{ path: '/data/text', before: 'Because.', after: 'No.' }])
})

test('an answer whose words are the same says so', () => {
  const cheaper = answered('x', 'r', { text: 'Two cities have.', cost_usd: 0 })
  expect(deltasOf(a[3] as never, cheaper, [], undefined)[0]).toMatchObject({ label: 'answer', change: 'the same' })
})

test('the same answer from a cache is no difference, another one is', () => {
  const hit = (text: string) => answered('y', 'r', { text, cached: true, cost_usd: 0, latency_ms: 2 })
  const row = (other: unknown) => ({ events: [a[3], other], same: false }) as never
  expect(
    [hit('Two cities have.'), hit('None.'), answered('z', 'r', { text: 'Two cities have.' })].map(other =>
      reused(row(other))
    )
  ).toEqual([true, false, false])
})

test('what changed can be told from what followed from it', () => {
  expect([...changedIds(rows)]).toEqual(['r', 'r2', 'x', 'x2', 'p', 'p2', 'extra'])
})

test('a change has its sign; none is 0, and what is not known is no change', () => {
  const money = (value: number): string => usd(value)
  expect([signed(-0.0473, money), signed(0.5, money), signed(0, money), signed(undefined, money)]).toEqual([
    '−$0.0473',
    '+$0.500',
    '0',
    '–'
  ])
})

test('the sign of a difference stands beside its figure, after the mark of an estimate', () => {
  const estimate = (value: number): string => usd(value, true)
  expect([signed(-0.0346, estimate), signed(0.0346, estimate)]).toEqual(['≈\u00a0−$0.0346', '≈\u00a0+$0.0346'])
})

const choice = (key: string, more: Partial<Choice> = {}): Choice => ({
  key,
  name: `run:${key}`,
  parent: undefined,
  created: '',
  length: 9,
  ...more
})

test('a branch is shown against its parent', () => {
  const choices = [choice('3', { name: 'branch:b', parent: 'run:1' }), choice('2'), choice('1')]
  expect(defaultPair(choices, '3', undefined, () => undefined)).toEqual({ keys: ['1', '3'] })
  expect(defaultPair(choices, '2', 'run:1', () => undefined)).toEqual({ keys: ['1', '2'] })
})

test('a run is shown against the one before it of its kit; a kit that is not known yet is waited for', () => {
  const choices = ['4', '3', '2', '1'].map(key => choice(key))
  const kits: Record<string, string | null | undefined> = { '4': 'council', '3': 'other' }
  const kitOf = (key: string): string | null | undefined => kits[key]
  expect(defaultPair(choices, '4', undefined, kitOf)).toEqual({ wait: '2' })
  kits['2'] = null
  kits['1'] = 'council'
  expect(defaultPair(choices, '4', undefined, kitOf)).toEqual({ keys: ['1', '4'] })
  kits['1'] = 'third'
  expect(defaultPair(choices, '4', undefined, kitOf)).toEqual({ keys: ['3', '4'] })
})

test('the oldest run is shown against the next; a run alone against none', () => {
  const choices = ['2', '1'].map(key => choice(key))
  expect(defaultPair(choices, '1', undefined, () => 'council')).toEqual({ keys: ['1', '2'] })
  expect(defaultPair([choice('1')], '1', undefined, () => 'council')).toBeUndefined()
  expect(defaultPair(choices, 'gone', undefined, () => null)).toBeUndefined()
})
