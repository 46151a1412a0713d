import { describe, expect, test } from 'vitest'
import { memoryCache } from '../cache/memory-cache.js'
import { forkLedger, type LedgerChange } from '../ledger/branch.js'
import { branching } from '../ledger/branching.js'
import { type EventDraft, type LedgerEvent, stable } from '../ledger/event.js'
import { importLedger } from '../ledger/import.js'
import { toJSONL } from '../ledger/jsonl.js'
import type { Ledger } from '../ledger/ledger.js'
import { memoryLedgerStore } from '../ledger/memory-ledger-store.js'
import { openLedger } from '../ledger/open-ledger.js'
import { metadataOnly, redacted } from '../ledger/redacted.js'
import type { LedgerStore } from '../ledger/store.js'
import { unverifiedReason } from '../ledger/unverified.js'
import type { LLMFn } from '../llm/llm.js'
import { textLlm } from '../llm/text-llm.js'
import { type ForkKitOptions, forkEstimate, forkKit } from './fork.js'
import type { Kit } from './kit.js'
import { strictReplay } from './replay.js'
import { responder } from './responder.js'
import { type Run, type RunKitOptions, resumeKit, runKit } from './run-kit.js'

const ask = (model: string, content: string, cause?: readonly string[]): EventDraft => ({
  type: 'llm.request',
  data: { model, messages: [{ role: 'user', content }] },
  ...(cause ? { cause } : {})
})

/** Asks three questions, notes what it finds, reads each note again by itself, and asks for a summary of all. */
const research: Kit = {
  name: 'research',
  version: '1.0.0',
  responders: ({ model = 'm' }) => [
    responder('plan', 'object.created', ({ data }) =>
      data.type === 'Goal' ? ['one', 'two', 'three'].map(n => ask(String(model), `${n}: ${data.data?.text}`)) : []
    ),
    responder('note', 'llm.response', (event, _world, ctx) => {
      if (event.data.text.startsWith('Summary')) {
        return [{ type: 'object.created', data: { id: 'report', type: 'Report', data: { text: event.data.text } } }]
      }
      if (event.data.model === 'checker') return []
      const note = { id: ctx.id('note'), type: 'Note', data: { text: event.data.text, of: event.id } }
      const relation = { id: ctx.id('about'), type: 'about', source_id: note.id, target_id: 'goal-1' }
      return [
        { type: 'object.created', data: note },
        { type: 'relation.created', data: relation }
      ]
    }),
    responder('check', 'object.created', async ({ data, id }, _world, ctx) => {
      if (data.type !== 'Note') return []
      const { text } = await ctx.llm({
        model: 'checker',
        messages: [{ role: 'user', content: `Check: ${data.data?.text}` }]
      })
      return [{ type: 'object.patched', data: { id: data.id, patch: { checked: text } }, cause: [id] }]
    }),
    responder('summarise', 'object.patched', (_event, world) => {
      const notes = [...world.objects.values()].filter(({ type }) => type === 'Note')
      if (notes.length < 3 || notes.some(({ data }) => data.checked === undefined)) return []
      const causes = notes.map(({ data }) => String(data.of))
      return [ask(String(model), `Summarise: ${notes.map(({ data }) => data.text).join('; ')}`, causes)]
    })
  ],
  edges: {
    about: event => [{ type: 'object.created', data: { id: `seen ${event.data.id}`, type: 'Mark' } }]
  }
}

interface Asked {
  readonly llm: LLMFn
  readonly asked: string[]
}

function provider(): Asked {
  const asked: string[] = []
  const llm = textLlm((messages, model) => {
    const content = String(messages[0]?.content)
    asked.push(`${model} ${content}`)
    return [`${content.startsWith('Summarise') ? 'Summary' : 'Answer'} of ${model} to ${content}`, 0.5]
  })
  return { llm, asked }
}

