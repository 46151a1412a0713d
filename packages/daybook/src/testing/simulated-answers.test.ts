import { describe, expect, test } from 'vitest'
import type { LLMFn, LLMRequest, LLMResponse, Message } from '../llm/llm.js'
import { chatCompletionsApi } from '../llm/wire/chat-api.js'
import type { ApiOptions } from '../llm/wire/fetching.js'
import { messagesApi } from '../llm/wire/messages-api.js'
import { responsesApi } from '../llm/wire/responses-api.js'
import { simulatedFetch } from './simulated-fetch.js'

const apis: readonly (readonly [string, (options: ApiOptions) => LLMFn])[] = [
  ['Chat Completions', chatCompletionsApi],
  ['Messages', messagesApi],
  ['Responses', responsesApi]
]

const user = (content: Message['content']): Message => ({ role: 'user', content })

function functionTool(name: string, description: string, properties: object) {
  const parameters = { type: 'object', properties, required: Object.keys(properties), additionalProperties: false }
  return { type: 'function' as const, function: { name, description, parameters: parameters as never } }
}

const weather = functionTool('get_weather', 'Gets the weather of a city.', {
  city: { type: 'string' },
  unit: { enum: ['celsius', 'fahrenheit'] }
})
const multiply = functionTool('multiply', 'Multiplies two numbers.', { a: { type: 'number' }, b: { type: 'number' } })

const png = `data:image/png;base64,${'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='}`

