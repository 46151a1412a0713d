/** Styles that come with a view: adopted by the panel's own root when the view is first shown. */
import { createContext, useContext, useInsertionEffect } from 'react'

/** Takes a stylesheet's text into the root of this panel; the same text only once. */
export type Adopt = (css: string) => void

export const AdoptContext = createContext<Adopt>(() => {})

export function useSheet(css: string): void {
  const adopt = useContext(AdoptContext)
  useInsertionEffect(() => adopt(css), [adopt, css])
}