async function all(ledger: Ledger): Promise<LedgerEvent[]> {
  const events: LedgerEvent[] = []
  for await (const event of ledger.read()) events.push(event)
  return events
}

async function ran(
  kit: Kit = research,
  options: Partial<RunKitOptions> = {},
  store: LedgerStore = memoryLedgerStore()
) {
  const { llm, asked } = provider()
  const parent = await openLedger(store, 'run:1')
  const run = await runKit(kit, 'Why?', { id: '1', ledger: parent, llm, ...options })
  return { store, parent, run, asked, events: await all(parent) }
}

let forks = 0
async function forked(
  kit: Kit,
  parent: Ledger,
  position: number,
  options: Partial<ForkKitOptions> = {}
): Promise<{ run: Run; asked: string[]; events: LedgerEvent[] }> {
  const { llm, asked } = provider()
  const run = await forkKit(kit, { parent, position, id: `fork-${++forks}`, llm, ...options })
  return { run, asked, events: await all(run.ledger) }
}

/** What is said, without who wrote it down first and who paid for it. */
function said(events: readonly LedgerEvent[]): unknown[] {
  return events
    .filter(({ type }) => type !== 'branch.created')
    .map(event => {
      const { source: _source, data, ...rest } = stable(event) as { source: unknown; data: object }
      const {
        cost_usd: _cost,
        saved_usd: _saved,
        cached: _cached,
        cache: _cache,
        ...kept
      } = data as never as Record<string, unknown>
      return { ...rest, data: kept }
    })
}

const positionOf = (events: readonly LedgerEvent[], holds: (event: LedgerEvent) => boolean): number => {
  const position = events.findIndex(holds)
  expect(position).toBeGreaterThanOrEqual(0)
  return position
}
const isAsking = (text: string) => (event: LedgerEvent) =>
  event.type === 'llm.request' && JSON.stringify(event.data).includes(text)

describe('a fork in which nothing is changed', () => {
  test('at every position comes to the same world and the same events, for $0 and without a call', async () => {
    const { parent, run, events } = await ran()
    expect(events.length).toBeGreaterThan(25)
    for (let position = 0; position <= events.length; position++) {
      const fork = await forked(research, parent, position)
      expect(fork.asked).toEqual([])
      expect(said(fork.events)).toEqual(said(events))
      expect(fork.events.findIndex(({ type }) => type === 'branch.created')).toBe(position)
      expect(fork.run.world.objects).toEqual(run.world.objects)
      expect(fork.run.world.relations).toEqual(run.world.relations)
      expect([fork.run.calls, fork.run.costUsd, fork.run.problem]).toEqual([0, 0, null])
      expect(fork.run).toMatchObject({ kit: 'research', goal: 'Why?', unanswered: 0, events: events.length + 1 })
      expect(await forkEstimate(events, position)).toMatchObject({ calls: 0, costUsd: { low: 0, high: 0 } })
    }
  })

  test('of a fork, at every position, does so too', async () => {
    const { parent, events } = await ran()
    const first = await forked(research, parent, 12)
    for (let position = 0; position <= first.events.length; position += 3) {
      const second = await forked(research, first.run.ledger, position)
      expect(second.asked).toEqual([])
      expect(said(second.events)).toEqual(said(events))
    }
  })

  test('shares its prefix by reference: the branch holds its tail only', async () => {
    const { store, parent, events } = await ran()
    const fork = await forked(research, parent, 20)
    const own: LedgerEvent[] = []
    for await (const event of store.read(fork.run.ledger.name)) own.push(event)
    expect(own.length).toBe(events.length - 20 + 1)
    expect(own.every(({ source }) => source === fork.run.ledger.name)).toBe(true)
    expect(own[0]).toMatchObject({
      type: 'branch.created',
      data: { branch_id: fork.run.id, parent: 'run:1', fork_position: 20 }
    })
    expect((await branching(store).list()).find(({ name }) => name === fork.run.ledger.name)).toMatchObject({
      length: events.length + 1,
      parent: 'run:1'
    })
  })

  test('of a long run makes no call for its prefix, and none for its tail', async () => {
    const chain: Kit = {
      name: 'chain',
      version: '1',
      responders: () => [
        responder('ask', 'object.created', ({ data }, world) =>
          world.objects.size < 166 ? [ask('m', `${world.objects.size} after ${data.data?.text}`)] : []
        ),
        responder('go on', 'llm.response', ({ id, data }) => [
          { type: 'object.created', data: { id: `after ${id}`, type: 'T', data: { text: data.text.slice(-40) } } }
        ])
      ]
    }
    const budget = { maxDepth: 1e6, maxCostUsd: 1e6 }
    const { parent, events } = await ran(chain, { budget })
    expect(events.length).toBeGreaterThanOrEqual(496)
    const fork = await forked(chain, parent, 250, { budget })
    expect(fork.asked).toEqual([])
    expect(said(fork.events)).toEqual(said(events))
    const position = positionOf(events, event => event.type === 'llm.request' && events.indexOf(event) >= 250)
    const other = await forked(chain, parent, position, { budget, change: { set: { 'messages.0.content': 'Other?' } } })
    expect(other.asked.length).toBe(events.slice(position).filter(({ type }) => type === 'llm.request').length)
  })
})

