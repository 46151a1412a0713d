/** Reads a ledger's file batch by batch, and finds where it is damaged. */
import { hash } from 'node:crypto'
import type { FileHandle } from 'node:fs/promises'
import { crc32 } from 'node:zlib'
import { type Checksums, chainReader, type LedgerHeader, readHeader } from '../ledger/chain.js'
import { faultText } from '../ledger/parse-jsonl.js'

/** Node's own checksums: several times as fast as the portable ones. */
export const nodeChecksums: Checksums = {
  // A long text is hashed half as fast again as its bytes are.
  sha256: text => hash('sha256', text.length < 1000 ? text : Buffer.from(text)),
  crc32: text => crc32(text)
}

/** A point between two batches. */
export interface Place {
  /** In bytes. */
  readonly offset: number
  /** The number of lines, and of events, before it. */
  readonly line: number
  readonly length: number
  /** Of the batch before it; of the header where there is none. */
  readonly hash: string
}

export const beginning: Place = { offset: 0, line: 0, length: 0, hash: '' }

export interface Batch {
  /** The JSON of its events. */
  readonly events: readonly string[]
  readonly start: Place
  readonly end: Place
}

/** What stands where the next batch should: the rest of one that was never finished, or damage. */
export interface Damage {
  readonly line: number
  readonly offset: number
  readonly reason: string
  readonly id?: string
  /** Whether something good stands behind it, which a torn write never leaves. */
  readonly followed: boolean
}

/** Filled in while the batches are read. */
export interface Findings {
  header?: LedgerHeader
  /** Where reading ended: behind the last whole batch, and behind blank lines if nothing else follows. */
  end?: Place
  /** The last line has no line feed. */
  unended?: boolean
  damage?: Damage
}

const chunkSize = 256 * 1024

/**
 * The whole batches from `from` up to byte `limit`. Holds no more than a batch in memory. Ends at the first damage,
 * which is then in the findings. `seen` is shown every byte from `from` on, before the batch it belongs to is given.
 * @throws UnsupportedLedgerVersionError
 */
export async function* batchesOf(
  file: FileHandle,
  from: Place,
  limit: number,
  findings: Findings,
  seen?: (bytes: Uint8Array) => void
): AsyncGenerator<Batch> {
  let chain = chainReader(from.hash, nodeChecksums)
  let place = from
  let line = from.line
  let offset = from.offset
  let events: string[] = []
  let fault: Omit<Damage, 'followed'> | undefined
  let followed = false

  for await (const lines of linesIn(file, from.offset, limit, seen)) {
    for (const { text, end, ended } of lines) {
      line++
      findings.unended = !ended
      if (text === '') {
        offset = end
        continue
      }
      if (fault) {
        const { fault: other } = chainReader('', nodeChecksums).read(text)
        followed ||= other === undefined || other === 'hash'
      } else if (place.line === 0) {
        const header = readHeader(text)
        if (header) {
          findings.header = header
          const head = nodeChecksums.sha256(text)
          chain = chainReader(head, nodeChecksums)
          place = { offset: end, line, length: 0, hash: head }
        } else fault = { line, offset, reason: 'This is not the header of a ledger.' }
      } else {
        const read = chain.read(text)
        if (read.fault) {
          fault = { line, offset, reason: faultText(read.fault, place.line + 1, line), ...idIn(text) }
          // A batch whose lines are good and whose hash is not was never torn: it was edited.
          followed = read.fault === 'hash'
        } else {
          events.push(read.event as string)
          if (read.ends) {
            const batchEnd = { offset: end, line, length: place.length + events.length, hash: chain.head }
            yield { events, start: place, end: batchEnd }
            place = batchEnd
            events = []
          }
        }
      }
      if (followed) break
      offset = end
    }
    if (followed) break
  }
  if (!fault && place.line === 0 && line > 0) {
    fault = { line: 1, offset: 0, reason: 'This is not the header of a ledger.' }
  }
  if (!fault && events.length > 0) {
    fault = { line: place.line + 1, offset: place.offset, reason: 'The last batch is cut off.' }
  }
  if (fault) findings.damage = { ...fault, followed }
  findings.end = fault ? place : { ...place, offset, line }
}

interface Line {
  /** Without its line end, and without the byte order mark of the first. */
  readonly text: string
  /** The offset behind its line feed. */
  readonly end: number
  /** Whether it had one. */
  readonly ended: boolean
}

/** The lines of a stretch of the file, a chunk's at a time. */
async function* linesIn(
  file: FileHandle,
  from: number,
  limit: number,
  seen: ((bytes: Uint8Array) => void) | undefined
): AsyncGenerator<Line[]> {
  let rest: Buffer<ArrayBufferLike> = Buffer.alloc(0)
  let at = from
  while (at < limit) {
    // Grows with a line that does not fit, so that a long one is not copied again for every chunk of it.
    const chunk = Buffer.allocUnsafe(Math.min(Math.max(chunkSize, rest.length), limit - at))
    const { bytesRead } = await file.read(chunk, 0, chunk.length, at)
    if (bytesRead === 0) break // cut since its size was asked for
    seen?.(chunk.subarray(0, bytesRead))
    const restAt = at - rest.length
    const bytes = rest.length === 0 ? chunk.subarray(0, bytesRead) : Buffer.concat([rest, chunk.subarray(0, bytesRead)])
    const searched = rest.length
    at += bytesRead
    const lines: Line[] = []
    let start = 0
    for (let end = bytes.indexOf(10, searched); end !== -1; end = bytes.indexOf(10, start)) {
      lines.push({ text: textOf(bytes, start, end, restAt), end: restAt + end + 1, ended: true })
      start = end + 1
    }
    rest = bytes.subarray(start)
    if (lines.length > 0) yield lines
  }
  if (rest.length > 0) yield [{ text: textOf(rest, 0, rest.length, at - rest.length), end: at, ended: false }]
}

function textOf(bytes: Buffer, start: number, end: number, offset: number): string {
  const last = end > start && bytes[end - 1] === 13 ? end - 1 : end
  const text = bytes.toString('utf8', start, last)
  return offset + start === 0 && text.startsWith('\ufeff') ? text.slice(1) : text
}

function idIn(text: string): { id?: string } {
  const id = /^\{"id":"([^"\\]{1,300})"/.exec(text)?.[1]
  return id === undefined ? {} : { id }
}
