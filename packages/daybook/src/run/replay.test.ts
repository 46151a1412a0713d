import { describe, expect, test } from 'vitest'
import { InternalServerError, RateLimitError, ReplayDivergenceError } from '../errors.js'
import { createHost } from '../host.js'
import type { JsonObject } from '../json.js'
import type { EventDraft, LedgerEvent } from '../ledger/event.js'
import type { Ledger } from '../ledger/ledger.js'
import { memoryLedgerStore } from '../ledger/memory-ledger-store.js'
import { openLedger } from '../ledger/open-ledger.js'
import { recorded } from '../ledger/recorded.js'
import type { LLMFn } from '../llm/llm.js'
import { llmStream } from '../llm/llm-stream.js'
import { retried } from '../llm/retried.js'
import { textLlm } from '../llm/text-llm.js'
import { project } from '../world/project.js'
import type { Edges } from './edge.js'
import { llmExecutor } from './executor.js'
import type { Kit } from './kit.js'
import { type ReplayReport, replayKit, strictReplay } from './replay.js'
import { type Responder, responder } from './responder.js'
import { runKit } from './run-kit.js'
import { createRuntime, type RuntimeOptions } from './runtime.js'

const quiet = createHost({ warn: () => {} })
const emptyLedger = (): Promise<Ledger> => openLedger(memoryLedgerStore(), 'run:1')
const create = (id: string, data: JsonObject = {}): EventDraft => ({
  type: 'object.created',
  data: { id, type: 'T', data }
})
const question = (content: string, more: object = {}): EventDraft<'llm.request'> => ({
  type: 'llm.request',
  data: { model: 'm', messages: [{ role: 'user', content }], ...more }
})

async function eventsOf(ledger: Ledger): Promise<LedgerEvent[]> {
  const events: LedgerEvent[] = []
  for await (const event of ledger.read()) events.push(event)
  return events
}

/** Answers with the question and its number, after one failed attempt where it says `busy`; fails where it says `down`. */
function model(): LLMFn {
  let n = 0
  const tried = new Set<string>()
  const llm: LLMFn = (request, options) =>
    llmStream(async function* () {
      const asked = String(request.messages.at(-1)?.content)
      if (asked.includes('down')) throw new InternalServerError('The model is down.', { cause: new Error('socket') })
      if (asked.includes('busy') && !tried.has(asked)) {
        tried.add(asked)
        throw new RateLimitError('Too many requests.')
      }
      const text = `${asked}, answered ${++n}`
      yield { type: 'text.delta', text: text.slice(0, 5) }
      yield { type: 'text.delta', text: text.slice(5) }
      return {
        ...{ text, model: 'm-1', message: { role: 'assistant', content: text }, finish_reason: 'stop', tool_calls: [] },
        ...{ usage: { input_tokens: 5, output_tokens: 7 }, cost_usd: 0.01, cached: false, id: `answer-${n}` }
      }
    }, options)
  return retried(llm, { maxRetries: 2, sleep: async () => {} })
}

