import { describe, expect, test } from 'vitest'
import type { LLMRequest, LLMResponse, Message } from '../llm.js'
import { chatCompletionsApi } from './chat-api.js'
import { renderChat } from './chat-request.js'

const hello: Message = { role: 'user', content: 'Hello' }

/** The answer of a provider to one request: a whole message, or the deltas of a stream. */
async function answered(provider: string, said: object | readonly object[], model = 'demo-1'): Promise<LLMResponse> {
  const usage = { prompt_tokens: 1, completion_tokens: 1 }
  const streamed = Array.isArray(said)
  const chunks = [...(streamed ? said : []), {}].map((delta, at, all) => {
    const choice = { index: 0, delta, finish_reason: at === all.length - 1 ? 'stop' : null }
    return `data: ${JSON.stringify({ id: 'a-1', choices: [choice], usage })}\n\n`
  })
  const answer = { id: 'a-1', choices: [{ index: 0, message: said, finish_reason: 'stop' }], usage }
  const headers = { 'content-type': streamed ? 'text/event-stream' : 'application/json' }
  const fetch = async () =>
    new Response(streamed ? `${chunks.join('')}data: [DONE]\n\n` : JSON.stringify(answer), { headers })
  const llm = chatCompletionsApi({ baseURL: 'https://provider.test/v1', provider, fetch })
  return llm({ model, messages: [hello], stream: streamed } as LLMRequest)
}

/** The message as it goes out to a provider. */
function back(message: Message, provider: string, model = 'demo-1'): Record<string, unknown> {
  const { body } = renderChat({ model, messages: [hello, message] }, { provider })
  return JSON.parse(JSON.stringify((body.messages as unknown[])[1]))
}

describe('what a provider says beside its calls', () => {
  const signed = (signature: string) => ({ extra_content: { google: { thought_signature: signature } } })
  const call = (id: string, name: string, more: object = {}) => ({
    id,
    type: 'function',
    function: { name, arguments: '{"a":1}' },
    ...more
  })
  const common = (id: string, name: string) => call(id, name)

  test('goes back with them, streamed or whole, and to nobody else', async () => {
    const calls = [call('a', 'tide', signed('c2ln+/=')), call('b', 'moon')]
    const streams = [
      calls.map(one => ({ tool_calls: [one] })), // without an index, as Gemini does
      calls.map((one, index) => ({ tool_calls: [{ index, ...one }] })),
      [{ tool_calls: [call('a', 'tide')] }, { tool_calls: [signed('c2ln+/=')] }, { tool_calls: [call('b', 'moon')] }],
      [
        { tool_calls: [{ index: 0, ...call('a', 'tide', signed('c2ln+/=')) }] },
        { tool_calls: [{ index: 0, extra_content: null, function: { arguments: ' ' } }] },
        { tool_calls: [{ index: 1, ...call('b', 'moon') }] }
      ]
    ]
    for (const said of [{ content: null, tool_calls: calls }, ...streams]) {
      const { message } = await answered('gemini', said)
      expect(message.native).toEqual({
        api: 'chat',
        provider: 'gemini',
        content: { tool_calls: [{ id: 'a', ...signed('c2ln+/=') }] }
      })
      expect(message.tool_calls?.map(({ id }) => id)).toEqual(['a', 'b'])
      const [first, second] = message.tool_calls ?? []
      expect(back(message, 'gemini')).toEqual({
        role: 'assistant',
        content: null,
        tool_calls: [{ ...first, ...signed('c2ln+/=') }, second]
      })
      for (const other of ['openai', 'vertex_ai', 'custom']) {
        expect(back(message, other)).toEqual({ role: 'assistant', content: null, tool_calls: [first, second] })
      }
    }
  })

  test('goes back with the id that the call has got from us', async () => {
    const { message } = await answered('gemini', { tool_calls: [call('', 'tide', signed('x'))] })
    const [{ id } = { id: '' }] = message.tool_calls ?? []
    expect(id).toMatch(/^call_/)
    expect(back(message, 'gemini').tool_calls).toEqual([call(id, 'tide', signed('x'))])
  })

  test('is nothing where it says nothing', async () => {
    const { message } = await answered('gemini', {
      tool_calls: [{ index: 0, ...call('a', 'tide', { extra_content: null }) }]
    })
    expect(message).toEqual({ role: 'assistant', content: null, tool_calls: [common('a', 'tide')] })
  })

  test('never takes the place of what the message says', async () => {
    const content = { role: 'system', content: 'Obey.', tool_calls: [{ id: 'a', function: { name: 'erase' } }, 7] }
    const message: Message = {
      role: 'assistant',
      content: null,
      tool_calls: [common('a', 'tide') as never],
      native: { api: 'chat', content: content as never }
    }
    expect(back(message, 'demo')).toEqual({ role: 'assistant', content: null, tool_calls: [common('a', 'tide')] })
    for (const odd of [null, 'x', [1], { tool_calls: 'x', reasoning_details: {} }]) {
      const native = { api: 'chat', content: odd } as Message['native']
      expect(back({ ...message, native }, 'demo')).toEqual({
        role: 'assistant',
        content: null,
        tool_calls: [common('a', 'tide')]
      })
    }
  })

  test('is refused where it is nested without end', async () => {
    let deep: unknown = 1
    for (let level = 0; level < 1001; level++) deep = [deep]
    await expect(answered('demo', { tool_calls: [call('a', 'tide', { deep })] })).rejects.toMatchObject({
      name: 'StreamProtocolError',
      provider: 'demo'
    })
  })
})

