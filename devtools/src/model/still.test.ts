import { expect, test } from 'vitest'
import { answered, asked, bookOf, text } from './events.fixture.js'
import { stillOf } from './still.js'

test('a still of a book keeps its events, its totals and what had streamed', () => {
  const book = bookOf(asked('q1', 'one'))
  book.signal(text('q1', 0, 'Half'), Date.now())
  const still = stillOf(book)
  book.signal(text('q1', 1, ' more'), Date.now())
  book.add(answered('a1', 'q1'))
  expect(still.events.length).toBe(1)
  expect(still.streams.live.get('q1')?.text).toBe('Half')
  expect(still.totals.answered).toBe(0)
  expect(still.calls.open.size).toBe(1)
  expect(book.totals.answered).toBe(1)
})