describe('a fork with one thing changed', () => {
  test('asks only the changed request and what follows from it, as the estimate said', async () => {
    const { parent, events } = await ran()
    const changes: [string, string, Record<string, never>][] = [
      ['two:', 'model', { model: 'other' } as never],
      ['two:', 'temperature', { temperature: 1.5 } as never],
      ['three:', 'prompt', { 'messages.0.content': 'three, in other words' } as never],
      ['one:', 'prompt by pointer', { '/messages/0/content': 'one, in other words' } as never],
      ['Summarise', 'model', { model: 'other' } as never]
    ]
    for (const [request, what, set] of changes) {
      const position = positionOf(events, isAsking(request))
      const change: LedgerChange = { set }
      const estimate = await forkEstimate(events, position, { change, estimate: () => 0.75 })
      const fork = await forked(research, parent, position, { change })
      // Only the answer to a parameter stays: this provider does not look at it.
      const follows = request === 'Summarise' || what === 'temperature' ? [] : ['checker', 'm Summarise']
      expect(fork.asked.length).toBe(1 + follows.length)
      expect(fork.asked.slice(1).map((text, n) => text.startsWith(follows[n] as string))).toEqual(
        follows.map(() => true)
      )
      expect(fork.run).toMatchObject({ calls: fork.asked.length, costUsd: 0.5 * fork.asked.length })
      if (what !== 'temperature') expect(estimate.calls).toBe(fork.asked.length)
      const total = events.slice(position).filter(({ type }) => type === 'llm.request').length
      expect(estimate.calls + estimate.reused).toBeGreaterThanOrEqual(total)
      // What was answered in the parent before the fork looked is taken over with its events.
      const created = fork.events.find(({ type }) => type === 'branch.created') as LedgerEvent<'branch.created'>
      const first = fork.events.indexOf(created) + 1
      const own = fork.events.slice(first, first + (created.data.carried ?? 0))
      const taken = own.filter(({ type }) => type === 'llm.response').length
      expect(fork.run.hits + taken).toBe(estimate.reused + (what === 'temperature' ? 2 : 0))
      // The changed event has its old id, so that everything can be held against the parent.
      const changed = fork.events.find(({ id }) => id === events[position]?.id)
      expect(changed?.data).toMatchObject('model' in set ? { model: 'other' } : {})
    }
  })

  test('finds what is in the cache, and what it pays for is in the cache', async () => {
    const { parent, events } = await ran()
    const cache = memoryCache()
    const position = positionOf(events, isAsking('two:'))
    const change = { set: { model: 'other' } }
    expect((await forked(research, parent, position, { change, cache })).asked.length).toBe(3)
    const again = await forked(research, parent, position, { change, cache })
    expect([again.asked, again.run.costUsd]).toEqual([[], 0])
  })

  test('keeps what it pays for to itself where it has a scope of its own', async () => {
    const { parent, events } = await ran()
    const cache = memoryCache()
    const position = positionOf(events, isAsking('two:'))
    const change = { set: { model: 'other' } }
    const scoped = { change, cache, cacheScope: 'mine' }
    expect((await forked(research, parent, position, scoped)).asked.length).toBe(3)
    expect((await forked(research, parent, position, scoped)).asked.length).toBe(0)
    expect((await forked(research, parent, position, { change, cache })).asked.length).toBe(3)
    // What everybody has, it has too.
    expect((await forked(research, parent, position, { change, cache, cacheScope: 'new' })).asked.length).toBe(0)
  })

  test('may change an object, an answer, or the options of the kit', async () => {
    const { parent, events } = await ran()
    const goal = positionOf(events, ({ type }) => type === 'object.created')
    const other = await forked(research, parent, goal, { change: { set: { 'data.text': 'Who?' } } })
    expect(other.run.world.object('goal-1')?.data.text).toBe('Who?')
    expect(other.asked.length).toBe(7)
    expect(other.asked).toContain('m two: Who?')

    const answer = positionOf(events, ({ type }) => type === 'llm.response')
    const told = await forked(research, parent, answer, { change: { set: { text: 'It is so.' } } })
    expect(told.asked).toEqual(['checker Check: It is so.', expect.stringContaining('Summarise: It is so.;')])
    const changed = told.events.find(({ id }) => id === events[answer]?.id) as LedgerEvent<'llm.response'>
    expect(changed.data.message.content).toBe('It is so.')

    const change = { set: { 'options.model': 'other' } }
    const estimate = await forkEstimate(events, 0, { change, estimate: () => 1 })
    const anew = await forked(research, parent, 0, { change })
    expect(anew.asked.filter(text => text.startsWith('other ')).length).toBe(4)
    expect(estimate.calls).toBe(anew.asked.length)
    expect(anew.events.map(({ id }) => id).slice(1, 6)).toEqual(events.map(({ id }) => id).slice(0, 5))
  })

  test('may change an event further on, as long as the prefix has led to it already', async () => {
    const { parent, events } = await ran()
    const last = events.find(isAsking('three:')) as LedgerEvent
    const fork = await forked(research, parent, positionOf(events, isAsking('one:')), {
      change: { event: last.id, set: { model: 'other' } }
    })
    expect(fork.asked[0]).toBe('other three: Why?')
    expect(fork.asked.length).toBe(3)
  })

  test('can itself be forked, with another change', async () => {
    const { parent, events } = await ran()
    const first = await forked(research, parent, positionOf(events, isAsking('two:')), {
      change: { set: { model: 'other' } }
    })
    const position = positionOf(first.events, isAsking('Summarise'))
    const second = await forked(research, first.run.ledger, position, { change: { set: { model: 'third' } } })
    expect(second.asked).toEqual([expect.stringMatching(/^third Summarise: .*of other to two/)])
    expect(second.run.world.object('report')?.data.text).toContain('Summary of third')
  })

  test("that was stopped is taken up with its parent's answers", async () => {
    const { parent, events } = await ran()
    const ledger = await forkLedger(parent, positionOf(events, isAsking('two:')), {
      id: 'stopped',
      change: { set: { model: 'other' } }
    })
    const { llm, asked } = provider()
    const run = await resumeKit(research, { id: 'stopped', ledger, llm })
    expect(asked.length).toBe(3)
    expect(run).toMatchObject({ calls: 3, unanswered: 0 })
    await resumeKit(research, { id: 'stopped', ledger, llm })
    expect(asked.length).toBe(3)
  })

  test('says where a changed request goes, and not where it would have gone', async () => {
    const { parent, events } = await ran()
    const { llm } = provider()
    const target = (model: string) =>
      ({ provider: 'acme', api: 'chat', base_url: 'https://acme.test/v1', model }) as const
    const aimed: LLMFn = Object.assign((...of: Parameters<LLMFn>) => llm(...of), {
      target: ({ model }: { model: string }) => target(model)
    })
    const position = positionOf(events, isAsking('two:'))
    const fork = await forked(research, parent, position, { llm: aimed, change: { set: { model: 'other' } } })
    expect(fork.events[position + 1]?.data).toMatchObject({ model: 'other', target: target('other') })
  })
})

