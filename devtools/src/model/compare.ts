/** Two to four runs side by side: what the rows of a comparison say, and which of them need to be said at all. */
import type { ComparisonRow, FieldChange, LedgerEvent } from 'daybook'
import type { Book } from './book.js'
import { masked, oneLine as maskedLine } from './mask.js'
import { cents, count, duration, usd } from './numbers.js'
import { contentText, list, number, oneLine, record, string } from './read.js'

export type CompareRow = ComparisonRow

/**
 * A stretch of equal rows or of rows that the branch has not run, folded or not, or a row: `quiet` where it is of an
 * unfolded stretch.
 */
export type CompareItem =
  | { readonly kind: 'same' | 'unrun'; readonly from: number; readonly to: number; readonly open: boolean }
  | { readonly kind: 'row'; readonly row: number; readonly quiet: boolean }

/**
 * @param opened The first rows of the stretches that are unfolded.
 * @param single One call was asked again, see {@link askedAgain}: what else its parent did is folded.
 */
export function itemsOf(
  rows: readonly CompareRow[],
  opened: ReadonlySet<number>,
  single = false
): readonly CompareItem[] {
  const items: CompareItem[] = []
  const foldOf = (row: CompareRow | undefined): 'same' | 'unrun' | undefined =>
    row?.same ? 'same' : single && row && !row.events[1] ? 'unrun' : undefined
  for (let from = 0; from < rows.length; ) {
    const kind = foldOf(rows[from])
    let to = from
    while (kind && to < rows.length && foldOf(rows[to]) === kind) to++
    if (kind && to > from) {
      const open = opened.has(from)
      items.push({ kind, from, to, open })
      if (open) for (let row = from; row < to; row++) items.push({ kind: 'row', row, quiet: true })
      from = to
    } else {
      items.push({ kind: 'row', row: from, quiet: false })
      from++
    }
  }
  return items
}

/**
 * The same answer, taken from a cache or a recording: what differs is that it cost nothing and came at once, and the heads
 * of the runs say so in one sum.
 */
export function reused({ events: [first, ...others] }: CompareRow): boolean {
  if (first?.type !== 'llm.response') return false
  const words = said(first)
  return others.every(
    other =>
      other?.type === 'llm.response' && (other === first || record(other.data).cached === true) && said(other) === words
  )
}

const ofCall = new Set(['llm.request', 'llm.attempt', 'llm.response', 'llm.failed'])

/** The row of the call that a branch asked again, where that is all that it did; undefined of any other comparison. */
export function askedAgain(rows: readonly CompareRow[]): number | undefined {
  const begun = rows.findLastIndex(({ events: [before, after] }) => !before && after?.type === 'branch.created')
  if (begun < 0 || rows[begun]?.events.length !== 2) return undefined
  let call: number | undefined
  for (let at = begun + 1; at < rows.length; at++) {
    const { events, same } = rows[at] as CompareRow
    const [before, after] = events
    // What led up to calls beside it is taken over as it was.
    if (!after || same) continue
    if (!ofCall.has(after.type)) return undefined
    if (before && after.type === 'llm.request') call ??= at
  }
  return call
}

/** What a stretch says of itself that the branch has not run. */
export function unrunWords(
  rows: readonly CompareRow[],
  from: number,
  to: number,
  [a, b]: readonly Book[]
): readonly [string, string] {
  const place = (row: number): string => `#${(a?.causes.rowOf(rows[row]?.events[0]?.id ?? '') ?? row) + 1}`
  const size = to - from
  const range = size === 1 ? `${place(from)} is` : `${place(from)}–${place(to - 1)} are`
  const name = b?.name.replace(/^[a-z]+:/, '').slice(0, 40)
  return [`${range} not run in ${name}`, `${size} ${size === 1 ? 'event' : 'events'}`]
}

