/** Who spent what: the answers of a run by model, actor, cause and time. Its sums are those of the totals. */
import type { LedgerEvent } from 'daybook'
import { type Book, shownActor } from './book.js'
import { medianOf } from './median.js'
import { named, number, record, string } from './read.js'
import { isHit } from './totals.js'

/** One answer, with all that is summed of it. */
export interface Answer {
  readonly row: number
  /** When it came, in milliseconds since the first event. */
  readonly ms: number
  /** When it was asked for. */
  readonly startMs: number
  /** The row of the request; -1 where it is not in the ledger. */
  readonly request: number
  readonly model: string
  readonly actor: string
  /** The id of the object or dialog that it was asked for; empty where none is known. */
  readonly cause: string
  readonly hit: boolean
  readonly estimated: boolean
  /** US dollars; undefined where nobody knows. */
  readonly spent: number | undefined
  readonly saved: number | undefined
  /** Milliseconds; undefined for hits. */
  readonly latency: number | undefined
  /** Undefined for hits, which spend none, and where the answer does not say. */
  readonly input: number | undefined
  readonly cached: number | undefined
  /** Written to the provider's cache. */
  readonly written: number | undefined
  readonly output: number | undefined
  readonly reasoning: number | undefined
}

/** The same figures, by the same rules, as the totals of a book. */
export interface Sums {
  readonly spentUsd: number | null
  readonly unpriced: number
  readonly savedUsd: number | null
  readonly estimated: boolean
  readonly hits: number
  readonly answered: number
  readonly measured: boolean
  readonly inputTokens: number
  readonly cachedTokens: number
  readonly outputTokens: number
  readonly reasoningTokens: number
  /** Of the answers that did not come from the cache, in milliseconds. */
  readonly medianMs: number | undefined
  readonly p95Ms: number | undefined
}

export interface CostGroup extends Sums {
  readonly key: string
  /** US dollars by model. */
  readonly byModel: ReadonlyMap<string, number>
}

export type CostBy = 'model' | 'actor' | 'cause'

export interface Cost {
  readonly answers: readonly Answer[]
  readonly total: CostGroup
  /** Each with the most expensive first. */
  readonly model: readonly CostGroup[]
  readonly actor: readonly CostGroup[]
  readonly cause: readonly CostGroup[]
  /** The days of the price lists, in order. */
  readonly priceDates: readonly string[]
}

export interface Stretch {
  readonly from: number
  readonly to: number
}

interface Fold {
  seen: number
  readonly answers: Answer[]
  readonly causeOf: (row: number) => string
  readonly dates: Map<string, number>
  /** The sums of the first so many answers: a playhead that moves on adds to them. */
  onward: { place: number; tallies: Tallies }
  /** What was asked for last: the same views ask again and again. */
  readonly asked: Map<string, Cost>
}

const keptCosts = 4

const folds = new WeakMap<Book, Fold>()

/**
 * The cost of the first `length` events of a book, or of the calls among them that ran in a stretch of time: each as a whole.
 * Only what is new in the book is read; asked again for the same, it gives the same object.
 */
export function costOf(book: Book, length: number = book.events.length, range?: Stretch): Cost {
  const fold = read(book)
  const key = `${length} ${range?.from} ${range?.to}`
  const known = fold.asked.get(key)
  if (known) return known
  let end = fold.answers.length
  while (end > 0 && (fold.answers[end - 1] as Answer).row >= length) end--
  let answers = fold.answers.slice(0, end)
  let { place, tallies } = fold.onward
  if (range) {
    answers = answers.filter(({ ms, startMs }) => ms >= range.from && startMs <= range.to)
    place = 0
    tallies = createTallies()
  } else if (place > end) {
    place = 0
    tallies = createTallies()
  }
  for (; place < answers.length; place++) tallies.add(answers[place] as Answer)
  if (!range) fold.onward = { place, tallies }
  const cost: Cost = {
    answers,
    ...tallies.now(),
    priceDates: [...fold.dates].flatMap(([date, row]) => (row < length ? [date] : [])).sort()
  }
  if (fold.asked.size >= keptCosts) fold.asked.clear()
  fold.asked.set(key, cost)
  return cost
}

/** All answers of a book, for what shows those to come too. */
export function answersOf(book: Book): readonly Answer[] {
  return read(book).answers
}