describe('the estimate of a fork', () => {
  test('is null where a price is not known, and counts long answers where it is', async () => {
    const { events } = await ran()
    const position = positionOf(events, isAsking('two:'))
    const change = { set: { model: 'other' } }
    expect((await forkEstimate(events, position, { change })).costUsd).toBeNull()
    const estimate = await forkEstimate(events, position, {
      change,
      estimate: ({ max_tokens }) => (max_tokens ? 1 : 2)
    })
    expect(estimate).toEqual({ reused: 4, calls: 3, costUsd: { low: 3, high: 6 } })
    const priced = await forkEstimate(events, position, { change: { set: { model: 'openai/gpt-5-mini' } } })
    expect(priced.calls).toBe(3)
  })

  test('of a copy from a broken chain stays marked, at every position', async () => {
    const { events } = await ran()
    const store = memoryLedgerStore()
    const text = toJSONL(events).replace('Answer of m to one', 'Answer of n to one')
    await importLedger(store, text, { partial: true, name: 'run:copy' })
    const copy = await openLedger(store, 'run:copy')
    const marks = (of: readonly LedgerEvent[]) => of.filter(event => unverifiedReason(event) !== undefined).length
    expect(marks(await all(copy))).toBe(1)
    for (const position of [0, 1, 5]) {
      const branch = await forkLedger(copy, position, { id: `marked-${position}` })
      const own = await all(branch)
      expect([position, marks(own)]).toEqual([position, 1])
      expect(own.filter(({ type }) => type === 'kit.loaded').length).toBe(1)
      await expect(strictReplay(own, { responders: research.responders({}) })).rejects.toThrow(
        'These events are not as they were written. It was imported from a text whose chain is broken at line'
      )
    }
  })

  test('counts every call of the tail, at every position: as reused or as asked', async () => {
    const { events } = await ran()
    for (let position = 0; position <= events.length; position++) {
      const prefix = events.slice(0, position)
      const answers = (of: readonly LedgerEvent[]) => of.filter(({ type }) => type === 'llm.response').length
      const { reused, calls } = await forkEstimate(events, position)
      expect([position, reused, calls]).toEqual([position, answers(events) - answers(prefix), 0])
      const { type, actor } = events[position] ?? {}
      if (type !== 'llm.request' || actor === 'check') continue
      const change = { set: { model: 'other' } }
      const other = await forkEstimate(events, position, { change, estimate: () => 1 })
      expect([position, other.reused + other.calls]).toEqual([position, answers(events) - answers(prefix)])
      expect(other.calls).toBeGreaterThan(0)
    }
  })

  test('counts a request once that others repeat', async () => {
    const same: Kit = {
      name: 'same',
      version: '1',
      responders: () => [
        responder('ask', 'object.created', ({ data }) =>
          data.type === 'Goal' ? [ask('m', 'first')] : data.id.startsWith('o') ? [ask('m', 'again')] : []
        ),
        responder('go on', 'llm.response', ({ data, cause }) =>
          data.text.includes('first')
            ? ['o1', 'o2'].map(id => ({ type: 'object.created', data: { id, type: 'T' } }) as EventDraft)
            : [{ type: 'object.created', data: { id: `x ${cause[0]}`, type: 'T' } }]
        )
      ]
    }
    const { parent, events } = await ran(same)
    const position = positionOf(events, isAsking('first'))
    const change = { set: { model: 'other' } }
    // The second question does not depend on the first answer: that it may, is all that the ledger tells.
    expect(await forkEstimate(events, position, { change })).toMatchObject({ calls: 2, reused: 1 })
    expect((await forked(same, parent, position, { change })).asked.length).toBe(1)
  })
})

