import { afterEach, describe, expect, test, vi } from 'vitest'
import { AgentError, DaybookError, InputError, InternalServerError, ParserError } from '../errors.js'
import { createHost } from '../host.js'
import { isRecord } from '../json.js'
import { live } from '../llm/live.js'
import type { LLMFn, LLMResponse, Message, ToolCall } from '../llm/llm.js'
import { chatCompletionsApi } from '../llm/wire/chat-api.js'
import type { ApiOptions } from '../llm/wire/fetching.js'
import { messagesApi } from '../llm/wire/messages-api.js'
import { responsesApi } from '../llm/wire/responses-api.js'
import { type Agent, type AgentDelta, type AgentOptions, createAgent } from './agent.js'
import { costOfAnswer } from './cost.js'
import { createInvoker, type InvokeDelta, type InvokeResult, type Invoker } from './invoker.js'
import { ownMessage } from './message.js'
import type { Parser } from './parser.js'
import { createPrompt, type PromptOptions } from './prompt.js'
import type { AgentFailure } from './session.js'
import { tool } from './tool.js'

/** Every test of the loop runs over each brain: an invoker of a few lines, and the wire formats behind a fake fetch. */

/** What the model does next. */
interface Reply {
  readonly text?: string
  /** Name and arguments as text; ids are given by place. */
  readonly calls?: readonly (readonly [name: string, args: string])[]
  /** An HTTP error. */
  readonly status?: number
  /** Never answers: called when it is asked. */
  readonly hang?: () => void
}

interface Asked {
  readonly messages: readonly Message[]
  /** Names of the tools. */
  readonly tools: readonly string[]
  readonly tool_choice: unknown
}

interface Brain {
  readonly invoker: Invoker
  readonly asked: Asked[]
}

const usage = { input_tokens: 10, output_tokens: 5 }
const idOf = (step: number, place: number): string => `call_${step}_${place}`

function byHand(replies: readonly Reply[]): Brain {
  const asked: Asked[] = []
  const call: Invoker['call'] = (dialog, options) =>
    live<InvokeDelta, InvokeResult>(async function* (signal) {
      const { text = '', calls = [], status, hang } = replies[asked.length] ?? { text: 'out of replies' }
      const step = asked.length
      const tools = dialog.topPrompt?.tools.map(({ name }) => name) ?? []
      asked.push({ messages: dialog.messages, tools, tool_choice: options.modelArgs?.tool_choice })
      hang?.()
      if (hang) await new Promise(() => {})
      if (status) throw status < 500 ? new InputError('The request is wrong.') : new InternalServerError('It broke.')
      if (text) yield { type: 'text.delta', text }
      signal.throwIfAborted()
      const tool_calls = calls.map(([name, args], place) => toolCallOf(idOf(step, place), name, args))
      const message = ownMessage({ role: 'assistant', content: text || null, ...sentCalls(tool_calls), usage }, String)
      const executionErrors: DaybookError[] = tool_calls
        .filter(({ error }) => error)
        .map(({ name, error }) => new ParserError(`The call of ${name} cannot be run. ${error}`))
      const { parser } = dialog.topPrompt ?? {}
      let parsed: unknown
      try {
        parsed = tool_calls.length === 0 ? parser?.parse(text) : undefined
      } catch (error) {
        executionErrors.push(error as DaybookError)
      }
      const rawResponse: LLMResponse = {
        ...{ text, message, tool_calls, usage, model: 'demo', finish_reason: 'stop', cost_usd: 0.01, cached: false }
      }
      return {
        message: { ...message, id: `m${step}`, ...(parsed ? { parsed } : {}) } as InvokeResult['message'],
        ...{ rawResponse, executionErrors, modelArgs: {}, hasErrors: executionErrors.length > 0, dropped: [] },
        errorMessage: executionErrors.map(({ message: line }) => line).join('\n'),
        cost: costOfAnswer(rawResponse)
      }
    }, options)
  return { invoker: { call }, asked }
}

