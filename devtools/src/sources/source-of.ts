/** Whatever the caller has, as a source. */
import type { Ledger } from 'daybook'
import type { DevtoolsSource } from '../model/source.js'
import { contained } from './contained.js'
import { daybookSource, type HasLedgers, ledgerSource } from './from-daybook.js'
import { kindOf, type SourceInput } from './kind-of.js'

export type { SourceInput } from './kind-of.js'

/** @throws TypeError for what is none of the three. */
export function sourceOf(input: SourceInput): DevtoolsSource {
  const kind = kindOf(input)
  if (kind === 'source') return contained(input as DevtoolsSource)
  return contained(kind === 'daybook' ? daybookSource(input as HasLedgers) : ledgerSource(input as Ledger))
}
