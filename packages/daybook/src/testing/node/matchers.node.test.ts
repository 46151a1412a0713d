import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { costOfAnswer } from '../../dialog/cost.js'
import type { LedgerEvent } from '../../ledger/event.js'
import { memoryLedgerStore } from '../../ledger/memory-ledger-store.js'
import { openLedger } from '../../ledger/open-ledger.js'
import { type DaybookMatchers, type MatcherContext, matchers } from './matchers.js'

declare module 'vitest' {
  interface Matchers extends DaybookMatchers {}
}

// As without `-u` on a person's machine, wherever these tests run: in CI Vitest itself says that nothing is written.
expect.extend({
  ...matchers,
  toMatchLedger(this: MatcherContext, received: unknown, path: string) {
    return matchers.toMatchLedger.call({ ...this, snapshotState: { snapshotUpdateState: 'new' } }, received, path)
  }
})

let folder: string
let file: string
let count = 0
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ledgers-'))
})
afterAll(() => rm(folder, { recursive: true }))
beforeEach(() => {
  file = join(folder, `${count++}.jsonl`)
  vi.stubEnv('CI', '')
  vi.stubEnv('DAYBOOK_CASSETTE', '')
})
afterEach(() => {
  vi.unstubAllEnvs()
})

function event(type: string, data: object, more: Partial<LedgerEvent> = {}): LedgerEvent {
  const at = new Date(Date.UTC(2026, 10, 21) + count++).toISOString()
  return {
    id: `${type}-1`,
    type,
    source: 'run:1',
    actor: 'test',
    cause: [],
    timestamp: at,
    data,
    ...more
  } as LedgerEvent
}

function events(text = 'Four degrees.', cost_usd: number | null = 0.0021): LedgerEvent[] {
  const message = { role: 'assistant', content: text }
  const answer = { text, model: 'm', cost_usd, usage: null, finish_reason: 'stop', message, cached: false }
  return [
    event('llm.request', { model: 'm', messages: [{ role: 'user', content: 'Oslo?' }] }),
    event('llm.response', { ...answer, latency_ms: count, first_delta_ms: null }, { cause: ['llm.request-1'] })
  ]
}

async function ledgerOf(list: readonly LedgerEvent[]) {
  const ledger = await openLedger(memoryLedgerStore(), 'run:1')
  await ledger.append(list)
  return ledger
}

const failing = async (assertion: () => unknown): Promise<string> => {
  try {
    await assertion()
  } catch (error) {
    return (error as Error).message
  }
  return expect.unreachable('the assertion must fail')
}

test('a cost is that of a run, an answer, a cost, a ledger or events', async () => {
  expect({ costUsd: 0.0021, ledger: {} }).toHaveCost(0.0021)
  expect({ text: '', cost_usd: 0.1 + 0.2 }).toHaveCost(0.3)
  expect(costOfAnswer({ cost_usd: 0.5 })).toHaveCost(0.5)
  expect({ cost: costOfAnswer({ cost_usd: 0.5 }) }).toHaveCost(0.5)
  expect(events()).toHaveCost(0.0021)
  expect([]).toHaveCost(0)
  await expect(await ledgerOf(events())).toHaveCost(0.0021)
  await expect(Promise.resolve({ cost_usd: 1 })).toHaveCost(1)
  expect({ cost_usd: null }).toHaveCost(null)
  expect({ cost_usd: null }).not.toHaveCost(0)
  expect({ cost_usd: 0.3 }).not.toHaveCost(0.300001)
})

test('a wrong cost says both, and what has none is refused', async () => {
  expect(await failing(() => expect({ cost_usd: 0.002 }).toHaveCost(0.001))).toBe(
    'It costs $0.002 where $0.001 were expected.'
  )
  expect(await failing(() => expect({ cost_usd: null }).toHaveCost(0))).toBe(
    'It costs what is not known (null) where $0 were expected.'
  )
  const ledger = await ledgerOf(events())
  expect(await failing(() => expect(ledger).toHaveCost(1))).toContain('It costs $0.0021 where $1')
  expect(await failing(() => expect({ cost_usd: 1 }).not.toHaveCost(1))).toBe('It costs $1.')
  expect(await failing(() => expect('free').toHaveCost(0))).toContain('a run, an answer, a cost, a ledger or events')
})

test('a ledger is written where there is none, and then is what it must be, whatever the time', async () => {
  await expect(events()).toMatchLedger(file)
  const text = await readFile(file, 'utf8')
  expect(text).toContain('Four degrees.')
  await expect(await ledgerOf(events())).toMatchLedger(file)
  await expect({ costUsd: 1, ledger: await ledgerOf(events()) }).toMatchLedger(file)
  await expect(events('Five degrees.')).not.toMatchLedger(file)
  expect(await readFile(file, 'utf8')).toBe(text)
})

test('what differs is named, event by event', async () => {
  await expect(events()).toMatchLedger(file)
  const other = [...events('Five degrees.', 0.0022), event('object.created', { id: 'o', type: 'T' })]
  expect((await failing(() => expect(other).toMatchLedger(file))).split('\n')).toEqual([
    expect.stringMatching(
      /^The ledger is not the one of \d+\.jsonl: 1 event in common, 1 changed, 1 added; \$0\.00010 more\.$/
    ),
    expect.stringMatching(
      /^ {2}2\. llm\.response at \/data\/cost_usd: 0\.0021 is recorded, 0\.0022 is found, and in 2 more/
    ),
    '  3. object.created is there, and was not recorded',
    'Write it: vitest -u, or DAYBOOK_CASSETTE=record in the environment.'
  ])
  expect(await failing(() => expect([]).toMatchLedger(file))).toContain('1. llm.request is recorded, and is not there')
})

test('in CI a missing file fails; update writes it anew; a damaged one names its line', async () => {
  vi.stubEnv('CI', 'true')
  expect(await failing(() => expect(events()).toMatchLedger(file))).toContain(`There is no ledger ${file}`)
  vi.stubEnv('DAYBOOK_CASSETTE', 'record')
  await expect(events()).toMatchLedger(file)
  await expect(events('Five degrees.')).toMatchLedger(file)
  expect(await readFile(file, 'utf8')).toContain('Five')
  vi.stubEnv('DAYBOOK_CASSETTE', '')
  const asked = (snapshotUpdateState: string): MatcherContext => ({ snapshotState: { snapshotUpdateState } })
  expect(await matchers.toMatchLedger.call(asked('new'), events(), file)).toMatchObject({ pass: false })
  expect(await matchers.toMatchLedger.call(asked('all'), events(), file)).toMatchObject({ pass: true })
  expect(await readFile(file, 'utf8')).toContain('Four')
  await writeFile(file, (await readFile(file, 'utf8')).replace('Four', 'Zero'))
  expect(await failing(() => expect(events()).toMatchLedger(file))).toContain('is damaged at line 3')
})

test('no key reaches the file of a ledger', async () => {
  const canary = 'sk-canary-0123456789abcdef'
  await expect(events(`It is ${canary}.`)).toMatchLedger(file)
  expect(await readFile(file, 'utf8')).not.toContain(canary)
  await expect(events(`It is ${canary}.`)).toMatchLedger(file)
})
