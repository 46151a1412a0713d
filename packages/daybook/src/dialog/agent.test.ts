import { describe, expect, test } from 'vitest'
import { AgentError, DaybookError, InputError, LedgerWriteError, RateLimitError } from '../errors.js'
import { createHost, type Warning } from '../host.js'
import type { LedgerEvent } from '../ledger/event.js'
import type { Ledger } from '../ledger/ledger.js'
import { memoryLedgerStore } from '../ledger/memory-ledger-store.js'
import { openLedger } from '../ledger/open-ledger.js'
import { recorded } from '../ledger/recorded.js'
import type { LLMFn, LLMRequest, LLMResponse } from '../llm/llm.js'
import { failedStream, llmStream } from '../llm/llm-stream.js'
import { retried } from '../llm/retried.js'
import { type AgentOptions, createAgent } from './agent.js'
import type { ContextManager } from './context.js'
import { dialogsOf } from './dialogs-of.js'
import { createInvoker, type InvokeOptions, type Invoker } from './invoker.js'
import { createPrompt } from './prompt.js'
import { tool } from './tool.js'

/** An LLM function that gives these answers in turn: a text, or the call of a tool. */
function answering(...replies: readonly (string | { readonly call: string; readonly input: object })[]) {
  const requests: LLMRequest[] = []
  const llm: LLMFn = (request, options) =>
    llmStream(async function* () {
      const reply = replies[requests.length] ?? 'Nothing more.'
      const id = `call_${requests.length}`
      requests.push(request)
      const text = typeof reply === 'string' ? reply : ''
      if (text) yield { type: 'text.delta', text }
      const name = typeof reply === 'string' ? '' : reply.call
      const input = typeof reply === 'string' ? {} : reply.input
      const response: LLMResponse = {
        text,
        model: 'demo',
        message: {
          role: 'assistant',
          content: text || null,
          ...(name
            ? { tool_calls: [{ id, type: 'function', function: { name, arguments: JSON.stringify(input) } }] }
            : {})
        },
        finish_reason: name ? 'tool_calls' : 'stop',
        usage: { input_tokens: 10, output_tokens: 2 },
        tool_calls: name ? [{ id, name, arguments: input as never }] : [],
        cost_usd: 0.5,
        cached: false
      }
      return response
    }, options)
  return { llm, requests }
}

const warnings: Warning[] = []
const host = createHost({ warn: warning => void warnings.push(warning) })

function agentOf(llm: LLMFn, options: Partial<AgentOptions> = {}) {
  return createAgent({ invoker: createInvoker({ llm }), model: 'demo', host, ...options })
}

async function failureOf(promise: PromiseLike<unknown>): Promise<DaybookError> {
  const thrown = await promise.then(
    () => undefined,
    (error: unknown) => error
  )
  expect(thrown).toBeInstanceOf(DaybookError)
  return thrown as DaybookError
}

const add = tool({
  name: 'add',
  description: 'Adds two numbers.',
  inputSchema: { type: 'object', properties: { a: { type: 'number' }, b: { type: 'number' } }, required: ['a', 'b'] },
  execute: input => {
    const { a, b } = input as { a: number; b: number }
    return a + b
  }
})

