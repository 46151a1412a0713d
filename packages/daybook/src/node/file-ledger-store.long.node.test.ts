import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import fs, { createReadStream, existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { build } from 'vite'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createHost, type Warning } from '../host.js'
import type { LedgerEvent } from '../ledger/event.js'
import { openLedger } from '../ledger/open-ledger.js'
import { verifyLedger } from '../ledger/verify.js'
import { fileLedgerStore } from './file-ledger-store.js'

// Other processes run plain Node, so they get the store as one bundled file and a few lines of program.
const home = mkdtempSync(join(tmpdir(), 'daybook-processes-'))
const children = new Set<ChildProcess>()

beforeAll(async () => {
  await build({
    configFile: false,
    logLevel: 'silent',
    ssr: { noExternal: true, resolve: { conditions: ['@daybook/source', 'node'] } },
    build: {
      ssr: fileURLToPath(new URL('./file-ledger-store.ts', import.meta.url)),
      outDir: home,
      emptyOutDir: false,
      rolldownOptions: { output: { entryFileNames: 'store.mjs' } }
    }
  })
  fs.chmodSync(home, 0o755)
}, 60_000)

afterAll(() => {
  for (const child of children) child.kill('SIGKILL')
  fs.rmSync(home, { recursive: true, force: true })
})

const event = `id => ({ id, type: 'object.created', source: 'run:1', actor: 'test', cause: [],
  timestamp: '2026-11-21T10:00:00.000Z', data: { id, type: 'Task', data: {} } })`

/** Runs a program that has `store` and `event`, in a folder of ledgers. */
function run(place: string, program: string, options: { uid?: number; gid?: number } = {}): ChildProcess {
  const file = join(home, `program-${children.size}.mjs`)
  writeFileSync(
    file,
    `import { fileLedgerStore } from './store.mjs'
     const store = fileLedgerStore(${JSON.stringify(place)})
     const event = ${event}
     const say = text => process.stdout.write(text + '\\n')
     ${program}`
  )
  const child = spawn(process.execPath, [file], { stdio: ['pipe', 'pipe', 'inherit'], ...options })
  children.add(child)
  return child
}

function lines(child: ChildProcess): AsyncIterable<string> {
  return createInterface({ input: child.stdout as NodeJS.ReadableStream })
}

async function output(child: ChildProcess): Promise<string[]> {
  const ended = once(child, 'close')
  const found: string[] = []
  for await (const line of lines(child)) found.push(line)
  await ended
  return found
}

const folder = (): string => mkdtempSync(join(tmpdir(), 'daybook-ledgers-'))
const path = (place: string): string => join(place, 'run-1.jsonl')

async function read(place: string, warnings: Warning[] = []): Promise<string[]> {
  const store = fileLedgerStore(place, { host: createHost({ warn: warning => warnings.push(warning) }) })
  const found: string[] = []
  expect(await store.length('run:1')).toBeGreaterThanOrEqual(0)
  for await (const { id } of store.read('run:1')) found.push(id)
  await store.close?.()
  return found
}

test('a killed process loses nothing that was acknowledged and leaves a ledger that opens', async () => {
  const place = folder()
  const acknowledged: string[] = []
  const random = seeded(11)
  for (let cycle = 0; cycle < 30; cycle++) {
    const child = run(
      place,
      `for (let n = 0; ; n++) {
         const ids = Array.from({ length: 1 + n % 5 }, (_, part) => '${cycle}-' + n + '-' + part)
         await store.append('run:1', ids.map(event))
         say(ids.join(' '))
       }`
    )
    const wanted = 1 + Math.floor(random() * 60)
    let heard = 0
    for await (const line of lines(child)) {
      acknowledged.push(...line.split(' '))
      // Not at an acknowledgement, but somewhere in one of the appends behind it.
      if (++heard === wanted) setTimeout(() => child.kill('SIGKILL'), random() * 3)
    }
  }
  const found = await read(place)
  expect(new Set(found).size).toBe(found.length)
  expect(acknowledged.length).toBeGreaterThan(500)
  const there = new Set(found)
  expect(acknowledged.filter(id => !there.has(id))).toEqual([])
  // What was acknowledged stands in its order, and whole batches are there that nobody could be told of.
  const known = new Set(acknowledged)
  expect(found.filter(id => known.has(id))).toEqual(acknowledged)
  expect(found.length - acknowledged.length).toBeLessThanOrEqual(30 * 10)
  expect(await verifyLedger(createReadStream(path(place)))).toMatchObject({ ok: true, events: found.length })
}, 120_000)

