/**
 * Lines that do not say again what the ledger says already. Each request of a dialog holds all its messages, and an
 * answer stands in the next request and in the dialog's own event too: written out, a dialog of 200 turns would be 200
 * times as long as what was said in it. A store may write a {@link packer}'s lines; reading gives the full events.
 *
 * A packed line is the event's JSON with one key more, `same`. `messages` says what the request's list is made of, in
 * order: a number of messages of the line itself, some of an earlier request (`[position, id, start, end]`), or an
 * earlier answer's message (`[position, id]`). `values` says what stands elsewhere in full, by paths within the data:
 * `[path, position, id, path there]`, with the event's own id for what it says twice.
 */
import { LedgerCorruptError } from '../errors.js'
import { isRecord } from '../json.js'
import { eventText } from './chain.js'
import type { LedgerEvent } from './event.js'

type Path = readonly (string | number)[]
/** A path that is only written out where it is needed. */
interface Way {
  readonly up: Way | undefined
  readonly key: string | number
}
/** Of a list of messages. */
type Segment =
  | number
  | readonly [position: number, id: string]
  | readonly [position: number, id: string, start: number, end: number]
type Kept = readonly [path: Path, position: number, id: string, from: Path]

interface Same {
  readonly messages?: readonly Segment[]
  readonly values?: readonly Kept[]
}

export interface Packer {
  /** The event's JSON as it is to be written at `position`; also for one that is there already, to be referred to. */
  text(event: LedgerEvent, position: number): string
  /** Refers to nothing that was given so far: it was not written, or is there no longer. */
  forget(): void
}

/** The events that say what others say. All others are written out. */
const packedTypes = new Set(['llm.request', 'llm.response', 'message.appended', 'tool.called', 'tool.returned'])

/** Whether events of this type may refer to others, and others to them. */
export function isPackedType(type: string): boolean {
  return packedTypes.has(type)
}

/** A shorter value is not worth a reference. */
const minimum = 256
/** So much is remembered: a dialog that models can take is far shorter, in characters. */
const maxTexts = 8e6
const maxRequests = 32
const maxAnswers = 64
/** A request that refers to more pieces is what the next one refers to. */
const maxSegments = 8
/** What one line may come to. A few bytes could say more than any memory holds. */
const maxMessages = 100_000
const maxSize = 64e6

interface Requested {
  readonly id: string
  readonly position: number
  readonly data: Readonly<Record<string, unknown>>
  /** Where its tools and the like were said first. */
  readonly said: ReadonlyMap<string, Place>
  readonly messages: readonly unknown[]
  /** How somebody else may refer to its messages. */
  readonly segments: readonly Segment[]
}

interface Place {
  readonly position: number
  readonly id: string
  readonly path: Path
}

