/** Whatever the caller has, as a source. */
import type { Ledger } from 'daybook'
import type { DevtoolsSource } from '../model/source.js'
import { contained } from './contained.js'
import { daybookSource, type HasLedgers, ledgerSource } from './from-daybook.js'

export type SourceInput = DevtoolsSource | HasLedgers | Ledger

/** @throws TypeError for what is none of the three. */
export function sourceOf(input: SourceInput): DevtoolsSource {
  if ('follow' in input && 'watch' in input) return contained(input)
  if ('ledgers' in input) return contained(daybookSource(input))
  if ('subscribe' in input && 'read' in input) return contained(ledgerSource(input))
  throw new TypeError('The devtools need a Daybook, a Ledger or a DevtoolsSource to show.')
}
