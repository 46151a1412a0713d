import { describe, expect, test } from 'vitest'
import { cached } from '../cache/cached.js'
import { memoryCache } from '../cache/memory-cache.js'
import { APIUserAbortError, DaybookError, InternalServerError } from '../errors.js'
import { memoryLedgerStore } from '../ledger/memory-ledger-store.js'
import { openLedger } from '../ledger/open-ledger.js'
import { recorded } from '../ledger/recorded.js'
import type { LLMDelta, LLMFn, LLMOptions, LLMRequest, LLMResponse, Target } from '../llm/llm.js'
import { withTarget } from '../llm/llm.js'
import { failedStream, llmStream } from '../llm/llm-stream.js'
import { Dialog } from './dialog.js'
import { createInvoker, type InvokeDelta, type InvokeOptions } from './invoker.js'
import { createPrompt, type PromptOptions } from './prompt.js'
import { tool } from './tool.js'

interface Call {
  readonly request: LLMRequest
  readonly options: LLMOptions
}

const plain: LLMResponse = {
  text: 'Blue.',
  model: 'demo-1',
  message: { role: 'assistant', content: 'Blue.' },
  finish_reason: 'stop',
  usage: { input_tokens: 5, output_tokens: 2 },
  tool_calls: [],
  cost_usd: 0.01,
  cached: false
}

/** An LLM function that gives this answer, its text in pieces, and keeps what it was asked. */
function answering(reply: Partial<LLMResponse> = {}, pieces?: readonly string[]) {
  const calls: Call[] = []
  const { text = plain.text } = reply
  const response: LLMResponse = { ...plain, message: { role: 'assistant', content: text }, ...reply }
  const deltas: LLMDelta[] = (pieces ?? [text]).map(piece => ({ type: 'text.delta', text: piece }))
  const llm: LLMFn = (request, options = {}) => {
    calls.push({ request, options })
    return llmStream(async function* () {
      yield* deltas
      return response
    }, options)
  }
  return { llm, calls }
}

/** A dialog with one question, by this contract. */
function asked(prompt: Partial<PromptOptions> = {}): Dialog {
  const dialog = new Dialog({ id: 'dialog-1' })
  dialog.putPrompt(createPrompt({ template: 'What is the sky?', ...prompt }))
  return dialog
}

async function failureOf(promise: PromiseLike<unknown>): Promise<DaybookError> {
  const thrown = await promise.then(
    () => undefined,
    (error: unknown) => error
  )
  expect(thrown).toBeInstanceOf(DaybookError)
  return thrown as DaybookError
}

async function deltasOf(stream: AsyncIterable<InvokeDelta>): Promise<InvokeDelta[]> {
  const deltas: InvokeDelta[] = []
  for await (const delta of stream) deltas.push(delta)
  return deltas
}

const city = {
  type: 'object',
  properties: { name: { type: 'string' }, size: { type: 'integer' } },
  required: ['name', 'size'],
  additionalProperties: false
} as const

const weather = tool({
  name: 'weather',
  description: 'The weather of a place.',
  inputSchema: { type: 'object', properties: { place: { type: 'string' } }, required: ['place'] },
  execute: () => 'Rain.'
})

const contracts: [string, Partial<PromptOptions>][] = [
  ['of a text', {}],
  ['of a format', { format: city }]
]

