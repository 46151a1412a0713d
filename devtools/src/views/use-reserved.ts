/** What a budget holds back for calls that are under way: counted from the ledger as the budget itself counts it. */
import { useEffect, useState } from 'react'
import type { Book } from '../model/book.js'
import { record } from '../model/read.js'
import { usePrices } from './use-prices.js'

/** So many open calls are looked at. */
const most = 100

/** US dollars, by estimate: of a call whose price is not known nothing is held back. Undefined until it is counted. */
export function useReserved(book: Book, wanted: boolean): number | undefined {
  const rows = wanted ? [...book.calls.open.values()].flatMap(({ kind, row }) => (kind === 'llm' ? [row] : [])) : []
  const [found, setFound] = useState<{ readonly of: string; readonly usd: number }>()
  const of = rows.slice(0, most).join(' ')
  const prices = usePrices(of !== '')
  // biome-ignore lint/correctness/useExhaustiveDependencies: the open calls, told by their rows
  useEffect(() => {
    let gone = false
    const count = async (): Promise<void> => {
      let usd = 0
      for (const row of rows.slice(0, most)) {
        const { target, ...request } = record(book.events[row]?.data)
        usd += (await prices?.estimatedCost(request as never, target as never).catch(() => null)) ?? 0
      }
      if (!gone) setFound({ of, usd })
    }
    if (prices && of !== '') void count()
    return () => {
      gone = true
    }
  }, [of, prices])
  return found?.of === of && of !== '' ? found.usd : undefined
}
