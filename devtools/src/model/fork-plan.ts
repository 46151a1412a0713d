/** What a fork keeps of a run and what it does anew, event by event, before anything is asked. */
import { cacheKey, type LedgerEvent, type Recording, recordingsOf } from 'daybook'
import type { Book } from './book.js'
import { callFigures } from './figures.js'
import { record } from './read.js'

/** Of each event from the fork on; what stands before it is recorded. */
export type Fate = 'recorded' | 'edited' | 'runs again' | 'may change' | 'ends it' | 'not reached'

export interface PlannedCall {
  readonly row: number
  readonly why: string
  readonly model: string
  readonly inputTokens: number | undefined
  readonly outputTokens: number | undefined
  /** What it cost before, or what a hit saved; undefined where nobody knows. */
  readonly costUsd: number | undefined
}

export interface ForkPlan {
  readonly position: number
  /** By row. */
  fateOf(row: number): Fate
  /** In the order of the run. */
  readonly calls: readonly PlannedCall[]
  /** How many events are taken from the recording. */
  readonly kept: number
  /**
   * How long calls that run again were open before, those side by side counted once, in milliseconds; undefined where one
   * came from a cache then.
   */
  readonly ms: number | undefined
  /** The row at which a strict fork ends: a request that has no recorded answer and does not follow from the change. */
  readonly endsAt: number | undefined
  /** The ids of what follows from the change. */
  readonly future: ReadonlySet<string>
}

export interface PlanOptions {
  readonly position: number
  /** The id of the changed event; undefined: nothing is changed. */
  readonly changed: string | undefined
  /** The data of the changed event as it will be. */
  readonly data?: unknown
  /** Not a run of a kit: only this one call is made again. */
  readonly single: boolean
  /** What has no recorded answer and does not follow from the change ends the branch. */
  readonly strict: boolean
}

const notRecorded = 'it has no recorded answer'

/** Counts as the library's `forkEstimate` does. */
export function planFork(book: Book, options: PlanOptions): ForkPlan {
  const { events } = book
  const { position, changed, data, single, strict } = options
  const ids = new Set<string>()
  for (let row = 0; row < position; row++) ids.add((events[row] as LedgerEvent).id)
  const before = new Set(ids)

  // What events of the prefix had led to already is taken over; the change stands among it.
  let seeds = true
  const seededAt = events[position]?.timestamp
  for (let row = position; row < events.length; row++) {
    const event = events[row] as LedgerEvent
    const trigger = triggerOf(event)
    seeds &&= trigger === 'seed' && event.timestamp === seededAt
    if (event.id === changed || seeds || (trigger !== undefined && before.has(trigger))) ids.add(event.id)
  }

  const future = new Set(changed === undefined ? [] : [changed])
  const everything = changed !== undefined && events[book.causes.rowOf(changed) ?? -1]?.type === 'kit.loaded'
  for (let row = position; row < events.length && changed !== undefined && !single; row++) {
    const event = events[row] as LedgerEvent
    if (ids.has(event.id)) continue
    const follows = everything || future.has(triggerOf(event) ?? '') || event.cause.some(of => future.has(of))
    if (follows) future.add(event.id)
  }

  const all = callsOf(book, { changed, data, future, kept: ids, single })
  const end = strict ? all.findIndex(({ why }) => why === notRecorded) : -1
  const again = end < 0 ? all : all.slice(0, end)
  const endsAt = end < 0 ? undefined : book.causes.rowOf(all[end]?.id ?? '')
  const calls: PlannedCall[] = []
  const spans: [number, number][] = []
  let quick = false
  for (const { id, why } of again) {
    const row = book.causes.rowOf(id)
    const call = row === undefined ? undefined : book.calls.ofRow(row)
    if (row === undefined || !call) continue
    const { model, inputTokens, outputTokens, costUsd, savedUsd, cache } = callFigures(book, call, 0)
    const hit = cache === 'hit' || cache === 'joined'
    const paid = hit ? savedUsd : costUsd
    quick ||= hit
    calls.push({ row, why, model: call.name || model, inputTokens, outputTokens, costUsd: paid ?? undefined })
    if (call.end >= 0) spans.push([book.times[row] ?? 0, book.times[call.end] ?? 0])
  }
  const asked = new Set(again.map(({ id }) => id))
  const fate = (event: LedgerEvent, row: number): Fate => {
    if (endsAt !== undefined && row >= endsAt && event.id !== changed) {
      if (row === endsAt) return 'ends it'
      if (!ids.has(event.id)) return 'not reached'
    }
    if (event.id === changed) return 'edited'
    if (asked.has(event.id)) return 'runs again'
    if (event.type === 'llm.response' || event.type === 'llm.failed') {
      if (event.cause.some(of => asked.has(of))) return 'runs again'
    }
    return future.has(event.id) && !single ? 'may change' : 'recorded'
  }
  let kept = 0
  for (let row = 0; row < events.length; row++) {
    if (row < position || fate(events[row] as LedgerEvent, row) === 'recorded') kept++
  }
  return {
    position,
    fateOf: row => (row < position ? 'recorded' : fate(events[row] as LedgerEvent, row)),
    calls,
    endsAt,
    kept,
    ms: quick ? undefined : covered(spans),
    future
  }
}