describe('what is asked', () => {
  test('the messages, the parameters of the caller and the contract of the prompt, and nothing else', async () => {
    const { llm, calls } = answering()
    const dialog = new Dialog()
    dialog.putText('Be short.', { role: 'system' })
    dialog.putPrompt(
      createPrompt({ path: 'sky/colour', template: 'What is {what}?', format: city, tools: [weather] }),
      {
        what: 'the sky'
      }
    )
    await createInvoker({ llm }).call(dialog, {
      model: 'openai/demo-1',
      modelArgs: { temperature: 0.5, stream: false },
      metadata: { page: 3 }
    })
    expect(calls[0]?.request).toEqual({
      temperature: 0.5,
      stream: false,
      model: 'openai/demo-1',
      messages: [
        { role: 'system', content: 'Be short.' },
        { role: 'user', content: 'What is the sky?' }
      ],
      tools: [weather.definition],
      response_format: {
        type: 'json_schema',
        json_schema: {
          name: 'sky_colour',
          schema: createPrompt({ template: '', format: city }).format?.jsonSchema,
          strict: true
        }
      }
    })
  })

  test('an answer in the dialog goes back as its provider knows it, without what is kept with it', async () => {
    const { llm, calls } = answering({
      reasoning: 'It is day.',
      message: {
        role: 'assistant',
        content: 'Blue.',
        native: { api: 'messages', content: [{ type: 'text', text: 'Blue.' }] }
      }
    })
    const dialog = asked()
    const invoker = createInvoker({ llm })
    const { message } = await invoker.call(dialog, {
      model: 'demo-1',
      responder: 'Painter No. 5',
      metadata: { page: 3 }
    })
    expect(dialog.append(message)).toBe(message)
    dialog.putText('And at night?')
    await invoker.call(dialog, { model: 'demo-1' })
    expect(calls[1]?.request.messages[1]).toEqual({
      role: 'assistant',
      content: 'Blue.',
      name: 'Painter_No__5',
      native: { api: 'messages', content: [{ type: 'text', text: 'Blue.' }] }
    })
  })

  test('messages and tools are the same objects in each request, so that they are hashed once', async () => {
    const { llm, calls } = answering()
    const dialog = asked({ tools: [weather] })
    const invoker = createInvoker({ llm })
    await invoker.call(dialog, { model: 'demo-1' })
    await invoker.call(dialog.fork(), { model: 'demo-1' })
    expect(calls[1]?.request.messages[0]).toBe(calls[0]?.request.messages[0])
    expect(calls[1]?.request.tools).toBe(calls[0]?.request.tools)
  })

  test('tools that providers have themselves are named in words of ours', async () => {
    const { llm, calls } = answering()
    const dialog = asked({
      allowWebSearch: true,
      computerUse: { displayWidth: 800, environment: 'mac' },
      mcpServers: [
        { serverLabel: 'maps', serverUrl: 'https://maps.example/mcp' },
        {
          serverLabel: 'mail',
          serverUrl: 'https://mail.example/mcp',
          requireApproval: 'manual',
          allowedTools: ['read']
        }
      ]
    })
    await createInvoker({ llm }).call(dialog, { model: 'demo-1', modelArgs: { tools: [{ type: 'code_interpreter' }] } })
    expect(calls[0]?.request.tools).toEqual([
      { type: 'web_search' },
      { type: 'computer_use', display_width: 800, display_height: 800, environment: 'mac' },
      { type: 'mcp', server_label: 'maps', server_url: 'https://maps.example/mcp', require_approval: 'never' },
      {
        type: 'mcp',
        server_label: 'mail',
        server_url: 'https://mail.example/mcp',
        require_approval: 'manual',
        allowed_tools: ['read']
      },
      { type: 'code_interpreter' }
    ])
  })

  test('a response format of the caller is sent in place of the one of the prompt', async () => {
    const { llm, calls } = answering({ text: '{"name":"Bern","size":3}' })
    const own = { type: 'json_object' }
    const result = await createInvoker({ llm }).call(asked({ format: city }), {
      model: 'demo-1',
      modelArgs: { response_format: own }
    })
    expect(calls[0]?.request.response_format).toEqual(own)
    expect(result.message.parsed).toEqual({ name: 'Bern', size: 3 })
    expect(result.modelArgs).toEqual({})
  })

  test('parameters are not changed, and given back as they were sent', async () => {
    const { llm } = answering()
    const modelArgs = Object.freeze({
      stop: Object.freeze(['END']),
      api_key: 'sk-planted-key-1',
      temperature: undefined
    })
    const result = await createInvoker({ llm }).call(asked(), { model: 'demo-1', modelArgs })
    expect(result.modelArgs).toEqual({ stop: ['END'] })
    expect(modelArgs.api_key).toBe('sk-planted-key-1')
  })

  test('an address and a key act on this call and are neither sent, kept nor recorded', async () => {
    const { llm, calls } = answering()
    const ledger = await openLedger(memoryLedgerStore(), 'run:keys')
    const modelArgs = {
      api_base: 'https://planted.example/v1',
      api_key: 'sk-planted-key-1',
      headers: { authorization: 'Bearer sk-planted-key-2' }
    }
    const result = await createInvoker({ llm: recorded(llm, ledger) }).call(asked(), { model: 'demo-1', modelArgs })
    expect(calls[0]?.options.connection).toEqual({ baseURL: modelArgs.api_base, apiKey: modelArgs.api_key })
    const events = []
    for await (const event of ledger.read()) events.push(event)
    expect(events.map(({ type }) => type)).toEqual(['llm.request', 'llm.response'])
    expect(JSON.stringify([calls[0]?.request, result, events])).not.toContain('planted')
  })

  test('who answers is the actor of the call, and the call knows its dialog and what it is noted with', async () => {
    const { llm, calls } = answering()
    const { signal } = new AbortController()
    const given = { sample: 2, cache: 'refresh', scope: 'me', cause: ['e1'], strict: true, signal } as const
    await createInvoker({ llm }).call(asked(), {
      model: 'demo-1',
      responder: 'Painter No. 5',
      metadata: { page: 3 },
      ...given
    })
    expect(calls[0]?.options).toMatchObject({
      ...given,
      actor: 'Painter No. 5',
      dialogId: 'dialog-1',
      metadata: { page: 3 }
    })
  })

  test.for<[string, Dialog, Partial<InvokeOptions>]>([
    ['an empty dialog', new Dialog(), {}],
    ['parameters that are no JSON', asked(), { modelArgs: { temperature: Number.NaN } }],
    ['a key that is no text', asked(), { modelArgs: { api_key: 7 as unknown as string } }],
    ['tools that are no list', asked(), { modelArgs: { tools: 'weather' } }],
    ['metadata that is no JSON', asked(), { metadata: { when: new Date(0) } as never }]
  ])('%s fails with kind input, and nobody is asked', async ([_what, dialog, options]) => {
    const { llm, calls } = answering()
    const error = await failureOf(createInvoker({ llm }).call(dialog, { model: 'demo-1', ...options }))
    expect(error.kind).toBe('input')
    expect(calls).toEqual([])
  })
})

