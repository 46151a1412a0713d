/** What this process knows of a ledger's file: how far it was read, where which event stands, and what is wrong. */
import fs, { createReadStream, createWriteStream } from 'node:fs'
import { open, stat, truncate } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { LedgerCorruptError } from '../errors.js'
import type { Host } from '../host.js'
import { deepFreeze } from '../json.js'
import type { LedgerHeader } from '../ledger/chain.js'
import type { LedgerEvent } from '../ledger/event.js'
import { batchesOf, beginning, type Damage, type Findings, type Place } from './batches.js'
import { codeOf, syncFolder } from './disk.js'
import type { Head } from './heads.js'
import { idTable } from './id-table.js'

export interface KnownFile {
  /** Behind the last whole batch that was read or written. */
  readonly end: Place
  readonly header: LedgerHeader | undefined
  /** Whether the file was looked at. */
  readonly scanned: boolean
  /** Whether the last line lacks its line feed. */
  readonly unended: boolean
  /** Damage that was found and may be read up to. */
  readonly damage: Damage | undefined
  /**
   * Reads on to the end. Gives what stands there that is no whole batch: without the lock it may be somebody's write
   * in progress. With the lock it is a torn write, which is moved aside, or damage.
   * @throws LedgerCorruptError, with the lock, for damage; UnsupportedLedgerVersionError.
   */
  refresh(locked: boolean): Promise<Damage | undefined>
  /** The last known point at or before an event. */
  placeOf(position: number): Place
  find(id: string): LedgerEvent | undefined
  /** Takes over a batch that was read or written, by the ids of its events. */
  take(start: Place, end: Place, batchIds: readonly string[]): void
  /** Notes that something was written to the file, and with it perhaps the header. */
  wrote(header: LedgerHeader | undefined, fd: number): void
}

interface KnownFileOptions {
  readonly path: string
  readonly name: string
  readonly host: Host
  /** Read what stands before damage, instead of refusing the ledger. */
  readonly tolerant: boolean
  /** What was noted elsewhere about this ledger. */
  head(): Head | undefined
}

// One known point per so many bytes: a read in the middle begins so near.
const markEvery = 64 * 1024

