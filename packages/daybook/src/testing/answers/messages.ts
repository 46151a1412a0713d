/** Answers in the Messages format. */
import { json, sse, typedEvents, type WrittenAnswer } from './answer.js'

interface Event {
  readonly type: string
  readonly [member: string]: unknown
}

const counted = { input_tokens: 9, cache_read_input_tokens: 20, cache_creation_input_tokens: 5, output_tokens: 1 }
const read = { input_tokens: 34, output_tokens: 4, cached_input_tokens: 20, cache_write_tokens: 5 }

function start(usage: object = counted): Event {
  const message = { id: 'msg_7', type: 'message', role: 'assistant', model: 'demo-2', content: [], usage }
  return { type: 'message_start', message }
}

function block(index: number, content_block: object, ...deltas: readonly object[]): Event[] {
  return [
    { type: 'content_block_start', index, content_block },
    ...deltas.map(delta => ({ type: 'content_block_delta', index, delta })),
    { type: 'content_block_stop', index }
  ]
}

function textBlock(index: number, ...pieces: readonly string[]): Event[] {
  return block(index, { type: 'text', text: '' }, ...pieces.map(text => ({ type: 'text_delta', text })))
}

function toolBlock(index: number, id: string, name: string, ...pieces: readonly string[]): Event[] {
  const deltas = pieces.map(partial_json => ({ type: 'input_json_delta', partial_json }))
  return block(index, { type: 'tool_use', id, name, input: {} }, ...deltas)
}

function end(
  stop_reason: string | null = 'end_turn',
  usage: object = { output_tokens: 4 },
  more: object = {}
): Event[] {
  return [
    { type: 'message_delta', delta: { stop_reason, stop_sequence: null, ...more }, usage },
    { type: 'message_stop' }
  ]
}

function streamed(name: string, events: readonly Event[], reads: WrittenAnswer['reads']): WrittenAnswer {
  return { name, headers: sse, body: typedEvents(events), reads }
}

function whole(content: readonly object[], stop_reason = 'end_turn', more: object = {}): string {
  const usage = { ...counted, output_tokens: 4 }
  return JSON.stringify({ id: 'msg_7', type: 'message', model: 'demo-2', content, stop_reason, usage, ...more })
}

const hello = [start(), ...textBlock(0, 'Good ', 'morning')]
const helloReads = { text: 'Good morning', finish_reason: 'stop', usage: read } as const
const ping = { type: 'ping' }

