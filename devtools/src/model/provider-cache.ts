/** What the provider's own cache saved: tokens that it had read before, at their lower price. */
import type { PricedModel, TokenCounts } from 'daybook/prices'
import type { Book } from './book.js'
import { type Answer, answersOf, type Stretch } from './cost.js'
import { number, record } from './read.js'
import { leading } from './sorted.js'

/** The price list of the SDK, which is large and loaded only where it is asked for. */
export type Prices = Pick<typeof import('daybook/prices'), 'costOf' | 'priceOf'>

export interface ProviderSaving {
  /** US dollars, less what writing to that cache cost more; null where no price is known. */
  readonly usd: number | null
  /** Answers that used that cache and whose price is not known. */
  readonly unpriced: number
}

interface Entry {
  readonly answer: Answer
  readonly usd: number | undefined
  /** Of this answer and all before it. */
  readonly sum: number
  readonly unpriced: number
}

interface Fold {
  seen: number
  /** The answers that used that cache: few of a run. */
  readonly entries: Entry[]
}

const folds = new WeakMap<Book, Fold>()

/** Of the first `length` events of a book, or of the calls among them that ran in a stretch of time. Reads what is new. */
export function savedByProvider(book: Book, prices: Prices, length: number, range?: Stretch): ProviderSaving {
  const { entries } = read(book, prices)
  const low = leading(entries, ({ answer }) => answer.row < length)
  if (!range) {
    const { sum = 0, unpriced = 0 } = entries[low - 1] ?? {}
    return { usd: low > unpriced || low === 0 ? sum : null, unpriced }
  }
  const within = entries
    .slice(0, low)
    .filter(({ answer }) => answer.ms >= range.from && answer.startMs <= range.to)
    .map(({ usd }) => usd)
  const priced = within.filter(usd => usd !== undefined)
  return {
    usd: priced.length === 0 && within.length > 0 ? null : priced.reduce((sum, usd) => sum + usd, 0),
    unpriced: within.length - priced.length
  }
}

/** Whether any answer says that it used that cache: only then the price list is worth to be loaded. */
export function usesProviderCache(answers: readonly Answer[]): boolean {
  return answers.some(uses)
}

function uses({ hit, cached = 0, written = 0 }: Answer): boolean {
  return !hit && cached + written > 0
}

function read(book: Book, prices: Prices): Fold {
  const fold = folds.get(book) ?? { seen: 0, entries: [] }
  folds.set(book, fold)
  const answers = answersOf(book)
  for (; fold.seen < answers.length; fold.seen++) {
    const answer = answers[fold.seen] as Answer
    if (!uses(answer)) continue
    const usd = savedBy(book, prices, answer)
    const { sum = 0, unpriced = 0 } = fold.entries.at(-1) ?? {}
    fold.entries.push({ answer, usd, sum: sum + (usd ?? 0), unpriced: unpriced + (usd === undefined ? 1 : 0) })
  }
  return fold
}

/** So far, in parts, may what was paid be from the price of the list: more was another price. */
const near = 0.01

function savedBy(book: Book, { costOf, priceOf }: Prices, { row, request, spent }: Answer): number | undefined {
  if (spent === undefined) return undefined
  const data = record(book.events[row]?.data)
  const usage = Object.fromEntries(Object.entries(record(data.usage)).map(([name, tokens]) => [name, number(tokens)]))
  const target = record(data.target ?? record(book.events[request]?.data).target) as unknown as PricedModel
  const price = priceOf(target) ?? priceOf({ provider: target.provider, model: data.model as string })
  const counts = usage as unknown as TokenCounts
  const paid = costOf(counts, price)
  const none = { cached_input_tokens: 0, cache_write_tokens: 0, cache_write_1h_tokens: 0 }
  const whole = costOf({ ...counts, ...none }, price)
  return paid === null || whole === null || Math.abs(paid - spent) > near * spent ? undefined : whole - paid
}
