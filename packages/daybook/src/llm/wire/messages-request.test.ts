import { describe, expect, test } from 'vitest'
import type { LLMRequest, Message } from '../llm.js'
import { renderChat } from './chat-request.js'
import { messages } from './messages.js'
import { messagesApi } from './messages-api.js'
import { renderMessages } from './messages-request.js'

function body(request: Partial<LLMRequest>): Record<string, unknown> {
  return renderMessages({ model: 'demo-2', messages: [{ role: 'user', content: 'Hi' }], ...request }).body
}

function turns(...list: readonly Message[]): unknown {
  return body({ messages: list }).messages
}

const hi: Message = { role: 'user', content: 'Hi' }
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

describe('calls of tools in a request that has no tools', () => {
  const messages: Message[] = [
    { role: 'user', content: 'Hi' },
    { role: 'assistant', content: null, tool_calls: [call('a', 'tide', '{}'), call('b', 'moon', '{}')] },
    { role: 'tool', tool_call_id: 'a', content: 'high' },
    { role: 'tool', tool_call_id: 'b', content: 'full' },
    {
      role: 'assistant',
      content: null,
      native: {
        api: 'messages',
        content: [
          { type: 'server_tool_use', id: 's', name: 'web_search', input: {} },
          { type: 'tool_use', id: 'c', name: 'stars', input: {} },
          { type: 'tool_use', id: 'd', name: 'tide', input: {} }
        ]
      }
    },
    { role: 'tool', tool_call_id: 'c', content: 'many' },
    { role: 'tool', tool_call_id: 'd', content: 'low' }
  ]
  const open = { type: 'object' }
  const past = ['tide', 'moon', 'stars'].map(name => ({ name, input_schema: open }))

  test('have them by name alone, and none is called', () => {
    for (const tools of [undefined, [], [{ type: 'mcp' }]]) {
      const request = body({ messages, tools, tool_choice: 'required', parallel_tool_calls: false })
      expect(request).toMatchObject({ tools: past, tool_choice: { type: 'none' } })
    }
    const thinking = body({ model: 'claude-opus-4-6', messages, reasoning_effort: 'low', tool_choice: 'required' })
    expect(thinking).toMatchObject({ thinking: { type: 'adaptive' }, tool_choice: { type: 'none' } })
  })

  test('are not looked for where the request has tools, and leave nothing where there are none', () => {
    const tools: LLMRequest['tools'] = [{ type: 'function', function: { name: 'sun' } }]
    expect(body({ messages, tools })).toMatchObject({ tools: [{ name: 'sun' }] })
    expect(body({ messages, tools })).not.toHaveProperty('tool_choice')
    const plain = body({ messages: [hi, { role: 'assistant', content: 'Hello' }] })
    expect(plain).not.toHaveProperty('tools')
    expect(plain).not.toHaveProperty('tool_choice')
  })
})

test('an assistant who said nothing is left out', () => {
  expect(turns({ role: 'user', content: 'Hi' }, { role: 'assistant', content: '' })).toEqual([
    { role: 'user', content: 'Hi' }
  ])
})

test('tools and their choice', () => {
  const parameters = {
    type: 'object',
    properties: { port: { type: 'string' } },
    required: ['port'],
    additionalProperties: false
  }
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
  const schema = { type: 'object', properties: {}, required: [], additionalProperties: false }
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
  expect(renderMessages({ model: 'm', messages: [], response_format: { type: 'text' } }).dropped).toEqual([])
  expect(body({}).max_tokens).toBe(4096)
  expect(body({ thinking: { type: 'enabled', budget_tokens: 5000 } }).max_tokens).toBe(9096)
  expect(body({ stop: 'x' }).stop_sequences).toEqual(['x'])
})

