import fc from 'fast-check'
import { expect, test } from 'vitest'
import { InternalServerError } from '../errors.js'
import { createHost } from '../host.js'
import type { JsonObject } from '../json.js'
import { type Budget, budgetOf } from '../ledger/budget.js'
import { type EventDraft, type LedgerEvent, stable } from '../ledger/event.js'
import type { Ledger } from '../ledger/ledger.js'
import { memoryLedgerStore } from '../ledger/memory-ledger-store.js'
import { openLedger } from '../ledger/open-ledger.js'
import type { OutboxEntry } from '../ledger/outbox.js'
import type { LedgerStore } from '../ledger/store.js'
import type { LLMFn } from '../llm/llm.js'
import { llmStream } from '../llm/llm-stream.js'
import { type Committer, commit } from './commit.js'
import type { Edges } from './edge.js'
import { llmExecutor } from './executor.js'
import { Firing, type Output, type Surroundings } from './firing.js'
import { createRegistry } from './registry.js'
import { type Responder, responder } from './responder.js'
import { createRuntime, type Runtime } from './runtime.js'
import { RunState } from './state.js'

// Random programs, run one responder at a time and many at a time, with other delays each time. The ledgers are equal.

// Hundreds of programs take their time on a machine that does other things too.
const patient = { timeout: 120_000 }

const behaviours = [
  'create',
  'patch',
  'relate',
  'remove',
  'ask',
  'call',
  'call twice',
  'stream',
  'throw',
  'nonsense'
] as const
type Behaviour = (typeof behaviours)[number]
const triggers = [
  'object.created',
  'object.patched',
  'relation.created',
  'llm.response',
  'llm.failed',
  'responder.failed'
] as const

interface Part {
  readonly does: Behaviour
  readonly on: (typeof triggers)[number] | 'all'
  /** Which of a few questions is asked: few, so that many calls are identical. The last of them fails. */
  readonly question: number
  readonly slow: number
}

interface Program {
  readonly seeds: number
  readonly parts: readonly Part[]
  readonly edge: Part | undefined
  readonly budget: Partial<Budget>
  readonly estimate: number | undefined
}

const part: fc.Arbitrary<Part> = fc.record({
  does: fc.constantFrom(...behaviours),
  on: fc.constantFrom(...triggers, 'object.created', 'object.created', 'all'),
  question: fc.nat(2),
  slow: fc.nat(12)
})
const program: fc.Arbitrary<Program> = fc.record({
  seeds: fc.integer({ min: 1, max: 4 }),
  parts: fc.array(part, { minLength: 1, maxLength: 5 }),
  edge: fc.option(part, { nil: undefined }),
  budget: fc.oneof(
    fc.record({ maxEvents: fc.integer({ min: 5, max: 60 }) }),
    fc.record({
      maxEvents: fc.constant(60),
      maxCostUsd: fc.constantFrom(0.2, 0.5, 1),
      maxDepth: fc.integer({ min: 2, max: 8 })
    })
  ),
  estimate: fc.constantFrom(undefined, undefined, 0.1, 0.3)
})

/** Waits for some turns of the loop: another number in each run, and as quick as it can be. */
async function turns(n: number): Promise<void> {
  for (let turn = 0; turn < n; turn++) await undefined
}

type Wait = (n: number) => Promise<void>

function act({ does, question, slow }: Part, salt: number, wait: Wait = turns): Responder['fn'] {
  const content = `question ${question}`
  return async (event, world, { id, llm, random }) => {
    await wait((slow * 7 + event.id.charCodeAt(event.id.length - 1) * salt) % 40)
    const data = event.data as JsonObject
    const level = Number((data.data as JsonObject | undefined)?.level ?? 0) + 1
    // What is read after the wait must be what was there at the event.
    const seen = { level, objects: world.objects.size, relations: world.relations.size, chance: random() }
    const first = [...world.objects.keys()][0] ?? 'none'
    const last = [...world.objects.keys()].at(-1) ?? 'none'
    const create: EventDraft = { type: 'object.created', data: { id: id('o'), type: 'T', data: seen } }
    const request = { model: 'm', messages: [{ role: 'user', content }] } as const
    switch (does) {
      case 'create':
        return level < 4 ? [create] : []
      case 'patch':
        return [
          { type: 'object.patched', data: { id: event.type === 'object.patched' ? 'unknown' : last, patch: seen } }
        ]
      case 'relate':
        return [
          {
            type: 'relation.created',
            data: { id: `r${world.relations.size % 3}`, type: 'likes', source_id: first, target_id: last }
          }
        ]
      case 'remove':
        return [{ type: 'relation.removed', data: { id: 'r0' } }]
      case 'ask':
        return [{ type: 'llm.request', data: { ...request, cause_object_id: last } }, create]
      case 'call': {
        const { text } = await llm(request)
        return [{ type: 'object.patched', data: { id: last, patch: { text } } }]
      }
      case 'call twice': {
        const other = { ...request, messages: [{ role: 'user', content: 'question 0' }] } as const
        const one = llm(request)
        await wait(slow)
        const answers = await Promise.all([one, llm(other)])
        return [{ type: 'object.patched', data: { id: last, patch: { text: answers.map(({ text }) => text).join() } } }]
      }
      case 'stream':
        return (async function* () {
          yield { type: 'object.patched', data: { id: last, patch: { streamed: 1 } } } as EventDraft
          await wait(slow)
          if (level < 4) yield create
        })()
      case 'throw':
        throw new Error(`thrown with ${world.objects.size} objects`)
      case 'nonsense':
        return [{ type: 'object.created', data: { id: 1 } } as never, create].slice(0, level < 4 ? 2 : 1)
    }
  }
}

