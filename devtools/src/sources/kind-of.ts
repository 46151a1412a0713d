/** What the caller gave the panel to show. */
import type { Ledger } from 'daybook'
import type { DevtoolsSource } from '../model/source.js'
import type { HasLedgers } from './from-daybook.js'

export type SourceInput = DevtoolsSource | HasLedgers | Ledger

/** @throws TypeError for what is none of the three. */
export function kindOf(input: SourceInput): 'source' | 'daybook' | 'ledger' {
  if ('follow' in input && 'watch' in input) return 'source'
  if ('ledgers' in input) return 'daybook'
  if ('subscribe' in input && 'read' in input) return 'ledger'
  throw new TypeError('The devtools need a Daybook, a Ledger or a DevtoolsSource to show.')
}
