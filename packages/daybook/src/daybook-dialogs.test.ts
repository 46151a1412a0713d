import { expect, test } from 'vitest'
import { z } from 'zod'
import { memoryCache } from './cache/memory-cache.js'
import { createDaybook, type Daybook, type DaybookOptions } from './daybook.js'
import { Dialog } from './dialog/dialog.js'
import { dialogsOf } from './dialog/dialogs-of.js'
import type { Invoker } from './dialog/invoker.js'
import { createPrompt } from './dialog/prompt.js'
import { tool } from './dialog/tool.js'
import { DaybookError } from './errors.js'
import type { LedgerEvent } from './ledger/event.js'
import { memoryLedgerStore } from './ledger/memory-ledger-store.js'
import { live, tap } from './llm/live.js'
import type { LLMFn, LLMRequest, LLMResponse } from './llm/llm.js'
import { textLlm } from './llm/text-llm.js'
import { simulatedFetch } from './testing/simulated-fetch.js'

function daybookFor(options: DaybookOptions = {}): Daybook {
  return createDaybook({
    model: 'openai/gpt-4o-mini',
    store: memoryLedgerStore(),
    cache: memoryCache(),
    ...(options.llm ? {} : { fetch: simulatedFetch({ speed: Number.POSITIVE_INFINITY }) }),
    ...options,
    host: { env: () => undefined, warn: () => {}, ...options.host }
  })
}

async function eventsOf({ ledger }: Daybook): Promise<LedgerEvent[]> {
  const events: LedgerEvent[] = []
  for await (const event of ledger.read()) events.push(event)
  return events
}

/** Anybody's: it says back what it was told. */
const echo: Invoker = {
  call: (dialog, { model }) =>
    live(async function* () {
      const text = `${model}: ${String(dialog.tail?.content)}`
      yield { type: 'text.delta', text } as const
      const message = { id: 'm-1', role: 'assistant', content: text, parsed: { said: text } } as const
      const rawResponse = { text, message, tool_calls: [], usage: null } as unknown as LLMResponse
      const cost = { inputTokens: 0, outputTokens: 0, cachedInputTokens: 0, cacheWriteTokens: 0, reasoningTokens: 0 }
      const paid = { ...cost, costUsd: 0, unpriced: 0, answers: 1 }
      const rest = { modelArgs: {}, executionErrors: [], hasErrors: false, errorMessage: '', dropped: [] }
      return { message, rawResponse, cost: paid, ...rest }
    })
}

test('anybody’s invoker answers texts, objects and agents', async () => {
  const daybook = daybookFor({ invoker: echo })
  expect(await daybook.text('Hello')).toBe('openai/gpt-4o-mini: Hello')
  expect(await daybook.object('Hello', z.object({ said: z.string() }))).toEqual({ said: 'openai/gpt-4o-mini: Hello' })
  expect((await daybook.agent().open('main').receive('Hello').respond()).text).toBe('openai/gpt-4o-mini: Hello')
})

test('an invoker may give a promise of its result; what is no result is told in words', async () => {
  const { message, rawResponse, ...rest } = await echo.call(new Dialog(), { model: 'm' })
  const giving = (result: unknown): Daybook =>
    daybookFor({ invoker: { call: async () => result } as unknown as Invoker })
  const whole = giving({ message, rawResponse, ...rest })
  expect(await whole.text('Hello')).toBe('m: undefined')
  expect((await whole.agent().open('main').receive('Hello').respond()).text).toBe('m: undefined')

  // The rest is told from these two, but for a value that nobody read.
  const bare = giving({ message: { role: 'assistant', content: 'Hi' }, rawResponse })
  expect(await bare.text('Hello')).toBe('Hi')
  expect((await bare.agent().open('main').receive('Hello').respond()).cost).toMatchObject({ answers: 1, unpriced: 1 })
  await expect(bare.object('Hello', Tide)).rejects.toMatchObject({ kind: 'bad_response' })

  for (const result of [undefined, 'Hello', { message, ...rest }, { rawResponse, ...rest }]) {
    const daybook = giving(result)
    const asked = [
      daybook.text('Hello'),
      daybook.object('Hello', Tide),
      daybook.agent().open('main').receive('Hello').respond()
    ]
    for (const failure of await Promise.all(asked.map(answer => answer.then(String, (error: unknown) => error)))) {
      expect(failure).toBeInstanceOf(DaybookError)
      expect(failure).toMatchObject({ kind: 'bad_response', message: expect.stringContaining('it has no') })
    }
  }
})

