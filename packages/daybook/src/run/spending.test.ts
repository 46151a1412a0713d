import { describe, expect, test } from 'vitest'
import { createHost } from '../host.js'
import type { Budget } from '../ledger/budget.js'
import type { AnyEvent, EventDraft, LedgerEvent } from '../ledger/event.js'
import { stable } from '../ledger/event.js'
import type { Ledger } from '../ledger/ledger.js'
import { memoryLedgerStore } from '../ledger/memory-ledger-store.js'
import { openLedger } from '../ledger/open-ledger.js'
import type { LLMFn, LLMRequest } from '../llm/llm.js'
import { llmStream } from '../llm/llm-stream.js'
import { llmExecutor } from './executor.js'
import { type Responder, responder } from './responder.js'
import { createRuntime } from './runtime.js'

const create = (id: string): EventDraft => ({ type: 'object.created', data: { id, type: 'Task' } })
const request = (content: string, more: object = {}) => ({
  ...{ model: 'm', messages: [{ role: 'user', content }] as const },
  ...more
})
const ask = (content: string, more?: object): EventDraft => ({ type: 'llm.request', data: request(content, more) })
const seeds = (count: number): EventDraft[] => Array.from({ length: count }, (_, n) => create(`o${n}`))

/** A dollar for a thousand tokens of an answer, and nothing for the question. */
const estimate = ({ max_tokens }: LLMRequest): number => (typeof max_tokens === 'number' ? max_tokens : 4096) / 1000

/** Answers at a price, in one word or in so many pieces of a thousand characters, and counts. */
function answering(cost: number, pieces = 0): LLMFn & { asked: string[]; pieces: number } {
  const made = Object.assign(
    ((asked, options) => {
      const content = String(asked.messages[0]?.content)
      made.asked.push(content)
      return llmStream(async function* (signal) {
        await new Promise(resolve => setTimeout(resolve, (content.length * 7) % 4))
        for (let n = 0; n < pieces; n++) {
          await new Promise(resolve => setTimeout(resolve, 0))
          if (signal.aborted) break
          made.pieces++
          yield { type: 'text.delta', text: 'x'.repeat(1000) }
        }
        return {
          ...{ text: `${content}!`, model: 'm', message: { role: 'assistant', content: `${content}!` } },
          ...{ finish_reason: 'stop', usage: null, tool_calls: [], cost_usd: cost, cached: false }
        }
      }, options)
    }) as LLMFn,
    { asked: [] as string[], pieces: 0 }
  )
  return made
}

interface Outcome {
  readonly ledger: Ledger
  readonly events: readonly AnyEvent[]
  readonly failures: readonly LedgerEvent<'llm.failed'>['data'][]
}

async function run(
  responders: readonly Responder[],
  drafts: readonly EventDraft[],
  budget: Partial<Budget>,
  concurrency = 64
): Promise<Outcome> {
  const ledger = await openLedger(memoryLedgerStore(), 'run:1')
  const host = createHost({ warn: () => {} })
  await createRuntime({ ledger, responders, budget, estimate, concurrency, host }).run(drafts)
  const events: AnyEvent[] = []
  for await (const event of ledger.read()) events.push(event as AnyEvent)
  const failures = events.flatMap(event => (event.type === 'llm.failed' ? [event.data] : []))
  return { ledger, events, failures }
}

