/** What follows from a change: told event by event, in the order of the ledger. */
import type { LedgerEvent } from './event.js'
import { triggerOf } from './sessions.js'

export interface Follows {
  has(id: string): boolean
  /** Whether something that this event brings about, and that names these causes, would follow. */
  through(trigger: string | undefined, cause: readonly string[]): boolean
  add(event: LedgerEvent): void
}

/** The changed event, what it or its effects triggered, and what names any of them as a cause. */
export function followsFrom(changed: string | undefined): Follows {
  const ids = new Set(changed === undefined ? [] : [changed])
  let all = false // the options of a kit are behind everything
  const through: Follows['through'] = (trigger, cause) =>
    all || (trigger !== undefined && ids.has(trigger)) || cause.some(id => ids.has(id))
  return {
    has: id => ids.has(id),
    through,
    add(event) {
      if (event.id === changed) all = event.type === 'kit.loaded'
      else if (through(triggerOf(event), event.cause)) ids.add(event.id)
    }
  }
}
