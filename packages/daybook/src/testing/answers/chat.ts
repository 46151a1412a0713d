/** Answers in the Chat Completions format. */
import { dataLines, json, sse, type WrittenAnswer } from './answer.js'

const done = '[DONE]'
const usage = { prompt_tokens: 9, completion_tokens: 4, total_tokens: 13 }
const read = { input_tokens: 9, output_tokens: 4 }

function chunk(delta: object, finish_reason: string | null = null, more: object = {}): object {
  const choices = [{ index: 0, delta, finish_reason }]
  return { id: 'chatcmpl-7', object: 'chat.completion.chunk', model: 'demo-1', choices, ...more }
}

function end(finish: string | null = 'stop', figures: object | null = usage): unknown[] {
  return [chunk({}, finish), ...(figures ? [{ id: 'chatcmpl-7', choices: [], usage: figures }] : []), done]
}

function call(index: number | undefined, fragment: object, id?: string): object {
  const tool = { ...(index === undefined ? {} : { index }), ...(id === undefined ? {} : { id }), function: fragment }
  return chunk({ tool_calls: [tool] })
}

function whole(message: object, finish_reason = 'stop', more: object = { usage }): string {
  return JSON.stringify({ id: 'chatcmpl-7', model: 'demo-1', choices: [{ index: 0, message, finish_reason }], ...more })
}

function streamed(name: string, events: readonly unknown[], reads: WrittenAnswer['reads']): WrittenAnswer {
  return { name, headers: sse, body: dataLines(events), reads }
}

const hello = [chunk({ role: 'assistant', content: '' }), chunk({ content: 'Good ' }), chunk({ content: 'morning' })]
const helloReads = { text: 'Good morning', finish_reason: 'stop', usage: read } as const
const ports = '{"port":"Łódź ⚓","piers":[1,2]}'

