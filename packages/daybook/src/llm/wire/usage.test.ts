import { expect, test } from 'vitest'
import type { LLMResponse } from '../llm.js'
import { chat } from './chat.js'
import { messages } from './messages.js'
import type { Wire } from './wire.js'

const peer = { provider: 'demo', model: 'm', host: 'h', secrets: [] }

function answerOf(wire: Wire, json: unknown): LLMResponse {
  const reader = wire.reader([], peer)
  reader.whole(json)
  return reader.response('done')
}

test('sound is counted apart, where there is any', () => {
  const of = (heard: number, said: number) =>
    answerOf(chat, {
      choices: [{ message: { content: 'Hi' }, finish_reason: 'stop' }],
      usage: {
        prompt_tokens: 50,
        completion_tokens: 20,
        prompt_tokens_details: { audio_tokens: heard },
        completion_tokens_details: { audio_tokens: said }
      }
    }).usage
  expect(of(30, 5)).toEqual({ input_tokens: 50, output_tokens: 20, audio_input_tokens: 30, audio_output_tokens: 5 })
  expect(of(0, 0)).toEqual({ input_tokens: 50, output_tokens: 20 })
})

test('what a cache keeps for an hour is counted apart, where there is any', () => {
  const of = (hour: number) =>
    answerOf(messages, {
      content: [{ type: 'text', text: 'Hi' }],
      stop_reason: 'end_turn',
      usage: {
        input_tokens: 3,
        output_tokens: 2,
        cache_creation_input_tokens: 10,
        cache_creation: { ephemeral_5m_input_tokens: 10 - hour, ephemeral_1h_input_tokens: hour }
      }
    }).usage
  expect(of(4)).toEqual({ input_tokens: 13, output_tokens: 2, cache_write_tokens: 10, cache_write_1h_tokens: 4 })
  expect(of(0)).toEqual({ input_tokens: 13, output_tokens: 2, cache_write_tokens: 10 })
})

test('the provider’s own cost wins, however it is told', () => {
  const of = (usage: object) =>
    answerOf(chat, {
      choices: [{ message: { content: 'Hi' }, finish_reason: 'stop' }],
      usage: { prompt_tokens: 12, completion_tokens: 1, ...usage }
    }).cost_usd
  expect(of({})).toBeNull()
  expect(of({ cost: 0.5 })).toBe(0.5)
  expect(of({ cost: { total_cost: 0.25 } })).toBe(0.25)
  expect(of({ cost_in_usd_ticks: 1_466_250 })).toBeCloseTo(0.000146625, 12)
  expect(of({ cost_in_usd_ticks: -1 })).toBeNull()
})
