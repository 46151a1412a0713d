/**
 * The bars of a run: when each call began, had its first token and ended, what it belongs to, and what else happened.
 * One index for a book, kept up with it, O(1) an event.
 */
import { type Book, shownActor } from './book.js'
import type { Call } from './calls.js'
import { isError } from './family.js'
import { callFigures } from './figures.js'
import { type Group, type Grouping, grouping } from './groups.js'
import { packing } from './minimap.js'
import { number, record } from './read.js'
import { leading } from './sorted.js'
import { isHit } from './totals.js'

/** Times are in milliseconds since the first event; NaN where there is none yet. */
export interface Bar {
  readonly index: number
  readonly row: number
  readonly kind: Call['kind']
  readonly call: Call
  /** The model that was asked, without its provider, or the tool. */
  readonly name: string
  readonly actor: string
  readonly group: Group
  /** Its lane in the minimap. */
  readonly lane: number
  readonly start: number
  /** When the attempt began that was answered: the same as `start` but after a retry whose time is known. */
  readonly tried: number
  readonly firstAt: number
  readonly end: number
  /** The row of its answer; -1 while it is open. */
  readonly endRow: number
  readonly failed: boolean
  readonly hit: boolean
  readonly inputTokens: number
  readonly outputTokens: number
  /** Tokens over this time make the rate: NaN where it was not measured. */
  readonly rateMs: number
  readonly costUsd: number | undefined
  readonly estimated: boolean
  /** Of a hit: how long the answer took that was kept; NaN where this run does not have it. */
  readonly keptMs: number
}

type Growing = { -readonly [Key in keyof Bar]: Bar[Key] }

export interface Ticks {
  readonly name: 'world' | 'branch' | 'error' | 'other'
  readonly rows: readonly number[]
  readonly times: readonly number[]
}

export interface Waterfall {
  readonly bars: readonly Bar[]
  readonly groups: readonly Group[]
  /** How many lanes the minimap needs. */
  readonly lanes: number
  readonly ticks: readonly Ticks[]
  /** When the last event happened or the last bar ended. */
  readonly end: number
  barOfRow(row: number): Bar | undefined
  /** How long the answers of a model took on average; NaN before the first one. */
  meanMs(name: string): number
}

interface Fold extends Waterfall {
  update(): void
}

const folds = new WeakMap<Book, Fold>()

/** The bars of a whole book, with all that was added to it since. Give it `run.book`, not the book at the playhead. */
export function waterfallOf(book: Book): Waterfall {
  let fold = folds.get(book)
  if (!fold) {
    fold = createFold(book)
    folds.set(book, fold)
  }
  fold.update()
  return fold
}

