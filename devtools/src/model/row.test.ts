import { expect, test } from 'vitest'
import { answered, asked, bookOf, event, text } from './events.fixture.js'
import { grouped } from './numbers.js'
import { liveRows, rowAt } from './row.js'

test('a request gets its tokens and its chip with its answer', () => {
  const book = bookOf(asked('q', 'How far?\nIn winter?'))
  expect(rowAt(book, 0)).toMatchObject({ seq: '1', space: 'llm.', verb: 'request', tokens: '', chip: undefined })
  expect(rowAt(book, 0)?.summary).toEqual({ text: 'How far? In winter?', tone: 'plain' })
  book.add(answered('a', 'q'))
  expect(rowAt(book, 0)).toMatchObject({ tokens: '100', chip: { look: 'miss', text: 'MISS' } })
  expect(rowAt(book, 1)).toMatchObject({ actor: 'gpt-5-mini', tokens: '40', cost: '.0020', chip: undefined })
})

test('a hit says so on both sides and costs a true zero', () => {
  const book = bookOf(
    asked('q', 'a'),
    answered('a', 'q', { cached: true, cost_usd: 0, cache: { state: 'hit', key: 'k' } })
  )
  expect([rowAt(book, 0)?.chip?.text, rowAt(book, 1)?.chip?.text, rowAt(book, 1)?.cost]).toEqual(['HIT', 'HIT', '0'])
})

test('what the provider had in its own cache is told on both sides, unless the answer is a hit of ours', () => {
  const usage = { input_tokens: 4000, cached_input_tokens: 3072, output_tokens: 40 }
  const chip = { look: 'provider', text: 'PROVIDER', title: `${grouped(3072)} tokens from the provider’s cache` }
  const off = { usage, cache: undefined }
  const hit = { usage, cached: true, cache: { state: 'hit', key: 'k' } }
  const odd = { usage: { cached_input_tokens: '7' } }
  const book = bookOf(
    ...[{ usage }, off, hit, odd, { usage: { cached_input_tokens: 0 } }].flatMap((more, i) => [
      asked(`q${i}`, `${i}`),
      answered(`a${i}`, `q${i}`, more)
    ]),
    asked('open', 'and?')
  )
  const chips = book.events.map((_event, row) => rowAt(book, row)?.chip)
  expect(chips.slice(0, 4)).toEqual([chip, chip, chip, chip])
  expect(chips.slice(4).map(item => item?.text)).toEqual([
    'HIT',
    'HIT',
    'MISS',
    undefined,
    'MISS',
    undefined,
    undefined
  ])
})

test('each type has a sentence of its own, and an unknown one is shown raw', () => {
  const book = bookOf(
    event('object.created', '1', { id: 'f', type: 'Finding', data: { status: 'pending' } }),
    event('relation.created', '2', { id: 'r', type: 'supports', source_id: 'f', target_id: 'gone' }),
    event('llm.failed', '3', { kind: 'rate_limit', status: 429, message: 'Slow down' }),
    event('acme.odd', '4', { weird: true }),
    event('budget.exhausted', '5', { reasons: ['max_events'] })
  )
  const summaries = book.events.map((_event, row) => rowAt(book, row)?.summary.text)
  expect(summaries).toEqual([
    'Finding · pending',
    'supports · Finding → gone',
    '429 rate limit · Slow down',
    '{"weird":true}',
    'max_events'
  ])
  expect(rowAt(book, 3)?.summary.tone).toBe('raw')
})

test('malformed data of a known type is drawn without a failure', () => {
  const odd = [null, 7, 'x', [], { messages: 7, usage: 3, cache: 1, tool_calls: {}, reasons: 'no', data: null }]
  const types = ['llm.request', 'llm.response', 'llm.failed', 'llm.attempt', 'tool.called', 'tool.returned']
  const world = [
    'object.created',
    'object.patched',
    'relation.created',
    'kit.loaded',
    'branch.created',
    'budget.exhausted'
  ]
  for (const type of [...types, ...world]) {
    const book = bookOf(...odd.map((data, i) => ({ ...event(type, `${type}${i}`), data })))
    for (let row = 0; row < odd.length; row++) expect(rowAt(book, row)?.seq).toBe(String(row + 1))
  }
})

test('an answer on its way is a row of its own, with the end of its text', () => {
  const book = bookOf(asked('q', 'a'))
  book.signal(text('q', 0, '**Yes**, in two steps'), book.run.first + 400)
  const [row] = liveRows(book, book.run.first + 500)
  expect(row).toMatchObject({
    request: 'q',
    requestRow: 0,
    lane: 0,
    time: '0.500',
    actor: 'gpt-5-mini',
    tail: 'Yes, in two steps'
  })
})

test('words that a question shares with its neighbour are left out', () => {
  const shared = 'Should a town of 100,000 replace its diesel buses by 2030?'
  const book = bookOf(
    asked('q1', `${shared} Which facts are established?`),
    asked('q2', `${shared} What could go wrong?`),
    asked('q3', `${shared} What speaks for it?`),
    asked('q4', 'Something else?')
  )
  expect([0, 1, 2, 3].map(row => rowAt(book, row)?.summary.text)).toEqual([
    '… Which facts are established?',
    '… What could go wrong?',
    '… What speaks for it?',
    'Something else?'
  ])
})

test('what looks like a key is not shown', () => {
  const book = bookOf(asked('q', 'My key is sk-canary-0123456789abcdef, is it good?'))
  expect(rowAt(book, 0)?.summary.text).toBe('My key is •••, is it good?')
})
