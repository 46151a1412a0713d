import { expect, test } from 'vitest'
import { createHost } from '../host.js'
import type { LedgerEvent } from '../ledger/event.js'
import { memoryLedgerStore } from '../ledger/memory-ledger-store.js'
import { openLedger } from '../ledger/open-ledger.js'
import { recorded } from '../ledger/recorded.js'
import { chatCompletionsApi } from '../llm/wire/chat-api.js'
import { createAgent } from './agent.js'
import type { Dialog } from './dialog.js'
import { dialogsOf } from './dialogs-of.js'
import { createInvoker } from './invoker.js'
import { requestMessage } from './message.js'
import { createPrompt } from './prompt.js'
import { tool } from './tool.js'

/** What a provider wants back byte for byte passes through an agent, its dialog and its ledger unchanged. */

const host = createHost({ now: () => Date.UTC(2026, 0, 1), warn: () => {} })
const signature = 'c2ln+/=\u2028ż'
const extra_content = { google: { thought_signature: signature, z: 1.5, a: [null] } }
const asked = {
  id: 'tide-1',
  type: 'function',
  function: { name: 'tide', arguments: '{"port":"Ayr"}' },
  extra_content
}

const tide = tool({
  name: 'tide',
  description: 'When is high water?',
  inputSchema: { type: 'object', properties: { port: { type: 'string' } }, required: ['port'] },
  execute: () => 'At six.'
})

/** A provider that asks for the tide, and answers when it knows it. */
function harbour() {
  const bodies: { messages: Record<string, unknown>[] }[] = []
  const fetch: typeof globalThis.fetch = async (_input, init) => {
    const body = JSON.parse(String(init?.body))
    bodies.push(body)
    const known = body.messages.some(({ role }: { role: string }) => role === 'tool')
    const message = known ? { content: 'High water is at six.' } : { content: null, tool_calls: [asked] }
    const usage = { prompt_tokens: 1, completion_tokens: 1 }
    const choice = { index: 0, message, finish_reason: known ? 'stop' : 'tool_calls' }
    return Response.json({ id: `a-${bodies.length}`, choices: [choice], usage })
  }
  return { bodies, llm: chatCompletionsApi({ baseURL: 'https://provider.test/v1', provider: 'gemini', fetch }) }
}

test('a signature on a call reaches the next request, and is in the dialog that the ledger gives again', async () => {
  const ledger = await openLedger(memoryLedgerStore(), 'session:1', { host })
  const { llm, bodies } = harbour()
  const agent = createAgent({
    invoker: createInvoker({ llm: recorded(llm, ledger, { host }) }),
    model: 'demo',
    host,
    modelArgs: { stream: false },
    ledger
  }).open('main')
  await agent.receivePrompt(createPrompt({ template: 'When is high water in Ayr?', tools: [tide] })).respond()
  expect(JSON.stringify(bodies[1]?.messages[1]?.tool_calls)).toContain(JSON.stringify(extra_content))
  expect(bodies[1]?.messages[1]?.tool_calls).toEqual([asked])

  const events: LedgerEvent[] = []
  for await (const event of ledger.read()) events.push(event)
  const again = dialogsOf(JSON.parse(JSON.stringify(events)), { host }).get(agent.dialog.id) as Dialog
  expect(again.messages[1]?.native).toEqual({
    api: 'chat',
    provider: 'gemini',
    content: { tool_calls: [{ id: 'tide-1', extra_content }] }
  })
  expect(JSON.stringify(again.messages.map(requestMessage))).toBe(
    JSON.stringify(agent.dialog.messages.map(requestMessage))
  )
  await createInvoker({ llm }).call(again, { model: 'demo', modelArgs: { stream: false } })
  expect(bodies[2]?.messages.slice(0, 3)).toEqual(bodies[1]?.messages)
})
