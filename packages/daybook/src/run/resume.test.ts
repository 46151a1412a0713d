import { describe, expect, test } from 'vitest'
import { createHost } from '../host.js'
import type { JsonObject } from '../json.js'
import { type EventDraft, type LedgerEvent, stable } from '../ledger/event.js'
import type { Ledger } from '../ledger/ledger.js'
import { memoryLedgerStore } from '../ledger/memory-ledger-store.js'
import { openLedger } from '../ledger/open-ledger.js'
import { textLlm } from '../llm/text-llm.js'
import { llmExecutor } from './executor.js'
import { responder } from './responder.js'
import { createRuntime } from './runtime.js'

const emptyLedger = (): Promise<Ledger> => openLedger(memoryLedgerStore(), 'run:1')
const create = (id: string): EventDraft => ({ type: 'object.created', data: { id, type: 'T' } })
const request = (content: string) => ({ model: 'm', messages: [{ role: 'user', content }] }) as const
const ask = (content: string): EventDraft => ({ type: 'llm.request', data: request(content) })

function quietHost() {
  const warnings: string[] = []
  return { host: createHost({ warn: ({ message }) => warnings.push(message) }), warnings }
}

async function eventsOf(ledger: Ledger): Promise<LedgerEvent[]> {
  const events: LedgerEvent[] = []
  for await (const event of ledger.read()) events.push(event)
  return events
}
const typesOf = async (ledger: Ledger): Promise<string[]> => (await eventsOf(ledger)).map(({ type }) => type)

