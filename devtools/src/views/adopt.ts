/** Styles that come with a view: adopted by the panel's own root when the view is first shown. */
import { createContext, useContext, useInsertionEffect } from 'react'

/** Takes a stylesheet's text into the root of this panel; the same text only once. `below`: under what adapts the panel. */
export type Adopt = (css: string, below?: boolean) => void

export const AdoptContext = createContext<Adopt>(() => {})

export function useSheet(css: string | undefined, below = false): void {
  const adopt = useContext(AdoptContext)
  useInsertionEffect(() => {
    if (css !== undefined) adopt(css, below)
  }, [adopt, css, below])
}
