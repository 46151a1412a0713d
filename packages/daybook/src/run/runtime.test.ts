import { describe, expect, test } from 'vitest'
import { memoryCache } from '../cache/memory-cache.js'
import { InputError } from '../errors.js'
import { createHost } from '../host.js'
import type { EventDraft, LedgerEvent } from '../ledger/event.js'
import type { Ledger } from '../ledger/ledger.js'
import { memoryLedgerStore } from '../ledger/memory-ledger-store.js'
import { openLedger } from '../ledger/open-ledger.js'
import { project } from '../world/project.js'
import { responder } from './responder.js'
import { createRuntime } from './runtime.js'

const emptyLedger = (name = 'run:1'): Promise<Ledger> => openLedger(memoryLedgerStore(), name)

async function eventsOf(ledger: Ledger): Promise<LedgerEvent[]> {
  const events: LedgerEvent[] = []
  for await (const event of ledger.read()) events.push(event)
  return events
}
const typesOf = async (ledger: Ledger): Promise<string[]> => (await eventsOf(ledger)).map(({ type }) => type)

const create = (id: string, type = 'Task', data = {}): EventDraft => ({
  type: 'object.created',
  data: { id, type, data }
})
const patch = (id: string, change: object): EventDraft => ({
  type: 'object.patched',
  data: { id, patch: change as never }
})

/** A host that says nothing, and keeps what it was to say. */
function quietHost() {
  const warnings: string[] = []
  return { host: createHost({ warn: ({ message }) => warnings.push(message) }), warnings }
}