function model(salt: number, wait: Wait = turns): LLMFn {
  return request => {
    const question = String(request.messages[0]?.content)
    return llmStream(async function* () {
      await wait((question.length * salt) % 23)
      if (question.endsWith('2')) throw new InternalServerError('The model is down.')
      yield { type: 'text.delta', text: question }
      await wait(salt % 5)
      return {
        text: `${question}!`,
        model: 'm',
        message: { role: 'assistant', content: `${question}!` },
        finish_reason: 'stop',
        usage: null,
        tool_calls: [],
        cost_usd: 0.1,
        cached: false
      }
    })
  }
}

const emptyLedger = (): Promise<Ledger> => openLedger(memoryLedgerStore(), 'run:1')

function seedsOf(program: Program): EventDraft[] {
  return Array.from({ length: program.seeds }, (_, n) => ({
    type: 'object.created',
    data: { id: `s${n}`, type: 'T', data: { level: 0 } }
  }))
}

function respondersOf({ parts }: Program, salt: number, llm: LLMFn = model(salt), wait?: Wait): Responder[] {
  const responders = parts.map((each, n) =>
    responder(`part ${n}`, each.on === 'all' ? [] : [each.on], act(each, salt, wait) as never)
  )
  return [...responders.slice(0, 2), llmExecutor(llm), ...responders.slice(2)]
}

const edgesOf = ({ edge }: Program, salt: number, wait?: Wait): Edges =>
  edge ? { likes: act(edge, salt, wait) as never } : {}

function runtimeOf(given: Program, ledger: Ledger, concurrency: number, cache?: false): Runtime {
  const salt = concurrency * 31 + 1
  const { budget, estimate } = given
  return createRuntime({
    ledger,
    responders: respondersOf(given, salt),
    edges: edgesOf(given, salt),
    budget,
    cache,
    concurrency,
    host: createHost({ warn: () => {} }),
    ...(estimate === undefined ? {} : { estimate: () => estimate })
  })
}

async function ledgerOf(given: Program, concurrency: number, cache?: false): Promise<JsonObject[]> {
  const ledger = await emptyLedger()
  await runtimeOf(given, ledger, concurrency, cache).run(seedsOf(given))
  return recorded(ledger)
}

async function recorded(ledger: Ledger): Promise<JsonObject[]> {
  const events: LedgerEvent[] = []
  for await (const event of ledger.read()) events.push(event)
  return events.map(stable)
}

/** The loop as it is told: one event after the other, each with all that follows from it put at the end of the queue. */
async function plainLoop(given: Program): Promise<JsonObject[]> {
  const host = createHost({ warn: () => {} })
  const ledger = await emptyLedger()
  const registry = createRegistry(respondersOf(given, 3), edgesOf(given, 3))
  const state = new RunState(budgetOf(given.budget), {})
  const { executor } = registry
  const around: Surroundings & Committer = {
    ...{ host, ledger, executor, root: 'run:1', cache: undefined, timeoutMs: undefined, verbose: false },
    ...{ maxOutputs: 100, estimate: undefined, answering: llm => llm, allowed: (_request, llm) => llm },
    target: () => ({ target: { provider: 'custom', api: 'text', base_url: '', model: 'm' } })
  }
  const queue: Output[] = seedsOf(given).map((draft, ordinal) => ({
    ...{ trigger: 'seed', responder: 'runtime', actor: 'runtime', cause: [], draft, ordinal }
  }))
  for (let output = queue.shift(); output; output = queue.shift()) {
    const position = state.length
    const { events, stopped } = await commit(state, [output], around)
    const [event] = events as [LedgerEvent]
    if (stopped) break
    for (const responder of registry.matching(event)) {
      // A request of context.llm has its answer right behind it.
      if (responder === executor && queue.some(({ call, cause }) => call && cause[0] === event.id)) continue
      const firing = new Firing(event, responder, state.projection.world(position + 1), around)
      await firing.start()
      queue.push(...firing.outputs())
    }
  }
  return recorded(ledger)
}

