import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { createHost } from '../host.js'
import type { EventDraft } from '../ledger/event.js'
import { openLedger } from '../ledger/open-ledger.js'
import type { LLMFn } from '../llm/llm.js'
import { textLlm } from '../llm/text-llm.js'
import { fileLedgerStore } from '../node/file-ledger-store.js'
import { llmExecutor } from './executor.js'
import { createRuntime, type Runtime } from './runtime.js'

const home = mkdtempSync(join(tmpdir(), 'daybook-hold-'))
afterEach(() => rmSync(home, { recursive: true, force: true }))

const ask = (content: string): EventDraft => ({
  type: 'llm.request',
  data: { model: 'm', messages: [{ role: 'user', content }] }
})

/** As another process has it: with a store of its own over the same folder. */
async function other(llm: LLMFn): Promise<Runtime> {
  const ledger = await openLedger(fileLedgerStore(home), 'run:1')
  return createRuntime({ ledger, responders: [llmExecutor(llm)], host: createHost({ warn: () => {} }) })
}

test('of two that take up one run, one runs it and the other watches', async () => {
  let answer: () => void = () => {}
  const asked: string[] = []
  const llm = textLlm(async messages => {
    asked.push(String(messages[0]?.content))
    if (asked.length === 1) await new Promise<void>(resolve => (answer = resolve))
    return ['yes', 0]
  })
  const [one, two, three] = [await other(llm), await other(llm), await other(llm)]
  const run = one.run([ask('first')])
  const started = run[Symbol.asyncIterator]()
  expect((await started.next()).value).toMatchObject({ type: 'llm.request' })

  const controller = new AbortController()
  const impatient = three.resume({ signal: controller.signal })
  const seen: string[] = []
  const watching = (async () => {
    for await (const { type } of two.resume()) seen.push(type)
  })()
  await new Promise(resolve => setTimeout(resolve, 60))
  controller.abort()
  await expect(impatient).rejects.toMatchObject({ kind: 'aborted' })
  expect(readdirSync(home)).toContain('run-1.jsonl.running')
  answer()
  const world = await run
  await watching
  expect(asked).toEqual(['first'])
  expect(seen.at(-1)).toBe('llm.response')
  expect((await two.load()).length).toBe(world.length)
  expect(readdirSync(home).filter(name => name.includes('running'))).toEqual([])
})
