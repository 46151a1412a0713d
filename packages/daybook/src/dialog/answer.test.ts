import { expect, test } from 'vitest'
import { z } from 'zod'
import { ParserError } from '../errors.js'
import type { LLMResponse } from '../llm/llm.js'
import { answerMessage, type Reading, readAnswer } from './answer.js'
import { schemaOf } from './schema.js'

const blue: LLMResponse = {
  text: 'Blue.',
  model: 'demo-1',
  message: { role: 'assistant', content: 'Blue.' },
  finish_reason: 'stop',
  usage: { input_tokens: 5, output_tokens: 2 },
  tool_calls: [],
  cost_usd: 0.01,
  cached: false
}

const city = schemaOf({
  type: 'object',
  properties: { name: { type: 'string' }, size: { type: 'integer' } },
  required: ['name', 'size'],
  additionalProperties: false
})

function byFormat(text: string, reply: Partial<LLMResponse> = {}): Promise<Reading> {
  return readAnswer({ ...blue, text, ...reply }, { format: city, parser: undefined }, undefined)
}

function byParser(parse: (text: string, args?: unknown) => unknown, reply: Partial<LLMResponse> = {}) {
  return readAnswer({ ...blue, ...reply }, { format: undefined, parser: { parse } }, { language: 'en' })
}

const whole = '{"name":"Bern","size":3}'

test('without a parser and a format there is nothing to parse', async () => {
  expect(await readAnswer(blue, undefined, undefined)).toEqual({ parsed: undefined, errors: [] })
})

test.for([
  whole,
  ` \n${whole}\n`,
  `\`\`\`json\n${whole}\n\`\`\``,
  `\`\`\`\n${whole}\n\`\`\`\n`,
  `\`\`\`JSON\r\n${whole}\`\`\``
])('of a format, the value, also where it is all that a fenced block holds: %j', async text => {
  expect(await byFormat(text)).toEqual({ parsed: { name: 'Bern', size: 3 }, errors: [] })
})

test('of a format, the value is what the schema makes of it, with its transforms and defaults', async () => {
  const format = schemaOf(
    z.object({ name: z.string().transform(name => name.toUpperCase()), size: z.int().default(3) })
  )
  const { parsed } = await readAnswer({ ...blue, text: '{"name":"Bern"}' }, { format, parser: undefined }, undefined)
  expect(parsed).toEqual({ name: 'BERN', size: 3 })
})

test.for<[string, string, Partial<LLMResponse>, Record<string, unknown>, string]>([
  ['no JSON', 'Bern has 3.', {}, {}, 'not valid JSON'],
  ['text beside JSON', `Here it is: ${whole}`, {}, {}, 'not valid JSON'],
  ['a block of another language', `\`\`\`yaml\n${whole}\n\`\`\``, {}, {}, 'not valid JSON'],
  ['nothing', ' ', {}, {}, 'empty'],
  ['another value', '{"name":"Bern","size":"many"}', {}, {}, '$.size'],
  ['a refusal', '', { refusal: 'Not that.' }, { code: 'refusal' }, 'Not that.'],
  ['an answer that was cut off', whole, { finish_reason: 'length' }, { code: 'length' }, 'cut off'],
  ['a filtered answer', whole, { finish_reason: 'content_filter' }, { code: 'content_filter' }, 'content filter']
])('of a format, %s is an error, and the text is kept', async ([_what, text, reply, details, words]) => {
  const { parsed, errors } = await byFormat(text, reply)
  expect(parsed).toEqual({ raw: text })
  expect(errors).toHaveLength(1)
  expect(errors[0]).toMatchObject({ kind: 'output', name: 'JSONSchemaValidationError', model: 'demo-1', ...details })
  expect(errors[0]?.message).toContain(words)
})

test('the issues of a schema are with the error', async () => {
  const { errors } = await byFormat('{"size":"many"}')
  expect(errors[0]?.data?.issues).toHaveLength(2)
})

test('a parser is given the text and the arguments of the call, and its result gets the text', async () => {
  const parsed = (await byParser((text, args) => Promise.resolve({ text, args }))).parsed
  expect(parsed).toEqual({ text: 'Blue.', args: { language: 'en' }, raw: 'Blue.' })
  expect((await byParser(() => ({ raw: 'its own' }))).parsed).toEqual({ raw: 'its own' })
  expect((await byParser(() => ['blue'])).parsed).toEqual(['blue'])
  expect(Object.isFrozen(parsed)).toBe(true)
})

