import { describe, expect, test } from 'vitest'
import type { LLMRequest, Message, Native, ToolDefinition } from '../llm.js'
import { chat } from './chat.js'
import { messages } from './messages.js'
import type { Profile } from './profile.js'
import { renderResponses } from './responses-request.js'

const openai: Profile = { provider: 'openai', systemRole: 'developer', schema: 'strict' }

function rendered(request: Partial<LLMRequest>, profile: Profile = openai) {
  return renderResponses({ model: 'demo-1', messages: [{ role: 'user', content: 'Hi' }], ...request }, profile)
}

function body(request: Partial<LLMRequest>, profile: Profile = openai): Record<string, unknown> {
  return rendered(request, profile).body
}

function items(...list: readonly Message[]): unknown {
  return body({ messages: list }).input
}

const call = (id: string, name: string, args: string) => ({
  id,
  type: 'function' as const,
  function: { name, arguments: args }
})
const native = (...content: readonly object[]): Message => ({
  role: 'assistant',
  content: 'the common form',
  native: { api: 'responses', content: content as never }
})

test('messages keep their order, and system messages get the role that the provider knows', () => {
  const list: Message[] = [
    { role: 'system', content: 'Be brief.' },
    { role: 'user', content: 'Hi', name: 'guest', metadata: { trace: 1 } },
    { role: 'assistant', content: 'Hello' },
    { role: 'developer', content: [{ type: 'text', text: 'Be kind.' }] }
  ]
  const input = (role: string) => [
    { type: 'message', role, content: 'Be brief.' },
    { type: 'message', role: 'user', content: 'Hi' },
    { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'Hello', annotations: [] }] },
    { type: 'message', role, content: [{ type: 'input_text', text: 'Be kind.' }] }
  ]
  expect(body({ messages: list })).toEqual({ model: 'demo-1', input: input('developer'), stream: true })
  expect(body({ messages: list }, { provider: 'custom' }).input).toEqual(input('system'))
  expect(body({ instructions: 'Be brief.', stream: false })).toMatchObject({ instructions: 'Be brief.', stream: false })
})

test('images and files become parts of this format; parts in its own words go as they are; audio is refused', () => {
  const own = { type: 'input_file', file_id: 'file-1' }
  const content = [
    { type: 'text', text: 'Look' },
    { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } },
    { type: 'image_url', image_url: { url: 'https://x.test/cat.png', detail: 'low' } },
    { type: 'file', file: { file_data: 'data:application/pdf;base64,AAAA' } },
    { type: 'file', file: { file_data: 'data:application/pdf;base64,AAAA', filename: 'terms.pdf' } },
    { type: 'file', file: { file_id: 'file-2' } },
    own
  ]
  expect(items({ role: 'user', content })).toEqual([
    {
      type: 'message',
      role: 'user',
      content: [
        { type: 'input_text', text: 'Look' },
        { type: 'input_image', image_url: 'data:image/png;base64,AAAA', detail: 'auto' },
        { type: 'input_image', image_url: 'https://x.test/cat.png', detail: 'low' },
        { type: 'input_file', file_data: 'data:application/pdf;base64,AAAA', filename: 'file.pdf' },
        { type: 'input_file', file_data: 'data:application/pdf;base64,AAAA', filename: 'terms.pdf' },
        { type: 'input_file', file_id: 'file-2' },
        own
      ]
    }
  ])
  const audio = { type: 'input_audio', input_audio: { data: 'AAAA', format: 'wav' } }
  expect(() => items({ role: 'user', content: [audio] })).toThrow(expect.objectContaining({ kind: 'input' }))
})

