/** Rows that a program hands over as events: looked at before they are read, as they may come from anywhere. */
import { InputError, shown } from '../errors.js'
import { isRecord } from '../json.js'
import type { LedgerEvent } from './event.js'
import { dataFault } from './guards.js'
import type { Terminal } from './recordings.js'

/** @throws InputError that names the first row that cannot be read as an event, and what is wrong with it. */
export function checkEvents(events: readonly LedgerEvent[]): void {
  if (!Array.isArray(events)) throw new InputError(`A list of events is expected, not ${shown(events)}.`)
  for (let row = 0; row < events.length; row++) {
    const fault = faultOf(events[row])
    if (fault === undefined) continue
    throw new InputError(`Row ${row + 1} is no event: ${fault}.`, {
      hint: 'Leave it out, or import the ledger: that reads what can be read, and says what is wrong with each line.',
      data: { row }
    })
  }
}

function faultOf(event: unknown): string | undefined {
  if (!isRecord(event)) return `it is ${shown(event)}`
  const { id, type, cause, data, by } = event
  if (typeof id !== 'string' || id === '') return `its id is ${shown(id)}`
  if (typeof type !== 'string' || type === '') return `its type is ${shown(type)}`
  if (!(Array.isArray(cause) && cause.every(id => typeof id === 'string')))
    return `its cause is no list of ids: ${shown(cause)}`
  if (!isRecord(data)) return `its data is no object: ${shown(data)}`
  return by === undefined || typeof by === 'string' ? undefined : `its by is ${shown(by)}`
}

/** Whether an answer or a failure can be given again: it may have been imported without what it has to say. */
export function isWhole({ type, data }: Terminal): boolean {
  const { tool_calls: calls = [] } = data as { readonly tool_calls?: unknown }
  return dataFault(type, data as never) === undefined && Array.isArray(calls) && calls.every(isRecord)
}
