import OpenAI from 'openai'
import { describe, expect, test } from 'vitest'
import { fromOpenAI } from '../../openai/index.js'
import { simulatedFetch } from '../../testing/simulated-fetch.js'
import type { LLMDelta, LLMFn, LLMRequest, LLMResponse, Message } from '../llm.js'
import { responsesApi } from './responses-api.js'
import { renderResponses } from './responses-request.js'

const baseURL = 'https://provider.test/v1'
const apiKey = 'a-key-for-tests'
const request: LLMRequest = { model: 'demo-1', messages: [{ role: 'user', content: 'Hello' }] }

type Item = Readonly<Record<string, unknown>>

const message = (...texts: readonly string[]): Item => ({
  type: 'message',
  id: 'msg_1',
  role: 'assistant',
  status: 'completed',
  content: texts.map(text => ({ type: 'output_text', text, annotations: [], logprobs: [] }))
})
const calls = (call_id: string, name: string, args: unknown): Item => ({
  type: 'function_call',
  id: `fc_${call_id}`,
  call_id,
  name,
  arguments: args,
  status: 'completed'
})
const thought = (...texts: readonly string[]): Item => ({
  type: 'reasoning',
  id: 'rs_1',
  summary: texts.map(text => ({ type: 'summary_text', text })),
  encrypted_content: 'gAAA'
})
const usage = {
  input_tokens: 10,
  input_tokens_details: { cached_tokens: 4, cache_write_tokens: 0 },
  output_tokens: 5,
  output_tokens_details: { reasoning_tokens: 2 },
  total_tokens: 15
}
const response = (output: readonly unknown[], more: object = {}): Item => ({
  id: 'resp_1',
  object: 'response',
  status: 'completed',
  error: null,
  incomplete_details: null,
  model: 'demo-1-2026',
  output,
  usage,
  ...more
})
const part = (delta: string, output_index = 0): Item => ({
  type: 'response.output_text.delta',
  output_index,
  content_index: 0,
  delta
})
const created: Item = { type: 'response.created', response: response([], { status: 'in_progress', usage: null }) }
const added = (item: Item, output_index = 0): Item => ({ type: 'response.output_item.added', output_index, item })
const done = (item: Item, output_index = 0): Item => ({ type: 'response.output_item.done', output_index, item })
const completed = (output: readonly unknown[], more: object = {}): Item => ({
  type: 'response.completed',
  response: response(output, more)
})
const numbered = (events: readonly Item[]): readonly Item[] =>
  events.map((event, sequence_number) => ({ ...event, sequence_number }))

