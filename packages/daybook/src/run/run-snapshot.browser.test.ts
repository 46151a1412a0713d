import { afterEach, expect, test } from 'vitest'
import { idbLedgerStore } from '../browser/idb-ledger-store.js'
import { createHost, type Warning } from '../host.js'
import { openLedger } from '../ledger/open-ledger.js'
import { responder } from './responder.js'
import { createRuntime } from './runtime.js'

const name = 'daybook-run-snapshot-test'
afterEach(() => {
  indexedDB.deleteDatabase(name)
})

const next = responder('next', 'object.created', ({ data: { id } }) =>
  id === '0' ? [] : [{ type: 'object.created', data: { id: String(Number(id) - 1), type: 'T' } }]
)

async function opened() {
  const warnings: Warning[] = []
  const host = createHost({ warn: warning => warnings.push(warning) })
  const store = idbLedgerStore({ name })
  const ledger = await openLedger(store, 'run:1', { host })
  let read = 0
  const counting = {
    ...ledger,
    async *read(from?: number, to?: number) {
      for await (const event of ledger.read(from, to)) {
        read++
        yield event
      }
    }
  }
  const runtime = createRuntime({ ledger: counting, responders: [next], host, snapshotEvery: 10 })
  return { store, runtime, warnings, read: () => read }
}

test('a run in IndexedDB begins with its snapshot; a damaged one is left alone, and all is the same', async () => {
  const first = await opened()
  const world = await first.runtime.run([{ type: 'object.created', data: { id: '30', type: 'T' } }])
  await first.store.close?.()

  const second = await opened()
  const found = await second.runtime.load()
  expect(found.hash()).toBe(world.hash())
  expect(found.at(7).hash()).toBe(world.at(7).hash())
  expect(second.read()).toBeLessThan(5)
  const text = (await second.store.snapshots?.load('run:1')) as string
  await second.store.snapshots?.save('run:1', text.replace('"29"', '"28"'))
  await second.store.close?.()

  const third = await opened()
  expect((await third.runtime.load()).hash()).toBe(world.hash())
  expect(third.read()).toBe(31)
  expect(third.warnings).toMatchObject([{ area: 'snapshot', kind: 'distrusted' }])
  expect(await third.store.snapshots?.load('run:1')).toBe(text)
  expect(second.warnings).toEqual([])
  await third.runtime.resume()
  await third.store.close?.()
})
