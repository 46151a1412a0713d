/** Whether a ledger's text is as it was written. */
import { sha256 } from '#platform'
import { type ChainReader, chainReader, readHeader } from './chain.js'
import { portableChecksums } from './jsonl.js'
import { linesOf, type TextSource } from './lines.js'
import { cutText, faultText } from './parse-jsonl.js'

export interface Verification {
  readonly ok: boolean
  /** How many events stand in whole batches before the first fault. */
  readonly events: number
  /** The hash of the last good batch: compare it with one that was kept elsewhere. */
  readonly head: string
  /** Of the first fault: its line, from 1, its batch, from 1, and what is wrong. */
  readonly line?: number
  readonly batch?: number
  readonly reason?: string
}

export interface VerifyOptions {
  /** The hash that the ledger must end with. Whoever can rewrite a file can rewrite its chain, but not this. */
  readonly head?: string
}

/**
 * Checks every line by its crc and every batch by its hash, and stops at the first fault. Reads of a stream no more
 * than a batch at a time.
 * @throws UnsupportedLedgerVersionError for a file of a later time; ImportLimitError for a line of more than 1 GB.
 */
export async function verifyLedger(source: TextSource, options: VerifyOptions = {}): Promise<Verification> {
  let chain: ChainReader | undefined
  let events = 0
  let head = ''
  let batch = 1
  let line = 0
  let batchLine = 0
  let waiting = 0

  const fault = (at: number, reason: string): Verification => ({ ok: false, events, head, line: at, batch, reason })

  for await (const text of linesOf(source, { maxLine: 1e9, maxTotal: Number.POSITIVE_INFINITY })) {
    line++
    if (text === '') continue
    if (!chain) {
      if (!readHeader(text)) return fault(line, 'This is not the header of a ledger.')
      head = sha256(text)
      chain = chainReader(head, portableChecksums)
      continue
    }
    if (chain.pending === 0) batchLine = line
    const result = chain.read(text)
    if (result.fault) return fault(line, faultText(result.fault, batchLine, line))
    waiting++
    if (!result.ends) continue
    events += waiting
    waiting = 0
    head = chain.head
    batch++
  }
  if (!chain) return fault(1, 'There is nothing here, not even a header.')
  if (chain.pending > 0) return fault(batchLine, cutText)
  if (options.head !== undefined && options.head !== head) {
    batch--
    return fault(line, 'The chain holds, but does not end with the hash that was kept elsewhere: it was written anew.')
  }
  return { ok: true, events, head }
}
