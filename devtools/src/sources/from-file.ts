/** A ledger from disk: dropped, picked or pasted. Read only, nothing leaves the page, and its content is not trusted. */
import type { LedgerEvent } from 'daybook'
import { isRecord } from '../model/read.js'
import type { DevtoolsSource } from '../model/source.js'

export const maxFileBytes: number = 512 * 1024 * 1024
/** A small archive must not become a page's whole memory. */
export const maxUnpackedBytes: number = 1024 * 1024 * 1024
const maxEvents = 2_000_000

/** What a file held. `events` are as they came: the book shows a malformed one as it is. */
export interface ParsedFile {
  readonly name: string
  readonly events: readonly unknown[]
  /** What the person should know, such as a line that was cut off. */
  readonly note?: string
}

/** A message for the person: what the file is, and what would be right. */
export class FileError extends Error {}

/** @throws FileError for what is no ledger. */
export async function readLedgerFile(file: Blob & { readonly name?: string }): Promise<ParsedFile> {
  const name = file.name ?? 'pasted'
  if (file.size > maxFileBytes) {
    throw new FileError(`${name} is larger than 512 MB. The command shows such a ledger: daybook devtools.`)
  }
  if (file.size === 0) throw new FileError(`${name} is empty. A ledger is a .jsonl file with one event a line.`)
  const head = new Uint8Array(await file.slice(0, 2).arrayBuffer())
  const packed = head[0] === 0x1f && head[1] === 0x8b
  return parseLedgerText(packed ? await unpacked(file, name) : await file.text(), name)
}

async function unpacked(file: Blob, name: string): Promise<string> {
  const pieces: Uint8Array[] = []
  let size = 0
  try {
    const reader = file.stream().pipeThrough(new DecompressionStream('gzip')).getReader()
    for (;;) {
      const { done, value } = await reader.read()
      if (done) break
      size += value.length
      if (size > maxUnpackedBytes) {
        await reader.cancel()
        throw new FileError(`${name} unpacks to more than 1 GB, so it was not opened.`)
      }
      pieces.push(value)
    }
  } catch (error) {
    if (error instanceof FileError) throw error
    throw new FileError(`${name} is a damaged gzip file.`)
  }
  return new Blob(pieces as BlobPart[]).text()
}

/** The events of a ledger's text: JSONL as Daybook and kando write it, or one JSON document that holds a list of them. */
export function parseLedgerText(input: string, name: string): ParsedFile {
  const text = input.charCodeAt(0) === 0xfeff ? input.slice(1) : input
  const start = text.trimStart().slice(0, 1)
  if (start !== '{' && start !== '[') {
    throw new FileError(`${name} is not a ledger: it should be a .jsonl file with one event a line, or a kando dump.`)
  }
  return wholeDocument(text, name) ?? byLine(text, name)
}

/** One JSON document: a list of events, or `{ events: […] }` under a name. Undefined where the text is no such thing. */
function wholeDocument(text: string, name: string): ParsedFile | undefined {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return undefined
  }
  const events = Array.isArray(value)
    ? value
    : isRecord(value) && Array.isArray(value.events)
      ? value.events
      : undefined
  if (!events) return undefined
  return checked(events, isRecord(value) && typeof value.stream === 'string' ? value.stream : name, name)
}

function byLine(text: string, name: string): ParsedFile {
  const events: unknown[] = []
  let stream: string | undefined
  let bad = 0
  let number = 0
  let cutOff = false
  for (let from = 0; from < text.length; ) {
    const at = text.indexOf('\n', from)
    const line = text.slice(from, at < 0 ? text.length : at)
    from = at < 0 ? text.length : at + 1
    if (line.trim() === '') continue
    number++
    try {
      const value: unknown = JSON.parse(line)
      if (number === 1 && isRecord(value) && 'daybook' in value) {
        if (typeof value.daybook === 'number' && value.daybook > 1) {
          throw new FileError(`${name} was written by a newer Daybook (version ${value.daybook}): update this page.`)
        }
        if (typeof value.stream === 'string') stream = value.stream
      } else events.push(bare(value))
    } catch (error) {
      if (error instanceof FileError) throw error
      if (at < 0) cutOff = true
      else {
        bad++
        events.push(line.slice(0, 2000))
      }
    }
    if (events.length > maxEvents) throw new FileError(`${name} has more than 2 000 000 events, so it was not opened.`)
  }
  const note = cutOff
    ? 'The last line is cut off and was left out.'
    : bad > 0
      ? `${bad} lines are no JSON; they are shown as they are.`
      : undefined
  return { ...checked(events, stream ?? name, name), ...(note ? { note } : {}) }
}

/** The event of a stored line, without what only the file needs. */
function bare(value: unknown): unknown {
  if (!isRecord(value) || !('crc' in value)) return value
  const { crc: _crc, hash: _hash, ...event } = value
  return event
}

function checked(events: readonly unknown[], stream: string, file: string): ParsedFile {
  const good = events.some(event => isRecord(event) && typeof event.id === 'string' && typeof event.type === 'string')
  if (!good) throw new FileError(`${file} is JSON, but no ledger: no line has an event's id, type and data.`)
  return { name: stream, events }
}

export function fileSource(parsed: ParsedFile, label: string): DevtoolsSource {
  const times = parsed.events
    .map(event => (isRecord(event) && typeof event.timestamp === 'string' ? event.timestamp : ''))
    .filter(time => time !== '')
  const info = {
    name: parsed.name,
    length: parsed.events.length,
    created: times[0] ?? '',
    updated: times.at(-1) ?? ''
  }
  return {
    label,
    kind: 'file',
    watch(listener, onStatus) {
      listener([info])
      onStatus?.({ state: 'closed', ...(parsed.note ? { message: parsed.note } : {}) })
      return () => {}
    },
    follow(_name, follower) {
      follower.events(0, parsed.events as readonly LedgerEvent[])
      follower.state?.({ state: 'closed', ...(parsed.note ? { message: parsed.note } : {}) })
      return () => {}
    }
  }
}