/** A bit of everything. */
function responders(): Responder[] {
  return [
    responder('split', 'object.created', ({ data }, _world, { id }) =>
      data.type === 'T' && data.id.startsWith('goal')
        ? [
            create(id('part'), { of: data.id, n: 1 }),
            create(id('part'), { of: data.id, n: 2 }),
            { type: 'relation.created', data: { id: id('r'), type: 'likes', source_id: data.id, target_id: 'x' } }
          ]
        : []
    ),
    responder('ask', 'object.created', ({ data }) =>
      data.data?.of
        ? [question(`about ${data.data.n}`, { cause_object_id: data.id }), create(`note of ${data.id}`)]
        : []
    ),
    responder('note', ['llm.response', 'llm.failed'], (event, world) => {
      const { cause_object_id: id } = event.data
      if (id === undefined) return []
      const text = event.type === 'llm.response' ? event.data.text : event.data.message
      return [{ type: 'object.patched', data: { id, patch: { text, seen: world.objects.size } } }]
    }),
    responder('talk', 'object.patched', async ({ data }, world, { llm, random, now }) => {
      if (!data.patch?.text) return []
      const { text, cost_usd } = await llm({ model: 'm', messages: [{ role: 'user', content: `busy ${data.id}` }] })
      const said = world.object(data.id)?.data.text as string
      return [create(`talk ${data.id}`, { text, cost_usd, said, chance: random(), late: now() > 0 })]
    }),
    responder('stumble', 'object.created', async ({ data }, _world, { llm }) => {
      if (data.id.startsWith('talk'))
        await llm({ model: 'm', messages: [{ role: 'user', content: `down ${data.id}` }] })
      return undefined
    }),
    responder('stream', 'object.created', async function* ({ data }, _world, { llm }): AsyncGenerator<
      EventDraft,
      void
    > {
      if (!data.id.startsWith('note')) return
      yield { type: 'object.patched', data: { id: 'nobody', patch: {} } }
      let pieces = 0
      for await (const _delta of llm({ model: 'm', messages: [{ role: 'user', content: `tell ${data.id}` }] })) pieces++
      yield create(`streamed ${data.id}`, { pieces })
    }),
    responder('nonsense', 'relation.created', () => [{ type: 'object.created', data: { id: 7 } } as never])
  ]
}

const edges: Edges = {
  likes: ({ data }) => [{ type: 'object.patched', data: { id: data.source_id, patch: { liked: data.target_id } } }]
}

interface Rehearsal {
  readonly events: LedgerEvent[]
  readonly ledger: Ledger
}

async function rehearse(more: Partial<RuntimeOptions> = {}, seeds = [create('goal-1')]): Promise<Rehearsal> {
  const ledger = await emptyLedger()
  const all = [...responders(), llmExecutor(model())]
  await createRuntime({ ledger, responders: all, edges, host: quiet, ...more }).run(seeds)
  return { events: await eventsOf(ledger), ledger }
}

const replay = (events: readonly LedgerEvent[], more: readonly Responder[] = responders()): Promise<ReplayReport> =>
  strictReplay(events, { responders: more, edges })

const brief = ({ divergences }: ReplayReport) =>
  divergences.map(({ kind, position, message }) => [kind, position, message])