describe('what does not fit', () => {
  test('is refused with the position to fork at, and nothing is written', async () => {
    const { store, parent, events } = await ran()
    const two = positionOf(events, isAsking('two:'))
    const check = positionOf(events, isAsking('Check'))
    const late = positionOf(events, isAsking('Summarise'))
    const id = (position: number): string => (events[position] as LedgerEvent).id
    const wrong: [number, LedgerChange | undefined, RegExp][] = [
      [events.length + 1, undefined, /cannot be forked at/],
      [-1, undefined, /position must be a whole number/],
      [1.5, undefined, /position must be a whole number/],
      [events.length, { set: { a: 1 } }, /no event at position/],
      [two, { event: 'nobody', set: { a: 1 } }, /no event "nobody"/],
      [
        two,
        { event: id(two - 1), set: { model: 'x' } },
        new RegExp(`is shared with the parent: fork at.* ${two - 1},`)
      ],
      [two, { event: id(late), set: { model: 'x' } }, new RegExp(`does anew: fork at its own position, ${late},`)],
      [check, { set: { model: 'x' } }, /was made by a responder that went on from its answer/],
      [two, { set: {} }, /sets nothing/],
      [two, { set: { 'messages.7.content': 'x' } }, /leads nowhere: there is no messages\.7/],
      [two, { set: { 'message.0': 'x' } }, /leads nowhere: there is no message\b/],
      [two, { set: { 'model.deep': 'x' } }, /leads nowhere/],
      [two, { set: { '': 'x' } }, /is no path/],
      [two, { set: { 'a..b': 'x' } }, /is no path/],
      [two, { set: { '__proto__.polluted': true } }, /may not go through __proto__/],
      [
        two,
        { set: { 'constructor/prototype': true, '/constructor/prototype/x': 1 } },
        /may not go through constructor/
      ],
      [two, { set: { model: 7 } }, /data\.model must be a text/],
      [two, { set: { messages: 'hello' } }, /must be a list of messages/],
      [two, { set: { api_key: 'x' } }, /does not belong in an event/],
      [two, { set: { api_base: 'https://elsewhere.test' } }, /does not belong in an event/],
      [two, { set: { 'target.base_url': 'https://elsewhere.test' } }, /cannot be changed in a ledger/],
      [two, { set: { model: undefined as never } }, /JSON cannot hold/]
    ]
    for (const [position, change, message] of wrong) {
      await expect(forkLedger(parent, position, { id: 'x', change })).rejects.toMatchObject({ name: 'InputError' })
      await expect(forkLedger(parent, position, { id: 'x', change })).rejects.toThrow(message)
      if (change) await expect(forkEstimate(events, position, { change })).rejects.toThrow(message)
    }
    expect((await store.list()).map(({ name }) => name)).toEqual(['run:1'])
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined()
  })

  test('is an object without which later events of the prefix could not be', async () => {
    const kit: Kit = {
      name: 'pair',
      version: '1',
      responders: () => [
        responder('make', 'object.created', ({ data }) =>
          data.type === 'Goal'
            ? [
                { type: 'object.created', data: { id: 'a', type: 'T' } },
                { type: 'object.patched', data: { id: 'a', patch: { n: 1 } } }
              ]
            : []
        )
      ]
    }
    const { parent } = await ran(kit)
    await expect(forkLedger(parent, 2, { id: 'x', change: { set: { id: 'b' } } })).rejects.toThrow(
      /could not go on: object\.patched names "a"/
    )
  })

  test('is an id that is in use, or that is none', async () => {
    const { parent } = await ran()
    await forkLedger(parent, 3, { id: 'x' })
    await expect(forkLedger(parent, 3, { id: 'x' })).rejects.toThrow(/branch:x is there already/)
    await expect(forkLedger(parent, 3, { id: '../x' })).rejects.toMatchObject({ name: 'InputError' })
  })

  test('is a ledger of which nobody knows where it is kept, unless one says so', async () => {
    const { store, parent, events } = await ran()
    const { name, length, append, read, subscribe, signal, signals, close } = parent
    const bare: Ledger = { name, length, append, read, subscribe, signal, signals, close }
    await expect(forkLedger(bare, 3, { id: 'x' })).rejects.toThrow(/pass \{ store \}/)
    expect((await forkLedger(bare, 3, { id: 'x', store })).length).toBeGreaterThan(3)
    await expect(forkLedger(bare, 3, { id: 'x', store: memoryLedgerStore() })).rejects.toThrow(
      /run:1, which is not here/
    )
    expect(events.length).toBe(length)
  })
})

