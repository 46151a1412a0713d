import fc from 'fast-check'
import { expect, test } from 'vitest'
import { InternalServerError } from '../errors.js'
import type { JsonObject } from '../json.js'
import { forkLedger } from '../ledger/branch.js'
import { type EventDraft, type LedgerEvent, stable } from '../ledger/event.js'
import type { Ledger } from '../ledger/ledger.js'
import { memoryLedgerStore } from '../ledger/memory-ledger-store.js'
import { openLedger } from '../ledger/open-ledger.js'
import type { LLMFn } from '../llm/llm.js'
import { textLlm } from '../llm/text-llm.js'
import { llmExecutor } from './executor.js'
import { inherited } from './inherited.js'
import { type Responder, responder } from './responder.js'
import { createRuntime } from './runtime.js'

// Random programs, forked at random positions of their runs: without a change, the branch comes to the same events.

const patient = { timeout: 120_000 }

const deeds = ['create', 'patch', 'relate', 'ask', 'call', 'throw', 'nonsense'] as const
const causes = ['object.created', 'object.patched', 'relation.created', 'llm.response', 'llm.failed'] as const

interface Part {
  readonly does: (typeof deeds)[number]
  readonly on: (typeof causes)[number]
  readonly question: number
}

const part: fc.Arbitrary<Part> = fc.record({
  does: fc.constantFrom(...deeds),
  on: fc.constantFrom(...causes, 'object.created', 'object.created'),
  question: fc.nat(2)
})
const program = fc.record({
  seeds: fc.integer({ min: 1, max: 3 }),
  parts: fc.array(part, { minLength: 1, maxLength: 5 }),
  places: fc.array(fc.nat(1000), { minLength: 4, maxLength: 4 })
})

function act({ does, question }: Part): Responder['fn'] {
  return async (event, world, { id, llm, random }) => {
    const data = event.data as JsonObject
    const level = Number((data.data as JsonObject | undefined)?.level ?? 0) + 1
    const seen = { level, objects: world.objects.size, chance: random() }
    const [first = 'none', last = first] = [[...world.objects.keys()][0], [...world.objects.keys()].at(-1)]
    const create: EventDraft = { type: 'object.created', data: { id: id('o'), type: 'T', data: seen } }
    // Whoever asks about what it sees asks something else each time; the others repeat one another.
    const content = `question ${question}${question === 1 ? ` of ${world.objects.size}` : ''}`
    const request = { model: 'm', messages: [{ role: 'user', content }] } as const
    // Not by the length of the world: the mark of the branch counts in it.
    if (level > 3 || world.objects.size + world.relations.size > 30) return []
    switch (does) {
      case 'create':
        return [create]
      case 'patch':
        return [{ type: 'object.patched', data: { id: last, patch: seen } }]
      case 'relate':
        return [{ type: 'relation.created', data: { id: id('r'), type: 'likes', source_id: first, target_id: last } }]
      case 'ask':
        return [{ type: 'llm.request', data: { ...request, cause_object_id: last } }, create]
      case 'call': {
        const { text } = await llm(request)
        return [{ type: 'object.patched', data: { id: last, patch: { text } } }]
      }
      case 'throw':
        throw new Error(`thrown with ${world.objects.size} objects`)
      case 'nonsense':
        return [{ type: 'object.patched', data: { id: 'unknown' } }, create]
    }
  }
}

function model(): { llm: LLMFn; asked: () => number } {
  let asked = 0
  const llm = textLlm(messages => {
    asked++
    const content = String(messages[0]?.content)
    if (content.endsWith('2')) throw new InternalServerError('The model is down.')
    return [`${content}, answer ${asked}`, 0.1]
  })
  return { llm, asked: () => asked }
}

const respondersOf = (parts: readonly Part[], llm: LLMFn | undefined): Responder[] => [
  ...parts.map((each, n) => responder(`part ${n}`, [each.on], act(each) as never)),
  ...(llm ? [llmExecutor(llm)] : [])
]

const budget = { maxEvents: 150, maxCostUsd: 1e6 }

async function all(ledger: Ledger): Promise<LedgerEvent[]> {
  const events: LedgerEvent[] = []
  for await (const event of ledger.read()) events.push(event)
  return events
}

async function ranOf({ seeds, parts }: { seeds: number; parts: readonly Part[] }) {
  const parent = await openLedger(memoryLedgerStore(), 'run:1')
  const ends: number[] = []
  const noted: Ledger = {
    ...parent,
    get length() {
      return parent.length
    },
    append: async (events, options) => {
      ends.push(await parent.append(events, options))
      return ends.at(-1) as number
    }
  }
  const drafts = Array.from({ length: seeds }, (_, n) => ({
    type: 'object.created',
    data: { id: `s${n}`, type: 'T', data: { level: 0 } }
  })) as EventDraft[]
  await createRuntime({ ledger: noted, responders: respondersOf(parts, model().llm), budget }).run(drafts)
  return { parent, events: await all(parent), ends }
}

async function resumed(branch: Ledger, parts: readonly Part[]): Promise<number> {
  const { llm, asked } = model()
  const { llm: answering, cache } = await inherited(branch, { llm })
  await createRuntime({ ledger: branch, responders: respondersOf(parts, answering), cache, budget }).resume()
  return asked()
}

