import { expect, test } from 'vitest'
import { createHost, type Warning } from '../host.js'
import type { LedgerEvent } from '../ledger/event.js'
import { memoryLedgerStore } from '../ledger/memory-ledger-store.js'
import { openLedger } from '../ledger/open-ledger.js'
import { simulatedFetch } from '../testing/simulated-fetch.js'
import { recordFetch } from './index.js'

const url = 'https://api.openai.com/v1/chat/completions'
const init = { method: 'POST', body: '{"model":"gpt-5-mini","messages":[{"role":"user","content":"Hello"}]}' }
const warnings: Warning[] = []
const host = createHost({ warn: warning => void warnings.push(warning) })

test('a ledger that never answers is waited for two seconds, before the request and after the answer', async () => {
  const ledger = { name: 'session:test', append: () => new Promise<number>(() => {}), signal: () => {} }
  const fetch = recordFetch({ ledger, host }, { fetch: simulatedFetch({ speed: Number.POSITIVE_INFINITY }) })
  const start = performance.now()
  expect((await (await fetch(url, init)).json()).object).toBe('chat.completion')
  const seconds = (performance.now() - start) / 1000
  expect(seconds).toBeGreaterThan(3.9)
  expect(seconds).toBeLessThan(6)
})

test('a refusal whose words nobody reads is recorded by its status after two seconds', async () => {
  const ledger = await openLedger(memoryLedgerStore(), 'session:test', { host })
  const refusal = new Response(new ReadableStream({ pull: () => new Promise(() => {}) }), { status: 529 })
  await recordFetch({ ledger, host }, { fetch: async () => refusal })(url, init)
  const read = async () => {
    const events: LedgerEvent[] = []
    for await (const event of ledger.read()) events.push(event)
    return events
  }
  const failed = { type: 'llm.failed', data: { kind: 'overloaded', status: 529 } }
  await expect.poll(read, { timeout: 5000 }).toMatchObject([{}, failed])
})
