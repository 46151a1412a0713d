/**
 * The lines that a ledger is written in, and the chain that makes every edit of them visible.
 *
 * Line 1 is the header, `{"daybook":1,"stream":"run:…","created":"…"}`. Every other line is an event's JSON, its keys
 * in one order, with `"crc"` behind them: crc32 of the bytes before it. The last line of a batch ends with `"hash"`:
 * sha256 over the hash before it (of the header line, for the first batch) and the batch's bytes up to that comma.
 * What earlier lines say already may stand in an event's line by reference: see `packed.ts`.
 */
import { UnsupportedLedgerVersionError } from '../errors.js'
import type { LedgerEvent } from './event.js'

/** Checksums over a text's UTF-8 bytes. Node has faster ones than the portable. */
export interface Checksums {
  /** 64 hexadecimal digits. */
  sha256(text: string): string
  crc32(text: string): number
}

export interface LedgerHeader {
  readonly daybook: number
  readonly stream: string
  readonly created: string
}

export const formatVersion = 1

const crcLead = ',"crc":"'
const hashLead = ',"hash":"'
const crcLength = crcLead.length + 8 + 1
const hashLength = hashLead.length + 64 + 1

export function headerLine(stream: string, created: string): string {
  return JSON.stringify({ daybook: formatVersion, stream, created })
}

/**
 * The header that a line is; undefined where it is none.
 * @throws UnsupportedLedgerVersionError for a file of a later time.
 */
export function readHeader(line: string): LedgerHeader | undefined {
  const header = parsed(line)
  if (header === undefined || typeof header.daybook !== 'number') return undefined
  if (Math.floor(header.daybook) > formatVersion) {
    throw new UnsupportedLedgerVersionError(
      `The ledger has the format ${header.daybook}; this version of Daybook reads up to ${formatVersion}: install a newer one.`,
      { data: { version: header.daybook } }
    )
  }
  const { stream, created } = header
  if (header.daybook < 1 || typeof stream !== 'string' || typeof created !== 'string') return undefined
  return { daybook: header.daybook, stream, created }
}

function parsed(line: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(line)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}

/** An event's JSON with its keys in the order of the format. */
export function eventText({ id, type, source, actor, cause, timestamp, data, by }: LedgerEvent): string {
  return JSON.stringify({ id, type, source, actor, cause, timestamp, data, by })
}

export interface WrittenBatch {
  /** The lines, each with its line feed. */
  readonly text: string
  readonly hash: string
}

/**
 * The lines of one batch, which is all or nothing, behind the hash `previous`.
 * @param textOf The JSON of the batch's event of this index.
 */
export function writeBatch(
  events: readonly LedgerEvent[],
  previous: string,
  sums: Checksums,
  textOf: (event: LedgerEvent, index: number) => string = eventText
): WrittenBatch {
  let text = ''
  for (let index = 0; index < events.length; index++) {
    const body = textOf(events[index] as LedgerEvent, index).slice(0, -1)
    const line = `${body}${crcLead}${crcText(sums.crc32(body))}"`
    const last = index === events.length - 1
    text += last ? line : `${line}}\n`
  }
  const hash = sums.sha256(previous + text)
  return { text: `${text}${hashLead}${hash}"}\n`, hash }
}

// Two digits at a time: toString and padStart cost more than the crc itself.
const hex: readonly string[] = /* @__PURE__ */ Array.from({ length: 256 }, (_, byte) =>
  byte.toString(16).padStart(2, '0')
)

function crcText(crc: number): string {
  const digits = (shift: number): string => hex[(crc >>> shift) & 0xff] as string
  return digits(24) + digits(16) + digits(8) + digits(0)
}

/** What a line is found to be. */
export interface ReadLine {
  /** The event's JSON; undefined where the line cannot be trusted. */
  readonly event?: string
  /** Whether it says that a batch ends with it. */
  readonly ends: boolean
  /** No line of ours (`line`), one whose bytes were changed (`crc`), or the end of a batch that was (`hash`). */
  readonly fault?: 'line' | 'crc' | 'hash'
}

export interface ChainReader {
  /** The hash of the last batch, as it says. */
  readonly head: string
  /** How many lines of a batch that is not whole yet were read. */
  readonly pending: number
  /** Goes on behind a batch that was found to have this hash. */
  pass(hash: string): void
  /** Takes the next line, without its line end. After a fault the chain goes on from what the lines say. */
  read(line: string): ReadLine
}