describe('a conversation with tools', () => {
  test('calls and results are items of their own, tied by the id of the call', () => {
    expect(
      items(
        { role: 'user', content: 'Weather in Oslo and Rome?' },
        {
          role: 'assistant',
          content: null,
          tool_calls: [call('a', 'weather', '{"city":"Oslo"}'), call('b', 'now', ' ')]
        },
        { role: 'tool', tool_call_id: 'a', content: 'Rain' },
        { role: 'tool', tool_call_id: 'b', content: [{ type: 'text', text: 'Noon' }] },
        { role: 'assistant', content: 'Rain at noon.' }
      )
    ).toEqual([
      { type: 'message', role: 'user', content: 'Weather in Oslo and Rome?' },
      { type: 'function_call', call_id: 'a', name: 'weather', arguments: '{"city":"Oslo"}' },
      { type: 'function_call', call_id: 'b', name: 'now', arguments: '{}' },
      { type: 'function_call_output', call_id: 'a', output: 'Rain' },
      { type: 'function_call_output', call_id: 'b', output: [{ type: 'input_text', text: 'Noon' }] },
      { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'Rain at noon.', annotations: [] }] }
    ])
  })

  test('an answer with items of its own goes back byte for byte, and its calls not twice', () => {
    const own = [
      { type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: 'gAAA' },
      { type: 'function_call', id: 'fc_1', call_id: 'a', name: 'weather', arguments: '{"city": "Oslo"}' }
    ]
    const said = { ...native(...own), tool_calls: [call('a', 'weather', '{"city":"Oslo"}')] }
    expect(JSON.stringify(items(said, { role: 'tool', tool_call_id: 'a', content: 'Rain' }))).toBe(
      JSON.stringify([...own, { type: 'function_call_output', call_id: 'a', output: 'Rain' }])
    )
  })

  test('the items of another provider are not sent: it would refuse what is sealed by this one', () => {
    const sealed = { type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: 'gAAA' }
    const said = native(sealed)
    const by = (provider: string): Message => ({ ...said, native: { ...(said.native as Native), provider } })
    const common = {
      type: 'message',
      role: 'assistant',
      content: [{ type: 'output_text', text: 'the common form', annotations: [] }]
    }
    expect(items(by(openai.provider))).toEqual([sealed])
    expect(items(said)).toEqual([sealed])
    expect(items(by('xai'))).toEqual([common])
    const click = { type: 'computer_call', call_id: 'a', action: { type: 'click' } }
    const asked = { ...native(click), tool_calls: [call('a', 'computer_use', '{}')] }
    const foreign: Message = { ...asked, native: { ...(asked.native as Native), provider: 'azure' } }
    const sent = items(foreign, { role: 'tool', tool_call_id: 'a', content: 'no' }) as unknown[]
    expect(sent.slice(1)).toEqual([
      { type: 'function_call', call_id: 'a', name: 'computer_use', arguments: '{}' },
      { type: 'function_call_output', call_id: 'a', output: 'no' }
    ])
  })

  test('the items of another format are not sent, nor are these to another', async () => {
    const thought = native({ type: 'reasoning', id: 'rs_1', summary: [] })
    const foreign: Message = { ...thought, native: { api: 'messages', content: [{ type: 'thinking', thinking: 'x' }] } }
    expect(items(foreign)).toEqual([
      {
        type: 'message',
        role: 'assistant',
        content: [{ type: 'output_text', text: 'the common form', annotations: [] }]
      }
    ])
    for (const wire of [chat, messages]) {
      const { body: sent } = await wire.render({ model: 'demo-1', messages: [thought] }, openai)
      expect(JSON.stringify(sent)).not.toContain('rs_1')
    }
  })

  test('what is empty or malformed is left out, or said as far as it can be', () => {
    expect(
      items({ role: 'assistant', content: '' }, { role: 'assistant', content: null, tool_calls: 3 as never })
    ).toEqual([])
    expect(
      items(
        { role: 'assistant', tool_calls: [null as never, call('a', 'f', '{"x":')] },
        { role: 'tool', tool_call_id: 'a', content: null },
        { ...native(), native: { api: 'responses', content: 'no list' } }
      )
    ).toEqual([
      { type: 'function_call', call_id: undefined, name: undefined, arguments: '{}' },
      { type: 'function_call', call_id: 'a', name: 'f', arguments: '{"x":' },
      { type: 'function_call_output', call_id: 'a', output: '' }
    ])
  })
})

