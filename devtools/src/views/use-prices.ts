/** The price list of the SDK: it is large, and comes when a figure needs it. */
import { useEffect, useState } from 'react'

export const loadPrices = (): Promise<typeof import('../sources/price-list.js')> => import('../sources/price-list.js')

type Prices = Awaited<ReturnType<typeof loadPrices>>

let known: Prices | undefined

/** Undefined until it is there, and where it could not be loaded. */
export function usePrices(wanted: boolean): Prices | undefined {
  const [prices, setPrices] = useState(known)
  useEffect(() => {
    if (!wanted || known) return
    let gone = false
    loadPrices().then(
      prices => {
        known = prices
        if (!gone) setPrices(prices)
      },
      (error: unknown) => console.warn('The price list could not be loaded.', error)
    )
    return () => {
      gone = true
    }
  }, [wanted])
  return prices ?? known
}
