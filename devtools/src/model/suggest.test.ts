import { expect, test } from 'vitest'
import { answered, asked, bookOf, event } from './events.fixture.js'
import { suggestions } from './suggest.js'

const book = bookOf(
  asked('q1', 'a'),
  asked('q2', 'b'),
  answered('a1', 'q1'),
  event('tool.called', 't', { name: 'search' }, { actor: 'tools.web search' })
)
const terms = (input: string, caret = input.length) => suggestions(input, caret, book).map(({ term }) => term)

test('an empty box suggests the keys, and letters narrow them down', () => {
  expect(terms('').slice(0, 3)).toEqual(['type:', 'actor:', 'model:'])
  expect(terms('winter -t')).toEqual(['-type:', '-tokens:', '-time:'])
})

test('after a key come the values that the run has, most frequent first', () => {
  expect(terms('type:')).toEqual([
    'type:llm.*',
    'type:tool.*',
    'type:llm.request',
    'type:llm.response',
    'type:tool.called'
  ])
  expect(terms('type:llm.request,to')).toEqual(['type:llm.request,tool.*', 'type:llm.request,tool.called'])
  expect(terms('actor:web')).toEqual(['actor:"web search"'])
  expect(suggestions('actor:fin', 9, book)[0]).toMatchObject({ term: 'actor:finder', about: '2' })
})

test('each state of the cache is suggested, the provider’s own among them', () => {
  expect(terms('cache:p')[0]).toBe('cache:provider')
})

test('the term under the caret is the one that is replaced', () => {
  expect(suggestions('type:ll winter', 7, book)[0]).toMatchObject({ term: 'type:llm.*', from: 0, to: 7 })
})

test('nothing is suggested in quotes, in an expression, for an unknown key, or for what is there', () => {
  for (const input of ['"type', '/ty', 'foo:b', 'cache:hit', '"a t']) expect(terms(input)).toEqual([])
})