describe('dialogs by alias', () => {
  test('open, switch, fork and close go on from one another', () => {
    const agent = agentOf(answering().llm, { name: 'teacher', system: 'Be {short}.' })
    agent.open('main').receive('One.').fork('aside').receive('Two.').switch('main').receive('Three.')
    const texts = (alias: string) => agent.dialogs.get(alias)?.messages.map(({ content }) => content)
    expect(texts('main')).toEqual(['Be {short}.', 'One.', 'Three.'])
    expect(texts('aside')).toEqual(['Be {short}.', 'One.', 'Two.'])
    expect(agent.dialogs.get('aside')?.tree.parentId).toBe(agent.dialog.id)
    expect([agent.alias, agent.dialog.owner, agent.dialog.head?.role]).toEqual(['main', 'teacher', 'system'])
    agent.fork('newest', { from: 'aside', lastN: 1 })
    expect(texts('newest')).toEqual(['Be {short}.', 'Two.'])
    agent.close('aside').close()
    expect([agent.alias, [...agent.dialogs.keys()]]).toEqual([undefined, ['main']])
    expect(agent.switch('main').alias).toBe('main')
  })

  test('what cannot be done is an InputError that says what can', async () => {
    const agent = agentOf(answering().llm)
    expect(() => agent.dialog).toThrow(/open one with agent\.open/)
    expect(() => agent.receive('Hello.')).toThrow(InputError)
    expect(await failureOf(agent.respond())).toBeInstanceOf(InputError)
    await expect(agent.receiveImage('https://example.org/a.png')).rejects.toBeInstanceOf(InputError)
    agent.open('one').open('two')
    expect(() => agent.open('one')).toThrow(/already/)
    expect(() => agent.fork('two')).toThrow(/already/)
    expect(() => agent.switch('three')).toThrow('There are: one, two.')
    expect(() => agent.close('three')).toThrow(InputError)
    expect(() => agent.open('')).toThrow(InputError)
    expect(() => agentOf(answering().llm, { maxExceptionRetry: -1 })).toThrow(/maxExceptionRetry/)
    expect(() => createAgent({ invoker: {} as Invoker, model: 'demo' })).toThrow(/call\(\)/)
  })

  test('a system prompt is rendered with its values, and its contract is in force', async () => {
    const { llm, requests } = answering('Yes.')
    const agent = agentOf(llm, { system: createPrompt({ template: 'Speak {language}.', tools: [add] }) })
    expect(() => agent.open('main')).toThrow(/language/)
    expect(agent.dialogs.size).toBe(0)
    agent.open('main', { args: { language: 'French' }, sessionName: 'lesson' }).receive('Hello?')
    expect(agent.dialog.sessionName).toBe('lesson')
    await agent.respond()
    expect(requests[0]?.messages).toEqual([
      { role: 'system', content: 'Speak French.' },
      { role: 'user', content: 'Hello?' }
    ])
    expect(requests[0]?.tools).toMatchObject([{ function: { name: 'add' } }])
  })

  test('pictures and prompts are received too, by any alias', async () => {
    const agent = agentOf(answering().llm).open('one').open('two')
    const same = await agent.receiveImage('https://example.org/a.png', { alias: 'one', caption: 'A cat.' })
    expect(same).toBe(agent)
    agent.receivePrompt('Say {word}.', { word: 'cat' }, { alias: 'one' })
    expect(agent.dialogs.get('one')?.messages).toMatchObject([
      { content: [{ type: 'text', text: 'A cat.' }, { type: 'image_url' }] },
      { content: 'Say cat.' }
    ])
    expect(agent.dialogs.get('two')?.length).toBe(0)
  })
})

test('what is said of a respond goes with its calls, and its name with the answer', async () => {
  const asked: InvokeOptions[] = []
  const { invoker } = { invoker: createInvoker({ llm: answering('Yes.').llm }) }
  const watching: Invoker = {
    call(dialog, options) {
      asked.push(options)
      return invoker.call(dialog, options)
    }
  }
  const agent = createAgent({
    ...{ invoker: watching, model: 'demo', name: 'Miss Marple', host },
    modelArgs: { temperature: 0, max_tokens: 9 }
  })
  const chunks: string[] = []
  const streamHandler = { handleChunk: (text: string) => void chunks.push(text) }
  const { message } = await agent
    .open('main')
    .receive('Who?')
    .respond({ modelArgs: { max_tokens: 5 }, metadata: { seen: true }, streamHandler, scope: 'a', strict: true })
  expect(asked[0]).toMatchObject({ modelArgs: { temperature: 0, max_tokens: 5 }, scope: 'a', strict: true })
  expect(asked[0]).toMatchObject({ responder: 'Miss Marple', metadata: { seen: true } })
  expect(message).toMatchObject({ name: 'Miss Marple', metadata: { seen: true }, content: 'Yes.' })
  expect(chunks).toEqual(['Yes.'])
})

test.each([
  [2, 3],
  [0, 2],
  [1, 0]
])('with %i retries and %i recalls no more requests are made than both allow', async (maxRetries, maxLlmRecall) => {
  let requests = 0
  const failing: LLMFn = () => {
    requests++
    return failedStream(new RateLimitError('Too many requests.'))
  }
  const sleep = async (): Promise<void> => {}
  const llm = retried(failing, { maxRetries, sleep, host: { now: () => 0, random: () => 0 } })
  const agent = agentOf(llm, { maxLlmRecall, sleep }).open('main').receive('Hello?')
  const error = await failureOf(agent.respond())
  expect(error instanceof AgentError).toBe(maxLlmRecall > 0)
  expect(requests).toBe((1 + maxRetries) * (1 + maxLlmRecall))
})