describe('strict replay', () => {
  test('of an honest run finds every event again', async () => {
    const { events } = await rehearse()
    const report = await replay(events)
    expect(brief(report)).toEqual([])
    const types = new Set(events.map(({ type }) => type))
    for (const type of ['llm.attempt', 'llm.failed', 'responder.failed', 'output.rejected', 'llm.response']) {
      expect([type, types.has(type as never)]).toEqual([type, true])
    }
    // All but the seed and what was answered.
    const taken = events.filter(({ type }) => /^llm\.(attempt|response|failed)$/.test(type)).length
    const attempts = events.filter(({ type }) => type === 'llm.attempt').length
    expect(report.equal).toBeGreaterThanOrEqual(events.length - 1 - taken)
    expect(attempts).toBeGreaterThan(0)
    expect(report).toMatchObject({ ok: true, diverged: 0, events: events.length, hash: project(events).hash() })
    expect(report.world.hash()).toBe(report.hash)
  })

  test('makes no call, with an executor among the responders or without one', async () => {
    const { events } = await rehearse()
    const never = llmExecutor(() => expect.fail('a call was made'))
    expect(brief(await replay(events, [...responders(), never]))).toEqual([])
    expect(brief(await replay(events))).toEqual([])
  })

  test('of a verbose run', async () => {
    const { events } = await rehearse({ verbose: true })
    expect(events.map(({ type }) => type)).toContain('responder.completed')
    expect(brief(await replay(events))).toEqual([])
  })

  test.each([4, 9, 13, 17, 22, 30])(
    'of a run that its budget stopped after %d events, and of its second half',
    async max => {
      const { events, ledger } = await rehearse({ budget: { maxEvents: max } })
      expect(events.at(-1)?.type).toBe('budget.exhausted')
      expect(brief(await replay(events))).toEqual([])
      const all = [...responders(), llmExecutor(model())]
      await createRuntime({ ledger, responders: all, edges, host: quiet }).resume()
      const whole = await eventsOf(ledger)
      expect(whole.length).toBeGreaterThan(events.length + 1)
      expect(brief(await replay(whole))).toEqual([])
    }
  )

  test('of a run that was aborted while responders hung, and of its second half', async () => {
    const ledger = await emptyLedger()
    const controller = new AbortController()
    let hangs = true
    const hanging = responder('hang', 'object.created', async ({ data }, _world, { llm }) => {
      if (!data.data?.of) return []
      if (hangs) setTimeout(() => controller.abort(), 5)
      if (data.data.n === 2) await llm({ model: 'm', messages: [{ role: 'user', content: 'before the end' }] })
      if (hangs) await new Promise(() => {})
      return [create(`hung ${data.id}`)]
    })
    const all = [...responders(), hanging, llmExecutor(model())]
    const runtime = createRuntime({ ledger, responders: all, edges, host: quiet })
    await expect(runtime.run([create('goal-1')], { signal: controller.signal })).rejects.toMatchObject({
      kind: 'aborted'
    })
    const first = await eventsOf(ledger)
    expect(first.at(-1)?.type).toBe('warning.raised')
    expect(brief(await replay(first, [...responders(), hanging]))).toEqual([])
    hangs = false
    await createRuntime({ ledger, responders: all, edges, host: quiet }).resume()
    const whole = await eventsOf(ledger)
    expect(whole.map(({ type }) => type)).toContain('run.resumed')
    expect(whole.length).toBeGreaterThan(first.length + 5)
    expect(brief(await replay(whole, [...responders(), hanging]))).toEqual([])
  })

  test('of a run with a responder that was too slow', async () => {
    const slow = responder('slow', 'object.created', ({ data }) =>
      data.id === 'goal-1' ? new Promise<[]>(() => {}) : []
    )
    const { events } = await rehearse({ responders: [...responders(), slow, llmExecutor(model())], timeoutMs: 20 })
    expect(events.some(({ data }) => (data as JsonObject).kind === 'timeout')).toBe(true)
    expect(brief(await replay(events, [...responders(), slow]))).toEqual([])
  })

  test('of two runs on one ledger, with events of another program in between', async () => {
    const ledger = await emptyLedger()
    const runtime = createRuntime({ ledger, responders: [...responders(), llmExecutor(model())], edges, host: quiet })
    await runtime.run([create('goal-1'), create('goal-2')])
    await recorded(model(), ledger)({ model: 'm', messages: [{ role: 'user', content: 'by the way' }] })
    await runtime.run([create('goal-3')])
    expect(brief(await replay(await eventsOf(ledger)))).toEqual([])
  })

  test('of a run that found nobody to answer, and of one that found somebody later', async () => {
    const ledger = await emptyLedger()
    const few = responders().filter(({ name }) => ['split', 'ask', 'note'].includes(name))
    await createRuntime({ ledger, responders: few, host: quiet }).run([create('goal-1')])
    expect(brief(await strictReplay(await eventsOf(ledger), { responders: few }))).toEqual([])
    await createRuntime({ ledger, responders: [...few, llmExecutor(model())], host: quiet }).resume()
    expect(brief(await strictReplay(await eventsOf(ledger), { responders: few }))).toEqual([])
  })

  test('calls of one responder that overlap end in the order in which they ended', async () => {
    const pairs = responder('pairs', 'object.created', async ({ data }, _world, { llm }) => {
      if (data.id !== 'goal-1') return []
      const ask = (content: string) => llm({ model: 'm', messages: [{ role: 'user', content }] })
      const ends: string[] = []
      await Promise.all(
        ['slow', 'quick'].map(async pace => {
          const first = await ask(`${pace} 1`)
          ends.push((await ask(`${first.text} 2`)).text)
        })
      )
      return [create('ends', { ends })]
    })
    const uneven: LLMFn = request => {
      const asked = String(request.messages[0]?.content)
      const wait = asked.includes('slow') ? 30 : 1
      return textLlm(async () => {
        await new Promise(resolve => setTimeout(resolve, wait))
        return [asked, 0]
      })(request)
    }
    const ledger = await emptyLedger()
    await createRuntime({ ledger, responders: [pairs, llmExecutor(uneven)] }).run([create('goal-1')])
    expect(brief(await strictReplay(await eventsOf(ledger), { responders: [pairs] }))).toEqual([])
  })

  test('of nothing is an empty world, and of a ledger without a run is refused', async () => {
    expect(await replay([])).toMatchObject({ ok: true, events: 0, hash: project([]).hash() })
    const ledger = await emptyLedger()
    await recorded(model(), ledger)({ model: 'm', messages: [] })
    await expect(replay(await eventsOf(ledger))).rejects.toMatchObject({ kind: 'input' })
  })

  test('ends when it is aborted, and bounds a responder that does not end', async () => {
    const { events } = await rehearse()
    const hang = responders().map(each =>
      each.name === 'note' ? { ...each, fn: () => new Promise<[]>(() => {}) } : each
    )
    const controller = new AbortController()
    const replaying = strictReplay(events, { responders: hang, edges, signal: controller.signal })
    setTimeout(() => controller.abort(), 5)
    await expect(replaying).rejects.toMatchObject({ kind: 'aborted' })
    const bounded = await strictReplay(events, { responders: hang, edges, timeoutMs: 10 })
    expect(bounded.divergences[0]).toMatchObject({ kind: 'changed' })
  })
})

