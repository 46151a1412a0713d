import { expect, test } from 'vitest'
import { createBook } from './book.js'
import { answered, asked, bookOf, event, text } from './events.fixture.js'
import { runState } from './run.js'

test('columns grow by one entry an event, and times count from the first', () => {
  const book = bookOf(event('kit.loaded', 'k', { name: 'research', goal: 'Buses?' }), asked('q', 'Why?', 14))
  expect(book.events).toHaveLength(2)
  expect(book.times).toEqual([0, 14])
  expect(book.families).toEqual(['world', 'request'])
  expect(book.run.goal).toBe('Buses?')
})

test('a call is open from its request to its answer', () => {
  const book = bookOf(asked('q', 'Why?'))
  expect(book.calls.open.size).toBe(1)
  book.add(answered('a', 'q'))
  expect(book.calls.open.size).toBe(0)
  expect(book.calls.ofRow(0)).toMatchObject({ row: 0, end: 1, name: 'openai/gpt-5-mini' })
  expect(book.calls.ofRow(1)).toBe(book.calls.ofRow(0))
})

test('an attempt belongs to its call and leaves it open', () => {
  const book = bookOf(
    asked('q', 'Why?'),
    event('llm.attempt', 't', { n: 2, kind: 'rate_limit', wait_ms: 9 }, { cause: ['q'] })
  )
  expect(book.calls.ofRow(1)).toMatchObject({ row: 0, end: -1, attempts: [1] })
  expect(book.totals.retries).toBe(1)
  expect(book.run.failedAt).toBe(-1)
})

test('tools are matched by their call id', () => {
  const book = bookOf(
    event('tool.called', 't1', { name: 'search', call_id: 'c1', arguments: {} }),
    event('tool.called', 't2', { name: 'fetch', call_id: 'c2', arguments: {} }),
    event('tool.returned', 'r2', { name: 'fetch', call_id: 'c2', result: 1 })
  )
  expect(book.calls.ofRow(2)).toMatchObject({ kind: 'tool', name: 'fetch', row: 1, end: 2 })
  expect(book.calls.open.size).toBe(1)
})

test('deltas are kept for open calls only, and end with the answer', () => {
  const book = bookOf(asked('q', 'Why?'))
  book.signal(text('q', 0, 'Be'), 10)
  book.signal(text('q', 1, 'cause.'), 30)
  book.signal(text('nobody', 0, 'x'), 30)
  expect([...book.streams.live.keys()]).toEqual(['q'])
  expect(book.streams.live.get('q')?.text).toBe('Because.')
  book.add(answered('a', 'q'))
  expect(book.streams.live.size).toBe(0)
})

test('what is no event is kept as it is, and the rest goes on', () => {
  const book = bookOf(
    null,
    42,
    'torn',
    { id: 'x' },
    { id: 'y', type: 'acme.odd', data: { weird: true } },
    asked('q', 'Why?')
  )
  expect(book.events.map(item => item.type)).toEqual([
    'malformed',
    'malformed',
    'malformed',
    'malformed',
    'acme.odd',
    'llm.request'
  ])
  expect(book.events[2]?.data).toEqual({ value: 'torn' })
  expect(book.calls.open.size).toBe(1)
})

test('a name without end is none: its event is shown as it is, and names in its data are cut', () => {
  const long = 'x'.repeat(10_000)
  const of = (name: string) => ({ ...event('t', 'id'), [name]: long })
  for (const name of ['id', 'type', 'source', 'actor', 'timestamp']) {
    const book = bookOf(of(name))
    expect(book.events[0]).toMatchObject({ type: 'malformed', data: { value: of(name) } })
    expect(JSON.stringify({ ...book.events[0], data: 0 }).length).toBeLessThan(1000)
  }
  const book = bookOf(
    event('kit.loaded', 'k', { name: long }),
    event('object.created', 'o', { id: 'o', type: long }),
    event('tool.called', 't', { name: long, call_id: 'c' }),
    event('llm.request', 'q', { model: long, messages: [] })
  )
  const names = [book.run.kit, book.objects.nameOf('o'), ...book.calls.all.map(({ name }) => name)]
  expect(names.map(name => name?.length)).toEqual([200, 200, 200, 200])
  expect(book.events[0]?.data).toEqual({ name: long })
})

test('causes lead both ways, and an unknown cause leads nowhere', () => {
  const book = bookOf(
    asked('q', 'Why?'),
    answered('a', 'q'),
    event('object.patched', 'p', {}, { cause: ['a', 'q', 'gone'] })
  )
  expect(book.causes.rowOf('a')).toBe(1)
  expect(book.causes.effectsOf(0)).toEqual([1, 2])
  expect(book.causes.effectsOf(1)).toEqual([2])
  expect(book.causes.rowOf('gone')).toBeUndefined()
})

test('objects are named by their type, with a number where there are several', () => {
  const book = bookOf(
    event('object.created', '1', { id: 'goal-1', type: 'Goal' }),
    event('object.created', '2', { id: 'f-a', type: 'Finding' }),
    event('object.created', '3', { id: 'f-b', type: 'Finding' })
  )
  expect(['goal-1', 'f-a', 'f-b', 'else'].map(id => book.objects.nameOf(id))).toEqual([
    'Goal',
    'Finding 1',
    'Finding 2',
    'else'
  ])
})

test('a run with an open call runs while it is fresh and is unanswered when nobody works on it', () => {
  const book = bookOf(asked('q', 'Why?'))
  const begin = book.run.first
  expect(runState(book, begin + 1000, true)).toBe('running')
  expect(runState(book, begin + 1000, false)).toBe('open')
  expect(runState(book, begin + 3_600_000, true)).toBe('open')
  book.add(answered('a', 'q'))
  expect(runState(book, begin + 1000, true)).toBe('done')
})

test('a failed call makes the run failed, and a resumed run begins anew', () => {
  const book = bookOf(asked('q', 'Why?'), event('llm.failed', 'f', { kind: 'auth', message: 'no' }, { cause: ['q'] }))
  expect(book.run.failedAt).toBe(1)
  expect(runState(book, book.run.last, true)).toBe('failed')
  book.add(event('run.resumed', 'r', { position: 2 }))
  expect(book.run.failedAt).toBe(-1)
})

test('a hundred thousand events fold in far less than a second', () => {
  const book = createBook('run:big')
  const began = performance.now()
  for (let i = 0; i < 50_000; i++) {
    book.add(asked(`q${i}`, 'Why?', i * 10))
    book.add(answered(`a${i}`, `q${i}`, {}, i * 10 + 5))
  }
  // Linear work takes about 300 ms here; the square of it would take hours.
  expect(performance.now() - began).toBeLessThan(10_000)
  expect(book.totals.calls).toBe(50_000)
})

test('the time of a run leaves out when nobody worked on it', () => {
  const day = 86_400_000
  const book = bookOf(
    asked('q', 'Why?', 100),
    event('branch.created', 'b', { branch_id: 'b2', parent: 'run:8', fork_position: 1 }, { at: day }),
    asked('q2', 'Why not?', 200),
    answered('a', 'q2', {}, day + 50),
    event('run.resumed', 'r', { position: 4 }, { at: 3 * day }),
    answered('a2', 'q', {}, 3 * day + 30)
  )
  expect(book.times).toEqual([0, 0, 100, 50, 50, 80])
  expect(book.startedAt + (book.times[5] ?? 0)).toBe(Date.parse(book.events[5]?.timestamp ?? ''))
})