function toolCallOf(id: string, name: string, text: string): ToolCall {
  try {
    return { id, name, arguments: JSON.parse(text) }
  } catch {
    return { id, name, arguments: undefined, arguments_text: text, error: 'The arguments are no JSON.' }
  }
}

function sentCalls(calls: readonly ToolCall[]): Pick<Message, 'tool_calls'> {
  if (calls.length === 0) return {}
  return {
    tool_calls: calls.map(({ id, name, arguments: given, arguments_text }) => ({
      id,
      type: 'function',
      function: { name, arguments: arguments_text ?? JSON.stringify(given) }
    }))
  }
}

/** The body of an answer in a wire format. */
type Body = (reply: Reply, step: number) => unknown

function overWire(api: (options: ApiOptions) => LLMFn, body: Body): (replies: readonly Reply[]) => Brain {
  return replies => {
    const asked: Asked[] = []
    let step = 0
    const fetch: typeof globalThis.fetch = async (_input, init) => {
      const reply = replies[step++] ?? { text: 'out of replies' }
      if (reply.hang) {
        reply.hang()
        await new Promise((_, reject) => init?.signal?.addEventListener('abort', () => reject(init.signal?.reason)))
      }
      const answer = reply.status ? { error: { message: 'It broke.' } } : body(reply, step - 1)
      return Response.json(answer, { status: reply.status ?? 200 })
    }
    const llm = api({ baseURL: 'https://provider.test/v1', apiKey: 'a-key', fetch })
    const watching: LLMFn = (request, options) => {
      const tools = (request.tools ?? []).map(({ type, function: its }) => (isRecord(its) ? String(its.name) : type))
      asked.push({ messages: request.messages, tools, tool_choice: request.tool_choice })
      return llm(request, options)
    }
    return { invoker: createInvoker({ llm: watching }), asked }
  }
}

const brains: readonly (readonly [string, (replies: readonly Reply[]) => Brain])[] = [
  ['an invoker of a few lines', byHand],
  [
    'Chat Completions',
    overWire(chatCompletionsApi, ({ text, calls = [] }, step) => ({
      id: `c${step}`,
      model: 'demo',
      choices: [
        {
          index: 0,
          finish_reason: calls.length > 0 ? 'tool_calls' : 'stop',
          message: {
            role: 'assistant',
            content: text ?? null,
            ...(calls.length > 0
              ? {
                  tool_calls: calls.map(([name, args], place) => ({
                    ...{ id: idOf(step, place), type: 'function', function: { name, arguments: args } }
                  }))
                }
              : {})
          }
        }
      ],
      usage: { prompt_tokens: 10, completion_tokens: 5 }
    }))
  ],
  [
    'Responses',
    overWire(responsesApi, ({ text, calls = [] }, step) => ({
      id: `r${step}`,
      model: 'demo',
      status: 'completed',
      output: [
        ...(text === undefined
          ? []
          : [{ type: 'message', id: `t${step}`, role: 'assistant', content: [{ type: 'output_text', text }] }]),
        ...calls.map(([name, args], place) =>
          name === 'computer_use'
            ? {
                type: 'computer_call',
                id: `f${place}`,
                call_id: idOf(step, place),
                status: 'completed',
                ...computer(args)
              }
            : { type: 'function_call', id: `f${place}`, call_id: idOf(step, place), name, arguments: args }
        )
      ],
      usage: { input_tokens: 10, output_tokens: 5 }
    }))
  ]
]

function computer(args: string): object {
  const { action, safety_checks } = JSON.parse(args)
  return { action, pending_safety_checks: safety_checks ?? [] }
}

