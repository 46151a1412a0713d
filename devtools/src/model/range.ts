/**
 * What happened in a stretch of time. A call counts if any part of it lies there, with its tokens and cost as a whole;
 * of its waiting and streaming only what lies within.
 */
import type { Book } from './book.js'
import { lengthAt } from './playhead.js'
import { type Bar, begun, endAt, type Waterfall } from './waterfall.js'

export interface RangeRow {
  readonly name: string
  readonly kind: 'llm' | 'tool'
  readonly calls: number
  readonly inputTokens: number
  readonly outputTokens: number
  readonly tokensPerSecond: number | undefined
  readonly waitMs: number
  readonly streamMs: number
  readonly toolMs: number
  /** Null while no price is known. */
  readonly usd: number | null
  readonly estimated: boolean
}

export interface RangeTotals {
  readonly rows: readonly RangeRow[]
  readonly sum: RangeRow
  readonly llm: number
  readonly tools: number
  /** How many calls ran at once, on average. */
  readonly atOnce: number
}

type Sums = { -readonly [Key in keyof RangeRow]: RangeRow[Key] } & { rateMs: number; rateTokens: number }

const rowsShown = 200

/**
 * @param shown The book at the playhead: calls that were not answered then count no tokens and no cost.
 * @param now Of the playhead, in milliseconds since the first event, as `from` and `to` are.
 */
export function rangeTotals(
  { bars }: Waterfall,
  book: Book,
  shown: Book,
  now: number,
  { from, to }: { readonly from: number; readonly to: number }
): RangeTotals {
  const rows = new Map<string, Sums>()
  const sum = blank('Total', 'llm')
  const length = shown.events.length
  const last = begun(bars, length)
  let tools = 0
  for (let index = 0; index < last; index++) {
    const bar = bars[index] as Bar
    const end = endAt(bar, now)
    if (bar.start > to) break // they are in order
    if (end < from) continue
    const key = `${bar.kind} ${bar.name}`
    let row = rows.get(key)
    if (!row) {
      row = blank(bar.name, bar.kind)
      rows.set(key, row)
    }
    if (bar.kind === 'tool') tools++
    const live = bar.endRow < 0 ? shown.streams.live.get(bar.call.id) : undefined
    const first = live ? live.firstAt - book.startedAt : bar.firstAt
    const answered = bar.endRow >= 0 && bar.endRow < length
    for (const sums of [row, sum]) addTo(sums, bar, first, end, from, to, answered)
  }
  for (const sums of [...rows.values(), sum]) {
    if (sums.rateMs > 0) sums.tokensPerSecond = (sums.rateTokens * 1000) / sums.rateMs
  }
  const busy = sum.waitMs + sum.streamMs + sum.toolMs
  return {
    rows: [...rows.values()]
      .sort((a, b) => (a.kind === b.kind ? b.calls - a.calls : a.kind === 'llm' ? -1 : 1))
      .slice(0, rowsShown),
    sum,
    llm: sum.calls - tools,
    tools,
    atOnce: to > from ? busy / (to - from) : 0
  }
}

function addTo(sums: Sums, bar: Bar, first: number, end: number, from: number, to: number, answered: boolean): void {
  const within = (a: number, b: number): number => Math.max(0, Math.min(b, to) - Math.max(a, from))
  sums.calls++
  if (bar.kind === 'tool') {
    sums.toolMs += within(bar.start, end)
    return
  }
  const turn = first <= end ? first : end
  sums.waitMs += within(bar.start, turn)
  sums.streamMs += within(turn, end)
  if (!answered) return
  sums.inputTokens += bar.inputTokens
  sums.outputTokens += bar.outputTokens
  if (bar.rateMs > 0) {
    sums.rateMs += bar.rateMs
    sums.rateTokens += bar.outputTokens
  }
  if (bar.costUsd !== undefined) sums.usd = (sums.usd ?? 0) + bar.costUsd
  if (bar.estimated) sums.estimated = true
}

function blank(name: string, kind: RangeRow['kind']): Sums {
  return {
    name,
    kind,
    calls: 0,
    inputTokens: 0,
    outputTokens: 0,
    tokensPerSecond: undefined,
    waitMs: 0,
    streamMs: 0,
    toolMs: 0,
    usd: null,
    estimated: false,
    rateMs: 0,
    rateTokens: 0
  }
}

/** The terms of the filter box that show the events of this stretch, in the place of such terms that it has. */
export function rangeFilter(book: Book, filter: string, from: number, to: number): string {
  const before = lengthAt(book.times, from - 0.001)
  const until = lengthAt(book.times, to)
  const rest = filter.split(/\s+/).filter(piece => piece !== '' && !/^(?:after|before):/.test(piece))
  return [...rest, `after:#${before}`, `before:#${until + 1}`].join(' ')
}