test('an object without a schema is refused, and nothing is asked', async () => {
  const daybook = daybookFor()
  await expect(daybook.object('Hello', undefined as never)).rejects.toMatchObject({ kind: 'input' })
  expect(await eventsOf(daybook)).toEqual([])
})

const Tide = z.object({ harbour: z.string(), metres: z.number(), springs: z.boolean().default(false) })

test('an object is seen while it grows, and is checked at the end', async () => {
  const stream = daybookFor().object('How high is the tide in Dover?', Tide, { system: 'Be brief.' })
  const seen: unknown[] = []
  for await (const partial of stream) seen.push(partial)
  const tide = await stream
  expect(seen.length).toBeGreaterThan(1)
  expect(Tide.safeParse(tide).success).toBe(true)
  expect(seen.at(-1)).toMatchObject({ harbour: tide.harbour, metres: tide.metres })
})

test('an object that does not fit fails with kind output, and is asked for anew the next time', async () => {
  let calls = 0
  const llm = textLlm(() => {
    calls++
    return [calls === 1 ? '{"harbour": 7}' : '{"harbour": "Dover", "metres": 6}', 0.01]
  })
  const daybook = daybookFor({ llm })
  const failure = await daybook.object('The tide?', Tide).catch((error: unknown) => error)
  expect(failure).toBeInstanceOf(DaybookError)
  expect(failure).toMatchObject({ kind: 'output' })
  expect(await daybook.object('The tide?', Tide)).toEqual({ harbour: 'Dover', metres: 6, springs: false })
})

test('a schema that cannot be sent is refused with its place; as its hint says, any JSON can be asked for and is checked', async () => {
  const Lengths = z.object({ byName: z.record(z.string(), z.number()) })
  const daybook = daybookFor()
  await expect(daybook.object('How long are these ships?', Lengths)).rejects.toMatchObject({
    kind: 'input',
    message: expect.stringContaining('$.byName'),
    hint: expect.stringContaining('modelArgs: { response_format: { type: "json_object" } }')
  })

  const requests: LLMRequest[] = []
  const llm: LLMFn = (request, options) => {
    requests.push(request)
    return textLlm(() => ['{"byName": {"Cutty Sark": 85}}', 0])(request, options)
  }
  const modelArgs = { response_format: { type: 'json_object' } }
  const lengths = await daybookFor({ llm }).object('As JSON: how long are these ships?', Lengths, { modelArgs })
  expect(lengths).toEqual({ byName: { 'Cutty Sark': 85 } })
  expect(requests[0]?.response_format).toEqual({ type: 'json_object' })
})

test('a brace in the question is a brace', async () => {
  const asked: unknown[] = []
  const llm = textLlm(messages => {
    asked.push(messages.at(-1)?.content)
    return ['{"harbour": "Dover", "metres": 6}', 0]
  })
  await daybookFor({ llm }).object('Fill in {harbour} and {{metres}}.', Tide)
  expect(asked).toEqual(['Fill in {harbour} and {{metres}}.'])
})

test('a question may have pictures and earlier turns', async () => {
  const picture = { type: 'image_url', image_url: { url: 'data:image/png;base64,iVBORw0KGgo=' } }
  const value = await daybookFor().object(
    [
      { role: 'user', content: 'Which harbour?' },
      { role: 'assistant', content: 'Dover.' },
      { role: 'user', content: [{ type: 'text', text: 'And this one?' }, picture] }
    ],
    Tide
  )
  expect(Tide.safeParse(value).success).toBe(true)
})

