import { expect, test } from 'vitest'
import { DaybookError } from '../errors.js'
import type { LLMFn } from '../llm/llm.js'
import { chatCompletionsApi } from '../llm/wire/chat-api.js'
import { messagesApi } from '../llm/wire/messages-api.js'
import { Dialog } from './dialog.js'
import { createInvoker, type InvokeResult } from './invoker.js'
import { createPrompt, type PromptOptions } from './prompt.js'
import { tool } from './tool.js'

/** Invokers over wire formats: what providers send, good and bad, and what goes back to them. */

type Chunk = Readonly<Record<string, unknown>>

/** A function over a fetch that gives these answers, one for each call, and keeps the bodies that it was sent. */
function provider(api: typeof chatCompletionsApi, ...answers: readonly (string | Chunk)[]) {
  const bodies: { readonly messages: readonly unknown[]; readonly tools?: unknown }[] = []
  const fetch: typeof globalThis.fetch = async (_input, init) => {
    const answer = answers[bodies.length] ?? ''
    bodies.push(JSON.parse(String(init?.body)))
    const isStream = typeof answer === 'string'
    return new Response(isStream ? answer : JSON.stringify(answer), {
      headers: { 'content-type': isStream ? 'text/event-stream' : 'application/json' }
    })
  }
  const llm: LLMFn = api({ baseURL: 'https://provider.test/v1', apiKey: 'a-key', fetch, provider: 'openai' })
  return { llm, bodies }
}

/** A stream of chat completions: deltas of the first choice, and how it ended. */
function chatStream(deltas: readonly Chunk[], finish_reason: string | null = 'stop', rest: Chunk = {}): string {
  const frames = [...deltas.map(delta => ({ delta, finish_reason: null })), { delta: {}, finish_reason }]
  const chunks = frames.map(choice => ({ id: 'c1', model: 'demo-1', choices: [{ index: 0, ...choice }] }))
  return `${[...chunks, { id: 'c1', model: 'demo-1', choices: [], ...rest }].map(data).join('')}data: [DONE]\n\n`
}

function data(json: unknown): string {
  return `data: ${JSON.stringify(json)}\n\n`
}

function call(index: number | undefined, id: string | undefined, name: string | undefined, args: string): Chunk {
  return { tool_calls: [{ index, id, type: 'function', function: { name, arguments: args } }] }
}

const weather = tool({
  name: 'weather',
  description: 'The weather of a place.',
  inputSchema: { type: 'object', properties: { place: { type: 'string' } }, required: ['place'] },
  execute: () => 'Rain.'
})

const colour = { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] } as const

function asked(prompt: Partial<PromptOptions> = {}): Dialog {
  const dialog = new Dialog()
  dialog.putPrompt(createPrompt({ template: 'What is the sky?', ...prompt }))
  return dialog
}

async function answerOf(answer: string | Chunk, prompt?: Partial<PromptOptions>): Promise<InvokeResult> {
  const { llm } = provider(chatCompletionsApi, answer)
  return createInvoker({ llm }).call(asked(prompt), { model: 'demo-1' })
}

test('a tool is called, answered, and the dialog goes on: text beside the calls is kept', async () => {
  const { llm, bodies } = provider(
    chatCompletionsApi,
    chatStream(
      [{ content: 'Let me see.' }, call(0, 'a', 'weather', '{"pla'), call(0, undefined, undefined, 'ce":"Bern"}')],
      'tool_calls'
    ),
    chatStream([{ content: 'It rains.' }], 'stop', { usage: { prompt_tokens: 30, completion_tokens: 4 } })
  )
  const dialog = asked({ tools: [weather] })
  const invoker = createInvoker({ llm })
  const first = await invoker.call(dialog, { model: 'demo-1' })
  expect(first.rawResponse.tool_calls).toEqual([{ id: 'a', name: 'weather', arguments: { place: 'Bern' } }])
  expect(first.message).toMatchObject({ content: 'Let me see.', finish_reason: 'tool_calls' })
  dialog.append(first.message)
  dialog.append({ role: 'tool', tool_call_id: 'a', content: 'Rain.' })
  const second = await invoker.call(dialog, { model: 'demo-1' })
  expect(second.message.content).toBe('It rains.')
  expect(second.cost).toMatchObject({ inputTokens: 30, outputTokens: 4, answers: 1, unpriced: 1 })
  const sent = { id: 'a', type: 'function', function: { name: 'weather', arguments: '{"place":"Bern"}' } }
  expect(bodies[1]?.messages.slice(1)).toEqual([
    { role: 'assistant', content: 'Let me see.', tool_calls: [sent] },
    { role: 'tool', tool_call_id: 'a', content: 'Rain.' }
  ])
  expect(bodies[1]?.tools).toMatchObject([{ type: 'function', function: { name: 'weather' } }])
})