describe('the loop', () => {
  test('appends the seeds, then what responders make of them, breadth first and in the order of registration', async () => {
    const ledger = await emptyLedger()
    const child = (name: string) =>
      responder(name, 'object.created', event =>
        event.data.type === 'Task' ? [create(`${event.data.id}-${name}`, 'Child')] : []
      )
    const world = await createRuntime({ ledger, responders: [child('x'), child('y')] }).run([create('a'), create('b')])
    expect([...world.objects.keys()]).toEqual(['a', 'b', 'a-x', 'a-y', 'b-x', 'b-y'])
    const events = await eventsOf(ledger)
    expect(world.hash()).toBe(project(events).hash())
    expect(events.map(({ actor }) => actor)).toEqual(['runtime', 'runtime', 'x', 'y', 'x', 'y'])
    expect(events[2]).toMatchObject({ source: 'run:1', cause: [events[0]?.id], by: `${events[0]?.id}#0` })
    expect(events[0]).toMatchObject({ cause: [], by: 'seed#0' })
    expect(events[1]).toMatchObject({ by: 'seed#1' })
  })

  test('gives the events as they are appended, and the world at the end', async () => {
    const ledger = await emptyLedger()
    const run = createRuntime({
      ledger,
      responders: [responder('echo', 'object.created', () => [patch('a', { seen: true })])]
    }).run([create('a')])
    const seen: string[] = []
    for await (const event of run) seen.push(event.type)
    expect(seen).toEqual(['object.created', 'object.patched'])
    expect((await run).object('a')?.data).toEqual({ seen: true })
  })

  test('starts from what the ledger holds, and a second run goes on from there', async () => {
    const ledger = await emptyLedger()
    await createRuntime({ ledger, responders: [] }).run([create('a')])
    const second = createRuntime({ ledger, responders: [] })
    expect((await second.load()).object('a')?.type).toBe('Task')
    const world = await second.run([patch('a', { n: 1 })])
    await second.run([create('b')])
    expect(world.object('a')?.data).toEqual({ n: 1 })
    expect((await eventsOf(ledger)).map(({ by }) => by)).toEqual(['seed#0', 'seed#1', 'seed#2'])
  })

  test('two runtimes with ledgers of their own share nothing', async () => {
    const [a, b] = [await emptyLedger('run:a'), await emptyLedger('run:b')]
    const [one, two] = await Promise.all([
      createRuntime({ ledger: a, responders: [] }).run([create('a')]),
      createRuntime({ ledger: b, responders: [] }).run([create('b')])
    ])
    expect([one.object('b'), two.object('a')]).toEqual([undefined, undefined])
    expect(one.context.cache).not.toBe(two.context.cache)
  })

  test('runs of one runtime wait for one another', async () => {
    const ledger = await emptyLedger()
    const runtime = createRuntime({ ledger, responders: [] })
    await Promise.all([runtime.run([create('a')]), runtime.run([create('b')]), runtime.run([create('c')])])
    expect([...(await runtime.load()).objects.keys()]).toEqual(['a', 'b', 'c'])
  })

  test('a responder sees the world right after its event, and goes on seeing it across a wait', async () => {
    const ledger = await emptyLedger()
    const seen: unknown[] = []
    await createRuntime({
      ledger,
      responders: [
        responder('look', 'object.created', async (event, world) => {
          const sizes = [world.objects.size]
          await new Promise(resolve => setTimeout(resolve, event.data.id === 'a' ? 10 : 1))
          seen.push([event.data.id, ...sizes, world.objects.size])
        })
      ]
    }).run([create('a'), create('b'), create('c')])
    expect(seen).toContainEqual(['a', 1, 1])
    expect(seen).toContainEqual(['c', 3, 3])
  })

  test('responders of a wave run at once, as many as allowed', async () => {
    const most = async (concurrency: number): Promise<number> => {
      let now = 0
      let most = 0
      const wait = responder('wait', 'object.created', async () => {
        most = Math.max(most, ++now)
        await new Promise(resolve => setTimeout(resolve, 2))
        now--
      })
      const seeds = Array.from({ length: 12 }, (_, n) => create(`o${n}`))
      await createRuntime({ ledger: await emptyLedger(), responders: [wait], concurrency }).run(seeds)
      return most
    }
    expect(await most(64)).toBe(12)
    expect(await most(5)).toBe(5)
    expect(await most(1)).toBe(1)
  })

  test('edge logic of a relation type comes before the responders, in this runtime only', async () => {
    const ledger = await emptyLedger()
    const relate: EventDraft = {
      type: 'relation.created',
      data: { id: 'r', type: 'blocks', source_id: 'a', target_id: 'b' }
    }
    await createRuntime({
      ledger,
      responders: [responder('after', 'relation.created', () => [create('second')])],
      edges: { blocks: event => [create(`first-${event.data.target_id}`)] }
    }).run([relate])
    expect((await eventsOf(ledger)).slice(1).map(({ actor, data }) => [actor, (data as { id: string }).id])).toEqual([
      ['edge:blocks', 'first-b'],
      ['after', 'second']
    ])
  })

  test('a responder of no type hears all of them; drafts may come one by one, from a generator or a promise', async () => {
    const ledger = await emptyLedger()
    const heard: string[] = []
    await createRuntime({
      ledger,
      responders: [
        responder('all', [], event => {
          heard.push(event.type)
        }),
        responder('stream', 'object.created', async function* (event) {
          if (event.data.id !== 'a') return
          yield create('b')
          await new Promise(resolve => setTimeout(resolve, 1))
          yield create('c')
        }),
        responder('list', 'object.created', async event => (event.data.id === 'c' ? new Set([create('d')]) : null))
      ]
    }).run([create('a')])
    expect((await eventsOf(ledger)).map(({ data }) => (data as { id: string }).id)).toEqual(['a', 'b', 'c', 'd'])
    expect(heard).toHaveLength(4)
  })

  test('names of responders are unique, and none is the name of something else', async () => {
    const ledger = await emptyLedger()
    const named = (...names: string[]) =>
      createRuntime({ ledger, responders: names.map(name => ({ name, types: [], fn: () => [] })) })
    expect(() => named('a', 'b', 'a')).toThrow(InputError)
    expect(() => named('runtime')).toThrow(InputError)
    expect(() => named('two\nlines')).toThrow(InputError)
    expect(() => responder('', [], () => [])).toThrow(InputError)
    expect(() => createRuntime({ ledger, responders: [], budget: { maxEvents: Number.NaN } })).toThrow(InputError)
    expect(() => createRuntime({ ledger, responders: [], concurrency: 0 })).toThrow(InputError)
  })

  test('verbose tells who was called and what came of it', async () => {
    const ledger = await emptyLedger()
    const responders = [responder('echo', 'object.created', event => (event.data.id === 'a' ? [create('b')] : []))]
    await createRuntime({ ledger, responders, verbose: true }).run([create('a')])
    expect(await typesOf(ledger)).toEqual([
      'object.created',
      'responder.fired',
      'object.created',
      'responder.completed',
      'responder.fired',
      'responder.completed'
    ])
    const quiet = await emptyLedger()
    await createRuntime({ ledger: quiet, responders }).run([create('a')])
    expect((await eventsOf(ledger))[2]?.id).toBe((await eventsOf(quiet))[1]?.id)
  })
})

