/** Events read from outside, and what is wrong with them. */
import { ImportLimitError, LedgerCorruptError, shown } from '../errors.js'
import { deepFreeze, isRecord } from '../json.js'
import { sameContent } from './admit.js'
import { isEvent, type LedgerEvent } from './event.js'
import { unpacked } from './packed.js'

export type FaultKind =
  | 'empty'
  | 'foreign'
  | 'encoding'
  | 'limit'
  | 'header'
  | 'syntax'
  | 'shape'
  | 'timestamp'
  | 'prototype_key'
  | 'crc'
  | 'hash'
  | 'cut'
  | 'reference'
  | 'duplicate_key'
  | 'duplicate_id'
  | 'repeated'
  | 'cause_future'
  | 'cause_missing'
  | 'extra'
  | 'conflict'

export interface LineReport {
  /** From 1; of a JSON list, the number of the item. */
  readonly line: number
  /** A warning is of something odd that was read all the same. */
  readonly severity: 'error' | 'warning'
  readonly kind: FaultKind
  readonly message: string
  /** Of the event, where it can be read. */
  readonly id?: string
}

export interface Gathered {
  /** Takes the JSON of an event; `stored`: of a line of a store, which may say by reference what lines before it say. */
  text(text: string, line: number, stored?: boolean): void
  value(value: unknown, line: number): void
  report(report: LineReport): void
  result(): GatheredEvents
}

export interface GatheredEvents {
  /** Without an error among the reports. */
  readonly ok: boolean
  /** The events that could be read, each id once, frozen. */
  readonly events: readonly LedgerEvent[]
  /** The line of each event. */
  readonly lines: readonly number[]
  /** The first thousand faults, in the order of the lines. */
  readonly reports: readonly LineReport[]
}

const maxReports = 1000
/** So many lines that are no JSON: each costs an exception, and what has more of them is no ledger. */
const maxUnreadable = 100_000
/** So many messages may lines refer to, together: a few bytes each could come to more than any memory holds. */
const maxReferred = 20e6
/** Whether a text may have a key that is the name of a prototype: only then its values are looked through. */
const suspicious = /proto|constructor|\\u/
const prototypes = new Set(['__proto__', 'constructor', 'prototype'])
const fields = new Set(['id', 'type', 'source', 'actor', 'cause', 'timestamp', 'data', 'by'])

/**
 * @param events Where the events go: empty at first.
 * @param leftOut Is given what is not among the events, at the moment when the events before it are there.
 */
export function gather(events: LedgerEvent[] = [], leftOut?: (text: string, line: number) => void): Gathered {
  const lines: number[] = []
  const position = new Map<string, number>()
  const reports: LineReport[] = []
  let ok = true
  let unreadable = 0
  let referred = 0

  const find = (id: string): LedgerEvent | undefined => events[position.get(id) ?? -1]

  /** The full event of a stored line; undefined, and told of, where what it refers to is not there. */
  function full(read: unknown, line: number): unknown {
    try {
      const whole = unpacked(read, find)
      if (whole !== read)
        referred += ((whole as LedgerEvent).data as { messages?: readonly unknown[] }).messages?.length ?? 0
      if (referred <= maxReferred) return whole
    } catch (error) {
      if (!(error instanceof LedgerCorruptError)) throw error
      report({ line, severity: 'error', kind: 'reference', message: error.message })
      return undefined
    }
    const limit = maxReferred.toLocaleString('en-US')
    throw new ImportLimitError(`The lines refer to more than ${limit} messages.`, { data: { limit: maxReferred } })
  }

  function report(found: LineReport): void {
    if (found.severity === 'error') ok = false
    if (reports.length < maxReports) reports.push(found)
  }

  function value(read: unknown, line: number, text?: string): void {
    const plain = text !== undefined && !suspicious.test(text)
    const { event, moved } = shaped(bare(read))
    if (!event) {
      leftOut?.(text ?? JSON.stringify(read), line)
      const message = 'This is no event: an event has id, type, source, actor, cause, timestamp and data.'
      report({ line, severity: 'error', kind: 'shape', message })
      return
    }
    const { id, timestamp } = event
    const key = plain ? undefined : prototypeKey(read)
    if (key !== undefined) {
      // No honest program writes the first; the others may be somebody's words. Kept, each is a member like any other.
      const severity = key === '__proto__' ? 'error' : 'warning'
      const message = `The key ${key} is the name of a prototype: it is read as data, and changes nothing else.`
      report({ line, severity, kind: 'prototype_key', message, id })
    }
    if (!isTime(timestamp)) {
      const message = `The timestamp ${shown(timestamp)} is no time: no duration counts it.`
      report({ line, severity: 'warning', kind: 'timestamp', message, id })
    }
    if (event !== read && hasChecksums(read)) {
      const message = 'The checksums beside this event are not of its line any more: they were not looked at.'
      report({ line, severity: 'warning', kind: 'crc', message, id })
    }
    if (moved) {
      const message = `Unknown fields were kept in ${moved}.`
      report({ line, severity: 'warning', kind: 'extra', message, id })
    }
    const before = position.get(id)
    if (before !== undefined) {
      const same = sameContent(events[before] as LedgerEvent, event)
      const message = `The event ${id} was on line ${lines[before]} already${same ? '' : ', with other content'}.`
      report({ line, severity: same ? 'warning' : 'error', kind: same ? 'repeated' : 'duplicate_id', message, id })
      if (!same) leftOut?.(text ?? JSON.stringify(read), line)
      return
    }
    position.set(id, events.length)
    events.push(deepFreeze(event))
    lines.push(line)
  }

  function checkCauses(): void {
    events.forEach((event, at) => {
      const line = lines[at] as number
      for (const cause of event.cause) {
        const of = position.get(cause)
        if (of === undefined) {
          const message = `The cause ${cause} is not in this ledger.`
          report({ line, severity: 'warning', kind: 'cause_missing', message, id: event.id })
        } else if (of >= at) {
          const message = `The cause ${cause} comes ${of === at ? 'from the event itself' : 'later than its effect'}.`
          report({ line, severity: 'error', kind: 'cause_future', message, id: event.id })
        }
      }
    })
  }

  return {
    text(text, line, stored = false) {
      let read: unknown
      try {
        read = JSON.parse(text)
      } catch (error) {
        if (++unreadable > maxUnreadable) {
          const limit = maxUnreadable.toLocaleString('en-US')
          throw new ImportLimitError(`More than ${limit} lines are no JSON.`, { data: { limit: maxUnreadable } })
        }
        report({ line, severity: 'error', kind: 'syntax', message: `This is no JSON: ${String(error).slice(0, 200)}` })
        leftOut?.(text, line)
        return
      }
      const whole = stored ? full(read, line) : read
      if (whole === undefined) leftOut?.(text, line)
      else value(whole, line, text)
    },
    value: (read, line) => value(read, line),
    report,
    result() {
      checkCauses()
      reports.sort((a, b) => a.line - b.line)
      return { ok, events, lines, reports }
    }
  }
}