describe('a resumed run', () => {
  test('asks what found no executor when it was made, and nothing that has an answer', async () => {
    const ledger = await emptyLedger()
    const asked: unknown[] = []
    const llm = textLlm(messages => {
      asked.push(messages[0]?.content)
      return ['yes', 0]
    })
    const react = responder('react', 'llm.response', event => [create(`after ${event.cause[0]}`)])
    await createRuntime({ ledger, responders: [react] }).run([ask('one'), ask('two')])
    expect(await typesOf(ledger)).toEqual(['llm.request', 'llm.request'])
    const resumed = createRuntime({ ledger, responders: [llmExecutor(llm), react] })
    await resumed.resume()
    await resumed.resume()
    expect(asked).toEqual(['one', 'two'])
    expect(await typesOf(ledger)).toEqual([
      ...['llm.request', 'llm.request', 'run.resumed', 'llm.response', 'llm.response'],
      ...['object.created', 'object.created']
    ])
  })

  test('asks an old request also where the run went on without its answer', async () => {
    const ledger = await emptyLedger()
    const next = responder('next', 'object.created', event => (event.data.id === 'a' ? [create('b')] : []))
    await createRuntime({ ledger, responders: [next] }).run([ask('one'), create('a')])
    await createRuntime({ ledger, responders: [next, llmExecutor(textLlm(() => ['yes', 0]))] }).resume()
    expect((await typesOf(ledger)).slice(3)).toEqual(['run.resumed', 'llm.response'])
  })

  test('calls again whom an abort had cut off, and nobody who was heard', async () => {
    const ledger = await emptyLedger()
    const controller = new AbortController()
    const called = { quick: 0, slow: 0 }
    const responders = (hang: boolean) => [
      responder('slow', 'object.created', event => {
        if (event.data.id !== 'a') return []
        called.slow++
        if (!hang) return [create('from slow')]
        setTimeout(() => controller.abort(), 5)
        return new Promise<[]>(() => {})
      }),
      responder('quick', 'object.created', event => {
        if (event.data.id !== 'a') return []
        called.quick++
        return [create('from quick')]
      })
    ]
    const first = createRuntime({ ledger, responders: responders(true) })
    await expect(first.run([create('a')], { signal: controller.signal })).rejects.toMatchObject({ kind: 'aborted' })
    expect(await typesOf(ledger)).toEqual(['object.created', 'object.created', 'warning.raised'])
    const world = await createRuntime({ ledger, responders: responders(false) }).resume()
    expect([...world.objects.keys()]).toEqual(['a', 'from quick', 'from slow'])
    expect(called).toEqual({ quick: 1, slow: 2 })
  })

  test('commits what was paid when a limit ended the run, and asks none of it again', async () => {
    let asked = 0
    const llm = textLlm(messages => {
      asked++
      return [`yes, ${messages[0]?.content}`, 0.1]
    })
    const responders = [
      responder('asks', 'object.created', async (event, _world, context) => {
        if (event.data.id !== 'a') return []
        const answers = await Promise.all(['six', 'seven'].map(content => context.llm(request(content))))
        return answers.map(({ text }) => create(text))
      }),
      llmExecutor(llm)
    ]
    const seeds = ['one', 'two', 'three', 'four', 'five'].map(ask)
    const whole = await emptyLedger()
    await createRuntime({ ledger: whole, responders }).run([...seeds, create('a')])
    expect(asked).toBe(7)

    const ledger = await emptyLedger()
    const { host, warnings } = quietHost()
    await createRuntime({ ledger, responders, host, budget: { maxCostUsd: 0.2 } }).run([...seeds, create('a')])
    expect(asked).toBe(14)
    expect((await eventsOf(ledger)).at(-1)?.data).toMatchObject({
      reasons: ['max_llm_cost_usd=0.2'],
      uncommitted: { answers: 5, cost_usd: expect.closeTo(0.5) }
    })
    // Nothing changes while the limit is what it was.
    await createRuntime({ ledger, responders, host, budget: { maxCostUsd: 0.2 } }).resume()
    // A run in between neither spends what waits nor loses it.
    await createRuntime({ ledger, responders, host, budget: { maxCostUsd: 0.8 } }).run([create('b')])
    const raised = createRuntime({ ledger, responders, host, budget: { maxCostUsd: 0.8 } })
    await raised.resume()
    expect(asked).toBe(14)
    const own = (events: LedgerEvent[]) =>
      events
        .map(stable)
        .filter(({ type, data }) => !/resumed|exhausted/.test(String(type)) && (data as JsonObject).id !== 'b')
    expect(own(await eventsOf(ledger))).toEqual(own(await eventsOf(whole)))
    // They are in the cache too, and there is nothing left to do.
    await raised.run([ask('six')])
    await raised.resume()
    expect(asked).toBe(14)
    expect(warnings).toHaveLength(1)
  })

  test('asks again what its seconds had cut off, and not what had come in them', async () => {
    const ledger = await emptyLedger()
    const asked: unknown[] = []
    let hang = true
    const llm = textLlm(async messages => {
      const content = String(messages[0]?.content)
      asked.push(content)
      if (hang && content.startsWith('slow')) await new Promise(() => {})
      return [`${content}!`, 0.1]
    })
    const { host } = quietHost()
    const responders = [llmExecutor(llm)]
    const seeds = ['slow one', 'quick', 'slow two'].map(ask)
    await createRuntime({ ledger, responders, host, budget: { maxSeconds: 0.05 } }).run(seeds)
    expect((await eventsOf(ledger)).at(-1)?.data).toMatchObject({ uncommitted: { answers: 1, cost_usd: 0.1 } })
    hang = false
    await createRuntime({ ledger, responders, host }).resume()
    expect(asked).toEqual(['slow one', 'quick', 'slow two', 'slow two'])
    expect((await typesOf(ledger)).slice(3)).toEqual([
      ...['llm.failed', 'budget.exhausted', 'run.resumed', 'llm.response', 'llm.response']
    ])
  })

  test('finds again in its cache what the ledger says was asked', async () => {
    const ledger = await emptyLedger()
    let asked = 0
    const llm = textLlm(() => {
      asked++
      return ['yes', 0.1]
    })
    const again = responder('again', 'llm.response', event => (event.data.cached ? [] : [ask('one')]))
    await createRuntime({ ledger, responders: [llmExecutor(llm)] }).run([ask('one')])
    // Another process: its cache in memory is empty.
    await createRuntime({ ledger, responders: [again, llmExecutor(llm)] }).resume()
    expect(asked).toBe(1)
    expect((await eventsOf(ledger)).at(-1)?.data).toMatchObject({ cached: true, cost_usd: 0, cache: { state: 'hit' } })
  })

  test('of an empty ledger, or of one that another program wrote, has nothing to do', async () => {
    const ledger = await emptyLedger()
    let called = 0
    const count = responder('count', [], () => {
      called++
    })
    await createRuntime({ ledger, responders: [count] }).resume()
    const foreign = {
      id: 'x',
      type: 'object.created',
      source: 'run:1',
      actor: 'cli',
      cause: [],
      timestamp: '2026-01-01T00:00:00Z'
    }
    await ledger.append([{ ...foreign, data: { id: 'a', type: 'T' } } as never])
    await createRuntime({ ledger, responders: [count] }).resume()
    expect([called, ledger.length]).toEqual([0, 1])
  })
})