export const chatAnswers: readonly WrittenAnswer[] = [
  streamed('text in pieces', [...hello, ...end()], helloReads),
  { name: 'text in one JSON', headers: json, body: whole({ content: 'Good morning' }), reads: helloReads },
  { name: 'one JSON without a content type', body: ` \n${whole({ content: 'Good morning' })}\n`, reads: helloReads },
  { name: 'a stream that says it is JSON', headers: json, body: dataLines([...hello, ...end()]), reads: helloReads },
  {
    name: 'carriage returns, comments, ids, event names and unknown fields',
    headers: sse,
    body: [...hello, ...end()]
      .map((value, n) => {
        const data = typeof value === 'string' ? value : JSON.stringify(value)
        return `: note ${n}\r\nevent: chunk\r\nid: ${n}\r\nretry: soon\r\ncolour: red\r\ndata:${data}\r\n\r\n`
      })
      .join(''),
    reads: helloReads
  },
  {
    name: 'single carriage returns and a byte order mark',
    headers: sse,
    body: `\ufeff${dataLines([...hello, ...end()]).replaceAll('\n', '\r')}`,
    reads: helloReads
  },
  streamed(
    'text of many scripts, with a character cut in two',
    [chunk({ content: 'Zażółć 日本 ' }), chunk({ content: '\ud83d' }), chunk({ content: '\udea2 ok' }), ...end()],
    { text: 'Zażółć 日本 🚢 ok', finish_reason: 'stop', usage: read }
  ),
  streamed(
    'reasoning before the text',
    [chunk({ reasoning_content: 'Hm, ' }), chunk({ reasoning: 'so.' }), chunk({ content: 'Yes.' }), ...end()],
    { text: 'Yes.', reasoning: 'Hm, so.', finish_reason: 'stop', usage: read }
  ),
  streamed(
    'content as a list of thinking and text',
    [
      chunk({ content: [{ type: 'thinking', thinking: [{ type: 'text', text: 'Hm.' }] }] }),
      chunk({ content: [{ type: 'text', text: 'Yes.' }] }),
      ...end()
    ],
    { text: 'Yes.', reasoning: 'Hm.', finish_reason: 'stop', usage: read }
  ),
  streamed(
    'two tool calls whose pieces alternate',
    [
      call(0, { name: 'weather', arguments: '' }, 'call_a'),
      call(1, { name: 'tide', arguments: ports.slice(0, 9) }, 'call_b'),
      call(0, { arguments: '{"day":' }),
      call(1, { arguments: ports.slice(9) }),
      call(0, { arguments: '1}' }),
      ...end('tool_calls')
    ],
    {
      finish_reason: 'tool_calls',
      usage: read,
      calls: [
        { id: 'call_a', name: 'weather', arguments: { day: 1 } },
        { id: 'call_b', name: 'tide', arguments: { port: 'Łódź ⚓', piers: [1, 2] } }
      ]
    }
  ),
  streamed(
    'two tool calls on one index',
    [
      call(0, { name: 'weather', arguments: '{"day":1}' }, 'call_a'),
      call(0, { name: 'weather', arguments: '{"day":2}' }, 'call_b'),
      call(0, { name: 'tide', arguments: '{}' }),
      ...end('tool_calls')
    ],
    {
      finish_reason: 'tool_calls',
      usage: read,
      calls: [
        { id: 'call_a', name: 'weather', arguments: { day: 1 } },
        { id: 'call_b', name: 'weather', arguments: { day: 2 } },
        { name: 'tide', arguments: {} }
      ]
    }
  ),
  streamed(
    'tool calls without an index, without ids, and with one id twice',
    [
      call(undefined, { name: 'weather', arguments: '{"day":' }, ''),
      call(undefined, { arguments: '1}' }),
      call(undefined, { name: 'tide' }, 'same'),
      call(5, { name: 'moon', arguments: '' }, 'same'),
      ...end('tool_calls')
    ],
    {
      finish_reason: 'tool_calls',
      usage: read,
      calls: [
        { name: 'weather', arguments: { day: 1 } },
        { id: 'same', name: 'tide', arguments: {} },
        { name: 'moon', arguments: {} }
      ]
    }
  ),
  streamed(
    'a tool call that was cut off by the limit',
    [call(0, { name: 'weather', arguments: '{"day":"Mon' }, 'call_a'), ...end('length')],
    { finish_reason: 'length', usage: read, calls: [{ id: 'call_a', name: 'weather', arguments: undefined }] }
  ),
  streamed(
    'whole tool calls and a mark, but no finish reason',
    [call(0, { name: 'weather', arguments: '{"day":1}' }, 'call_a'), ...end(null, null)],
    { finish_reason: 'tool_calls', usage: null, calls: [{ id: 'call_a', name: 'weather', arguments: { day: 1 } }] }
  ),
  {
    name: 'a function call of the old kind',
    headers: json,
    body: whole({ content: null, function_call: { name: 'tide', arguments: '{"port":"Ayr"}' } }, 'function_call'),
    reads: { finish_reason: 'tool_calls', usage: read, calls: [{ name: 'tide', arguments: { port: 'Ayr' } }] }
  },
  streamed('a refusal', [chunk({ refusal: 'I will ' }), chunk({ refusal: 'not.' }), ...end()], {
    refusal: 'I will not.',
    finish_reason: 'stop',
    usage: read
  }),
  streamed('an answer at the limit', [...hello, ...end('length')], { ...helloReads, finish_reason: 'length' }),
  streamed('an answer that a filter ended', [...hello, ...end('content_filter')], {
    ...helloReads,
    finish_reason: 'content_filter'
  }),
  streamed('a finish reason that nobody knows', [...hello, ...end('constructor')], {
    ...helloReads,
    finish_reason: 'other'
  }),
  streamed(
    'a first chunk without choices, as Azure sends it, and the usage beside the last piece',
    [
      { id: '', model: '', object: '', choices: [], prompt_filter_results: [] },
      ...hello,
      { ...chunk({}, 'stop'), usage },
      done,
      'after the end nothing counts'
    ],
    helloReads
  ),
  streamed(
    'figures of all kinds, and the price that the provider states',
    [
      ...hello,
      ...end('stop', {
        prompt_tokens: 90,
        completion_tokens: 40,
        prompt_tokens_details: { cached_tokens: 64, cache_write_tokens: 16 },
        completion_tokens_details: { reasoning_tokens: 30 },
        cost: 0.0025
      })
    ],
    {
      text: 'Good morning',
      finish_reason: 'stop',
      usage: {
        input_tokens: 90,
        output_tokens: 40,
        cached_input_tokens: 64,
        cache_write_tokens: 16,
        reasoning_tokens: 30
      },
      cost_usd: 0.0025
    }
  ),
  streamed(
    'reasoning counted beside the output',
    [
      ...hello,
      ...end('stop', {
        prompt_tokens: 10,
        completion_tokens: 2,
        total_tokens: 42,
        completion_tokens_details: { reasoning_tokens: 30 }
      })
    ],
    {
      text: 'Good morning',
      finish_reason: 'stop',
      usage: { input_tokens: 10, output_tokens: 32, reasoning_tokens: 30 }
    }
  ),
  streamed('figures that are an estimate', [...hello, ...end('stop', { ...usage, estimated: true })], {
    ...helloReads,
    estimated: true
  }),
  ...[
    { prompt_tokens: -1, completion_tokens: 4 },
    { prompt_tokens: '9', completion_tokens: 4 },
    { prompt_tokens: 1.5, completion_tokens: null },
    { total_tokens: 13, cost: -1 }
  ].map(figures =>
    streamed(`figures of no use: ${JSON.stringify(figures)}`, [...hello, ...end('stop', figures)], {
      ...helloReads,
      usage: null
    })
  ),
  streamed('no figures at all', [...hello, ...end('stop', null)], { ...helloReads, usage: null }),
  streamed('a stream that ends before its finish reason', hello, {
    error: 'IncompleteStreamError',
    partial: 'Good morning'
  }),
  streamed('a mark without a finish reason', [...hello, done], {
    error: 'IncompleteStreamError',
    partial: 'Good morning'
  }),
  streamed('a stream that ends before its figures and its mark', [...hello, chunk({}, 'stop')], {
    error: 'IncompleteStreamError',
    partial: 'Good morning'
  }),
  {
    name: 'a stream that ends in the middle of an event',
    headers: sse,
    body: dataLines([...hello, ...end()]).slice(0, -180),
    reads: { error: 'IncompleteStreamError', partial: 'Good morning' }
  },
  { name: 'a stream without events', headers: sse, body: '', reads: { error: 'IncompleteStreamError' } },
  streamed(
    'an error in the middle',
    [...hello, { error: { message: 'Overloaded', type: 'overloaded_error', code: 529 } }],
    { error: 'OverloadedError', partial: 'Good morning' }
  ),
  {
    name: 'an error event before anything',
    headers: sse,
    body: 'event: error\ndata: {"message":"try later","code":"rate_limit_exceeded"}\n\n',
    reads: { error: 'RateLimitError' }
  },
  streamed('an error that only the finish reason tells', [...hello, chunk({}, 'error'), done], {
    error: 'InternalServerError',
    partial: 'Good morning'
  }),
  streamed('an event that is not JSON', [...hello, '{"choices":[', ...end()], {
    error: 'StreamProtocolError',
    partial: 'Good morning'
  }),
  {
    name: 'an error in place of an answer',
    headers: json,
    body: '{"error":{"message":"upstream is down","code":502}}',
    reads: { error: 'BadGatewayError' }
  },
  {
    name: 'an error in a list, as Gemini sends it',
    status: 400,
    headers: json,
    body: '[{"error":{"code":400,"message":"API key not valid. Please pass a valid API key.","status":"INVALID_ARGUMENT"}}]',
    reads: { error: 'AuthenticationError', errorBySdk: 'BadRequestError' }
  },
  {
    name: 'a web page in place of an answer',
    headers: { 'content-type': 'text/html' },
    body: '<!doctype html><title>Sign in</title><p>Please sign in to the network.',
    reads: { error: 'APIResponseValidationError' }
  },
  ...['null', '"text"', '{"id":', '{}', '{"choices":[]}', '{"choices":[{"index":0}]}', whole({ content: null })].map(
    (body): WrittenAnswer => ({
      name: `no answer: ${body.slice(0, 60)}`,
      headers: json,
      body,
      reads: { error: 'APIResponseValidationError' }
    })
  )
]
