import { expect, test } from 'vitest'
import type { Call } from './calls.js'
import { answered, asked, bookOf, event, text } from './events.fixture.js'
import { callFigures, segments } from './figures.js'

test('an answered call has its figures from its answer', () => {
  const book = bookOf(
    asked('q', 'a'),
    answered('a', 'q', { stream: { lengths: [4, 4, 4], pauses_ms: [200, 100, 500] } })
  )
  const figures = callFigures(book, book.calls.all[0] as Call, 0)
  expect(figures).toMatchObject({
    state: 'answered',
    totalMs: 1000,
    firstDeltaMs: 200,
    tokensPerSecond: 50,
    costUsd: 0.002
  })
  const parts = segments(figures)
  expect(parts.map(part => part.kind)).toEqual(['wait', 'stream', 'pause', 'stream'])
  expect(parts.reduce((sum, part) => sum + part.share, 0)).toBeCloseTo(1, 6)
})

test('a streaming call has them from its deltas, as estimates', () => {
  const book = bookOf(asked('q', 'a'))
  book.signal(text('q', 0, 'Because of it.'), book.run.first + 300)
  const figures = callFigures(book, book.calls.all[0] as Call, book.run.first + 1300)
  expect(figures).toMatchObject({
    state: 'streaming',
    totalMs: 1300,
    firstDeltaMs: 300,
    estimated: true,
    costUsd: undefined
  })
})

test('a failed call has waited and cost nothing that is known', () => {
  const book = bookOf(asked('q', 'a'), event('llm.failed', 'f', { kind: 'server', latency_ms: 700 }, { cause: ['q'] }))
  const figures = callFigures(book, book.calls.all[0] as Call, 0)
  expect(figures).toMatchObject({ state: 'failed', totalMs: 700, costUsd: undefined })
  expect(segments(figures)).toEqual([{ kind: 'wait', share: 1 }])
})
