import { createHash } from 'node:crypto'
import fs, { createReadStream, mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { createHost, type Host, type Warning } from '../host.js'
import type { LedgerEvent } from '../ledger/event.js'
import { openLedger } from '../ledger/open-ledger.js'
import { parseJSONL } from '../ledger/parse-jsonl.js'
import { verifyLedger } from '../ledger/verify.js'
import { ledgerContract } from '../testing/ledger.contract.js'
import { type Disk, realDisk } from './disk.js'
import { type FileLedgerStoreOptions, fileLedgerStore } from './file-ledger-store.js'

const folder = (): string => mkdtempSync(join(tmpdir(), 'daybook-ledgers-'))
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

const numbered = (n: number): LedgerEvent => event(`e${n}`)

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

describe('in files', () => ledgerContract(() => fileLedgerStore(folder()), { test, expect }))

describe('the file', () => {
  test('has a header, a crc on each line and a hash over the bytes of each batch', async () => {
    const place = folder()
    await written(place, [['a', 'b'], ['ü']])
    const [header, a, b, u, rest] = readFileSync(path(place), 'utf8').split('\n') as [
      string,
      string,
      string,
      string,
      string
    ]
    expect(rest).toBe('')
    expect(JSON.parse(header)).toEqual({ daybook: 1, stream: 'run:1', created: expect.stringMatching(/^\d{4}-.*Z$/) })
    for (const line of [a, b, u]) {
      expect(Object.keys(JSON.parse(line)).slice(0, 8)).toEqual([
        'id',
        'type',
        'source',
        'actor',
        'cause',
        'timestamp',
        'data',
        'crc'
      ])
      const body = line.slice(0, line.indexOf(',"crc"'))
      expect(JSON.parse(line).crc).toBe(crc32(body).toString(16).padStart(8, '0'))
    }
    const hash = (text: string): string => createHash('sha256').update(text).digest('hex')
    const first = hash(`${hash(header)}${a}\n${b.slice(0, b.indexOf(',"hash"'))}`)
    expect(JSON.parse(a).hash).toBe(undefined)
    expect(JSON.parse(b).hash).toBe(first)
    expect(JSON.parse(u).hash).toBe(hash(`${first}${u.slice(0, u.indexOf(',"hash"'))}`))
    expect(await verifyLedger(createReadStream(path(place)))).toMatchObject({ ok: true, events: 3 })
  })

  test('is for this user only, as is its folder', async () => {
    const place = join(folder(), 'deep', 'ledgers')
    await written(place, [['a']])
    expect(statSync(path(place)).mode & 0o777).toBe(0o600)
    expect(statSync(place).mode & 0o777).toBe(0o700)
    for (const name of readdirSync(place)) expect(statSync(join(place, name)).mode & 0o077).toBe(0)
  })

  test('is not there for a refused append, and no lock is left behind', async () => {
    const place = folder()
    const store = fileLedgerStore(place)
    await expect(store.append('run:1', [event('a')], { expected: 4 })).rejects.toThrow('0 events where 4')
    await store.close?.()
    expect(readdirSync(place)).toEqual([])
  })

  test('may have been through Windows: BOM, CRLF, blank lines, no last line end', async () => {
    const place = folder()
    await written(place, [['a'], ['b', 'c']])
    const text = readFileSync(path(place), 'utf8')
    const windows = `\ufeff${text.trimEnd().replaceAll('\n', '\r\n\r\n')}`
    writeFileSync(path(place), windows)
    const { host, warnings } = watched()
    expect(await opened(place, { host })).toEqual(['a', 'b', 'c'])
    await written(place, [['d']])
    expect(await opened(place, { host })).toEqual(['a', 'b', 'c', 'd'])
    expect(await verifyLedger(createReadStream(path(place)))).toMatchObject({ ok: true, events: 4 })
    expect(warnings).toEqual([])
  })

  test('of a later time is refused, also in the list', async () => {
    const place = folder()
    writeFileSync(path(place), '{"daybook":2,"stream":"run:1","created":"2030-01-01T00:00:00.000Z"}\n')
    const { host, warnings } = watched()
    await expect(opened(place, { host })).rejects.toMatchObject({ name: 'UnsupportedLedgerVersionError' })
    const store = fileLedgerStore(place, { host })
    await expect(store.append('run:1', [event('a')])).rejects.toMatchObject({ name: 'UnsupportedLedgerVersionError' })
    expect(await store.list()).toEqual([])
    expect(warnings).toMatchObject([{ area: 'ledger' }])
  })

  test('that holds another ledger is refused', async () => {
    const place = folder()
    await written(place, [['a']])
    fs.copyFileSync(path(place), join(place, 'run-2.jsonl'))
    const store = fileLedgerStore(place, watched())
    await expect(store.length('run:2')).rejects.toMatchObject({ name: 'LedgerCorruptError' })
    await expect(store.append('run:2', [event('b')])).rejects.toMatchObject({ name: 'LedgerCorruptError' })
    expect((await store.list()).map(({ name }) => name)).toEqual(['run:1'])
  })

  test('of version 1 is read by every version, and appended to', async () => {
    const golden = (name: string): URL => new URL(`../ledger/golden/${name}`, import.meta.url)
    const text = readFileSync(golden('version-1.jsonl'), 'utf8')
    const events: LedgerEvent[] = JSON.parse(readFileSync(golden('version-1.json'), 'utf8'))
    expect(await verifyLedger(text)).toMatchObject({ ok: true, events: events.length })
    expect((await parseJSONL(text)).events).toEqual(events)

    const place = folder()
    writeFileSync(join(place, 'run-golden.jsonl'), text)
    const { host, warnings } = watched()
    const store = fileLedgerStore(place, { host })
    expect(await store.append('run:golden', events)).toBe(events.length)
    const found: LedgerEvent[] = []
    for await (const one of store.read('run:golden')) found.push(one)
    expect(found).toEqual(events)
    expect(await store.append('run:golden', [event('new')])).toBe(events.length + 1)
    await store.close?.()
    const longer = readFileSync(join(place, 'run-golden.jsonl'), 'utf8')
    expect(longer.startsWith(text)).toBe(true)
    expect(await verifyLedger(longer)).toMatchObject({ ok: true, events: events.length + 1 })
    expect(warnings).toEqual([])
  })

  test('of a later minor version is read', async () => {
    const place = folder()
    writeFileSync(path(place), `{"daybook":1.5,"stream":"run:1","created":"2030-01-01T00:00:00.000Z","more":1}\n`)
    await written(place, [['a']])
    expect(await opened(place)).toEqual(['a'])
  })
})

describe('a torn tail', () => {
  test('is followed by the next append', async () => {
    const place = folder()
    await written(place, [['a'], ['b', 'c']])
    fs.truncateSync(path(place), statSync(path(place)).size - 30)
    const { host, warnings } = watched()
    const store = fileLedgerStore(place, { host })
    expect(await store.append('run:1', [event('d')])).toBe(2)
    await store.close?.()
    expect(await opened(place, { host })).toEqual(['a', 'd'])
    expect(warnings.map(({ kind }) => kind)).toContain('recovered')
    expect(await verifyLedger(createReadStream(path(place)))).toMatchObject({ ok: true, events: 2 })
  })

  test('of zeros or garbage is moved aside too', async () => {
    for (const tail of [Buffer.alloc(5000), Buffer.from('\n\n{"id":"x"\nxx'), Buffer.from([0xff, 0xfe, 10, 13, 0])]) {
      const place = folder()
      await written(place, [['a']])
      fs.appendFileSync(path(place), tail)
      const { host, warnings } = watched()
      expect(await opened(place, { host })).toEqual(['a'])
      expect(warnings.map(({ kind }) => kind)).toContain('recovered')
    }
  })

  test('that is all there is leaves an empty ledger', async () => {
    const place = folder()
    writeFileSync(path(place), '{"daybook":1,"stre')
    const { host, warnings } = watched()
    expect(await opened(place, { host })).toEqual([])
    expect(warnings.length).toBe(1)
    await written(place, [['a']])
    expect(await opened(place)).toEqual(['a'])
  })

  test('is noticed when acknowledged batches are missing as well', async () => {
    const place = folder()
    await written(place, [['a'], ['b']])
    const lines = readFileSync(path(place), 'utf8').split('\n')
    writeFileSync(path(place), `${lines.slice(0, 2).join('\n')}\n`)
    const { host, warnings } = watched()
    expect(await opened(place, { host })).toEqual(['a'])
    expect(warnings.map(({ kind }) => kind)).toEqual(['cut'])
  })
})

describe('damage', () => {
  test('in the middle is named by line, place and event, and refuses reading on and appending', async () => {
    const place = folder()
    await written(place, [['a'], ['b', 'c'], ['d']])
    const text = readFileSync(path(place), 'utf8')
    const offset = text.indexOf('{"id":"c"')
    writeFileSync(path(place), text.replace('object-c', 'object-x'))
    const { host, warnings } = watched()
    const store = fileLedgerStore(place, { host })
    const error = await store.length('run:1').catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ name: 'LedgerCorruptError', kind: 'ledger', data: { line: 4, offset, id: 'c' } })
    // Nothing says that events are missing: they are there, and cannot be believed.
    expect(warnings).toEqual([])
    await expect(store.append('run:1', [event('e')])).rejects.toMatchObject({ name: 'LedgerCorruptError' })
    await store.close?.()
    expect(readdirSync(place).filter(name => name.includes('.corrupt-'))).toEqual([])
    fs.rmSync(join(place, 'heads.json'))
    expect(await fileLedgerStore(place, { host }).list()).toMatchObject([{ name: 'run:1', length: 1 }])
  })

  test('can be read up to by who asks for it', async () => {
    const place = folder()
    await written(place, [['a'], ['b', 'c'], ['d']])
    writeFileSync(path(place), readFileSync(path(place), 'utf8').replace('object-c', 'object-x'))
    const { host, warnings } = watched()
    expect(await opened(place, { host, damaged: 'read' })).toEqual(['a'])
    expect(warnings.map(({ kind }) => kind)).toContain('damaged')
    const store = fileLedgerStore(place, { host, damaged: 'read' })
    await expect(store.append('run:1', [event('e')])).rejects.toMatchObject({ name: 'LedgerCorruptError' })
  })

  test('of an edit with a new crc is found by the hash', async () => {
    const place = folder()
    await written(place, [['a'], ['b'], ['c']])
    const lines = readFileSync(path(place), 'utf8').split('\n')
    const [body, tail] = (lines[2] as string).replace('object-b', 'object-x').split(',"crc":"') as [string, string]
    lines[2] = `${body},"crc":"${crc32(body).toString(16).padStart(8, '0')}${tail.slice(8)}`
    writeFileSync(path(place), lines.join('\n'))
    await expect(opened(place, watched())).rejects.toMatchObject({ name: 'LedgerCorruptError', data: { line: 3 } })
  })
})