function isTime(text: string): boolean {
  return /^\d{4}-\d\d-\d\d/.test(text) && !Number.isNaN(Date.parse(text))
}

/** A key in this value that is the name of a prototype; `__proto__` before the others, which may be honest. */
function prototypeKey(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  let found: string | undefined
  for (const [key, member] of Object.entries(value)) {
    const here = prototypes.has(key) ? key : undefined
    const name = here === '__proto__' ? here : (prototypeKey(member) ?? here)
    if (name === '__proto__') return name
    found ??= name
  }
  return found
}

const digits = /^[0-9a-f]+$/

/** Whether something of a line of ours is left beside an event, as where such lines were made into a JSON list. */
function hasChecksums(read: unknown): read is Record<string, unknown> {
  if (!isRecord(read)) return false
  const { crc, hash } = read
  const isHash = typeof hash === 'string' && hash.length === 64 && digits.test(hash)
  return typeof crc === 'string' && crc.length === 8 && digits.test(crc) && (hash === undefined || isHash)
}

/** Checksums are of a line, not of what it says: an event is the same event without them. */
function bare(read: unknown): unknown {
  if (!hasChecksums(read)) return read
  const { crc: _crc, hash: _hash, ...event } = read
  return event
}

/** `extra`, unless the data has such a member of its own. */
function freeName(data: unknown): string {
  let name = 'extra'
  while (isRecord(data) && Object.hasOwn(data, name)) name += '_'
  return name
}

/**
 * An event of what was read: missing data is `{}`, as in kando, and unknown fields go into `data.extra`, which `moved`
 * then tells.
 */
function shaped(read: unknown): { event?: LedgerEvent; moved?: string } {
  if (!isRecord(read)) return {}
  const extra = Object.keys(read).filter(key => !fields.has(key))
  if (extra.length === 0 && read.data !== undefined) return isEvent(read) ? { event: read } : {}
  const { id, type, source, actor, cause, timestamp, data = {}, by } = read
  const name = freeName(data)
  const kept = extra.length === 0 ? {} : { [name]: Object.fromEntries(extra.map(key => [key, read[key]])) }
  const event = {
    ...{ id, type, source, actor, cause, timestamp },
    data: isRecord(data) ? { ...data, ...kept } : data,
    ...(by === undefined ? {} : { by })
  }
  if (!isEvent(event)) return {}
  return extra.length === 0 ? { event } : { event, moved: `data.${name}: ${extra.join(', ').slice(0, 200)}` }
}
