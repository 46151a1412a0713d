/** Reads a ledger from text: ours or kando's, whole, damaged or hostile. */
import { sha256 } from '#platform'
import { ImportLimitError } from '../errors.js'
import { chainReader, eventIn, hashedText, hashIn, isStoredLine, readHeader } from './chain.js'
import type { LedgerEvent } from './event.js'
import { type Gathered, type GatheredEvents, gather, type LineReport } from './gathered.js'
import { portableChecksums } from './jsonl.js'
import { linesOf, type OddBytes, type TextSource } from './lines.js'
import { checkDepth, repeatedKey } from './scan-json.js'

export interface ParseOptions {
  /** Of one line, in bytes: default 32 MB. */
  readonly maxLine?: number
  /** Of everything, in bytes: default 256 MB. */
  readonly maxTotal?: number
  /** Default 1,000,000. */
  readonly maxLines?: number
  /** Default 1,000. */
  readonly maxDepth?: number
  /** Leave out a line that is too long or too deep, and report it; otherwise it ends the reading. */
  readonly partial?: boolean
  /** An empty list that the events are put into as they are read, for whoever shows them meanwhile. */
  readonly into?: LedgerEvent[]
  /** Is given each line that holds no event, or one that was changed or cut off, in the order of the lines. */
  readonly leftOut?: (line: LeftOutLine) => void
}

/** A line that is not among the events. One that repeats an event, or is too long to be read, is not told of. */
export interface LeftOutLine {
  /** So many events stand before it. */
  readonly position: number
  /** From 1; of a JSON list, the number of the item. */
  readonly line: number
  /** As it was read, without its line end; of a JSON list, the item as JSON. */
  readonly text: string
}

/** Events of a last batch that is not whole are not among the events: nobody was told that they are there. */
export interface ParsedLedger extends GatheredEvents {
  readonly format: 'daybook' | 'kando'
  /** Whether its chain is whole and every line as it was written; `unchained` of what has no chain, as kando's. */
  readonly status: 'verified' | 'unverified' | 'unchained'
  /** Where the chain is broken. A last batch that was cut off breaks nothing: what stands before it is as it was written. */
  readonly broken?: Pick<LineReport, 'line' | 'message'>
  /** What the header says. */
  readonly name?: string
  readonly created?: string
}

/**
 * Reads a ledger: ours, with header and chain, or kando's, a JSON list or one event a line. What is wrong with a line
 * is reported, and the rest is read.
 * @throws ImportLimitError for what is too large or too deep, with the line; UnsupportedLedgerVersionError for a file of a later time.
 */
