import { describe, expect, test } from 'vitest'
import { createHost } from '../host.js'
import type { EventDraft, LedgerEvent } from '../ledger/event.js'
import type { Ledger } from '../ledger/ledger.js'
import { memoryLedgerStore } from '../ledger/memory-ledger-store.js'
import { openLedger } from '../ledger/open-ledger.js'
import type { OutboxEntry } from '../ledger/outbox.js'
import { metadataOnly, redacted } from '../ledger/redacted.js'
import type { LedgerStore } from '../ledger/store.js'
import type { LLMFn } from '../llm/llm.js'
import { textLlm } from '../llm/text-llm.js'
import { llmExecutor } from './executor.js'
import { type Responder, responder } from './responder.js'
import { createRuntime } from './runtime.js'

const request = (content: string) => ({ model: 'm', messages: [{ role: 'user', content }] }) as const
const ask = (content: string): EventDraft => ({ type: 'llm.request', data: request(content) })
const create = (id: string): EventDraft => ({ type: 'object.created', data: { id, type: 'T' } })
const nextTask = (): Promise<void> => new Promise(resolve => setTimeout(resolve, 5))

/** Answers everything at once, but what is slow never. */
function answering(): LLMFn & { asked: string[] } {
  const asked: string[] = []
  const llm = textLlm(async messages => {
    const content = String(messages[0]?.content)
    asked.push(content)
    if (content.startsWith('slow')) await new Promise(() => {})
    return [`${content}!`, 0.1]
  })
  return Object.assign(llm, { asked })
}

interface Begun {
  readonly store: LedgerStore
  readonly appends: readonly OutboxEntry[][]
  readonly warnings: readonly string[]
}

/** A run that goes on for ever, until nothing more is written: then it counts as killed. */
async function begun(
  drafts: readonly EventDraft[],
  responders: readonly Responder[],
  around: (ledger: Ledger) => Ledger = ledger => ledger
): Promise<Begun> {
  const store = memoryLedgerStore()
  const appends: OutboxEntry[][] = []
  const warnings: string[] = []
  const host = createHost({ warn: ({ message }) => warnings.push(message) })
  const ledger = around(await openLedger(store, 'run:1', { host }))
  const { outbox } = ledger
  const watched: Ledger = {
    ...ledger,
    outbox: outbox && {
      ...outbox,
      async append(entries) {
        appends.push([...entries])
        await outbox.append(entries)
      }
    }
  }
  void createRuntime({ ledger: watched, responders, host }).run(drafts)
  for (let before = -1; before !== appends.length || appends.length === 0; before = appends.length) {
    await nextTask()
    if (warnings.length > 0) break
  }
  return { store, appends, warnings }
}

async function events(store: LedgerStore): Promise<LedgerEvent[]> {
  const found: LedgerEvent[] = []
  for await (const event of store.read('run:1')) found.push(event)
  return found
}