// A format that has no JSON form of malformed arguments runs all tests but that one.
const messagesBody: Body = ({ text, calls = [] }, step) => ({
  ...{ id: `m${step}`, type: 'message', role: 'assistant', model: 'demo' },
  content: [
    ...(text === undefined ? [] : [{ type: 'text', text }]),
    ...calls.map(([name, args], place) => ({ type: 'tool_use', id: idOf(step, place), name, input: JSON.parse(args) }))
  ],
  stop_reason: calls.length > 0 ? 'tool_use' : 'end_turn',
  usage: { input_tokens: 10, output_tokens: 5 }
})

const quiet = createHost({ warn: () => {} })
const fine: Parser = {
  parse(text) {
    if (text.startsWith('bad')) throw new ParserError(`The answer begins with bad: ${text}`)
    return { raw: text }
  }
}

/** What was said, in a line each: enough to see who said what. */
function lines(messages: readonly Message[]): string[] {
  return messages.map(({ role, content, tool_calls, tool_call_id }) => {
    const said = typeof content === 'string' ? content : content ? `[${content.map(part => part.type)}]` : ''
    const calls = tool_calls?.map(call => `${call.function.name}${call.function.arguments}`).join(' ') ?? ''
    return [`${role}:`, tool_call_id, said, calls].filter(Boolean).join(' ')
  })
}

async function failureOf(promise: PromiseLike<unknown>): Promise<DaybookError & AgentFailure> {
  const thrown = await promise.then(
    () => undefined,
    (error: unknown) => error
  )
  expect(thrown).toBeInstanceOf(DaybookError)
  return thrown as DaybookError & AgentFailure
}

async function deltasOf(stream: AsyncIterable<AgentDelta>): Promise<AgentDelta[]> {
  const deltas: AgentDelta[] = []
  for await (const delta of stream) deltas.push(delta)
  return deltas
}

const place = { type: 'object', properties: { place: { type: 'string' } }, required: ['place'] } as const

function toolNamed(name: string, execute: (input: { place: string }, signal: AbortSignal) => unknown) {
  return tool({
    ...{ name, description: `What ${name} knows.`, inputSchema: place },
    execute: (input, { signal }) => execute(input as { place: string }, signal)
  })
}

const weather = toolNamed('weather', ({ place: where }) => `Rain in ${where}.`)

afterEach(() => {
  vi.restoreAllMocks()
})