function read(book: Book): Fold {
  let fold = folds.get(book)
  if (!fold) {
    fold = {
      seen: 0,
      answers: [],
      causeOf: causeFold(book),
      dates: new Map(),
      onward: { place: 0, tallies: createTallies() },
      asked: new Map()
    }
    folds.set(book, fold)
  }
  for (let row = fold.seen; row < book.events.length; row++) {
    const cause = fold.causeOf(row)
    const event = book.events[row] as LedgerEvent
    if (event.type !== 'llm.response') continue
    fold.answers.push(answerAt(book, row, cause))
    const date = string(record(event.data).price_date)?.slice(0, 40)
    if (date && !fold.dates.has(date) && fold.dates.size < 100) fold.dates.set(date, row)
  }
  fold.seen = book.events.length
  return fold
}

function answerAt(book: Book, row: number, cause: string): Answer {
  const event = book.events[row] as LedgerEvent
  const data = record(event.data)
  const call = book.calls.ofRow(row)
  const asker = call && book.events[call.row]
  const hit = isHit(data)
  const usage = hit ? {} : record(data.usage)
  return {
    row,
    ms: book.times[row] ?? Number.NaN,
    startMs: book.times[call?.row ?? row] ?? Number.NaN,
    request: call?.row ?? -1,
    model: named(data.model) ?? call?.name ?? '',
    actor: asker ? shownActor(asker) : event.actor,
    cause,
    hit,
    estimated: data.estimated === true,
    spent: number(data.cost_usd),
    saved: hit ? number(data.saved_usd) : undefined,
    latency: hit ? undefined : number(data.latency_ms),
    input: number(usage.input_tokens),
    cached: number(usage.cached_input_tokens),
    written: number(usage.cache_write_tokens),
    output: number(usage.output_tokens),
    reasoning: number(usage.reasoning_tokens)
  }
}

/**
 * For each row, to be asked in order: the object it was done for. An object that another one led to straight away counts
 * for that one, up to below the first of them all: a finding for its question, but not all questions for the goal.
 */
function causeFold(book: Book): (row: number) => string {
  const byRow: string[] = []
  /** For each object: what it counts for, and whether it is one that everything comes from. */
  const objects = new Map<string, { group: string; top: boolean }>()
  return row => {
    const { type, data, cause } = book.events[row] as LedgerEvent
    const fields = record(data)
    const from = cause.length === 0 ? undefined : book.causes.rowOf(cause[0] as string)
    let group = from === undefined || from >= row ? '' : (byRow[from] ?? '')
    const id = string(fields.id)
    if (type === 'object.created' && id !== undefined) {
      const before = from === undefined ? undefined : book.events[from]
      const parent = before?.type === 'object.created' ? objects.get(String(record(before.data).id)) : undefined
      group = parent && !parent.top ? parent.group : id
      if (!objects.has(id)) objects.set(id, { group, top: from === undefined || before?.type === 'kit.loaded' })
    } else if (type === 'object.patched' && id !== undefined) {
      group = objects.get(id)?.group ?? id
    } else {
      const named = string(fields.cause_object_id)
      const dialog = string(fields.dialog_id)
      if (named !== undefined) group = objects.get(named)?.group ?? named
      else if (group === '' && dialog !== undefined) group = dialog
    }
    byRow.push(group)
    return group
  }
}

interface Tallies {
  add(answer: Answer): void
  /** As it is now: it does not change when more is added. */
  now(): Pick<Cost, 'total' | CostBy>
}

function createTallies(): Tallies {
  const total = createTally('')
  const by = { model: new Map<string, Tally>(), actor: new Map<string, Tally>(), cause: new Map<string, Tally>() }
  const groups = (of: CostBy): readonly CostGroup[] =>
    [...by[of].values()]
      .map(tally => tally.now())
      .sort((a, b) => (b.spentUsd ?? -1) - (a.spentUsd ?? -1) || b.answered - a.answered)
  return {
    add(answer) {
      total.add(answer)
      for (const of of ['model', 'actor', 'cause'] as const) {
        let tally = by[of].get(answer[of])
        if (!tally) {
          tally = createTally(answer[of])
          by[of].set(answer[of], tally)
        }
        tally.add(answer)
      }
    },
    now: () => ({ total: total.now(), model: groups('model'), actor: groups('actor'), cause: groups('cause') })
  }
}