export const messagesAnswers: readonly WrittenAnswer[] = [
  streamed('text in pieces', [...hello, ...end()], helloReads),
  {
    name: 'text in one JSON',
    headers: json,
    body: whole([{ type: 'text', text: 'Good morning' }]),
    reads: helloReads
  },
  {
    name: 'carriage returns, comments and no event names',
    headers: sse,
    body: [...hello, ...end()].map(event => `:\r\ndata:${JSON.stringify(event)}\r\n\r\n`).join(''),
    reads: helloReads
  },
  streamed(
    'pings and kinds of a later version between the pieces',
    [
      start(),
      ping,
      { type: 'weather_report', sky: 'grey' },
      ...block(
        0,
        { type: 'text', text: 'Good ' },
        { type: 'sparkle_delta', glow: 1 },
        { type: 'text_delta', text: 'morning' }
      ),
      ping,
      ...end()
    ],
    helloReads
  ),
  streamed(
    'thinking with its signature, then text of many scripts',
    [
      start(),
      ...block(
        0,
        { type: 'thinking', thinking: '', signature: '' },
        { type: 'thinking_delta', thinking: 'Hm, ' },
        { type: 'thinking_delta', thinking: 'so.' },
        { type: 'signature_delta', signature: 'c2ln' }
      ),
      ...textBlock(1, 'Zażółć 日本 ', '\ud83d', '\udea2'),
      ...end()
    ],
    { text: 'Zażółć 日本 🚢', reasoning: 'Hm, so.', finish_reason: 'stop', usage: read }
  ),
  streamed(
    'text and two tool calls, one without arguments',
    [
      start(),
      ...textBlock(0, 'Looking.'),
      ...toolBlock(1, 'toolu_a', 'weather', '', '{"day"', ':1}'),
      ...toolBlock(2, 'toolu_b', 'moon'),
      ...end('tool_use')
    ],
    {
      text: 'Looking.',
      finish_reason: 'tool_calls',
      usage: read,
      calls: [
        { id: 'toolu_a', name: 'weather', arguments: { day: 1 } },
        { id: 'toolu_b', name: 'moon', arguments: {} }
      ]
    }
  ),
  {
    name: 'thinking and a tool call in one JSON',
    headers: json,
    body: whole(
      [
        { type: 'thinking', thinking: 'Hm.', signature: 'c2ln' },
        { type: 'tool_use', id: 'toolu_a', name: 'weather', input: { day: 1 } }
      ],
      'tool_use'
    ),
    reads: {
      reasoning: 'Hm.',
      finish_reason: 'tool_calls',
      usage: read,
      calls: [{ id: 'toolu_a', name: 'weather', arguments: { day: 1 } }]
    }
  },
  streamed(
    'a tool call that was cut off by the limit',
    [start(), ...toolBlock(0, 'toolu_a', 'weather', '{"day":"Mo'), ...end('max_tokens')],
    {
      finish_reason: 'length',
      usage: read,
      calls: [{ id: 'toolu_a', name: 'weather', arguments: undefined }]
    }
  ),
  streamed(
    "a call of the provider's own tool, which is not ours to answer",
    [
      start(),
      ...block(
        0,
        { type: 'server_tool_use', id: 'srv_1', name: 'web_search', input: {} },
        { type: 'input_json_delta', partial_json: '{"query":"tide"}' }
      ),
      ...block(1, { type: 'web_search_tool_result', tool_use_id: 'srv_1', content: [] }),
      ...textBlock(2, 'High at six.'),
      ...end()
    ],
    { text: 'High at six.', finish_reason: 'stop', usage: read }
  ),
  streamed(
    'an answer that a stop sequence ended',
    [...hello, ...end('stop_sequence', { output_tokens: 4 }, { stop_sequence: '\n' })],
    helloReads
  ),
  streamed(
    'a refusal',
    [start(), ...end('refusal', { output_tokens: 4 }, { stop_details: { type: 'refusal', explanation: 'Not that.' } })],
    {
      refusal: 'Not that.',
      finish_reason: 'content_filter',
      usage: read
    }
  ),
  streamed('an end that nobody knows', [...hello, ...end('pause_turn')], { ...helloReads, finish_reason: 'other' }),
  streamed(
    'figures that come only at the end',
    [
      start({ input_tokens: 0, output_tokens: 0 }),
      ...textBlock(0, 'Hi'),
      ...end('end_turn', { ...counted, output_tokens: 4 })
    ],
    {
      text: 'Hi',
      finish_reason: 'stop',
      usage: read
    }
  ),
  streamed(
    'figures without a cache',
    [start({ input_tokens: 9, cache_read_input_tokens: null, output_tokens: 1 }), ...textBlock(0, 'Hi'), ...end()],
    {
      text: 'Hi',
      finish_reason: 'stop',
      usage: { input_tokens: 9, output_tokens: 4 }
    }
  ),
  streamed('figures that are an estimate', [start({ ...counted, estimated: true }), ...textBlock(0, 'Hi'), ...end()], {
    text: 'Hi',
    finish_reason: 'stop',
    usage: read,
    estimated: true
  }),
  ...[
    { input_tokens: -9, output_tokens: 1 },
    { input_tokens: '9', output_tokens: 1 },
    { input_tokens: 9, cache_read_input_tokens: 'many', output_tokens: 1 }
  ].map(usage =>
    streamed(`figures of no use: ${JSON.stringify(usage)}`, [start(usage), ...textBlock(0, 'Hi'), ...end()], {
      text: 'Hi',
      finish_reason: 'stop',
      usage: null
    })
  ),
  streamed('a stream that ends before its last event', [...hello, ...end().slice(0, 1)], {
    error: 'IncompleteStreamError',
    partial: 'Good morning'
  }),
  streamed('a last event without a stop reason', [...hello, ...end(null)], {
    error: 'IncompleteStreamError',
    partial: 'Good morning'
  }),
  {
    name: 'a stream that ends in the middle of an event',
    headers: sse,
    body: typedEvents([...hello, ...end()]).slice(0, -20),
    reads: { error: 'IncompleteStreamError', partial: 'Good morning' }
  },
  streamed(
    'an error in the middle',
    [...hello, { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } }],
    {
      error: 'OverloadedError',
      partial: 'Good morning'
    }
  ),
  streamed(
    'an error before anything',
    [{ type: 'error', error: { type: 'api_error', message: 'Internal server error' } }],
    {
      error: 'InternalServerError'
    }
  ),
  streamed('a block that begins twice', [...hello, ...textBlock(0, 'Good ')], {
    error: 'StreamProtocolError',
    partial: 'Good morning'
  }),
  streamed(
    'a piece after the end of its block',
    [...hello, { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: '!' } }],
    {
      error: 'StreamProtocolError',
      partial: 'Good morning'
    }
  ),
  streamed('two beginnings', [...hello, start(), ...end()], { error: 'StreamProtocolError', partial: 'Good morning' }),
  {
    name: 'an error with its status',
    status: 529,
    headers: { ...json, 'request-id': 'req_7' },
    body: '{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}',
    reads: { error: 'OverloadedError' }
  },
  ...['{}', 'null', '{"content":"text"}', '{"content":[]}'].map(
    (body): WrittenAnswer => ({
      name: `no answer: ${body}`,
      headers: json,
      body,
      reads: { error: 'APIResponseValidationError' }
    })
  )
]
