import { describe, expect, test } from 'vitest'
import { idbLedgerStore } from '../browser/idb-ledger-store.js'
import { forkLedger } from '../ledger/branch.js'
import { branching } from '../ledger/branching.js'
import { type LedgerEvent, stable } from '../ledger/event.js'
import { openLedger } from '../ledger/open-ledger.js'
import { tailsOf, tailTest } from '../ledger/tails.contract.js'
import { textLlm } from '../llm/text-llm.js'
import { ledgerContract } from '../testing/ledger.contract.js'
import { forkKit } from './fork.js'
import type { Kit } from './kit.js'
import { responder } from './responder.js'
import { runKit } from './run-kit.js'

const fresh = (): string => `forks-${crypto.randomUUID()}`

describe('the tail of a branch in IndexedDB', () => {
  ledgerContract(() => tailsOf(idbLedgerStore({ name: fresh() })), { test: tailTest(test), expect })
})

const pair: Kit = {
  name: 'pair',
  version: '1',
  responders: () => [
    responder('ask', 'object.created', ({ data }) =>
      data.type !== 'Goal'
        ? []
        : ['one', 'two'].map(content => ({
            type: 'llm.request',
            data: { model: 'm', messages: [{ role: 'user', content }] }
          }))
    )
  ]
}

test('a fork in one tab is followed, read and forked again in another', async () => {
  const name = fresh()
  const [mine, other] = [idbLedgerStore({ name }), idbLedgerStore({ name })]
  const asked: string[] = []
  const llm = textLlm((messages, model) => {
    asked.push(`${model} ${messages[0]?.content}`)
    return ['yes', 1]
  })
  const parent = await openLedger(mine, 'run:1')
  await runKit(pair, 'Why?', { id: '1', ledger: parent, llm })
  asked.length = 0

  const ledger = await forkLedger(parent, 2, { id: 'a' })
  const heard: [string, number][] = []
  const seen = await openLedger(other, 'branch:a')
  seen.subscribe(({ type }, position) => heard.push([type, position]), { from: 0 })
  const fork = await forkKit(pair, { parent: ledger, position: 3, id: 'b', llm, change: { set: { model: 'other' } } })
  expect(asked).toEqual(['other one'])
  expect(fork).toMatchObject({ calls: 1, costUsd: 1, hits: 1 })

  const events: LedgerEvent[] = []
  for await (const event of (await openLedger(other, 'branch:b')).read()) events.push(event)
  expect(events.map(({ type }) => type)).toEqual([
    ...['kit.loaded', 'object.created', 'branch.created', 'branch.created', 'llm.request', 'llm.request'],
    ...['llm.response', 'llm.response']
  ])
  expect(events.map(stable)).toEqual((await all(fork.ledger)).map(stable))
  for (let waited = 0; heard.length < 5 && waited < 500; waited++) await new Promise(resolve => setTimeout(resolve, 5))
  expect(heard.map(([, position]) => position)).toEqual([0, 1, 2, 3, 4])
  await expect(branching(other).remove('run:1')).rejects.toThrow(/branch:a would lose/)
  await Promise.all([mine.close?.(), other.close?.()])
})

async function all(ledger: { read(): AsyncIterable<LedgerEvent> }): Promise<LedgerEvent[]> {
  const events: LedgerEvent[] = []
  for await (const event of ledger.read()) events.push(event)
  return events
}
