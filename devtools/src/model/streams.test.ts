import { expect, test } from 'vitest'
import { text } from './events.fixture.js'
import { streamFold, tail } from './streams.js'

test('deltas add up, and a repeated one changes nothing', () => {
  const streams = streamFold()
  streams.add(text('q', 0, 'On '), 100)
  streams.add(text('q', 1, 'Monday'), 150)
  streams.add(text('q', 1, 'Monday'), 160)
  expect(streams.live.get('q')).toMatchObject({
    text: 'On Monday',
    deltas: 2,
    firstAt: 100,
    lastAt: 150,
    partial: false
  })
})

test('a gap is told, not hidden', () => {
  const streams = streamFold()
  streams.add(text('q', 3, 'late'), 100)
  expect(streams.live.get('q')?.partial).toBe(true)
})

test('the rate is that of the last seconds', () => {
  const streams = streamFold()
  // Forty characters, so ten tokens, every 100 ms: 100 tokens a second.
  for (let n = 0; n < 100; n++) streams.add(text('q', n, 'x'.repeat(40)), n * 100)
  expect(streams.live.get('q')?.tokensPerSecond).toBeCloseTo(100, 0)
  // Then a tenth of it: after the window has passed, the old rate is forgotten.
  for (let n = 100; n < 160; n++) streams.add(text('q', n, 'x'.repeat(4)), n * 100)
  expect(streams.live.get('q')?.tokensPerSecond).toBeCloseTo(10, 0)
})

test('reasoning and tool arguments are kept apart from the text', () => {
  const streams = streamFold()
  streams.add({ request: 'q', n: 0, delta: { type: 'reasoning.delta', text: 'Hm.' } }, 0)
  streams.add({ request: 'q', n: 1, delta: { type: 'tool.delta', index: 0, name: 'search', arguments: '{"q":' } }, 1)
  streams.add({ request: 'q', n: 2, delta: { type: 'tool.delta', index: 0, arguments: '1}' } }, 2)
  const answer = streams.live.get('q')
  expect(answer).toMatchObject({ text: '', reasoning: 'Hm.', tools: [{ name: 'search', arguments: '{"q":1}' }] })
})

test('a hostile index makes no long list', () => {
  const streams = streamFold()
  streams.add({ request: 'q', n: 0, delta: { type: 'tool.delta', index: 4e9, arguments: 'x' } }, 0)
  expect(streams.live.get('q')?.tools.length).toBeLessThan(100)
})

test('a tail begins at a word', () => {
  expect(tail('short', 20)).toBe('short')
  expect(tail('the payback moves from year 8 to year 7', 20)).toBe('…year 8 to year 7')
})