export function packer(): Packer {
  /** The last stands last. */
  let requests: Requested[] = []
  let answers: { readonly position: number; readonly id: string; readonly message: unknown }[] = []
  const texts = new Map<string, Place>()
  let remembered = 0

  function remember(text: string, place: Place): void {
    if (!texts.delete(text)) remembered += text.length
    texts.set(text, place)
    for (const oldest of texts.keys()) {
      if (remembered <= maxTexts) break
      texts.delete(oldest)
      remembered -= oldest.length
    }
  }

  /** The value without its long texts that stand elsewhere, which `values` then tells of. */
  function stripped(value: unknown, way: Way | undefined, event: Omit<Place, 'path'>, values: Kept[]): unknown {
    if (typeof value === 'string') {
      if (value.length < minimum) return value
      const path = pathOf(way)
      const there = texts.get(value)
      remember(value, there ?? { ...event, path })
      if (!there) return value
      values.push([path, there.position, there.id, there.path])
      return ''
    }
    if (typeof value !== 'object' || value === null) return value
    const list = Array.isArray(value)
    let copy: Record<string | number, unknown> | undefined
    for (const name of Object.keys(value)) {
      const member = (value as Record<string, unknown>)[name]
      if (typeof member === 'string' ? member.length < minimum : typeof member !== 'object') continue
      const key = list ? Number(name) : name
      const short = stripped(member, { up: way, key }, event, values)
      if (short === member) continue
      copy ??= (list ? [...value] : { ...value }) as Record<string | number, unknown>
      copy[key] = short
    }
    return copy ?? value
  }

  /** What the messages are made of, and which of them the line has to say itself. */
  function segmentsOf(messages: readonly unknown[]): {
    readonly segments: readonly Segment[]
    readonly own: readonly number[]
  } {
    let before: Requested | undefined
    let shared = 0
    for (let index = requests.length - 1; index >= 0 && shared * 2 < messages.length; index--) {
      const request = requests[index] as Requested
      const count = samePrefix(request.messages, messages)
      if (count > shared) [before, shared] = [request, count]
    }
    if (messages.slice(0, shared).reduce<number>((size, message) => size + sizeOf(message), 0) < minimum) shared = 0
    const segments: Segment[] = before ? cut(before.segments, shared) : []
    const own: number[] = []
    for (let index = shared; index < messages.length; index++) {
      const answer = answers.findLast(({ message }) => sameJson(message, messages[index]))
      const last = segments.at(-1)
      if (answer && sizeOf(answer.message) >= minimum) segments.push([answer.position, answer.id])
      else {
        own.push(index)
        if (typeof last === 'number') segments[segments.length - 1] = last + 1
        else segments.push(1)
      }
    }
    return { segments, own }
  }

  return {
    forget() {
      requests = []
      answers = []
      texts.clear()
      remembered = 0
    },
    text(event, position) {
      const { id, type } = event
      const data: unknown = event.data
      const here = { position, id }
      const list = type === 'llm.request' && isRecord(data) ? data.messages : undefined
      if (Array.isArray(list) && list.length <= maxMessages && sizeOf(list) <= maxSize)
        return request(event, list, here)
      const whole = eventText(event)
      if (!packedTypes.has(type) || whole.length < minimum || whole.length > maxSize) return whole
      if (type === 'llm.response' && isRecord(data) && isRecord(data.message)) {
        answers = [...answers.slice(1 - maxAnswers), { ...here, message: data.message }]
      }
      const values: Kept[] = []
      const short = stripped(data, undefined, here, values)
      return values.length === 0 ? whole : lineOf(event, short, { values })
    }
  }

  function request(event: LedgerEvent, list: readonly unknown[], here: Omit<Place, 'path'>): string {
    const { segments, own } = segmentsOf(list)
    const before = requests.at(-1)
    const values: Kept[] = []
    const short: Record<string, unknown> = { ...event.data, messages: [] }
    const said = new Map<string, Place>()
    for (const [key, value] of Object.entries(event.data)) {
      if (typeof value !== 'object' || key === 'messages' || sizeOf(value) < minimum) continue
      const first = before && sameJson(before.data[key], value) ? before.said.get(key) : undefined
      said.set(key, first ?? { ...here, path: [key] })
      if (!first) continue
      values.push([[key], first.position, first.id, first.path])
      short[key] = null
    }
    const rest = stripped(short, undefined, here, values) as Record<string, unknown>
    const way: Way = { up: undefined, key: 'messages' }
    const messages = own.map(index => stripped(list[index], { up: way, key: index }, here, values))
    const named = referred(segments, here)
    const reach: readonly Segment[] = named.length > maxSegments ? [[here.position, here.id, 0, list.length]] : named
    requests = [
      ...requests.slice(1 - maxRequests),
      { ...here, data: event.data, said, messages: list, segments: reach }
    ]
    if (own.length === list.length && values.length === 0) return eventText(event)
    return lineOf(
      event,
      { ...rest, messages },
      {
        ...(own.length < list.length ? { messages: segments } : {}),
        ...(values.length > 0 ? { values } : {})
      }
    )
  }
}

function lineOf(event: LedgerEvent, data: unknown, same: Same): string {
  return `${eventText({ ...event, data } as LedgerEvent).slice(0, -1)},"same":${JSON.stringify(same)}}`
}

function pathOf(way: Way | undefined): Path {
  const path: (string | number)[] = []
  for (let at = way; at; at = at.up) path.unshift(at.key)
  return path
}

/** How others refer to what a line of this event is made of. */
function referred(segments: readonly Segment[], { position, id }: Omit<Place, 'path'>): Segment[] {
  let at = 0
  return segments.map(segment => {
    const count = countOf(segment)
    at += count
    return typeof segment === 'number' ? ([position, id, at - count, at] as const) : segment
  })
}

function countOf(segment: Segment): number {
  return typeof segment === 'number' ? segment : segment.length === 2 ? 1 : segment[3] - segment[2]
}

/** The first `count` messages of what the segments are made of. */
function cut(segments: readonly Segment[], count: number): Segment[] {
  const first: Segment[] = []
  let left = count
  for (const segment of segments) {
    if (left <= 0) break
    const whole = countOf(segment)
    if (whole <= left || typeof segment === 'number' || segment.length === 2) first.push(segment)
    else first.push([segment[0], segment[1], segment[2], segment[2] + left])
    left -= whole
  }
  return first
}

function samePrefix(a: readonly unknown[], b: readonly unknown[]): number {
  let count = 0
  while (count < a.length && count < b.length && sameJson(a[count], b[count])) count++
  return count
}