test('for any program the ledger is the one of a plain loop over single events', patient, async () => {
  await fc.assert(
    fc.asyncProperty(program, async given => {
      const free = { ...given, estimate: undefined }
      expect((await ledgerOf(free, 16, false)).map(withoutRest)).toEqual((await plainLoop(free)).map(withoutRest))
    }),
    { seed: 21, numRuns: 60 }
  )
})

/** What was paid and did not fit is known only where the answers of a wave come together. */
function withoutRest(event: JsonObject): JsonObject {
  const { uncommitted: _rest, llm_cost_usd: _cost, ...data } = event.data as JsonObject
  return event.type === 'budget.exhausted' ? { ...event, data } : event
}

test('for any program the ledger of many responders at a time equals that of one at a time', patient, async () => {
  let events = 0
  const types = new Map<string, number>()
  await fc.assert(
    fc.asyncProperty(program, async given => {
      const sequential = await ledgerOf(given, 1)
      expect(await ledgerOf(given, 16)).toEqual(sequential)
      events += sequential.length
      for (const { type } of sequential) types.set(String(type), (types.get(String(type)) ?? 0) + 1)
    }),
    { seed: 20, numRuns: 200 }
  )
  // The programs did something, and all kinds of things.
  expect(events).toBeGreaterThan(3000)
  for (const type of [
    'llm.response',
    'llm.failed',
    'responder.failed',
    'output.rejected',
    'budget.exhausted',
    'relation.removed'
  ]) {
    expect([type, (types.get(type) ?? 0) > 50]).toEqual([type, true])
  }
})

test(
  'a run that is killed after any of its batches, and resumed, has the ledger of one that was not',
  patient,
  async () => {
    let kills = 0
    await fc.assert(
      fc.asyncProperty(program, fc.nat(), async (given, chance) => {
        const ledger = await emptyLedger()
        const batches: number[] = []
        const watched: Ledger = {
          ...ledger,
          append(events, options) {
            batches.push((batches.at(-1) ?? 0) + events.length)
            return ledger.append(events, options)
          }
        }
        await runtimeOf(given, watched, 16, false).run(seedsOf(given))
        const whole = await recorded(ledger)
        const killedAt = batches[chance % batches.length] as number

        const second = await emptyLedger()
        for await (const event of ledger.read(0, killedAt)) await second.append([event])
        await runtimeOf(given, second, 3, false).resume()
        const resumed = await recorded(second)
        expect(resumed.filter(({ type }) => type !== 'run.resumed')).toEqual(whole)
        if (killedAt < whole.length) {
          kills++
          expect(resumed[killedAt]).toMatchObject({ type: 'run.resumed', data: { position: killedAt } })
        }
        // There is nothing left to do.
        const { length } = second
        await runtimeOf(given, second, 1, false).resume()
        expect(second.length).toBe(length)
      }),
      { seed: 22, numRuns: 60 }
    )
    expect(kills).toBeGreaterThan(20)
  }
)

test('a run that a limit has ended goes on with a higher one as if there had been none', patient, async () => {
  let cuts = 0
  await fc.assert(
    fc.asyncProperty(program, fc.integer({ min: 1, max: 15 }), async (given, more) => {
      // Answers that were paid and dropped count as spent: dollars are no limit here.
      const budget = { maxEvents: 60, maxDepth: given.budget.maxDepth ?? 50 }
      const free = { ...given, estimate: undefined, budget }
      const ledger = await emptyLedger()
      await runtimeOf(free, ledger, 16, false).run(seedsOf(given))
      const whole = (await recorded(ledger)).filter(({ type }) => type !== 'budget.exhausted')

      const second = await emptyLedger()
      const tight = { ...free, budget: { ...budget, maxEvents: given.seeds + more } }
      await runtimeOf(tight, second, 16, false).run(seedsOf(given))
      const cut = (await recorded(second)).at(-1)
      if (cut?.type !== 'budget.exhausted' || second.length > whole.length) return
      cuts++
      await runtimeOf(free, second, 3, false).resume()
      const resumed = await recorded(second)
      expect(resumed.filter(({ type }) => type !== 'run.resumed' && type !== 'budget.exhausted')).toEqual(whole)
    }),
    { seed: 23, numRuns: 60 }
  )
  expect(cuts).toBeGreaterThan(20)
})