describe('what belongs to a firing', () => {
  test('ids, time and chance are derived from the event: two runs of the same thing are equal', async () => {
    const found: unknown[] = []
    const run = async (): Promise<string[]> => {
      const ledger = await emptyLedger()
      await createRuntime({
        ledger,
        responders: [
          responder('make', 'object.created', (event, _world, context) => {
            if (event.data.type !== 'Task') return []
            found.push([context.random(), context.random()])
            expect(context.now()).toBe(Date.parse(event.timestamp))
            return [create(context.id('note'), 'Note'), create(context.id('note'), 'Note')]
          })
        ]
      }).run([create('a'), create('b')])
      return (await eventsOf(ledger)).flatMap(({ id, data }) => [id, (data as { id: string }).id])
    }
    const first = await run()
    expect(await run()).toEqual(first)
    expect(new Set(first).size).toBe(12)
    expect(first[5]).toMatch(/^note-[\w-]{16}$/)
    expect(found[0]).toEqual(found[2])
    expect(new Set(found.flat()).size).toBe(4)
    for (const number of found.flat() as number[]) expect(number >= 0 && number < 1).toBe(true)
  })

  test('the cache is at world.context.cache: the very one that was passed, also when it is empty; a new one; or none', async () => {
    const cache = memoryCache()
    const contextOf = async (options: { cache?: typeof cache | false }) =>
      (await createRuntime({ ledger: await emptyLedger(), responders: [], ...options }).load()).context
    expect((await contextOf({ cache })).cache).toBe(cache)
    expect((await contextOf({})).cache).toBeTypeOf('object')
    expect(await contextOf({ cache: false })).toEqual({})
  })
})

