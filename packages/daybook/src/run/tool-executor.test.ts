import { expect, test } from 'vitest'
import { tool } from '../dialog/tool.js'
import { createHost } from '../host.js'
import type { AnyEvent, EventDraft } from '../ledger/event.js'
import type { Ledger } from '../ledger/ledger.js'
import { memoryLedgerStore } from '../ledger/memory-ledger-store.js'
import { openLedger } from '../ledger/open-ledger.js'
import { responder } from './responder.js'
import { createRuntime } from './runtime.js'
import { toolExecutor } from './tool-executor.js'

const call = (name: string, given: object = {}): EventDraft => ({
  type: 'tool.called',
  data: { name, call_id: `call-${name}`, arguments: given as never }
})
const anything = { type: 'object', properties: {} } as const

async function returned(ledger: Ledger): Promise<unknown[]> {
  const found: unknown[] = []
  for await (const event of ledger.read()) {
    const { type, data } = event as AnyEvent
    if (type === 'tool.returned') found.push(data)
  }
  return found
}

test('every call of a tool has its result, or says what is wrong', async () => {
  const ledger = await openLedger(memoryLedgerStore(), 'run:1')
  const properties = { a: { type: 'number' }, b: { type: 'number' } } as const
  const inputSchema = { type: 'object', properties, required: ['a', 'b'] } as const
  const tools = [
    tool({
      name: 'add',
      description: '',
      inputSchema,
      execute: ({ a, b }: { a: number; b: number }) => ({ sum: a + b })
    }),
    tool({ name: 'fails', description: '', inputSchema: anything, execute: () => Promise.reject(new Error('no')) }),
    tool({ name: 'silent', description: '', inputSchema: anything, execute: () => undefined })
  ]
  const calls = [call('add', { a: 1, b: 2 }), call('add', { a: 'x' }), call('fails'), call('silent'), call('other')]
  await createRuntime({ ledger, responders: [toolExecutor(tools)] }).run(calls)
  expect(await returned(ledger)).toEqual([
    { name: 'add', call_id: 'call-add', result: { sum: 3 } },
    { name: 'add', call_id: 'call-add', error: expect.stringMatching(/do not fit/) },
    { name: 'fails', call_id: 'call-fails', error: 'no' },
    { name: 'silent', call_id: 'call-silent' },
    { name: 'other', call_id: 'call-other', error: expect.stringMatching(/There are: add, fails, silent/) }
  ])
})

test('a tool that was running when the run was killed runs again only if it is idempotent, and the model is told', async () => {
  const store = memoryLedgerStore()
  const ran: string[] = []
  let reached: () => void = () => {}
  const kept = new Promise<void>(resolve => {
    reached = resolve
  })
  const hang = { name: '', wait: true }
  const tools = ['sends', 'reads', 'quick'].map(name =>
    tool({
      ...{ name, description: '', inputSchema: anything, idempotent: name === 'reads' },
      execute: () => {
        ran.push(name)
        return hang.wait && name !== 'quick' ? new Promise<string>(() => {}) : `${name} has ended`
      }
    })
  )
  const told: unknown[] = []
  const model = responder('model', 'tool.returned', event => {
    told.push([event.data.name, event.data.result ?? event.data.error])
  })
  const responders = [toolExecutor(tools), model]
  const host = createHost({ warn: () => {} })

  // A kill, as far as a test can: this process never hears of it again, and nothing of it is written any more.
  const ledger = await openLedger(store, 'run:1')
  const { outbox } = ledger
  const watched: Ledger = {
    ...ledger,
    outbox: outbox && {
      ...outbox,
      async append(entries) {
        await outbox.append(entries)
        reached()
      }
    }
  }
  void createRuntime({ ledger: watched, responders, host }).run([call('sends'), call('reads'), call('quick')])
  await kept
  expect(ran).toEqual(['sends', 'reads', 'quick'])

  hang.wait = false
  const later = await openLedger(store, 'run:1')
  await createRuntime({ ledger: later, responders, host }).resume()
  expect(ran).toEqual(['sends', 'reads', 'quick', 'reads'])
  expect(told).toEqual([
    ['sends', expect.stringMatching(/was interrupted/)],
    ['reads', 'reads has ended'],
    ['quick', 'quick has ended']
  ])
  expect(await returned(later)).toHaveLength(3)
})

test('a tool that nobody had begun, since a limit came before, is simply run', async () => {
  const ledger = await openLedger(memoryLedgerStore(), 'run:1')
  let ran = 0
  const tools = [tool({ name: 'sends', description: '', inputSchema: anything, execute: () => `sent ${++ran}` })]
  const host = createHost({ warn: () => {} })
  const responders = [toolExecutor(tools)]
  await createRuntime({ ledger, responders, host, budget: { maxEvents: 1 } }).run([call('sends')])
  expect(ran).toBe(0)
  await createRuntime({ ledger, responders, host }).resume()
  expect(await returned(ledger)).toEqual([{ name: 'sends', call_id: 'call-sends', result: 'sent 1' }])
})