describe.each([...brains, ['Messages', overWire(messagesApi, messagesBody)] as const])('over %s', (_name, brainOf) => {
  function setUp(replies: readonly Reply[], prompt: Partial<PromptOptions> = {}, options: Partial<AgentOptions> = {}) {
    const { invoker, asked } = brainOf(replies)
    const pauses: number[] = []
    const agent: Agent = createAgent({
      ...{ invoker, model: 'demo', host: quiet, modelArgs: { max_tokens: 100 } },
      sleep: async ms => void pauses.push(ms),
      ...options
    })
    agent.open('main').receivePrompt(createPrompt({ template: 'What is it?', ...prompt }))
    return { agent, asked, pauses }
  }

  test('an answer is put into the dialog, and the record says what was done', async () => {
    const { agent, asked } = setUp([{ text: 'Blue.' }])
    const { message, text, session, cost } = await agent.respond()
    expect(lines(agent.dialog.messages)).toEqual(['user: What is it?', 'assistant: Blue.'])
    expect(message).toBe(agent.dialog.tail)
    expect(text).toBe('Blue.')
    expect(session).toMatchObject({ state: 'success', exceptions: [], interrupts: [], recalls: [], cut: 0 })
    expect(session.steps).toHaveLength(1)
    expect(cost).toMatchObject({ inputTokens: 10, outputTokens: 5, answers: 1 })
    expect(asked).toHaveLength(1)
  })

  test('an answer with errors is asked again on a copy: the dialog gets the good one alone', async () => {
    const { agent, asked } = setUp([{ text: 'bad one' }, { text: 'bad two' }, { text: 'good' }], { parser: fine })
    const { session, parsed } = await agent.respond()
    expect(lines(agent.dialog.messages)).toEqual(['user: What is it?', 'assistant: good'])
    expect(lines(asked[2]?.messages ?? [])).toEqual([
      'user: What is it?',
      'assistant: bad one',
      'user: Error: The answer begins with bad: bad one. Please fix.',
      'assistant: bad two',
      'user: Error: The answer begins with bad: bad two. Please fix.'
    ])
    expect(parsed).toEqual({ raw: 'good' })
    expect(session.steps.map(({ state }) => state)).toEqual(['initial', 'exception', 'exception'])
    expect(session.exceptions).toHaveLength(2)
    expect(session.cost).toMatchObject({ answers: 3, inputTokens: 30, outputTokens: 15 })
  })

  test('nothing is left in the tree of the dialog', async () => {
    const { agent } = setUp([{ text: 'bad' }, { calls: [['weather', '{"place":"Bern"}']] }, { text: 'good' }], {
      parser: fine,
      tools: [weather]
    })
    await agent.respond()
    expect(agent.dialog.tree.children).toEqual([])
    expect(agent.dialog.tree.subtreeIds()).toEqual([agent.dialog.id])
  })

  test('the prompt says in its own words what was wrong', async () => {
    const { agent, asked } = setUp([{ text: 'bad' }, { text: 'good' }], {
      parser: fine,
      handlers: { exception: 'No {{so}}: {error_message}' }
    })
    await agent.respond()
    expect(lines(asked[1]?.messages ?? []).at(-1)).toBe('user: No {so}: The answer begins with bad: bad')
  })

  test('retries count over the whole respond; when they are used up, the error holds all of them', async () => {
    const call = { calls: [['weather', '{"place":"Bern"}']] } as const
    const { agent, asked } = setUp(
      [{ text: 'bad 1' }, call, { text: 'bad 2' }, { text: 'bad 3' }, { text: 'good' }],
      { parser: fine, tools: [weather] },
      { maxExceptionRetry: 2 }
    )
    const error = await failureOf(agent.respond())
    expect(error).toBeInstanceOf(AgentError)
    expect(error).toMatchObject({ kind: 'agent', code: 'exceptions' })
    expect(error.errors.map(({ message }) => message.slice(-5))).toEqual(['bad 1', 'bad 2', 'bad 3'])
    expect(error.result?.rawResponse.text).toBe('bad 3')
    expect(error.session).toMatchObject({ state: 'failure', cost: { answers: 4 } })
    expect(asked).toHaveLength(4)
    expect(Object.keys(error)).not.toEqual(expect.arrayContaining(['errors']))
    expect(Object.keys(error)).not.toEqual(expect.arrayContaining(['session']))
    expect(JSON.stringify(error).length).toBeLessThan(1000)
    // The round that was whole stays.
    expect(lines(agent.dialog.messages)).toHaveLength(3)
  })

  test('an empty answer where something is to be read is told as one', async () => {
    const strict: Parser = {
      parse: text => {
        if (text === '') throw new ParserError('There is nothing.')
        return { raw: text }
      }
    }
    const { agent, asked } = setUp([{ text: '' }, { text: 'good' }], { parser: strict })
    await agent.respond()
    expect(lines(asked[1]?.messages ?? [])[1]).toBe('assistant: (no answer)')
  })

  test('tools of an answer run at once; results are in the order of the calls, one message each', async () => {
    const running: string[] = []
    let both = (): void => {}
    const gate = new Promise<void>(resolve => {
      both = resolve
    })
    const slow = toolNamed('slow', async () => {
      running.push('slow')
      await gate
      return { warm: true }
    })
    const quick = toolNamed('quick', () => {
      running.push('quick')
      both()
      throw new Error('no luck')
    })
    const { agent, asked } = setUp(
      [
        {
          text: 'Let me see.',
          calls: [
            ['slow', '{"place":"Bern"}'],
            ['quick', '{"place":"Rome"}']
          ]
        },
        { text: 'Done.' }
      ],
      { tools: [slow, quick] }
    )
    const { session } = await agent.respond()
    expect(running).toEqual(['slow', 'quick'])
    const [, called, first, second, last] = agent.dialog.messages
    expect(lines([called as Message])).toEqual(['assistant: Let me see. slow{"place":"Bern"} quick{"place":"Rome"}'])
    const [one, two] = called?.tool_calls?.map(({ id }) => id) ?? []
    expect(first).toMatchObject({
      role: 'tool',
      tool_call_id: one,
      content: '{"warm":true}',
      metadata: { name: 'slow' }
    })
    expect(first).not.toHaveProperty('is_error')
    expect(second).toMatchObject({ role: 'tool', tool_call_id: two, is_error: true, metadata: { name: 'quick' } })
    expect(second?.content).toContain('no luck')
    expect(last?.content).toBe('Done.')
    expect(session.interrupts.map(({ name }) => name)).toEqual(['slow', 'quick'])
    expect(session.steps.map(({ state }) => state)).toEqual(['initial', 'interrupt'])
    // The contract is in force after the round too.
    expect(asked.map(({ tools }) => tools)).toEqual([
      ['slow', 'quick'],
      ['slow', 'quick']
    ])
  })

  test('the parser of the prompt reads the answer after a round of tools', async () => {
    const { agent } = setUp([{ calls: [['weather', '{"place":"Bern"}']] }, { text: 'bad' }, { text: 'good' }], {
      tools: [weather],
      parser: fine
    })
    const { parsed, session } = await agent.respond()
    expect(parsed).toEqual({ raw: 'good' })
    expect(session.exceptions).toHaveLength(1)
    expect(lines(agent.dialog.messages)).toEqual([
      'user: What is it?',
      'assistant: weather{"place":"Bern"}',
      expect.stringMatching(/^tool: \S+ Rain in Bern\.$/),
      'assistant: good'
    ])
  })

  test('a call that was made before is answered from the first one, in one reply and over rounds', async () => {
    const execute = vi.fn(({ place: where }: { place: string }) => `Rain in ${where}.`)
    const both = tool({
      ...{ name: 'both', description: 'Both.', inputSchema: { type: 'object', properties: {} } },
      execute: input => execute(input as { place: string })
    })
    const { agent } = setUp(
      [
        {
          calls: [
            ['both', '{"place":"Bern","n":1}'],
            ['both', '{"n":1,"place":"Bern"}'],
            ['both', '{"place":"Bern","n":2}']
          ]
        },
        { calls: [['both', '{"place":"Bern","n":1}']] },
        { text: 'Done.' }
      ],
      { tools: [both] }
    )
    await agent.respond()
    expect(execute).toHaveBeenCalledTimes(2)
    const results = agent.dialog.messages.filter(({ role }) => role === 'tool').map(({ content }) => content)
    expect(results[0]).toBe('Rain in Bern.')
    expect(results[1]).toMatch(/made before.*\nRain in Bern\.$/)
    expect(results[2]).toBe('Rain in Bern.')
    expect(results[3]).toBe(results[1])
  })

  test('a tool that is not there is told to the model, with those that are', async () => {
    const { agent } = setUp([{ calls: [['wether', '{"place":"Bern"}']] }, { text: 'Sorry.' }], { tools: [weather] })
    const { session } = await agent.respond()
    expect(agent.dialog.messages[2]).toMatchObject({
      role: 'tool',
      is_error: true,
      content: 'Error: There is no tool "wether". There are: weather.'
    })
    expect(session.state).toBe('success')
  })

  test('arguments that do not fit the schema run no tool; the model is told', async () => {
    const execute = vi.fn()
    const { agent } = setUp([{ calls: [['weather', '{"place":7}']] }, { text: 'Sorry.' }], {
      tools: [toolNamed('weather', execute)]
    })
    await agent.respond()
    expect(execute).not.toHaveBeenCalled()
    expect(agent.dialog.messages[2]).toMatchObject({ role: 'tool', is_error: true })
    expect(agent.dialog.messages[2]?.content).toContain('place')
  })

  test('after the last round the model is asked without tools; what is said then is not in the dialog', async () => {
    const call = (n: number): Reply => ({ calls: [['weather', `{"place":"${n}"}`]] })
    const { agent, asked } = setUp(
      [call(1), call(2), { text: 'bad' }, { text: 'Done.' }],
      { tools: [weather], parser: fine, handlers: { final: 'Now say it.' } },
      { maxInterruptSteps: 2, modelArgs: { max_tokens: 100, tool_choice: 'auto' } }
    )
    const { parsed } = await agent.respond()
    expect(asked.map(({ tools }) => tools.length)).toEqual([1, 1, 0, 0])
    expect(asked.map(({ tool_choice }) => tool_choice)).toEqual(['auto', 'auto', undefined, undefined])
    expect(lines(asked[2]?.messages ?? []).at(-1)).toBe('user: Now say it.')
    // The parser is in force there too.
    expect(parsed).toEqual({ raw: 'Done.' })
    expect(lines(agent.dialog.messages).filter(line => line.startsWith('user'))).toEqual(['user: What is it?'])
    expect(agent.dialog.tail?.content).toBe('Done.')
    expect(agent.dialog.topPrompt?.tools).toHaveLength(1)
  })

  test('a model that calls a tool even then is an AgentError, and no loop', async () => {
    const call = (n: number): Reply => ({ calls: [['weather', `{"place":"${n}"}`]] })
    const { agent, asked } = setUp([call(1), call(2), call(3)], { tools: [weather] }, { maxInterruptSteps: 1 })
    const error = await failureOf(agent.respond())
    expect(error).toBeInstanceOf(AgentError)
    expect(error.code).toBe('interrupts')
    expect(error.message).toContain('weather')
    expect(error.session.interrupts).toHaveLength(1)
    expect(asked).toHaveLength(2)
    // What is in the dialog can be gone on with: each call has its result.
    expect(lines(agent.dialog.messages)).toHaveLength(3)
  })

  test('no limit of rounds is a limit of 100', async () => {
    const calls = Array.from({ length: 120 }, (_, n): Reply => ({ calls: [['weather', `{"place":"${n}"}`]] }))
    const few = setUp([...calls.slice(0, 7), { text: 'Done.' }], { tools: [weather] }, { maxInterruptSteps: 0 })
    await few.agent.respond()
    expect(few.asked.every(({ tools }) => tools.length === 1)).toBe(true)
    const many = setUp(calls, { tools: [weather] }, { maxInterruptSteps: 0 })
    expect((await failureOf(many.agent.respond())).code).toBe('interrupts')
    expect(many.asked).toHaveLength(101)
  })

  test('a failed call fails at once with its own error, unless recalls are asked for', async () => {
    const broken = { status: 500 } as const
    const one = setUp([broken, { text: 'Blue.' }])
    const error = await failureOf(one.agent.respond())
    expect(error).toBeInstanceOf(InternalServerError)
    expect(error.session).toMatchObject({ state: 'failure', steps: [{ state: 'initial', error: { kind: 'server' } }] })
    expect(one.asked).toHaveLength(1)
    expect(one.agent.dialog.length).toBe(1)

    const two = setUp([broken, broken, { text: 'Blue.' }], {}, { maxLlmRecall: 2 })
    const { session } = await two.agent.respond()
    expect(session.steps.map(({ state }) => state)).toEqual(['initial', 'llm_recall', 'llm_recall'])
    expect(session.recalls).toHaveLength(2)
    expect(two.pauses).toEqual([1000, 1000])

    const three = setUp([broken, broken, broken, { text: 'Blue.' }], {}, { maxLlmRecall: 2 })
    const last = await failureOf(three.agent.respond())
    expect(last).toMatchObject({ kind: 'agent', code: 'recalls' })
    expect(last.errors.map(({ kind }) => kind)).toEqual(['server', 'server', 'server'])
    expect(three.asked).toHaveLength(3)
  })

  test('what would fail again is not asked again', async () => {
    const { agent, asked } = setUp([{ status: 400 }, { text: 'Blue.' }], {}, { maxLlmRecall: 5 })
    expect((await failureOf(agent.respond())).retryable).toBe(false)
    expect(asked).toHaveLength(1)
  })

  test('an abort ends a call that hangs; the dialog is as it was, and can be answered at once', async () => {
    const controller = new AbortController()
    const { agent } = setUp([{ hang: () => queueMicrotask(() => controller.abort()) }, { text: 'Blue.' }])
    const error = await failureOf(agent.respond({ signal: controller.signal }))
    expect(error.kind).toBe('aborted')
    expect(agent.dialog.length).toBe(1)
    expect((await agent.respond()).text).toBe('Blue.')
    expect(error.session.steps).toMatchObject([{ state: 'initial', error: { kind: 'aborted' } }])
  })

  test('an abort reaches the tools, and leaves no call without its result', async () => {
    const controller = new AbortController()
    let heard: AbortSignal | undefined
    const stuck = toolNamed('stuck', (_input, signal) => {
      heard = signal
      queueMicrotask(() => controller.abort())
      return new Promise(() => {})
    })
    const { agent, asked } = setUp([{ calls: [['stuck', '{"place":"Bern"}']] }, { text: 'Blue.' }], { tools: [stuck] })
    expect((await failureOf(agent.respond({ signal: controller.signal }))).kind).toBe('aborted')
    expect(heard?.aborted).toBe(true)
    expect(agent.dialog.length).toBe(1)
    await new Promise(resolve => setTimeout(resolve, 0))
    expect(asked).toHaveLength(1)
  })

  test('one dialog is answered once at a time; two are answered at once', async () => {
    const { agent } = setUp([{ text: 'One.' }, { text: 'Two.' }, { text: 'Three.' }])
    agent.open('other').receive('And you?').switch('main')
    const first = agent.respond()
    const second = await failureOf(agent.respond())
    expect(second).toBeInstanceOf(InputError)
    expect(second.message).toContain('being answered')
    const other = agent.respond({ alias: 'other' })
    const texts = [(await first).text, (await other).text].sort()
    expect(texts).toEqual(['One.', 'Two.'])
    expect(agent.dialogs.get('other')?.length).toBe(2)
    expect((await agent.receive('More?').respond()).text).toBe('Three.')
  })

  test('the deltas tell what happens, in order', async () => {
    const { agent } = setUp([{ calls: [['weather', '{"place":"Bern"}']] }, { text: 'Rain.' }], { tools: [weather] })
    const answer = agent.respond()
    const deltas = await deltasOf(answer)
    const told = deltas.filter(({ type }) => type !== 'tool.delta')
    expect(told.map(({ type }) => type)).toEqual(['step', 'tool.called', 'tool.returned', 'step', 'text.delta'])
    expect(told[2]).toMatchObject({ text: 'Rain in Bern.', call: { name: 'weather', arguments: { place: 'Bern' } } })
    expect(told.filter(({ type }) => type === 'step')).toEqual([
      { type: 'step', n: 1, state: 'initial' },
      { type: 'step', n: 2, state: 'interrupt' }
    ])
    expect((await answer).text).toBe('Rain.')
  })
})

