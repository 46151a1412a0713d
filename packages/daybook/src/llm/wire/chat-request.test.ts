import { describe, expect, test } from 'vitest'
import type { LLMRequest, Message } from '../llm.js'
import { profileOf } from '../parameters.js'
import { renderChat } from './chat-request.js'
import type { Profile } from './profile.js'

const hi: Message = { role: 'user', content: 'Hi' }

function render(request: Partial<LLMRequest>, profile: Partial<Profile> = {}) {
  return renderChat({ model: 'demo-1', messages: [hi], ...request }, { provider: 'demo', ...profile })
}

/** As it goes over the wire. */
const body = (...given: Parameters<typeof render>) => JSON.parse(JSON.stringify(render(...given).body))

test('a request goes out as it is, with its usage asked for where it is streamed', () => {
  expect(body({ temperature: 0.5, top_k: 3, api_key: 'sk-none' })).toEqual({
    model: 'demo-1',
    temperature: 0.5,
    top_k: 3,
    messages: [hi],
    stream: true,
    stream_options: { include_usage: true }
  })
  expect(body({ stream: false })).toEqual({ model: 'demo-1', messages: [hi], stream: false })
  expect(body({}, { streamUsage: false })).not.toHaveProperty('stream_options')
  expect(render({ stream_options: { x: 1 } }, { streamUsage: false }).dropped).toEqual(['stream_options'])
})

test('the limit has the name that the provider knows, or that it was given', () => {
  const limits = (request: object, profile?: Partial<Profile>) => {
    const { max_tokens, max_completion_tokens } = body(request, profile)
    return [max_tokens, max_completion_tokens]
  }
  expect(limits({ max_tokens: 5 })).toEqual([5, undefined])
  expect(limits({ max_completion_tokens: 5 })).toEqual([undefined, 5])
  expect(limits({ max_tokens: 5 }, { maxTokens: 'max_completion_tokens' })).toEqual([undefined, 5])
  expect(limits({ max_completion_tokens: 5 }, { maxTokens: 'max_tokens' })).toEqual([5, undefined])
})

test('a developer is the system for those who know no developer', () => {
  const messages: Message[] = [{ role: 'developer', content: 'Be brief.' }, hi]
  expect(body({ messages }).messages[0].role).toBe('system')
  expect(body({ messages }, { systemRole: 'developer' }).messages[0].role).toBe('developer')
})

test('names go to those who take them, and are left out elsewhere without a word', () => {
  const messages: Message[] = [
    { role: 'developer', content: 'Be brief.', name: 'rules' },
    { role: 'user', content: 'Hi', name: 'guest' },
    { role: 'assistant', content: 'Hello', name: 'pilot' },
    { role: 'tool', tool_call_id: 'a', content: '1', name: 'tide' }
  ]
  const named = (provider: string) => {
    const { body, dropped } = render({ messages }, profileOf(provider))
    expect(dropped).toEqual([])
    return JSON.parse(JSON.stringify(body.messages)).map(({ name }: Message) => name ?? '')
  }
  for (const provider of ['openai', 'groq', 'demo'])
    expect(named(provider)).toEqual(['rules', 'guest', 'pilot', 'tide'])
  expect(named('xai')).toEqual(['', 'guest', '', ''])
  expect(named('mistral')).toEqual(['', '', '', 'tide'])
  expect(named('perplexity')).toEqual(['', '', '', ''])
  expect(messages[1]?.name).toBe('guest')
})

test('that a result is an error goes to those whose format says so', () => {
  const messages: Message[] = [{ role: 'tool', tool_call_id: 'a', content: 'It broke.', is_error: true }]
  expect(body({ messages }).messages).toEqual([{ role: 'tool', tool_call_id: 'a', content: 'It broke.' }])
})

test('calls and results need no definition of their tools here', () => {
  const called = { id: 'a', type: 'function', function: { name: 'tide', arguments: '{}' } } as const
  const messages: Message[] = [
    hi,
    { role: 'assistant', content: null, tool_calls: [called] },
    { role: 'tool', tool_call_id: 'a', content: 'high' }
  ]
  expect(body({ messages })).toMatchObject({ messages })
  expect(body({ messages })).not.toHaveProperty('tools')
})

