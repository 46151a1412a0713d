import { describe, expect, test } from 'vitest'
import { type DaybookError, ReplayMissError } from '../errors.js'
import { forkLedger } from '../ledger/branch.js'
import type { EventDraft, LedgerEvent } from '../ledger/event.js'
import type { Ledger } from '../ledger/ledger.js'
import { memoryLedgerStore } from '../ledger/memory-ledger-store.js'
import { openLedger } from '../ledger/open-ledger.js'
import { type LLMFn, withTarget } from '../llm/llm.js'
import { textLlm } from '../llm/text-llm.js'
import { llmExecutor } from './executor.js'
import { type ForkKitOptions, forkEstimate, forkKit } from './fork.js'
import type { Kit } from './kit.js'
import { responder } from './responder.js'
import { resumeKit, runKit } from './run-kit.js'
import { createRuntime } from './runtime.js'

const ask = (content: string): EventDraft => ({
  type: 'llm.request',
  data: { model: 'm', messages: [{ role: 'user', content }] }
})

/** Asks about A and B; whoever sees B's answer asks on, and what it asks depends on its own version. */
const pair = (words = 'More', through: 'request' | 'call' = 'request'): Kit => ({
  name: 'pair',
  version: '1',
  responders: () => [
    responder('begin', 'object.created', ({ data }) => (data.type === 'Goal' ? [ask('A?'), ask('B?')] : [])),
    responder('on', 'llm.response', async ({ data }, _world, { llm }) => {
      if (data.text.startsWith('Answer to A?')) return [ask(`And after ${data.text}`)]
      if (data.text !== 'Answer to B?') return []
      const request = ask(`${words} of B?!`)
      if (through === 'request') return [request]
      await llm(request.data as never).catch(() => undefined) // a responder that hides what went wrong
      await llm({ model: 'm', messages: [{ role: 'user', content: 'And then?' }] }).catch(() => undefined)
      return [{ type: 'object.created', data: { id: 'hidden', type: 'T' } }]
    })
  ]
})

function provider() {
  const asked: string[] = []
  const llm = textLlm(messages => {
    asked.push(String(messages[0]?.content))
    return [`Answer to ${messages[0]?.content}`, 0.5]
  })
  return { llm, asked }
}

async function all(ledger: Ledger): Promise<LedgerEvent[]> {
  const events: LedgerEvent[] = []
  for await (const event of ledger.read()) events.push(event)
  return events
}

async function ran(kit: Kit = pair(), llm: LLMFn = provider().llm) {
  const store = memoryLedgerStore()
  const parent = await openLedger(store, 'run:1')
  await runKit(kit, 'Why?', { id: '1', ledger: parent, llm })
  return { store, parent, events: await all(parent) }
}

const positionOf = (events: readonly LedgerEvent[], content: string): number =>
  events.findIndex(({ type, data }) => type === 'llm.request' && JSON.stringify(data).includes(`"${content}`))

let forks = 0
async function strictly(kit: Kit, parent: Ledger, position: number, options: Partial<ForkKitOptions> = {}) {
  const { llm, asked } = provider()
  const id = options.id ?? `strict-${++forks}`
  let failure: DaybookError | undefined
  await forkKit(kit, { parent, position, llm, strict: true, ...options, id }).catch((error: DaybookError) => {
    failure = error
  })
  const events = await all(parent)
  return { asked, failure, id, parentEvents: events }
}

async function branchOf(store: ReturnType<typeof memoryLedgerStore>, id: string) {
  const ledger = await openLedger(store, `branch:${id}`)
  return { ledger, events: await all(ledger) }
}

