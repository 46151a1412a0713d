/** The ledger that a page carries in itself, as `daybook export --html` writes it: read only, and the only source. */
import { isRecord } from '../model/read.js'
import type { DevtoolsSource } from '../model/source.js'
import { fileSource } from './from-file.js'

/** Undefined where the page carries none, or one that cannot be read. */
export function documentSource(document: Pick<Document, 'getElementById'>): DevtoolsSource | undefined {
  const text = document.getElementById('daybook-ledger')?.textContent
  if (!text) return undefined
  try {
    const held: unknown = JSON.parse(text)
    if (!isRecord(held) || typeof held.stream !== 'string' || !Array.isArray(held.events)) return undefined
    return fileSource({ name: held.stream, events: held.events }, 'this file')
  } catch {
    return undefined
  }
}
