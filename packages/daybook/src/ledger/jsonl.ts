/** A ledger as text, with its chain. */
import { sha256 } from '#platform'
import { InputError, shown } from '../errors.js'
import { isRecord } from '../json.js'
import { type Checksums, crc32, eventText, headerLine, writeBatch } from './chain.js'
import type { LedgerEvent } from './event.js'
import { isLedgerName } from './name.js'
import { packer } from './packed.js'

/** Checksums that need nothing but the language. */
export const portableChecksums: Checksums = { sha256: text => sha256(text), crc32 }

export interface ToJSONLOptions {
  /** The ledger's name; default the source of its first event. */
  readonly name?: string
  /** ISO 8601; default the timestamp of the first event. */
  readonly created?: string
  /** `kando`: events only, of seven fields, without header and chain. */
  readonly format?: 'daybook' | 'kando'
}

// So many events share a hash: few enough to find a fault by it, enough to cost nothing.
const batchSize = 100

/**
 * The ledger as text that `parseJSONL` reads, `verifyLedger` verifies and a file store opens.
 * @throws InputError for a row that is nothing like an event.
 */
export function toJSONL(events: Iterable<LedgerEvent>, options: ToJSONLOptions = {}): string {
  const all = [...events]
  const none = all.findIndex(event => !isRecord(event))
  if (none >= 0)
    throw new InputError(`Row ${none + 1} is no event: it is ${shown(all[none])}.`, { data: { row: none } })
  if (options.format === 'kando') return all.map(event => `${kandoText(event)}\n`).join('')
  const source = all[0]?.source
  const {
    name = isLedgerName(source) ? source : 'run:export',
    created = all[0]?.timestamp ?? new Date().toISOString()
  } = options
  const header = headerLine(name, created)
  const pieces = [`${header}\n`]
  let head = sha256(header)
  const packed = packer()
  for (let start = 0; start < all.length; start += batchSize) {
    const { text, hash } = writeBatch(all.slice(start, start + batchSize), head, portableChecksums, (event, index) =>
      packed.text(event, start + index)
    )
    pieces.push(text)
    head = hash
  }
  return pieces.join('')
}

function kandoText(event: LedgerEvent): string {
  const { by: _by, ...rest } = event
  return eventText(rest as LedgerEvent)
}