/** What an equal stretch says of itself: `#1–#38 are the same`, `38 events, shared, $0 more`. */
export function sameWords(
  rows: readonly CompareRow[],
  from: number,
  to: number,
  book: Book
): readonly [string, string] {
  const place = (row: number): number => (book.causes.rowOf(rows[row]?.events[0]?.id ?? '') ?? row) + 1
  const size = to - from
  const shared = [from, to - 1].every(row => {
    const [first, ...others] = rows[row]?.events ?? []
    return others.every(other => other?.id === first?.id && other?.source === first?.source)
  })
  let answers = 0
  for (let row = from; row < to; row++) if (rows[row]?.events[0]?.type === 'llm.response') answers++
  const parts = [
    `${size} ${size === 1 ? 'event' : 'events'}`,
    ...(answers > 0 ? [`${answers} ${answers === 1 ? 'answer' : 'answers'}`] : []),
    ...(shared ? ['shared'] : []),
    '$0 more'
  ]
  const range = size === 1 ? `#${place(from)} is the same` : `#${place(from)}–#${place(to - 1)} are the same`
  return [range, parts.join(', ')]
}

/** The texts of two partners that are to be compared word by word, and where they stand. */
export interface TextPair {
  readonly before: string
  readonly after: string
  /** `system`, `user 2`: of a prompt, the message; empty for an answer. */
  readonly where: string
  /** How many more messages differ. */
  readonly more: number
}

/**
 * Undefined where the events have no text, or the same. Of data that is neither asked nor answered, a long text counts
 * that is all that changed.
 */
export function textsOf(
  before: LedgerEvent,
  after: LedgerEvent,
  fields: readonly FieldChange[] = []
): TextPair | undefined {
  if (before.type === 'llm.request' && after.type === 'llm.request') return promptsOf(before, after)
  if (before.type === 'llm.response' && after.type === 'llm.response') {
    const [was, is] = [said(before), said(after)]
    return was === is ? undefined : { before: was, after: is, where: '', more: 0 }
  }
  const [{ path, before: was, after: is } = {}, ...others] = fields
  if (others.length > 0 || path === undefined || typeof was !== 'string' || typeof is !== 'string') return undefined
  if (Math.max(was.length, is.length) < longText) return undefined
  return { before: was, after: is, where: fieldName(path), more: 0 }
}

/** A shorter text is shown as the value of its field. */
const longText = 60

function fieldName(path: string): string {
  return path
    .replace(/^\/(?:data\/)?/, '')
    .replaceAll('/', '.')
    .slice(0, 80)
}

function promptsOf(before: LedgerEvent, after: LedgerEvent): TextPair | undefined {
  const [was, is] = [before, after].map(event => list(record(event.data).messages).map(record)) as [
    Record<string, unknown>[],
    Record<string, unknown>[]
  ]
  let found: TextPair | undefined
  let more = 0
  const most = Math.min(Math.max(was.length, is.length), 10_000)
  for (let at = 0; at < most; at++) {
    const [a, b] = [messageText(was[at]), messageText(is[at])]
    if (a === b) continue
    if (found) more++
    else found = { before: a, after: b, where: `${string((is[at] ?? was[at])?.role) ?? 'message'} ${at + 1}`, more: 0 }
  }
  return found && { ...found, more }
}

function messageText(message: Record<string, unknown> | undefined): string {
  if (!message) return ''
  const text = contentText(message.content)
  const calls = list(message.tool_calls)
  return calls.length === 0 ? text : `${text}${text === '' ? '' : '\n'}${oneLine(calls, 4000)}`
}

/** What an answer says: its words, or the tools that it calls. */
export function said(event: LedgerEvent): string {
  const data = record(event.data)
  const text = string(data.text) ?? ''
  if (text !== '') return text
  return list(data.tool_calls)
    .map(record)
    .map(call => `${string(call.name) ?? 'a tool'} ${string(call.arguments_text) ?? oneLine(call.arguments, 2000)}`)
    .join('\n')
}

/** One line of the last column: what changed, by how much, and both values. */
export interface Delta {
  readonly label: string
  readonly change: string
  readonly values: string
}

const minus = '−'

/** `−$0.0023`, `+12 ms`; `0` where nothing changed, `–` where one of both is not known. */
export function signed(change: number | undefined, format: (value: number) => string): string {
  if (change === undefined || Number.isNaN(change)) return '–'
  if (change === 0) return '0'
  const sign = change < 0 ? minus : '+'
  // An estimate stays one at the sight of its first letter: ≈ −$0.03.
  return format(Math.abs(change)).replace(/^(≈\s)?/, `$1${sign}`)
}