test('an invoker that throws at once, or gives what fails later, fails the respond', async () => {
  const throwing: Invoker = {
    call() {
      throw new Error('no such thing')
    }
  }
  const agent = createAgent({ invoker: throwing, model: 'demo', host }).open('main').receive('Hello?')
  expect((await failureOf(agent.respond())).message).toContain('no such thing')
  expect((await failureOf(agent.respond())).message).toContain('no such thing')
})

test('an invoker that ignores its signal is left at an abort', async () => {
  const controller = new AbortController()
  const deaf: Invoker = {
    call: () => {
      queueMicrotask(() => controller.abort())
      const never = new Promise<never>(() => {})
      return Object.assign(never, { [Symbol.asyncIterator]: () => ({ next: () => never }) }) as never
    }
  }
  const agent = createAgent({ invoker: deaf, model: 'demo', host }).open('main').receive('Hello?')
  expect((await failureOf(agent.respond({ signal: controller.signal }))).kind).toBe('aborted')
  expect((await failureOf(agent.respond({ signal: controller.signal }))).kind).toBe('aborted')
})

test('the context manager hears how good the estimate of the last request was', async () => {
  const ratios: (number | undefined)[] = []
  const contextManager: ContextManager = {
    name: 'all',
    fit(messages, { ratio = 1 }) {
      ratios.push(ratio)
      return { messages, cut: [], estimatedTokens: 8 * ratio }
    }
  }
  const agent = agentOf(answering('Yes.', 'No.').llm, { contextManager }).open('main')
  await agent.receive('Hello?').respond()
  await agent.receive('Hello?').respond()
  expect(ratios).toEqual([1, 10 / 8])
})