test('four processes that append to one ledger lose nothing and keep their order', async () => {
  const place = folder()
  const writers = ['a', 'b', 'c', 'd'].map(name =>
    output(
      run(
        place,
        `let last = 0
         for (let n = 0; n < 200; n++) {
           const length = await store.append('run:1', [event('${name}' + n)])
           if (length <= last) throw new Error('The length did not grow.')
           last = length
         }
         await store.close()
         say('done')`
      )
    )
  )
  expect(await Promise.all(writers)).toEqual([['done'], ['done'], ['done'], ['done']])
  const found = await read(place)
  expect(found.length).toBe(800)
  for (const name of ['a', 'b', 'c', 'd']) {
    expect(found.filter(id => id.startsWith(name))).toEqual(Array.from({ length: 200 }, (_, n) => `${name}${n}`))
  }
  expect(await verifyLedger(createReadStream(path(place)))).toMatchObject({ ok: true, events: 800 })
  expect(readdirSync(place).sort()).toEqual(['heads.json', 'run-1.jsonl'])
}, 120_000)

test('of processes that race on one length, exactly one wins', async () => {
  const place = folder()
  const racers = Array.from({ length: 4 }, (_, racer) =>
    output(
      run(
        place,
        `for (let round = 0; round < 20; round++) {
           while (await store.length('run:1') < round);
           const outcome = await store.append('run:1', [event('${racer}-' + round)], { expected: round })
             .then(() => 'won', error => error.name + ' ' + JSON.stringify(error.data))
           say(round + ' ' + outcome)
         }
         await store.close()`
      )
    )
  )
  const outcomes = (await Promise.all(racers)).flat()
  for (let round = 0; round < 20; round++) {
    const of = outcomes.filter(line => line.startsWith(`${round} `))
    expect(of.filter(line => line.endsWith(' won')).length).toBe(1)
    expect(of.length).toBe(4)
    for (const line of of.filter(line => !line.endsWith(' won'))) {
      const { expected, actual } = JSON.parse(line.slice(line.indexOf('{')))
      expect(line).toContain('WrongExpectedVersionError')
      expect(expected).toBe(round)
      expect(actual).toBeGreaterThan(round)
    }
  }
}, 120_000)

test('a subscriber hears each event of another process once, in order, as it comes', async () => {
  const place = folder()
  const store = fileLedgerStore(place)
  const ledger = await openLedger(store, 'run:1')
  const heard: string[] = []
  let done: () => void
  const all = new Promise<void>(resolve => {
    done = resolve
  })
  ledger.subscribe(({ id }, position) => {
    expect(position).toBe(heard.length)
    heard.push(id)
    if (heard.length === 300) done()
  })
  const child = run(
    place,
    `for (let n = 0; n < 100; n++) await store.append('run:1', ['x', 'y', 'z'].map(part => event(part + n)))
     await store.close()`
  )
  await Promise.all([output(child), all])
  expect(heard).toEqual(Array.from({ length: 300 }, (_, n) => `${'xyz'[n % 3]}${Math.floor(n / 3)}`))
  expect(ledger.length).toBe(300)
  await ledger.append([JSON.parse(JSON.stringify({ ...sample, id: 'mine' }))])
  expect(heard.at(-1)).toBe('mine')
  await store.close?.()
}, 60_000)

test('a lock that a killed process has left is taken over at once', async () => {
  const place = folder()
  const child = run(
    place,
    `await store.append('run:1', [event('a')])
     const until = Date.now() + 1e6
     say('holds')
     while (Date.now() < until);`
  )
  for await (const line of lines(child)) {
    expect(line).toBe('holds')
    expect(existsSync(`${path(place)}.lock`)).toBe(true)
    child.kill('SIGKILL')
  }
  expect(existsSync(`${path(place)}.lock`)).toBe(true)
  const store = fileLedgerStore(place)
  const start = performance.now()
  expect(await store.append('run:1', [{ ...sample, id: 'b' }])).toBe(2)
  expect(performance.now() - start).toBeLessThan(5_000)
  await store.close?.()
}, 30_000)