describe('calls of the computer', () => {
  const checks = [{ id: 'sc_1', code: 'malicious_instructions', message: 'Look twice.' }]
  const click = (call_id: string, pending: readonly object[] = []) => ({
    type: 'computer_call',
    id: `cu_${call_id}`,
    call_id,
    action: { type: 'click', x: 1, y: 2, button: 'left' },
    pending_safety_checks: pending,
    status: 'completed'
  })
  const picture = { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } }
  const screenshot = { type: 'computer_screenshot', image_url: 'data:image/png;base64,AAAA' }

  test('are answered by a screenshot, which acknowledges their safety checks', () => {
    expect(items(native(click('a', checks)), { role: 'tool', tool_call_id: 'a', content: [picture] })).toEqual([
      click('a', checks),
      { type: 'computer_call_output', call_id: 'a', output: screenshot, acknowledged_safety_checks: checks }
    ])
  })

  test('that were refused are answered by a blank one, and the words follow all results', () => {
    expect(
      items(
        native(click('a'), click('b')),
        { role: 'tool', tool_call_id: 'a', content: 'Refused.' },
        { role: 'tool', tool_call_id: 'b', content: [{ type: 'text', text: 'Done.' }, picture] },
        { role: 'user', content: 'Go on.' }
      )
    ).toEqual([
      click('a'),
      click('b'),
      {
        type: 'computer_call_output',
        call_id: 'a',
        output: { type: 'computer_screenshot', image_url: expect.stringMatching(/^data:image\/png;base64,\w/) }
      },
      { type: 'computer_call_output', call_id: 'b', output: screenshot },
      { type: 'message', role: 'user', content: 'Result of the call a: Refused.' },
      { type: 'message', role: 'user', content: 'Result of the call b: Done.' },
      { type: 'message', role: 'user', content: 'Go on.' }
    ])
  })

  test('of a dialog from another format are function calls like others', () => {
    const said: Message = { role: 'assistant', content: null, tool_calls: [call('a', 'computer_use', '{"action":{}}')] }
    expect(items(said, { role: 'tool', tool_call_id: 'a', content: [picture] })).toEqual([
      { type: 'function_call', call_id: 'a', name: 'computer_use', arguments: '{"action":{}}' },
      {
        type: 'function_call_output',
        call_id: 'a',
        output: [{ type: 'input_image', image_url: 'data:image/png;base64,AAAA', detail: 'auto' }]
      }
    ])
  })
})

describe('tools', () => {
  const city = {
    type: 'object',
    properties: { city: { type: 'string' }, days: { type: 'integer', minimum: 1 } },
    required: ['city']
  }
  const weather = (strict?: boolean): ToolDefinition => ({
    type: 'function',
    function: {
      name: 'weather',
      description: 'Tells it.',
      parameters: city,
      ...(strict === undefined ? {} : { strict })
    }
  })

  test('functions are flat, and not strict unless they say so', () => {
    expect(body({ tools: [weather(), { type: 'function', function: { name: 'now' } }] }).tools).toEqual([
      { type: 'function', name: 'weather', description: 'Tells it.', parameters: city, strict: false },
      { type: 'function', name: 'now', parameters: { type: 'object', properties: {} }, strict: false }
    ])
  })

  test('a strict function has the schema that the strict mode takes, and what it lost is listed', () => {
    const { body: sent, dropped } = rendered({ tools: [weather(true)] })
    expect(sent.tools).toMatchObject([
      { strict: true, parameters: { required: ['city', 'days'], additionalProperties: false } }
    ])
    expect(dropped).toEqual(['tools.weather.$.days.minimum'])
    expect(body({ tools: [weather(true)] }, { provider: 'other', schema: 'schema' }).tools).toMatchObject([
      { parameters: city, strict: false }
    ])
  })

  test('a schema that the strict mode cannot say makes the function not strict, and an answer an error', () => {
    const open = { type: 'object', properties: { any: { type: 'object', additionalProperties: true } } }
    const tool = { type: 'function', function: { name: 'f', parameters: open, strict: true } } as const
    expect(body({ tools: [tool] }).tools).toMatchObject([{ parameters: open, strict: false }])
    const response_format = { type: 'json_schema', json_schema: { name: 'a', schema: open, strict: true } }
    expect(() => body({ response_format })).toThrow(/\$\.any/)
  })

  test('tools of the provider are in its words; the computer needs truncation', () => {
    const mcp = { type: 'mcp', server_label: 'docs', server_url: 'https://x.test/mcp', require_approval: 'never' }
    const sent = body({ tools: [{ type: 'web_search' }, { type: 'computer_use', display_width: 800 }, mcp] })
    expect(sent.tools).toEqual([
      { type: 'web_search' },
      { type: 'computer_use_preview', display_width: 800, display_height: 800, environment: 'browser' },
      mcp
    ])
    expect(sent.truncation).toBe('auto')
    expect(body({ tools: [{ type: 'computer_use' }], truncation: 'disabled' }).truncation).toBe('disabled')
    expect(body({ tools: [mcp] })).not.toHaveProperty('truncation')
  })

  test('the choice of a tool', () => {
    const choice = (tool_choice: unknown) => body({ tool_choice: tool_choice as never }).tool_choice
    for (const word of ['auto', 'none', 'required']) expect(choice(word)).toBe(word)
    expect(choice({ type: 'function', function: { name: 'f' } })).toEqual({ type: 'function', name: 'f' })
    expect(choice({ type: 'computer_use' })).toEqual({ type: 'computer_use_preview' })
    expect(choice({ type: 'mcp', server_label: 'docs' })).toEqual({ type: 'mcp', server_label: 'docs' })
    const allowed = { mode: 'required', tools: [{ type: 'function', function: { name: 'f' } }] }
    expect(choice({ type: 'allowed_tools', allowed_tools: allowed })).toEqual({
      type: 'allowed_tools',
      mode: 'required',
      tools: [{ type: 'function', name: 'f' }]
    })
    expect(body({ tool_choice: null })).not.toHaveProperty('tool_choice')
  })
})