interface Scope {
  readonly changed: string | undefined
  readonly data: unknown
  readonly future: ReadonlySet<string>
  readonly kept: ReadonlySet<string>
  readonly single: boolean
}

function callsOf(book: Book, scope: Scope): { id: string; why: string }[] {
  const { changed, data, future, kept, single } = scope
  const all = recordingsOf(book.events)
  const isEnded = ({ terminalId = '' }: Recording): boolean => kept.has(terminalId)
  // That a run was stopped, was out of money, or had nothing recorded, says nothing of what it asked.
  const answers = all.filter(
    ({ answer }) =>
      answer &&
      (answer.type !== 'llm.response' || typeof answer.data.text === 'string') &&
      !(answer.type === 'llm.failed' && ['budget', 'aborted', 'replay'].includes(String(answer.data.kind)))
  )
  const answered = new Set(answers.map(({ requestId }) => requestId))
  const known = new Set(answers.filter(({ requestId }) => !future.has(requestId)).map(({ request }) => digest(request)))
  const calls: { id: string; why: string }[] = []
  for (const recording of all) {
    const { requestId: id } = recording
    // Of what is no run, the branch has what it shares and the one call.
    if (isEnded(recording) || (single && !kept.has(id))) continue
    const edited = id === changed
    const key = digest(edited ? requestOf(data) : recording.request)
    const reused = future.has(id) ? known.has(key) : answered.has(id) || known.has(key)
    if (!reused) calls.push({ id, why: edited ? 'edited' : future.has(id) ? 'its cause changed' : notRecorded })
    known.add(key)
  }
  return calls
}

/** What is the same request. */
export function digest(request: Recording['request']): string {
  return cacheKey(request, {})
}

const notes = new Set(['target', 'cause_object_id', 'dialog_id', 'metadata'])

/** Without what only a ledger knows of it, as a recording's request is. */
function requestOf(data: unknown): Recording['request'] {
  return Object.fromEntries(Object.entries(record(data)).filter(([name]) => !notes.has(name))) as never
}

function triggerOf({ by }: LedgerEvent): string | undefined {
  const end = typeof by === 'string' ? by.lastIndexOf('#') : -1
  return end < 0 ? undefined : by?.slice(0, end)
}

/** The length of all stretches together. */
function covered(spans: [number, number][]): number {
  let sum = 0
  let until = Number.NEGATIVE_INFINITY
  for (const [from, to] of spans.sort((a, b) => a[0] - b[0])) {
    if (to <= until) continue
    sum += to - Math.max(from, until)
    until = to
  }
  return sum
}
