import fc from 'fast-check'
import { expect, test } from 'vitest'
import { InternalServerError } from '../errors.js'
import { createHost } from '../host.js'
import type { JsonObject } from '../json.js'
import { forkLedger } from '../ledger/branch.js'
import type { EventDraft, LedgerEvent } from '../ledger/event.js'
import type { Ledger } from '../ledger/ledger.js'
import { memoryLedgerStore } from '../ledger/memory-ledger-store.js'
import { openLedger } from '../ledger/open-ledger.js'
import type { LLMFn } from '../llm/llm.js'
import { llmStream } from '../llm/llm-stream.js'
import type { Edges } from './edge.js'
import { llmExecutor } from './executor.js'
import { strictReplay } from './replay.js'
import { type Responder, responder } from './responder.js'
import { createRuntime, type RuntimeOptions } from './runtime.js'

// Random programs that are run, stopped, taken up again and forked in every way: an honest ledger replays.

const acts = ['create', 'patch', 'relate', 'ask', 'call', 'overlap', 'stream', 'throw', 'nonsense', 'hang'] as const
const triggers = ['object.created', 'object.patched', 'relation.created', 'llm.response', 'llm.failed'] as const

interface Part {
  readonly does: (typeof acts)[number]
  readonly on: (typeof triggers)[number] | 'all'
  readonly word: number
}
interface Program {
  readonly parts: readonly Part[]
  readonly edge: Part | undefined
  readonly seeds: number
  readonly executorAt: number
  readonly verbose: boolean
}

const part: fc.Arbitrary<Part> = fc.record({
  does: fc.constantFrom(...acts),
  on: fc.constantFrom(...triggers, 'object.created', 'object.created', 'all'),
  word: fc.nat(3)
})
const program: fc.Arbitrary<Program> = fc.record({
  parts: fc.array(part, { minLength: 1, maxLength: 5 }),
  edge: fc.option(part, { nil: undefined }),
  seeds: fc.integer({ min: 1, max: 3 }),
  executorAt: fc.nat(5),
  verbose: fc.boolean()
})

async function turns(n: number): Promise<void> {
  for (let turn = 0; turn < n; turn++) await undefined
}

/** Whether responders that may hang do so. */
interface Mood {
  hangs: boolean
}

function act({ does, word }: Part, mood: Mood): Responder['fn'] {
  const request = (content: string) => ({ model: 'm', messages: [{ role: 'user', content }] }) as const
  return async (event, world, { id, llm, random, now }) => {
    const data = event.data as JsonObject
    const level = Number((data.data as JsonObject | undefined)?.level ?? 0) + 1
    const seen = { level, objects: world.objects.size, chance: random(), late: now() > 0 }
    const last = [...world.objects.keys()].at(-1) ?? 'none'
    const create: EventDraft = { type: 'object.created', data: { id: id('o'), type: 'T', data: seen } }
    const deep = level > 3 || world.length > 60
    switch (does) {
      case 'create':
        return deep ? [] : [create]
      case 'patch':
        return [
          { type: 'object.patched', data: { id: event.type === 'object.patched' ? 'nobody' : last, patch: seen } }
        ]
      case 'relate':
        return [
          {
            type: 'relation.created',
            data: { id: `r${world.relations.size % 3}`, type: 'likes', source_id: last, target_id: last }
          }
        ]
      case 'ask':
        return deep ? [] : [{ type: 'llm.request', data: { ...request(`ask ${word}`), cause_object_id: last } }, create]
      case 'call': {
        const { text, cost_usd, cached } = await llm(request(`call ${word}`))
        return [{ type: 'object.patched', data: { id: last, patch: { text, cost_usd, cached } } }]
      }
      case 'overlap': {
        const talk = async (content: string): Promise<string> =>
          (await llm(request((await llm(request(content))).text))).text
        const texts = await Promise.all(['slow', 'quick', `${word}`].map(talk))
        return deep ? [] : [{ ...create, data: { ...create.data, texts } as never }]
      }
      case 'stream':
        return (async function* () {
          yield { type: 'object.patched', data: { id: last, patch: { streamed: 1 } } } as EventDraft
          let pieces = 0
          for await (const _delta of llm(request(`stream ${word}`))) pieces++
          if (!deep) yield { ...create, data: { ...create.data, pieces } } as never
        })()
      case 'throw':
        throw new Error(`thrown with ${world.objects.size} objects`)
      case 'nonsense':
        return [{ type: 'object.created', data: { id: 1 } } as never, create].slice(0, deep ? 1 : 2)
      case 'hang':
        if (mood.hangs) await new Promise(() => {})
        return [{ type: 'object.patched', data: { id: last, patch: { hung: true } } }]
    }
  }
}

