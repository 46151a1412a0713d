/**
 * One ledger in one file. Appends made at once share one write and one sync. The lock is kept while there is work and
 * let go of soon after, so that other processes get their turn.
 */
import fs from 'node:fs'
import { open, readdir, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { DaybookError, LedgerWriteError } from '../errors.js'
import type { Host } from '../host.js'
import { admit } from '../ledger/admit.js'
import { formatVersion, headerLine, type LedgerHeader, type WrittenBatch, writeBatch } from '../ledger/chain.js'
import type { LedgerEvent } from '../ledger/event.js'
import { NotHeldError, packer } from '../ledger/packed.js'
import type { Appended } from '../ledger/store.js'
import { batchesOf, beginning, type Findings, nodeChecksums, type Place } from './batches.js'
import { codeOf, type Disk, makeFolder, syncFolder, writeAll } from './disk.js'
import type { Heads } from './heads.js'
import { corrupt, indexPathOf, type KnownFile, knownFile, sizeOf } from './known-file.js'
import { lanes } from './lanes.js'
import { removeIndex } from './ledger-index.js'
import { type Lock, takeLock, tryLock } from './lock.js'

export interface LedgerFile {
  append(events: readonly LedgerEvent[], expected: number | undefined): Promise<number>
  read(from: number, to: number): AsyncIterable<LedgerEvent>
  length(): Promise<number>
  /** The hash of the last batch; undefined where there is none. */
  head(): Promise<string | undefined>
  /** How many bytes are known, for who wants to see whether others have written. */
  readonly bytes: number
  /** Whether this process writes to it. */
  readonly writing: boolean
  remove(): Promise<void>
  /** Writes what is pending and lets go of the lock. */
  close(): Promise<void>
}

export interface LedgerFileOptions {
  readonly path: string
  readonly name: string
  readonly host: Host
  readonly disk: Disk
  readonly heads: Heads
  readonly lockTimeoutMs: number
  readonly tolerant: boolean
  changed(appended: Appended): void
}

/** How long the lock is kept while others wait for it, and how long when there is nothing to do. */
const leaseMs = 50
const lingerMs = 10
/** So much is written at once, in characters. */
const groupSize = 16e6

/** A dialog goes on from one of the last so many events, if it does. */
const recalled = 32

/** How long it is taken for granted that the lock is still ours: far less than others wait before they take it over. */
const trustMs = 500

interface Hold {
  readonly lock: Lock
  readonly fd: number
  readonly since: number
  /** When it was last seen to be ours, by the clock on the wall: the other one stands still while a machine sleeps. */
  seen: number
}

interface Job {
  readonly events: readonly LedgerEvent[]
  readonly expected: number | undefined
  resolve(length: number): void
  reject(error: unknown): void
}

interface Group {
  readonly header: LedgerHeader | undefined
  readonly batches: readonly (WrittenBatch & { readonly events: readonly LedgerEvent[] })[]
  readonly text: string
  readonly jobs: readonly Job[]
  /** What each job is told once the group is on the disk. */
  readonly outcomes: readonly ({ readonly length: number } | { readonly error: unknown })[]
}

export function ledgerFile(options: LedgerFileOptions): LedgerFile {
  const { path, name, host, disk, heads, lockTimeoutMs, tolerant, changed } = options
  const lockPath = `${path}.lock`
  const known: KnownFile = knownFile({ path, name, host, tolerant, head: () => heads.get(name) })
  const lane = lanes()
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => lane('', work)
  let queue: Job[] = []
  let scheduled = false
  let hold: Hold | undefined
  let lastUse = 0
  let lookedForOthers = 0
  let lingering: NodeJS.Timeout | undefined
  const packed = packer()
  let packedOf = -1

  async function takeHold(): Promise<Hold> {
    if (hold && isOurs(hold)) return hold
    drop()
    const lock = await lockIn(dirname(path))
    try {
      await known.refresh(true)
      if (known.damage) throw corrupt(path, known.damage)
      const fd = fs.openSync(path, fs.constants.O_RDWR | fs.constants.O_CREAT, 0o600)
      hold = { lock, fd, since: performance.now(), seen: Date.now() }
      return hold
    } catch (error) {
      lock.release()
      throw error
    }
  }

  /** Whether the lock was not taken over, the file not removed, and nothing written to it but by us. */
  function isOurs(held: Hold): boolean {
    const age = Date.now() - held.seen
    if (age >= 0 && age < trustMs) return true
    const { size, nlink } = fs.fstatSync(held.fd)
    held.seen = Date.now()
    return held.lock.held() && nlink > 0 && size === known.end.offset
  }

  async function lockIn(folder: string): Promise<Lock> {
    try {
      return await takeLock(lockPath, lockTimeoutMs)
    } catch (error) {
      if (codeOf(error) !== 'ENOENT') throw error
      await makeFolder(folder)
      return await takeLock(lockPath, lockTimeoutMs)
    }
  }

  function drop(): void {
    if (!hold) return
    const { length, hash, offset: bytes } = known.end
    if (bytes > 0) heads.set(name, { length, hash, bytes })
    // Made for an append that was then refused.
    else if (hold.lock.held()) fs.rmSync(path, { force: true })
    fs.closeSync(hold.fd)
    hold.lock.release()
    hold = undefined
  }

  function linger(): void {
    if (!hold) return
    lastUse = performance.now()
    if (isDue(hold)) drop()
    else lingering ??= setTimeout(letGo, lingerMs).unref()
  }

  /** Whether others wait, and we have had our time. Looked at now and then: it is a look into the folder. */
  function isDue(held: Hold): boolean {
    const now = performance.now()
    if (now - held.since < leaseMs || now - lookedForOthers < leaseMs / 5) return false
    lookedForOthers = now
    return held.lock.wanted()
  }

  function letGo(): void {
    lingering = undefined
    const idle = performance.now() - lastUse
    if (idle < lingerMs) lingering = setTimeout(letGo, lingerMs - idle).unref()
    else {
      void inTurn(async () => {
        drop()
        void known.keep() // it never rejects
      })
    }
  }

  async function flush(): Promise<void> {
    scheduled = false
    while (queue.length > 0) {
      let group: Group | undefined
      try {
        const held = await takeHold()
        if (packedOf !== known.begun) await recall()
        group = compose()
        await write(group, held.fd)
        if (queue.length > 0 && isDue(held)) {
          drop()
          // Long enough for one who waits to see that it is free.
          await new Promise(resolve => setTimeout(resolve, 8))
        }
      } catch (error) {
        const failed = group ? group.jobs : queue.splice(0)
        for (const job of failed) job.reject(writeError(error, path))
        packed.forget() // what was to be written may be referred to no more
        drop()
      }
    }
    linger()
  }

  /** What new lines may refer to: the last events that are there, so that a dialog may go on in another process. */
  async function recall(): Promise<void> {
    packed.forget()
    packedOf = known.begun
    const { length, offset } = known.end
    if (length === 0) return
    const file = await open(path, 'r')
    try {
      for await (const { events, start } of batchesOf(
        file,
        known.placeOf(Math.max(0, length - recalled)),
        offset,
        {}
      )) {
        events.forEach((text, index) => {
          if (text.length >= 256) packed.text(known.event(text, start.length + index), start.length + index)
        })
      }
    } finally {
      await file.close()
    }
  }

  /** Takes from the queue what goes into one write. Nothing is changed yet: the disk may refuse it. */
  function compose(): Group {
    const isNew = known.end.offset === 0
    const header = isNew
      ? { daybook: formatVersion, stream: name, created: new Date(host.now()).toISOString() }
      : undefined
    const fresh = new Map<string, LedgerEvent>()
    const batches: (WrittenBatch & { events: readonly LedgerEvent[] })[] = []
    const jobs: Job[] = []
    const outcomes: ({ length: number } | { error: unknown })[] = []
    let text = known.unended ? '\n' : ''
    let { length, hash } = known.end
    if (header) {
      const line = headerLine(header.stream, header.created)
      text = `${line}\n`
      hash = nodeChecksums.sha256(line)
    }
    const before = text.length
    while (jobs.length < queue.length && text.length < groupSize) {
      const job = queue[jobs.length] as Job
      jobs.push(job)
      try {
        const find = (id: string): LedgerEvent | undefined => (fresh.size > 0 && fresh.get(id)) || known.find(id)
        const events = admit(job.events, { length, expected: job.expected, find })
        if (events.length > 0) {
          const start = length
          const batch = writeBatch(events, hash, nodeChecksums, (event, index) => packed.text(event, start + index))
          batches.push({ ...batch, events })
          text += batch.text
          hash = batch.hash
          length += events.length
          // Only the appends behind it in the group could repeat them.
          if (jobs.length < queue.length) for (const event of events) fresh.set(event.id, event)
        }
        outcomes.push({ length })
      } catch (error) {
        outcomes.push({ error })
      }
    }
    queue = queue.slice(jobs.length)
    return { header, batches, text: text.length === before ? '' : text, jobs, outcomes }
  }

  async function write({ header, batches, text, jobs, outcomes }: Group, fd: number): Promise<void> {
    const { offset, length: from } = known.end
    if (text !== '') {
      const bytes = Buffer.from(text, 'utf8')
      try {
        writeAll(disk, fd, bytes, offset)
        const syncing = disk.sync(fd, jobs.length === 1)
        if (syncing !== undefined) await syncing
        if (header) await syncFolder(dirname(path))
      } catch (error) {
        undo(fd, offset)
        throw error
      }
      remember(header, batches, fd, bytes)
    }
    jobs.forEach((job, index) => {
      const outcome = outcomes[index] as Group['outcomes'][number]
      if ('error' in outcome) job.reject(outcome.error)
      else job.resolve(outcome.length)
    })
    // Told in the same turn: who appended hears of it after the subscribers did.
    if (batches[0])
      changed({ from, events: batches.length === 1 ? batches[0].events : batches.flatMap(of => of.events) })
  }

  /** A failed write leaves nothing. Where even that fails, the next append finds a torn tail and moves it aside. */
  function undo(fd: number, offset: number): void {
    try {
      fs.ftruncateSync(fd, offset)
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error)
      host.warn({ area: 'ledger', kind: 'undo', message: `A failed write to ${path} could not be taken back: ${why}` })
    }
  }

  function remember(header: LedgerHeader | undefined, batches: Group['batches'], fd: number, bytes: Uint8Array): void {
    let start: Place = known.end
    if (header) {
      const line = headerLine(header.stream, header.created)
      start = { offset: Buffer.byteLength(line) + 1, line: 1, length: 0, hash: nodeChecksums.sha256(line) }
    } else if (known.unended) start = { ...start, offset: start.offset + 1 }
    known.wrote(header, fd, bytes)
    for (const { events, text, hash } of batches) {
      const end: Place = {
        offset: start.offset + Buffer.byteLength(text),
        line: start.line + events.length,
        length: start.length + events.length,
        hash
      }
      known.take(
        start,
        end,
        events.map(({ id }) => id)
      )
      start = end
    }
  }

  async function length(): Promise<number> {
    return inTurn(async () => {
      try {
        if (!hold?.lock.held()) await look()
      } catch (error) {
        throw readError(error, path)
      }
      return known.end.length
    })
  }

  /** Reads on, and finds out what an unfinished end is: somebody's write, a torn one, or damage. */
  async function look(): Promise<void> {
    drop()
    const unclear = await known.refresh(false)
    void known.keep()
    if (!unclear) return
    let lock: Lock | undefined
    try {
      lock = unclear.followed ? await takeLock(lockPath, lockTimeoutMs) : tryLock(lockPath)
    } catch (error) {
      if (unclear.followed) throw corrupt(path, unclear)
      const why = codeOf(error) || String(error)
      const message = `The ledger ${name} ends in a write that was never finished, and cannot be repaired here (${why}).`
      host.warn({ area: 'ledger', kind: 'unfinished', message })
      return
    }
    if (!lock) return
    try {
      await known.refresh(true)
    } finally {
      lock.release()
    }
  }

  async function* read(from: number, to: number): AsyncGenerator<LedgerEvent> {
    const seen = known.scanned
    if (seen) await length()
    const limit = seen ? known.end.offset : ((await sizeOf(path))?.size ?? 0)
    if (from >= to || limit === 0 || (seen && from >= known.end.length)) return
    const findings: Findings = {}
    const file = await open(path, 'r')
    try {
      for await (const batch of batchesOf(file, seen ? known.placeOf(from) : beginning, limit, findings)) {
        if (findings.header && findings.header.stream !== name) break
        let position = batch.start.length
        for (const text of batch.events) {
          if (position >= to) return
          if (position >= from) yield seen ? known.event(text, position) : await first(text, position)
          position++
        }
      }
    } finally {
      await file.close()
    }
    // The first look at a ledger says what is wrong with it; what was good once and is not now is damage.
    if (!seen) await length()
    else if (findings.damage) throw corrupt(path, findings.damage)
  }

  /** An event of a file that nobody has looked at yet: what it refers to may have to be found first. */
  async function first(text: string, position: number): Promise<LedgerEvent> {
    try {
      return known.event(text, position)
    } catch (error) {
      if (!(error instanceof NotHeldError)) throw error
      await length()
      return known.event(text, position)
    }
  }

  return {
    append(events, expected) {
      return new Promise((resolve, reject) => {
        queue.push({ events, expected, resolve, reject })
        if (scheduled) return
        scheduled = true
        // After what else happens in this turn: its appends share one write.
        setImmediate(() => void inTurn(flush))
      })
    },
    read,
    length,
    head: async () => ((await length()) > 0 ? known.end.hash : undefined),
    get bytes() {
      return known.end.offset
    },
    get writing() {
      return hold !== undefined
    },
    remove: () =>
      inTurn(async () => {
        drop()
        if (!(await sizeOf(path))) return
        const lock = await takeLock(lockPath, lockTimeoutMs)
        try {
          const folder = dirname(path)
          const aside = (await readdir(folder)).filter(file => file.startsWith(`${basename(path)}.corrupt-`))
          await removeIndex(indexPathOf(path))
          await Promise.all([path, ...aside.map(file => join(folder, file))].map(file => rm(file, { force: true })))
          await syncFolder(folder)
          await known.refresh(true)
          heads.set(name, undefined)
        } finally {
          lock.release()
        }
      }).catch((error: unknown) => {
        throw writeError(error, path)
      }),
    async close() {
      await inTurn(async () => {
        await flush()
        clearTimeout(lingering)
        lingering = undefined
        drop()
        await known.keep()
      })
    }
  }
}

function readError(error: unknown, path: string): unknown {
  if (error instanceof DaybookError) return error
  const why = codeOf(error) || (error instanceof Error ? error.message : String(error))
  return new DaybookError('ledger', `The ledger cannot be read: ${path} (${why}).`, { cause: error })
}

function writeError(error: unknown, path: string): unknown {
  if (error instanceof DaybookError) return error
  const code = codeOf(error)
  const hint = {
    ENOSPC: 'The disk is full: free some space and append again.',
    EDQUOT: 'The quota is used up: free some space and append again.',
    EROFS: 'The disk is read-only.',
    EACCES: 'This user may not write there.',
    EPERM: 'This user may not write there.'
  }[code]
  const why = code || (error instanceof Error ? error.message : String(error))
  return new LedgerWriteError(`The events could not be written to ${path} (${why}).`, { hint, cause: error })
}
