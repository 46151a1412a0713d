import { describe, expect, test } from 'vitest'
import { memoryCache } from './cache/memory-cache.js'
import { createDaybook, type Daybook, type DaybookOptions } from './daybook.js'
import type { Warning } from './host.js'
import type { AnyEvent, EventDraft } from './ledger/event.js'
import type { Ledger } from './ledger/ledger.js'
import { memoryLedgerStore } from './ledger/memory-ledger-store.js'
import { llmStream } from './llm/llm-stream.js'
import { textLlm } from './llm/text-llm.js'
import type { Kit } from './run/kit.js'
import { responder } from './run/responder.js'
import { simulatedFetch } from './testing/simulated-fetch.js'

/** A Daybook with nothing outside this test: memory, no environment, simulated answers unless told otherwise. */
function daybookFor(options: DaybookOptions = {}): Daybook & { warnings: Warning[] } {
  const warnings: Warning[] = []
  const made = createDaybook({
    model: 'openai/gpt-4o-mini',
    store: memoryLedgerStore(),
    cache: memoryCache(),
    ...(options.llm === undefined ? { fetch: simulatedFetch({ speed: Number.POSITIVE_INFINITY }) } : {}),
    ...options,
    host: { env: () => undefined, warn: warning => warnings.push(warning), ...options.host }
  })
  return Object.assign(made, { warnings })
}

async function eventsOf(ledger: Ledger): Promise<AnyEvent[]> {
  const events: AnyEvent[] = []
  for await (const event of ledger.read()) events.push(event as AnyEvent)
  return events
}

const responsesOf = async (ledger: Ledger) =>
  (await eventsOf(ledger)).flatMap(event => (event.type === 'llm.response' ? [event.data] : []))

/** Asks its goal, once for each time it says so. */
const asking: Kit = {
  name: 'asking',
  version: '1.0.0',
  responders: options => [
    responder('asking.on_goal', 'object.created', (event): EventDraft[] => [
      {
        type: 'llm.request',
        data: {
          model: String(options.model),
          messages: [{ role: 'user', content: String(event.data.data?.text) }],
          cause_object_id: event.data.id
        }
      }
    ])
  ]
}

describe('text', () => {
  test('gives pieces as they come, and the whole when it is awaited', async () => {
    const stream = daybookFor().text('Why is the sky blue?')
    const pieces: string[] = []
    for await (const piece of stream) pieces.push(piece)
    expect(pieces.length).toBeGreaterThan(5)
    expect(await stream).toBe(pieces.join(''))
    expect(await stream).toContain('Why is the sky blue?')
  })

  test('is answered from the cache the second time, for nothing', async () => {
    const daybook = daybookFor()
    const first = await daybook.text('Why is the sky blue?')
    expect(await daybook.text('Why is the sky blue?')).toBe(first)
    const [paid, free] = await responsesOf(daybook.ledger)
    expect(paid).toMatchObject({ cached: false, cache: { state: 'miss' }, estimated: true, price_date: '2026-08-01' })
    expect(paid?.cost_usd).toBeGreaterThan(0)
    expect(free).toMatchObject({ cached: true, cache: { state: 'hit' }, cost_usd: 0, saved_usd: paid?.cost_usd })
  })

  test('takes messages, a system text and parameters as on the wire', async () => {
    const daybook = daybookFor()
    await daybook.text([{ role: 'user', content: 'Hello' }], { system: 'Be brief.', modelArgs: { max_tokens: 7 } })
    expect((await eventsOf(daybook.ledger))[0]?.data).toMatchObject({
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'Hello' }
      ],
      max_tokens: 7,
      model: 'openai/gpt-4o-mini',
      target: { provider: 'openai', model: 'gpt-4o-mini' }
    })
  })

  test('refuses an empty prompt and a call without a model, before anything is written', async () => {
    const daybook = daybookFor()
    await expect(daybook.text('  ')).rejects.toMatchObject({ kind: 'input' })
    await expect(daybook.text([])).rejects.toMatchObject({ kind: 'input' })
    await expect(createDaybook({ host: { env: () => undefined } }).text('hi')).rejects.toMatchObject({ kind: 'config' })
    expect(await eventsOf(daybook.ledger)).toEqual([])
  })

  test('without a key says which variable to set', async () => {
    const daybook = daybookFor({ fetch: () => Promise.reject(new Error('must not be asked')) })
    await expect(daybook.text('hi')).rejects.toMatchObject({ kind: 'config', message: /OPENAI_API_KEY/ })
  })
})

