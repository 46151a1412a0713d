import { expect, test } from 'vitest'
import { parseFilter } from './terms.js'

const faults = (input: string) => parseFilter(input).map(term => term.fault)

test('terms know where they stand', () => {
  expect(
    parseFilter('type:llm.*  -"two words" /a b/').map(({ key, value, not, from, to }) => [key, value, not, from, to])
  ).toEqual([
    ['type', 'llm.*', false, 0, 10],
    ['text', 'two words', true, 12, 24],
    ['text', 'a b', false, 25, 30]
  ])
})

test('a path is no expression', () => {
  expect(parseFilter('/v1/messages')[0]).toMatchObject({ key: 'text', value: '/v1/messages' })
  expect(parseFilter('/v1/messages')[0]?.pattern).toBeUndefined()
})

test('what is wrong is said in a sentence', () => {
  expect(faults('cost:>cheap')).toEqual(['“cheap” cannot be compared. Write cost:>0.01 or cost:<0.01.'])
  expect(faults('cache:hot')[0]).toContain('“hot” is none of them')
  expect(faults('latency:>3')[0]).toContain('latency:>1s')
  expect(faults('after:soon')[0]).toContain('after:#12')
  expect(faults('/(/')[0]).toMatch(/^\/\(\/ is no expression: .+\.$/)
})

test('what is still being typed is not wrong', () => {
  expect(faults('cost:> latency: after:# cache:hit, family:')).toEqual([undefined, undefined, undefined])
})

test('a key that does not exist is told, with the one that was meant or how to look for the words', () => {
  expect(faults('typ:llm a:b:c')).toEqual([
    'There is no “typ:”, but “type:”.',
    'There is no “a:”. To look for the words, write "a:b:c".'
  ])
  expect(faults('"a:b:c" https://x run:8 branch:b2 10:30').every(fault => fault === undefined)).toBe(true)
})

test('an expression that could run away is not run', () => {
  for (const slow of ['(a+)+b', '((a|b))*', '(x*)*', '(?:a{2,})+', '.*.*.*.*.*x']) {
    expect(faults(`/${slow}/`)[0]).toContain('could take forever')
  }
  for (const quick of ['(abc)+', 'a+b*', '(a|b)c', '[(|*]+', '\\(a+\\)'])
    expect(faults(`/${quick}/`)).toEqual([undefined])
})

test('times and figures have units', () => {
  const limit = (input: string) => parseFilter(input)[0]?.bound
  expect(limit('latency:>1.5s')).toEqual({ sign: '>', limit: 1500 })
  expect(limit('time:<=2')).toEqual({ sign: '<=', limit: 2000 })
  expect(limit('tokens:12k')).toEqual({ sign: '>=', limit: 12_000 })
  expect(limit('cost:<$0.5')).toEqual({ sign: '<', limit: 0.5 })
  expect(limit('after:#12')).toEqual({ sign: '>', limit: 12, seq: true })
})
