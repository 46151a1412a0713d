import { expect, test } from 'vitest'
import { asked, bookOf, text } from '../model/events.fixture.js'
import { callFigures } from '../model/figures.js'
import { liveRows } from '../model/row.js'
import { tellCosts } from './price-list.js'

tellCosts()

function streaming(target: unknown, model = 'openai/gpt-5-mini'): ReturnType<typeof bookOf> {
  const request = asked('r', 'Why?')
  const book = bookOf({ ...request, data: { ...(request.data as object), model, target } })
  book.signal(text('r', 0, 'x'.repeat(4000)), 0)
  return book
}

test('an answer on its way costs what its words so far cost, as an estimate', () => {
  const book = streaming({ provider: 'openai', model: 'gpt-5-mini' })
  const call = book.calls.all[0]
  const figures = call && callFigures(book, call, 10)
  expect(figures?.estimated).toBe(true)
  // A thousand tokens at two dollars a million, and the few that it read.
  expect(figures?.costUsd).toBeCloseTo(0.002, 4)
  expect(liveRows(book, 10)[0]?.cost).toBe('≈.0020')
  expect(liveRows(streaming(undefined), 10)[0]?.cost).toBe('≈.0020')
})

test('where the price is not known, nothing is told', () => {
  for (const target of [
    undefined,
    7,
    { provider: 'custom', model: 'gpt-5-mini' },
    { provider: '__proto__', model: 'x' }
  ]) {
    const book = streaming(target, 'nobody/knows')
    expect(callFigures(book, book.calls.all[0] as never, 10).costUsd).toBeNull()
    expect(liveRows(book, 10)[0]?.cost).toBe('–')
  }
})
