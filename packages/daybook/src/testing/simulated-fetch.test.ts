import { describe, expect, test } from 'vitest'
import { isRecord } from '../json.js'
import { fakeClock } from './clock.js'
import { type SimulatedOptions, simulatedFetch } from './simulated-fetch.js'

const chatUrl = 'https://openai.test/v1/chat/completions'
const messagesUrl = 'https://anthropic.test/v1/messages'
const question = 'Why is the sky blue at noon?'
const ask = { model: 'm-1', messages: [{ role: 'user', content: question }] }

interface Call {
  readonly url?: string
  readonly body?: unknown
  readonly signal?: AbortSignal
  readonly options?: SimulatedOptions
}

function send({ url = chatUrl, body = ask, signal, options }: Call = {}): Promise<Response> {
  const post = { method: 'POST', body: JSON.stringify(body), ...(signal ? { signal } : {}) }
  return simulatedFetch({ speed: Number.POSITIVE_INFINITY, ...options })(url, post)
}

// biome-ignore lint/suspicious/noExplicitAny: the tests look into JSON of many shapes
type Any = any

const json = async (call: Call = {}): Promise<Any> => (await send(call)).json()

/** The events of a stream: `[event name, data]`. */
async function events(call: Call = {}): Promise<[string, Any][]> {
  const body = { ...(isRecord(call.body) ? call.body : ask), stream: true }
  const response = await send({ ...call, body })
  expect(response.headers.get('content-type')).toMatch(/^text\/event-stream/)
  const text = await response.text()
  expect(text.endsWith('\n\n')).toBe(true)
  return text
    .split('\n\n')
    .filter(Boolean)
    .map(frame => {
      const name = /^event: (.*)$/m.exec(frame)?.[1] ?? ''
      const data = /^data: (.*)$/m.exec(frame)?.[1] ?? ''
      return [name, data === '[DONE]' ? data : JSON.parse(data)]
    })
}

