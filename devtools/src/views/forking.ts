/** The fork sheet, for all entries but the page of one run, which only shows it. */
import { lazy } from 'react'
import { sheets } from './sheets.js'

export function withForking(): void {
  sheets.fork ??= lazy(async () => ({ default: (await import('./fork.js')).Fork }))
}