test('a simulated answer is never given for a real question', async () => {
  const cache = memoryCache()
  await daybookFor({ cache }).text('hi')
  let asked = false
  const real = daybookFor({
    cache,
    keys: { openai: 'test-key' },
    fetch: () => {
      asked = true
      return Promise.reject(new TypeError('no network'))
    },
    host: { random: () => 0 }
  })
  await expect(real.text('hi', { signal: AbortSignal.timeout(300) })).rejects.toThrow()
  expect(asked).toBe(true)
})

test('a session writes to a ledger of its own and shares the cache', async () => {
  const daybook = daybookFor()
  const session = daybook.session('request-7')
  await daybook.text('hi')
  await session.text('hi')
  expect(session.ledger.name).toBe('session:request-7')
  expect(await responsesOf(session.ledger)).toMatchObject([{ cached: true }])
  expect((await daybook.ledgers.list()).map(({ name }) => name).sort()).toEqual(
    [daybook.ledger.name, 'session:request-7'].sort()
  )
})

describe('run', () => {
  test('gives events as they are written, and the outcome when it is awaited', async () => {
    const daybook = daybookFor()
    const run = daybook.run(asking, 'Is it raining?', { id: '1' })
    const types: string[] = []
    for await (const event of run) types.push(event.type)
    expect(types).toEqual(['kit.loaded', 'object.created', 'llm.request', 'llm.response'])
    const outcome = await run
    expect(outcome).toMatchObject({ id: '1', kit: 'asking', goal: 'Is it raining?', events: 4, calls: 1, hits: 0 })
    expect(outcome).toMatchObject({ unanswered: 0, answers: [expect.stringContaining('Is it raining?')] })
    expect(outcome.ledger.name).toBe('run:1')
    expect(outcome.world.object('goal-1')).toMatchObject({ data: { text: 'Is it raining?' } })
  })

  test('makes no call the second time, costs nothing and says what it saved', async () => {
    const daybook = daybookFor()
    const first = await daybook.run(asking, 'Is it raining?')
    const second = await daybook.run(asking, 'Is it raining?')
    expect(second).toMatchObject({ calls: 0, hits: 1, costUsd: 0, savedUsd: first.costUsd })
  })

  test('is opened again by its name, and removed', async () => {
    const daybook = daybookFor()
    await daybook.run(asking, 'Is it raining?', { id: '1' })
    expect((await daybook.ledgers.open('run:1')).length).toBe(4)
    await daybook.ledgers.remove('run:1')
    expect((await daybook.ledgers.open('run:1')).length).toBe(0)
  })

  test('with nobody to answer leaves its requests in the ledger', async () => {
    const run = await daybookFor({ llm: false }).run(asking, 'Is it raining?')
    expect(run).toMatchObject({ unanswered: 1, calls: 0, answers: [] })
  })

  test('ends well when every call fails, and says what the problem was', async () => {
    const llm = textLlm(() => {
      throw new Error('the model is asleep')
    })
    const run = await daybookFor({ llm }).run(asking, 'Is it raining?')
    expect(run).toMatchObject({ calls: 0, failures: 1, unanswered: 0, problem: expect.stringContaining('asleep') })
  })

  test('shows its deltas live to whoever follows its ledger', async () => {
    const daybook = daybookFor()
    const ledger = await daybook.ledgers.open('run:1')
    const lengths: number[] = []
    ledger.subscribe(() => {}, { onSignal: signal => lengths.push(signal.n) })
    await daybook.run(asking, 'Is it raining?', { id: '1' })
    expect(lengths.length).toBeGreaterThan(5)
    expect(lengths).toEqual(lengths.map((_n, index) => index))
  })
})

