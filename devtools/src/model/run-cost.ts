/** What a run cost, in so few figures that many runs can stand side by side. */
import type { Book } from './book.js'
import { type Answer, type CostGroup, costOf, type Stretch } from './cost.js'
import { questionAt } from './row.js'

export interface LargeCall extends Pick<Answer, 'row' | 'model' | 'input' | 'output' | 'spent' | 'estimated'> {
  /** What was asked. */
  readonly text: string
}

export interface RunCost {
  readonly total: CostGroup
  readonly model: readonly CostGroup[]
  /** The most expensive first. */
  readonly largest: readonly LargeCall[]
  readonly priceDates: readonly string[]
}

/** Of the most expensive calls, so many are listed. */
export const shownCalls = 6

export function runCostOf(book: Book, length: number, range?: Stretch): RunCost {
  const { total, model, answers, priceDates } = costOf(book, length, range)
  return {
    ...{ total: merged([total]), model: model.map(group => merged([group])), priceDates },
    largest: largest(answers).map(({ row, request, model, input, output, spent, estimated }) => ({
      ...{ row, model, input, output, spent, estimated },
      text: request < 0 ? 'its request is not in this ledger' : questionAt(book, request)
    }))
  }
}

/** The most expensive of these, found in one walk. */
export function largest<Call extends { readonly spent: number | undefined }>(calls: Iterable<Call>): readonly Call[] {
  const best: Call[] = []
  for (const call of calls) {
    if (!((call.spent ?? 0) > (best[shownCalls - 1]?.spent ?? 0))) continue
    const at = best.findIndex(({ spent }) => (spent ?? 0) < (call.spent ?? 0))
    best.splice(at < 0 ? best.length : at, 0, call)
    best.length = Math.min(best.length, shownCalls)
  }
  return best
}

/** The sums of all of these. How long answers took is left out: the middle of several middles is none. */
export function merged(groups: readonly CostGroup[]): CostGroup {
  const byModel = new Map<string, number>()
  for (const group of groups) {
    for (const [model, usd] of group.byModel) byModel.set(model, (byModel.get(model) ?? 0) + usd)
  }
  const add = (
    of: 'unpriced' | 'hits' | 'answered' | 'inputTokens' | 'cachedTokens' | 'outputTokens' | 'reasoningTokens'
  ) => groups.reduce((sum, group) => sum + group[of], 0)
  const dollars = (of: 'spentUsd' | 'savedUsd') =>
    groups.reduce<number | null>((sum, { [of]: usd }) => (usd === null ? sum : (sum ?? 0) + usd), null)
  return {
    key: groups[0]?.key ?? '',
    byModel,
    spentUsd: dollars('spentUsd'),
    savedUsd: dollars('savedUsd'),
    estimated: groups.some(({ estimated }) => estimated),
    measured: groups.every(({ measured }) => measured),
    unpriced: add('unpriced'),
    hits: add('hits'),
    answered: add('answered'),
    inputTokens: add('inputTokens'),
    cachedTokens: add('cachedTokens'),
    outputTokens: add('outputTokens'),
    reasoningTokens: add('reasoningTokens'),
    medianMs: undefined,
    p95Ms: undefined
  }
}

/** The models of several runs, each with its sums over all of them, the most expensive first. */
export function modelsOfRuns(costs: readonly RunCost[]): readonly CostGroup[] {
  const groups = new Map<string, CostGroup[]>()
  for (const group of costs.flatMap(({ model }) => model)) {
    groups.set(group.key, [...(groups.get(group.key) ?? []), group])
  }
  return [...groups.values()].map(merged).sort((a, b) => (b.spentUsd ?? -1) - (a.spentUsd ?? -1))
}