test.for<[string, Chunk[], unknown[]]>([
  ['two calls on one index', [call(0, 'a', 'weather', '{}'), call(0, 'b', 'weather', '{"n":2}')], [{}, { n: 2 }]],
  [
    'calls without an index',
    [call(undefined, 'a', 'weather', '{"n":1}'), call(undefined, 'b', 'weather', '{"n":2}')],
    [{ n: 1 }, { n: 2 }]
  ],
  ['calls without an id', [call(0, '', 'weather', '{"n":1}'), call(1, '', 'weather', '{"n":2}')], [{ n: 1 }, { n: 2 }]],
  ['one id for two calls', [call(0, 'a', 'weather', '{"n":1}'), call(1, 'a', 'weather', '')], [{ n: 1 }, {}]],
  [
    'calls in turn',
    [
      call(0, 'a', 'weather', '{"n"'),
      call(1, 'b', 'weather', '{'),
      call(0, undefined, undefined, ':1}'),
      call(1, undefined, undefined, '}')
    ],
    [{ n: 1 }, {}]
  ]
])('%s: each has its own id and its own arguments', async ([_what, deltas, expected]) => {
  const { message, rawResponse, executionErrors } = await answerOf(chatStream(deltas, 'tool_calls'), {
    tools: [weather]
  })
  expect(rawResponse.tool_calls.map(made => made.arguments)).toEqual(expected)
  const ids = message.tool_calls?.map(({ id }) => id) ?? []
  expect(new Set(ids).size).toBe(2)
  expect(ids).toEqual(rawResponse.tool_calls.map(({ id }) => id))
  expect(ids.every(id => id !== '')).toBe(true)
  expect(executionErrors).toEqual([])
})

test.for(['{"place":', '{place: "Bern"}', '[1,', 'Bern'])('arguments that are no JSON are told: %s', async args => {
  const result = await answerOf(chatStream([call(0, 'a', 'weather', args)], 'tool_calls'), { tools: [weather] })
  expect(result.rawResponse.tool_calls[0]).toMatchObject({ arguments: undefined, arguments_text: args })
  expect(result.executionErrors).toMatchObject([
    { kind: 'output', name: 'ToolArgumentsError', data: { id: 'a', name: 'weather', arguments_text: args } }
  ])
  expect(result.hasErrors).toBe(true)
  expect(result.errorMessage).toContain('weather')
})

test('each error is a line of its own', async () => {
  const deltas = [call(0, 'a', 'weather', '{'), call(1, 'b', 'weather', '[')]
  const { errorMessage } = await answerOf(chatStream(deltas, 'tool_calls'), { tools: [weather] })
  expect(errorMessage.split('\n')).toEqual([expect.stringContaining('(a)'), expect.stringContaining('(b)')])
})

test('a refusal is no value of a schema, and stays with the message', async () => {
  const result = await answerOf(chatStream([{ refusal: 'Not ' }, { refusal: 'that.' }]), { format: colour })
  expect(result.message).toMatchObject({ content: '', refusal: 'Not that.', parsed: { raw: '' } })
  expect(result.executionErrors).toMatchObject([{ name: 'JSONSchemaValidationError', code: 'refusal' }])
})

test('an answer without usage is kept, and its cost is not known', async () => {
  const { message, cost } = await answerOf(chatStream([{ content: 'Blue.' }]))
  expect(message).toMatchObject({ content: 'Blue.', usage: null, cost_usd: null })
  expect(cost).toMatchObject({ costUsd: null, unpriced: 1 })
})

test('an answer that was cut off says so', async () => {
  const { message, executionErrors } = await answerOf(chatStream([{ content: '{"name":"bl' }], 'length'), {
    format: colour
  })
  expect(message.finish_reason).toBe('length')
  expect(executionErrors[0]).toMatchObject({ name: 'JSONSchemaValidationError', code: 'length' })
})

test.for<[string, Chunk]>([
  ['choices', { id: 'c1' }],
  ['choices[0]', { choices: [] }],
  ['choices[0].message', { choices: [{ index: 0, finish_reason: 'stop' }] }],
  [
    'choices[0].message.content',
    { choices: [{ message: { role: 'assistant', content: null }, finish_reason: 'stop' }] }
  ]
])('an answer without %s fails the call, and names it', async ([field, answer]) => {
  const error = await answerOf(answer).then(
    () => undefined,
    (thrown: unknown) => thrown
  )
  expect(error).toBeInstanceOf(DaybookError)
  expect(error).toMatchObject({ kind: 'bad_response', name: 'APIResponseValidationError' })
  expect((error as DaybookError).message).toContain(field)
})

test('thinking goes back as it came, with its signature', async () => {
  const blocks = [
    { type: 'thinking', thinking: 'It is day.', signature: 'c2lnbmVk' },
    { type: 'text', text: 'Blue.' },
    { type: 'tool_use', id: 't1', name: 'weather', input: { place: 'Bern' } }
  ]
  const usage = { input_tokens: 12, output_tokens: 7, cache_read_input_tokens: 100 }
  const { llm, bodies } = provider(
    messagesApi,
    { type: 'message', role: 'assistant', model: 'demo-1', id: 'm1', content: blocks, stop_reason: 'tool_use', usage },
    { type: 'message', role: 'assistant', model: 'demo-1', id: 'm2', content: [], stop_reason: 'end_turn', usage }
  )
  const dialog = asked({ tools: [weather] })
  const invoker = createInvoker({ llm })
  const modelArgs = { max_tokens: 500, stream: false }
  const { message } = await invoker.call(dialog, { model: 'demo-1', modelArgs })
  expect(message).toMatchObject({
    content: 'Blue.',
    reasoning: 'It is day.',
    usage: { input_tokens: 112, output_tokens: 7, cached_input_tokens: 100 }
  })
  dialog.append(message)
  dialog.append({ role: 'tool', tool_call_id: 't1', content: 'Rain.' })
  await invoker.call(dialog, { model: 'demo-1', modelArgs })
  expect(bodies[1]?.messages[1]).toEqual({ role: 'assistant', content: blocks })
})