describe('what goes wrong in a responder', () => {
  const hostile = Object.defineProperty({}, 'message', {
    get() {
      throw new Error('no')
    }
  })
  const thrown: [string, unknown, object][] = [
    [
      'an error',
      new Error('broken', { cause: new Error('deep') }),
      { kind: 'thrown', message: 'broken', causes: ['deep'] }
    ],
    ['undefined', undefined, { kind: 'thrown' }],
    ['a text', 'just a text', { kind: 'thrown', message: expect.stringContaining('just a text') }],
    ['an error of ours', new InputError('wrong'), { kind: 'input', message: 'wrong' }],
    ['an object that cannot be read', hostile, { kind: 'thrown' }]
  ]

  test.each(thrown)('a responder that throws %s is an event, and the others go on', async (_what, error, data) => {
    for (const fn of [
      () => {
        throw error
      },
      () => Promise.reject(error),
      // biome-ignore lint/correctness/useYield: it fails before its first draft
      async function* () {
        throw error
      }
    ]) {
      const ledger = await emptyLedger()
      const responders = [
        responder('bad', 'object.created', fn),
        responder('good', 'object.created', () => [patch('a', { ok: 1 })])
      ]
      const world = await createRuntime({ ledger, responders }).run([create('a')])
      expect(world.object('a')?.data).toEqual({ ok: 1 })
      const events = await eventsOf(ledger)
      expect(events.map(({ type }) => type)).toEqual(['object.created', 'responder.failed', 'object.patched'])
      expect(events[1]?.data).toMatchObject({ responder: 'bad', event_id: events[0]?.id, ...data })
    }
  })

  test('one that throws on everything is not called for its own failure', async () => {
    const ledger = await emptyLedger()
    const bad = responder('bad', [], () => {
      throw new Error('always')
    })
    await createRuntime({ ledger, responders: [bad] }).run([create('a')])
    expect(await typesOf(ledger)).toEqual(['object.created', 'responder.failed'])
  })

  test('what it had emitted before it failed is kept', async () => {
    const ledger = await emptyLedger()
    const half = responder('half', 'object.created', async function* (event) {
      if (event.data.id !== 'a') return
      yield create('b')
      throw new Error('then')
    })
    await createRuntime({ ledger, responders: [half] }).run([create('a')])
    expect(await typesOf(ledger)).toEqual(['object.created', 'object.created', 'responder.failed'])
  })

  test('one that never ends is cut off after its time, and its signal tells it', async () => {
    const ledger = await emptyLedger()
    let told = false
    const hang = responder('hang', 'object.created', (_event, _world, { signal }) => {
      signal.addEventListener('abort', () => {
        told = true
      })
      return new Promise(() => {})
    })
    const good = responder('good', 'object.created', () => [patch('a', { ok: 1 })])
    const world = await createRuntime({ ledger, responders: [hang, good], timeoutMs: 10 }).run([create('a')])
    expect((await eventsOf(ledger))[1]).toMatchObject({
      type: 'responder.failed',
      data: { responder: 'hang', kind: 'timeout' }
    })
    expect([told, world.object('a')?.data.ok]).toEqual([true, 1])
  })

  test('what it emits after it was cut off is not heard', async () => {
    const ledger = await emptyLedger()
    let late: (() => void) | undefined
    const slow = responder('slow', 'object.created', async function* () {
      await new Promise<void>(resolve => {
        late = resolve
      })
      yield create('late')
    })
    await createRuntime({ ledger, responders: [slow], timeoutMs: 5 }).run([create('a')])
    late?.()
    await new Promise(resolve => setTimeout(resolve, 5))
    expect(await typesOf(ledger)).toEqual(['object.created', 'responder.failed'])
  })

  const malformed: [string, unknown][] = [
    ['no object', 42],
    ['no type', { data: {} }],
    ['data that is a list', { type: 'object.created', data: [] }],
    ['data that JSON cannot hold', { type: 'note', data: { at: new Map() } }],
    ['a number that JSON cannot hold', { type: 'note', data: { n: Number.NaN } }],
    ['a cause that is no list', { type: 'note', data: {}, cause: 'x' }],
    ['an object without an id', { type: 'object.created', data: { type: 'T' } }],
    ['a patch of an unknown object', { type: 'object.patched', data: { id: 'nowhere', patch: {} } }],
    ['a request without messages', { type: 'llm.request', data: { model: 'm' } }],
    ['a cost below zero', { type: 'llm.response', data: { text: '', model: 'm', cost_usd: -1 } }],
    [
      'a member that throws',
      {
        get type() {
          throw new Error('no')
        }
      }
    ]
  ]

  test.each(malformed)('an output with %s is rejected in its place, and the run goes on', async (_what, draft) => {
    const ledger = await emptyLedger()
    const responders = [responder('bad', 'object.created', () => [draft as EventDraft, patch('a', { ok: 1 })])]
    const world = await createRuntime({ ledger, responders }).run([create('a')])
    expect(world.object('a')?.data).toEqual({ ok: 1 })
    const events = await eventsOf(ledger)
    expect(events.map(({ type }) => type)).toEqual(['object.created', 'output.rejected', 'object.patched'])
    expect(events[1]?.data).toMatchObject({
      responder: 'bad',
      reason: expect.any(String),
      event_type: expect.any(String)
    })
    expect(events[1]?.by).toBe(`${events[0]?.id}#0`)
  })

  test('something that is no list of drafts is a failure', async () => {
    const ledger = await emptyLedger()
    const responders = [{ name: 'bad', types: [], fn: (() => 'abc') as never }]
    await createRuntime({ ledger, responders }).run([create('a')])
    expect(await typesOf(ledger)).toEqual(['object.created', 'responder.failed'])
  })

  test('a seed that cannot be applied fails the run, and nothing of the batch is in the ledger', async () => {
    const ledger = await emptyLedger()
    const runtime = createRuntime({ ledger, responders: [] })
    await expect(runtime.run([create('a'), patch('missing', {})])).rejects.toMatchObject({ kind: 'input' })
    await expect(runtime.run([{ type: 'note', data: { at: new Date() } } as never])).rejects.toMatchObject({
      kind: 'input'
    })
    expect(ledger.length).toBe(0)
    const world = await runtime.run([create('b')])
    expect([...world.objects.keys()]).toEqual(['b'])
  })

  test('a ledger that cannot be written fails the run, and a later run begins from what is there', async () => {
    const ledger = await emptyLedger()
    let fail = true
    const broken: Ledger = {
      ...ledger,
      append: (events, options) => (fail ? Promise.reject(new Error('disk')) : ledger.append(events, options))
    }
    const runtime = createRuntime({ ledger: broken, responders: [] })
    await expect(runtime.run([create('a')])).rejects.toThrow('disk')
    fail = false
    const world = await runtime.run([create('b')])
    expect([...world.objects.keys()]).toEqual(['b'])
  })

  test('another writer in the middle of a run fails it: a running runtime is the only one', async () => {
    const ledger = await emptyLedger()
    const intruder = responder('intruder', 'object.created', async () => {
      const event = {
        id: 'x',
        type: 'note',
        source: 'run:1',
        actor: 'x',
        cause: [],
        timestamp: '2026-01-01T00:00:00.000Z',
        data: {}
      }
      await ledger.append([event as unknown as LedgerEvent])
      return [create('b')]
    })
    await expect(createRuntime({ ledger, responders: [intruder] }).run([create('a')])).rejects.toMatchObject({
      kind: 'conflict'
    })
  })

  test('data named __proto__ pollutes nothing and comes through', async () => {
    const ledger = await emptyLedger()
    const data = JSON.parse('{"__proto__":{"polluted":true}}')
    const responders = [
      responder('proto', 'object.created', event => (event.data.id === 'a' ? [create('__proto__', 'T', data)] : []))
    ]
    const world = await createRuntime({ ledger, responders }).run([create('a')])
    expect(({} as { polluted?: true }).polluted).toBe(undefined)
    expect(JSON.stringify(world.object('__proto__')?.data)).toBe('{"__proto__":{"polluted":true}}')
  })
})