export function knownFile({ path, name, host, tolerant, head }: KnownFileOptions): KnownFile {
  let end = beginning
  let marks: Place[] = []
  let ids = idTable()
  let header: LedgerHeader | undefined
  let scanned = false
  let unended = false
  let damage: Damage | undefined
  let ino = 0

  function reset(): void {
    end = beginning
    marks = []
    ids = idTable()
    header = undefined
    unended = false
    damage = undefined
  }

  function take(start: Place, batchEnd: Place, batchIds: readonly string[]): void {
    const last = marks.at(-1)
    if (!last || start.offset - last.offset >= markEvery) marks.push(start)
    let position = start.length
    for (const id of batchIds) ids.add(id, position++)
    end = batchEnd
  }

  async function refresh(locked: boolean): Promise<Damage | undefined> {
    const noted = scanned ? undefined : head()
    const found = await sizeOf(path)
    if (!found) {
      reset()
      scanned = true
      return undefined
    }
    if (found.ino !== ino || found.size < end.offset) {
      if (found.ino === ino) warn('shrunk', `The ledger ${name} became shorter while it was open: it is read anew.`)
      reset()
      ino = found.ino
    }
    if (found.size === end.offset) {
      scanned = true
      return undefined
    }
    const findings: Findings = {}
    let rewritten = false
    const file = await open(path, 'r')
    try {
      for await (const batch of batchesOf(file, end, found.size, findings)) {
        checkStream(findings.header)
        take(batch.start, batch.end, batch.events.map(idOf))
        rewritten ||= noted !== undefined && noted.length === end.length && noted.hash !== end.hash
      }
    } finally {
      await file.close()
    }
    checkStream(findings.header)
    header = findings.header ?? header
    end = findings.end ?? end
    unended = findings.unended ?? unended
    scanned = true
    damage = undefined
    if (noted && !findings.damage?.followed) compareWith(noted, rewritten)
    return findings.damage && settle(findings.damage, found.size, locked)
  }

  function checkStream(found: LedgerHeader | undefined): void {
    if (!found || found.stream === name) return
    throw new LedgerCorruptError(`The file of ${name} says that it holds ${found.stream}: ${path}`, {
      data: { line: 1, offset: 0 }
    })
  }

  async function settle(found: Damage, size: number, locked: boolean): Promise<Damage | undefined> {
    if (found.followed && tolerant) {
      damage = found
      warn('damaged', `${corrupt(path, found).message} What stands before it is read.`)
      return undefined
    }
    if (!locked) return found
    if (found.followed) throw corrupt(path, found)
    await moveAside(size)
    return undefined
  }

  async function moveAside(size: number): Promise<void> {
    const aside = `${path}.corrupt-${new Date(host.now()).toISOString().replaceAll(/[-:.]/g, '')}`
    await pipeline(
      createReadStream(path, { start: end.offset }),
      createWriteStream(aside, { mode: 0o600, flush: true })
    )
    await syncFolder(dirname(path))
    await truncate(path, end.offset)
    unended = false
    warn(
      'recovered',
      `The ledger ${name} ended in a write that was never finished: its ${size - end.offset} bytes are now in ${basename(aside)}; the ${end.length} events before them are whole.`
    )
  }

  function compareWith(noted: Head, rewritten: boolean): void {
    if (rewritten) warn('rewritten', `The ledger ${name} is not the one that was written here: its hashes differ.`)
    else if (noted.length > end.length) {
      warn(
        'cut',
        `The ledger ${name} has ${end.length} events, but had ${noted.length}: events were removed at its end.`
      )
    }
  }

  function warn(kind: string, message: string): void {
    host.warn({ area: 'ledger', kind, message })
  }

  function placeOf(position: number): Place {
    let low = 0
    let high = marks.length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((marks[middle] as Place).length <= position) low = middle + 1
      else high = middle
    }
    return marks[low - 1] ?? beginning
  }

  /** Reads one event, at once: asked for only where an id seems to be there twice. */
  function eventAt(position: number): LedgerEvent {
    const place = placeOf(position)
    const next = marks[marks.indexOf(place) + 1] ?? end
    const bytes = Buffer.alloc(next.offset - place.offset)
    const fd = fs.openSync(path, 'r')
    try {
      fs.readSync(fd, bytes, 0, bytes.length, place.offset)
    } finally {
      fs.closeSync(fd)
    }
    const lines = bytes
      .toString('utf8')
      .split(/\r?\n/)
      .filter(line => line !== '')
    // crc and hash stand in the line as two keys more.
    const { crc: _crc, hash: _hash, ...event } = JSON.parse(lines[position - place.length] as string)
    return event
  }

  // One function for all finds, since nearly every one of them finds nothing.
  let sought = ''
  let hit: LedgerEvent | undefined
  const isSought = (position: number): boolean => {
    const event = eventAt(position)
    hit = event.id === sought ? event : undefined
    return hit !== undefined
  }

  function find(id: string): LedgerEvent | undefined {
    sought = id
    return ids.find(id, isSought) === undefined ? undefined : hit
  }

  return {
    get end() {
      return end
    },
    get header() {
      return header
    },
    get scanned() {
      return scanned
    },
    get unended() {
      return unended
    },
    get damage() {
      return damage
    },
    refresh,
    placeOf,
    find,
    take,
    wrote(written, fd) {
      if (written) header = written
      ino = fs.fstatSync(fd).ino
      unended = false
    }
  }
}

export function corrupt(path: string, { line, offset, reason, id }: Damage): Error {
  const where = id === undefined ? `line ${line}` : `line ${line} (${id})`
  return new LedgerCorruptError(`The ledger is damaged at ${where}: ${reason} ${path}`, {
    hint: "Restore the file from a copy, or open the store with { damaged: 'read' } to read what stands before the damage.",
    data: { line, offset, ...(id === undefined ? {} : { id }) }
  })
}

export function parseEvent(text: string): LedgerEvent {
  return deepFreeze(JSON.parse(text) as LedgerEvent)
}

export async function sizeOf(path: string): Promise<{ size: number; ino: number } | undefined> {
  try {
    return await stat(path)
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  }
}

function idOf(text: string): string {
  const start = '{"id":"'.length
  const id = text.slice(start, text.indexOf('"', start))
  return id.includes('\\') ? (JSON.parse(text) as LedgerEvent).id : id
}
