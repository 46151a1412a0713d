/** Says what an answer cost, where the provider has not. */
import { InputError, shown } from '../errors.js'
import type { Host } from '../host.js'
import { defaultHost } from '../host.js'
import { costOf, type Price } from '../prices/price.js'
import { tap } from './live.js'
import type { LLMFn, LLMResponse, Target } from './llm.js'
import { targetOf, withTarget } from './llm.js'

export interface PriceOptions {
  /**
   * Prices of one's own, by `provider/model` or by the model alone, in US dollars per token:
   * `{ 'acme/large': { input: 2 / 1e6, output: 8 / 1e6 } }`. They win over the table.
   */
  readonly prices?: Readonly<Record<string, Price>> | undefined
  readonly host?: Pick<Host, 'now' | 'warn'> | undefined
}

/** A table that is older than this may be wrong by now. */
const staleDays = 120
const warned = new WeakSet<object>()

/**
 * Fills in `cost_usd` from the usage and a price: the provider's own figure wins, then `prices`, then the table, whose
 * date goes to `price_date`. Without a known price the cost is null, never 0. The table is loaded with the first call.
 */
export function priced(llm: LLMFn, options: PriceOptions = {}): LLMFn {
  const { prices = {}, host = defaultHost() } = options
  for (const [name, price] of Object.entries(prices)) check(name, price)

  return withTarget((request, callOptions) => {
    const target = targetOf(llm, request, callOptions)
    const own = ownPrice(prices, target)
    const listed = !own && target.provider !== 'custom'
    if (listed) loadTable().catch(() => {}) // begun now, to be there when the answer is; a failure is met again then
    return tap(llm(request, callOptions), async (answer): Promise<LLMResponse> => {
      const given = answer.cost_usd
      if (typeof given === 'number' && Number.isFinite(given) && given >= 0) return answer
      const unpriced = given === null ? answer : { ...answer, cost_usd: null }
      if (!answer.usage) return unpriced
      if (!listed) return { ...unpriced, cost_usd: costOf(answer.usage, own) }
      const table = await tableOrWarning(host)
      const cost = table
        ? costOf(
            answer.usage,
            table.priceOf(answer.target ?? target) ?? byAnswer(table, answer.target ?? target, answer)
          )
        : null
      if (!table || cost === null) return unpriced
      warnWhenStale(table.pricesDate, host)
      return { ...answer, cost_usd: cost, price_date: table.pricesDate }
    })
  }, llm.target)
}

type Table = typeof import('../prices/index.js')

let loading: Promise<Table> | undefined

function loadTable(): Promise<Table> {
  loading ??= import('../prices/index.js').catch((error: unknown) => {
    loading = undefined // the network may be back at the next call
    throw error
  })
  return loading
}

async function tableOrWarning(host: Pick<Host, 'warn'>): Promise<Table | undefined> {
  try {
    return await loadTable()
  } catch (error) {
    const reason = error instanceof Error ? error.message : shown(error)
    host.warn({ area: 'prices', kind: 'unavailable', message: `The price table could not be loaded: ${reason}` })
    return undefined
  }
}

/** An alias or a router asks for one name and is answered by another: the provider says which model it was. */
function byAnswer(table: Table, { provider }: Target, { model }: LLMResponse): Price | undefined {
  return table.priceOf({ provider, model })
}

function ownPrice(prices: Readonly<Record<string, Price>>, { provider, model }: Target): Price | undefined {
  return [`${provider}/${model}`, model].filter(name => Object.hasOwn(prices, name)).map(name => prices[name])[0]
}

function check(name: string, price: Price): void {
  for (const [rate, value] of Object.entries({ ...price, tiers: 0 })) {
    if (value === undefined || (typeof value === 'number' && value >= 0 && value < 0.01)) continue
    throw new InputError(
      `The price of ${name} has ${rate}: ${shown(value)}. Prices are US dollars per token: 2 / 1e6 for two dollars a million.`
    )
  }
}

function warnWhenStale(date: string, host: Pick<Host, 'now' | 'warn'>): void {
  const days = Math.floor((host.now() - Date.parse(date)) / 86_400_000)
  if (days <= staleDays || warned.has(host)) return
  warned.add(host)
  const message = `The prices are ${days} days old (${date}): update daybook, or pass prices of your own.`
  host.warn({ area: 'prices', kind: 'stale', message })
}
