/** `daybook-devtools`: in development, the panel; in production builds, nothing. */

import { mountDevtools as mountNothing } from './nothing.js'
import { mountDevtools as mountAlways } from './stub.js'
import type { MountDevtools } from './types.js'

export type {
  DevtoolsOptions,
  DevtoolsSource,
  LedgerFollower,
  MountedDevtools,
  SourceInput,
  SourceStatus
} from './types.js'

declare const process: { readonly env: { readonly NODE_ENV?: string } }

/** Bundlers write their mode in the place of this; a page without a bundler has no `process`, and is under development. */
function inProduction(): boolean {
  try {
    return process.env.NODE_ENV === 'production'
  } catch {
    return false
  }
}

/**
 * Shows the ledgers of a Daybook, one Ledger, or a source of your own. Renders nothing in production builds: see
 * `daybook-devtools/production`.
 * @throws TypeError for a source that is none of the three.
 */
export const mountDevtools: MountDevtools = inProduction() ? mountNothing : mountAlways