describe('which API is asked', () => {
  /** Knows `openai` with both APIs, and `local` with one; bare names are openai's. */
  function twoApis() {
    const { llm, calls } = answering()
    const target = ({ model }: LLMRequest): Target => {
      const [, provider = 'openai', route, name = ''] =
        /^(?:(openai|local)\/)?(?:(responses)\/)?(.*)$/.exec(model) ?? []
      return { provider, api: route && provider === 'openai' ? 'responses' : 'chat', base_url: '', model: name }
    }
    return { llm: withTarget(llm, target), calls }
  }

  test.for([
    ['gpt-5', 'response', 'openai/responses/gpt-5'],
    ['openai/gpt-5', 'response', 'openai/responses/gpt-5'],
    ['openai/responses/gpt-5', 'response', 'openai/responses/gpt-5'],
    ['openai/meta/gpt-5', 'response', 'openai/responses/meta/gpt-5'],
    ['openai/responses/gpt-5', 'completion', 'openai/gpt-5'],
    ['responses/gpt-5', 'completion', 'gpt-5'],
    ['local/llama', 'completion', 'local/llama'],
    ['openai/responses/gpt-5', undefined, 'openai/responses/gpt-5']
  ] as const)('%s by %s is %s', async ([model, apiType, expected]) => {
    const { llm, calls } = twoApis()
    await createInvoker({ llm }).call(asked(), { model, apiType })
    expect(calls[0]?.request.model).toBe(expected)
  })

  test('a provider without the Responses API is an error that names it', async () => {
    const { llm, calls } = twoApis()
    const error = await failureOf(createInvoker({ llm }).call(asked(), { model: 'local/llama', apiType: 'response' }))
    expect(error).toMatchObject({ kind: 'config', name: 'ConfigurationError', provider: 'local' })
    expect(error.message).toContain('local is asked by chat')
    expect(calls).toEqual([])
  })
})

