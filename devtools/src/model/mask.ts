/**
 * What looks like a key is not shown, wherever it came from. The ledger itself keeps what was recorded: a copy of an
 * event as JSON asks the same of itself, an export says what it masks.
 */
export { masked } from 'daybook/errors'