function model(salt: number): LLMFn {
  return (request, options) => {
    const asked = String(request.messages[0]?.content)
    return llmStream(async function* () {
      await turns((asked.length * salt) % 29)
      // What a ledger knows of two calls is which one took longer, in milliseconds.
      const wait = asked.startsWith('slow') ? 16 : asked.startsWith('quick') ? 8 : 0
      if (wait > 0) await new Promise(resolve => setTimeout(resolve, wait))
      if (asked.endsWith('3')) throw new InternalServerError('The model is down.', { cause: new Error('socket') })
      yield { type: 'text.delta', text: asked.slice(0, 3) }
      yield { type: 'text.delta', text: `${asked.slice(3)}!` }
      return {
        ...{ text: `${asked}!`, model: 'm', message: { role: 'assistant', content: `${asked}!` }, tool_calls: [] },
        ...{ finish_reason: 'stop', usage: null, cost_usd: 0.1, cached: false }
      }
    }, options)
  }
}

const respondersOf = ({ parts }: Program, mood: Mood): Responder[] =>
  parts.map((each, n) => responder(`part ${n}`, each.on === 'all' ? [] : [each.on], act(each, mood) as never))
const edgesOf = ({ edge }: Program, mood: Mood): Edges => (edge ? { likes: act(edge, mood) as never } : {})
const seedsOf = ({ seeds }: Program, name: string): EventDraft[] =>
  Array.from({ length: seeds }, (_, n) => ({
    type: 'object.created',
    data: { id: `${name}${n}`, type: 'T', data: {} }
  }))

interface Stage {
  readonly ledger: Ledger
  runtime(more?: Partial<RuntimeOptions>): ReturnType<typeof createRuntime>
}

function stage(given: Program, ledger: Ledger, mood: Mood = { hangs: false }): Stage {
  return {
    ledger,
    runtime(more) {
      const responders = respondersOf(given, mood)
      responders.splice(given.executorAt, 0, llmExecutor(model(7)))
      const host = createHost({ warn: () => {} })
      const budget = { maxEvents: 150, maxCostUsd: 1000, ...more?.budget }
      return createRuntime({
        ledger,
        responders,
        edges: edgesOf(given, mood),
        host,
        verbose: given.verbose,
        ...more,
        budget
      })
    }
  }
}

const emptyLedger = (): Promise<Ledger> => openLedger(memoryLedgerStore(), 'run:1')

async function eventsOf(ledger: Ledger): Promise<LedgerEvent[]> {
  const events: LedgerEvent[] = []
  for await (const event of ledger.read()) events.push(event)
  return events
}

async function expectReplay(given: Program, ledger: Ledger): Promise<number> {
  const mood = { hangs: false }
  const responders = respondersOf(given, mood)
  responders.splice(
    given.executorAt,
    0,
    llmExecutor(() => expect.fail('a call was made'))
  )
  const report = await strictReplay(await eventsOf(ledger), { responders, edges: edgesOf(given, mood) })
  expect(report.divergences.map(({ message }) => message)).toEqual([])
  return report.equal
}