describe('what arrives', () => {
  test('every delta, for late readers too', async () => {
    const stream = createInvoker({ llm: answering({}, ['Bl', 'ue.']).llm }).call(asked(), { model: 'demo-1' })
    await stream
    const deltas = [
      { type: 'text.delta', text: 'Bl' },
      { type: 'text.delta', text: 'ue.' }
    ]
    expect(await deltasOf(stream)).toEqual(deltas)
    expect(await deltasOf(stream)).toEqual(deltas)
  })

  test('with a format also the value so far', async () => {
    const pieces = ['{"name":"Be', 'rn","size":', '3}']
    const { llm } = answering({ text: pieces.join('') }, pieces)
    const deltas = await deltasOf(createInvoker({ llm }).call(asked({ format: city }), { model: 'demo-1' }))
    const objects = deltas.filter(delta => delta.type === 'object.delta').map(({ object }) => object)
    expect(deltas.filter(({ type }) => type === 'text.delta')).toHaveLength(3)
    expect(objects[0]).toEqual({ name: 'Be' })
    expect(objects.at(-1)).toEqual({ name: 'Bern', size: 3 })
  })

  test('a handler is told each text and its delta, and the result waits for one that is asynchronous', async () => {
    const told: unknown[] = []
    let done = 0
    const streamHandler = {
      async handleChunk(text: string, raw: unknown) {
        told.push([text, raw])
        await new Promise(resolve => setTimeout(resolve, 1))
        done++
      }
    }
    const llm: LLMFn = (_request, options) =>
      llmStream(async function* () {
        yield { type: 'reasoning.delta', text: 'Hm.' }
        yield { type: 'text.delta', text: 'Blue' }
        yield { type: 'tool.delta', index: 0, name: 'weather', arguments: '{}' }
        yield { type: 'text.delta', text: '.' }
        return plain
      }, options)
    const result = await createInvoker({ llm }).call(asked(), { model: 'demo-1', streamHandler })
    expect(result.message.content).toBe('Blue.')
    expect(done).toBe(2)
    expect(told).toEqual([
      ['Blue', { type: 'text.delta', text: 'Blue' }],
      ['.', { type: 'text.delta', text: '.' }]
    ])
  })

  test.for([
    [
      'throws',
      () => {
        throw new RangeError('No room.')
      }
    ],
    ['rejects', () => Promise.reject(new RangeError('No room.'))]
  ] as const)(
    'a handler that %s ends the call, with its error as cause, and what was asked is aborted',
    async ([_how, fails]) => {
      let aborted: unknown
      const llm: LLMFn = (_request, options) =>
        llmStream(async function* (signal) {
          signal.addEventListener('abort', () => {
            aborted = signal.reason
          })
          yield { type: 'text.delta', text: 'Blue' }
          await new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new Error('cut'))))
          return plain
        }, options)
      const stream = createInvoker({ llm }).call(asked(), { model: 'demo-1', streamHandler: { handleChunk: fails } })
      const error = await failureOf(stream)
      expect(error).toMatchObject({ kind: 'aborted', code: 'stream_handler', cause: { message: 'No room.' } })
      expect(error.message).toContain('No room.')
      expect(error.partial).toEqual({ text: 'Blue' })
      expect(aborted).toBe(error)
    }
  )

  test.for(contracts)('a failed call fails as it is, with what had arrived, %s', async ([_what, prompt]) => {
    const failure = new InternalServerError('Out of order.')
    const llm: LLMFn = (_request, options) =>
      llmStream(async function* () {
        yield { type: 'text.delta', text: '{"name":"B' }
        throw failure
      }, options)
    const stream = createInvoker({ llm }).call(asked(prompt), { model: 'demo-1' })
    expect(await failureOf(stream)).toBe(failure)
    expect(failure.partial).toEqual({ text: '{"name":"B' })
    expect(await failureOf(deltasOf(stream))).toBe(failure)
  })

  test.for(contracts)('an abort reaches what was asked, %s', async ([_what, prompt]) => {
    const controller = new AbortController()
    let aborted = false
    const llm: LLMFn = (_request, options) =>
      llmStream(async function* (signal) {
        signal.addEventListener('abort', () => {
          aborted = true
        })
        yield { type: 'text.delta', text: '{' }
        await new Promise(() => {})
        return plain
      }, options)
    const { signal } = controller
    const stream = createInvoker({ llm }).call(asked(prompt), { model: 'demo-1', signal })
    const reading = (async () => {
      for await (const _delta of stream) controller.abort()
    })()
    expect((await failureOf(reading)).kind).toBe('aborted')
    expect(aborted).toBe(true)
  })

  test('an abort ends the wait for a handler', async () => {
    const controller = new AbortController()
    const streamHandler = { handleChunk: () => new Promise<void>(() => {}) }
    const { signal } = controller
    const stream = createInvoker({ llm: answering().llm }).call(asked(), { model: 'demo-1', signal, streamHandler })
    setTimeout(() => controller.abort(), 5)
    expect((await failureOf(stream)).kind).toBe('aborted')
  })

  test('an abort ends the wait for a parser', async () => {
    const controller = new AbortController()
    const parser = {
      parse() {
        controller.abort()
        return new Promise(() => {})
      }
    }
    const { signal } = controller
    const error = await failureOf(
      createInvoker({ llm: answering().llm }).call(asked({ parser }), { model: 'demo-1', signal })
    )
    expect(error).toBeInstanceOf(APIUserAbortError)
  })

  test('a function that is none of ours fails the call with a typed error', async () => {
    const throwing: LLMFn = () => {
      throw new InternalServerError('Not a stream.')
    }
    const wordless = (() =>
      llmStream(async function* () {
        yield { type: 'text.delta', text: 'Blue.' }
        return 'Blue.' as never
      })) as LLMFn
    const call = (llm: LLMFn): Promise<DaybookError> =>
      failureOf(createInvoker({ llm }).call(asked(), { model: 'demo-1' }))
    expect(await call(throwing)).toMatchObject({ kind: 'server' })
    expect(await call(wordless)).toMatchObject({ kind: 'bad_response' })
    expect(await call(() => failedStream(new Error('Not typed.')))).toMatchObject({ message: 'Not typed.' })
  })
})

