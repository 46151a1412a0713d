import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createHost, type Warning } from '../host.js'
import type { LedgerEvent } from '../ledger/event.js'
import { openLedger } from '../ledger/open-ledger.js'
import { projectFrom } from '../world/snapshot.js'
import { fileLedgerStore } from './file-ledger-store.js'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'daybook-snapshots-'))
})
afterEach(async () => {
  await rm(folder, { recursive: true, force: true })
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

test('a snapshot lies beside its ledger, is for this user only, and is not taken for a ledger', async () => {
  const store = fileLedgerStore(folder)
  const { snapshots } = store
  const ledger = await openLedger(store, 'run:1')
  await ledger.append(made(100))
  const whole = await projectFrom(ledger, { snapshots, every: 50 })
  await ledger.append(made(10, 100))
  await store.close?.()

  const path = join(folder, 'run-1.snapshot.json')
  expect(JSON.parse(await readFile(path, 'utf8'))).toMatchObject({ ledger: 'run:1', state: { world: { length: 100 } } })
  if (process.platform !== 'win32') expect((await stat(path)).mode & 0o777).toBe(0o600)
  expect((await readdir(folder)).sort()).toEqual(['heads.json', 'run-1.jsonl', 'run-1.snapshot.json'])

  const again = fileLedgerStore(folder)
  expect((await again.list()).map(({ name }) => name)).toEqual(['run:1'])
  const opened = await openLedger(again, 'run:1')
  const { world, from } = await projectFrom(opened, { snapshots: again.snapshots })
  expect({ from, length: world.length }).toEqual({ from: 100, length: 110 })
  expect(world.at(100).hash()).toBe(whole.world.hash())
  expect(world.at(50).hash()).toBe(whole.world.at(50).hash())
  expect(world.hash()).toBe((await projectFrom(opened)).world.hash())
  await again.close?.()
})

test('one that was damaged on the disk is left alone and made anew', async () => {
  const warnings: Warning[] = []
  const host = createHost({ warn: warning => warnings.push(warning) })
  const store = fileLedgerStore(folder, { host })
  const ledger = await openLedger(store, 'run:1')
  await ledger.append(made(100))
  const options = { host, snapshots: store.snapshots, every: 50 }
  const { world } = await projectFrom(ledger, options)
  const path = join(folder, 'run-1.snapshot.json')
  const good = await readFile(path, 'utf8')
  for (const bad of [good.replace('"n":99', '"n":98'), good.slice(0, 200), '', '\0\0\0']) {
    await writeFile(path, bad)
    const found = await projectFrom(ledger, options)
    expect({ from: found.from, hash: found.world.hash() }).toEqual({ from: 0, hash: world.hash() })
    expect(warnings.splice(0)).toMatchObject([{ area: 'snapshot', kind: 'distrusted' }])
    expect(await readFile(path, 'utf8')).toBe(good)
  }
  await store.close?.()
})

test('it goes with its ledger, and a name that is none leads to no file', async () => {
  const store = fileLedgerStore(folder)
  const ledger = await openLedger(store, 'run:1')
  await ledger.append(made(10))
  await Promise.all([1, 2, 3].map(() => projectFrom(ledger, { snapshots: store.snapshots, every: 0 })))
  await store.remove('run:1')
  expect((await readdir(folder)).filter(name => name.startsWith('run-1'))).toEqual([])
  await store.snapshots?.remove('run:1')
  for (const name of ['../x', 'run:a/b', '']) {
    await expect(store.snapshots?.save(name, 'x')).rejects.toMatchObject({ name: 'InputError' })
    await expect(store.snapshots?.load(name)).rejects.toMatchObject({ name: 'InputError' })
    await expect(store.snapshots?.remove(name)).rejects.toMatchObject({ name: 'InputError' })
  }
  await store.close?.()
})