describe('a changed program', () => {
  const without = (name: string) => responders().filter(each => each.name !== name)
  const first = async (all: readonly Responder[], events?: readonly LedgerEvent[]) =>
    (await replay(events ?? (await rehearse()).events, all)).divergences[0]

  test('is named at the first event that it makes another one of', async () => {
    const { events } = await rehearse()
    const changed = responders().map(each =>
      each.name === 'note'
        ? responder('note', ['llm.response', 'llm.failed'], ({ data: { cause_object_id: id } }) =>
            id === undefined ? [] : [{ type: 'object.patched', data: { id, patch: { text: 'something else' } } }]
          )
        : each
    )
    const found = await first(changed, events)
    const position = events.findIndex(({ actor }) => actor === 'note')
    expect(found).toMatchObject({ kind: 'changed', position, event: events[position]?.id, expected: events[position] })
    expect(found?.fields.map(({ path }) => path)).toEqual(['/data/patch/seen', '/data/patch/text'])
    expect(found?.fields[1]).toMatchObject({ before: expect.stringMatching(/^about/), after: 'something else' })
    expect(found?.message).toMatch(
      new RegExp(`^Position ${position}: .* differs at /data/patch/seen: \\d+ is recorded`)
    )
  })

  test.each(['split', 'ask', 'note', 'talk', 'stumble', 'stream', 'nonsense'])(
    'without %s misses its first event',
    async name => {
      const { events } = await rehearse()
      const position = events.findIndex(
        ({ actor, data }) => actor === name || (actor === 'runtime' && (data as JsonObject).responder === name)
      )
      const found = await first(without(name), events)
      expect([found?.kind, found?.position]).toEqual(['missing', position])
    }
  )

  test('without its edges', async () => {
    const { events } = await rehearse()
    const report = await strictReplay(events, { responders: responders() })
    expect(report.divergences[0]).toMatchObject({
      kind: 'missing',
      position: events.findIndex(({ actor }) => actor === 'edge:likes')
    })
  })

  test('with one more that emits something, in the middle and at the end', async () => {
    const { events } = await rehearse()
    const more = responder('more', 'relation.created', () => [create('more')])
    const at = events.findIndex(({ type }) => type === 'output.rejected')
    expect(await first([...responders(), more], events)).toMatchObject({
      kind: 'extra',
      position: at + 1,
      found: { type: 'object.created', data: { id: 'more' } }
    })
    const ledger = await emptyLedger()
    const one = responder('one', 'object.created', ({ data }) => (data.id === 'a' ? [create('b')] : []))
    await createRuntime({ ledger, responders: [one] }).run([create('a')])
    const two = responder('one', 'object.created', ({ data }) => (data.id === 'a' ? [create('b'), create('c')] : []))
    expect(await first([two], await eventsOf(ledger))).toMatchObject({ kind: 'extra', position: 2 })
  })

  test('in another order', async () => {
    const pair = ['a', 'b'].map(name =>
      responder(name, 'object.created', ({ data }) => (data.id === 'goal-1' ? [create(name)] : []))
    )
    const ledger = await emptyLedger()
    await createRuntime({ ledger, responders: pair }).run([create('goal-1')])
    const report = await strictReplay(await eventsOf(ledger), { responders: pair.reverse() })
    expect(brief(report)).toMatchObject([['order', 1, expect.any(String)]])
    expect(report.equal).toBe(2)
  })

  test('that asks something else is told how its request differs, whoever asks', async () => {
    const { events } = await rehearse()
    const emitting = responders().map(each =>
      each.name === 'ask'
        ? responder('ask', 'object.created', ({ data }) =>
            data.data?.of
              ? [
                  question(`about the number ${data.data.n}`, { cause_object_id: data.id }),
                  create(`note of ${data.id}`)
                ]
              : []
          )
        : each
    )
    const at = events.findIndex(({ type }) => type === 'llm.request')
    expect(await first(emitting, events)).toMatchObject({
      ...{ kind: 'changed', position: at },
      fields: [{ path: '/data/messages/0/content', before: 'about 1', after: 'about the number 1' }]
    })
    const asking = responders().map(each =>
      each.name === 'stumble'
        ? responder('stumble', 'object.created', async ({ data }, _world, { llm }) => {
            const content = `up ${data.id}`
            if (data.id.startsWith('talk')) await llm({ model: 'm', messages: [{ role: 'user', content }] })
            return []
          })
        : each
    )
    const down = events.findIndex(({ actor, type }) => actor === 'stumble' && type === 'llm.request')
    expect(await first(asking, events)).toMatchObject({
      ...{ kind: 'changed', position: down },
      fields: [{ path: '/data/messages/0/content', after: expect.stringMatching(/^up/) }]
    })
  })

  test('that asks more than was ever asked is told the nearest recording', async () => {
    const { events } = await rehearse()
    const more = responder('more', 'relation.created', async (_event, _world, { llm }) => {
      await llm({ model: 'm', messages: [{ role: 'user', content: 'about 3' }] })
      return []
    })
    const found = await first([...responders(), more], events)
    expect(found).toMatchObject({
      ...{ kind: 'unrecorded', position: events.findIndex(({ type }) => type === 'output.rejected') + 1 },
      fields: [{ path: '/messages/0/content', before: expect.stringMatching(/^about/), after: 'about 3' }]
    })
    expect(found?.message).toContain('There is no recording of this request')
  })

  test('that throws where it did not', async () => {
    const { events } = await rehearse()
    const throwing = responders().map(each => ({
      ...each,
      fn: each.name === 'note' ? () => expect.fail('thrown') : each.fn
    }))
    const report = await replay(events, throwing)
    expect(report.divergences[0]).toMatchObject({ kind: 'changed', found: { type: 'responder.failed' } })
    // It goes on counting, with what is recorded as the truth.
    expect(report.diverged).toBeLessThan(15)
    expect(report.equal).toBeGreaterThan(15)
    expect(report.hash).toBe(project(events).hash())
  })

  test('of which nothing is right keeps a hundred divergences and counts them all', async () => {
    const chain = (word: string) =>
      responder('chain', 'object.created', ({ data }) => {
        const n = Number(data.data?.n ?? 0) + 1
        return n < 150 ? [create(`${n}`, { n, word })] : []
      })
    const ledger = await emptyLedger()
    const budget = { maxDepth: 1000 }
    await createRuntime({ ledger, responders: [chain('a')], budget }).run([create('goal-1')])
    const report = await strictReplay(await eventsOf(ledger), { responders: [chain('b')] })
    expect([report.divergences.length, report.diverged, report.equal]).toEqual([100, 149, 0])
  })
})