describe('an answer', () => {
  test('has 40 to 300 words, quotes the question and says what it is', async () => {
    for (let seed = 0; seed < 60; seed++) {
      const { choices } = await json({ options: { seed } })
      const text: string = choices[0].message.content
      const words = text.split(/\s+/).length
      expect(words).toBeGreaterThanOrEqual(40)
      expect(words).toBeLessThanOrEqual(300)
      expect(text).toContain(`simulated answer to “${question}”`)
      expect(text).toMatch(/no model was asked|nothing here was looked up/i)
    }
  })

  test('depends on seed and request alone, however it is asked for', async () => {
    const first = await json()
    expect(await json()).toEqual(first)
    const { choices } = await json({ options: { seed: 'another' } })
    expect(choices[0].message.content).not.toBe(first.choices[0].message.content)
    const streamed = (await events()).flatMap(([, data]) => data.choices?.[0]?.delta.content ?? [])
    expect(streamed.join('')).toBe(first.choices[0].message.content)
    const other = await json({ body: { ...ask, temperature: 1 } })
    expect(other.choices[0].message.content).not.toBe(first.choices[0].message.content)
  })

  test('is the same in Node and in a browser', async () => {
    const { id, choices } = await json({ options: { seed: 7 } })
    expect(id).toBe('chatcmpl-simulated-7e95c037caebb18c')
    const text: string = choices[0].message.content
    expect([text.length, text.slice(-100, -75)]).toEqual([489, 're of noon instead. No mo'])
  })

  test('is about the length that was asked for', async () => {
    const { choices } = await json({ options: { words: 80 } })
    const words = choices[0].message.content.split(/\s+/).length
    expect(words).toBeGreaterThan(50)
    expect(words).toBeLessThanOrEqual(80)
  })

  test('quotes the last question, or the last line, of what the last user wrote', async () => {
    const cases: [unknown, string][] = [
      ['Read this.\nWhat now? Be brief.', 'What now?'],
      ['Some goal\n\nCompare two cities', 'Compare two cities'],
      [
        [
          { type: 'text', text: 'Look here' },
          { type: 'image_url', image_url: { url: 'data:x' } }
        ],
        'Look here'
      ],
      ['Why? Because!', 'Why?'],
      ['Is 1.5 enough? Who knows? Say it', 'Who knows?'],
      ['“Quoted” words', '"Quoted" words'],
      ['“It rains.” Is that so?', 'Is that so?'],
      [`${'long '.repeat(60)}line`, `${'long '.repeat(31)}long…`]
    ]
    for (const [content, quoted] of cases) {
      const messages = [
        { role: 'system', content: 'Be kind?' },
        { role: 'user', content },
        { role: 'assistant', content: 'Hm?' }
      ]
      const { choices } = await json({ body: { ...ask, messages } })
      expect(choices[0].message.content).toContain(`to “${quoted}”`)
    }
  })

  test('needs no question', async () => {
    for (const messages of [
      [],
      [{ role: 'user', content: '' }],
      [{ role: 'user' }],
      ['odd'],
      [{ role: 'user', content: 7 }]
    ]) {
      const { choices } = await json({ body: { ...ask, messages } })
      expect(choices[0].message.content).toContain('a question without words')
    }
  })

  test('ends where max_tokens ends, and says so', async () => {
    for (const limit of ['max_tokens', 'max_completion_tokens']) {
      const { choices, usage } = await json({ body: { ...ask, [limit]: 10 } })
      expect(choices[0]).toMatchObject({
        finish_reason: 'length',
        message: { content: expect.stringMatching(/^.{40}$/s) }
      })
      expect(usage.completion_tokens).toBe(10)
    }
    const { stop_reason } = await json({ url: messagesUrl, body: { ...ask, max_tokens: 10 } })
    expect(stop_reason).toBe('max_tokens')
  })

  test('is never cut in the middle of a character', async () => {
    const messages = [{ role: 'user', content: '😀'.repeat(120) }]
    for (const max_tokens of [9, 10, 11, 12, 13]) {
      const { choices } = await json({ body: { ...ask, messages, max_tokens } })
      expect(choices[0].message.content).toBe(choices[0].message.content.toWellFormed?.() ?? choices[0].message.content)
    }
  })

  test('counts characters divided by four, marked as an estimate', async () => {
    const { choices, usage } = await json({ body: { ...ask, messages: [{ role: 'user', content: 'x'.repeat(400) }] } })
    const output = Math.ceil(choices[0].message.content.length / 4)
    expect(usage).toEqual({
      prompt_tokens: 100,
      completion_tokens: output,
      total_tokens: 100 + output,
      estimated: true
    })
  })
})

describe('Chat Completions', () => {
  test('as JSON', async () => {
    expect(await json()).toMatchObject({
      id: expect.stringMatching(/^chatcmpl-simulated-/),
      object: 'chat.completion',
      model: 'm-1',
      choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', refusal: null } }]
    })
  })

  test('as a stream: role, words, finish, usage where it was asked for, [DONE]', async () => {
    const seen = await events({ body: { ...ask, stream_options: { include_usage: true } } })
    const chunks = seen.map(([, data]) => data)
    expect(chunks.pop()).toBe('[DONE]')
    const usage = chunks.pop()
    expect(usage).toMatchObject({ choices: [], usage: { estimated: true } })
    expect(chunks.pop().choices).toEqual([{ index: 0, delta: {}, logprobs: null, finish_reason: 'stop' }])
    expect(chunks.shift().choices[0].delta).toEqual({ role: 'assistant', content: '', refusal: null })
    expect(chunks.length).toBeGreaterThan(20)
    expect(new Set(seen.map(([name]) => name))).toEqual(new Set(['']))
    expect(new Set(chunks.map(chunk => `${chunk.id} ${chunk.model} ${chunk.object}`)).size).toBe(1)

    const without = (await events()).map(([, data]) => data)
    expect(without.filter(chunk => chunk.usage)).toEqual([])
    expect(without.at(-1)).toBe('[DONE]')
  })
})

