import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { LLMRequest } from '../llm/llm.js'
import { renderMessages } from '../llm/wire/messages-request.js'
import { renderResponses } from '../llm/wire/responses-request.js'
import { fromMessages } from './messages-body.js'
import { fromResponses } from './responses-body.js'

const image = { type: 'image_url', image_url: { url: 'data:image/png;base64,iVBORw0KGgo=' } } as const
const parameters = { type: 'object', properties: { city: { type: 'string' } } }
const call = { id: 'call_1', type: 'function', function: { name: 'weather', arguments: '{"city":"Oslo"}' } } as const
const thinking = { type: 'thinking', thinking: 'Hm.', signature: 'c2lnbmVk' }

/** What both formats can say. */
const common: LLMRequest = {
  model: 'm',
  stream: true,
  max_tokens: 900,
  temperature: 0.5,
  tools: [{ type: 'function', function: { name: 'weather', description: 'The weather.', parameters } }],
  tool_choice: { type: 'function', function: { name: 'weather' } },
  parallel_tool_calls: false,
  messages: [
    { role: 'system', content: 'Be brief.' },
    { role: 'user', content: 'What is the weather in Oslo?' },
    { role: 'assistant', content: 'I shall look.', tool_calls: [call] },
    { role: 'tool', tool_call_id: 'call_1', content: '4 degrees' },
    { role: 'user', content: [{ type: 'text', text: 'And here?' }, image] },
    { role: 'assistant', content: 'Cold.' },
    { role: 'user', content: 'Thanks.' }
  ]
}

test('a request to Messages comes back in our words', () => {
  const request: LLMRequest = {
    ...common,
    stop: ['END'],
    user: 'somebody',
    thinking: { type: 'enabled', budget_tokens: 1024 },
    response_format: {
      type: 'json_schema',
      json_schema: { name: 'answer', schema: { ...parameters, required: [], additionalProperties: false } }
    },
    messages: [
      ...common.messages,
      {
        role: 'assistant',
        content: null,
        tool_calls: [call],
        native: {
          api: 'messages',
          provider: 'anthropic',
          content: [thinking, { type: 'tool_use', id: 'call_1', name: 'weather', input: { city: 'Oslo' } }]
        }
      },
      { role: 'tool', tool_call_id: 'call_1', content: [image as never], is_error: true }
    ]
  }
  const { body, dropped } = renderMessages({ ...request, model: 'claude-opus-5' }, { provider: 'anthropic' })
  expect(dropped).toEqual([])
  expect(fromMessages(body, 'anthropic')).toEqual({ ...request, model: 'claude-opus-5' })
})

test('in Messages, results stand beside what else a user says, and other kinds of blocks stay as they are', () => {
  const text = { type: 'text', text: 'And now?' }
  const search = { type: 'server_tool_use', id: 's', name: 'web_search', input: {} }
  const document = { type: 'document', source: { type: 'url', url: 'https://example.org/a.pdf' }, title: 'A' }
  const { messages } = fromMessages(
    {
      model: 'm',
      system: [{ ...text, cache_control: { type: 'ephemeral' } }],
      messages: [
        { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'a', content: 'x' }, text, document] },
        { role: 'assistant', content: [search, text] },
        {
          role: 'user',
          content: [
            { type: 'tool_result', tool_use_id: 'b' },
            { type: 'tool_result', tool_use_id: 'c' }
          ]
        }
      ]
    },
    'anthropic'
  )
  expect(messages).toEqual([
    { role: 'system', content: [{ ...text, cache_control: { type: 'ephemeral' } }] },
    { role: 'tool', tool_call_id: 'a', content: 'x' },
    {
      role: 'user',
      content: [text, { type: 'file', file: { file_data: 'https://example.org/a.pdf', filename: 'A' } }]
    },
    {
      role: 'assistant',
      content: 'And now?',
      native: { api: 'messages', provider: 'anthropic', content: [search, text] }
    },
    { role: 'tool', tool_call_id: 'b', content: '' },
    { role: 'tool', tool_call_id: 'c', content: '' }
  ])
})