test.for<[string, () => unknown, Partial<LLMResponse>, string]>([
  [
    'throws',
    () => {
      throw new RangeError('No colour.')
    },
    {},
    'No colour.'
  ],
  ['rejects', () => Promise.reject(new Error('No colour.')), {}, 'No colour.'],
  [
    'throws what is no error',
    () => {
      throw 'No colour.'
    },
    {},
    'No colour.'
  ],
  ['gives nothing', () => undefined, {}, 'cannot be kept'],
  ['gives a Date', () => ({ when: new Date(0) }), {}, 'Date'],
  ['is never asked, of a refusal', () => 'blue', { text: '', refusal: 'Not that.' }, 'Not that.'],
  [
    'throws of an answer that was cut off',
    () => {
      throw new Error('No colour.')
    },
    { finish_reason: 'length' },
    'cut off'
  ]
])('a parser that %s is an error, and the text is kept', async ([_what, parse, reply, words]) => {
  const { parsed, errors } = await byParser(parse, reply)
  expect(parsed).toEqual({ raw: reply.text ?? 'Blue.' })
  expect(errors[0]).toMatchObject({ kind: 'output', name: 'ParserError' })
  expect(errors[0]?.message).toContain(words)
})

test("a parser's own error is kept as it is", async () => {
  const error = new ParserError('No colour.', { code: 'colour' })
  const { errors } = await byParser(() => {
    throw error
  })
  expect(errors[0]).toBe(error)
})

test('beside tool calls nothing is parsed, and arguments that are no JSON are errors with what was written', async () => {
  const tool_calls = [
    { id: 'a', name: 'weather', arguments: { place: 'Bern' } },
    { id: 'b', name: 'weather', arguments: undefined, arguments_text: '{"place":', error: 'They are not valid JSON.' }
  ]
  const { parsed, errors } = await byFormat('Let me see.', { tool_calls, finish_reason: 'tool_calls' })
  expect(parsed).toBeUndefined()
  expect(errors).toHaveLength(1)
  expect(errors[0]).toMatchObject({
    kind: 'output',
    name: 'ToolArgumentsError',
    data: { id: 'b', name: 'weather', arguments_text: '{"place":' }
  })
})

test('arguments that were cut off say so', async () => {
  const tool_calls = [{ id: 'b', name: 'weather', arguments: undefined, arguments_text: '{"pl', error: 'No JSON.' }]
  const { errors } = await byFormat('', { tool_calls, finish_reason: 'length' })
  expect(errors[0]).toMatchObject({ name: 'ToolArgumentsError', code: 'length' })
  expect(errors[0]?.message).toContain('cut off')
})

const told = { newId: () => 'id-1', responder: 'assistant', parsed: undefined, metadata: undefined }

test('the message says what was answered, by whom and at what cost, and holds nothing of the call', () => {
  const response: LLMResponse = {
    ...blue,
    reasoning: 'It is day.',
    id: 'answer-1',
    native: { finish_reason: 'end_turn' },
    message: { ...blue.message, native: { api: 'messages', content: [] } }
  }
  const message = answerMessage(response, {
    ...told,
    responder: 'Painter No. 5',
    parsed: { colour: 'blue' },
    metadata: { page: 3 }
  })
  expect(message).toEqual({
    id: 'id-1',
    role: 'assistant',
    content: 'Blue.',
    name: 'Painter No. 5',
    native: { api: 'messages', content: [] },
    reasoning: 'It is day.',
    model: 'demo-1',
    usage: { input_tokens: 5, output_tokens: 2 },
    cost_usd: 0.01,
    cached: false,
    finish_reason: 'stop',
    parsed: { colour: 'blue' },
    metadata: { page: 3 }
  })
  expect(Object.isFrozen(message.usage)).toBe(true)
})

test('the text beside tool calls stays, and the calls go back as they came', () => {
  const tool_calls = [{ id: 'a', type: 'function', function: { name: 'weather', arguments: '{"place":' } }] as const
  const message = answerMessage(
    { ...blue, message: { role: 'assistant', content: 'Let me see.', tool_calls }, finish_reason: 'tool_calls' },
    told
  )
  expect(message).toMatchObject({ content: 'Let me see.', tool_calls })
})

test('a refusal stays with its message, whose content may be null', () => {
  const message = answerMessage(
    { ...blue, text: '', refusal: 'Not that.', message: { role: 'assistant', content: null } },
    told
  )
  expect(message).toMatchObject({ content: null, refusal: 'Not that.' })
})