describe('a disk', () => {
  const failing = (code: string): Error => Object.assign(new Error(`${code}: it does not work`), { code })

  /** A disk with a fault that can be switched on. */
  function faulty(fault: 'write' | 'short write' | 'sync', code: string): Disk & { broken: boolean } {
    const real = realDisk()
    const disk = {
      broken: false,
      write(fd: number, bytes: Uint8Array, position: number): number {
        if (disk.broken && fault === 'write') throw failing(code)
        if (!disk.broken || fault !== 'short write') return real.write(fd, bytes, position)
        if (bytes.length < 20) throw failing(code)
        return real.write(fd, bytes.subarray(0, bytes.length >> 1), position)
      },
      sync(fd: number, alone: boolean) {
        if (disk.broken && fault === 'sync') throw failing(code)
        return real.sync(fd, alone)
      }
    }
    return disk
  }

  for (const fault of ['write', 'short write', 'sync'] as const) {
    test(`that fails in ${fault} refuses the append, keeps nothing of it, and takes the next`, async () => {
      const place = folder()
      const disk = faulty(fault, 'ENOSPC')
      const { host, warnings } = watched()
      const store = fileLedgerStore(place, { host, disk })
      const ledger = await openLedger(store, 'run:1', { host })
      const seen: string[] = []
      ledger.subscribe(({ id }) => seen.push(id))
      disk.broken = true
      await expect(ledger.append([event('first')])).rejects.toMatchObject({ name: 'LedgerWriteError', kind: 'ledger' })
      disk.broken = false
      await ledger.append([event('a')])
      const before = readFileSync(path(place))
      disk.broken = true
      const error = await ledger.append([event('b'), event('c')]).catch((thrown: unknown) => thrown)
      expect(error).toMatchObject({ name: 'LedgerWriteError', hint: expect.stringContaining('free some space') })
      expect(readFileSync(path(place)).equals(before)).toBe(true)
      expect(ledger.length).toBe(1)
      disk.broken = false
      expect(await ledger.append([event('b'), event('d')])).toBe(3)
      expect(seen).toEqual(['a', 'b', 'd'])
      await store.close?.()
      expect(await opened(place)).toEqual(['a', 'b', 'd'])
      expect(warnings).toEqual([])
    })
  }

  test('is synced after the write and before the acknowledgement, once for appends made at once', async () => {
    const steps: string[] = []
    const real = realDisk()
    const store = fileLedgerStore(folder(), {
      disk: {
        write(fd, bytes, position) {
          steps.push('write')
          return real.write(fd, bytes, position)
        },
        async sync(fd, alone) {
          await real.sync(fd, alone)
          steps.push('synced')
        }
      }
    })
    await store.append('run:1', [event('a')]).then(() => steps.push('acknowledged'))
    await Promise.all([1, 2, 3].map(n => store.append('run:1', [numbered(n)]).then(() => steps.push('acknowledged'))))
    await store.close?.()
    const once = ['write', 'synced', 'acknowledged']
    expect(steps).toEqual([...once, ...once, 'acknowledged', 'acknowledged'])
  })
})

