import { createReadStream, existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { forkLedger } from '../ledger/branch.js'
import { branching } from '../ledger/branching.js'
import type { LedgerEvent } from '../ledger/event.js'
import type { Ledger } from '../ledger/ledger.js'
import { openLedger } from '../ledger/open-ledger.js'
import { tailsOf, tailTest } from '../ledger/tails.contract.js'
import { type Verification, verifyLedger } from '../ledger/verify.js'
import { textLlm } from '../llm/text-llm.js'
import { fileLedgerStore } from '../node/file-ledger-store.js'
import { ledgerContract } from '../testing/ledger.contract.js'
import { forkKit } from './fork.js'
import type { Kit } from './kit.js'
import { responder } from './responder.js'
import { resumeKit, runKit } from './run-kit.js'

const scratch = (): string => mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'daybook-forks-'))

describe('the tail of a branch in files', () => {
  ledgerContract(() => tailsOf(fileLedgerStore(scratch())), { test: tailTest(test), expect })
})

const chain: Kit = {
  name: 'chain',
  version: '1',
  responders: () => [
    responder('ask', 'object.created', ({ data }, world) =>
      world.objects.size > 5
        ? []
        : [{ type: 'llm.request', data: { model: 'm', messages: [{ role: 'user', content: `After ${data.id}` }] } }]
    ),
    responder('go on', 'llm.response', ({ data }, _world, ctx) => [
      { type: 'object.created', data: { id: ctx.id('o'), type: 'T', data: { text: data.text } } }
    ])
  ]
}

function provider() {
  const asked: string[] = []
  const llm = textLlm((messages, model) => {
    asked.push(model)
    return [`${model} says ${messages[0]?.content}`, 0.25]
  })
  return { asked, llm }
}

async function all(ledger: Ledger): Promise<LedgerEvent[]> {
  const events: LedgerEvent[] = []
  for await (const event of ledger.read()) events.push(event)
  return events
}

/** A run, a fork of it with another model, and a fork of that, each by a process of its own. */
async function family() {
  const folder = scratch()
  const { asked, llm } = provider()
  const first = fileLedgerStore(folder)
  await runKit(chain, 'Why?', { id: '1', ledger: await openLedger(first, 'run:1'), llm })
  await first.close?.()
  const events = await all(await openLedger(fileLedgerStore(folder), 'run:1'))
  const position = events.findIndex(({ type }, at) => type === 'llm.request' && at > 6)

  const second = fileLedgerStore(folder)
  const parent = await openLedger(second, 'run:1')
  await forkKit(chain, { parent, position, id: 'a', llm, change: { set: { model: 'other' } } })
  await second.close?.()
  const third = fileLedgerStore(folder)
  await forkLedger(await openLedger(third, 'branch:a'), position + 2, { id: 'b' })
  await third.close?.()
  const path = (name: string): string => join(folder, `${name.replace(':', '-')}.jsonl`)
  const verify = (name: string): Promise<Verification> =>
    verifyLedger(createReadStream(path(name)), {
      parent: above => (existsSync(path(above)) ? createReadStream(path(above)) : undefined)
    })
  return { folder, asked, events, position, path, verify }
}

describe('branches in files', () => {
  test('hold their own events only, and are found, read and gone on with by another process', async () => {
    const { folder, asked, events, position, path } = await family()
    const calls = asked.length
    const store = fileLedgerStore(folder)
    const lines = (name: string): number => readFileSync(path(name), 'utf8').trimEnd().split('\n').length - 1
    expect(lines('branch:a')).toBe(events.length - position + 1)
    const listed = await branching(store).list()
    expect(listed.map(({ name, length, parent }) => [name, length, parent])).toEqual([
      ['branch:a', events.length + 1, 'run:1'],
      ['branch:b', position + 2 + lines('branch:b'), 'branch:a'],
      ['run:1', events.length, undefined]
    ])
    const { llm } = provider()
    const run = await resumeKit(chain, { id: 'b', ledger: await openLedger(store, 'branch:b'), llm })
    expect(asked.length).toBe(calls)
    expect(run).toMatchObject({ calls: 0, costUsd: 0, kit: 'chain', unanswered: 0 })
    expect(run.world.objects).toEqual(
      (await resumeKit(chain, { id: 'a', ledger: await openLedger(store, 'branch:a') })).world.objects
    )
    await expect(branching(store).remove('run:1')).rejects.toThrow(/branch:a would lose/)
    await store.close?.()
  })

  test('are verified with all that they share, and say whose events were changed', async () => {
    const { path, verify, events } = await family()
    for (const name of ['run:1', 'branch:a', 'branch:b']) expect(await verify(name)).toMatchObject({ ok: true })
    const text = readFileSync(path('run:1'), 'utf8')
    expect(text).toContain('After goal-1')
    writeFileSync(path('run:1'), text.replace('After goal-1', 'After goal-2'))
    for (const name of ['branch:a', 'branch:b']) {
      expect(await verify(name)).toMatchObject({ ok: false, ledger: 'run:1', line: 4 })
    }
    // Written anew, with a chain that holds.
    const other = scratch()
    const store = fileLedgerStore(other)
    await store.append(
      'run:1',
      events.map(event => ({ ...event, actor: 'somebody else' }))
    )
    await store.close?.()
    writeFileSync(path('run:1'), readFileSync(join(other, 'run-1.jsonl')))
    expect(await verify('run:1')).toMatchObject({ ok: true })
    expect(await verify('branch:b')).toMatchObject({
      ok: false,
      ledger: 'run:1',
      reason: expect.stringMatching(/anew/)
    })
  })

  test('hold the hash that their parent ended with', async () => {
    const { folder, verify } = await family()
    const { head } = await verify('run:1')
    const store = fileLedgerStore(folder)
    const [mark] = (await all(await openLedger(store, 'branch:a'))).filter(({ type }) => type === 'branch.created')
    expect(mark?.data).toMatchObject({ head })
    await store.close?.()
  })
})