describe('Messages', () => {
  test('as JSON', async () => {
    expect(await json({ url: messagesUrl })).toMatchObject({
      id: expect.stringMatching(/^msg_simulated_/),
      type: 'message',
      role: 'assistant',
      model: 'm-1',
      content: [{ type: 'text', text: expect.stringContaining(question) }],
      stop_reason: 'end_turn',
      stop_sequence: null,
      usage: { input_tokens: 7, output_tokens: expect.any(Number), estimated: true }
    })
  })

  test('as a stream: from message_start to message_stop', async () => {
    const seen = await events({ url: messagesUrl })
    for (const [name, data] of seen) expect(data.type).toBe(name)
    const names = seen.map(([name]) => name)
    expect(names.filter(name => name !== 'content_block_delta')).toEqual([
      'message_start',
      'content_block_start',
      'ping',
      'content_block_stop',
      'message_delta',
      'message_stop'
    ])
    const text = seen.flatMap(([, data]) => (data.delta?.type === 'text_delta' ? [data.delta.text] : [])).join('')
    const whole = await json({ url: messagesUrl })
    expect(text).toBe(whole.content[0].text)
    expect(seen.at(-2)?.[1]).toMatchObject({
      delta: { stop_reason: 'end_turn' },
      usage: { output_tokens: whole.usage.output_tokens, estimated: true }
    })
  })
})

describe('a tool', () => {
  const schema = {
    type: 'object',
    properties: {
      city: { type: 'string' },
      unit: { enum: ['C', 'F'] },
      days: { type: 'integer', minimum: 3, maximum: 5 },
      places: { type: 'array', items: { $ref: '#/$defs/place' }, minItems: 3 },
      note: { type: 'string' }
    },
    required: ['city', 'unit', 'days', 'places'],
    $defs: { place: { type: 'object', properties: { lat: { type: 'number' }, self: { $ref: '#/$defs/place' } } } }
  }
  const chat = {
    ...ask,
    tools: [{ type: 'function', function: { name: 'weather', parameters: schema } }],
    tool_choice: 'required'
  }
  const messages = { ...ask, tools: [{ name: 'weather', input_schema: schema }], tool_choice: { type: 'any' } }
  const fits = (input: Any): void => {
    expect(Object.keys(input)).toEqual(schema.required)
    expect(input.city).toBe('a simulated city')
    expect(['C', 'F']).toContain(input.unit)
    expect([3, 4, 5]).toContain(input.days)
    expect(input.places).toHaveLength(3)
    expect(typeof input.places[0].lat).toBe('number')
  }

  test('is called where it must be, in both formats, whole and streamed', async () => {
    const { choices } = await json({ body: chat })
    expect(choices[0]).toMatchObject({ finish_reason: 'tool_calls', message: { content: null } })
    const [call] = choices[0].message.tool_calls
    expect(call).toMatchObject({ type: 'function', function: { name: 'weather' } })
    fits(JSON.parse(call.function.arguments))

    const deltas = (await events({ body: chat })).flatMap(([, data]) => data.choices?.[0]?.delta.tool_calls ?? [])
    expect(deltas[0]).toMatchObject({ index: 0, id: call.id, function: { name: 'weather', arguments: '' } })
    expect(deltas.map(delta => delta.function.arguments).join('')).toBe(call.function.arguments)

    const whole = await json({ url: messagesUrl, body: messages })
    expect(whole).toMatchObject({ stop_reason: 'tool_use', content: [{ type: 'tool_use', name: 'weather' }] })
    fits(whole.content[0].input)
    const streamed = await events({ url: messagesUrl, body: messages })
    const parts = streamed.flatMap(([, data]) => data.delta?.partial_json ?? [])
    expect(JSON.parse(parts.join(''))).toEqual(whole.content[0].input)
  })

  test('that is named is the one that is called', async () => {
    const tools = ['first', 'second', 'third'].map(name => ({ type: 'function', function: { name } }))
    for (const name of ['first', 'second', 'third']) {
      const { choices } = await json({ body: { ...ask, tools, tool_choice: { type: 'function', function: { name } } } })
      expect(choices[0].message.tool_calls[0].function).toEqual({ name, arguments: '{}' })
      const plain = tools.map(tool => tool.function)
      const { content } = await json({
        url: messagesUrl,
        body: { ...ask, tools: plain, tool_choice: { type: 'tool', name } }
      })
      expect(content[0]).toMatchObject({ name, input: {} })
    }
  })

  test('is left alone where the model would be free', async () => {
    for (const tool_choice of [undefined, 'auto', 'none', { type: 'auto' }]) {
      const { choices } = await json({ body: { ...chat, tool_choice } })
      expect(choices[0].finish_reason).toBe('stop')
    }
  })

  test('and a response format: the text is JSON of the schema', async () => {
    const response_format = { type: 'json_schema', json_schema: { name: 'weather', schema } }
    const { choices } = await json({ body: { ...ask, response_format } })
    fits(JSON.parse(choices[0].message.content))
  })
})

