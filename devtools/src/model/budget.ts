/** What a run may spend, as far as its ledger says it, and what is left of that. */
import type { Book } from './book.js'
import { list, number, record } from './read.js'

export interface BudgetLeft {
  /** US dollars. */
  readonly limitUsd: number
  /** With what was paid for answers that were stopped or could not be kept, which the totals do not hold. */
  readonly usedUsd: number
  /** Never below 0. */
  readonly leftUsd: number
  /** The limit is worked out from a refused call, or something spent is an estimate. */
  readonly estimated: boolean
}

/** A change of a figure at some row. */
interface Step {
  readonly row: number
  readonly usd: number
  readonly estimated: boolean
}

interface Fold {
  seen: number
  spent: number
  /** Paid for answers that are not in the ledger yet. */
  uncommitted: number
  readonly limits: Step[]
  /** What was spent beside the answers, in all, after this row. */
  readonly besides: Step[]
}

const folds = new WeakMap<Book, Fold>()

/**
 * @param book The whole book.
 * @param shown The book at the playhead, whose totals count.
 * @returns undefined where nothing says a limit.
 */
export function budgetAt(book: Book, shown: Book): BudgetLeft | undefined {
  const { totals } = shown
  const { length } = shown.events
  const fold = read(book)
  const limit = fold.limits.findLast(({ row }) => row < length)
  if (!limit) return undefined
  const beside = fold.besides.findLast(({ row }) => row < length)
  const usedUsd = (totals.spentUsd ?? 0) + (beside?.usd ?? 0)
  return {
    limitUsd: limit.usd,
    usedUsd,
    leftUsd: Math.max(0, limit.usd - usedUsd),
    estimated: limit.estimated || totals.estimated || beside?.estimated === true
  }
}

/** Takes what is new in the book. A handful of its events say something about money beside the answers. */
function read(book: Book): Fold {
  let fold = folds.get(book)
  if (!fold) {
    fold = { seen: 0, spent: 0, uncommitted: 0, limits: [], besides: [] }
    folds.set(book, fold)
  }
  for (let row = fold.seen; row < book.events.length; row++) add(fold, book, row)
  fold.seen = book.events.length
  return fold
}

function add(fold: Fold, book: Book, row: number): void {
  const event = book.events[row]
  const data = record(event?.data)
  switch (event?.type as string) {
    case 'llm.response':
      fold.spent += number(data.cost_usd) ?? 0
      return
    case 'kit.loaded':
    case 'run.resumed': {
      const told = record(data.budget)
      limit(number(told.maxCostUsd) ?? number(told.max_llm_cost_usd), false)
      // What could not be kept is committed next.
      if (event?.type === 'run.resumed') uncommitted(0)
      return
    }
    case 'branch.created':
      uncommitted(0)
      return
    case 'budget.exhausted': {
      for (const reason of list(data.reasons)) {
        const found = /^max_llm_cost_usd=(\d[\d.e+-]*)$/.exec(String(reason))
        if (found) limit(Number(found[1]), false)
      }
      uncommitted(number(record(data.uncommitted).cost_usd) ?? 0)
      return
    }
    case 'llm.failed': {
      if (data.kind !== 'budget') return
      const cost = number(data.cost_usd)
      if (cost !== undefined && cost > 0) stopped(cost)
      const left = number(data.left)
      // With other calls under way, what they had reserved is missing here: no less than this.
      if (fold.limits.length === 0 && left !== undefined && cost === undefined) limit(fold.spent + left, true)
    }
  }

  function limit(usd: number | undefined, estimated: boolean): void {
    if (usd !== undefined && Number.isFinite(usd) && usd >= 0) fold.limits.push({ row, usd, estimated })
  }
  function stopped(usd: number): void {
    fold.besides.push({ row, usd: (fold.besides.at(-1)?.usd ?? 0) + usd, estimated: true })
  }
  function uncommitted(usd: number): void {
    if (usd === fold.uncommitted) return
    const last = fold.besides.at(-1)
    fold.besides.push({ row, usd: (last?.usd ?? 0) - fold.uncommitted + usd, estimated: last?.estimated === true })
    fold.uncommitted = usd
  }
}