/** The figures of two answers that differ, or the parameters of two requests; else how many fields do. */
export function deltasOf(
  before: LedgerEvent,
  after: LedgerEvent,
  fields: readonly FieldChange[],
  texts: TextPair | undefined
): readonly Delta[] {
  const deltas: Delta[] = []
  const add = (
    label: string,
    was: unknown,
    is: unknown,
    format: (value: number) => string,
    short: (value: number) => string = format
  ): void => {
    const [a, b] = [finite(was), finite(is)]
    if (a === b) return
    const change = a === undefined || b === undefined ? undefined : b - a
    const shown = (value: number | undefined): string => (value === undefined ? '–' : short(value))
    deltas.push({ label, change: signed(change, format), values: `${shown(a)} → ${shown(b)}` })
  }
  const [was, is] = [record(before.data), record(after.data)]
  if (texts && before.type === 'llm.request') {
    add('words', wordsIn(texts.before), wordsIn(texts.after), count)
  }
  if (before.type === 'llm.response' && after.type === 'llm.response') {
    const [used, uses] = [record(was.usage), record(is.usage)]
    add('tokens out', used.output_tokens, uses.output_tokens, count)
    add('tokens in', used.input_tokens, uses.input_tokens, count)
    add('reasoning', used.reasoning_tokens, uses.reasoning_tokens, count)
    add('time', was.latency_ms, is.latency_ms, duration, inOne(was.latency_ms, is.latency_ms))
    add('first token', was.first_delta_ms, is.first_delta_ms, duration, inOne(was.first_delta_ms, is.first_delta_ms))
    add('cost', was.cost_usd, is.cost_usd, dollars, cents)
    if (was.text === is.text && typeof was.text === 'string' && was.text !== '') {
      deltas.unshift({ label: 'answer', change: 'the same', values: '' })
    }
    return deltas
  }
  for (const { path, before: a, after: b } of fields) {
    const [, name = ''] = /^\/data\/([^/]+)$/.exec(path) ?? []
    if (name === '' || deltas.length >= 6) continue
    if (typeof a === 'number' && typeof b === 'number') add(name, a, b, count)
    else if (before.type === 'llm.request' && isShort(a) && isShort(b)) {
      deltas.push({ label: name, change: 'changed', values: `${shortly(a)} → ${shortly(b)}` })
    }
  }
  const size = fields.length
  if (deltas.length === 0 && size === 0) deltas.push({ label: 'cause', change: '', values: 'differs' })
  else if (deltas.length === 0) {
    deltas.push({
      label: size === 1 ? 'field' : 'fields',
      change: String(size),
      values: size === 1 ? 'differs' : 'differ'
    })
  }
  return deltas
}

function finite(value: unknown): number | undefined {
  return Number.isFinite(value) ? (value as number) : undefined
}

/** Both times in one unit, which stands with the change: seconds where one of them has some. */
function inOne(was: unknown, is: unknown): (ms: number) => string {
  const long = Math.max(number(was) ?? 0, number(is) ?? 0) >= 1000
  return ms => (long ? (ms / 1000).toFixed(2) : String(Math.round(ms)))
}

/** Four decimals for a small change, so that the column holds it. */
function dollars(change: number): string {
  return change >= 0.00005 && change < 1 ? `$${change.toFixed(4)}` : usd(change)
}

function wordsIn(text: string): number {
  let words = 0
  for (const _ of text.matchAll(/\S+/g)) words++
  return words
}

function isShort(value: unknown): boolean {
  return value === undefined || typeof value === 'boolean' || typeof value === 'number' || typeof value === 'string'
}

function shortly(value: unknown): string {
  return value === undefined ? '–' : typeof value === 'string' ? masked(value).slice(0, 40) : String(value)
}

/** The fields of an event's data that are shown where words are not: the changed ones, then others up to `max`. */
export interface ShownField {
  readonly name: string
  readonly value: string
  readonly changed: boolean
}