describe('the pace', () => {
  const streamed = { ...ask, stream: true }

  test('is 150 to 600 ms to the first delta, then 20 to 60 deltas a second', async () => {
    for (let seed = 0; seed < 8; seed++) {
      const clock = fakeClock(0)
      const response = await send({ body: streamed, options: { seed, speed: 1, sleep: clock.sleep } })
      const reader = (response.body as ReadableStream<Uint8Array>).getReader()
      const times: number[] = []
      const read = async (): Promise<void> => {
        for (let next = await reader.read(); !next.done; next = await reader.read()) {
          if (/"content":"[^"]/.test(new TextDecoder().decode(next.value))) times.push(clock.now())
        }
      }
      await clock.finish(read())
      const [first = 0, last = 0] = [times[0], times.at(-1)]
      expect(first).toBeGreaterThanOrEqual(150)
      expect(first).toBeLessThanOrEqual(600)
      const perSecond = ((times.length - 1) * 1000) / (last - first)
      expect(perSecond).toBeGreaterThan(17)
      expect(perSecond).toBeLessThan(70)
    }
  })

  test('is what the options say, and JSON takes as long as its stream', async () => {
    const took = async (options: SimulatedOptions): Promise<number> => {
      const clock = fakeClock(0)
      await clock.finish(send({ options: { speed: 1, ...options, sleep: clock.sleep } }))
      return clock.now()
    }
    const single = await took({ firstDeltaMs: 1000, deltasPerSecond: 10 })
    expect(await took({ firstDeltaMs: 3000, deltasPerSecond: 10 })).toBeCloseTo(single + 2000, 3)
    expect(await took({ firstDeltaMs: 1000, deltasPerSecond: 10, speed: 4 })).toBeCloseTo(single / 4, 3)
    expect(await took({ speed: Number.POSITIVE_INFINITY })).toBe(0)
  })

  test('that makes no sense is refused when the fetch is made', () => {
    for (const options of [
      { speed: 0 },
      { speed: Number.NaN },
      { words: 0 },
      { words: [9, 3] as const },
      { firstDeltaMs: -1 }
    ]) {
      expect(() => simulatedFetch(options)).toThrow('must be')
    }
  })
})