describe('limits', () => {
  const endless = responder('endless', 'object.created', (_event, _world, { id }) => [create(id('o'))])

  test('an endless loop ends at the depth or the number of events, with an event that says so', async () => {
    for (const [budget, reason] of [
      [{}, 'max_recursion_depth=50 (depth=50)'],
      [{ maxEvents: 20 }, 'max_events=20'],
      [{ maxEvents: 3, maxDepth: 2 }, 'max_events=3']
    ] as const) {
      const ledger = await emptyLedger()
      const world = await createRuntime({ ledger, responders: [endless], budget }).run([create('a')])
      const last = (await eventsOf(ledger)).at(-1) as LedgerEvent<'budget.exhausted'>
      expect(last).toMatchObject({ type: 'budget.exhausted', source: 'run:1', actor: 'budget-enforcer' })
      expect(last.cause).toEqual([(await eventsOf(ledger)).at(-2)?.id])
      expect(last.data.reasons[0]).toBe(reason)
      expect(world.context.budget_exhausted).toBe(true)
    }
  })

  test('several limits can be reached by one event', async () => {
    const ledger = await emptyLedger()
    await createRuntime({ ledger, responders: [endless], budget: { maxEvents: 3, maxDepth: 2 } }).run([create('a')])
    const last = (await eventsOf(ledger)).at(-1) as LedgerEvent<'budget.exhausted'>
    expect(last.data).toMatchObject({
      reasons: ['max_events=3', 'max_recursion_depth=2 (depth=2)'],
      event_count: 3,
      depth: 2
    })
  })

  test('the event that reaches a limit is kept, nobody reacts to its wave, and the rest of the queue is dropped', async () => {
    const ledger = await emptyLedger()
    let called = 0
    const count = responder('count', 'object.created', () => {
      called++
    })
    await createRuntime({ ledger, responders: [count], budget: { maxEvents: 2 } }).run([
      create('a'),
      create('b'),
      create('c')
    ])
    expect(await typesOf(ledger)).toEqual(['object.created', 'object.created', 'budget.exhausted'])
    expect(called).toBe(0)
  })

  test('a budget that is used up takes no seeds, in a new runtime as in the old one, until it is raised', async () => {
    const ledger = await emptyLedger()
    const { host, warnings } = quietHost()
    const make = (maxEvents: number) => createRuntime({ ledger, responders: [], budget: { maxEvents }, host })
    await make(2).run([create('a'), create('b')])
    const world = await make(2).run([create('c')])
    expect(world.context.budget_exhausted).toBe(true)
    expect([world.objects.size, ledger.length, warnings.length]).toEqual([2, 3, 1])
    expect((await make(4).run([create('c')])).objects.size).toBe(3)
    // One event more was left: a budget counts over all runs on its ledger.
    await make(4).run([create('d')])
    expect(await typesOf(ledger)).toEqual([
      'object.created',
      'object.created',
      'budget.exhausted',
      'object.created',
      'object.created',
      'budget.exhausted'
    ])
  })

  test('a limit that was reached in the last moment of a killed process is written down first', async () => {
    const ledger = await emptyLedger()
    const { host } = quietHost()
    await createRuntime({ ledger, responders: [] }).run([create('a'), create('b')])
    await createRuntime({ ledger, responders: [], budget: { maxEvents: 2 }, host }).run([create('c')])
    await createRuntime({ ledger, responders: [], budget: { maxEvents: 2 }, host }).run([create('c')])
    expect(await typesOf(ledger)).toEqual(['object.created', 'object.created', 'budget.exhausted'])
  })

  test('a responder that hangs is ended when the seconds of the run are over', async () => {
    const ledger = await emptyLedger()
    const hang = responder('hang', 'object.created', () => new Promise(() => {}))
    const world = await createRuntime({ ledger, responders: [hang], budget: { maxSeconds: 0.02 } }).run([create('a')])
    expect(world.context.budget_exhausted).toBe(true)
    const events = await eventsOf(ledger)
    expect(events.map(({ type }) => type)).toEqual(['object.created', 'responder.failed', 'budget.exhausted'])
    expect(events[2]?.data).toMatchObject({
      reasons: [expect.stringMatching(/^max_wall_seconds=0.02 \(elapsed=\d+\.\ds\)$/)]
    })
  })

  test('a generator that never ends is not heard beyond the budget', async () => {
    const ledger = await emptyLedger()
    const flood = responder('flood', 'object.created', function* (event) {
      for (let n = 0; event.data.id === 'a'; n++) yield create(`o${n}`)
    })
    await createRuntime({ ledger, responders: [flood], budget: { maxEvents: 10 } }).run([create('a')])
    expect((await typesOf(ledger)).at(-1)).toBe('budget.exhausted')
    expect(ledger.length).toBe(11)
  })
})

