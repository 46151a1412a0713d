import { afterEach, expect, test } from 'vitest'
import { idbLedgerStore } from '../browser/idb-ledger-store.js'
import { createHost } from '../host.js'
import type { LedgerEvent } from '../ledger/event.js'
import { openLedger } from '../ledger/open-ledger.js'
import { textLlm } from '../llm/text-llm.js'
import { llmExecutor } from './executor.js'
import { createRuntime } from './runtime.js'

afterEach(() => document.body.replaceChildren())

/** Another page of this origin, with modules of its own; removing it ends everything in it, as closing a tab does. */
function tab(program: string): HTMLIFrameElement {
  const frame = document.createElement('iframe')
  document.body.append(frame)
  const module = (path: string): string => JSON.stringify(new URL(path, import.meta.url).href)
  const script = (frame.contentDocument as Document).createElement('script')
  script.type = 'module'
  script.textContent = `
    import { idbLedgerStore } from ${module('../browser/idb-ledger-store.ts')}
    import { openLedger } from ${module('../ledger/open-ledger.ts')}
    import { textLlm } from ${module('../llm/text-llm.ts')}
    import { llmExecutor } from ${module('./executor.ts')}
    import { createRuntime } from ${module('./runtime.ts')}
    ${program}`
  ;(frame.contentDocument as Document).body.append(script)
  return frame
}

test('a tab watches the run of another, and goes on with it when that is closed', async () => {
  const name = `ledgers-${crypto.randomUUID()}`
  const told: string[] = []
  const channel = new BroadcastChannel(name)
  const heard = (word: string): Promise<void> =>
    new Promise(resolve => {
      const look = (): void => {
        if (told.includes(word)) resolve()
      }
      channel.addEventListener('message', look)
      look()
    })
  channel.addEventListener('message', ({ data }: MessageEvent<string>) => told.push(data))

  // The other tab gets one answer of two, and waits for the second one for ever.
  const frame = tab(`
    const channel = new BroadcastChannel('${name}')
    const llm = textLlm(async messages => {
      channel.postMessage('asked ' + messages[0].content)
      if (messages[0].content === 'slow') await new Promise(() => {})
      return ['answered there', 0.1]
    })
    const ledger = await openLedger(idbLedgerStore({ name: '${name}' }), 'run:1')
    ledger.outbox.append = (append => async entries => {
      await append(entries)
      channel.postMessage('kept')
    })(ledger.outbox.append)
    const ask = content => ({ type: 'llm.request', data: { model: 'm', messages: [{ role: 'user', content }] } })
    createRuntime({ ledger, responders: [llmExecutor(llm)] }).run([ask('slow'), ask('quick')])
  `)
  await heard('kept')

  const asked: unknown[] = []
  const llm = textLlm(messages => {
    asked.push(messages[0]?.content)
    return ['answered here', 0.1]
  })
  const ledger = await openLedger(idbLedgerStore({ name }), 'run:1')
  const host = createHost({ warn: () => {} })
  const resumed = createRuntime({ ledger, responders: [llmExecutor(llm)], host }).resume()
  let done = false
  void resumed.then(() => {
    done = true
  })
  await new Promise(resolve => setTimeout(resolve, 150))
  expect([done, asked]).toEqual([false, []])

  frame.remove()
  await resumed
  expect(told.filter(word => word.startsWith('asked'))).toEqual(['asked slow', 'asked quick'])
  expect(asked).toEqual(['slow'])
  const events: LedgerEvent[] = []
  for await (const event of ledger.read()) events.push(event)
  expect(events.map(({ type }) => type)).toEqual([
    ...['llm.request', 'llm.request', 'run.resumed', 'llm.response', 'llm.response']
  ])
  expect(events.slice(3).map(({ data }) => (data as { text?: string }).text)).toEqual([
    'answered here',
    'answered there'
  ])
  channel.close()
})
