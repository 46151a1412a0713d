import { describe, expect, test } from 'vitest'
import type { EventDraft, LedgerEvent } from '../ledger/event.js'
import type { Ledger } from '../ledger/ledger.js'
import { memoryLedgerStore } from '../ledger/memory-ledger-store.js'
import { openLedger } from '../ledger/open-ledger.js'
import { textLlm } from '../llm/text-llm.js'
import { llmExecutor } from './executor.js'
import { responder } from './responder.js'
import { createRuntime } from './runtime.js'

const emptyLedger = (): Promise<Ledger> => openLedger(memoryLedgerStore(), 'run:1')
const create = (id: string): EventDraft => ({ type: 'object.created', data: { id, type: 'T' } })
const ask = (content: string): EventDraft => ({
  type: 'llm.request',
  data: { model: 'm', messages: [{ role: 'user', content }] }
})

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