/** Waits for real, for some milliseconds: what is written down while others still run is written now. */
const tasks: Wait = n => new Promise(resolve => setTimeout(resolve, n % 7))

/** A process: it has a store that ends it at some append, and a model. After its end nothing happens any more. */
async function killedAt(given: Program, store: LedgerStore, salt: number, step: number): Promise<Process> {
  const found: Process = { steps: 0, asked: 0, dead: false }
  const forever = new Promise<never>(() => {})
  let die = (): void => {}
  const death = new Promise<void>(resolve => {
    die = () => {
      found.dead = true
      resolve()
    }
  })
  /** Every other time the last thing that was done is done, and nobody hears of it. */
  async function mortal<T>(work: () => Promise<T>): Promise<T> {
    if (found.dead) return forever
    if (found.steps++ !== step) return work()
    if (step % 2 === 0) await work()
    die()
    return forever
  }
  const ledger = await openLedger(
    {
      ...store,
      append: (...args) => mortal(() => store.append(...args)),
      remove: name => mortal(() => store.remove(name))
    },
    'run:1'
  )
  const answering = model(salt, tasks)
  const llm: LLMFn = (request, options) => {
    if (found.dead) return llmStream(() => forever as never)
    if (!String(request.messages[0]?.content).endsWith('2')) found.asked++
    return answering(request, options)
  }
  const runtime = createRuntime({
    ledger,
    responders: respondersOf(given, salt, llm, tasks),
    edges: edgesOf(given, salt, tasks),
    budget: given.budget,
    host: createHost({ warn: () => {} }),
    ...(given.estimate === undefined ? {} : { estimate: () => given.estimate as number })
  })
  const stop = new AbortController()
  const run =
    ledger.length > 0 ? runtime.resume({ signal: stop.signal }) : runtime.run(seedsOf(given), { signal: stop.signal })
  await Promise.race([run, death])
  stop.abort() // lets go of its timers; whatever it still wants to write hangs
  return found
}

interface Process {
  /** What it wrote or removed. */
  steps: number
  /** Questions that a provider would have been paid for. */
  asked: number
  dead: boolean
}

/** Answers that were paid and are in the ledger or beside it. */
async function kept(store: LedgerStore): Promise<number> {
  const answers = new Set<string>()
  const count = ({ type, data }: EventDraft): void => {
    const { cost_usd, cache } = data as EventDraft<'llm.response'>['data']
    if (type === 'llm.response' && cost_usd) answers.add(String(cache?.key))
  }
  for await (const event of store.read('run:1')) count(event)
  for await (const { data } of store.read('outbox:run-1')) {
    for (const { draft } of (data as unknown as OutboxEntry).slots) count(draft)
  }
  return answers.size
}

test(
  'a run that is killed at any of its writes asks again only what was in flight, and has the same ledger',
  patient,
  async () => {
    const sum = { kills: 0, lost: 0, saved: 0 }
    await fc.assert(
      fc.asyncProperty(program, fc.array(fc.nat(), { minLength: 1, maxLength: 3 }), async (given, chances) => {
        const whole = memoryLedgerStore()
        const calm = await killedAt(given, whole, 5, -1)
        const expected = await recorded(await openLedger(whole, 'run:1'))

        const store = memoryLedgerStore()
        let salt = 7
        let asked = 0
        let lost = 0
        for (const chance of [...chances, -1]) {
          const process = await killedAt(given, store, salt++, chance < 0 ? -1 : chance % calm.steps)
          asked += process.asked
          if (!process.dead) break
          sum.kills++
          const there = await kept(store)
          lost = asked - there
          sum.saved += there
        }

        const resumed = await recorded(await openLedger(store, 'run:1'))
        expect(resumed.filter(({ type }) => type !== 'run.resumed')).toEqual(expected)
        expect(asked - lost).toBeLessThanOrEqual(calm.asked)
        // What no limit keeps from the ledger is kept nowhere else.
        if (expected.at(-1)?.type !== 'budget.exhausted') expect(await store.length('outbox:run-1')).toBe(0)
        sum.lost += lost
      }),
      { seed: 24, numRuns: 60 }
    )
    // Kills came in the middle of waves too: before answers were written down, and after.
    expect(sum.kills).toBeGreaterThan(50)
    expect(sum.saved).toBeGreaterThan(5)
  }
)