describe('with a ledger', () => {
  async function eventsOf(ledger: Ledger): Promise<LedgerEvent[]> {
    const events: LedgerEvent[] = []
    for await (const event of ledger.read()) events.push(event)
    return events
  }

  test('dialogs, tools and calls are in it, in order, and the dialogs can be built again from it alone', async () => {
    const ledger = await openLedger(memoryLedgerStore(), 'session:1')
    const { llm } = answering({ call: 'add', input: { a: 1, b: 2 } }, 'It is 3.', 'bad', 'Fine.')
    const parser = {
      parse(text: string) {
        if (text === 'bad') throw new Error('It is bad.')
        return { raw: text }
      }
    }
    const agent = agentOf(recorded(llm, ledger, { host }), { ledger, name: 'teacher', system: 'Be kind.' })
    agent.open('main').receivePrompt(createPrompt({ path: 'sums', template: 'What is 1 + 2?', tools: [add], parser }))
    await agent.respond()
    await agent.fork('aside').receive('And now?').respond()

    const events = await eventsOf(ledger)
    expect(events.map(({ type }) => type)).toEqual([
      ...['dialog.opened', 'message.appended', 'message.appended', 'llm.request', 'llm.response'],
      ...['tool.called', 'tool.returned', 'message.appended', 'message.appended'],
      ...['llm.request', 'llm.response', 'message.appended', 'dialog.forked', 'message.appended'],
      ...['llm.request', 'llm.response', 'llm.request', 'llm.response', 'message.appended']
    ])
    const [called, returned] = events.filter(({ type }) => type.startsWith('tool.'))
    expect(called).toMatchObject({
      actor: 'teacher',
      data: { name: 'add', call_id: 'call_0', arguments: { a: 1, b: 2 } }
    })
    expect(returned).toMatchObject({ actor: 'teacher', data: { name: 'add', call_id: 'call_0', result: 3 } })
    // Every request names the dialog that it goes on with, although it was made from a copy.
    const ids = [...agent.dialogs.values()].map(({ id }) => id)
    const named = events.flatMap(({ type, data }) => (type === 'llm.request' ? [(data as LLMRequest).dialog_id] : []))
    expect(named).toEqual([ids[0], ids[0], ids[1], ids[1]])

    const again = dialogsOf(events)
    expect([...again.keys()]).toEqual(ids)
    for (const dialog of agent.dialogs.values()) {
      const rebuilt = again.get(dialog.id)
      expect(rebuilt?.messages).toEqual(dialog.messages)
      expect(rebuilt?.tree.parentId).toBe(dialog.tree.parentId)
      expect(rebuilt?.cost).toEqual(dialog.cost)
    }
  })

  test('an agent has one name in all its events, whatever providers take of it', async () => {
    const ledger = await openLedger(memoryLedgerStore(), 'session:1')
    const { llm } = answering('Elementary.')
    const agent = agentOf(recorded(llm, ledger, { host }), { ledger, name: 'Dr. Watson' })
    await agent.open('main').receive('Who was it?').respond()
    const actors = (await eventsOf(ledger)).map(({ actor }) => actor)
    expect(new Set(actors)).toEqual(new Set(['Dr. Watson']))
    expect(agent.dialog.tail?.name).toBe('Dr. Watson')
  })

  test('a tool runs only after its call is durable', async () => {
    const ledger = await openLedger(memoryLedgerStore(), 'session:1')
    const seen: string[] = []
    const look = tool({
      ...{ name: 'look', description: 'Looks.', inputSchema: { type: 'object', properties: {} } },
      execute: async () => {
        for (const { type } of await eventsOf(ledger)) seen.push(type)
      }
    })
    const { llm } = answering({ call: 'look', input: {} }, 'Done.')
    await agentOf(llm, { ledger, system: createPrompt({ template: 'Look.', tools: [look] }) })
      .open('main')
      .respond()
    expect(seen.at(-1)).toBe('tool.called')
    expect((await eventsOf(ledger)).at(-1)?.type).toBe('message.appended')
  })

  test('an answer that was given is in the ledger, however slow that is', async () => {
    const fast = await openLedger(memoryLedgerStore(), 'session:1')
    const slow: Ledger = {
      ...fast,
      append: async (events, options) => {
        await new Promise(resolve => setTimeout(resolve, 5))
        return fast.append(events, options)
      }
    }
    const { message } = await agentOf(answering('Yes.').llm, { ledger: slow }).open('main').receive('Hello?').respond()
    expect((await eventsOf(fast)).at(-1)?.data).toMatchObject({ message: { id: message.id } })
  })

  test('where nothing can be written, nothing is asked and no tool runs', async () => {
    const store = await openLedger(memoryLedgerStore(), 'session:1')
    let full = true
    const ledger: Ledger = {
      ...store,
      get length() {
        return store.length
      },
      append: async (events, options) => {
        if (full || events.some(({ type }) => type === 'tool.called')) throw new Error('The disk is full.')
        return store.append(events, options)
      }
    }
    let ran = 0
    const count = tool({
      ...{ name: 'count', description: 'Counts.', inputSchema: { type: 'object', properties: {} } },
      execute: () => ++ran
    })
    const { llm, requests } = answering({ call: 'count', input: {} }, 'Done.')
    const agent = agentOf(llm, { ledger, system: createPrompt({ template: 'Count.', tools: [count] }) }).open('main')
    expect(await failureOf(agent.respond())).toBeInstanceOf(LedgerWriteError)
    expect(requests).toHaveLength(0)
    full = false
    expect(await failureOf(agent.respond())).toBeInstanceOf(LedgerWriteError)
    expect([requests.length, ran]).toEqual([1, 0])
  })

  test('what was left out to fit the model is in the session and in the ledger', async () => {
    const ledger = await openLedger(memoryLedgerStore(), 'session:1')
    const { llm, requests } = answering('Yes.')
    // The price table knows that this model reads 8,192 tokens.
    const agent = agentOf(llm, { ledger, model: 'openai/gpt-4-0613', system: 'Be kind.' }).open('main')
    for (let turn = 0; turn < 20; turn++) {
      agent.receive(`Question ${turn}: ${'why '.repeat(500)}`)
      agent.dialog.append({ role: 'assistant', content: `Answer ${turn}: ${'so '.repeat(500)}` })
    }
    const { session } = await agent.receive('And?').respond({ modelArgs: { max_tokens: 500 } })
    const sent = requests[0]?.messages ?? []
    expect(session.cut).toBeGreaterThan(20)
    expect(sent).toHaveLength(42 - session.cut)
    expect(sent[0]?.content).toBe('Be kind.')
    expect(sent[1]?.content).toMatch(/^Question/)
    expect(sent.at(-1)?.content).toBe('And?')
    expect(agent.dialog.length).toBe(43)
    const told = (await eventsOf(ledger)).find(({ type }) => type === 'warning.raised')
    expect(told?.data).toMatchObject({
      area: 'context',
      kind: 'cut',
      message: expect.stringContaining(`${session.cut}`)
    })
  })
})

test('what is put into the dialog once it is being answered waits for the next answer', async () => {
  const { llm, requests } = answering('One.', 'Two.')
  const agent = agentOf(llm).open('main').receive('First')
  const reply = agent.respond()
  agent.receive('Second')
  expect((await reply).text).toBe('One.')
  expect(requests[0]?.messages.map(message => message.content)).toEqual(['First'])
})