describe('parameters', () => {
  test('have the names of this format; what was said in its own words stands', () => {
    const sent = body({ max_tokens: 100, reasoning_effort: 'low', verbosity: 'low', temperature: 0, user: 'u' })
    expect(sent).toMatchObject({
      max_output_tokens: 100,
      reasoning: { effort: 'low' },
      text: { verbosity: 'low' },
      temperature: 0,
      user: 'u'
    })
    expect(
      body({ max_completion_tokens: 9, max_output_tokens: 8, reasoning_effort: 'low', reasoning: { summary: 'auto' } })
    ).toMatchObject({ max_output_tokens: 8, reasoning: { effort: 'low', summary: 'auto' } })
  })

  test('that this format does not have are left out and listed', () => {
    const { body: sent, dropped } = rendered({
      n: 2,
      stop: 'x',
      seed: 1,
      logit_bias: {},
      presence_penalty: 1,
      frequency_penalty: 1,
      top_k: 3,
      thinking: null,
      api_key: 'secret',
      stream_options: { include_usage: true }
    })
    expect(dropped).toEqual(['n', 'stop', 'seed', 'logit_bias', 'presence_penalty', 'frequency_penalty', 'top_k'])
    expect(Object.keys(sent)).toEqual(['model', 'input', 'stream'])
  })

  test('the previous response is left to the caller', () => {
    expect(body({ previous_response_id: 'resp_1' }).previous_response_id).toBe('resp_1')
  })

  test('encrypted reasoning is asked for where nothing is stored and the model thinks', () => {
    const include = (request: Partial<LLMRequest>) => body(request).include
    expect(include({ model: 'gpt-5.5', store: false })).toEqual(['reasoning.encrypted_content'])
    expect(include({ model: 'o3-mini', store: false, include: ['reasoning.encrypted_content', 'x'] })).toEqual([
      'reasoning.encrypted_content',
      'x'
    ])
    expect(include({ store: false, reasoning_effort: 'low' })).toEqual(['reasoning.encrypted_content'])
    for (const model of ['gpt-4o', 'gpt-5-chat-latest']) expect(include({ model, store: false })).toBeUndefined()
    expect(include({ model: 'gpt-5.5' })).toBeUndefined()
    expect(include({ logprobs: true, top_logprobs: 2 })).toEqual(['message.output_text.logprobs'])
  })
})

describe('the form of an answer', () => {
  const schema = { type: 'object', properties: { a: { type: 'string' } }, required: ['a'] }
  const response_format = { type: 'json_schema', json_schema: { name: 'thing', schema, strict: true } }

  test('a JSON schema is a format of the text', () => {
    expect(body({ response_format, verbosity: 'low' }).text).toEqual({
      verbosity: 'low',
      format: { type: 'json_schema', name: 'thing', schema: { ...schema, additionalProperties: false }, strict: true }
    })
    const loose = { type: 'json_schema', json_schema: { schema, strict: false } }
    expect(body({ response_format: loose }).text).toEqual({
      format: { type: 'json_schema', name: 'answer', schema, strict: false }
    })
  })

  test('is said as far as the provider takes it, and the rest in words', () => {
    const asked = (takes: 'schema' | 'json' | 'none') => body({ response_format }, { provider: 'x', schema: takes })
    const told = [{ role: 'system', content: expect.stringContaining(JSON.stringify(schema)) }, { role: 'user' }]
    expect(asked('schema')).toMatchObject({ text: { format: { schema } }, input: [{ role: 'user' }] })
    expect(asked('json')).toMatchObject({ text: { format: { type: 'json_object' } }, input: told })
    expect(asked('none')).not.toHaveProperty('text')
    expect(asked('none')).toMatchObject({ input: told })
    expect(body({ response_format: { type: 'json_object' } }).text).toEqual({ format: { type: 'json_object' } })
    expect(rendered({ response_format: { type: 'text' } })).toMatchObject({ dropped: [] })
    expect(rendered({ response_format: { type: 'grammar' } })).toMatchObject({ dropped: ['response_format'] })
  })
})