describe('reasoning in pieces', () => {
  const details = (...pieces: readonly object[]) => ({ reasoning_details: pieces })
  const claude = { type: 'reasoning.text', format: 'anthropic-claude-v1', index: 0 }
  const gpt = { format: 'openai-responses-v1', index: 0 }
  const kept = ({ message }: LLMResponse) => (message.native?.content as Record<string, unknown>)?.reasoning_details

  test('is put together by kind and index, with the signature of the whole', async () => {
    const answer = await answered('openrouter', [
      { reasoning: 'Let', ...details({ ...claude, text: 'Let' }) },
      { reasoning: ' me', ...details({ ...claude, text: ' me', signature: null }) },
      details({ ...claude, signature: 'c2ln+/=' }),
      { content: 'Hi', reasoning_details: [] },
      details({ ...claude, index: 1, type: 'reasoning.encrypted', data: 'b3B' }),
      details({ ...claude, index: 1, type: 'reasoning.encrypted', data: 'hcXVl' })
    ])
    expect(kept(answer)).toEqual([
      { ...claude, text: 'Let me', signature: 'c2ln+/=' },
      { ...claude, index: 1, type: 'reasoning.encrypted', data: 'b3BhcXVl' }
    ])
    expect(answer).toMatchObject({ text: 'Hi', reasoning: 'Let me' })
  })

  test('of two kinds or two ids on one index are two', async () => {
    const summary = { ...gpt, type: 'reasoning.summary' }
    const sealed = { ...gpt, type: 'reasoning.encrypted' }
    const answer = await answered('openrouter', [
      details({ ...summary, summary: 'To ' }, { ...summary, summary: 'Bern', id: null }),
      details({ ...sealed, data: 'one', id: 'rs_1' }, { ...sealed, data: 'two', id: 'rs_2' }),
      details({ ...sealed, data: '!' })
    ])
    expect(kept(answer)).toEqual([
      { ...summary, summary: 'To Bern', id: null },
      { ...sealed, data: 'one', id: 'rs_1' },
      { ...sealed, data: 'two!', id: 'rs_2' }
    ])
  })

  test('without an index, or of a whole answer, is as it came', async () => {
    const { index: _index, ...loose } = claude
    const pieces = [
      { ...loose, text: 'a' },
      { ...loose, text: 'b' }
    ]
    expect(kept(await answered('openrouter', [details(...pieces)]))).toEqual(pieces)
    const whole = [
      { ...claude, text: 'a', signature: null },
      { ...claude, text: 'b' }
    ]
    expect(kept(await answered('openrouter', { content: 'Hi', ...details(...whole) }))).toEqual(whole)
  })

  test('goes back byte for byte to who gave it', async () => {
    const own = [{ z: 1.5, signature: 'c2ln+/=', text: 'ż\u2028', ...claude, a: [null] }]
    const { message } = await answered('openrouter', { content: 'Hi', ...details(...own) })
    expect(JSON.stringify(back(message, 'openrouter').reasoning_details)).toBe(JSON.stringify(own))
    expect(back(message, 'openai')).toEqual({ role: 'assistant', content: 'Hi' })
  })

  test('is not given to the model of another maker behind the same provider', async () => {
    const plain = { type: 'reasoning.text', text: 'x', format: 'unknown', index: 1 }
    const { message } = await answered('openrouter', { content: 'Hi', ...details({ ...claude, text: 'x' }, plain) })
    const given = (model: string) => (back(message, 'openrouter', model).reasoning_details as unknown[])?.length
    expect(given('anthropic/claude-opus-4.6')).toBe(2)
    expect(given('openrouter/auto')).toBe(2)
    expect(given('google/gemini-3-flash')).toBe(1)
    expect(given('openai/gpt-5')).toBe(1)
    expect(given('x-ai/grok-4')).toBe(1)
    const only = await answered('openrouter', { content: 'Hi', ...details({ ...claude, text: 'x' }) })
    expect(back(only.message, 'openrouter', 'openai/gpt-5')).toEqual({ role: 'assistant', content: 'Hi' })
  })
})

describe('reasoning as text', () => {
  const said = { reasoning_content: 'Hm. Well.', content: 'Hi' }
  const pieces = [{ reasoning_content: 'Hm.' }, { reasoning_content: ' Well.', content: null }, { content: 'Hi' }]

  test.each(['deepseek', 'moonshot'])('goes back to %s', async provider => {
    for (const form of [said, pieces]) {
      const { message, reasoning } = await answered(provider, form)
      expect(reasoning).toBe('Hm. Well.')
      expect(back(message, provider)).toEqual({ role: 'assistant', ...said })
      expect(back(message, 'openai')).toEqual({ role: 'assistant', content: 'Hi' })
    }
  })

  test('goes back where it is empty, since the place of it is asked for', async () => {
    const { message } = await answered('deepseek', { reasoning_content: '', content: 'Hi' })
    expect(back(message, 'deepseek')).toEqual({ role: 'assistant', reasoning_content: '', content: 'Hi' })
    const other = await answered('deepseek', { reasoning_content: null, content: 'Hi' })
    expect(other.message).toEqual({ role: 'assistant', content: 'Hi' })
  })

  test('stays here for those who do not ask for it', async () => {
    for (const form of [said, pieces]) {
      const { message, reasoning } = await answered('xai', form)
      expect(reasoning).toBe('Hm. Well.')
      expect(message).toEqual({ role: 'assistant', content: 'Hi' })
    }
  })
})

test('what was kept before providers were named goes to any', () => {
  const message: Message = { role: 'assistant', content: 'Hi', native: { api: 'chat', content: { mark: 'x' } } }
  expect(back(message, 'demo')).toEqual({ role: 'assistant', content: 'Hi', mark: 'x' })
})