describe('an outbox', () => {
  test('holds what has ended while others go on, in one write for all that came at once', async () => {
    const llm = answering()
    const { store, appends } = await begun([ask('slow'), ask('a'), ask('b'), ask('c')], [llmExecutor(llm)])
    expect(appends.map(entries => entries.length)).toEqual([3])
    expect(appends[0]?.[0]).toMatchObject({
      ...{ responder: 'llm_executor', ended: true },
      slots: [
        { draft: { type: 'llm.response', data: { text: 'a!', cost_usd: 0.1 } }, call: { before: [], store: true } }
      ]
    })
    // People see the run, and nothing beside it.
    expect((await store.list()).map(({ name }) => name)).toEqual(['run:1'])
    expect((await events(store)).map(({ type }) => type)).toEqual(Array(4).fill('llm.request'))
  })

  test('is not needed where all of a wave end together', async () => {
    const store = memoryLedgerStore()
    const ledger = await openLedger(store, 'run:1')
    let writes = 0
    const watched: Ledger = {
      ...ledger,
      outbox: {
        ...(ledger.outbox as NonNullable<Ledger['outbox']>),
        async append() {
          writes++
        },
        async clear() {
          writes++
        }
      }
    }
    const llm = answering()
    await createRuntime({ ledger: watched, responders: [llmExecutor(llm)] }).run(['a', 'b', 'c'].map(ask))
    expect([llm.asked.length, writes]).toEqual([3, 0])
  })

  test('holds the answers of a responder that has not ended, which asks only what it had not asked', async () => {
    const words = ['one', 'one', 'two', 'slow three']
    const chain = (last: string) =>
      responder('chain', 'object.created', async (event, _world, { llm }) => {
        if (event.data.id !== 'a') return []
        const answers: string[] = []
        for (const word of [...words.slice(0, 3), last]) answers.push((await llm(request(word))).text)
        return [create(answers.join(' '))]
      })
    const llm = answering()
    const { store } = await begun([create('a')], [chain('slow three'), llmExecutor(llm)])
    expect(llm.asked).toEqual(['one', 'two', 'slow three'])

    const again = answering()
    const ledger = await openLedger(store, 'run:1')
    await createRuntime({ ledger, responders: [chain('three'), llmExecutor(again)] }).resume()
    expect(again.asked).toEqual(['three'])
    const found = await events(store)
    expect(found.at(-1)?.data).toMatchObject({ id: 'one! one! two! three!' })
    expect(
      found.filter(({ type }) => type === 'llm.response').map(({ data }) => (data as { cost_usd: number }).cost_usd)
    ).toEqual([...[0.1, 0, 0.1, 0.1]])
  })

  test('gives its answers to identical requests that are asked again', async () => {
    const slow = (hang: boolean) =>
      responder('slow', 'object.created', async (event, _world, { llm }) => {
        if (event.data.id !== 'a') return []
        if (hang) await new Promise(() => {})
        return [create((await llm(request('the same'))).text)]
      })
    const llm = answering()
    const { store } = await begun([create('a'), ask('the same')], [slow(true), llmExecutor(llm)])
    const again = answering()
    const ledger = await openLedger(store, 'run:1')
    await createRuntime({ ledger, responders: [slow(false), llmExecutor(again)] }).resume()
    expect([llm.asked, again.asked]).toEqual([['the same'], []])
    const costs = (await events(store))
      .filter(({ type }) => type === 'llm.response')
      .map(({ data }) => (data as { cost_usd: number }).cost_usd)
    // As in a run that nobody killed, the first in the ledger pays.
    expect(costs).toEqual([0.1, 0])
  })

  test('that cannot be written is warned of once, and the run goes on without it', async () => {
    const llm = answering()
    const broken = (ledger: Ledger): Ledger => ({
      ...ledger,
      outbox: {
        ...(ledger.outbox as NonNullable<Ledger['outbox']>),
        append: () => Promise.reject(new Error('The disk is full.'))
      }
    })
    const { store, warnings } = await begun([ask('slow'), ask('a')], [llmExecutor(llm)], broken)
    expect(warnings).toEqual([expect.stringMatching(/outbox of run:1 cannot be used.*The disk is full/)])
    expect(await store.length('outbox:run-1')).toBe(0)
  })

  test('holds nothing that must not be written, and nothing that would be less than what was said', async () => {
    const llm = answering()
    const responders = [
      responder('quick', 'object.created', async () => [create('plain'), create('secret')]),
      responder('other', 'object.created', async () => [create('plain')]),
      llmExecutor(llm)
    ]
    const masking = (ledger: Ledger) =>
      redacted(ledger, event =>
        JSON.stringify(event.data).includes('secret') ? { ...event, data: {} as never } : event
      )
    const drafts = [create('a'), ask('slow'), ask('a secret'), ask('a question')]
    const { appends } = await begun(drafts, responders, masking)
    expect(appends.flat().length).toBeGreaterThan(3)
    const { store } = await begun(drafts, responders, masking)
    const written: unknown[] = []
    for await (const { data } of store.read('outbox:run-1')) written.push(data)
    expect(written.map(entry => (entry as OutboxEntry).responder).sort()).toEqual(['llm_executor', 'other'])
    expect(JSON.stringify(written)).not.toMatch(/secret/)

    const silent = await begun([create('a'), ask('slow'), ask('b')], [llmExecutor(llm)], ledger =>
      redacted(ledger, metadataOnly)
    )
    expect(await silent.store.length('outbox:run-1')).toBe(0)
  })

  test('that holds nonsense is as good as empty', async () => {
    const store = memoryLedgerStore()
    const ledger = await openLedger(store, 'run:1')
    const llm = answering()
    await createRuntime({ ledger, responders: [] }).run([ask('a')])
    const [asked] = await events(store)
    const common = { type: 'outbox', source: 'run:1', actor: 'x', cause: [], timestamp: '2026-01-01T00:00:00.000Z' }
    const about = { trigger: asked?.id, responder: 'llm_executor', ended: true, ordinal: 1 }
    const slots = [null, [null], [{ ordinal: 0, draft: 7 }], [{ ordinal: 0, draft: { type: 'x', data: {} }, call: {} }]]
    const data = [...slots.map(each => ({ ...about, slots: each })), { ...about, responder: 7, slots: [] }]
    await store.append(
      'outbox:run-1',
      data.map((each, n) => ({ ...common, id: `o${n}`, data: each }) as never)
    )
    await createRuntime({ ledger: await openLedger(store, 'run:1'), responders: [llmExecutor(llm)] }).resume()
    expect(llm.asked).toEqual(['a'])
  })
})