describe('a long ledger', () => {
  test('is read from its middle without reading what is before', async () => {
    const place = folder()
    const store = fileLedgerStore(place)
    const ledger = await openLedger(store, 'run:1')
    for (let n = 0; n < 100; n++) {
      await ledger.append(Array.from({ length: 100 }, (_, part) => event(`e${100 * n + part}`, 'x'.repeat(500))))
    }
    // What is not read cannot be missed: everything before is blanked.
    const bytes = readFileSync(path(place))
    const fd = fs.openSync(path(place), 'r+')
    fs.writeSync(fd, Buffer.alloc(bytes.length - 200_000, 10), 0, bytes.length - 200_000, 0)
    const found: string[] = []
    for await (const { id } of ledger.read(9_990, 9_995)) found.push(id)
    expect(found).toEqual([0, 1, 2, 3, 4].map(n => `e${9_990 + n}`))
    fs.writeSync(fd, bytes, 0, bytes.length, 0)
    fs.closeSync(fd)
    await store.close?.()
    expect((await opened(place)).length).toBe(10_000)
  })
})

describe('a dialog of 200 turns', () => {
  const said = (n: number): string => Array.from({ length: 400 }, (_, word) => (n * 7919 + word) % 9973).join(' ')
  const turn = (n: number, messages: readonly object[], text: string): LedgerEvent[] =>
    [
      { ...event(`q${n}`), type: 'llm.request', data: { model: 'm', messages: [...messages] } },
      { ...event(`a${n}`), type: 'llm.response', data: { text, message: { role: 'assistant', content: text } } }
    ] as unknown as LedgerEvent[]

  async function dialog(place: string, turns: number, anew: boolean): Promise<LedgerEvent[]> {
    const written: LedgerEvent[] = []
    const messages: object[] = []
    let store = fileLedgerStore(place)
    for (let n = 0; n < turns; n++) {
      const text = said(2 * n + 1)
      messages.push({ role: 'user', content: said(2 * n) })
      for (const one of turn(n, messages, text)) {
        await store.append('run:1', [one])
        written.push(one)
      }
      messages.push({ role: 'assistant', content: text })
      if (!anew) continue
      await store.close?.()
      store = fileLedgerStore(place)
    }
    await store.close?.()
    return written
  }

  test.each([
    ['in one process', 200, false],
    ['that goes on in a new process each time', 60, true]
  ])('%s is as long as what was said', async (_name, turns, anew) => {
    const place = folder()
    const written = await dialog(place, turns, anew)
    const once = Array.from({ length: 2 * turns }, (_, n) => said(n).length).reduce((sum, length) => sum + length, 0)
    expect(statSync(path(place)).size).toBeLessThan(once * 1.5)
    const read: LedgerEvent[] = []
    for await (const one of fileLedgerStore(place).read('run:1')) read.push(one)
    expect(read).toEqual(written)
    expect(await verifyLedger(readFileSync(path(place), 'utf8'))).toMatchObject({ ok: true, events: 2 * turns })
  })

  test('goes on where another process has written, and after a write that the disk refused', async () => {
    const place = folder()
    let broken = false
    const disk: Disk = {
      ...realDisk(),
      write: (...given) => {
        if (broken) throw Object.assign(new Error('no space'), { code: 'ENOSPC' })
        return realDisk().write(...given)
      }
    }
    const [one, other] = [fileLedgerStore(place, { disk }), fileLedgerStore(place)]
    const messages = [0, 1, 2, 3].map(n => ({ role: 'user', content: said(n) }))
    const [first, second, third, fourth] = messages.map((_, n) => turn(n, messages.slice(0, n + 1), said(9 + n))) as [
      LedgerEvent[],
      LedgerEvent[],
      LedgerEvent[],
      LedgerEvent[]
    ]
    await one.append('run:1', first)
    broken = true
    await expect(one.append('run:1', second)).rejects.toMatchObject({ kind: 'ledger' })
    broken = false
    await one.append('run:1', third)
    await other.append('run:1', second)
    await one.append('run:1', fourth)
    await Promise.all([one, other].map(store => store.close?.()))
    const read: LedgerEvent[] = []
    for await (const event of fileLedgerStore(place).read('run:1')) read.push(event)
    expect(read).toEqual([...first, ...third, ...second, ...fourth])
  })
})

