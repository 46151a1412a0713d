import fs, { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createHost, type Host, type Warning } from '../host.js'
import type { LedgerEvent } from '../ledger/event.js'
import { openLedger } from '../ledger/open-ledger.js'
import { type FileLedgerStoreOptions, fileLedgerStore } from './file-ledger-store.js'

const folder = (): string => mkdtempSync(join(tmpdir(), 'daybook-ledgers-'))
/** For tests of many files: in memory where there is such a place, since a busy disk takes 10 ms to sync. */
const scratch = (): string => mkdtempSync(join(fs.existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'daybook-ledgers-'))
const path = (place: string): string => join(place, 'run-1.jsonl')

function event(id: string, text = 'x'): LedgerEvent {
  return {
    id,
    type: 'object.created',
    source: 'run:1',
    actor: 'test',
    cause: [],
    timestamp: '2026-11-21T10:00:00.000Z',
    data: { id: `object-${id}`, type: 'Task', data: { text } }
  } as LedgerEvent
}

const _numbered = (n: number): LedgerEvent => event(`e${n}`)

interface Watched {
  readonly host: Host
  readonly warnings: Warning[]
}

function watched(): Watched {
  const warnings: Warning[] = []
  return { warnings, host: createHost({ warn: warning => warnings.push(warning) }) }
}

/** Appends each batch of ids and closes. */
async function written(place: string, batches: readonly (readonly string[])[]): Promise<void> {
  const store = fileLedgerStore(place)
  const ledger = await openLedger(store, 'run:1')
  for (const ids of batches) await ledger.append(ids.map(id => event(id)))
  await store.close?.()
}

/** Opens the ledger anew and reads all of it. */
async function opened(place: string, options: FileLedgerStoreOptions = {}): Promise<string[]> {
  const store = fileLedgerStore(place, options)
  try {
    const ledger = await openLedger(store, 'run:1', options)
    const ids: string[] = []
    for await (const { id } of ledger.read()) ids.push(id)
    expect(ids.length).toBe(ledger.length)
    return ids
  } finally {
    await store.close?.()
  }
}

// Hundreds of files, each opened and read: every way in which the end of a file can be lost, and many in which a bit can.

test('a torn tail is moved aside wherever the last batch was cut, and the batches before it are whole', async () => {
  const original = folder()
  await written(original, [['a'], ['b', 'c'], ['d', 'e']])
  const bytes = readFileSync(path(original))
  const ends = [...bytes.entries()].filter(([, byte]) => byte === 10).map(([at]) => at + 1)
  const wholeTo = (size: number, lines: number): boolean => size >= (ends[lines - 1] as number) - 1

  for (let cut = 1; cut <= 600; cut++) {
    const place = scratch()
    const size = bytes.length - cut
    writeFileSync(path(place), bytes.subarray(0, size))
    const { host, warnings } = watched()
    const expected = wholeTo(size, 6) ? 'abcde' : wholeTo(size, 4) ? 'abc' : wholeTo(size, 2) ? 'a' : ''
    expect((await opened(place, { host })).join('')).toBe(expected)

    const aside = readdirSync(place).filter(name => name.includes('.corrupt-'))
    const torn = Buffer.concat(aside.map(name => readFileSync(join(place, name))))
    expect(warnings.length).toBe(aside.length)
    expect(Buffer.concat([readFileSync(path(place)), torn]).equals(bytes.subarray(0, size))).toBe(true)
    fs.rmSync(place, { recursive: true })
  }
})

test('damage of one bit anywhere is never silent', async () => {
  const original = folder()
  await written(original, [['a'], ['b', 'ü'], ['d', 'e', 'f'], ['g']])
  const bytes = readFileSync(path(original))
  const random = seeded(7)
  for (let trial = 0; trial < 500; trial++) {
    const place = scratch()
    const flipped = Buffer.from(bytes)
    const at = Math.floor(random() * bytes.length)
    flipped[at] = (flipped[at] as number) ^ (1 << Math.floor(random() * 8))
    writeFileSync(path(place), flipped)
    const { host, warnings } = watched()
    const outcome = await opened(place, { host }).catch((error: Error) => error)
    if (outcome instanceof Error) expect(outcome.name).toMatch(/^(LedgerCorrupt|UnsupportedLedgerVersion)Error$/)
    else {
      expect(
        warnings.map(({ kind }) => kind),
        `bit of byte ${at}`
      ).toContain('recovered')
      expect('abüdefg').toContain(outcome.join(''))
      const aside = readdirSync(place).filter(name => name.includes('.corrupt-'))
      expect(aside.length).toBe(1)
    }
    fs.rmSync(place, { recursive: true })
  }
})

/** Numbers in [0, 1) that are the same in every run. */
function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}
