/** A ledger from disk: dropped, picked or pasted. Read only, nothing leaves the page, and its content is not trusted. */
import type { LedgerEvent, LedgerInfo, ParsedLedger, TextSource } from 'daybook'
import { breather } from '../model/awake.js'
import { malformed } from '../model/book.js'
import { isRecord, record, string } from '../model/read.js'
import type { DevtoolsSource, SourceStatus } from '../model/source.js'
import type { Shelf } from './here.js'
import { type RawRows, rawRows } from './raw-rows.js'
import { noWorkshop, workshop } from './workshop.js'

export const maxFileBytes: number = 512 * 1024 * 1024
/** A small archive must not become a page's whole memory. */
export const maxUnpackedBytes: number = 1024 * 1024 * 1024
const maxEvents = 2_000_000
/** A longer ledger is shown while it is read; a packed one that has an eighth of it. */
const longBytes = 2 * 1024 * 1024
/** Read at once: little for the first rows, then more and more. */
const firstBytes = 64 * 1024
const pieceBytes = 1024 * 1024
/** Rows are handed on so often, in milliseconds. */
const tellMs = 200

/** What a file held. */
export interface ParsedFile {
  readonly name: string
  /** Its rows: what is no event stands among them as it is. */
  readonly events: readonly unknown[]
  /** The first line that was left out of what can be forked: it stands among the rows as `malformed`. */
  readonly firstRaw?: number
  /** The events alone, where lines were left out. */
  readonly forkable?: readonly LedgerEvent[]
  /** What the person should know, such as a line that was cut off or changed after it was written. */
  readonly note?: string
  /** The text as it was read, to be verified: left out where a ledger came without its chain. */
  readonly text?: () => Promise<string>
  /** Its chain is broken: something in it was changed after it was written. Left out: it has no chain. */
  readonly unverified?: boolean
  /** More is on its way: `events` grows, and what else is to be known comes with the whole. */
  readonly reading?: Reading
}

export interface Reading {
  /** Rejects with a FileError. */
  readonly whole: Promise<ParsedFile>
  /** Calls the listener each time that events were read. Returns the function that ends it. */
  subscribe(listener: () => void): () => void
}

/** A message for the person: what the file is, and what would be right. */
export class FileError extends Error {}

/** Resolves with the first events of a long file. @throws FileError for what is no ledger. */
export async function readLedgerFile(file: Blob & { readonly name?: string }): Promise<ParsedFile> {
  const name = file.name ?? 'pasted'
  if (file.size > maxFileBytes) {
    throw new FileError(`${name} is larger than 512 MB. The command shows such a ledger: daybook devtools.`)
  }
  if (file.size === 0) throw new FileError(`${name} is empty. A ledger is a .jsonl file with one event a line.`)
  const [first, second] = new Uint8Array(await file.slice(0, 2).arrayBuffer())
  const packed = first === 0x1f && second === 0x8b
  const open = (): Pieces => (packed ? unpacked(file, name) : slices(file))
  const begun = file.size >= (packed ? longBytes / 8 : longBytes) ? await streamOf(open(), name) : undefined
  if (begun) {
    const parsed = readWhileShown(open, name, begun.stream)
    const { whole, subscribe } = parsed.reading
    await Promise.race([whole, new Promise<void>(subscribe)])
    const { text: _unchained, ...unchained } = parsed
    return begun.chained ? parsed : unchained
  }
  const text = (): Promise<string> => textOf(open())
  const parsed = await parseLedgerText(await text(), name)
  return parsed.unverified === undefined ? parsed : { ...parsed, text }
}

type Pieces = AsyncGenerator<Uint8Array, void>

export async function* slices(file: Blob): Pieces {
  let size = firstBytes
  for (let at = 0; at < file.size; ) {
    yield new Uint8Array(await file.slice(at, at + size).arrayBuffer())
    at += size
    size = Math.min(2 * size, pieceBytes)
  }
}