describe('the list', () => {
  test('knows lengths from heads.json without reading the ledgers, and reads those that have changed', async () => {
    const place = folder()
    await written(place, [['a'], ['b']])
    const heads = JSON.parse(readFileSync(join(place, 'heads.json'), 'utf8'))
    const last = JSON.parse(readFileSync(path(place), 'utf8').trimEnd().split('\n').at(-1) as string)
    expect(heads).toEqual({
      daybook: 1,
      heads: { 'run:1': { length: 2, hash: last.hash, bytes: statSync(path(place)).size } }
    })
    heads.heads['run:1'].length = 77
    writeFileSync(join(place, 'heads.json'), JSON.stringify(heads))
    expect(await fileLedgerStore(place).list()).toMatchObject([{ name: 'run:1', length: 77 }])
    heads.heads['run:1'].bytes = 1
    writeFileSync(join(place, 'heads.json'), JSON.stringify(heads))
    expect(await fileLedgerStore(place, watched()).list()).toMatchObject([{ name: 'run:1', length: 2 }])
  })

  test('is not troubled by other files, and removing a ledger removes all of it', async () => {
    const place = folder()
    await written(place, [['a']])
    fs.appendFileSync(path(place), 'torn')
    for (const name of ['notes.txt', 'empty.jsonl', 'other.jsonl', 'run-9.jsonl.lock'])
      writeFileSync(join(place, name), '')
    writeFileSync(join(place, 'other.jsonl'), '{"a":1}\n')
    writeFileSync(join(place, 'heads.json'), 'spoilt')
    const store = fileLedgerStore(place, watched())
    expect((await store.list()).map(({ name }) => name)).toEqual(['run:1'])
    await store.remove('run:1')
    await store.close?.()
    expect(readdirSync(place).filter(name => name.startsWith('run-1'))).toEqual([])
  })
})