/** What is said, without who wrote it down first and who paid for it. */
function said(events: readonly LedgerEvent[]): unknown[] {
  return events
    .filter(({ type }) => type !== 'branch.created')
    .map(event => {
      const { source: _source, data, ...rest } = stable(event) as { source: unknown; data: Record<string, unknown> }
      const { cost_usd: _cost, saved_usd: _saved, cached: _cached, cache: _cache, ...kept } = data
      return { ...rest, data: kept }
    })
}

test('the branch of any program, at any position, comes to the same events without a call', patient, async () => {
  await fc.assert(
    fc.asyncProperty(program, async given => {
      const { parent, events } = await ranOf(given)
      fc.pre(events.every(({ type }) => type !== 'budget.exhausted'))
      for (const [n, place] of given.places.entries()) {
        const position = place % (events.length + 1)
        const branch = await forkLedger(parent, position, { id: `${n}` })
        expect(await resumed(branch, given.parts)).toBe(0)
        expect(said(await all(branch))).toEqual(said(events))
      }
    }),
    { numRuns: 50 }
  )
})

test('a strict branch of any program, without a change, makes no call and is not ended', patient, async () => {
  await fc.assert(
    fc.asyncProperty(program, async given => {
      const { parent, events } = await ranOf(given)
      fc.pre(events.every(({ type }) => type !== 'budget.exhausted'))
      for (const [n, place] of given.places.entries()) {
        const branch = await forkLedger(parent, place % (events.length + 1), { id: `${n}`, strict: true })
        expect(await resumed(branch, given.parts)).toBe(0)
        expect(said(await all(branch))).toEqual(said(events))
        // A strict branch of it, and the same once more.
        const again = await forkLedger(branch, (place * 7) % (branch.length + 1), { id: `of-${n}`, strict: true })
        expect(await resumed(again, given.parts)).toBe(0)
      }
    }),
    { numRuns: 50 }
  )
})

test('so does the branch of a branch', patient, async () => {
  await fc.assert(
    fc.asyncProperty(program, async given => {
      const { parent, events } = await ranOf(given)
      fc.pre(events.every(({ type }) => type !== 'budget.exhausted'))
      let from = parent
      for (const [n, place] of given.places.entries()) {
        from = await forkLedger(from, place % (from.length + 1), { id: `${n}` })
        // Some are forked again before anything has happened in them.
        if (place % 3 > 0) await resumed(from, given.parts)
      }
      expect(await resumed(from, given.parts)).toBe(0)
      const found = said(await all(from)).filter(event => (event as LedgerEvent).type !== ('run.resumed' as string))
      expect(found).toEqual(said(events))
    }),
    { numRuns: 50 }
  )
})

test('the branch of a run that was stopped after any of its waves goes on as the run would have', patient, async () => {
  await fc.assert(
    fc.asyncProperty(program, async given => {
      const { events, ends } = await ranOf(given)
      fc.pre(events.every(({ type }) => type !== 'budget.exhausted'))
      for (const place of given.places) {
        const end = ends[place % ends.length] as number
        const early = await openLedger(memoryLedgerStore(), 'run:1')
        await early.append(events.slice(0, end))
        const branch = await forkLedger(early, (place * 7) % (end + 1), { id: `at-${place}` })
        await resumed(branch, given.parts)
        expect((await all(branch)).filter(({ type }) => type !== 'branch.created').map(({ id }) => id)).toEqual(
          events.map(({ id }) => id)
        )
      }
    }),
    { numRuns: 50 }
  )
})

test("a branch that was killed after any of its waves is taken up with its parent's answers", patient, async () => {
  await fc.assert(
    fc.asyncProperty(program, async given => {
      const { parent, events } = await ranOf(given)
      fc.pre(events.every(({ type }) => type !== 'budget.exhausted'))
      const [at = 0, kill = 0] = given.places
      const position = at % (events.length + 1)
      const whole = await forkLedger(parent, position, { id: 'whole' })
      await resumed(whole, given.parts)
      const there = await all(whole)
      // What was in the store when it was killed: whole waves.
      const killed = await forkLedger(parent, position, { id: 'killed' })
      const cut = batchEnds(there, killed.length)[kill % Math.max(1, batchEnds(there, killed.length).length)]
      if (cut !== undefined) await killed.append(there.slice(killed.length, cut))
      expect(await resumed(killed, given.parts)).toBe(0)
      const found = (await all(killed)).filter(({ type }) => type !== 'run.resumed' && type !== 'branch.created')
      expect(found.map(({ id }) => id)).toEqual(events.map(({ id }) => id))
    }),
    { numRuns: 50 }
  )
})

/** Where the waves of a branch end, behind its first `begun` events: by what followed from what. */
function batchEnds(events: readonly LedgerEvent[], begun: number): number[] {
  const waves = new Map<string, number>(events.slice(0, begun).map(({ id }) => [id, 0]))
  const ends: number[] = []
  let wave = 0
  for (const [position, { id, by = '' }] of events.entries()) {
    if (position < begun) continue
    const own = (waves.get(by.slice(0, by.lastIndexOf('#'))) ?? 0) + 1
    if (own > wave && position > begun) ends.push(position)
    wave = Math.max(wave, own)
    waves.set(id, own)
  }
  return [...ends, events.length]
}