describe('what is written', () => {
  test('is what redact leaves', async () => {
    const daybook = daybookFor({
      redact: event => JSON.parse(JSON.stringify(event).replaceAll('Northwind', '[company]'))
    })
    await daybook.text('Who owns Northwind?')
    const written = JSON.stringify(await eventsOf(daybook.ledger))
    expect(written).not.toContain('Northwind')
    expect(written).toContain('[company]')
  })

  test('with record metadata holds no word of what was said', async () => {
    const daybook = daybookFor({ record: 'metadata' })
    const answer = await daybook.text('A secret question')
    const written = JSON.stringify(await eventsOf(daybook.ledger))
    expect(written).not.toContain('secret')
    expect(written).not.toContain(answer.slice(0, 20))
    expect((await responsesOf(daybook.ledger))[0]?.cost_usd).toBeGreaterThan(0)
  })

  test('with record none stays in memory', async () => {
    const store = memoryLedgerStore()
    await daybookFor({ store, record: 'none' }).text('hi')
    expect(await store.list()).toEqual([])
  })

  test('holds no key, wherever it came from', async () => {
    const key = 'sk-canary-0123456789abcdef'
    const daybook = daybookFor({
      keys: { openai: key },
      fetch: async () => Response.json({ error: { message: `Incorrect API key provided: ${key}` } }, { status: 401 })
    })
    const error = await daybook.text('hi').catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ kind: 'auth' })
    const seen = `${JSON.stringify(await eventsOf(daybook.ledger))} ${String(error)} ${(error as Error).stack} ${JSON.stringify(error)}`
    expect(seen).not.toContain('canary')
  })

  test('holds no key that was put into a request, and the provider does not get it in the body', async () => {
    const bodies: string[] = []
    const answer = simulatedFetch({ speed: Number.POSITIVE_INFINITY })
    const daybook = daybookFor({
      fetch: Object.assign(
        (input: RequestInfo | URL, init?: RequestInit) => {
          bodies.push(String(init?.body))
          return answer(input, init)
        },
        { simulated: true }
      )
    })
    const args = {
      api_key: 'canary-1',
      extra_headers: { authorization: 'canary-2' },
      api_base: 'https://other.test?key=canary-3' // its place is in the target, which names who answered
    }
    await daybook.text('hi', { modelArgs: args })
    await daybook.text('ho', { model: 'anthropic/claude-haiku-4-5', modelArgs: args })
    expect(bodies).toHaveLength(2)
    expect(`${bodies} ${JSON.stringify(await eventsOf(daybook.ledger))}`).not.toContain('canary')
  })

  test('of a request event with a key in it is only that it was refused', async () => {
    const leaky: Kit = {
      name: 'leaky',
      version: '1.0.0',
      responders: () => [
        responder('leaky.on_goal', 'object.created', () => [
          { type: 'llm.request', data: { model: 'm', messages: [], api_key: 'canary' } }
        ])
      ]
    }
    const run = await daybookFor().run(leaky, 'x')
    const events = await eventsOf(run.ledger)
    expect(events.at(-1)).toMatchObject({
      type: 'output.rejected',
      data: { reason: expect.stringContaining('api_key') }
    })
    expect(JSON.stringify(events)).not.toContain('canary')
  })

  test('is removed when it is older than what is retained', async () => {
    const store = memoryLedgerStore()
    const host = { now: () => Date.now() - 40 * 86_400_000 }
    await createDaybook({ store, cache: false, llm: textLlm(() => ['old', 0]), model: 'm', host }).text('hi')
    // The store dates its ledgers by the real clock: look at them from forty days ahead.
    const later = createDaybook({
      store,
      cache: false,
      llm: textLlm(() => ['new', 0]),
      model: 'm',
      retain: 30,
      host: { now: () => Date.now() + 40 * 86_400_000 }
    })
    await later.text('hi')
    await expect.poll(async () => (await store.list()).map(({ name }) => name)).toEqual([later.ledger.name])
  })
})

test('a budget stops a session before the call that it cannot pay', async () => {
  let calls = 0
  const llm = textLlm(() => {
    calls++
    return ['yes', 0.6]
  })
  const daybook = daybookFor({ llm, budget: { maxCostUsd: 1 } })
  await daybook.text('one')
  await daybook.text('two')
  await expect(daybook.text('three')).rejects.toMatchObject({ kind: 'budget' })
  expect(await daybook.text('one')).toBe('yes') // a hit is free
  expect(calls).toBe(2)
})

test('a cache whose store fails costs nothing but a warning', async () => {
  const broken = (): never => {
    throw new Error('disk on fire')
  }
  const daybook = daybookFor({ cache: { get: broken, set: broken, delete: broken, keys: broken } })
  expect(await daybook.text('hi')).toContain('hi')
  expect(daybook.warnings.map(({ area }) => area)).toContain('cache')
})

test('leaving the text by break aborts the call, and the ledger says so', async () => {
  const llm = () =>
    llmStream(async function* (signal) {
      yield { type: 'text.delta', text: 'a' } as const
      await new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
      throw new Error('unreachable')
    })
  const daybook = daybookFor({ llm })
  const ended = new Promise(resolve => daybook.ledger.subscribe(event => event.type === 'llm.failed' && resolve(event)))
  for await (const _piece of daybook.text('hi')) break
  expect(await ended).toMatchObject({ data: { kind: 'aborted', partial: { text: 'a' } } })
})