async function* unpacked(file: Blob, name: string): Pieces {
  let size = 0
  const reader = file.stream().pipeThrough(new DecompressionStream('gzip')).getReader()
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      size += value.length
      if (size > maxUnpackedBytes) break
      yield value
    }
  } catch {
    throw new FileError(`${name} is a damaged gzip file.`)
  } finally {
    reader.cancel().catch(() => {}) // what is damaged has said so
  }
  throw new FileError(`${name} unpacks to more than 1 GB, so it was not opened.`)
}

async function textOf(pieces: Pieces): Promise<string> {
  const all: Uint8Array[] = []
  for await (const piece of pieces) all.push(piece)
  return new Blob(all as BlobPart[]).text()
}

/** The name in the first line of a ledger as Daybook writes it; the file's, where that line is an event; else undefined. */
async function streamOf(pieces: Pieces, file: string): Promise<{ stream: string; chained: boolean } | undefined> {
  const decoder = new TextDecoder()
  let head = ''
  for await (const piece of pieces) {
    head += decoder.decode(piece, { stream: true })
    if (head.includes('\n') || head.length > firstBytes) break
  }
  try {
    const { daybook, stream, id, type } = record(JSON.parse(head.split('\n', 1)[0] as string))
    if (typeof daybook === 'number' && typeof stream === 'string') return { stream, chained: true }
    return typeof id === 'string' && typeof type === 'string' ? { stream: file, chained: false } : undefined
  } catch {
    return undefined
  }
}

/** At once, with no rows yet. `stream`: the ledger's name, as its first line says. */
export function readWhileShown(
  open: () => Pieces,
  name: string,
  stream: string
): ParsedFile & { readonly reading: Reading } {
  const raw = rawRows(stream)
  const { rows } = raw
  const listeners = new Set<() => void>()
  const subscribe: Reading['subscribe'] = listener => {
    listeners.add(listener)
    return () => void listeners.delete(listener)
  }
  async function* pieces(): Pieces {
    let had = 0
    let told = Number.NEGATIVE_INFINITY
    const rest = breather()
    for await (const piece of open()) {
      yield piece
      raw.settle()
      // The rows are folded meanwhile: few large steps cost less than many small ones.
      if (rows.length > had && performance.now() > told + tellMs) {
        had = rows.length
        for (const listener of [...listeners]) listener()
        told = performance.now()
      }
      await rest()
    }
  }
  const text = (): Promise<string> => textOf(open())
  const whole = byLine(pieces(), name, raw).then(parsed => ({ ...parsed, text }))
  whole.catch(() => {}) // told to whoever waits for it
  return { name: stream, events: rows, text, reading: { whole, subscribe } }
}

