/** What this process knows of a ledger's file: how far it was read, where which event stands, and what is wrong. */
import fs, { createReadStream, createWriteStream } from 'node:fs'
import { type FileHandle, open, stat, truncate } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { LedgerCorruptError } from '../errors.js'
import type { Host } from '../host.js'
import { deepFreeze } from '../json.js'
import type { LedgerHeader } from '../ledger/chain.js'
import type { LedgerEvent } from '../ledger/event.js'
import { isPackedType, unpacked } from '../ledger/packed.js'
import { batchesOf, beginning, type Damage, type Findings, type Place } from './batches.js'
import { codeOf, syncFolder } from './disk.js'
import type { Head } from './heads.js'
import { idTable } from './id-table.js'
import { confirmed, indexedFrom, loadIndex, runningDigest, saveIndex } from './ledger-index.js'

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
  /**
   * The full event that stands at `position` with this JSON.
   * @throws LedgerCorruptError where it refers to what is not before it; NotHeldError while the file was not looked at.
   */
  event(text: string, position: number): LedgerEvent
  /** Counts how often the file was found to be another one: what was known of it counts no longer. */
  readonly begun: number
  /** Takes over a batch that was read or written, by the ids of its events. */
  take(start: Place, end: Place, batchIds: readonly string[]): void
  /** Notes what was written behind the end, and with it perhaps the header, before its batches are taken. */
  wrote(header: LedgerHeader | undefined, fd: number, bytes: Uint8Array): void
  /** Keeps what is known beside a long file, where much came since; resolves when all that was begun is kept. */
  keep(): Promise<void>
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

// Of the events that others may refer to, the last so many are at hand; the rest are read again.
const maxHeld = 256

export function indexPathOf(path: string): string {
  return `${path}.index`
}

export function knownFile({ path, name, host, tolerant, head }: KnownFileOptions): KnownFile {
  const indexPath = indexPathOf(path)
  let end = beginning
  let marks: Place[] = []
  let ids = idTable()
  let digest = runningDigest()
  let indexed = 0 // how many bytes the index tells of
  let keeping: Promise<void> = Promise.resolve()
  let header: LedgerHeader | undefined
  let scanned = false
  let unended = false
  let damage: Damage | undefined
  let ino = 0
  let begun = 0
  /** Some full events by their ids; the last used stands last. */
  const held = new Map<string, { readonly position: number; readonly event: LedgerEvent }>()

  function reset(): void {
    begun++
    held.clear()
    end = beginning
    marks = []
    ids = idTable()
    digest = runningDigest()
    indexed = 0
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
    let counted = 0
    const file = await open(path, 'r')
    try {
      if (end.offset === 0 && found.size >= indexedFrom) rewritten = await begin(file, found.size, noted)
      digest.reach(end.offset)
      digest.drop()
      for await (const batch of batchesOf(file, end, found.size, findings, digest.add)) {
        checkStream(findings.header)
        take(batch.start, batch.end, batch.events.map(idOf))
        rewritten ||= noted !== undefined && noted.length === end.length && noted.hash !== end.hash
        if (end.offset - counted > 1e6) {
          counted = end.offset
          digest.reach(counted)
        }
      }
    } finally {
      await file.close()
    }
    checkStream(findings.header)
    header = findings.header ?? header
    end = findings.end ?? end
    digest.reach(end.offset)
    digest.drop()
    unended = findings.unended ?? unended
    scanned = true
    damage = undefined
    if (noted && !findings.damage?.followed) compareWith(noted, rewritten)
    return findings.damage && settle(findings.damage, found.size, locked)
  }

  /** Takes over what the index tells of, if these bytes are there. Says whether they are not those that were noted. */
  async function begin(file: FileHandle, size: number, noted: Head | undefined): Promise<boolean> {
    try {
      const index = await loadIndex(indexPath, name)
      if (!index) return false
      const running = index.end.offset <= size ? await confirmed(file, index) : undefined
      if (!running) throw new Error('the ledger is not the one that it was made of.')
      ;({ end } = index)
      marks = [...index.marks]
      ids = idTable(index.ids)
      digest = running
      indexed = end.offset
    } catch (error) {
      warn('index', `The index of ${name} is left alone: ${error instanceof Error ? error.message : String(error)}`)
    }
    if (!noted || !(noted.length > 0 && noted.length <= end.length)) return false
    for await (const { end: there } of batchesOf(file, placeOf(noted.length - 1), end.offset, {})) {
      if (there.length >= noted.length) return there.length === noted.length && there.hash !== noted.hash
    }
    return false
  }

  function keep(): Promise<void> {
    // Of what is damaged or unfinished nobody shall take the rest for good.
    if (unended || damage || end.offset - indexed < Math.max(indexedFrom, indexed / 16)) return keeping
    digest.reach(end.offset)
    indexed = end.offset
    const index = { stream: name, end, marks: [...marks], digest: digest.text(), ids: ids.hashes() }
    keeping = keeping
      .then(() => saveIndex(indexPath, index))
      .catch((error: unknown) => {
        const why = error instanceof Error ? error.message : String(error)
        warn('index', `The index of ${name} cannot be kept, so that opening it takes long: ${why}`)
      })
    return keeping
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

  /** Reads one line, at once: asked for only where an id seems to be there twice, or is referred to. */
  function lineAt(position: number): string {
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
    return lines[position - place.length] ?? ''
  }

  // One function for all finds, since nearly every one of them finds nothing.
  let sought = ''
  let hit = ''
  const isSought = (position: number): boolean => {
    hit = lineAt(position)
    return idOf(hit) === sought
  }

  function find(id: string, before = Number.POSITIVE_INFINITY): LedgerEvent | undefined {
    const known = held.get(id)
    if (known) return known.position < before ? known.event : undefined
    sought = id
    const position = ids.find(id, isSought)
    if (position === undefined || position >= before) return undefined
    // crc and hash stand in a line as two keys more.
    const { crc: _crc, hash: _hash, ...read } = JSON.parse(hit)
    return full(read, position)
  }

  const event = (text: string, position: number): LedgerEvent => full(JSON.parse(text), position)

  function full(read: unknown, position: number): LedgerEvent {
    const found = deepFreeze(unpacked(read, id => find(id, position)) as LedgerEvent)
    if (isPackedType(found.type)) {
      held.delete(found.id)
      held.set(found.id, { position, event: found })
      if (held.size > maxHeld) held.delete(held.keys().next().value as string)
    }
    return found
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
    get begun() {
      return begun
    },
    placeOf,
    find: id => find(id),
    event,
    take,
    keep,
    wrote(written, fd, bytes) {
      digest.reach(end.offset)
      digest.add(bytes)
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
