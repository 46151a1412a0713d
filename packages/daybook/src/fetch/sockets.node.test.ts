/** Over real connections: what the host leaves is left at the server too, and nothing stays open. */
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Anthropic from '@anthropic-ai/sdk'
import OpenAI from 'openai'
import { expect, onTestFinished, test } from 'vitest'
import { createDaybook } from '../daybook.js'
import type { LedgerEvent } from '../ledger/event.js'
import { memoryLedgerStore } from '../ledger/memory-ledger-store.js'
import { fileLedgerStore } from '../node/file-ledger-store.js'
import { recordFetch } from './index.js'

const model = 'gpt-5-mini'
const messages = [{ role: 'user' as const, content: 'Hello' }]

/** Says a word each time it is let, until the client has gone. */
async function serve() {
  let answering: (response: ServerResponse) => void = () => {}
  const server = createServer((request, response) => {
    request.resume()
    request.on('end', () => answering(response))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return { origin, next: () => new Promise<ServerResponse>(resolve => (answering = resolve)) }
}

function daybookOf() {
  const daybook = createDaybook({ store: memoryLedgerStore() })
  const events = async () => {
    const all: LedgerEvent[] = []
    for await (const event of daybook.ledger.read()) all.push(event)
    return all
  }
  return { daybook, events }
}

const chunk = (word: string): string =>
  `data: ${JSON.stringify({ id: 'c', model, choices: [{ index: 0, delta: { content: word } }] })}\n\n`

test.each(['break', 'abort'])('a %s in mid-stream closes the connection', async how => {
  const { origin, next } = await serve()
  const { daybook, events } = daybookOf()
  const openai = new OpenAI({ baseURL: `${origin}/v1`, apiKey: 'none', maxRetries: 0, fetch: recordFetch(daybook) })
  const answered = next()
  const controller = new AbortController()
  const asked = openai.chat.completions.create({ model, messages, stream: true }, { signal: controller.signal })
  const response = await answered
  const closed = once(response, 'close')
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  response.write(chunk('one'))
  for await (const _ of await asked) {
    if (how === 'break') break
    controller.abort()
  }
  await closed
  expect(response.writableFinished).toBe(false)
  await expect
    .poll(events)
    .toMatchObject([{}, { type: 'llm.failed', data: { kind: 'aborted', partial: { text: 'one' } } }])
})

test('an abort while the host reads nothing, and a connection that breaks, are noticed', async () => {
  const { origin, next } = await serve()
  for (const kind of ['aborted', 'connection']) {
    const { daybook, events } = daybookOf()
    const fetch = recordFetch(daybook)
    const controller = new AbortController()
    const { signal } = controller
    const answered = next()
    const body = JSON.stringify({ model, messages, stream: true })
    const asked = fetch(`${origin}/v1/chat/completions`, { method: 'POST', body, signal })
    const server = await answered
    server.writeHead(200, { 'content-type': 'text/event-stream' })
    server.write(chunk('one'))
    const reader = (await asked).body?.getReader()
    await reader?.read()
    if (kind === 'aborted') controller.abort()
    else server.destroy()
    await expect.poll(events).toMatchObject([{}, { type: 'llm.failed', data: { kind, partial: { text: 'one' } } }])
    const failed = await reader?.read().catch((error: unknown) => error)
    if (kind === 'aborted') expect(failed).toBe(signal.reason)
    else expect(failed).toBeInstanceOf(TypeError)
  }
})

test('what a program heard the end of is in the file, though it closes at once', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'daybook-fetch-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const { origin, next } = await serve()
  const store = fileLedgerStore(folder)
  const daybook = createDaybook({ store })
  const anthropic = new Anthropic({ baseURL: origin, apiKey: 'none', maxRetries: 0, fetch: recordFetch(daybook) })
  const answered = next()
  const asked = anthropic.messages.create({ model: 'claude-haiku-4-5', max_tokens: 9, messages })
  const response = await answered
  const usage = { input_tokens: 3, output_tokens: 1 }
  const said = {
    id: 'm',
    model: 'claude-haiku-4-5',
    role: 'assistant',
    type: 'message',
    stop_reason: 'end_turn',
    usage
  }
  response.setHeader('content-type', 'application/json')
  response.end(JSON.stringify({ ...said, content: [{ type: 'text', text: 'Hi.' }] }))
  expect((await asked).content).toEqual([{ type: 'text', text: 'Hi.' }])
  await daybook.close()
  const events: LedgerEvent[] = []
  for await (const event of store.read(daybook.ledger.name)) events.push(event)
  await store.close?.()
  expect(events).toMatchObject([{ type: 'llm.request' }, { type: 'llm.response', data: { text: 'Hi.' } }])
})