describe('with a cache', () => {
  test('an answer that does not fit its contract is not stored, one that does is read again for nothing', async () => {
    const answers = ['{"name":"Bern"}', '{"name":"Bern","size":3}', 'never asked for']
    let n = 0
    const llm: LLMFn = (request, options) => answering({ text: answers[n++] ?? '' }).llm(request, options)
    const invoker = createInvoker({ llm: cached(llm, memoryCache()) })
    const ask = () => invoker.call(asked({ format: city }), { model: 'demo-1' })
    expect((await ask()).hasErrors).toBe(true)
    expect((await ask()).message).toMatchObject({ parsed: { name: 'Bern', size: 3 }, cached: false })
    expect((await ask()).message).toMatchObject({ parsed: { name: 'Bern', size: 3 }, cached: true, cost_usd: 0 })
    expect(n).toBe(2)
  })

  test('a parser runs once for each call', async () => {
    let runs = 0
    const parser = { parse: (text: string) => ({ text, runs: ++runs }) }
    const invoker = createInvoker({ llm: cached(answering().llm, memoryCache()) })
    for (const run of [1, 2]) {
      const { message } = await invoker.call(asked({ parser }), { model: 'demo-1' })
      expect(message.parsed).toEqual({ text: 'Blue.', runs: run, raw: 'Blue.' })
    }
  })
})