function createFold(book: Book): Fold {
  const bars: Growing[] = []
  const groups: Grouping = grouping()
  const lanes = packing()
  const ticks = (['world', 'branch', 'error', 'other'] as const).map(name => ({
    name,
    rows: [] as number[],
    times: [] as number[]
  }))
  const tickOf = new Map<string, (typeof ticks)[number]>(ticks.map(tick => [tick.name, tick]))
  /** How long answers took, by cache key and by model. */
  const byKey = new Map<string, number>()
  const byModel = new Map<string, { sum: number; count: number }>()
  let seen = 0
  let clock = 0
  let end = 0

  /** Times never go back, and a time that is none is the one before it. */
  const timeOf = (row: number): number => {
    const at = book.times[row]
    if (at !== undefined && at > clock) clock = at
    return clock
  }

  const begin = (call: Call, at: number): void => {
    const event = book.events[call.row]
    const index = bars.length
    bars.push({
      index,
      row: call.row,
      kind: call.kind,
      call,
      name: call.name.replace(/^.*\//, '') || (call.kind === 'tool' ? 'tool' : 'model'),
      actor: call.kind === 'tool' ? 'tool' : event ? shownActor(event) : '',
      group: groups.take(book, call.row, index),
      lane: lanes.open(at),
      start: at,
      tried: at,
      firstAt: Number.NaN,
      end: Number.NaN,
      endRow: -1,
      failed: false,
      hit: false,
      inputTokens: 0,
      outputTokens: 0,
      rateMs: Number.NaN,
      costUsd: undefined,
      estimated: false,
      keptMs: Number.NaN
    })
  }

  const finish = (bar: Growing, row: number, at: number): void => {
    const figures = callFigures(book, bar.call, 0)
    const event = book.events[row]
    const data = record(event?.data)
    const total = Math.max(0, figures.totalMs ?? at - bar.start)
    bar.tried = triedAt(bar, at, total)
    bar.endRow = row
    bar.end = bar.tried + total
    bar.failed = event !== undefined && isError(event)
    end = Math.max(end, bar.end)
    bar.group.open--
    bar.group.end = Math.max(bar.group.end, bar.end)
    lanes.close(bar.lane, Math.min(at, bar.end))
    if (bar.kind === 'tool') return
    if (figures.firstDeltaMs !== undefined) bar.firstAt = bar.tried + Math.min(total, figures.firstDeltaMs)
    bar.costUsd = figures.costUsd ?? undefined
    bar.estimated = figures.estimated
    bar.hit = event?.type === 'llm.response' && isHit(data)
    const { cacheKey } = figures
    if (bar.hit) {
      bar.keptMs = byKey.get(cacheKey ?? '') ?? Number.NaN
      return // a hit spends no tokens
    }
    if (figures.tokensPerSecond !== undefined) bar.rateMs = total - (figures.firstDeltaMs ?? 0)
    bar.inputTokens = figures.inputTokens ?? 0
    bar.outputTokens = figures.outputTokens ?? 0
    if (bar.failed) return
    if (cacheKey !== undefined) byKey.set(cacheKey, total)
    const ofModel = byModel.get(bar.name) ?? { sum: 0, count: 0 }
    byModel.set(bar.name, { sum: ofModel.sum + total, count: ofModel.count + 1 })
  }

  /**
   * Where a call was tried again and its events say when, its latency is that of the last attempt. Else attempts are
   * written together with the answer, and the latency is that of them all.
   */
  const triedAt = (bar: Bar, at: number, total: number): number => {
    const last = at - total
    for (const row of bar.call.attempts) {
      const retried = book.times[row] ?? Number.NaN
      if (retried > bar.start && retried <= last) return last
    }
    return bar.start
  }

  return {
    bars,
    groups: groups.all,
    ticks,
    get lanes() {
      return lanes.lanes
    },
    get end() {
      return Math.max(end, clock)
    },
    meanMs(name) {
      const { sum = 0, count = 0 } = byModel.get(name) ?? {}
      return sum / count
    },
    barOfRow: row => bars[book.calls.byRow[row] ?? -1],
    update() {
      for (; seen < book.events.length; seen++) {
        const at = timeOf(seen)
        groups.add(book, seen)
        const call = book.calls.ofRow(seen)
        if (call) {
          if (call.row === seen) begin(call, at)
          const bar = bars[book.calls.byRow[seen] ?? -1]
          if (bar && call.end === seen && bar.endRow < 0) finish(bar, seen, at)
          continue
        }
        const tick = tickOf.get(book.families[seen] ?? '')
        tick?.rows.push(seen)
        tick?.times.push(at)
      }
    }
  }
}

/** Up to where a bar is drawn at this time. */
export function endAt(bar: Bar, now: number): number {
  return bar.endRow < 0 ? Math.max(bar.start, now) : Math.min(bar.end, Math.max(bar.start, now))
}

/** How many bars had begun after so many events. */
export function begun(bars: readonly Bar[], length: number): number {
  return leading(bars, ({ row }) => row < length)
}

/** A retry as its event says it. */
export interface Retry {
  readonly kind: unknown
  readonly n: number
  readonly at: number
  readonly waitMs: number
}

export function retriesOf(book: Book, bar: Bar): readonly Retry[] {
  return bar.call.attempts.slice(0, 32).map(row => {
    const data = record(book.events[row]?.data)
    return {
      kind: data.kind,
      n: number(data.n) ?? 2,
      at: book.times[row] ?? Number.NaN,
      waitMs: Math.max(0, number(data.wait_ms) ?? 0)
    }
  })
}