describe('an abort', () => {
  const reason = new DOMException('stop', 'AbortError')

  test('before the call', async () => {
    await expect(send({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
  })

  test('while a JSON answer is waited for', async () => {
    const clock = fakeClock()
    const controller = new AbortController()
    const response = send({ signal: controller.signal, options: { speed: 1, sleep: clock.sleep } })
    response.catch(() => {})
    await clock.advance(10)
    expect(clock.sleeping).toBe(1)
    controller.abort(reason)
    await expect(response).rejects.toBe(reason)
    expect(clock.sleeping).toBe(0)
  })

  test('while a delta is waited for', async () => {
    const clock = fakeClock()
    const controller = new AbortController()
    const options = { speed: 1, sleep: clock.sleep }
    const response = await send({ body: { ...ask, stream: true }, signal: controller.signal, options })
    const reader = (response.body as ReadableStream<Uint8Array>).getReader()
    await reader.read()
    const pending = reader.read()
    pending.catch(() => {})
    await clock.advance(10)
    expect(clock.sleeping).toBe(1)
    controller.abort(reason)
    await expect(pending).rejects.toBe(reason)
    await clock.advance(0)
    expect(clock.sleeping).toBe(0)
  })

  test('by leaving the body ends the waits', async () => {
    const clock = fakeClock()
    const response = await send({ body: { ...ask, stream: true }, options: { speed: 1, sleep: clock.sleep } })
    const reader = (response.body as ReadableStream<Uint8Array>).getReader()
    await reader.read()
    const pending = reader.read()
    await clock.advance(10)
    expect(clock.sleeping).toBe(1)
    await reader.cancel()
    expect((await pending).done).toBe(true)
    await clock.advance(0)
    expect(clock.sleeping).toBe(0)
  })
})

describe('what it is not asked for properly', () => {
  test('is a JSON error: unknown paths 404, other methods 405, bad bodies 400', async () => {
    const simulated = simulatedFetch()
    const unknown = await simulated('https://openai.test/v1/embeddings', { method: 'POST', body: '{}' })
    expect(unknown.status).toBe(404)
    expect(await unknown.json()).toMatchObject({
      error: { type: 'not_found_error', message: expect.stringContaining('/v1/embeddings') }
    })
    expect((await simulated(chatUrl)).status).toBe(405)
    const deep = `{"model":"m","messages":[${'['.repeat(2000)}${']'.repeat(2000)}]}`
    for (const body of [deep, '', 'no json', '[]', '{}', '{"model":"m"}', '{"model":1,"messages":[]}']) {
      const response = await simulated(chatUrl, { method: 'POST', body })
      expect(response.status).toBe(400)
      expect(await response.json()).toMatchObject({ error: { type: 'invalid_request_error' } })
    }
    for (const body of ['{"model":"m"}', '{"model":"m","messages":[]}', '{"model":"m","input":7}']) {
      const response = await simulated('https://openai.test/v1/responses', { method: 'POST', body })
      expect(response.status).toBe(400)
      expect(await response.json()).toMatchObject({ error: { message: expect.stringContaining('model and input') } })
    }
  })
})

test('answers at the addresses of every provider', async () => {
  for (const url of [
    'https://llm.openai.azure.com/openai/deployments/mine/chat/completions?api-version=2025-01-01',
    'https://aiplatform.test/v1/projects/p/locations/l/endpoints/openapi/chat/completions',
    'http://localhost:11434/v1/chat/completions',
    'https://llm.openai.azure.com/openai/v1/responses?api-version=preview'
  ]) {
    const body = url.includes('/responses') ? { model: 'm', input: question } : ask
    expect(JSON.stringify(await json({ url, body }))).toContain('simulated answer')
  }
})

test('reads what is written to be slow in no time', async () => {
  const texts = ['<', '<a', '<a ', '```a', '"', '1', '1+', 'A ', ' and ', '<a>'].map(text => text.repeat(200_000))
  const tools = [{ type: 'function', function: { name: 'a', description: texts.join(' '), parameters: {} } }]
  const started = performance.now()
  for (const content of texts) await json({ body: { ...ask, messages: [{ role: 'user', content }], tools } })
  expect(performance.now() - started).toBeLessThan(10_000)
})

test('takes every form of address and body that fetch takes', async () => {
  const simulated = simulatedFetch({ speed: Number.POSITIVE_INFINITY })
  const text = JSON.stringify(ask)
  const bytes = new TextEncoder().encode(text)
  const answers = await Promise.all([
    simulated(chatUrl, { method: 'POST', body: text }),
    simulated(new URL(`${chatUrl}?x=1`), { method: 'post', body: bytes }),
    simulated('/api/llm/openai/chat/completions', { method: 'POST', body: new Blob([text]) }),
    simulated(new Request(chatUrl, { method: 'POST', body: text }))
  ])
  const texts = await Promise.all(answers.map(answer => answer.text()))
  expect(new Set(texts).size).toBe(1)
  expect(answers.map(answer => answer.status)).toEqual([200, 200, 200, 200])
  expect(simulated.simulated).toBe(true)
})