export function fieldsOf(
  event: LedgerEvent,
  fields: readonly FieldChange[],
  side: 'before' | 'after',
  max = 8
): readonly ShownField[] {
  const shown: ShownField[] = []
  for (const field of fields) {
    if (shown.length >= max) break
    const name = field.path
      .replace(/^\/data\//, '')
      .replace(/^\//, '')
      .replaceAll('/', '.')
    const value = field[side]
    shown.push({ name: name.slice(0, 80), value: value === undefined ? 'none' : maskedLine(value, 160), changed: true })
  }
  const heads = new Set(fields.map(({ path }) => path.split('/')[2]))
  const data = record(event.data)
  for (const name of Object.keys(data)) {
    if (shown.length >= Math.min(max, 3 + fields.length)) break
    if (heads.has(name) || name === 'id') continue
    shown.push({ name: name.slice(0, 80), value: maskedLine(data[name], 80), changed: false })
  }
  return shown
}

/** What two runs of the same thing differ in anyway. */
const volatile = new Set(['latency_ms', 'first_delta_ms', 'stream', 'elapsed_seconds', 'attempts', 'native'])

/**
 * What differs in the data of partners, but for ids that stand for each other and what differs in any two runs. Worked
 * out for the rows that are looked at, and kept.
 *
 * @param differ Finds the fields of two values, by their path.
 */
export function fieldsBetween(
  rows: readonly CompareRow[],
  differ: (before: unknown, after: unknown) => readonly FieldChange[]
): (before: LedgerEvent, after: LedgerEvent) => readonly FieldChange[] {
  // What another run calls something, and what the first calls it.
  const names = new Map<unknown, unknown>()
  for (const { events } of rows) {
    const [first, ...others] = events
    for (const other of others) {
      if (!first || !other || first.id === other.id) continue
      names.set(other.id, first.id)
      if (/^(?:object|relation)\.created$/.test(first.type)) names.set(record(other.data).id, record(first.data).id)
    }
  }
  const known = new WeakMap<LedgerEvent, WeakMap<LedgerEvent, readonly FieldChange[]>>()
  return (before, after) => {
    const of = known.get(after) ?? new WeakMap<LedgerEvent, readonly FieldChange[]>()
    known.set(after, of)
    let fields = of.get(before)
    if (!fields) {
      const left = (field: FieldChange): boolean =>
        volatile.has(field.path.split('/')[1] ?? '') ||
        (field.path === '/id' && after.type === 'llm.response') ||
        (typeof field.after === 'string' && names.get(field.after) === field.before)
      fields = differ(before.data, after.data)
        .filter(field => !left(field))
        .map(field => ({ ...field, path: `/data${field.path}` }))
      of.set(before, fields)
    }
    return fields
  }
}

/** The ids of events that differ or are alone: what they led to changed because of them. */
export function changedIds(rows: readonly CompareRow[]): ReadonlySet<string> {
  const ids = new Set<string>()
  for (const { same, events } of rows) if (!same) for (const event of events) if (event) ids.add(event.id)
  return ids
}

/** What a run is to the choice of what to compare it with. */
export interface Choice {
  readonly key: string
  readonly name: string
  readonly parent: string | undefined
  readonly created: string
  readonly length: number
}

/**
 * Which two runs to show where nobody chose: a branch against its parent, else the run before it of the same kit against
 * it. `wait` names the run whose kit must be known first.
 *
 * @param choices Newest first.
 * @param kitOf The kit of a run, `null` where it has none or cannot be read, undefined while it is not known.
 */
export function defaultPair(
  choices: readonly Choice[],
  open: string,
  parent: string | undefined,
  kitOf: (key: string) => string | null | undefined
): { readonly keys: readonly string[] } | { readonly wait: string } | undefined {
  const own = choices.findIndex(({ key }) => key === open)
  const run = choices[own]
  if (!run || choices.length < 2) return undefined
  const from = choices.find(({ name, key }) => name === (parent ?? run.parent) && key !== open)
  if (from) return { keys: [from.key, open] }
  const kind = run.name.replace(/:.*$/, '')
  const alike = (choice: Choice): boolean => choice.length > 0 && choice.name.replace(/:.*$/, '') === kind
  // The runs before it, newest first; then those after it.
  const before = choices.slice(own + 1).filter(alike)
  const after = choices.slice(0, own).reverse().filter(alike)
  const near = [...before, ...after].slice(0, looked)
  const kit = kitOf(open)
  const found = near[0] ?? choices.find(({ key }) => key !== open)
  if (kit) {
    for (const choice of near) {
      const other = kitOf(choice.key)
      if (other === undefined) return { wait: choice.key }
      if (other === kit) return { keys: inOrder(choice, run, after) }
    }
  }
  return found && { keys: inOrder(found, run, after) }
}

const looked = 6

function inOrder(other: Choice, run: Choice, after: readonly Choice[]): readonly string[] {
  return after.includes(other) ? [run.key, other.key] : [other.key, run.key]
}
