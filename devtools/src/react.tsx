/** `daybook-devtools/react`: the panel as a component on the page's own React 19; nothing in production builds. */
import type { ComponentType } from 'react'
import { Devtools as Always, type DevtoolsProps } from './component.js'

export type { DevtoolsProps } from './component.js'

declare const process: { readonly env: { readonly NODE_ENV?: string } }

function inProduction(): boolean {
  try {
    return process.env.NODE_ENV === 'production'
  } catch {
    return false
  }
}

/** Shows the ledgers of a Daybook, one Ledger, or a source of your own: see {@link DevtoolsProps}. */
export const Devtools: ComponentType<DevtoolsProps> = inProduction() ? () => null : Always
