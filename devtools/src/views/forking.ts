/** The fork sheet, for all entries but the page of one run, which only shows it. */
import { sheet, sheets } from './sheets.js'

export function withForking(): void {
  sheets.fork ??= sheet(async () => (await import('./fork.js')).Fork)
}
