import { afterEach, expect, test } from 'vitest'
import type { LedgerEvent } from '../ledger/event.js'
import { openLedger } from '../ledger/open-ledger.js'
import { projectFrom } from '../world/snapshot.js'
import { idbLedgerStore } from './idb-ledger-store.js'

const name = 'daybook-snapshots-test'
afterEach(() => {
  indexedDB.deleteDatabase(name)
})

const made = (count: number, from = 0): LedgerEvent[] =>
  Array.from(
    { length: count },
    (_, n) =>
      ({
        ...{ id: `e${from + n}`, source: 'run:1', actor: 'test', cause: [], timestamp: '2026-11-21T10:00:00.000Z' },
        ...{ type: 'object.created', data: { id: `o${(from + n) % 40}`, type: 'Task', data: { n: from + n } } }
      }) as unknown as LedgerEvent
  )

test('a snapshot lies beside its ledger, is no event of it, and goes with it', async () => {
  const store = idbLedgerStore({ name })
  const { snapshots } = store
  const ledger = await openLedger(store, 'run:1')
  await ledger.append(made(100))
  const whole = await projectFrom(ledger, { snapshots, every: 50 })
  expect(await snapshots?.load('run:1')).toContain('"ledger":"run:1"')
  expect(await snapshots?.load('run:2')).toBe(undefined)
  await ledger.append(made(10, 100))
  await store.close?.()

  const again = idbLedgerStore({ name })
  const opened = await openLedger(again, 'run:1')
  expect(opened.length).toBe(110)
  const { world, from } = await projectFrom(opened, { snapshots: again.snapshots })
  expect({ from, length: world.length }).toEqual({ from: 100, length: 110 })
  expect(world.at(50).hash()).toBe(whole.world.at(50).hash())
  expect(world.hash()).toBe((await projectFrom(opened)).world.hash())
  const ids = []
  for await (const { id } of opened.read(0, 3)) ids.push(id)
  expect(ids).toEqual(['e0', 'e1', 'e2'])
  expect((await again.list()).map(({ length }) => length)).toEqual([110])

  await again.remove('run:1')
  expect(await again.snapshots?.load('run:1')).toBe(undefined)
  await again.snapshots?.remove('run:1')
  await expect(again.snapshots?.load('../x')).rejects.toMatchObject({ name: 'InputError' })
  await again.close?.()
})