test('the dialogs of an agent are built again from the ledger alone', async () => {
  const daybook = daybookFor()
  const tide = tool({
    name: 'tide',
    description: 'The tide at a harbour.',
    inputSchema: z.object({ harbour: z.string() }),
    execute: ({ harbour }) => `High tide in ${harbour} is at 16:20.`
  })
  const agent = daybook.agent({ name: 'pilot', system: createPrompt({ template: 'You are a pilot.', tools: [tide] }) })
  await agent.open('first').receive('What is the tide in Dover?').respond()
  await agent.fork('second').receive('And in Calais?').respond()

  const events = await eventsOf(daybook)
  const built = dialogsOf(events)
  expect(built.size).toBe(2)
  for (const [alias, dialog] of agent.dialogs) {
    expect(built.get(dialog.id)?.messages, alias).toEqual(dialog.messages)
    expect(built.get(dialog.id)?.cost, alias).toEqual(dialog.cost)
  }
  // Whoever asks why the first dialog ends as it does finds the way back to its opening.
  const typeOf = new Map(events.map(event => [event.id, event.type]))
  const causes = events.map(({ type, cause }) => `${type} < ${cause.map(id => typeOf.get(id)).join()}`)
  expect(causes.slice(0, 13)).toEqual([
    'dialog.opened < ',
    'message.appended < dialog.opened',
    'message.appended < message.appended',
    'llm.request < message.appended',
    'llm.response < llm.request',
    'tool.called < llm.response',
    'tool.returned < tool.called',
    'message.appended < llm.response',
    'message.appended < tool.returned',
    'llm.request < message.appended',
    'llm.response < llm.request',
    'message.appended < llm.response',
    'dialog.forked < message.appended'
  ])
  const answered = events.filter(({ type }) => type === 'llm.response')
  expect(answered.every(({ actor }) => actor === 'pilot')).toBe(true)
})

test('a key and an address given with a call reach nothing that is kept', async () => {
  const canary = 'sk-canary-0123456789abcdef'
  const daybook = daybookFor()
  const modelArgs = { api_key: canary, api_base: 'http://127.0.0.1:9/v1', temperature: 0 }
  await daybook.text('Hello', { modelArgs })
  await daybook.object('Hello', Tide, { modelArgs })
  await daybook.agent({ modelArgs }).open('main').receive('Hello').respond()
  const kept = JSON.stringify([await eventsOf(daybook), await entriesOf(daybook)])
  expect(kept).not.toContain('canary')
  expect(kept).not.toContain('api_key')
  expect(kept).not.toContain('api_base')
})

async function entriesOf({ cache }: Daybook): Promise<unknown[]> {
  const entries: unknown[] = []
  for await (const key of (await cache?.keys()) ?? []) entries.push(await cache?.get(key))
  return entries
}

test('an agent without a model says where to name one', () => {
  expect(() => createDaybook({ llm: false }).agent()).toThrow(/No model is named/)
})

test('closing ends what is under way, and the ledger says so', async () => {
  const store = memoryLedgerStore()
  const daybook = createDaybook({
    model: 'openai/gpt-4o-mini',
    store,
    cache: false,
    fetch: simulatedFetch({ firstDeltaMs: 60_000 }),
    host: { env: () => undefined }
  })
  const answer = daybook.text('How long is a day?').catch((error: unknown) => error)
  const asked = new Promise<void>(resolve => {
    const unsubscribe = daybook.ledger.subscribe(
      () => {
        unsubscribe()
        resolve()
      },
      { from: 0 }
    )
  })
  await asked
  await daybook.close()
  expect(await answer).toMatchObject({ kind: 'aborted', message: 'The Daybook was closed.' })
  const types: string[] = []
  for await (const event of store.read(daybook.ledger.name)) types.push(event.type)
  expect(types).toEqual(['llm.request', 'llm.failed'])
})

test('a refusal is what the model says; a key that is no text is refused before anything is sent', async () => {
  const refusing = textLlm(() => ['', 0])
  const llm = Object.assign((...call: Parameters<typeof refusing>) => {
    const stream = refusing(...call)
    return tap(stream, response => ({ ...response, refusal: 'I would rather not.' }))
  }, {})
  expect(await daybookFor({ llm }).text('Do harm.')).toBe('I would rather not.')
  const modelArgs = { api_key: 7 as unknown as string }
  await expect(daybookFor().text('Hello', { modelArgs })).rejects.toMatchObject({ kind: 'input' })
})
