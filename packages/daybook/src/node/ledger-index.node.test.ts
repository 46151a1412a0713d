import { appendFile, mkdtemp, open, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createHost, type Warning } from '../host.js'
import type { LedgerEvent } from '../ledger/event.js'
import type { LedgerStore } from '../ledger/store.js'
import { fileLedgerStore } from './file-ledger-store.js'

let folder: string
let path: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'daybook-index-'))
  path = join(folder, 'run-1.jsonl')
})
afterEach(async () => {
  await rm(folder, { recursive: true, force: true })
})

const text = 'a long text 蓝 '.repeat(4000)
const made = (count: number, from = 0): LedgerEvent[] =>
  Array.from(
    { length: count },
    (_, n) =>
      ({
        ...{ id: `x.made-${from + n}`, type: 'x.made', source: 'run:1', actor: 'test', cause: [] },
        ...{ timestamp: '2026-11-21T10:00:00.000Z', data: { n: from + n, text } }
      }) as unknown as LedgerEvent
  )

function process(): { store: LedgerStore; warnings: Warning[] } {
  const warnings: Warning[] = []
  return { store: fileLedgerStore(folder, { host: createHost({ warn: warning => warnings.push(warning) }) }), warnings }
}

async function written(count = 100): Promise<void> {
  const { store } = process()
  for (let from = 0; from < count; from += 5) await store.append('run:1', made(5, from))
  await store.close?.()
}

async function read(store: LedgerStore): Promise<LedgerEvent[]> {
  const events: LedgerEvent[] = []
  for await (const event of store.read('run:1')) events.push(event)
  return events
}

async function overwrite(file: string, at: number, bytes: string): Promise<void> {
  const handle = await open(file, 'r+')
  await handle.write(Buffer.from(bytes), 0, bytes.length, at)
  await handle.close()
}

test('a long ledger has an index beside it, and is the same ledger with it', async () => {
  await written()
  const index = `${path}.index`
  if (globalThis.process.platform !== 'win32') expect((await stat(index)).mode & 0o777).toBe(0o600)
  const { store, warnings } = process()
  expect((await store.list()).map(({ name, length }) => ({ name, length }))).toEqual([{ name: 'run:1', length: 100 }])
  expect(await store.length('run:1')).toBe(100)
  const head = await store.head?.('run:1')
  // A repeated append, one with another content, and a part of one that is there.
  expect(await store.append('run:1', made(5, 20))).toBe(100)
  const other = { ...(made(1, 33)[0] as LedgerEvent), actor: 'other' }
  await expect(store.append('run:1', [other])).rejects.toMatchObject({ name: 'DuplicateEventError' })
  expect(await store.append('run:1', made(10, 95), { expected: 100 })).toBe(105)
  expect(await read(store)).toEqual(made(105))
  expect(warnings).toEqual([])
  await store.close?.()

  await rm(index)
  const whole = process()
  expect(await whole.store.length('run:1')).toBe(105)
  expect(await whole.store.head?.('run:1')).not.toBe(head)
  const [all] = [await whole.store.head?.('run:1')]
  await whole.store.close?.()
  expect((await readdir(folder)).includes('run-1.jsonl.index'), 'it is made anew').toBe(true)
  const again = process()
  expect(await again.store.head?.('run:1')).toBe(all)
  await again.store.remove('run:1')
  expect((await readdir(folder)).filter(file => file.startsWith('run-1'))).toEqual([])
  await again.store.close?.()
})

test('what was written since, and what was torn, is found behind it', async () => {
  await written()
  const index = await readFile(`${path}.index`)
  const more = process()
  await more.store.append('run:1', made(5, 100))
  await more.store.close?.()
  expect((await readFile(`${path}.index`)).equals(index), 'little was added').toBe(true)
  await appendFile(path, '{"id":"x.made-105","type"')
  const { store, warnings } = process()
  expect(await store.append('run:1', made(1, 105))).toBe(106)
  expect(await read(store)).toEqual(made(106))
  expect(warnings).toMatchObject([{ kind: 'recovered' }])
  await store.close?.()
})

test('a ledger that was changed before the end of its index is read whole, and its damage is found', async () => {
  await written()
  const whole = await readFile(path)
  const at = whole.indexOf('"n":40')
  for (const change of ['"n":41', '"m":40']) {
    await overwrite(path, at, change)
    const { store, warnings } = process()
    await expect(store.append('run:1', made(1, 100))).rejects.toMatchObject({ name: 'LedgerCorruptError' })
    expect(warnings.map(({ kind }) => kind)).toContain('index')
    await store.close?.()
  }
  await writeFile(path, whole)
  // Cut at a good place, it is a shorter ledger.
  const lines = whole.toString().split('\n')
  await truncate(path, Buffer.byteLength(`${lines.slice(0, 81).join('\n')}\n`))
  const { store, warnings } = process()
  expect(await store.length('run:1')).toBe(80)
  expect(warnings.map(({ kind }) => kind)).toContain('cut')
  await store.close?.()
})

test('one that is damaged, foreign or of another ledger is left alone with one warning', async () => {
  await written()
  const index = await readFile(`${path}.index`)
  const changed = Buffer.from(index)
  changed[index.length >> 1] = (changed[index.length >> 1] as number) ^ 1
  for (const bad of [changed, index.subarray(0, 300), Buffer.alloc(0), Buffer.from('{}\n')]) {
    await writeFile(`${path}.index`, bad)
    const { store, warnings } = process()
    expect(await store.length('run:1')).toBe(100)
    expect(await store.append('run:1', made(3, 97))).toBe(100)
    expect(warnings).toMatchObject([{ area: 'ledger', kind: 'index' }])
    await store.close?.()
    const next = process()
    expect(await next.store.length('run:1')).toBe(100)
    expect(next.warnings, 'it was made anew').toEqual([])
    await next.store.close?.()
  }
})

test('a ledger that was put in the place of the one that was noted is known by its hashes', async () => {
  await written()
  const { store } = process()
  await store.append('run:1', made(1, 100))
  await store.close?.()
  const heads = join(folder, 'heads.json')
  const noted = await readFile(heads, 'utf8')
  const { hash } = JSON.parse(noted).heads['run:1']
  await writeFile(heads, noted.replace(hash, 'x'.repeat(hash.length)))
  const opened = process()
  expect(await opened.store.length('run:1')).toBe(101)
  expect(opened.warnings).toMatchObject([{ kind: 'rewritten' }])
  await opened.store.close?.()
})