describe('what responders ask by themselves', () => {
  /** Each asks once, and says what came of it. */
  const each = responder('each', 'object.created', async (event, _world, { llm }) => {
    if (!event.data.id.startsWith('o')) return []
    const answer = await llm(request(event.data.id, { max_tokens: 100 })).catch(error => ({ text: error.kind }))
    return [create(`said ${answer.text} for ${event.data.id}`)]
  })

  test('is reserved before it is asked: fifty at once, with money for ten, are ten calls', async () => {
    const llm = answering(0.1)
    const { failures } = await run([each, llmExecutor(llm)], seeds(50), { maxCostUsd: 1.05 })
    expect(llm.asked).toHaveLength(10)
    // The first in the order of the ledger, not the first in time.
    expect(llm.asked).toEqual(Array.from({ length: 10 }, (_, n) => `o${n}`))
    expect(failures).toHaveLength(40)
    for (const { kind, estimate: cost, left } of failures) {
      expect([kind, cost, Number(left?.toFixed(9))]).toEqual(['budget', 0.1, 0.05])
    }
  })

  test('is asked all at once where there is enough for everybody', async () => {
    let most = 0
    let now = 0
    const llm = answering(0.1)
    const counting: LLMFn = (...args) => {
      most = Math.max(most, ++now)
      const stream = llm(...args)
      void stream.finally(() => now--).catch(() => {})
      return stream
    }
    await run([each, llmExecutor(counting)], seeds(20), { maxCostUsd: 2.05 })
    expect([llm.asked.length, most]).toEqual([20, 20])
  })

  test('counts with what it did cost as soon as nobody is asked anything: a long chain goes on', async () => {
    const llm = answering(0.01)
    const chain = responder('chain', 'object.created', async (event, _world, context) => {
      if (event.data.id !== 'o0') return []
      let text = 'begin'
      for (let n = 0; n < 40; n++)
        text = (await context.llm(request(`${n} ${text.slice(0, 5)}`, { max_tokens: 200 }))).text
      return [create(text)]
    })
    const { failures } = await run([chain, llmExecutor(llm)], seeds(1), { maxCostUsd: 1 })
    expect([llm.asked.length, failures.length]).toEqual([40, 0])
  })

  test('has the same outcome for any number of responders at a time', async () => {
    const twice = responder('twice', 'object.created', async (event, _world, { llm }) => {
      if (!event.data.id.startsWith('o')) return []
      const size = (Number(event.data.id.slice(1)) % 4) * 60
      const first = await llm(request(`${event.data.id} first`, { max_tokens: 40 + size })).catch(error => ({
        text: error.kind
      }))
      const rest = await Promise.allSettled(
        ['second', 'third'].map(word => llm(request(`${event.data.id} ${word} ${first.text}`, { max_tokens: 90 })))
      )
      return rest.map(({ status }, n) => create(`then ${status} ${n} for ${event.data.id}`))
    })
    const outcomes: unknown[] = []
    for (const concurrency of [1, 3, 64]) {
      const llm = answering(0.05)
      const seedsAndAsks = [...seeds(9), ask('by the executor', { max_tokens: 100 })]
      const { events, failures } = await run(
        [each, twice, llmExecutor(llm)],
        seedsAndAsks,
        { maxCostUsd: 2 },
        concurrency
      )
      outcomes.push(events.map(stable))
      expect(failures.length).toBeGreaterThan(3)
      expect(llm.asked.length * 0.05).toBeLessThanOrEqual(2)
    }
    expect(outcomes[1]).toEqual(outcomes[0])
    expect(outcomes[2]).toEqual(outcomes[0])
  })

  test('that waits for its turn ends with the run that is aborted', async () => {
    const controller = new AbortController()
    const llm = answering(0.1)
    const hang = responder('hang', 'object.created', () => {
      setTimeout(() => controller.abort(), 5)
      return new Promise<[]>(() => {})
    })
    const ledger = await openLedger(memoryLedgerStore(), 'run:1')
    const responders = [each, hang, llmExecutor(llm)]
    const stopped = createRuntime({ ledger, responders, budget: { maxCostUsd: 0.25 }, estimate })
    await expect(stopped.run(seeds(3), { signal: controller.signal })).rejects.toMatchObject({ kind: 'aborted' })
    expect(llm.asked).toEqual([])
  })

  test('costs nothing where the cache knows it, also when the money is spent', async () => {
    const llm = answering(0.1)
    const same = responder('same', 'object.created', async (event, _world, context) => {
      if (!event.data.id.startsWith('o')) return []
      await context.llm(request('the same', { max_tokens: 100 }))
      return [ask('the same', { max_tokens: 100 })]
    })
    const { failures } = await run([same, llmExecutor(llm)], seeds(8), { maxCostUsd: 0.85 })
    expect([llm.asked.length, failures.length]).toEqual([1, 0])
  })
})

describe('an answer that gets longer than its budget', () => {
  test('is stopped, and what it did cost counts as spent', async () => {
    const llm = answering(100, 60)
    const { events, failures, ledger } = await run([llmExecutor(llm)], [ask('long')], { maxCostUsd: 10 })
    // Ten dollars are ten thousand tokens, or 32,000 characters.
    expect(llm.pieces).toBeGreaterThan(31)
    expect(llm.pieces).toBeLessThan(36)
    const [failure] = failures
    expect(failure).toMatchObject({ kind: 'budget', left: 10, estimated: true, retryable: false })
    expect(failure?.partial?.text.length).toBeGreaterThan(31_000)
    expect(failure?.cost_usd).toBeGreaterThan(10)
    expect(failure?.cost_usd).toBeLessThan(11.5)
    expect(events.at(-1)).toMatchObject({ type: 'budget.exhausted', data: { llm_cost_usd: failure?.cost_usd } })
    // A restart knows it too.
    const again = createRuntime({
      ledger,
      responders: [llmExecutor(llm)],
      estimate,
      host: createHost({ warn: () => {} })
    })
    await again.run([ask('more')])
    expect(llm.asked).toEqual(['long'])
  })

  test('is let be as long as there is money for it', async () => {
    const llm = answering(12, 40)
    const { failures } = await run([llmExecutor(llm)], [ask('long')], { maxCostUsd: 20 })
    expect([llm.pieces, failures.length]).toEqual([40, 0])
  })

  test('takes nothing from the others of its wave', async () => {
    const llm = answering(1, 60)
    const { failures } = await run([llmExecutor(llm)], [ask('one'), ask('two')], { maxCostUsd: 20 })
    // Each has ten dollars: what it was taken to cost, and half of what is left.
    expect(failures.map(({ kind, left }) => [kind, left])).toEqual([
      ['budget', 10],
      ['budget', 10]
    ])
  })

  test('is stopped within a responder too', async () => {
    const llm = answering(1, 60)
    const own = responder('own', 'object.created', async (_event, _world, context) => {
      await context.llm(request('long'))
    })
    const { failures, events } = await run([own, llmExecutor(llm)], seeds(1), { maxCostUsd: 10 })
    expect(failures).toMatchObject([{ kind: 'budget', estimated: true }])
    expect(events.at(-1)?.type).toBe('budget.exhausted')
  })
})