/** Reads the lines behind the hash `previous`, and checks all that can be checked. */
export function chainReader(previous: string, sums: Checksums): ChainReader {
  let head = previous
  let lines: string[] = []

  return {
    get head() {
      return head
    },
    get pending() {
      return lines.length
    },
    pass(hash) {
      head = hash
    },
    read(line) {
      const tail = tailOf(line)
      if (!tail) return { ends: false, fault: 'line' }
      const body = line.slice(0, tail.end)
      const ends = tail.hash !== undefined
      if (crcText(sums.crc32(body)) !== tail.crc) return { ends, fault: 'crc' }
      const event = `${body}}`
      if (tail.hash === undefined) {
        lines.push(line)
        return { event, ends }
      }
      lines.push(line.slice(0, tail.end + crcLength))
      const text = head + lines.join('\n')
      lines = []
      head = tail.hash
      return sums.sha256(text) === head ? { event, ends } : { event, ends, fault: 'hash' }
    }
  }
}

/** The hash that a line says its batch has; undefined where no batch ends with it. */
export function hashIn(line: string): string | undefined {
  return tailOf(line)?.hash
}

/** What the hash of a batch is of: all of its lines, the one with the hash last. */
export function hashedText(previous: string, lines: readonly string[]): string {
  return (previous + lines.join('\n')).slice(0, -(hashLength + 1))
}

/** The event's JSON in a line of a batch that has the hash that it says. */
export function eventIn(line: string): string | undefined {
  const tail = tailOf(line)
  return tail && `${line.slice(0, tail.end)}}`
}

/** Whether a line ends as ours do. Says nothing about what it says. */
export function isStoredLine(line: string): boolean {
  return tailOf(line) !== undefined
}

/** What stands behind an event's JSON. Its length is fixed, so that every byte of it is checked. */
function tailOf(line: string): { end: number; crc: string; hash?: string } | undefined {
  const crcEnd = line.length - 1 - crcLength
  if (crcEnd > 0 && line.startsWith(crcLead, crcEnd) && line.endsWith('"}')) {
    return { end: crcEnd, crc: line.slice(crcEnd + crcLead.length, -2) }
  }
  const end = crcEnd - hashLength
  const hashAt = end + crcLength
  if (end > 0 && line.startsWith(crcLead, end) && line.startsWith(`"${hashLead}`, hashAt - 1) && line.endsWith('"}')) {
    return {
      end,
      crc: line.slice(end + crcLead.length, hashAt - 1),
      hash: line.slice(hashAt + hashLead.length, -2)
    }
  }
  return undefined
}

const encoder: TextEncoder = /* @__PURE__ */ new TextEncoder()
let table: Int32Array | undefined
let bytes: Uint8Array | undefined

/** crc32 (that of zip and PNG) of a text's UTF-8 bytes. */
export function crc32(text: string): number {
  table ??= crcTable()
  const steps = table
  // Room for a usual line is kept: to make it for each would cost more than the crc itself.
  const most = 3 * text.length
  bytes ??= new Uint8Array(1 << 16)
  const all = most > bytes.length ? new Uint8Array(most) : bytes
  const { written: length } = encoder.encodeInto(text, all)
  const byte = (at: number): number => all[at] as number
  const step = (at: number): number => steps[at] as number
  let crc = -1
  let at = 0
  // Eight bytes at a time: the step from each of them to the end of the eight is in a part of the table.
  for (const whole = length & ~7; at < whole; at += 8) {
    crc =
      step(1792 | ((crc ^ byte(at)) & 0xff)) ^
      step(1536 | (((crc >>> 8) ^ byte(at + 1)) & 0xff)) ^
      step(1280 | (((crc >>> 16) ^ byte(at + 2)) & 0xff)) ^
      step(1024 | ((crc >>> 24) ^ byte(at + 3))) ^
      step(768 | byte(at + 4)) ^
      step(512 | byte(at + 5)) ^
      step(256 | byte(at + 6)) ^
      step(byte(at + 7))
  }
  while (at < length) crc = (crc >>> 8) ^ step((crc ^ byte(at++)) & 0xff)
  return ~crc >>> 0
}

function crcTable(): Int32Array {
  const steps = new Int32Array(2048)
  for (let index = 0; index < steps.length; index++) {
    if (index < 256) {
      let value = index
      for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1
      steps[index] = value
    } else {
      const before = steps[index - 256] as number
      steps[index] = (before >>> 8) ^ (steps[before & 0xff] as number)
    }
  }
  return steps
}