describe('an abort', () => {
  test('fails the run with kind aborted, before it begins or in the middle', async () => {
    const ledger = await emptyLedger()
    const runtime = createRuntime({ ledger, responders: [] })
    await expect(runtime.run([create('a')], { signal: AbortSignal.abort() })).rejects.toMatchObject({ kind: 'aborted' })
    expect(ledger.length).toBe(0)

    const controller = new AbortController()
    const hang = responder('hang', 'object.created', () => {
      controller.abort()
      return new Promise(() => {})
    })
    const run = createRuntime({ ledger, responders: [hang] }).run([create('a')], { signal: controller.signal })
    await expect(run).rejects.toMatchObject({ kind: 'aborted' })
    const events = await eventsOf(ledger)
    expect(events.map(({ type }) => type)).toEqual(['object.created', 'warning.raised'])
    expect(events[1]?.data).toMatchObject({ area: 'run', kind: 'aborted' })
  })

  test('ends a loop that never waits for anything', async () => {
    const ledger = await emptyLedger()
    const controller = new AbortController()
    const endless = responder('endless', 'object.created', (_event, _world, { id }) => [create(id('o'))])
    const budget = { maxEvents: Number.POSITIVE_INFINITY, maxDepth: Number.POSITIVE_INFINITY }
    const run = createRuntime({ ledger, responders: [endless], budget }).run([create('a')], {
      signal: controller.signal
    })
    setTimeout(() => controller.abort(), 20)
    await expect(run).rejects.toMatchObject({ kind: 'aborted' })
  })

  test('the last reader that leaves ends the run', async () => {
    const ledger = await emptyLedger()
    let told: (() => void) | undefined
    const ended = new Promise<void>(resolve => {
      told = resolve
    })
    const hang = responder('hang', 'object.created', (_event, _world, { signal }) => {
      signal.addEventListener('abort', () => told?.())
      return new Promise(() => {})
    })
    for await (const _event of createRuntime({ ledger, responders: [hang] }).run([create('a')])) break
    await ended
  })
})

describe('replay', () => {
  test('gives the world of the recorded events and runs nothing', async () => {
    const ledger = await emptyLedger()
    let called = 0
    const responders = [
      responder('count', 'object.created', () => {
        called++
      })
    ]
    const runtime = createRuntime({ ledger, responders })
    const world = await runtime.run([create('a')])
    expect((await runtime.replay()).hash()).toBe(world.hash())
    expect(called).toBe(1)
    expect((await createRuntime({ ledger: await emptyLedger(), responders }).replay()).objects.size).toBe(0)
  })
})
