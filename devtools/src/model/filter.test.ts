import { expect, test } from 'vitest'
import { answered, asked, bookOf, event } from './events.fixture.js'
import { matcher } from './filter.js'
import { parseFilter } from './terms.js'
import { toggled } from './toggled.js'

const book = bookOf(
  event('kit.loaded', 'k', { name: 'research', goal: 'Buses by 2030' }),
  asked('q1', 'How much range is lost in winter?', 10),
  asked('q2', 'What does it cost (really)?', 10),
  answered('a1', 'q1', { text: 'About 31 % at −10 °C.', cost_usd: 0.02 }),
  answered('a2', 'q2', { cached: true, cost_usd: 0, saved_usd: 0.01, cache: { state: 'hit', key: 'k' } }),
  event(
    'llm.failed',
    'f',
    { kind: 'rate_limit', message: 'Too many requests', status: 429 },
    { actor: 'llm_executor' }
  ),
  event('tool.returned', 't', { name: 'search', call_id: 'c', error: 'no network' }, { actor: 'tools.search' })
)

function rows(filter: string): number[] {
  const matches = matcher(parseFilter(filter))
  return book.events.flatMap((_event, row) => (!matches || matches(book, row) ? [row + 1] : []))
}

test('an empty filter shows everything', () => {
  expect(matcher(parseFilter('  '))).toBeUndefined()
})

test('free words look into types, actors and what was said, whatever their case', () => {
  expect(rows('WINTER')).toEqual([2])
  expect(rows('31')).toEqual([4])
  expect(rows('too many')).toEqual([6])
  expect(rows('"too many"')).toEqual([6])
  expect(rows('(really)')).toEqual([3])
})

test('terms narrow each other down, and a minus turns one round', () => {
  expect(rows('type:llm.request winter')).toEqual([2])
  expect(rows('type:llm -cache:hit')).toEqual([2, 4, 6])
  expect(rows('-type:llm.*')).toEqual([1, 7])
})

test('a type is whole, a namespace or a pattern; commas are alternatives', () => {
  expect(rows('type:llm.response')).toEqual([4, 5])
  expect(rows('type:llm')).toEqual([2, 3, 4, 5, 6])
  expect(rows('type:*.loaded,tool.*')).toEqual([1, 7])
  expect(rows('type:ll')).toEqual([])
})

test('a request has the cache state of its answer', () => {
  expect(rows('cache:hit')).toEqual([3, 5])
  expect(rows('cache:miss')).toEqual([2, 4])
  expect(rows('cache:hit,miss')).toEqual([2, 3, 4, 5])
})

test('cache:provider finds what the provider had in its cache, which stays a miss of ours', () => {
  const usage = { input_tokens: 400, cached_input_tokens: 256, output_tokens: 40 }
  const read = bookOf(asked('q', 'a'), answered('a', 'q', { usage }), asked('p', 'b'), answered('b', 'p'))
  const found = (filter: string) =>
    read.events.flatMap((_e, row) => (matcher(parseFilter(filter))?.(read, row) ? [row] : []))
  expect([found('cache:provider'), found('cache:miss'), found('-cache:provider')]).toEqual([
    [0, 1],
    [0, 1, 2, 3],
    [2, 3]
  ])
})

test('errors are found in calls and in tools', () => {
  expect(rows('has:error')).toEqual([6, 7])
})

test('actors, families, costs and numbers', () => {
  expect(rows('actor:executor')).toEqual([4, 5, 6])
  expect(rows('family:tool,error')).toEqual([6, 7])
  expect(rows('cost:>0.01')).toEqual([4])
  expect(rows('cost:<0.01')).toEqual([5])
  expect(rows('after:#5')).toEqual([6, 7])
  expect(rows('before:3')).toEqual([1, 2])
})

test('a term that is being typed filters nothing yet, and an unknown key is a word', () => {
  expect(rows('type:')).toHaveLength(7)
  expect(rows('https://x')).toEqual([])
  expect(rows('-')).toHaveLength(7)
})

test('an expression between slashes is looked for in the same texts, whatever their case', () => {
  expect(rows('/WIN[a-z]+r/')).toEqual([2])
  expect(rows('/what does .* cost/')).toEqual([3])
  expect(rows('-/llm|tool/')).toEqual([1])
})

test('ids, models, tokens, times and how long a call took', () => {
  expect(rows('id:a')).toEqual([4, 5])
  expect(rows('model:gpt-5*')).toEqual([2, 3, 4, 5])
  expect(rows('tokens:>=100')).toEqual([2, 3])
  expect(rows('tokens:<100')).toEqual([4, 5])
  expect(rows('latency:>0.9s')).toEqual([2, 3, 4, 5])
  expect(rows('latency:>1001ms')).toEqual([])
  expect(rows('time:>0.5s')).toEqual([4, 5])
  expect(rows('before:5ms type:llm.request')).toEqual([])
  expect(rows('after:2026-11-20T09:14:02.500Z')).toEqual([4, 5])
})

test('a term that cannot be understood filters nothing', () => {
  expect(rows('typ:llm a:b:c')).toHaveLength(7)
  expect(rows('"a:b:c"')).toEqual([])
  expect(rows('cost:>cheap')).toHaveLength(7)
  expect(rows('/(/ winter')).toEqual([2])
})

test('a long text is found to its end, and a name of the prototype is no field', () => {
  const long = bookOf(asked('q', `${'so on and on '.repeat(2000)} needle`), asked('p', 'short'))
  const matches = matcher(parseFilter('NEEDLE'))
  expect([0, 1].map(row => matches?.(long, row))).toEqual([true, false])
  expect(rows('has:constructor')).toEqual([])
})

test('a hostile pattern is only a text', () => {
  expect(rows('type:(((')).toEqual([])
  expect(rows('[a-z]+$')).toEqual([])
})

test('a click in the legend puts its term in, takes it out, and replaces another of its kind', () => {
  expect(toggled('winter', 'family:tool')).toBe('winter family:tool')
  expect(toggled('winter family:tool', 'family:tool')).toBe('winter')
  expect(toggled('family:tool', 'family:world')).toBe('family:world')
})