describe.each(apis)('through %s', (_name, api) => {
  const llm = api({
    baseURL: 'https://simulated.test/v1',
    provider: 'openai',
    apiKey: 'key-of-this-test',
    fetch: simulatedFetch({ speed: Number.POSITIVE_INFINITY })
  })

  /** The answer; it must be the same streamed and whole, and its deltas must add up to it. */
  async function ask(messages: readonly Message[], more: Partial<LLMRequest> = {}): Promise<LLMResponse> {
    const request = { model: 'm-1', ...more, messages }
    const whole = await llm({ ...request, stream: false })
    const stream = llm(request)
    let text = ''
    let written = ''
    for await (const delta of stream) {
      if (delta.type === 'text.delta') text += delta.text
      if (delta.type === 'tool.delta') written += delta.arguments
    }
    const response = await stream
    expect(response).toEqual(whole)
    expect(text).toBe(response.text)
    expect(written).toBe((response.message.tool_calls ?? []).map(call => call.function.arguments).join(''))
    return response
  }

  const callsOf = (response: LLMResponse) => response.tool_calls.map(call => [call.name, call.arguments])

  test('a plain question is quoted; text, usage and end are read back', async () => {
    const response = await ask([user('Why is the sky blue?')])
    expect(response).toMatchObject({ finish_reason: 'stop', estimated: true, tool_calls: [], model: 'm-1' })
    expect(response.text).toContain('simulated answer to “Why is the sky blue?”')
    expect(response.usage).toMatchObject({ input_tokens: 5, output_tokens: Math.ceil(response.text.length / 4) })
    expect((await ask([user('Why is the sky blue?')], { max_tokens: 10 })).finish_reason).toBe('length')
  })

  test('a tool that the question speaks of is called with what the question names', async () => {
    const tools = [weather, multiply]
    const response = await ask([user('What is the weather in New York, in fahrenheit?')], { tools })
    expect(response.finish_reason).toBe('tool_calls')
    expect(callsOf(response)).toEqual([['get_weather', { city: 'New York', unit: 'fahrenheit' }]])
    const both = await ask([user('What is the weather in Oslo, and what do 17 and 23 multiply to?')], { tools })
    expect(callsOf(both)).toEqual([
      ['get_weather', { city: 'Oslo', unit: expect.stringMatching(/celsius|fahrenheit/) }],
      ['multiply', { a: 17, b: 23 }]
    ])
    const one = await ask([user('Weather in Oslo, and multiply 2 by 3')], { tools, parallel_tool_calls: false })
    expect(one.tool_calls).toHaveLength(1)
    expect((await ask([user('Why is the sky blue?')], { tools })).tool_calls).toEqual([])
  })

  test('what the tools said is quoted, and they are not called again until the next question', async () => {
    const tools = [weather, multiply]
    const messages = [user('What is the weather in Oslo, and what do 17 and 23 multiply to?')]
    const { message, tool_calls } = await ask(messages, { tools })
    const [first, second] = tool_calls
    const done: Message[] = [
      ...messages,
      message,
      { role: 'tool', tool_call_id: String(first?.id), content: '{"degrees":4}' },
      { role: 'tool', tool_call_id: String(second?.id), content: '391' }
    ]
    const answer = await ask(done, { tools })
    expect(answer).toMatchObject({ finish_reason: 'stop', tool_calls: [] })
    expect(answer.text).toContain('The tool get_weather said: “{"degrees":4}”. The tool multiply said: “391”.')
    const again = await ask([...done, answer.message, user('And what do 3 and 4 multiply to?')], { tools })
    expect(callsOf(again)).toEqual([['multiply', { a: 3, b: 4 }]])
    const forced = await ask(done, { tools, tool_choice: 'required' })
    expect(forced.finish_reason).toBe('tool_calls')
  })

  test('tool_choice is obeyed', async () => {
    const tools = [weather, multiply]
    const question = [user('What is the weather in Oslo?')]
    expect((await ask(question, { tools, tool_choice: 'none' })).tool_calls).toEqual([])
    const named = { type: 'function', function: { name: 'multiply' } }
    expect((await ask(question, { tools, tool_choice: named })).tool_calls).toMatchObject([{ name: 'multiply' }])
    expect((await ask([user('Hi')], { tools, tool_choice: 'required' })).tool_calls).toHaveLength(1)
  })

  test('an answer by a schema is JSON of it', async () => {
    const schema = {
      type: 'object',
      properties: { title: { type: 'string' }, genre: { enum: ['novel', 'poems'] }, year: { type: 'integer' } },
      required: ['title', 'genre', 'year'],
      additionalProperties: false
    }
    const response_format = { type: 'json_schema', json_schema: { name: 'book', schema, strict: true } }
    const { text } = await ask([user('Name a book.')], { response_format })
    const book = JSON.parse(text)
    expect(Object.keys(book)).toEqual(['title', 'genre', 'year'])
    expect(book.title).toBe('a simulated title')
    expect(['novel', 'poems']).toContain(book.genre)
    expect(book.year).toSatisfy(Number.isInteger)
    const wrong = await ask([user('Name a book, but get it wrong first.')], { response_format })
    expect(() => JSON.parse(wrong.text)).toThrow()
    const next = [user('Name a book, but get it wrong first.'), wrong.message, user('That was no JSON.')]
    expect(JSON.parse((await ask(next, { response_format })).text)).toHaveProperty('title')
  })

  test('images are counted and measured', async () => {
    const image = { type: 'image_url' as const, image_url: { url: png } }
    const { text } = await ask([user([{ type: 'text', text: 'What is on these?' }, image]), user([image])])
    const about = 'image/png, 1 × 1 pixels, 70 bytes'
    expect(text).toContain(`It was shown 2 images (${about}; ${about}), and looked at none of it.`)
    const linked = { type: 'image_url' as const, image_url: { url: 'https://images.test/secret-cat.png' } }
    const far = await ask([user([linked])])
    expect(far.text).toContain('1 image (at an address, not fetched)')
  })

  test('tags and blocks that are asked for are there, but not where it must get it wrong first', async () => {
    const system: Message = { role: 'system', content: 'Write <answer>…</answer> and then ```json\n…\n```.' }
    const { text } = await ask([system, user('Why is the sky blue?')])
    expect(text).toMatch(/<answer>a simulated answer about [^<]+<\/answer>/)
    expect(JSON.parse(String(/```json\n(.*)\n```/.exec(text)?.[1]))).toEqual({ simulated: true })
    const wrong = await ask([system, user('Why is the sky blue? Get it wrong first.')])
    expect(wrong.text).not.toContain('<answer>')
    const complaint = user('<answer>…</answer> is missing. Please fix.')
    const fixed = await ask([system, user('Why is the sky blue? Get it wrong first.'), wrong.message, complaint])
    expect(fixed.text).toContain('<answer>a simulated answer about sky blue</answer>')
    expect(fixed.text).toContain('simulated answer to “Why is the sky blue?”')
    const tags = await ask([user('What does <b>this</b> mean?')])
    expect(tags.text).toContain('to “What does this mean?”')
    expect(tags.text.match(/<b>/g)).toHaveLength(1)
  })

  test('results without calls, calls without results and two results for one call are refused', async () => {
    const call: Message = {
      role: 'assistant',
      content: null,
      tool_calls: [{ id: 'call_1', type: 'function', function: { name: 'multiply', arguments: '{}' } }]
    }
    const result: Message = { role: 'tool', tool_call_id: 'call_1', content: '391' }
    const cases: readonly (readonly [readonly Message[], string])[] = [
      [[user('Hi'), result], 'a result for the call "call_1", but no such call'],
      [[user('Hi'), call], 'there is none for "call_1"'],
      [[user('Hi'), call, result, result], '"call_1" has two results'],
      [[user('Hi'), call, { ...result, tool_call_id: 'call_2' }], 'a result for the call "call_2", but no such call']
    ]
    for (const [messages, said] of cases) {
      await expect(ask(messages, { tools: [multiply] })).rejects.toMatchObject({
        name: 'BadRequestError',
        message: expect.stringContaining(said)
      })
    }
    await expect(ask([user('Hi')], { tool_choice: 'required' })).rejects.toThrow('no tools are offered')
    const named = { type: 'function', function: { name: 'divide' } }
    await expect(ask([user('Hi')], { tools: [multiply], tool_choice: named })).rejects.toThrow('names "divide"')
  })
})

test('Messages: calls of the past without any tool defined are refused', async () => {
  const ask = (tools: readonly object[]) =>
    simulatedFetch({ speed: Number.POSITIVE_INFINITY })('https://api.anthropic.com/v1/messages', {
      method: 'POST',
      body: JSON.stringify({
        model: 'claude-haiku-4-5',
        max_tokens: 100,
        tools,
        tool_choice: tools.length > 0 ? { type: 'none' } : undefined,
        messages: [
          { role: 'user', content: 'How much is 17 times 23?' },
          { role: 'assistant', content: [{ type: 'tool_use', id: 'call_1', name: 'multiply', input: {} }] },
          { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'call_1', content: '391' }] }
        ]
      })
    })
  expect((await ask([])).status).toBe(400)
  expect((await ask([{ name: 'multiply', input_schema: { type: 'object' } }])).status).toBe(200)
})