/** What of an event is taken as it is recorded: changing it is named by the ledger's chain alone. */
function isTaken({ type, actor, by }: LedgerEvent): boolean {
  return by?.startsWith('seed#') || actor === 'llm_executor' || type === 'budget.exhausted' || type === 'run.resumed'
}

const changedAt = (events: readonly LedgerEvent[], position: number, change: (event: JsonObject) => object) =>
  events.map((event, n) => (n === position ? ({ ...event, ...change(event as never) } as LedgerEvent) : event))

describe('a run in which one thing was changed diverges there', () => {
  const first = async (events: readonly LedgerEvent[]) => (await replay(events)).divergences[0]

  test('the id of any event', async () => {
    const { events } = await rehearse()
    for (const [position, { id, type }] of events.entries()) {
      const found = await first(changedAt(events, position, () => ({ id: `${type}-changed` })))
      expect([type, found?.position, found?.kind]).toEqual([type, position, 'changed'])
      expect(found?.fields).toContainEqual({ path: '/id', before: `${type}-changed`, after: id })
    }
  })

  test('the data of any event that a responder emitted', async () => {
    const { events } = await rehearse()
    for (const [position, event] of events.entries()) {
      if (isTaken(event)) continue
      const data = { ...event.data, changed: true }
      const found = await first(changedAt(events, position, () => ({ data })))
      expect([event.type, found?.position, found?.kind]).toEqual([event.type, position, 'changed'])
      expect(found?.fields).toEqual([{ path: '/data/changed', before: true }])
      expect(found?.expected?.data).toEqual(data)
      expect(found?.found).toMatchObject({ data: event.data })
    }
  })

  test.each(['actor', 'cause', 'by', 'source'] as const)('the %s of any event', async field => {
    const { events } = await rehearse()
    for (const [position, event] of events.entries()) {
      // A seed names any cause and actor.
      if (event.by?.startsWith('seed#') && field !== 'source') continue
      const value = field === 'cause' ? ['another'] : field === 'by' ? `${event.by}9` : 'another'
      const found = await first(changedAt(events, position, () => ({ [field]: value })))
      expect([event.type, field, found?.position]).toEqual([event.type, field, position])
    }
  })

  test('the text of any answer', async () => {
    const { events } = await rehearse()
    for (const [position, event] of events.entries()) {
      if (event.type !== 'llm.response') continue
      const text = `${(event as LedgerEvent<'llm.response'>).data.text}.`
      const found = await first(changedAt(events, position, () => ({ data: { ...event.data, text } })))
      expect([found?.position, found?.kind, found?.fields[0]?.path]).toEqual([position, 'changed', '/data/text'])
      // Changed with care, it shows in the first event that was made of it.
      const data = { ...event.data, text, message: { role: 'assistant', content: text } }
      const careful = await first(changedAt(events, position, () => ({ data })))
      expect(careful?.position).toBeGreaterThan(position)
    }
  })

  test('any event left out', async () => {
    const { events } = await rehearse()
    for (const [position, event] of events.entries()) {
      if (position === events.length - 1) continue // as if the run had been killed before it
      const found = await first(events.filter((_event, n) => n !== position))
      if (event.type === 'llm.attempt') continue // taken as they are recorded
      expect([event.type, position, found?.position]).toEqual([event.type, position, position])
    }
  })

  test('any event put before the one that it stands behind', async () => {
    const { events } = await rehearse()
    for (let position = 0; position < events.length - 1; position++) {
      const swapped = events.slice()
      swapped.splice(position, 2, events[position + 1] as LedgerEvent, events[position] as LedgerEvent)
      const found = await first(swapped)
      expect([position, found?.position, found?.kind]).toEqual([position, position, 'order'])
    }
  })

  test('any event recorded twice', async () => {
    const { events } = await rehearse()
    for (const [position, event] of events.entries()) {
      const found = await first([...events.slice(0, position + 1), event, ...events.slice(position + 1)])
      expect([found?.position, found?.kind]).toEqual([position + 1, 'missing'])
    }
  })
})