describe('the form of the answer', () => {
  const schema = {
    type: 'object',
    properties: { price: { type: 'number', minimum: 0 }, note: { type: 'string' } },
    required: ['price']
  }
  const response_format = { type: 'json_schema', json_schema: { name: 'n', schema, strict: true } }
  const messages: Message[] = [
    { role: 'system', content: 'Be brief.' },
    { role: 'user', content: 'Hi' }
  ]

  test('is a schema where the model takes one, fitted to what it allows', () => {
    const { body, dropped } = renderMessages({
      model: 'claude-sonnet-4-5',
      messages,
      response_format,
      output_config: { effort: 'low' }
    })
    expect(body.output_config).toEqual({
      effort: 'low',
      format: {
        type: 'json_schema',
        schema: {
          type: 'object',
          properties: { price: { type: 'number', description: '(minimum: 0)' }, note: { type: 'string' } },
          required: ['price'],
          additionalProperties: false
        }
      }
    })
    expect(dropped).toEqual(['response_format.$.price.minimum'])
  })

  test.each([
    'claude-3-haiku-20240307',
    'claude-3-7-sonnet-20250219',
    'claude-opus-4-20250514',
    'claude-sonnet-4-0',
    'claude-4-sonnet-20250514'
  ])('is told in words to %s, which takes none', model => {
    const { body, dropped } = renderMessages({ model, messages, response_format })
    expect(body).not.toHaveProperty('output_config')
    expect(body.system).toBe(
      `Be brief.\n\nAnswer with one JSON value that fits this JSON Schema, and with nothing else:\n${JSON.stringify(schema)}`
    )
    expect(dropped).toEqual([])
  })

  test('that is any JSON is told in words to all of them', () => {
    const { body, dropped } = renderMessages({
      model: 'claude-opus-4-6',
      messages: messages.slice(1),
      response_format: { type: 'json_object' }
    })
    expect(body.system).toBe('Answer with one JSON object, and with nothing else.')
    expect(dropped).toEqual([])
  })

  test('that cannot be expressed is an error that names the path', () => {
    const open = { type: 'object', properties: { x: { type: 'object', additionalProperties: true } } }
    const asked = { type: 'json_schema', json_schema: { name: 'n', schema: open } }
    expect(() => renderMessages({ model: 'claude-opus-5', messages, response_format: asked })).toThrow('at $.x ')
  })
})

describe('how hard it thinks', () => {
  const think = (model: string, more: object) => {
    const { body, dropped } = renderMessages({ model, messages: [{ role: 'user', content: 'Hi' }], ...more })
    const { thinking, output_config, max_tokens, temperature } = body
    return { thinking, output_config, max_tokens, temperature, dropped }
  }

  test('is a number of tokens for the older models, and the limit leaves room for the answer', () => {
    expect(think('claude-sonnet-4-5', { reasoning_effort: 'low' })).toMatchObject({
      thinking: { type: 'enabled', budget_tokens: 1024 },
      max_tokens: 5120,
      dropped: []
    })
    expect(think('claude-sonnet-4-5', { reasoning_effort: 'high', max_tokens: 4000 })).toMatchObject({
      thinking: { type: 'enabled', budget_tokens: 2000 },
      max_tokens: 4000
    })
    expect(think('claude-sonnet-4-5', { reasoning_effort: 'high', max_tokens: 1500 })).toMatchObject({
      thinking: undefined,
      dropped: ['reasoning_effort']
    })
  })

  test('is an effort for the newer ones', () => {
    expect(think('claude-opus-4-7', { reasoning_effort: 'minimal' })).toMatchObject({
      thinking: { type: 'adaptive' },
      output_config: { effort: 'low' },
      max_tokens: 4096
    })
  })

  test('is left out where the model cannot think, or must call a tool; none means none', () => {
    const tools = [{ type: 'function', function: { name: 'f' } }]
    expect(think('claude-3-haiku-20240307', { reasoning_effort: 'low' }).dropped).toEqual(['reasoning_effort'])
    expect(think('claude-sonnet-4-5', { reasoning_effort: 'low', tools, tool_choice: 'required' }).dropped).toEqual([
      'reasoning_effort'
    ])
    expect(think('claude-sonnet-4-5', { reasoning_effort: 'unheard-of' }).dropped).toEqual(['reasoning_effort'])
    expect(think('claude-opus-5', { reasoning_effort: 'none' })).toMatchObject({ thinking: undefined, dropped: [] })
    expect(think('claude-opus-5', { reasoning_effort: 'low', tools, tool_choice: 'required' })).toMatchObject({
      thinking: undefined,
      output_config: { effort: 'low' }
    })
  })

  test('leaves no choice of temperature', () => {
    expect(
      think('claude-sonnet-4-5', { reasoning_effort: 'low', temperature: 0.2, top_k: 3, top_p: 0.99 })
    ).toMatchObject({
      temperature: undefined,
      dropped: ['temperature', 'top_k']
    })
    expect(think('claude-sonnet-4-5', { reasoning_effort: 'low', temperature: 1 })).toMatchObject({ temperature: 1 })
  })
})

