import { describe, expect, test } from 'vitest'
import type { LedgerEvent } from '../ledger/event.js'
import type { Ledger } from '../ledger/ledger.js'
import { memoryLedgerStore } from '../ledger/memory-ledger-store.js'
import { openLedger } from '../ledger/open-ledger.js'
import type { LLMFn } from '../llm/llm.js'
import { textLlm } from '../llm/text-llm.js'
import type { Kit } from './kit.js'
import { responder } from './responder.js'
import { type RunKitOptions, resumeKit, runKit } from './run-kit.js'

const llm = textLlm(messages => [`Answer to ${String(messages[0]?.content)}`, 0.5])

const asking: Kit = {
  name: 'asking',
  version: '2.0.0',
  responders: ({ model = 'm' }) => [
    responder('asking.on_goal', 'object.created', event =>
      event.data.type === 'Goal'
        ? [{ type: 'llm.request', data: { model: String(model), messages: [{ role: 'user', content: 'Q' }] } }]
        : []
    )
  ]
}

async function start(kit: Kit, goal: string, options: Partial<RunKitOptions> = {}) {
  const ledger = await openLedger(memoryLedgerStore(), 'run:1')
  return { ledger, run: runKit(kit, goal, { id: '1', ledger, ...options }) }
}

async function eventsOf(ledger: Ledger): Promise<LedgerEvent[]> {
  const events: LedgerEvent[] = []
  for await (const event of ledger.read()) events.push(event)
  return events
}

describe('a run of a kit', () => {
  test('begins with kit.loaded and the goal, and gives its events and its outcome', async () => {
    const { ledger, run } = await start(asking, 'Why?', { llm, options: { model: 'x' } })
    const seen: LedgerEvent[] = []
    for await (const event of run) seen.push(event)
    expect(seen).toEqual(await eventsOf(ledger))
    expect(seen.map(({ type }) => type)).toEqual(['kit.loaded', 'object.created', 'llm.request', 'llm.response'])
    expect(seen[0]).toMatchObject({
      by: 'seed#0',
      data: { name: 'asking', version: '2.0.0', options: { model: 'x' }, goal: 'Why?' }
    })
    expect(seen[1]?.data).toEqual({ id: 'goal-1', type: 'Goal', data: { text: 'Why?' } })
    const outcome = await run
    expect(outcome).toMatchObject({
      ...{ id: '1', kit: 'asking', goal: 'Why?', events: 4, calls: 1, hits: 0, costUsd: 0.5, unanswered: 0 },
      answers: ['Answer to Q']
    })
    expect(outcome.ledger).toBe(ledger)
    expect(outcome.world.object('goal-1')?.type).toBe('Goal')
  })

  test('tells the limits that it was given, and none that it was not', async () => {
    const { ledger, run } = await start(asking, 'Why?', { llm, budget: { maxCostUsd: 2, maxSeconds: Infinity } })
    await run
    const [loaded] = await eventsOf(ledger)
    expect(loaded?.data).toMatchObject({ budget: { maxCostUsd: 2 } })
    expect(JSON.stringify(loaded)).not.toContain('maxSeconds')
    const free = await start(asking, 'Why?', { llm })
    await free.run
    expect(loaded?.type).toBe('kit.loaded')
    expect('budget' in ((await eventsOf(free.ledger))[0]?.data ?? {})).toBe(false)
  })

  test('is resumed within the limits that it began with, unless others are given', async () => {
    const stopped = async () => {
      const { ledger, run } = await start(asking, 'Why?', { budget: { maxEvents: 3 } })
      expect((await run).unanswered).toBe(1)
      return ledger
    }
    const within = await resumeKit(asking, { id: '1', ledger: await stopped(), llm })
    expect((await eventsOf(within.ledger)).at(-1)?.type).toBe('budget.exhausted')
    const beyond = await resumeKit(asking, { id: '1', ledger: await stopped(), llm, budget: { maxEvents: 100 } })
    expect(beyond.answers).toEqual(['Answer to Q'])
  })

  test('opens its ledger itself where it is given a way to', async () => {
    const store = memoryLedgerStore()
    const run = runKit(asking, 'Why?', { id: '7', ledger: () => openLedger(store, 'run:7'), llm })
    expect((await run).ledger.name).toBe('run:7')
  })

  test('without anything that answers, says how many requests wait', async () => {
    const { run } = await start(asking, 'Why?')
    expect(await run).toMatchObject({ unanswered: 1, calls: 0, answers: [] })
  })

  test('a kit has seeds and edge logic of its own', async () => {
    const kit: Kit = {
      ...asking,
      seed: goal => [{ type: 'relation.created', data: { id: 'r', type: 'wants', source_id: 'me', target_id: goal } }],
      edges: { wants: event => [{ type: 'object.created', data: { id: event.data.target_id, type: 'Wish' } }] }
    }
    expect((await (await start(kit, 'peace')).run).world.object('peace')?.type).toBe('Wish')
  })

  const wrong: [string, Kit, string, RegExp][] = [
    ['an empty goal', asking, '  ', /goal is empty/],
    ['a kit that is none', { name: 'x' } as never, 'g', /A kit is/],
    [
      'a kit that throws',
      {
        ...asking,
        responders: () => {
          throw new Error('broken inside')
        }
      },
      'g',
      /kit asking failed: broken inside/
    ],
    [
      'a kit whose seed throws',
      {
        ...asking,
        seed: () => {
          throw new Error('no seed')
        }
      },
      'g',
      /no seed/
    ],
    ['a kit without a list', { ...asking, responders: () => ({}) as never }, 'g', /a list is expected/],
    ['options that JSON cannot hold', asking, 'g', /JSON cannot hold/]
  ]
  test.each(wrong)('%s fails before anything is written', async (what, kit, goal, message) => {
    const options = what.startsWith('options') ? { options: { at: new Date() } as never } : {}
    const { ledger, run } = await start(kit, goal, options)
    await expect(run).rejects.toThrow(message)
    expect(ledger.length).toBe(0)
  })

  test('a ledger that holds a run already takes no second one', async () => {
    const { ledger, run } = await start(asking, 'Why?', { llm })
    await run
    await expect(runKit(asking, 'Again?', { id: '1', ledger, llm })).rejects.toThrow(/resume it/)
    expect(ledger.length).toBe(4)
  })

  test('an abort ends it when every call has its end in the ledger', async () => {
    const controller = new AbortController()
    const never: LLMFn = (_request, options) => {
      setTimeout(() => controller.abort(), 1)
      return textLlm(() => new Promise(() => {}))(_request, options)
    }
    const { ledger, run } = await start(asking, 'Why?', { llm: never, signal: controller.signal })
    await expect(run).rejects.toMatchObject({ kind: 'aborted' })
    expect((await eventsOf(ledger)).map(({ type }) => type)).toContain('llm.failed')
  })

  test('is resumed with the options that it was begun with, and the outcome covers all of it', async () => {
    const { ledger, run } = await start(asking, 'Why?', { options: { model: 'x' } })
    await run
    const outcome = await resumeKit(asking, { id: '1', ledger, llm })
    expect(outcome).toMatchObject({ kit: 'asking', goal: 'Why?', events: 5, calls: 1, unanswered: 0 })
    expect(outcome.events).toBe(ledger.length)
  })
})