export async function parseJSONL(source: TextSource, options: ParseOptions = {}): Promise<ParsedLedger> {
  const { maxLine = 32e6, maxTotal = 256e6, maxLines = 1e6, maxDepth = 1000, partial = false } = options
  const { into = [], leftOut } = options
  const leave = leftOut && ((text: string, line: number): void => leftOut({ position: into.length, line, text }))
  const gathered = gather(into, leave)
  let stored: StoredLines | undefined
  let list: string[] | undefined
  let chained = true
  let broken: ParsedLedger['broken']
  let said = false // why there is nothing
  let header: { name?: string; created?: string } = {}
  let first = true
  let line = 0

  const chainFault = (fault: Omit<LineReport, 'severity'>): void => {
    chained = false
    const { line, message } = fault
    if (fault.kind !== 'cut' && !(broken && broken.line <= line)) broken = { line, message }
    gathered.report({ ...fault, severity: 'error' })
  }

  const odd = (found: OddBytes): void => {
    said ||= found.what === 'foreign' || found.what === 'long'
    const fault = { line: line + 1, ...oddText(found) }
    if (found.what === 'long' && stored) chainFault(fault)
    else gathered.report(fault)
  }

  /** What is too deep ends the reading, or is left out. */
  const within: Within = (at, look) => {
    try {
      look(maxDepth)
      return true
    } catch (error) {
      if (!(error instanceof ImportLimitError)) throw error
      const message = `Line ${at}: ${error.message}`
      if (!partial) throw new ImportLimitError(message, { data: { ...error.data, line: at } })
      gathered.report({ line: at, severity: 'error', kind: 'limit', message: error.message })
      return false
    }
  }

  const storedBehind = (previous: string): StoredLines =>
    storedLines(previous, { gathered, within, leave, report: chainFault })

  const foreign = (text: string): void => {
    if (within(line, maxDepth => checkKeys(text, line, gathered, maxDepth))) gathered.text(text, line)
    else leave?.(text, line)
  }

  for await (const text of linesOf(source, { maxLine, maxTotal, skipLong: partial, odd })) {
    if (++line > maxLines) throw tooMany(maxLines)
    if (list) list.push(text)
    else if (text.trim() === '') continue
    else if (first) {
      first = false
      const found = readHeader(text)
      if (found) {
        header = { name: found.stream, created: found.created }
        stored = storedBehind(sha256(text))
      } else if (isStoredLine(text)) {
        const message = 'The header is missing: the first batch cannot be checked.'
        chainFault({ line, kind: 'header', message })
        stored = storedBehind('')
        await stored.read(text, line)
      } else if (text.trimStart().startsWith('[')) list = [text]
      else foreign(text)
    } else if (stored) await stored.read(text, line)
    else foreign(text)
  }
  stored?.end()
  if (list) readList(list.join('\n'), gathered, within, maxLines)
  if (first && !said) {
    gathered.report({ line: 1, severity: 'error', kind: 'empty', message: 'There is nothing here: the file is empty.' })
  }
  const status = stored ? (chained ? 'verified' : 'unverified') : 'unchained'
  return {
    ...gathered.result(),
    format: stored ? 'daybook' : 'kando',
    status,
    ...(broken ? { broken } : {}),
    ...header
  }
}

/** Looks how deep a line is; false where it is too deep and is left out. */
type Within = (line: number, look: (maxDepth: number) => void) => boolean

interface StoredLines {
  /** Waits where a batch ends, until its events are there. */
  read(text: string, line: number): Promise<void> | undefined
  end(): void
}

interface Reader {
  readonly gathered: Gathered
  readonly within: Within
  readonly leave: ((text: string, line: number) => void) | undefined
  readonly report: (fault: Omit<LineReport, 'severity'>) => void
}

interface Line {
  readonly text: string
  readonly line: number
}

/**
 * Lines of our own: their events count when their batch is whole. A batch that has the hash that it says is as it was
 * written; only of one that has not, each line is looked at, to say where.
 */
function storedLines(previous: string, { gathered, within, leave, report }: Reader): StoredLines {
  const chain = chainReader(previous, portableChecksums)
  let batch: Line[] = []
  /** `event`: its JSON; undefined of a line that is left out. */
  let doubted: (Line & { readonly event: string | undefined })[] = []
  let start = 0

  function give(event: string | undefined, { text, line }: Line): void {
    if (event !== undefined && within(line, maxDepth => checkDepth(event, maxDepth))) gathered.text(event, line, true)
    else leave?.(text, line)
  }

  async function take(lines: readonly Line[], hash: string): Promise<void> {
    const texts = lines.map(({ text }) => text)
    const events = texts.map(eventIn)
    const honest = chain.pending === 0 && !events.includes(undefined)
    if (honest && (await digest(hashedText(chain.head, texts))) === hash) {
      chain.pass(hash)
      lines.forEach((line, at) => {
        give(events[at], line)
      })
    } else for (const line of lines) doubt(line)
  }

  function doubt({ text, line }: Line): void {
    if (chain.pending === 0) start = line
    const { event, ends, fault } = chain.read(text)
    if (fault) {
      const kind = fault === 'line' ? 'syntax' : fault
      report({ line, kind, message: faultText(fault, start, line) })
    }
    if (event !== undefined || leave) doubted.push({ event, text, line })
    if (!ends) return
    const whole = doubted
    doubted = []
    for (const found of whole) give(found.event, found)
  }

  return {
    read(text, line) {
      batch.push({ text, line })
      const hash = hashIn(text)
      if (hash === undefined) return undefined
      const whole = batch
      batch = []
      return take(whole, hash)
    },
    end() {
      for (const line of batch) doubt(line)
      if (doubted.some(({ event }) => event !== undefined)) report({ line: start, kind: 'cut', message: cutText })
      for (const { text, line } of doubted) leave?.(text, line)
    }
  }
}

