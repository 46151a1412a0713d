import { describe, expect, test } from 'vitest'
import type { LLMRequest, Message } from '../llm.js'
import { chat } from './chat.js'
import { messages } from './messages.js'
import { renderMessages } from './messages-request.js'

function body(request: Partial<LLMRequest>): Record<string, unknown> {
  return renderMessages({ model: 'demo-2', messages: [{ role: 'user', content: 'Hi' }], ...request }).body
}

function turns(...list: readonly Message[]): unknown {
  return body({ messages: list }).messages
}

const call = (id: string, name: string, args: string) => ({
  id,
  type: 'function' as const,
  function: { name, arguments: args }
})

test('system and developer messages are lifted out, wherever they stand', () => {
  const request = body({
    messages: [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'Hi' },
      { role: 'developer', content: 'Be kind.' }
    ]
  })
  expect(request).toMatchObject({ system: 'Be brief.\n\nBe kind.', messages: [{ role: 'user', content: 'Hi' }] })
  expect(body({})).not.toHaveProperty('system')
})

test('system blocks stay blocks, with what is beside their text', () => {
  const cached = { type: 'text', text: 'Long.', cache_control: { type: 'ephemeral' } }
  const list: Message[] = [
    { role: 'system', content: 'Be brief.' },
    { role: 'system', content: [cached] }
  ]
  expect(body({ messages: list }).system).toEqual([{ type: 'text', text: 'Be brief.' }, cached])
})

test('images become sources: data as base64, addresses as addresses; other parts go as they are', () => {
  const document = { type: 'document', source: { type: 'text', data: 'x', media_type: 'text/plain' } }
  const content = [
    { type: 'text', text: 'Look' },
    { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } },
    { type: 'image_url', image_url: { url: 'https://x.test/cat.png', detail: 'low' } },
    document
  ]
  expect(turns({ role: 'user', content })).toEqual([
    {
      role: 'user',
      content: [
        { type: 'text', text: 'Look' },
        { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AAAA' } },
        { type: 'image', source: { type: 'url', url: 'https://x.test/cat.png' } },
        document
      ]
    }
  ])
})

test('calls and their results: the results of one turn are one message', () => {
  expect(
    turns(
      { role: 'user', content: 'Hi' },
      {
        role: 'assistant',
        content: 'Looking.',
        tool_calls: [call('a', 'tide', '{"port":"Ayr"}'), call('b', 'moon', '')]
      },
      { role: 'tool', tool_call_id: 'a', content: 'high' },
      { role: 'tool', tool_call_id: 'b', content: [{ type: 'text', text: 'full' }], is_error: true },
      { role: 'user', content: 'And?' },
      { role: 'tool', tool_call_id: 'c', content: 'late' }
    )
  ).toEqual([
    { role: 'user', content: 'Hi' },
    {
      role: 'assistant',
      content: [
        { type: 'text', text: 'Looking.' },
        { type: 'tool_use', id: 'a', name: 'tide', input: { port: 'Ayr' } },
        { type: 'tool_use', id: 'b', name: 'moon', input: {} }
      ]
    },
    {
      role: 'user',
      content: [
        { type: 'tool_result', tool_use_id: 'a', content: 'high' },
        { type: 'tool_result', tool_use_id: 'b', content: [{ type: 'text', text: 'full' }], is_error: true }
      ]
    },
    { role: 'user', content: 'And?' },
    { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'c', content: 'late' }] }
  ])
})

test('arguments that are no object are sent as what they were, in one', () => {
  for (const text of ['{"port":"A', '[1]', 'null']) {
    expect(turns({ role: 'assistant', content: null, tool_calls: [call('a', 'tide', text)] })).toEqual([
      { role: 'assistant', content: [{ type: 'tool_use', id: 'a', name: 'tide', input: { INVALID_JSON: text } }] }
    ])
  }
})

test('an assistant who said nothing is left out', () => {
  expect(turns({ role: 'user', content: 'Hi' }, { role: 'assistant', content: '' })).toEqual([
    { role: 'user', content: 'Hi' }
  ])
})

test('tools and their choice', () => {
  const parameters = { type: 'object', properties: { port: { type: 'string' } } }
  const own = { type: 'web_search_20250305', name: 'web_search' }
  const tools = [
    { type: 'function', function: { name: 'tide', description: 'When?', parameters, strict: true } },
    { type: 'function', function: { name: 'moon' } },
    own
  ] as LLMRequest['tools']
  expect(body({ tools }).tools).toEqual([
    { name: 'tide', description: 'When?', input_schema: parameters, strict: true },
    { name: 'moon', input_schema: { type: 'object', properties: {} } },
    own
  ])
  const choice = (tool_choice: unknown, parallel_tool_calls?: boolean) =>
    body({ tool_choice, parallel_tool_calls } as never).tool_choice
  expect(choice(undefined)).toBeUndefined()
  expect(choice('auto')).toEqual({ type: 'auto' })
  expect(choice('none', false)).toEqual({ type: 'none' })
  expect(choice('required')).toEqual({ type: 'any' })
  expect(choice({ type: 'function', function: { name: 'tide' } }, false)).toEqual({
    type: 'tool',
    name: 'tide',
    disable_parallel_tool_use: true
  })
  expect(choice(undefined, false)).toEqual({ type: 'auto', disable_parallel_tool_use: true })
  expect(choice({ type: 'any' })).toEqual({ type: 'any' })
})

