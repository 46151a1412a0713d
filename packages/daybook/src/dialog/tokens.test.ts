import { expect, test } from 'vitest'
import type { Message } from '../llm/llm.js'
import { estimateOverhead, estimateTokens, textTokens } from './tokens.js'

const sizeOf = (message: Partial<Message>): number => estimateTokens([{ role: 'user', ...message }])

test('a message is 4 tokens and its text', () => {
  expect(estimateTokens([])).toBe(0)
  expect(sizeOf({ content: '' })).toBe(4)
  expect(sizeOf({ content: null })).toBe(4)
  expect(sizeOf({ content: 'What is the sky?' })).toBe(9)
})

test.each([
  ['prose', 'The quick brown fox jumps over the lazy dog. '.repeat(100), 4.2, 4.8],
  ['text without spaces', 'abcdefghij'.repeat(100), 3, 3.4],
  ['Chinese', '天空为什么是蓝色的'.repeat(100), 1, 1],
  ['Japanese', 'そらはなぜあおいのか'.repeat(100), 1, 1],
  ['Korean', '하늘은왜푸른가'.repeat(100), 1, 1],
  ['Russian', 'Почему небо голубое? '.repeat(100), 1.8, 3],
  ['JSON', JSON.stringify(Array.from({ length: 100 }, (_, id) => ({ id, name: 'x', size: 1.5 }))), 1.5, 3]
])('%s has so many characters a token', (_kind, text, least, most) => {
  expect(text.length / textTokens(text)).toBeGreaterThanOrEqual(least)
  expect(text.length / textTokens(text)).toBeLessThanOrEqual(most)
})

test('pictures are a flat figure, small ones less; calls of tools are their text', () => {
  const picture = (url: string): number => sizeOf({ content: [{ type: 'image_url', image_url: { url } }] })
  expect(picture('https://example.org/a.png')).toBe(504)
  expect(picture(`data:image/png;base64,${'A'.repeat(1_000_000)}`)).toBe(504)
  expect(picture('data:image/png;base64,AAAA')).toBeLessThan(80)
  expect(sizeOf({ content: [{ type: 'file', file: {} }] })).toBeGreaterThan(1000)
  const called = { name: 'weather', arguments: '{"place":"Bern"}' }
  expect(sizeOf({ role: 'assistant', tool_calls: [{ id: 'a', type: 'function', function: called }] })).toBeGreaterThan(
    15
  )
})

test('tools and schemas count, and what a family of models puts around them', () => {
  const parameters = { type: 'object', properties: { place: { type: 'string', description: 'Where it is.' } } }
  const tools = [{ type: 'function', function: { name: 'weather', description: 'The weather.', parameters } }] as const
  const bare = estimateOverhead({ model: 'openai/gpt-5' })
  expect(bare).toBe(3)
  const withTools = estimateOverhead({ model: 'openai/gpt-5', tools })
  expect(withTools).toBeGreaterThan(bare + 20)
  expect(estimateOverhead({ model: 'anthropic/claude-sonnet-4-5', tools })).toBeGreaterThan(withTools + 300)
  expect(estimateOverhead({ model: 'openai/gpt-5', response_format: parameters })).toBeGreaterThan(bare + 30)
})

test('it is linear, whatever the text is', () => {
  const time = (text: string): number => {
    const start = performance.now()
    textTokens(text)
    return performance.now() - start
  }
  for (const piece of ['a', ' ', '\n', '9', '{', '天', '"']) {
    time(piece.repeat(100_000))
    expect(time(piece.repeat(4_000_000)), piece).toBeLessThan(1000)
  }
})
