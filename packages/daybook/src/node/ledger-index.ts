/**
 * What is known of a long ledger's file, kept beside it, so that opening it reads its bytes once and its lines not at
 * all. It counts only where the bytes that it tells of are those that were read line by line when it was made.
 */
import { createHash, type Hash } from 'node:crypto'
import { type FileHandle, readFile, rm } from 'node:fs/promises'
import { endianness } from 'node:os'
import { isRecord } from '../json.js'
import type { Place } from './batches.js'
import { codeOf, replaceFile } from './disk.js'
import type { IdHashes } from './id-table.js'
import { lanes } from './lanes.js'

export interface LedgerIndex {
  readonly stream: string
  readonly end: Place
  readonly marks: readonly Place[]
  /** Of all bytes before the end. */
  readonly digest: string
  readonly ids: IdHashes
}

/** A shorter file is read as fast as an index is. */
export const indexedFrom = 4e6

const version = 1
// sha512 is the fastest of the strong ones where no machine code is made for a single one.
const algorithm = 'sha512'
const sealLength = 64

/** The digest of a file's beginning, as it is read or written. */
export interface RunningDigest {
  /** The bytes that come next. */
  add(bytes: Uint8Array): void
  /** Counts what was added up to this offset; the rest waits. */
  reach(offset: number): void
  /** Forgets what waits: it is read or written again. */
  drop(): void
  /** Of all bytes up to the offset that was reached. */
  text(): string
}

export function runningDigest(hash: Hash = createHash(algorithm), from = 0): RunningDigest {
  let waiting: Uint8Array[] = []
  let reached = from
  return {
    add(bytes) {
      waiting.push(bytes)
    },
    reach(offset) {
      const rest: Uint8Array[] = []
      for (const bytes of waiting) {
        const length = Math.max(0, Math.min(bytes.length, offset - reached))
        if (length > 0) hash.update(length === bytes.length ? bytes : bytes.subarray(0, length))
        if (length < bytes.length) rest.push(bytes.subarray(length))
        reached += length
      }
      waiting = rest
    },
    drop() {
      waiting = []
    },
    text: () => hash.copy().digest('hex')
  }
}

/** Reads the bytes that the index tells of. Undefined where they are not those that it was made of. */
export async function confirmed(file: FileHandle, { end, digest }: LedgerIndex): Promise<RunningDigest | undefined> {
  const hash = createHash(algorithm)
  const chunks = [Buffer.allocUnsafeSlow(1 << 20), Buffer.allocUnsafeSlow(1 << 20)] as const
  const read = (at: number, turn: number): Promise<{ bytesRead: number }> =>
    file.read(chunks[turn & 1] as Buffer, 0, Math.min(1 << 20, end.offset - at), at)
  // One is read while the other is counted.
  let next = read(0, 0)
  for (let at = 0, turn = 0; at < end.offset; turn++) {
    const { bytesRead } = await next
    if (bytesRead === 0) return undefined
    at += bytesRead
    if (at < end.offset) next = read(at, turn + 1)
    hash.update((chunks[turn & 1] as Buffer).subarray(0, bytesRead))
  }
  return hash.copy().digest('hex') === digest ? runningDigest(hash, end.offset) : undefined
}

// Two of this process that keep one index would write into the same new file.
const inTurn = lanes()

/** One line of JSON, then the hashes of the ids, then a seal over all of that. */
export function saveIndex(path: string, { ids, ...index }: LedgerIndex): Promise<void> {
  const { seed, low, high } = ids
  const head = { daybook: version, order: endianness(), ...index, seed, count: low.length }
  const parts = [Buffer.from(`${JSON.stringify(head)}\n`), bytesOf(low), bytesOf(high)]
  const sealed = createHash(algorithm)
  for (const part of parts) sealed.update(part)
  const whole = Buffer.concat([...parts, sealed.digest()])
  return inTurn(path, () => replaceFile(path, whole))
}

export function removeIndex(path: string): Promise<void> {
  return inTurn(path, () => rm(path, { force: true }))
}

/**
 * Undefined where there is none.
 * @throws whatever is wrong with it, in words.
 */
export async function loadIndex(path: string, stream: string): Promise<LedgerIndex | undefined> {
  let bytes: Buffer
  try {
    bytes = await readFile(path)
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  }
  const body = bytes.subarray(0, Math.max(0, bytes.length - sealLength))
  if (!createHash(algorithm).update(body).digest().equals(bytes.subarray(body.length))) {
    throw new Error('it was changed after it was written, or is cut off.')
  }
  const cut = body.indexOf(10)
  const head: unknown = JSON.parse(body.toString('utf8', 0, cut))
  if (!isRecord(head) || head.daybook !== version || head.order !== endianness()) {
    throw new Error('it has another format.')
  }
  if (head.stream !== stream) throw new Error('it was made of another ledger.')
  // From here on it is as it was written: the seal says so.
  const { end, marks, digest, seed, count } = head as unknown as LedgerIndex & { seed: number; count: number }
  const numbers = (from: number): Uint32Array => {
    const found = new Uint32Array(count)
    bytesOf(found).set(body.subarray(from, from + 4 * count))
    return found
  }
  const start = cut + 1
  return { stream, end, marks, digest, ids: { seed, low: numbers(start), high: numbers(start + 4 * count) } }
}

function bytesOf(numbers: Uint32Array): Uint8Array {
  return new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength)
}