const encoder = /* @__PURE__ */ new TextEncoder()
let bytes: Uint8Array<ArrayBuffer> | undefined

/** sha256 as hexadecimal digits. What the platform has for it is worth asking for longer texts. */
async function digest(text: string): Promise<string> {
  // A page that did not come over https has none.
  const subtle = globalThis.crypto?.subtle as SubtleCrypto | undefined
  if (!subtle || text.length < 4096) return sha256(text)
  const most = 3 * text.length
  // Kept for the next text: what is hashed is copied before anything is waited for.
  bytes ??= new Uint8Array(1 << 20)
  const all = most > bytes.length ? new Uint8Array(most) : bytes
  const { written } = encoder.encodeInto(text, all)
  const hash = new Uint8Array(await subtle.digest('SHA-256', all.subarray(0, written)))
  return Array.from(hash, byte => byte.toString(16).padStart(2, '0')).join('')
}

/** What to say of bytes that are no text as ours is. */
export function oddText(found: OddBytes): Omit<LineReport, 'line'> {
  switch (found.what) {
    case 'foreign':
      return { severity: 'error', kind: 'foreign', message: `This is no ledger but ${found.kind}.` }
    case 'wide': {
      const message = `The text is ${found.encoding.toUpperCase()} and was read as that; ledgers are UTF-8.`
      return { severity: 'warning', kind: 'encoding', message }
    }
    case 'long':
      return { severity: 'error', kind: 'limit', message: 'This line is longer than the limit: it was left out.' }
    case 'unreadable': {
      const message = 'This line is no UTF-8: what cannot be read stands as U+FFFD. Save the file as UTF-8.'
      return { severity: 'error', kind: 'encoding', message }
    }
  }
}

export const cutText = 'The last batch is cut off: its events were never acknowledged.'

/** What is wrong with a line, in a sentence. */
export function faultText(fault: 'line' | 'crc' | 'hash', batchStart: number, line: number): string {
  switch (fault) {
    case 'line':
      return 'This is no line of a ledger: it is torn or was changed.'
    case 'crc':
      return 'This line was changed after it was written.'
    case 'hash':
      return `The batch of lines ${batchStart} to ${line} was changed: an event was edited, moved, added or removed.`
  }
}

function checkKeys(text: string, line: number, gathered: Gathered, maxDepth: number): void {
  const key = repeatedKey(text, maxDepth)
  if (key === undefined) return
  const message = `The key ${JSON.stringify(key.slice(0, 100))} stands twice in one object: only the last was read.`
  gathered.report({ line, severity: 'error', kind: 'duplicate_key', message })
}

function readList(text: string, gathered: Gathered, within: Within, maxItems: number): void {
  if (!within(1, maxDepth => checkKeys(text, 1, gathered, maxDepth))) return
  let items: unknown
  try {
    items = JSON.parse(text)
  } catch (error) {
    gathered.report({ line: 1, severity: 'error', kind: 'syntax', message: `This is no JSON: ${String(error)}` })
    return
  }
  if (!Array.isArray(items)) return
  if (items.length > maxItems) throw tooMany(maxItems)
  items.forEach((item, index) => {
    gathered.value(item, index + 1)
  })
}

function tooMany(limit: number): Error {
  return new ImportLimitError(`There are more than ${limit.toLocaleString('en-US')} events.`, { data: { limit } })
}