/** Whether two values have the same JSON, the order of their keys included: what is read is what was written. */
function sameJson(a: unknown, b: unknown): boolean {
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (Array.isArray(a) !== Array.isArray(b)) return false
  const [keys, others] = [Object.keys(a), Object.keys(b)]
  return (
    keys.length === others.length &&
    keys.every(
      (key, index) =>
        key === others[index] && sameJson((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key])
    )
  )
}

const sizes = new WeakMap<object, number>()

/** About so many characters its JSON has. Frozen values are measured once. */
function sizeOf(value: unknown): number {
  if (typeof value === 'string') return value.length
  if (typeof value !== 'object' || value === null) return 4
  const known = sizes.get(value)
  if (known !== undefined) return known
  let size = 2
  for (const [key, member] of Object.entries(value)) size += key.length + sizeOf(member) + 4
  if (Object.isFrozen(value)) sizes.set(value, size)
  return size
}

/** Thrown where a packed line refers to an event that the reader does not have at hand. */
export class NotHeldError extends LedgerCorruptError {
  readonly id: string
  readonly position: number

  constructor(id: string, position: number) {
    super(`The line repeats what the event ${JSON.stringify(id.slice(0, 100))} says, which is not before it.`, {
      data: { id, position }
    })
    this.id = id
    this.position = position
  }
}

/**
 * The full event of what was read from a line: the value itself where nothing is left out of it. Changes what it is given.
 * @param find The full event of this id before it, which perhaps stands at `position`.
 * @throws NotHeldError where it is not found; LedgerCorruptError for a line that no packer writes.
 */
export function unpacked(read: unknown, find: (id: string, position: number) => LedgerEvent | undefined): unknown {
  if (!isRecord(read) || !('same' in read)) return read
  const { same, ...event } = read
  const { id, data } = event
  if (!(isRecord(same) && isRecord(data) && typeof id === 'string')) throw unfit()
  const dataOf = (wanted: unknown, position: unknown): Record<string, unknown> => {
    if (typeof wanted !== 'string' || typeof position !== 'number' || wanted === id) throw unfit()
    const found = find(wanted, position)
    if (!found) throw new NotHeldError(wanted, position)
    return found.data as Record<string, unknown>
  }
  if (same.messages !== undefined) data.messages = listOf(same.messages, data.messages, dataOf)
  if (same.values !== undefined) {
    let size = 0
    for (const kept of listed(same.values)) {
      const [path, position, from, there] = listed(kept)
      const value = valueAt(from === id ? data : dataOf(from, position), listed(there))
      // More than a text of its own would be a piece of the event in another piece of it.
      if (from === id && typeof value !== 'string') throw unfit()
      size += sizeOf(value)
      if (size > maxSize) throw unfit()
      put(data, listed(path), value)
    }
  }
  return event
}

type DataOf = (id: unknown, position: unknown) => Record<string, unknown>

function listOf(segments: unknown, literal: unknown, dataOf: DataOf): unknown[] {
  const own = listed(literal)
  const messages: unknown[] = []
  let taken = 0
  let size = 0
  const add = (more: readonly unknown[], count: number): void => {
    if (more.length !== count || messages.length + count > maxMessages) throw unfit()
    for (const message of more) {
      size += sizeOf(message)
      if (size > maxSize) throw unfit()
      messages.push(message)
    }
  }
  for (const segment of listed(segments)) {
    if (typeof segment === 'number') {
      add(own.slice(taken, taken + segment), segment)
      taken += segment
      continue
    }
    const [position, id, start, end] = listed(segment)
    const there = dataOf(id, position)
    if (start === undefined) add([there.message], 1)
    else if (typeof start === 'number' && typeof end === 'number') {
      add(listed(there.messages).slice(start, end), end - start)
    } else throw unfit()
  }
  return messages
}

function listed(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw unfit()
  return value
}

function valueAt(from: unknown, path: readonly unknown[]): unknown {
  let value = from
  for (const key of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key as string)) throw unfit()
    value = (value as Record<string, unknown>)[key as string]
  }
  return value
}

/** Puts a value where the line has left one out: nowhere else, and never into another event. */
function put(data: Record<string, unknown>, path: readonly unknown[], value: unknown): void {
  const key = path.at(-1) as string
  const inside = valueAt(data, path.slice(0, -1))
  if (typeof inside !== 'object' || inside === null || Object.isFrozen(inside) || !Object.hasOwn(inside, key))
    throw unfit()
  ;(inside as Record<string, unknown>)[key] = value
}

function unfit(): Error {
  return new LedgerCorruptError('The line repeats what was said before it, but not as a ledger does.')
}
