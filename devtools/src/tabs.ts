/** `daybook-devtools/tabs`: the ledgers of one tab in the panel of another one of the same origin. */
import { channelSource } from './sources/from-channel.js'
import { type ShareOptions, shareSource } from './sources/share.js'
import { sourceOf } from './sources/source-of.js'
import type { DevtoolsSource, SourceInput } from './types.js'

export type { ShareOptions } from './sources/share.js'
export type { DevtoolsSource, SourceInput } from './types.js'

/**
 * Lets other tabs of this origin read the ledgers of a Daybook, a Ledger or a source: all that was asked and answered in
 * them, so share nothing that another page of this origin should not see. Returns the function that ends it.
 * @throws TypeError for a source that is none of the three.
 */
export function shareLedgers(source: SourceInput, options?: ShareOptions): () => void {
  return shareSource(sourceOf(source), options)
}

/** What other tabs share, as a source for the panel: `mountDevtools(target, tabsSource())`. */
export function tabsSource(options?: ShareOptions): DevtoolsSource {
  return channelSource(options)
}
