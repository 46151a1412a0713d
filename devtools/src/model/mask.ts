/**
 * What looks like a key is not shown, wherever it came from. The ledger itself keeps what was recorded: a copy of an
 * event as JSON asks the same of itself, an export says what it masks.
 */
import { masked } from 'daybook/errors'
import { oneLine as line } from './read.js'

export { masked }

/** A value in one line, as it may be shown. */
export function oneLine(value: unknown, max?: number): string {
  return masked(line(value, max))
}