test('a lock whose maker was killed before it could write its name is taken over within a second', async () => {
  const place = folder()
  const store = fileLedgerStore(place)
  await store.append('run:1', [{ ...sample, id: 'a' }])
  await store.close?.()
  for (const name of ['lock', 'running']) writeFileSync(`${path(place)}.${name}`, '')
  const since = performance.now()
  const again = fileLedgerStore(place)
  const [release, length] = await Promise.all([again.hold?.('run:1'), again.append('run:1', [{ ...sample, id: 'b' }])])
  expect(length).toBe(2)
  expect(performance.now() - since).toBeLessThan(4000)
  release?.()
  await again.close?.()
  expect(readdirSync(place).sort()).toEqual(['heads.json', 'run-1.jsonl'])
})

test('a lock whose process id was given to another program is taken over', async () => {
  const place = folder()
  const first = fileLedgerStore(place)
  await first.append('run:1', [{ ...sample, id: 'a' }])
  const lock = JSON.parse(readFileSync(`${path(place)}.lock`, 'utf8'))
  await first.close?.()
  // Alive, of this machine, and not who took the lock.
  const other = run(place, `say('alive'); setInterval(() => {}, 1000)`)
  await once(other.stdout as NodeJS.ReadableStream, 'data')
  writeFileSync(`${path(place)}.lock`, JSON.stringify({ ...lock, pid: other.pid }))
  const store = fileLedgerStore(place)
  expect(await store.append('run:1', [{ ...sample, id: 'b' }])).toBe(2)
  await store.close?.()
  other.kill('SIGKILL')
}, 30_000)

test('a ledger that a living process keeps locked is waited for, and refused in the end', async () => {
  const place = folder()
  fs.mkdirSync(place, { recursive: true })
  const child = run(
    place,
    `import fs from 'node:fs'
     await store.append('run:1', [event('a')])
     say('holds')
     const until = Date.now() + 700
     while (Date.now() < until);`
  )
  for await (const line of lines(child)) {
    expect(line).toBe('holds')
    const impatient = fileLedgerStore(place, { lockTimeoutMs: 50 })
    await expect(impatient.append('run:1', [{ ...sample, id: 'b' }])).rejects.toMatchObject({
      name: 'LedgerLockedError',
      retryable: true
    })
    const patient = fileLedgerStore(place)
    expect(await patient.append('run:1', [{ ...sample, id: 'b' }])).toBe(2)
    await Promise.all([impatient.close?.(), patient.close?.()])
  }
}, 30_000)

test('a folder that may only be read can be read, and refuses an append', async () => {
  if (process.getuid?.() !== 0) return // only root can become somebody who may not
  const place = folder()
  const store = fileLedgerStore(place)
  await store.append('run:1', [{ ...sample, id: 'a' }])
  await store.close?.()
  fs.chmodSync(path(place), 0o644)
  fs.chmodSync(place, 0o555)
  const found = await output(
    run(
      place,
      `for await (const { id } of store.read('run:1')) say(id)
       say(String(await store.length('run:1')))
       say(JSON.stringify((await store.list()).map(one => one.length)))
       await store.append('run:1', [event('b')]).catch(error => say(error.name + ' ' + error.hint))
       await store.close()`,
      { uid: 65534, gid: 65534 }
    )
  )
  expect(found).toEqual(['a', '1', '[1]', 'LedgerWriteError This user may not write there.'])
}, 30_000)

const sample = {
  id: 'sample',
  type: 'object.created',
  source: 'run:1',
  actor: 'test',
  cause: [],
  timestamp: '2026-11-21T10:00:00.000Z',
  data: { id: 'sample', type: 'Task', data: {} }
} as unknown as LedgerEvent

/** Numbers in [0, 1) that are the same in every run. */
function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}