describe('tools that the provider has itself', () => {
  const tools = [
    { type: 'web_search', max_uses: 2 },
    { type: 'computer_use', display_width: 1024, display_height: 768, environment: 'browser' },
    {
      type: 'mcp',
      server_label: 'docs',
      server_url: 'https://x.test/mcp',
      require_approval: 'never',
      allowed_tools: ['find']
    }
  ]

  test('are asked for in its words, with the header that they need', () => {
    const { body, dropped, headers } = renderMessages({ model: 'claude-opus-4-6', messages: [], tools })
    expect(body.tools).toEqual([
      { type: 'web_search_20250305', name: 'web_search', max_uses: 2 },
      { type: 'computer_20251124', name: 'computer', display_width_px: 1024, display_height_px: 768 },
      {
        type: 'mcp_toolset',
        mcp_server_name: 'docs',
        default_config: { enabled: false },
        configs: { find: { enabled: true } }
      }
    ])
    expect(body.mcp_servers).toEqual([{ type: 'url', name: 'docs', url: 'https://x.test/mcp' }])
    expect(headers).toEqual({ 'anthropic-beta': 'computer-use-2025-11-24,mcp-client-2025-11-20' })
    expect(dropped).toEqual([])
    const older = renderMessages({ model: 'claude-sonnet-4-5', messages: [], tools: tools.slice(1, 2) })
    expect(older.body.tools).toMatchObject([{ type: 'computer_20250124' }])
    expect(older.headers).toEqual({ 'anthropic-beta': 'computer-use-2025-01-24' })
  })

  test('and the header goes out beside the caller’s own', async () => {
    let sent: Headers | undefined
    const llm = messagesApi({
      baseURL: 'https://api.anthropic.test/v1',
      headers: { 'anthropic-beta': 'files-api-2025-04-14' },
      fetch: async (_url, init) => {
        sent = new Headers(init?.headers)
        return Response.json({ content: [{ type: 'text', text: 'Hi' }], stop_reason: 'end_turn' })
      }
    })
    await llm({ model: 'claude-opus-4-6', messages: [], tools: tools.slice(2), stream: false })
    expect(sent?.get('anthropic-beta')).toBe('files-api-2025-04-14, mcp-client-2025-11-20')
  })

  test('a server whose tools somebody must approve is left out, since nobody is asked', () => {
    const asks = { type: 'mcp', server_label: 'docs', server_url: 'https://x.test/mcp', require_approval: 'manual' }
    const { body, dropped, headers } = renderMessages({ model: 'claude-opus-4-6', messages: [], tools: [asks] })
    expect(dropped).toEqual(['tools.mcp'])
    expect(body).not.toHaveProperty('tools')
    expect(body).not.toHaveProperty('mcp_servers')
    expect(headers).toBeUndefined()
  })
})

test('a PDF becomes a document, and an image has the type that its bytes say', () => {
  const pdf = 'data:application/pdf;base64,JVBERi0xLjQK'
  const content = [
    { type: 'file', file: { file_data: pdf, filename: 'a.pdf' } },
    { type: 'image_url', image_url: { url: 'data:image/png;base64,/9j/4AAQ' } }
  ]
  expect(turns({ role: 'user', content })).toEqual([
    {
      role: 'user',
      content: [
        {
          type: 'document',
          source: { type: 'base64', media_type: 'application/pdf', data: 'JVBERi0xLjQK' },
          title: 'a.pdf'
        },
        { type: 'image', source: { type: 'base64', media_type: 'image/jpeg', data: '/9j/4AAQ' } }
      ]
    }
  ])
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
    expect(renderChat({ model: 'm', messages: [message] }, { provider: 'openai' }).body.messages).toEqual([
      { role: 'assistant', content: 'Looking.', tool_calls: [call('toolu_a', 'tide', '{"z":1.5,"a":["ż",null]}')] }
    ])
  })

  test('go back by whichever gateway, since their signatures hold behind each', () => {
    for (const native of [
      { api: 'messages', content },
      { api: 'messages', provider: 'anthropic', content }
    ] as const) {
      const message: Message = { role: 'assistant', content: 'Looking.', native }
      const { body } = renderMessages({ model: 'demo-2', messages: [message] }, { provider: 'gateway' })
      expect(body.messages).toEqual([{ role: 'assistant', content }])
    }
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
    expect(JSON.stringify(message.native)).toBe(JSON.stringify({ api: 'messages', content, provider: 'anthropic' }))
  })

  test('are not kept where they say no more than the text', () => {
    const reader = messages.reader([], peer)
    reader.whole({ content: [{ type: 'text', text: 'Hi' }], stop_reason: 'end_turn' })
    expect(reader.response('done').message).toEqual({ role: 'assistant', content: 'Hi' })
  })
})