/** The events of a ledger's text: JSONL as Daybook and kando write it, or one JSON document that holds a list of them. */
export async function parseLedgerText(input: string, name: string): Promise<ParsedFile> {
  const text = input.charCodeAt(0) === 0xfeff ? input.slice(1) : input
  if (!/^\s*[{[]/m.test(text)) {
    throw new FileError(
      `${name} is not a ledger: it should be a .jsonl file with one event a line, or a JSON list of events.`
    )
  }
  const list = listIn(text)
  const parsed = await byLine(list?.text ?? text, name)
  return list?.stream === undefined ? parsed : { ...parsed, name: list.stream }
}

/** The events of a document `{ stream, events: […] }`, as the text of a list: they are looked at as any others are. */
function listIn(text: string): { readonly text: string; readonly stream: string | undefined } | undefined {
  try {
    const { stream, events } = record(JSON.parse(text))
    return Array.isArray(events) ? { text: JSON.stringify(events), stream: string(stream) } : undefined
  } catch {
    return undefined // many lines, or what is too deep to be written
  }
}

/** One event a line. The chain of our own files is checked on the way. */
async function byLine(text: TextSource, file: string, raw: RawRows = rawRows(file)): Promise<ParsedFile> {
  const { parseJSONL } = await import('../sdk.js')
  let parsed: ParsedLedger
  try {
    parsed = await parseJSONL(text, {
      maxTotal: maxUnpackedBytes,
      // A list may stand on one line.
      ...(typeof text === 'string' && /^\s*\[/.test(text) ? { maxLine: maxUnpackedBytes } : {}),
      maxLines: maxEvents,
      into: raw.into,
      leftOut: raw.leftOut
    })
  } catch (error) {
    raw.settle()
    throw new FileError(`${file} was not opened: ${error instanceof Error ? error.message : String(error)}`)
  }
  raw.settle()
  const faults = parsed.reports.filter(report => report.severity === 'error')
  const first = faults[0]
  if (parsed.events.length === 0) {
    if (!first) throw new FileError(`${file} is a ledger without events: nothing was recorded in it yet.`)
    throw new FileError(`${file} is no ledger that can be shown. Line ${first.line}: ${first.message}`)
  }
  const others = faults.length - 1
  const more = others > 0 ? ` ${others} more ${others === 1 ? 'line has a fault' : 'lines have faults'}.` : ''
  return {
    ...checked(raw.rows, parsed.name ?? file, file),
    ...(raw.firstRaw === undefined ? {} : { firstRaw: raw.firstRaw, forkable: parsed.events }),
    ...(parsed.format === 'daybook' ? { unverified: parsed.status === 'unverified' } : {}),
    ...(first ? { note: `Line ${first.line} of ${file}: ${first.message}${more}` } : {})
  }
}

function checked(events: readonly unknown[], stream: string, file: string): ParsedFile {
  const good = events.some(event => isRecord(event) && typeof event.id === 'string' && typeof event.type === 'string')
  if (!good) throw new FileError(`${file} is JSON, but no ledger: no line has an event's id, type and data.`)
  return { name: stream, events }
}

export function fileSource(parsed: ParsedFile, label: string): DevtoolsSource {
  const { reading } = parsed
  let known = parsed
  let info = infoOf(parsed)
  let status: SourceStatus = reading ? { state: 'connecting', message: 'The file is being read.' } : closed(parsed.note)
  /** The branches that were made of it here: in memory, and gone with the page. */
  let forked: { readonly source: DevtoolsSource; readonly shelf: Shelf } | undefined
  let branches: readonly LedgerInfo[] = []
  const listeners = new Set<() => void>()
  const text = parsed.text
  /** Watchers and followers, once the whole is known. */
  const waiting = new Set<() => void>()
  const end = (message: string | undefined): void => {
    status = closed(message)
    info = infoOf(known)
    for (const tell of [...waiting]) tell()
    waiting.clear()
  }
  reading?.whole.then(
    whole => {
      known = whole
      end(whole.note)
    },
    error => end(String(error.message))
  )

  return {
    label,
    kind: 'file',
    asksWho: true,
    get noFork() {
      return workshop.load ? undefined : noWorkshop
    },
    noVerify: text
      ? undefined
      : 'These events came without their chain of hashes: the .jsonl file that Daybook wrote has it.',
    get unverified() {
      return known.unverified === true
    },
    ...(text && {
      async verify() {
        const { verifyText } = await import('./verify-text.js')
        return verifyText(await text())
      }
    }),
    async fork(name, request, hooks) {
      if (!workshop.load) throw new Error(noWorkshop)
      await reading?.whole
      const { firstRaw = Number.POSITIVE_INFINITY, forkable } = known.forkable ? known : withoutRaw(known)
      if (name === info.name && firstRaw < request.position) {
        throw new Error(
          `It cannot be forked there: #${firstRaw + 1}, which stands before it, is no event${saidOf(known.events[firstRaw])}. Leave it out of the file, or fork before it.`
        )
      }
      const { branchesOf, daybookHere, forkHere, shelfOf } = await workshop.load()
      const shelf = forked?.shelf ?? (await shelfOf(info.name, forkable ?? known.events))
      const here = await daybookHere(request.answers ?? { provider: 'simulated' }, shelf.store)
      forked = { shelf, source: branchesOf(here.daybook) }
      const tell = async (): Promise<void> => {
        const listed = (await here.daybook.ledgers.list()).filter(ledger => ledger.name !== shelf.name)
        branches = listed.map(ledger => (ledger.parent === shelf.name ? { ...ledger, parent: info.name } : ledger))
        for (const listener of listeners) listener()
      }
      const timer = setInterval(() => void tell(), 500)
      try {
        const begun = (branch: string): void => {
          hooks.begun(branch)
          if (!branches.some(ledger => ledger.name === branch)) void tell()
        }
        await forkHere(here, name === info.name ? shelf.name : name, request, { signal: hooks.signal, begun })
      } finally {
        clearInterval(timer)
        await tell()
      }
    },
    watch(listener, onStatus) {
      const tell = (): void => listener([info, ...branches])
      const both = (): void => {
        tell()
        onStatus?.(status)
      }
      listeners.add(tell)
      waiting.add(both)
      both()
      return () => {
        listeners.delete(tell)
        waiting.delete(both)
      }
    },
    follow(name, follower) {
      if (name !== info.name && forked) return forked.source.follow(name, follower)
      let given = 0
      const give = (): void => {
        const events = known.events as readonly LedgerEvent[]
        if (events.length > given || given === 0) follower.events(given, reading ? events.slice(given) : events)
        given = events.length
        follower.state?.(status)
      }
      const stop = reading?.subscribe(give)
      waiting.add(give)
      give()
      return () => {
        stop?.()
        waiting.delete(give)
      }
    }
  }
}

/** What of a list that came as one document can be forked. */
function withoutRaw({ events }: ParsedFile): Pick<ParsedFile, 'firstRaw' | 'forkable'> {
  const firstRaw = events.findIndex(row => !isNamed(row))
  return firstRaw < 0 ? {} : { firstRaw, forkable: events.filter(isNamed) }
}

function isNamed(row: unknown): row is LedgerEvent {
  return isRecord(row) && typeof row.id === 'string' && typeof row.type === 'string'
}

/** Of what is no object at all. */
function saidOf(row: unknown): string {
  if (isRecord(row) && row.type === malformed) return saidOf(record(row.data).value)
  return isRecord(row) ? '' : `, but ${Array.isArray(row) ? 'a list' : JSON.stringify(row)?.slice(0, 40)}`
}

function closed(message: string | undefined): SourceStatus {
  return { state: 'closed', ...(message ? { message } : {}) }
}

function infoOf(parsed: ParsedFile): LedgerInfo {
  const timed = (event: unknown): boolean =>
    isRecord(event) && typeof event.timestamp === 'string' && event.timestamp !== ''
  const { events } = parsed
  return {
    name: nameOf(parsed),
    length: events.length,
    created: string(record(events.find(timed)).timestamp) ?? '',
    updated: string(record(events.findLast(timed)).timestamp) ?? '',
    ...parentOf(parsed)
  }
}

/** A branch that was saved under its parent's name is still the branch. */
function nameOf({ name, events }: ParsedFile): string {
  const own = markOf(events)?.branch_id
  return typeof own === 'string' && !name.startsWith('branch:') ? `branch:${own}` : name
}

function parentOf({ events }: ParsedFile): { readonly parent?: string } {
  const parent = markOf(events)?.parent
  return typeof parent === 'string' ? { parent } : {}
}

/** What the last `branch.created` says: a branch of a branch holds its parent's too. */
function markOf(events: readonly unknown[]): Record<string, unknown> | undefined {
  const mark = events.findLast(event => isRecord(event) && event.type === 'branch.created')
  return mark === undefined ? undefined : record(record(mark).data)
}
