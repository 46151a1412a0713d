/** The ledger that a page carries in itself, as `daybook export --html` writes it: read only, and the only source. */
import { isRecord } from '../model/read.js'
import { carriedLabel, type DevtoolsSource } from '../model/source.js'
import { fileSource, type ParsedFile, readWhileShown, slices } from './from-file.js'

/** Undefined where the page carries none, or one that cannot be read. */
export function documentSource(document: Pick<Document, 'getElementById'>): DevtoolsSource | undefined {
  const text = document.getElementById('daybook-ledger')?.textContent
  if (!text) return undefined
  try {
    const parsed = carried(JSON.parse(text))
    return parsed && fileSource(parsed, carriedLabel)
  } catch {
    return undefined
  }
}

function carried(held: unknown): ParsedFile | undefined {
  if (!isRecord(held) || typeof held.stream !== 'string') return undefined
  const { stream, jsonl, events } = held
  if (typeof jsonl === 'string' && jsonl !== '') {
    const read = readWhileShown(() => slices(new Blob([jsonl])), 'This page', stream)
    if (/^[^\n]*"daybook":/.test(jsonl)) return { ...read, text: async () => jsonl }
    const { text: _unchained, ...rest } = read
    return rest
  }
  // Pages of before carry events without their chain.
  return Array.isArray(events) ? { name: stream, events } : undefined
}