test('a request to Responses comes back in our words', () => {
  const reasoning = { type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: 'c2VhbGVk' }
  const reference = { type: 'item_reference', id: 'msg_1' }
  const request: LLMRequest = {
    ...common,
    store: false,
    include: ['reasoning.encrypted_content'],
    reasoning_effort: 'low',
    verbosity: 'low',
    response_format: { type: 'json_schema', json_schema: { name: 'book', schema: parameters, strict: false } },
    messages: [
      ...common.messages.slice(0, -3),
      {
        role: 'user',
        content: [
          { type: 'text', text: 'And here?' },
          { ...image, image_url: { ...image.image_url, detail: 'auto' } }
        ]
      },
      ...common.messages.slice(-2),
      { role: 'assistant', content: '', native: { api: 'responses', provider: 'openai', content: [reference] } },
      { role: 'tool', tool_call_id: 'call_0', content: 'none' },
      {
        role: 'assistant',
        content: null,
        tool_calls: [call],
        native: {
          api: 'responses',
          provider: 'openai',
          content: [
            reasoning,
            { type: 'function_call', call_id: 'call_1', name: 'weather', arguments: '{"city":"Oslo"}' }
          ]
        }
      },
      { role: 'tool', tool_call_id: 'call_1', content: '4 degrees' }
    ]
  }
  const { body, dropped } = renderResponses(request, { provider: 'openai' })
  expect(dropped).toEqual([])
  const [tool] = common.tools as unknown as [{ function: object }]
  const tools = [{ type: 'function', function: { ...tool.function, strict: false } }]
  expect(fromResponses(body, 'openai')).toEqual({ ...request, tools })
})

test('in Responses, the use of a computer is a tool call and its screenshot the result', () => {
  const used = {
    type: 'computer_call',
    id: 'c',
    call_id: 'call_1',
    action: { type: 'screenshot' },
    pending_safety_checks: []
  }
  const output = { type: 'computer_screenshot', image_url: image.image_url.url }
  const input = [{ role: 'user', content: 'Look.' }, used, { type: 'computer_call_output', call_id: 'call_1', output }]
  const { messages, instructions } = fromResponses({ model: 'm', input, instructions: '' }, 'openai')
  const written = '{"action":{"type":"screenshot"},"safety_checks":[]}'
  expect(messages).toEqual([
    { role: 'user', content: 'Look.' },
    {
      role: 'assistant',
      content: null,
      tool_calls: [{ id: 'call_1', type: 'function', function: { name: 'computer_use', arguments: written } }],
      native: { api: 'responses', provider: 'openai', content: [used] }
    },
    { role: 'tool', tool_call_id: 'call_1', content: [image] }
  ])
  expect(instructions).toBe('')
})

test('whatever a body is, it is read without an error, and what it says of a model stays', () => {
  const names = ['messages', 'input', 'system', 'instructions', 'tools', 'tool_choice', 'metadata', 'text', 'reasoning']
  const types = [
    'text',
    'tool_use',
    'tool_result',
    'image',
    'document',
    'function_call',
    'function_call_output',
    'message'
  ]
  const block = fc.record(
    {
      type: fc.constantFrom(...types),
      role: fc.constantFrom('user', 'assistant', 'system', 7),
      content: fc.jsonValue(),
      text: fc.jsonValue(),
      source: fc.jsonValue(),
      input: fc.jsonValue(),
      output: fc.jsonValue()
    },
    { requiredKeys: [] }
  )
  const odd = fc.dictionary(
    fc.constantFrom(...names),
    fc.oneof(fc.jsonValue(), fc.array(fc.oneof(block, fc.jsonValue())))
  )
  fc.assert(
    fc.property(odd, fields => {
      const body = { ...fields, model: 'm', top_p: 1 }
      for (const request of [fromMessages(body, 'p'), fromResponses(body, 'p')]) {
        expect(request).toMatchObject({ model: 'm', top_p: 1 })
        expect(Array.isArray(request.messages)).toBe(true)
      }
    })
  )
})
