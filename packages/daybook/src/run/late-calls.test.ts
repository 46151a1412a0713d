import { expect, test } from 'vitest'
import { InternalServerError } from '../errors.js'
import type { LedgerEvent } from '../ledger/event.js'
import { memoryLedgerStore } from '../ledger/memory-ledger-store.js'
import { openLedger } from '../ledger/open-ledger.js'
import { textLlm } from '../llm/text-llm.js'
import { llmExecutor } from './executor.js'
import { responder } from './responder.js'
import { createRuntime } from './runtime.js'

test('calls that a responder has left open have their end in the ledger; what they lead to is not heard', async () => {
  const ledger = await openLedger(memoryLedgerStore(), 'run:1')
  const late: unknown[] = []
  const hasty = responder('hasty', 'object.created', async (_event, _world, { llm }) => {
    const ask = (content: string) => llm({ model: 'm', messages: [{ role: 'user', content }] })
    const slowly = ask('slow').then(({ text }) => ask(`${text} again`))
    slowly.catch(error => late.push(error.kind))
    await Promise.all([ask('fail'), slowly])
    return []
  })
  const llm = textLlm(async ([message]) => {
    if (message?.content === 'fail') throw new InternalServerError('The model is down.')
    await new Promise(resolve => setTimeout(resolve, 5))
    return ['slow', 0]
  })
  const seed = { type: 'object.created', data: { id: 'a', type: 'T' } } as const
  await createRuntime({ ledger, responders: [hasty, llmExecutor(llm)] }).run([seed])
  const types: string[] = []
  for await (const { type } of ledger.read() as AsyncIterable<LedgerEvent>) types.push(type)
  expect(types).toEqual([
    ...['object.created', 'llm.request', 'llm.response', 'llm.request', 'llm.failed', 'responder.failed']
  ])
  expect(late).toEqual(['aborted'])
})