test('parameters: renamed, passed on, or left out and named', () => {
  const schema = { type: 'object' }
  const rendered = renderMessages({
    model: 'demo-2',
    messages: [],
    max_completion_tokens: 7,
    temperature: 0.5,
    stop: ['x'],
    user: 'u-1',
    thinking: { type: 'enabled', budget_tokens: 1024 },
    response_format: { type: 'json_schema', json_schema: { name: 'n', schema } },
    seed: 1,
    frequency_penalty: 0.1,
    logprobs: true,
    n: 1,
    logit_bias: undefined,
    reasoning_effort: null
  })
  expect(rendered.dropped).toEqual(['seed', 'frequency_penalty', 'logprobs', 'n'])
  expect(rendered.body).toEqual({
    model: 'demo-2',
    messages: [],
    max_tokens: 7,
    stream: true,
    temperature: 0.5,
    stop_sequences: ['x'],
    metadata: { user_id: 'u-1' },
    thinking: { type: 'enabled', budget_tokens: 1024 },
    output_config: { format: { type: 'json_schema', schema } }
  })
  expect(renderMessages({ model: 'm', messages: [], response_format: { type: 'json_object' } }).dropped).toEqual([
    'response_format'
  ])
  expect(renderMessages({ model: 'm', messages: [], response_format: { type: 'text' } }).dropped).toEqual([])
  expect(body({}).max_tokens).toBe(4096)
  expect(body({ stop: 'x' }).stop_sequences).toEqual(['x'])
})

describe('the provider’s own blocks', () => {
  const content = [
    { type: 'thinking', thinking: 'Hm.', signature: 'c2ln+/=' },
    { type: 'redacted_thinking', data: 'b3BhcXVl' },
    { type: 'text', text: 'Looking.' },
    { type: 'tool_use', id: 'toolu_a', name: 'tide', input: { z: 1.5, a: ['ż', null] } }
  ]
  const peer = { provider: 'anthropic', model: 'm', host: 'h', secrets: [] }

  test('go back as they came, to the same API only', () => {
    const reader = messages.reader([], peer)
    reader.whole({ id: 'msg_1', content, stop_reason: 'tool_use', usage: {} })
    const { message } = reader.response('done')
    expect(JSON.stringify((turns(message) as { content: unknown }[])[0]?.content)).toBe(JSON.stringify(content))
    expect(chat.render({ model: 'm', messages: [message] }, { provider: 'openai' }).body.messages).toEqual([
      { role: 'assistant', content: 'Looking.', tool_calls: [call('toolu_a', 'tide', '{"z":1.5,"a":["ż",null]}')] }
    ])
  })

  test('are put together of the pieces of a stream', () => {
    const reader = messages.reader([], peer)
    reader.event({ type: 'message_start', message: { id: 'msg_1' } })
    const pieces: [object, ...object[]][] = [
      [
        { type: 'thinking', thinking: '', signature: '' },
        { type: 'thinking_delta', thinking: 'Hm.' },
        { type: 'signature_delta', signature: 'c2ln+/=' }
      ],
      [{ type: 'redacted_thinking', data: 'b3BhcXVl' }],
      [
        { type: 'text', text: '' },
        { type: 'text_delta', text: 'Looking.' }
      ],
      [
        { type: 'tool_use', id: 'toolu_a', name: 'tide', input: {} },
        { type: 'input_json_delta', partial_json: '{"z":1.5,"a":' },
        { type: 'input_json_delta', partial_json: '["ż",null]}' }
      ],
      [{ type: 'text', text: '' }]
    ]
    for (const [index, [content_block, ...deltas]] of pieces.entries()) {
      reader.event({ type: 'content_block_start', index, content_block })
      for (const delta of deltas) reader.event({ type: 'content_block_delta', index, delta })
      reader.event({ type: 'content_block_stop', index })
    }
    reader.event({ type: 'message_delta', delta: { stop_reason: 'tool_use' } })
    expect(reader.event({ type: 'message_stop' })).toBe(true)
    const { message } = reader.response('done')
    expect(JSON.stringify(message.native)).toBe(JSON.stringify({ api: 'messages', content }))
  })

  test('are not kept where they say no more than the text', () => {
    const reader = messages.reader([], peer)
    reader.whole({ content: [{ type: 'text', text: 'Hi' }], stop_reason: 'end_turn' })
    expect(reader.response('done').message).toEqual({ role: 'assistant', content: 'Hi' })
  })
})
