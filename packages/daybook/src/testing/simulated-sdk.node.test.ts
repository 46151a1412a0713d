/** The official clients take the simulated provider for a real one, streams included. */
import Anthropic from '@anthropic-ai/sdk'
import OpenAI from 'openai'
import { expect, test } from 'vitest'
import { simulatedFetch } from './simulated-fetch.js'

const fetch = simulatedFetch({ speed: Number.POSITIVE_INFINITY })
const openai = new OpenAI({ apiKey: 'none', fetch, maxRetries: 0 })
const anthropic = new Anthropic({ apiKey: 'none', fetch, maxRetries: 0 })

const question = 'What is the weather in Oslo?'
const parameters = {
  type: 'object' as const,
  properties: { city: { type: 'string' } },
  required: ['city'],
  additionalProperties: false
}
const weather = { name: 'weather', description: 'The weather of a city.' }
const schema = {
  type: 'object',
  properties: { title: { type: 'string' } },
  required: ['title'],
  additionalProperties: false
}

test('Chat Completions: text, a tool, and JSON', async () => {
  const model = 'gpt-5-mini'
  const messages = [{ role: 'user' as const, content: question }]
  const tools = [{ type: 'function' as const, function: { ...weather, parameters, strict: true } }]
  const whole = await openai.chat.completions.create({ model, messages, tools })
  const streamed = await openai.chat.completions.stream({ model, messages, tools }).finalChatCompletion()
  for (const { choices } of [whole, streamed]) {
    expect(choices[0]?.finish_reason).toBe('tool_calls')
    expect(choices[0]?.message.tool_calls?.[0]).toMatchObject({
      id: expect.stringMatching(/^call_/),
      function: { name: 'weather', arguments: '{"city":"Oslo"}' }
    })
  }
  const text = openai.chat.completions.stream({ model, messages })
  expect(await text.finalContent()).toContain(`simulated answer to “${question}”`)
  const response_format = { type: 'json_schema' as const, json_schema: { name: 'book', schema, strict: true } }
  const json = await openai.chat.completions.stream({ model, messages, response_format }).finalContent()
  expect(JSON.parse(String(json))).toEqual({ title: 'a simulated title' })
})

test('Responses: text, thoughts, a tool, its result, and JSON', async () => {
  const model = 'gpt-5-mini'
  const tools = [{ type: 'function' as const, ...weather, parameters, strict: true }]
  const reasoning = { effort: 'low' as const, summary: 'auto' as const }
  const body = { model, input: question, tools, reasoning }
  const whole = await openai.responses.create(body)
  const streamed = await openai.responses.stream(body).finalResponse()
  expect(whole.status).toBe('completed')
  expect(streamed.output.map(({ type }) => type)).toEqual(['reasoning', 'function_call'])
  const [, call] = streamed.output
  if (call?.type !== 'function_call') throw new Error('there must be a call')
  expect(call).toMatchObject({ name: 'weather', arguments: '{"city":"Oslo"}' })
  expect(whole.output).toMatchObject(streamed.output.map(({ type, id }) => ({ type, id })))

  const result = { type: 'function_call_output' as const, call_id: call.call_id, output: '4 degrees' }
  const input = [{ role: 'user', content: question }, ...whole.output, result] as OpenAI.Responses.ResponseInput
  expect((await openai.responses.create({ ...body, input })).output_text).toContain('said: “4 degrees”')
  // The provider knows what it has asked for itself.
  const next = await openai.responses.create({ ...body, input: [result], previous_response_id: whole.id })
  expect(next.output_text).toContain('“4 degrees”')
  await expect(openai.responses.create({ ...body, input: [result] })).rejects.toThrow('no such call')

  const format = { type: 'json_schema' as const, name: 'book', schema, strict: true }
  const json = await openai.responses.stream({ model, input: 'A book?', text: { format } }).finalResponse()
  expect(JSON.parse(json.output_text)).toEqual({ title: 'a simulated title' })
  const cut = await openai.responses.stream({ model, input: question, max_output_tokens: 5 }).finalResponse()
  expect(cut).toMatchObject({ status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } })
})

