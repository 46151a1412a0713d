/** *Try it here*, for the page that offers it: other pages do not load its sheet. */
import type { TryIt } from '../state/try-it.js'
import { type Late, late } from './late.js'

export interface TryItOffer extends TryIt {
  readonly Sheet: Late<{ readonly tryIt: TryIt; readonly onClose: () => void }>
}

export function tryItOffer(run: TryIt['run']): TryItOffer {
  const waiting = <aside className="inspector sheet" aria-label="Try it here" />
  return { run, Sheet: late(async () => (await import('./try-it.js')).TryItSheet, waiting) }
}