test('a runtime replays its own ledger, and fails with the first divergence', async () => {
  const { ledger } = await rehearse()
  const runtime = (all: readonly Responder[]) =>
    createRuntime({ ledger, responders: [...all, llmExecutor(() => expect.fail('a call was made'))], edges })
  const { length } = ledger
  const world = await runtime(responders()).replay({ strict: true })
  expect(world.hash()).toBe((await runtime([]).replay()).hash())
  const failing = runtime(responders().slice(1)).replay({ strict: true })
  await expect(failing).rejects.toBeInstanceOf(ReplayDivergenceError)
  await expect(failing).rejects.toMatchObject({
    kind: 'replay',
    message: expect.stringMatching(/^Position 1: .* more events differ\.$/),
    data: { position: 1, kind: 'missing', diverged: expect.any(Number) }
  })
  expect(ledger.length).toBe(length)
})

describe('a kit', () => {
  const kit: Kit = {
    name: 'bits',
    version: '1.0.0',
    responders: ({ word }: JsonObject) => [
      responder('greet', 'object.created', ({ data }) =>
        data.type === 'Goal' ? [question(String(word), { cause_object_id: data.id })] : []
      )
    ]
  }
  async function run(): Promise<LedgerEvent[]> {
    const ledger = await emptyLedger()
    await runKit(kit, 'A goal', { id: '1', ledger, llm: model(), options: { word: 'hello' } })
    return eventsOf(ledger)
  }

  test('is replayed with the options of its run, or with others in their place', async () => {
    const events = await run()
    expect(await replayKit(kit, events)).toMatchObject({ ok: true, equal: 1 })
    const { divergences } = await replayKit(kit, events, { options: { word: 'bye' } })
    expect(divergences[0]).toMatchObject({ position: 2, fields: [{ before: 'hello', after: 'bye' }] })
  })

  test('has the same ids and the same world in every place', async () => {
    const ledger = await emptyLedger()
    const answer = textLlm(() => ['Grüße 🎈 \u2028', 1.5e-7])
    const noting: Kit = {
      ...kit,
      responders: given => [
        ...kit.responders(given),
        responder('note', 'llm.response', ({ data }, _world, { id, random }) => [
          {
            type: 'object.created',
            data: { id: id('note'), type: 'Note', data: { ...data.message, at: random() } as never }
          },
          { type: 'relation.created', data: { id: id('r'), type: 'likes', source_id: 'goal-1', target_id: 'goal-1' } }
        ])
      ]
    }
    await runKit(noting, 'A goal', { id: '1', ledger, llm: answer, options: { word: 'hello' } })
    const events = await eventsOf(ledger)
    const report = await replayKit(noting, events)
    expect(report).toMatchObject({ ok: true, equal: 3 })
    expect(report.hash).toBe('2daa90f1f8072c6d72aedb22c71fae86f16a5c3fa02add0ea68a10df2e5ef13a')
    expect(events.at(-1)?.id).toBe('relation.created-42OEJ2LaE_KChZdWFXa1FL')
  })

  test('is not replayed with the run of another one, or with what is no run of a kit', async () => {
    await expect(replayKit({ ...kit, name: 'other' }, await run())).rejects.toThrow('the kit "bits", not of "other"')
    await expect(replayKit(kit, (await rehearse()).events)).rejects.toThrow('kit.loaded')
  })
})

test('10,000 events take no more than about ten times as long as 1,000', async () => {
  const grow = responder('grow', 'object.created', ({ data }, world) => {
    const n = Number(data.data?.n ?? 0)
    return n > 0 ? [create(`${data.id}.`, { n: n - 1, of: world.objects.size }), question(`q${n % 7}`)] : []
  })
  async function timeFor(n: number): Promise<number> {
    const ledger = await emptyLedger()
    const budget = { maxEvents: 1e6, maxDepth: 1e6, maxCostUsd: 1e6 }
    const seeds = Array.from({ length: 20 }, (_, seed) => create(`${seed}`, { n: Math.round(n / 60) }))
    await createRuntime({ ledger, responders: [grow, llmExecutor(textLlm(() => ['yes', 0]))], budget }).run(seeds)
    const events = await eventsOf(ledger)
    expect(events.length).toBeGreaterThan(n * 0.95)
    const start = performance.now()
    expect(await strictReplay(events, { responders: [grow] })).toMatchObject({ ok: true, events: events.length })
    return performance.now() - start
  }
  await timeFor(1000)
  const [few, many] = [await timeFor(1000), await timeFor(10_000)]
  expect(many).toBeLessThan(30 * few + 500)
}, 60_000)
