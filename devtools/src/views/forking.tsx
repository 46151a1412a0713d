/** The fork sheet, for all entries but the page of one run, which only shows it. */
import { late } from './late.js'
import { Waiting } from './parts.js'
import { sheets } from './sheets.js'

export function withForking(): void {
  sheets.fork ??= late(async () => (await import('./fork.js')).Fork, <Waiting>Loading…</Waiting>)
}