interface Tally {
  add(answer: Answer): void
  now(): CostGroup
}

function createTally(key: string): Tally {
  const byModel = new Map<string, number>()
  const latencies: number[] = []
  const sums = {
    spentUsd: null as number | null,
    unpriced: 0,
    savedUsd: null as number | null,
    estimated: false,
    hits: 0,
    answered: 0,
    measured: true,
    inputTokens: 0,
    cachedTokens: 0,
    outputTokens: 0,
    reasoningTokens: 0
  }
  let counted = 0
  return {
    add(answer) {
      const { spent, saved } = answer
      sums.answered++
      if (spent !== undefined) {
        sums.spentUsd = (sums.spentUsd ?? 0) + spent
        byModel.set(answer.model, (byModel.get(answer.model) ?? 0) + spent)
      } else if (!answer.hit) sums.unpriced++
      if (answer.estimated) sums.estimated = true
      if (answer.hit) {
        sums.hits++
        if (saved !== undefined) sums.savedUsd = (sums.savedUsd ?? 0) + saved
        return
      }
      if (answer.output !== undefined) counted++
      sums.measured = counted > 0
      sums.inputTokens += answer.input ?? 0
      sums.cachedTokens += answer.cached ?? 0
      sums.outputTokens += answer.output ?? 0
      sums.reasoningTokens += answer.reasoning ?? 0
      if (answer.latency !== undefined) latencies.push(answer.latency)
    },
    now() {
      const timed = latencies.length
      return {
        ...sums,
        key,
        byModel: new Map(byModel),
        // Sorted when they are read: a table shows those of some groups only.
        get medianMs() {
          return medianOf(latencies, timed)
        },
        get p95Ms() {
          return nearest(latencies.slice(0, timed), 0.95)
        }
      }
    }
  }
}

/** The models of a run with the most expensive first, whatever the playhead: their shades must not change with it. */
export function modelsOf(answers: readonly Answer[]): readonly string[] {
  const sums = new Map<string, number>()
  for (const { model, spent } of answers) sums.set(model, (sums.get(model) ?? 0) + (spent ?? 0))
  return [...sums].sort((a, b) => b[1] - a[1]).map(([model]) => model)
}

/** The value that so many parts of all are not above: one that was measured, not one between two. */
export function nearest(values: readonly number[], part: number): number | undefined {
  if (values.length === 0) return undefined
  const sorted = Float64Array.from(values).sort()
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(part * sorted.length) - 1))]
}

/** What each part of a time cost, by model. */
export function bucketsOf(answers: readonly Answer[], endMs: number, count: number): Map<string, number>[] {
  const buckets = Array.from({ length: count }, () => new Map<string, number>())
  for (const { ms, spent, model } of answers) {
    if (spent === undefined || !(ms >= 0 && endMs >= 0)) continue
    const bucket = buckets[Math.min(count - 1, Math.floor((ms / Math.max(1, endMs)) * count))] as Map<string, number>
    bucket.set(model, (bucket.get(model) ?? 0) + spent)
  }
  return buckets
}

/** How a sum grew: `[milliseconds, US dollars]` after each answer that added to it. At most `max` points, the last kept. */
export function growthOf(
  answers: readonly Answer[],
  of: 'spent' | 'saved',
  endMs: number,
  max = 800
): (readonly [ms: number, usd: number])[] {
  const points: (readonly [number, number])[] = []
  let sum = 0
  let place = -1
  for (const answer of answers) {
    const usd = answer[of]
    if (usd === undefined || usd === 0 || !(answer.ms >= 0 && endMs >= 0)) continue
    sum += usd
    const at = Math.floor((answer.ms / Math.max(1, endMs)) * max)
    if (at === place) points.pop()
    place = at
    points.push([answer.ms, sum])
  }
  return points
}

/** Round figures for an axis from 0 to at least `top`: 0, 0.02, 0.04, 0.06. */
export function ticksOf(top: number, wanted = 4): readonly number[] {
  if (!(top > 0) || !Number.isFinite(top)) return [0]
  const rough = top / wanted
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = ([1, 2, 5, 10].find(factor => factor * power >= rough) ?? 10) * power
  const count = Math.ceil(top / step - 1e-9)
  return Array.from({ length: count + 1 }, (_, i) => Number((i * step).toPrecision(12)))
}