test('Responses: the events are numbered, and a search cites its sources', async () => {
  const body = { model: 'gpt-5-mini', input: 'What is new in tea?', tools: [{ type: 'web_search' as const }] }
  const types: string[] = []
  let number = 0
  for await (const event of await openai.responses.create({ ...body, stream: true })) {
    expect(event.sequence_number).toBe(number++)
    if (types.at(-1) !== event.type) types.push(event.type)
  }
  expect(types).toEqual([
    'response.created',
    'response.in_progress',
    'response.output_item.added',
    'response.web_search_call.in_progress',
    'response.web_search_call.searching',
    'response.web_search_call.completed',
    'response.output_item.done',
    'response.output_item.added',
    'response.content_part.added',
    'response.output_text.delta',
    'response.output_text.annotation.added',
    'response.output_text.done',
    'response.content_part.done',
    'response.output_item.done',
    'response.completed'
  ])
  const streamed = await openai.responses.stream(body).finalResponse()
  const whole = await openai.responses.create(body)
  expect(streamed.output.map(item => item.id)).toEqual(whole.output.map(item => item.id))
  const [search, message] = whole.output
  expect(search).toMatchObject({ type: 'web_search_call', action: { query: 'What is new in tea?' } })
  const part = message?.type === 'message' ? message.content[0] : undefined
  if (part?.type !== 'output_text') throw new Error('there must be a text')
  expect(part.annotations.length).toBeGreaterThan(0)
  for (const annotation of part.annotations) {
    if (annotation.type !== 'url_citation') throw new Error('there must be citations of addresses alone')
    expect(annotation.url).toMatch(/^https:\/\/example\.org\/simulated\//)
    expect(annotation.title).toContain('Simulated source')
    expect(part.text.slice(annotation.start_index, annotation.end_index)).toBe(`[example.org](${annotation.url})`)
  }
})

test('Responses: the computer is used where it is spoken of, and its screen is seen', async () => {
  const computer = { type: 'computer_use_preview' as const, display_width: 800, display_height: 600 }
  const tools = [{ ...computer, environment: 'browser' as const }]
  const body = { model: 'computer-use-preview', input: 'What is on the screen?', tools }
  for (const { output } of [await openai.responses.create(body), await openai.responses.stream(body).finalResponse()]) {
    expect(output).toMatchObject([{ type: 'computer_call', action: { type: 'screenshot' }, pending_safety_checks: [] }])
  }
  const { output } = await openai.responses.create({ ...body, input: 'Click on the button of that page.' })
  expect(output).toMatchObject([{ action: { type: 'click', button: 'left' } }])
  const screenshot = { type: 'computer_screenshot' as const, image_url: 'data:image/png;base64,AAAA' }
  const [call] = (await openai.responses.create(body)).output
  if (call?.type !== 'computer_call') throw new Error('there must be a call')
  const done = { type: 'computer_call_output' as const, call_id: call.call_id, output: screenshot }
  const input = [{ role: 'user' as const, content: body.input }, call, done]
  const { output_text } = await openai.responses.create({ ...body, input })
  expect(output_text).toContain('The tool computer said: “1 image (image/png, 3 bytes)”')
  expect(output_text).not.toContain('It was shown')
  const quiet = await openai.responses.create({ ...body, input: 'Why is the sky blue?' })
  expect(quiet.output.map(({ type }) => type)).toEqual(['message'])
})

test('Messages: text, thoughts, a tool, a search, and JSON', async () => {
  const model = 'claude-haiku-4-5'
  const messages = [{ role: 'user' as const, content: question }]
  const body = {
    model,
    max_tokens: 1000,
    messages,
    tools: [{ ...weather, input_schema: parameters }],
    thinking: { type: 'enabled' as const, budget_tokens: 1024 }
  }
  const whole = await anthropic.messages.create(body)
  const streamed = await anthropic.messages.stream(body).finalMessage()
  expect(streamed.content).toEqual(whole.content)
  expect(whole).toMatchObject({
    stop_reason: 'tool_use',
    content: [
      { type: 'thinking', signature: expect.stringContaining('simulated') },
      { type: 'tool_use', input: { city: 'Oslo' } }
    ]
  })
  const search = { type: 'web_search_20250305' as const, name: 'web_search' as const }
  const searching = { model, max_tokens: 1000, messages, tools: [search] }
  const found = await anthropic.messages.create(searching)
  expect((await anthropic.messages.stream(searching).finalMessage()).content).toEqual(found.content)
  expect(found.content.map(({ type }) => type)).toEqual(['server_tool_use', 'web_search_tool_result', 'text'])
  expect(found.content.at(-1)).toMatchObject({
    citations: [{ title: 'Simulated source 1, on weather' }, { title: 'Simulated source 2, on Oslo' }]
  })

  const computer = { type: 'computer_20250124' as const, name: 'computer' as const }
  const tools = [{ ...computer, display_width_px: 800, display_height_px: 600 }]
  const screen = [{ role: 'user' as const, content: 'Click on the page.' }]
  const used = await anthropic.beta.messages.create({ model, max_tokens: 1000, messages: screen, tools })
  expect(used.content).toMatchObject([{ type: 'tool_use', name: 'computer', input: { action: 'left_click' } }])

  const output_config = { format: { type: 'json_schema' as const, schema } }
  const json = await anthropic.messages.create({ model, max_tokens: 1000, messages, output_config })
  expect(json.content).toMatchObject([{ type: 'text', text: '{"title":"a simulated title"}' }])
})