describe('a strict fork', () => {
  test('without a change makes no call, at every position', async () => {
    const { parent, events } = await ran()
    for (let position = 0; position <= events.length; position++) {
      const { asked, failure } = await strictly(pair(), parent, position)
      expect([position, asked, failure]).toEqual([position, [], undefined])
      expect((await forkEstimate(events, position, { strict: true })).endsAt).toBeUndefined()
    }
  })

  test('makes the changed call and what follows from it, as the estimate said', async () => {
    const { parent, events } = await ran()
    const position = positionOf(events, 'A?')
    const change = { set: { 'messages.0.content': 'A??' } }
    const { asked, failure } = await strictly(pair(), parent, position, { change })
    // What is asked after a changed answer follows from the change, through two more events.
    expect([asked, failure]).toEqual([['A??', 'And after Answer to A??'], undefined])
    const estimate = await forkEstimate(events, position, { change, strict: true, estimate: () => 1 })
    expect(estimate).toMatchObject({ calls: 2, reused: 2 })
    expect(estimate).not.toHaveProperty('endsAt')
  })

  test('may ask anything where the options of the kit are what is changed', async () => {
    const { parent } = await ran()
    const change = { set: { goal: 'How?' } }
    const { asked, failure } = await strictly(pair('Less'), parent, 0, { change })
    expect([asked, failure]).toEqual([['Less of B?!'], undefined])
  })

  test('ends before anything is asked at a request that neither is recorded nor follows', async () => {
    const { parent, store, events } = await ran()
    const position = positionOf(events, 'A?')
    const change = { set: { 'messages.0.content': 'A??' } }
    // The budget would not pay for it either: that it may not be asked at all is said first.
    const estimate: ForkKitOptions['estimate'] = ({ messages }) =>
      String(messages[0]?.content).startsWith('Less') ? 9 : 0.1
    const ended = await strictly(pair('Less'), parent, position, {
      ...{ change, id: 'ended', estimate },
      budget: { maxCostUsd: 1 }
    })
    const { events: branch, ledger } = await branchOf(store, 'ended')
    expect(ended.failure).toBeInstanceOf(ReplayMissError)
    // The two first questions are one wave: the changed one was asked, and nothing after it.
    expect(ended.asked).toEqual(['A??'])
    const at = positionOf(branch, 'Less of B?!')
    const nearest = events[positionOf(events, 'More of B?!')]?.id
    expect(ended.failure?.message).toBe(
      `The strict branch ends at position ${at}: a request is neither recorded nor follows from the change. There, on asks "m" "Less of B?!". ` +
        `The nearest, ${nearest}, differs at /messages/0/content: "More of B?!" is recorded, "Less of B?!" is asked.`
    )
    expect(ended.failure?.hint).toBe('Fork without strict to let it be asked.')
    expect(ended.failure?.data).toMatchObject({ position: at, nearest, fields: [{ path: '/messages/0/content' }] })
    // Every request has its end, the one to blame first; the last event says that it is over.
    expect(branch.slice(-3).map(({ type, data }) => [type, (data as { kind?: string }).kind])).toEqual([
      ['llm.failed', 'replay'],
      ['llm.failed', 'aborted'],
      ['warning.raised', 'strict']
    ])
    expect(branch.at(-3)?.cause).toEqual([branch[at]?.id])
    expect(branch.at(-3)?.data).toMatchObject({ message: ended.failure?.message })

    // It stays ended, and a permissive branch of either goes on.
    await expect(resumeKit(pair('Less'), { id: 'ended', ledger, llm: provider().llm })).rejects.toThrow(
      'The strict branch ends at'
    )
    const free = provider()
    const open = await forkKit(pair('Less'), { parent: ledger, position: branch.length - 5, id: 'open', llm: free.llm })
    expect([free.asked, open.failures]).toEqual([['Less of B?!', 'And after Answer to A??'].toSorted(), 0])
  })

  test('ends too where a responder asks by itself, whatever the responder makes of the failure', async () => {
    const { parent, store, events } = await ran(pair('More', 'call'))
    const position = positionOf(events, 'A?')
    const same = await strictly(pair('More', 'call'), parent, position)
    expect([same.asked, same.failure]).toEqual([[], undefined])
    for (const concurrency of [1, 64]) {
      const id = `call-${concurrency}`
      const ended = await strictly(pair('Less', 'call'), parent, position, { id, concurrency })
      const { events: branch } = await branchOf(store, id)
      expect(ended.failure).toBeInstanceOf(ReplayMissError)
      expect(ended.failure?.message).toMatch(
        /^The strict branch ends at position \d+: a request is neither .* There, on asks "m" "Less of B\?!"\. The nearest/
      )
      expect(ended.asked).toEqual([])
      const failed = branch.filter(({ type }) => type === 'llm.failed') as LedgerEvent<'llm.failed'>[]
      expect(failed.map(({ data }) => data.kind)).toEqual(['replay'])
      expect(branch.at(-1)?.data).toMatchObject({ kind: 'strict', message: ended.failure?.message })
      expect(JSON.stringify(branch)).not.toContain('hidden')
      expect(JSON.stringify(branch)).not.toContain('And then?")')
    }
  })

  test('that a responder ends by a call of its own aborts the calls that are in flight beside it', async () => {
    // Both see an answer in one wave, and ask by themselves: what follows from the change is on its way when the other ends it.
    let isAsked: (() => void) | undefined
    const inFlight = new Promise<void>(resolve => {
      isAsked = resolve
    })
    const kit = (words: string): Kit => ({
      ...pair(),
      responders: options => [
        ...pair().responders(options).slice(0, 1),
        responder('on', 'llm.response', async ({ data }, _world, { llm }) => {
          const ofA = data.text.startsWith('Answer to A?')
          if (words === 'Less' && !ofA) await inFlight
          const content = ofA ? `After ${data.text}` : `${words} of B?!`
          await llm({ model: 'm', messages: [{ role: 'user', content }] })
          return [{ type: 'object.created', data: { id: content, type: 'Done' } }]
        })
      ]
    })
    const { parent, store, events } = await ran(kit('More'))
    const { llm: quick, asked } = provider()
    const aborted: unknown[] = []
    const llm: LLMFn = (request, options) => {
      if (!String(request.messages[0]?.content).startsWith('After')) return quick(request, options)
      options?.signal?.addEventListener('abort', () => aborted.push(options.signal?.reason?.message), { once: true })
      isAsked?.()
      return textLlm(() => new Promise(() => {}))(request, options)
    }
    const change = { set: { 'messages.0.content': 'A??' } }
    const given = { id: 'beside', change, llm }
    const { failure } = await strictly(kit('Less'), parent, positionOf(events, 'A?'), given)
    expect(failure).toBeInstanceOf(ReplayMissError)
    expect(failure?.message).toContain('There, on asks "m" "Less of B?!"')
    expect(asked).toEqual(['A??'])
    expect(aborted).toEqual(['The strict branch had ended: it made a request that is not recorded.'])
    const { events: branch } = await branchOf(store, 'beside')
    const failed = branch.filter(({ type }) => type === 'llm.failed') as LedgerEvent<'llm.failed'>[]
    expect(new Set(failed.map(({ data }) => data.kind))).toEqual(new Set(['replay', 'aborted']))
    const slow = branch.find(({ data }) => JSON.stringify(data).includes('After Answer to A??')) as LedgerEvent
    expect(failed.find(({ data }) => data.kind === 'aborted')?.cause).toEqual([slow.id])
    expect(branch.at(-1)?.data).toMatchObject({ kind: 'strict', message: failure?.message })
    expect(branch.slice(positionOf(branch, 'A??')).map(({ data }) => (data as { type?: string }).type)).not.toContain(
      'Done'
    )
  })

  test('ends at once where the parent itself left a request without an answer', async () => {
    const store = memoryLedgerStore()
    const parent = await openLedger(store, 'run:1')
    await runKit(pair(), 'Why?', { id: '1', ledger: parent })
    const events = await all(parent)
    const [a, b] = [positionOf(events, 'A?'), positionOf(events, 'B?')]
    const change = { set: { model: 'other' } }
    for (const position of [a, b, events.length]) {
      const given = position === a ? { change } : {}
      const { asked, failure } = await strictly(pair(), parent, position, given)
      expect(asked).toEqual([])
      expect(failure?.message).toContain(`The strict branch ends at position`)
      expect(failure?.message).toContain(`asks "m" "${position === a ? 'B?' : 'A?'}": nothing was recorded.`)
      const { endsAt } = await forkEstimate(events, position, { strict: true, ...given })
      expect(endsAt).toBe(position === a ? b : a)
    }
    expect(await forkEstimate(events, a, { strict: true, change })).toMatchObject({ calls: 1, reused: 0 })
    expect(await forkEstimate(events, a, { change })).toMatchObject({ calls: 2, reused: 0 })
  })

  test('uses the answers of the parent wherever they came from, and its events say so', async () => {
    const { parent, store, events } = await ran()
    const elsewhere = provider()
    const llm = withTarget(
      (...call) => elsewhere.llm(...call),
      ({ model }) => ({
        ...{ provider: 'other', api: 'chat', base_url: 'https://other.example', model }
      })
    )
    const { failure } = await strictly(pair(), parent, 0, { llm, id: 'elsewhere' })
    expect([failure, elsewhere.asked]).toEqual([undefined, []])
    const { events: branch } = await branchOf(store, 'elsewhere')
    const targets = (of: readonly LedgerEvent[]) => of.map(({ data }) => (data as { target?: unknown }).target)
    expect(targets(branch).filter(Boolean)).toEqual(targets(events).filter(Boolean))
    // A permissive one asks the other provider.
    await forkKit(pair(), { parent, position: 0, id: 'free', llm })
    expect(elsewhere.asked.length).toBe(4)
  })

  test('that was stopped stays strict when it is taken up again', async () => {
    const { parent, store, events } = await ran()
    const change = { set: { 'messages.0.content': 'A??' } }
    await forkLedger(parent, positionOf(events, 'A?'), { id: 'later', change, strict: true })
    const { ledger } = await branchOf(store, 'later')
    expect(ledger.length).toBeGreaterThan(0)
    const { llm, asked } = provider()
    await expect(resumeKit(pair('Less'), { id: 'later', ledger, llm })).rejects.toThrow(ReplayMissError)
    expect(asked).toEqual(['A??'])
    const again = provider()
    await expect(resumeKit(pair(), { id: 'later', ledger, llm: again.llm })).rejects.toThrow('The strict branch ends')
    expect(again.asked).toEqual([])
  })

  test('is strict in any runtime that goes on with its ledger', async () => {
    const { parent, events } = await ran()
    const { llm, asked } = provider()
    const position = positionOf(events, 'More of B?!')
    const change = { set: { 'messages.0.content': 'Other?' } }
    const branch = await forkLedger(parent, position, { id: 'bare', change, strict: true })
    const runtime = createRuntime({ ledger: branch, responders: [llmExecutor(llm)], cache: false })
    await runtime.resume()
    expect(asked).toContain('Other?')
    await expect(runtime.run([ask('Something else')])).rejects.toThrow('The strict branch ends at')
    await expect(runtime.run([ask('Something else')])).rejects.toThrow('The strict branch ends at')
    expect(asked).not.toContain('Something else')
  })
})