const patient = { timeout: 120_000 }
const check = (
  numRuns: number,
  ...rest: [seed: number, ...fc.Arbitrary<unknown>[], body: (...args: never[]) => Promise<void>]
) => {
  const [seed, ...arbitraries] = rest.slice(0, -1) as [number, ...fc.Arbitrary<unknown>[]]
  const body = rest.at(-1) as (...args: unknown[]) => Promise<void>
  return fc.assert(fc.asyncProperty(...(arbitraries as [fc.Arbitrary<unknown>]), body), { seed, numRuns })
}

test('one run after the other', patient, async () => {
  let equal = 0
  await check(40, 1, program, async (given: Program) => {
    const { ledger, runtime } = stage(given, await emptyLedger())
    await runtime().run(seedsOf(given, 'a'))
    await runtime().run(seedsOf(given, 'b'))
    equal += await expectReplay(given, ledger)
  })
  expect(equal).toBeGreaterThan(500)
})

test('stopped by a limit, and taken up with a higher one', patient, async () => {
  await check(40, 2, program, fc.integer({ min: 2, max: 40 }), async (given: Program, maxEvents: number) => {
    const { ledger, runtime } = stage(given, await emptyLedger())
    await runtime({ budget: { maxEvents } }).run(seedsOf(given, 'a'))
    await expectReplay(given, ledger)
    await runtime().resume()
    await expectReplay(given, ledger)
    await runtime().run(seedsOf(given, 'b'))
    await expectReplay(given, ledger)
  })
})

test('aborted at any time, begun again, and taken up', patient, async () => {
  await check(30, 3, program, fc.nat(60), fc.boolean(), async (given: Program, after: number, again: boolean) => {
    const mood = { hangs: true }
    const { ledger, runtime } = stage(given, await emptyLedger(), mood)
    const run = async (name: string): Promise<void> => {
      const controller = new AbortController()
      const running = runtime().run(seedsOf(given, name), { signal: controller.signal })
      let seen = 0
      const stop = ledger.subscribe(() => {
        if (++seen === after) controller.abort()
      })
      const timer = setTimeout(() => controller.abort(), 20)
      await running.catch(() => {})
      clearTimeout(timer)
      stop()
    }
    await run('a')
    await expectReplay(given, ledger)
    if (again) await run('b')
    await expectReplay(given, ledger)
    mood.hangs = false
    await runtime().resume()
    await expectReplay(given, ledger)
  })
})

test('killed after any of its batches, and taken up', patient, async () => {
  await check(40, 4, program, fc.nat(), async (given: Program, chance: number) => {
    const whole = stage(given, await emptyLedger())
    const batches: number[] = []
    const watched: Ledger = {
      ...whole.ledger,
      append(events, options) {
        batches.push((batches.at(-1) ?? 0) + events.length)
        return whole.ledger.append(events, options)
      }
    }
    await stage(given, watched).runtime().run(seedsOf(given, 'a'))
    const killedAt = batches[chance % batches.length] as number
    const { ledger, runtime } = stage(given, await emptyLedger())
    for await (const event of whole.ledger.read(0, killedAt)) await ledger.append([event])
    await expectReplay(given, ledger)
    await runtime().resume()
    await expectReplay(given, ledger)
  })
})

test('forked before any event, and the fork forked again', patient, async () => {
  await check(40, 5, program, fc.nat(), fc.nat(), async (given: Program, one: number, two: number) => {
    const store = memoryLedgerStore()
    const parent = stage(given, await openLedger(store, 'run:1'))
    await parent.runtime().run(seedsOf(given, 'a'))
    let ledger = parent.ledger
    for (const [id, chance] of Object.entries({ one, two })) {
      const position = chance % (ledger.length + 1)
      const at = (await eventsOf(ledger))[position]
      const change = at?.type === 'object.created' ? { set: { 'data.forked': id } } : undefined
      ledger = await forkLedger(ledger, position, { id, change })
      await expectReplay(given, ledger)
      await stage(given, ledger).runtime().resume()
      await expectReplay(given, ledger)
    }
  })
})
