import { describe, expect, test } from 'vitest'
import type { LLMFn, LLMRequest, LLMResponse } from '../llm/llm.js'
import { llmStream } from '../llm/llm-stream.js'
import { budgeted } from './budgeted.js'
import type { LedgerEvent } from './event.js'
import { memoryLedgerStore } from './memory-ledger-store.js'
import { openLedger } from './open-ledger.js'
import { recorded } from './recorded.js'

const request = { model: 'm', messages: [{ role: 'user', content: 'hi' }] } as const

/** Answers at the given price, and counts. */
function costing(price: number | null): LLMFn & { calls: number } {
  const llm = Object.assign(
    (() => {
      llm.calls++
      return llmStream(async function* () {
        yield { type: 'text.delta', text: 'yes' }
        await new Promise(resolve => setTimeout(resolve, 5))
        return { text: 'yes', cost_usd: price } as LLMResponse
      })
    }) as LLMFn,
    { calls: 0 }
  )
  return llm
}

const empty = async () => openLedger(memoryLedgerStore(), 'session:1')

describe('a budgeted function', () => {
  test('refuses a call once the money is spent, and makes no request then', async () => {
    const llm = costing(0.6)
    const call = budgeted(llm, await empty(), { maxCostUsd: 1 })
    await call(request)
    await call(request)
    await expect(call(request)).rejects.toMatchObject({ kind: 'budget', data: { left: 1 - 1.2 } })
    expect(llm.calls).toBe(2)
  })

  test('reserves what calls in flight may cost: together they stay within the cap', async () => {
    const llm = costing(0.3)
    const call = budgeted(llm, await empty(), { maxCostUsd: 1 }, { estimate: async () => 0.3 })
    const results = await Promise.allSettled(Array.from({ length: 50 }, () => call(request)))
    expect(results.filter(result => result.status === 'fulfilled')).toHaveLength(3)
    expect(llm.calls).toBe(3)
  })

  test('gives back what a failed call had reserved', async () => {
    let fail = true
    const llm: LLMFn = (...args) =>
      fail
        ? llmStream(() => {
            throw new Error('down')
          })
        : costing(0.1)(...args)
    const call = budgeted(llm, await empty(), { maxCostUsd: 1 }, { estimate: async () => 0.9 })
    await expect(call(request)).rejects.toThrow('down')
    fail = false
    expect((await call(request)).text).toBe('yes')
  })

  test('stops an answer that would pass the cap, and counts what it did cost', async () => {
    let pieces = 0
    const llm: LLMFn = (_request, options) =>
      llmStream(async function* () {
        for (; pieces < 100; pieces++) {
          await new Promise(resolve => setTimeout(resolve, 0))
          yield { type: 'text.delta', text: 'x'.repeat(1000) }
        }
        return { text: 'all of it', cost_usd: 50 } as LLMResponse
      }, options)
    const ledger = await empty()
    // A dollar for a thousand tokens.
    const estimate = async ({ max_tokens }: LLMRequest) => Number(max_tokens ?? 4096) / 1000
    const call = budgeted(llm, ledger, { maxCostUsd: 10 }, { estimate })
    const error = await recorded(call, ledger)(request).catch(thrown => thrown)
    expect(error).toMatchObject({ kind: 'budget', data: { left: 10 } })
    expect(error.partial.text.length).toBeGreaterThan(31_000)
    expect(pieces).toBeLessThan(40)
    await expect(call(request)).rejects.toMatchObject({ kind: 'budget' })
    // Another process reads it in the ledger.
    const later = budgeted(costing(0.1), ledger, { maxCostUsd: 10 })
    await expect(later(request)).rejects.toMatchObject({ kind: 'budget', data: { left: expect.closeTo(-0.2, 0) } })
  })

  test('counts what its ledger says was spent before', async () => {
    const ledger = await empty()
    const event = {
      id: 'llm.response-1',
      type: 'llm.response',
      source: 'session:1',
      actor: 'program',
      cause: [],
      timestamp: new Date(0).toISOString(),
      data: { cost_usd: 2 }
    } as unknown as LedgerEvent
    await ledger.append([event])
    await expect(budgeted(costing(0.1), ledger, { maxCostUsd: 1 })(request)).rejects.toMatchObject({ kind: 'budget' })
  })

  test('lets an answer of unknown price pass: it is not taken for free, it is unknown', async () => {
    const call = budgeted(costing(null), await empty(), { maxCostUsd: 1 })
    expect((await call(request)).cost_usd).toBe(null)
  })

  test('without a cap in dollars it is the function itself', async () => {
    const llm = costing(1)
    expect(budgeted(llm, await empty(), { maxEvents: 5 })).toBe(llm)
  })
})