describe('the form of the answer', () => {
  const schema = { type: 'object', properties: { a: { type: 'string', minLength: 1 } } }
  const response_format = { type: 'json_schema', json_schema: { name: 'n', schema, strict: true } }
  const words = `Answer with one JSON value that fits this JSON Schema, and with nothing else:\n${JSON.stringify(schema)}`

  test('is a schema fitted to the strict mode', () => {
    const { body, dropped } = render({ response_format }, { schema: 'strict' })
    expect(body.response_format).toEqual({
      type: 'json_schema',
      json_schema: {
        name: 'n',
        schema: {
          type: 'object',
          properties: { a: { type: ['string', 'null'], description: '(minLength: 1)' } },
          required: ['a'],
          additionalProperties: false
        },
        strict: true
      }
    })
    expect(dropped).toEqual(['response_format.$.a.minLength'])
  })

  test('is the schema as it is where it is not strict, or the provider does not ask for that', () => {
    const loose = { type: 'json_schema', json_schema: { name: 'n', schema, strict: false } }
    expect(body({ response_format: loose }, { schema: 'strict' }).response_format).toEqual(loose)
    for (const profile of [{}, { schema: 'schema' }] as const) {
      expect(body({ response_format }, profile).response_format).toEqual(response_format)
    }
  })

  test('is any JSON and words, or words alone', () => {
    expect(body({ response_format }, { schema: 'json' })).toMatchObject({
      response_format: { type: 'json_object' },
      messages: [{ role: 'system', content: words }, hi]
    })
    const messages: Message[] = [{ role: 'system', content: 'Be brief.' }, hi]
    const plain = body({ response_format, messages }, { schema: 'none' })
    expect(plain).not.toHaveProperty('response_format')
    expect(plain.messages).toEqual([{ role: 'system', content: `Be brief.\n\n${words}` }, hi])
    expect(messages[0]?.content).toBe('Be brief.')
    const any = { type: 'json_object' }
    expect(body({ response_format: any }, { schema: 'json' })).toMatchObject({ response_format: any, messages: [hi] })
    expect(body({ response_format: any }, { schema: 'none' }).messages[0].content).toContain('one JSON object')
  })

  test('that cannot be expressed is an error before the request, naming the path', () => {
    const open = { type: 'object', properties: { list: { type: 'array', items: {} } } }
    const asked = { type: 'json_schema', json_schema: { name: 'n', schema: open } }
    expect(() => render({ response_format: asked }, { schema: 'strict' })).toThrow('at $.list[] ')
  })
})

describe('tools', () => {
  const call = (parameters: object, strict = true) => ({
    type: 'function',
    function: { name: 'f', parameters, strict }
  })

  test('that are strict have their parameters fitted; where that cannot be, they are not strict', () => {
    const { body, dropped } = render({
      tools: [
        call({ type: 'object', properties: { a: { type: 'string', default: 'x' } } }),
        call({ type: 'object', properties: { a: {} } }),
        call({ type: 'object', properties: { a: {} } }, false)
      ]
    })
    expect(body.tools).toEqual([
      {
        type: 'function',
        function: {
          name: 'f',
          parameters: {
            type: 'object',
            properties: { a: { type: ['string', 'null'], description: '(default: "x")' } },
            required: ['a'],
            additionalProperties: false
          },
          strict: true
        }
      },
      { type: 'function', function: { name: 'f', parameters: { type: 'object', properties: { a: {} } } } },
      call({ type: 'object', properties: { a: {} } }, false)
    ])
    expect(dropped).toEqual(['tools.f.$.a.default'])
  })

  test('are not strict for a provider that has no strict mode', () => {
    const parameters = { type: 'object', properties: { a: { type: 'string' } } }
    expect(body({ tools: [call(parameters)] }, { schema: 'json' }).tools).toEqual([
      { type: 'function', function: { name: 'f', parameters } }
    ])
  })

  test('of the provider are asked for in its words, or left out and named', () => {
    const search = { type: 'web_search' }
    const asked = (provider: string, model: string, tools: LLMRequest['tools'] = [search]) => {
      const { body, dropped } = render({ model, tools, tool_choice: 'auto' }, { provider })
      const { tools: sent, web_search_options, plugins, enable_search, tool_choice } = body
      return { ...{ tools: sent, web_search_options, plugins, enable_search, tool_choice }, dropped }
    }
    const none = { tools: undefined, tool_choice: undefined }
    expect(asked('openai', 'gpt-4o-search-preview')).toMatchObject({ ...none, web_search_options: {}, dropped: [] })
    expect(asked('openai', 'gpt-4o')).toMatchObject({ ...none, dropped: ['tools.web_search'] })
    expect(asked('openrouter', 'x/y')).toMatchObject({ ...none, plugins: [{ id: 'web' }], dropped: [] })
    expect(asked('dashscope', 'qwen-plus')).toMatchObject({ ...none, enable_search: true, dropped: [] })
    expect(asked('perplexity', 'sonar')).toMatchObject({ ...none, dropped: [] })
    expect(asked('groq', 'openai/gpt-oss-20b')).toMatchObject({
      tools: [{ type: 'browser_search' }],
      tool_choice: 'auto'
    })
    expect(asked('xai', 'grok-4')).toMatchObject({ dropped: ['tools.web_search'] })
    expect(asked('constructor', 'm', [search, { type: 'computer_use' }, { type: 'mcp' }]).dropped).toEqual([
      'tools.web_search',
      'tools.computer_use',
      'tools.mcp'
    ])
    expect(asked('demo', 'm', [{ type: 'its_own' }])).toMatchObject({ tools: [{ type: 'its_own' }], dropped: [] })
  })

  test('none of which is left are not mentioned, and neither is a choice of them', () => {
    const sent = body({ tools: [{ type: 'mcp' }], tool_choice: 'required', parallel_tool_calls: false })
    expect(Object.keys(sent).sort()).toEqual(['messages', 'model', 'stream', 'stream_options'])
  })
})

test('Gemini is given a PDF as others are given an image', () => {
  const url = 'data:application/pdf;base64,JVBERi0xLjQK'
  const messages: Message[] = [
    { role: 'user', content: [{ type: 'file', file: { file_data: url, filename: 'a.pdf' } }] }
  ]
  expect(body({ messages }, { provider: 'gemini' }).messages).toEqual([
    { role: 'user', content: [{ type: 'image_url', image_url: { url } }] }
  ])
  expect(() => render({ messages })).toThrow('does not read PDF')
})