describe.each(brains)('over %s', (_name, brainOf) => {
  function agentOf(replies: readonly Reply[], prompt: Partial<PromptOptions>) {
    const { invoker, asked } = brainOf(replies)
    const agent = createAgent({ invoker, model: 'demo', host: quiet })
    agent.open('main').receivePrompt(createPrompt({ template: 'What is it?', ...prompt }))
    return { agent, asked }
  }

  test('arguments that are no JSON run no tool, also not the good call beside them; the model is asked again', async () => {
    const execute = vi.fn(() => 'Rain.')
    const { agent, asked } = agentOf(
      [
        {
          calls: [
            ['weather', '{"place":"Ber'],
            ['weather', '{"place":"Rome"}']
          ]
        },
        { calls: [['weather', '{"place":"Bern"}']] },
        { text: 'Rain.' }
      ],
      { tools: [toolNamed('weather', execute)] }
    )
    const { session } = await agent.respond()
    expect(execute).toHaveBeenCalledTimes(1)
    const [, said, told] = lines(asked[1]?.messages ?? [])
    expect(said).toContain('I called weather with: {"place":"Ber\n')
    expect(said).toContain('I called weather with: {"place":"Rome"}')
    expect(told).toMatch(/^user: Error: The call of .*weather.* Please fix\.$/s)
    // No provider is sent a call without a result, or one that cannot be read.
    expect(asked[1]?.messages.some(({ tool_calls }) => tool_calls)).toBe(false)
    expect(session.exceptions).toHaveLength(1)
    expect(lines(agent.dialog.messages)).toHaveLength(4)
  })

  const click = '{"action":{"type":"click","x":1,"y":2},"safety_checks":[{"id":"s1"}]}'

  test('what is asked of the computer goes to the handler, each time anew; a screenshot comes back as a picture', async () => {
    const interrupt = vi.fn(() => ({ screenshot: 'data:image/png;base64,AAAA' }))
    const { agent, asked } = agentOf(
      [{ calls: [['computer_use', click]] }, { calls: [['computer_use', click]] }, { text: 'Clicked.' }],
      { computerUse: true, handlers: { interrupt } }
    )
    await agent.respond()
    expect(interrupt).toHaveBeenCalledTimes(2)
    expect(interrupt).toHaveBeenCalledWith(
      { callId: expect.any(String), action: { type: 'click', x: 1, y: 2 }, safetyChecks: [{ id: 's1' }] },
      { signal: expect.any(AbortSignal) }
    )
    const result = asked[2]?.messages.filter(({ role }) => role === 'tool')
    expect(result?.map(({ content }) => content)).toEqual([
      [{ type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } }],
      [{ type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } }]
    ])
  })

  test('Anthropic’s way to ask for it is understood too', async () => {
    const interrupt = vi.fn(() => 'Done.')
    const point = '{"action":"left_click","coordinate":[1,2]}'
    const { agent } = agentOf([{ calls: [['computer', point]] }, { text: 'Clicked.' }], {
      computerUse: true,
      handlers: { interrupt }
    })
    await agent.respond()
    expect(interrupt).toHaveBeenCalledWith(
      { callId: expect.any(String), action: { action: 'left_click', coordinate: [1, 2] }, safetyChecks: [] },
      { signal: expect.any(AbortSignal) }
    )
  })

  test.each([
    ['nobody is there to do it', undefined, 'refused'],
    [
      'the handler throws',
      () => {
        throw new Error('no mouse')
      },
      'no mouse'
    ],
    ['the handler gives nothing', () => undefined as never, 'must give'],
    ['the handler gives a text', () => ({ text: 'It is done.' }), 'It is done.']
  ])('where %s, the model is told', async (_case, interrupt, words) => {
    const { agent } = agentOf([{ calls: [['computer_use', click]] }, { text: 'Well.' }], {
      computerUse: true,
      handlers: interrupt ? { interrupt } : {}
    })
    await agent.respond()
    expect(agent.dialog.messages[2]).toMatchObject({ role: 'tool', content: expect.stringContaining(words) })
  })
})