/** Answers with events as a stream, or with one JSON. */
function answering(answer: readonly Item[] | Item): LLMFn {
  const body = Array.isArray(answer)
    ? (answer as readonly Item[]).map(event => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join('')
    : JSON.stringify(answer)
  const type = Array.isArray(answer) ? 'text/event-stream' : 'application/json'
  return responsesApi({
    baseURL,
    apiKey,
    provider: 'openai',
    fetch: async () => new Response(body, { headers: { 'content-type': type } })
  })
}

async function read(answer: readonly Item[] | Item): Promise<{ response: LLMResponse; deltas: readonly LLMDelta[] }> {
  const deltas: LLMDelta[] = []
  const stream = answering(answer)({ ...request, stream: Array.isArray(answer) })
  for await (const delta of stream) deltas.push(delta)
  return { response: await stream, deltas }
}

async function failed(answer: readonly Item[] | Item): Promise<unknown> {
  return answering(answer)({ ...request, stream: Array.isArray(answer) }).then(
    () => expect.unreachable('it should have failed'),
    (error: unknown) => error
  )
}

/** Every item as a stream says it, from its beginning to its end. */
function streamed(output: readonly Item[]): readonly Item[] {
  return numbered([
    created,
    ...output.flatMap((item, at) => {
      const open = added({ ...item, status: 'in_progress', content: [], summary: [], arguments: '' }, at)
      const list = (item.content ?? item.summary ?? []) as readonly { type: string; text?: string; refusal?: string }[]
      const pieces = list.flatMap(({ type, text = '', refusal }, index) => {
        const kind = { output_text: 'output_text', refusal: 'refusal', summary_text: 'reasoning_summary_text' }[type]
        const place = item.summary ? { summary_index: index } : { content_index: index }
        return [...(refusal ?? text)].map(delta => ({
          type: `response.${kind}.delta`,
          output_index: at,
          ...place,
          delta
        }))
      })
      const input = [...(item.type === 'function_call' ? String(item.arguments) : '')].map(delta => ({
        type: 'response.function_call_arguments.delta',
        output_index: at,
        delta
      }))
      return [open, ...pieces, ...input, done(item, at)]
    }),
    completed(output)
  ])
}

describe('an answer, streamed or in one piece', () => {
  const refused: Item = { ...message(), content: [{ type: 'refusal', refusal: 'I cannot help with that.' }] }
  test.each([
    ['text', [message('Good morning')], { text: 'Good morning', finish_reason: 'stop' }],
    ['text in parts', [message('Good ', 'morning')], { text: 'Good morning' }],
    ['text with a smile', [message('Hi 😀!')], { text: 'Hi 😀!' }],
    ['a refusal', [refused], { text: '', refusal: 'I cannot help with that.', finish_reason: 'stop' }],
    [
      'reasoning in parts and items',
      [thought('First.', 'Second.'), { ...thought('Third.'), id: 'rs_2' }, message('Yes')],
      { text: 'Yes', reasoning: 'First.\n\nSecond.\n\nThird.' }
    ],
    [
      'calls of functions',
      [calls('a', 'weather', '{"city":"Oslo"}'), calls('b', 'now', '')],
      {
        finish_reason: 'tool_calls',
        tool_calls: [
          { id: 'a', name: 'weather', arguments: { city: 'Oslo' } },
          { id: 'b', name: 'now', arguments: {} }
        ]
      }
    ],
    [
      'arguments that are no JSON',
      [calls('a', 'weather', '{"city":"Os')],
      { tool_calls: [{ id: 'a', arguments: undefined, arguments_text: '{"city":"Os', error: expect.any(String) }] }
    ]
  ])('%s', async (_name, output, expected) => {
    const [one, other] = [await read(streamed(output)), await read(response(output))]
    for (const { response: answer, deltas } of [one, other]) {
      expect(answer).toMatchObject({ id: 'resp_1', model: 'demo-1-2026', native: { finish_reason: 'completed' } })
      expect(answer).toMatchObject(expected)
      const said = (type: LLMDelta['type']) =>
        deltas.map(delta => (delta.type === type && 'text' in delta ? delta.text : '')).join('')
      expect(said('text.delta')).toBe(answer.text)
      expect(said('reasoning.delta')).toBe(answer.reasoning ?? '')
      expect(answer.usage).toEqual({
        input_tokens: 10,
        output_tokens: 5,
        cached_input_tokens: 4,
        reasoning_tokens: 2
      })
    }
    expect(one.response).toEqual(other.response)
  })

  test('the SDK reads the same, in both forms', async () => {
    const output = [thought('Hm.'), message('Good morning'), calls('a', 'f', '{}')]
    for (const stream of [true, false]) {
      const events = streamed(output).map(event => `data: ${JSON.stringify(event)}\n\n`)
      const [body, type] = stream
        ? [events.join(''), 'text/event-stream']
        : [JSON.stringify(response(output)), 'application/json']
      const fetch = async () => new Response(body, { headers: { 'content-type': type } })
      const client = new OpenAI({ baseURL, apiKey, fetch, dangerouslyAllowBrowser: true })
      const answer = await fromOpenAI(client, { api: 'responses', provider: 'openai' })({ ...request, stream })
      expect(answer).toEqual((await read(response(output))).response)
    }
  })

  test('a client that gives parsed events is read as well', async () => {
    const create = async () =>
      (async function* () {
        yield* streamed([message('Good morning')])
      })()
    const client = { baseURL, chat: { completions: { create } }, responses: { create } }
    expect((await fromOpenAI(client, { api: 'responses' })(request)).text).toBe('Good morning')
  })
})

describe('what is sent', () => {
  test('goes to its path with the key, and is rendered', async () => {
    const sent: { url: string; key: string | null; body: unknown }[] = []
    const fetch: typeof globalThis.fetch = async (input, init) => {
      const key = new Headers(init?.headers).get('authorization')
      sent.push({ url: String(input), key, body: JSON.parse(String(init?.body)) })
      return Response.json(response([message('Hi')]))
    }
    const llm = responsesApi({ baseURL, apiKey, fetch })
    expect(llm.target?.(request)).toEqual({ provider: 'custom', api: 'responses', base_url: baseURL, model: 'demo-1' })
    expect(await llm({ ...request, seed: 1 })).toMatchObject({ dropped: ['seed'] })
    const input = [{ type: 'message', role: 'user', content: 'Hello' }]
    const body = { model: 'demo-1', input, stream: true }
    expect(sent).toEqual([{ url: `${baseURL}/responses`, key: `Bearer ${apiKey}`, body }])
  })
})

describe('the message of an answer', () => {
  const sentBack = ({ message: said }: LLMResponse) =>
    renderResponses({ model: 'demo-1', messages: [said] }, { provider: 'openai' }).body.input

  test('is common where that says it all, and has the items where it does not', async () => {
    const plain = [message('Let me see.'), calls('a', 'f', '{}')]
    expect((await read(streamed(plain))).response.message).toEqual({
      role: 'assistant',
      content: 'Let me see.',
      tool_calls: [{ id: 'a', type: 'function', function: { name: 'f', arguments: '{}' } }]
    })
    const note = { type: 'url_citation', url: 'https://x.test', start_index: 0, end_index: 2 }
    const cited = { ...message(), content: [{ type: 'output_text', text: 'Hi', annotations: [note] }] }
    for (const output of [
      [thought(), message('Hi')],
      [
        { type: 'web_search_call', id: 'ws_1', status: 'completed', action: { type: 'search', query: 'x' } },
        message('Hi')
      ],
      [{ type: 'mcp_list_tools', id: 'mcpl_1', server_label: 'docs', tools: [] }, message('Hi')],
      [cited],
      [{ ...message('Hi'), phase: 'commentary' }],
      [message('Hi'), { ...message('there'), id: 'msg_2' }],
      [calls('a', 'f', '{}'), message('Hi')],
      [{ ...calls('a', 'f', '{}'), namespace: 'crm' }]
    ]) {
      for (const answer of [streamed(output), response(output)]) {
        const { response: given } = await read(answer)
        expect(given.message.native).toEqual({ api: 'responses', provider: 'openai', content: output })
        expect(JSON.stringify(sentBack(given))).toBe(JSON.stringify(output))
      }
    }
  })

  test('and the results of its tools make a valid second turn', async () => {
    const output = [thought('Hm.'), calls('a', 'f', '{}'), calls('b', 'g', '{}')]
    const { response: first } = await read(streamed(output))
    const results = first.tool_calls.map(({ id, name }) => ({ role: 'tool' as const, tool_call_id: id, content: name }))
    const { body } = renderResponses({ ...request, messages: [first.message, ...results] }, { provider: 'openai' })
    expect(body.input).toEqual([
      ...output,
      { type: 'function_call_output', call_id: 'a', output: 'f' },
      { type: 'function_call_output', call_id: 'b', output: 'g' }
    ])
  })

  test('calls without an id, or with the same one, get one that their items have too', async () => {
    const nameless = { ...calls('', 'f', '{}'), call_id: undefined }
    const output = [thought(), calls('a', 'f', '{}'), calls('a', 'g', '{}'), nameless]
    for (const answer of [streamed(output), response(output)]) {
      const { response: given } = await read(answer)
      const ids = given.tool_calls.map(({ id }) => id)
      expect(new Set(ids).size).toBe(3)
      expect(ids.every(Boolean)).toBe(true)
      expect((sentBack(given) as readonly Item[]).slice(1).map(({ call_id }) => call_id)).toEqual(ids)
      expect(given.native).toMatchObject({ tool_call_ids: ['a', 'a', ''] })
    }
  })
})

test('a call of the computer is a tool call with its action and what to look at twice', async () => {
  const action = { type: 'click', x: 1, y: 2, button: 'left' }
  const checks = [{ id: 'sc_1', code: 'malicious_instructions', message: 'Look twice.' }]
  const item = {
    type: 'computer_call',
    id: 'cu_1',
    call_id: 'a',
    action,
    pending_safety_checks: checks,
    status: 'completed'
  }
  const many = { ...item, call_id: 'b', action: undefined, actions: [action], pending_safety_checks: undefined }
  for (const answer of [streamed([item, many]), response([item, many])]) {
    const { response: given } = await read(answer)
    expect(given.tool_calls).toEqual([
      { id: 'a', name: 'computer_use', arguments: { action, safety_checks: checks } },
      { id: 'b', name: 'computer_use', arguments: { actions: [action], safety_checks: [] } }
    ])
    expect(given.finish_reason).toBe('tool_calls')
    expect(given.message.native?.content).toMatchObject([{ type: 'computer_call' }, { type: 'computer_call' }])
  }
})

describe('how an answer ends', () => {
  const cut = (reason: unknown, output: readonly Item[]): Item => ({
    type: 'response.incomplete',
    response: response(output, { status: 'incomplete', incomplete_details: reason && { reason } })
  })

  test.each([
    ['max_output_tokens', 'length'],
    ['content_filter', 'content_filter'],
    ['something new', 'other'],
    [null, 'other']
  ])('incomplete by %s is %s, and its text is kept', async (reason, finish_reason) => {
    const output = [{ ...message('Good mor'), status: 'incomplete' }]
    const { response: given } = await read(numbered([created, added(message()), part('Good mor'), cut(reason, output)]))
    expect(given).toMatchObject({ text: 'Good mor', finish_reason, native: { finish_reason: reason ?? 'incomplete' } })
    expect((await read(cut(reason, output).response as Item)).response).toEqual(given)
  })

  test('a thought that was cut off does not go back', async () => {
    const { response: given } = await read([created, cut('max_output_tokens', [thought('Hm.')])])
    expect(given).toMatchObject({ text: '', reasoning: 'Hm.', finish_reason: 'length' })
    expect(given.message).toEqual({ role: 'assistant', content: '' })
    const kept = [thought('Hm.'), message('Well')]
    const { response: other } = await read([created, cut('max_output_tokens', [...kept, thought('And')])])
    expect(other.message.native?.content).toEqual(kept)
  })

  test('without its last event it is cut off, whatever came before', async () => {
    const events = streamed([message('Good morning')]).slice(0, -1)
    expect(await failed(events)).toMatchObject({ name: 'IncompleteStreamError', partial: { text: 'Good morning' } })
    expect(await failed([created])).toMatchObject({ name: 'IncompleteStreamError' })
  })

  test('an answer that is still being made is none', async () => {
    for (const status of ['queued', 'in_progress', 'cancelled', undefined, 7]) {
      expect(await failed(response([message('Hi')], { status }))).toMatchObject({ name: 'APIResponseValidationError' })
    }
  })

  test.each([
    ['server_error', 'InternalServerError', true],
    ['rate_limit_exceeded', 'RateLimitError', true],
    ['invalid_prompt', 'BadRequestError', false],
    ['image_content_policy_violation', 'ContentPolicyViolationError', false],
    ['bio_policy', 'ContentPolicyViolationError', false],
    ['image_file_not_found', 'BadRequestError', false],
    ['context_length_exceeded', 'ContextWindowExceededError', false]
  ])('a failure with the code %s is a %s, wherever it stands', async (code, name, retryable) => {
    const error = { code, message: 'It did not work.' }
    const begun = [created, added(message()), part('Goo')]
    const answers = [
      numbered([...begun, { type: 'response.failed', response: response([], { status: 'failed', error }) }]),
      numbered([...begun, { type: 'error', ...error, param: null }]),
      numbered([...begun, { type: 'error', error }]),
      response([], { status: 'failed', error })
    ]
    for (const answer of answers) {
      const thrown = await failed(answer)
      expect(thrown).toMatchObject({ name, code, retryable, message: expect.stringContaining('It did not work.') })
      if (Array.isArray(answer)) expect(thrown).toMatchObject({ partial: { text: 'Goo' } })
    }
  })

  test('a failure that does not say why is a fault of the provider', async () => {
    const answer = response([], { status: 'failed' })
    for (const given of [answer, [created, { type: 'response.failed', response: answer }]]) {
      expect(await failed(given)).toMatchObject({ name: 'InternalServerError' })
    }
  })
})

describe('events that are not as they should be', () => {
  const good = streamed([message('Good morning')])

  test('one that comes twice is taken once', async () => {
    const twice = good.flatMap(event => [event, event])
    expect((await read(twice)).response.text).toBe('Good morning')
  })

  test('one out of its order, or again later, is an error and never a doubled text', async () => {
    const swapped = [...good.slice(0, 4), good[5], good[4], ...good.slice(6)] as readonly Item[]
    const again = [...good.slice(0, 6), ...good.slice(4)]
    const other = [...good.slice(0, 5), { ...good[4], delta: 'x' }, ...good.slice(5)]
    for (const events of [swapped, again, other]) {
      expect(await failed(events)).toMatchObject({ name: 'StreamProtocolError', retryable: true })
    }
  })

  test('without numbers, a piece that is lost or doubled is seen at the end of its item', async () => {
    const plain = good.map(({ sequence_number: _number, ...event }) => event)
    expect((await read(plain)).response.text).toBe('Good morning')
    const lost = [...plain.slice(0, 4), ...plain.slice(5)]
    const doubled = [...plain.slice(0, 4), ...plain.slice(3)]
    for (const events of [lost, doubled]) expect(await failed(events)).toMatchObject({ name: 'StreamProtocolError' })
  })

  test('beginnings that come twice and pieces that belong to nothing are errors', async () => {
    const piece = { type: 'response.function_call_arguments.delta', output_index: 3, delta: '{' }
    for (const events of [
      [created, created],
      [created, added(message()), added(message())],
      [created, added(message()), done(message('Hi')), part('Hi')],
      [created, piece]
    ]) {
      expect(await failed([...events, completed([])])).toMatchObject({ name: 'StreamProtocolError' })
    }
  })

  test('unknown events and items are passed over, and the items are kept', async () => {
    const item = { type: 'hologram_call', id: 'h_1', shape: { x: 1 } }
    const events = [
      created,
      { type: 'response.hologram.delta', delta: 'x' },
      { no: 'type' },
      added(item),
      done(item),
      completed([item])
    ]
    expect((await read(events)).response).toMatchObject({ text: '', message: { native: { content: [item] } } })
  })

  test('what no piece said is said at the end', async () => {
    const output = [thought('Hm.'), message('Good morning'), calls('a', 'f', '{"x":1}')]
    const sparse = [created, added(message(), 1), part('Good', 1), completed(output)]
    for (const events of [sparse, [created, ...output.map(done), completed([])], [completed(output)]]) {
      const { response: given, deltas } = await read(events)
      expect(given).toMatchObject({
        text: 'Good morning',
        reasoning: 'Hm.',
        tool_calls: [{ id: 'a', arguments: { x: 1 } }],
        message: { native: { content: output } }
      })
      expect(deltas.map(delta => (delta.type === 'text.delta' ? delta.text : '')).join('')).toBe('Good morning')
    }
  })

  test('an end that leaves out what was said, or its outer spaces, is believed', async () => {
    for (const text of ['', 'Hi']) {
      const events = [created, added(message()), part(' Hi '), done(message(text)), completed([])]
      expect((await read(events)).response.text).toBe(' Hi ')
    }
  })

  test('arguments as an object, and two calls on one index', async () => {
    const { response: given } = await read(response([calls('a', 'f', { x: 1 })]))
    expect(given.tool_calls).toMatchObject([{ arguments: { x: 1 } }])
    const events = [created, added(calls('a', 'f', '')), added(calls('b', 'g', '')), completed([])]
    expect(await failed(events)).toMatchObject({ name: 'StreamProtocolError' })
  })
})

describe('an answer without what it must have', () => {
  test.each([
    ['output', { status: 'completed' }],
    ['output', response([], { output: null })],
    ['output[0]', response([])],
    ['output[0].content', response([{ type: 'message', role: 'assistant', content: null }])],
    ['output', {}]
  ])('names %s', async (what, answer) => {
    expect(await failed(answer)).toMatchObject({
      name: 'APIResponseValidationError',
      message: `The answer from openai has no ${what}.`
    })
  })

  test('a stream that completed without an item is one as well', async () => {
    expect(await failed([created, completed([])])).toMatchObject({ name: 'APIResponseValidationError' })
    expect(await failed([created, { type: 'response.completed' }])).toMatchObject({
      name: 'APIResponseValidationError'
    })
  })

  test('items that are none, and members of wrong types, throw nothing of their own', async () => {
    const odd = [
      null,
      7,
      'x',
      [],
      { type: 'message', content: [null, 7, { text: 3 }] },
      { type: 'reasoning', summary: 'x' }
    ]
    const call = { type: 'function_call', call_id: 7, name: {}, arguments: null }
    const { response: given } = await read(response([...odd, call]))
    expect(given).toMatchObject({ text: '', tool_calls: [{ name: '', error: expect.any(String) }] })
  })

  test('usage that cannot be one is none', async () => {
    for (const tokens of [undefined, null, 7, { input_tokens: -1, output_tokens: 2 }, { input_tokens: '3' }]) {
      const { response: given } = await read(response([message('Hi')], { usage: tokens }))
      expect(given).toMatchObject({ usage: null, cost_usd: null })
    }
  })

  test('what it cost is taken where the provider says it; tokens written to a cache are counted', async () => {
    const tokens = { ...usage, cost: 0.25, input_tokens_details: { cache_write_tokens: 3 } }
    const { response: given } = await read(response([message('Hi')], { usage: tokens }))
    expect(given).toMatchObject({ cost_usd: 0.25, usage: { cache_write_tokens: 3 } })
    const { response: other } = await read(response([message('Hi')], { usage: { ...usage, cost: -1 } }))
    expect(other.cost_usd).toBeNull()
  })

  test('items as deep as a well are refused', async () => {
    let deep: Item = {}
    for (let level = 0; level < 1100; level++) deep = { deep }
    expect(await failed(response([{ type: 'hologram_call', deep }]))).toMatchObject({ name: 'StreamProtocolError' })
  })

  test('more calls than anybody makes are refused', async () => {
    const many = Array.from({ length: 129 }, (_, at) => calls(`c${at}`, 'f', '{}'))
    expect(await failed(response(many))).toMatchObject({ name: 'StreamProtocolError', retryable: false })
  })
})

describe('with the simulated provider, which refuses what the format does not allow', () => {
  const tools = [
    { type: 'web_search' },
    { type: 'computer_use' },
    {
      type: 'function',
      function: {
        name: 'weather',
        description: 'Tells the weather of a city.',
        parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
        strict: true
      }
    }
  ]
  test.each([
    ['What is the weather in Oslo?', 'weather'],
    ['Take a screenshot of the browser window.', 'computer_use']
  ])('%s: the call is answered, and the answer comes', async (question, name) => {
    const llm = responsesApi({
      baseURL: 'https://api.openai.com/v1',
      apiKey,
      fetch: simulatedFetch({ sleep: async () => {} })
    })
    const asked: Message[] = [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: question }
    ]
    for (const stream of [true, false]) {
      const list = [...asked]
      let answer = await llm({ model: 'gpt-5.5', messages: list, tools, stream })
      const called = answer.tool_calls.map(call => call.name)
      expect(called).toContain(name)
      for (let round = 0; answer.finish_reason === 'tool_calls' && round < 5; round++) {
        list.push(answer.message)
        for (const { id } of answer.tool_calls) list.push({ role: 'tool', tool_call_id: id, content: 'It rains.' })
        answer = await llm({ model: 'gpt-5.5', messages: list, tools, stream })
      }
      expect(answer.finish_reason).toBe('stop')
      expect(answer.text).not.toBe('')
    }
  })
})