describe('a run that has not ended', () => {
  test('is forked as it is: what nobody has reacted to is done in the branch', async () => {
    const { parent, events } = await ran()
    const wave = positionOf(events, ({ type }) => type === 'llm.response')
    // As it was when the first answers had just been written.
    const store = memoryLedgerStore()
    const early = await openLedger(store, 'run:1')
    await early.append(events.slice(0, wave + 3))
    for (const position of [wave - 1, wave, wave + 1, wave + 2, wave + 3]) {
      const fork = await forked(research, early, position)
      expect(said(fork.events)).toEqual(said(events))
      expect(fork.asked.length).toBe(4)
    }
    expect(parent.length).toBe(events.length)
  })

  test('asks in the branch what was not answered in it', async () => {
    const { events } = await ran()
    const early = await openLedger(memoryLedgerStore(), 'run:1')
    await early.append(
      events.slice(
        0,
        positionOf(events, ({ type }) => type === 'llm.response')
      )
    )
    for (let position = 0; position <= early.length; position++) {
      expect(await forkEstimate(await all(early), position)).toMatchObject({ reused: 0, calls: 3 })
      const fork = await forked(research, early, position)
      expect(fork.asked.length).toBe(7)
      expect(said(fork.events).map(event => (event as LedgerEvent).id)).toEqual(events.map(({ id }) => id))
    }
  })

  test('of which the budget was used up goes on in a branch with a higher one', async () => {
    const { parent, events } = await ran(research, { budget: { maxCostUsd: 2 } })
    expect(events.at(-1)?.type).toBe('budget.exhausted')
    const whole = (await ran()).events
    const fork = await forked(research, parent, events.length - 4, { budget: { maxCostUsd: 100 } })
    expect(fork.run.world.object('report')).toBeDefined()
    const ids = new Set(fork.events.map(({ id }) => id))
    expect(whole.filter(({ id }) => !ids.has(id))).toEqual([])
  })
})

describe('a ledger that keeps less than was said', () => {
  test('answers nothing in its branches, and they keep as little', async () => {
    const { llm } = provider()
    const parent = redacted(await openLedger(memoryLedgerStore(), 'run:1'), metadataOnly)
    await runKit(research, 'Why?', { id: '1', ledger: parent, llm })
    const events = await all(parent)
    const fork = await forked(
      research,
      parent,
      positionOf(events, ({ type }) => type === 'object.created')
    )
    expect(fork.asked.length).toBe(7)
    const texts = fork.events
      .filter(({ type }) => type === 'llm.response')
      .map(({ data }) => (data as { text: string }).text)
    expect(new Set(texts)).toEqual(new Set(['']))
  })
})
