/** A strict fork: what neither is recorded nor follows from the change is not asked. */
import { type LedgerEvent, recordingsOf } from 'daybook'
import { digest } from './fork-plan.js'
import { record } from './read.js'

/**
 * Looks at the events of a branch in their order; the returned function says what is wrong with one. `changed` is the id
 * of the changed event; everything follows from the options of a kit.
 */
export function strictWatch(
  parent: readonly LedgerEvent[],
  changed: string | undefined
): (event: LedgerEvent) => string | undefined {
  const known = new Set(recordingsOf(parent).map(({ request }) => digest(request)))
  const before = new Set(parent.map(({ id }) => id))
  const all = parent.some(({ id, type }) => id === changed && type === 'kit.loaded')
  const future = new Set(changed === undefined ? [] : [changed])
  return event => {
    const { id, type, cause, data } = event
    const trigger = event.by?.slice(0, event.by.lastIndexOf('#')) ?? ''
    if (id === changed || future.has(trigger) || cause.some(of => future.has(of))) future.add(id)
    if (all || type !== 'llm.request' || future.has(id) || before.has(id)) return undefined
    const { target: _target, cause_object_id: _about, dialog_id: _dialog, metadata: _notes, ...request } = record(data)
    if (known.has(digest(request as never))) return undefined
    return 'A call was made that has no recording and does not follow from the change, so the strict branch was stopped there. Run it permissively to let it be asked.'
  }
}
