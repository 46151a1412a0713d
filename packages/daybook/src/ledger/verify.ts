/** Whether a ledger's text is as it was written. */
import { sha256 } from '#platform'
import { shown } from '../errors.js'
import { type ChainReader, chainReader, readHeader } from './chain.js'
import type { DataOf, LedgerEvent } from './event.js'
import { portableChecksums } from './jsonl.js'
import { type LineLimits, linesOf, type TextSource, tooLarge } from './lines.js'
import { isLedgerName } from './name.js'
import { cutText, faultText, oddText } from './parse-jsonl.js'
import { unverifiedReason } from './unverified.js'

export interface Verification {
  readonly ok: boolean
  /** How many events stand in whole batches before the first fault; of a branch, its own. */
  readonly events: number
  /** The hash of the last good batch: compare it with one that was kept elsewhere. */
  readonly head: string
  /** Of the first fault: its line, from 1, its batch, from 1, and what is wrong. */
  readonly line?: number
  readonly batch?: number
  readonly reason?: string
  /** Whose text the fault is in, where it is one that a branch shares events with. */
  readonly ledger?: string
}

export interface VerifyOptions {
  /** The hash that the ledger must end with. Whoever can rewrite a file can rewrite its chain, but not this. */
  readonly head?: string
  /**
   * The text of a ledger that the branch shares events with, undefined where there is none. Left out, the branch is
   * verified alone: its own events, and not those of its parent.
   */
  readonly parent?: (name: string) => TextSource | undefined | Promise<TextSource | undefined>
}

/**
 * Checks every line by its crc and every batch by its hash, and stops at the first fault. Reads of a stream no more
 * than a batch at a time. Of a branch whose parents can be had, all that it shares is checked too: by their own chains,
 * and by the hash that they ended with when they were forked. A ledger that was imported from a broken chain is not as
 * it was written, however whole its own is: the mark that the import left is its fault, unless there is another.
 * @throws UnsupportedLedgerVersionError for a file of a later time; ImportLimitError for a line or batch over 256 MB.
 */
export async function verifyLedger(source: TextSource, options: VerifyOptions = {}): Promise<Verification> {
  const { verification, mark } = await verified(source, options.head)
  const fault = verification.ok && mark && options.parent ? await sharedFault(mark, options.parent) : undefined
  return fault ? { ...verification, ok: false, ...fault } : verification
}

type Mark = DataOf<'branch.created'>

interface Verified {
  readonly verification: Verification
  /** Of a branch. */
  readonly mark: Mark | undefined
  /** How many events stand before the place where the chain has the hash that was looked for. */
  readonly passed: number | undefined
  /** How many events stand before the mark of a broken chain that they were imported from. */
  readonly marked: number
}

/** What is wrong with the events that a branch shares, going up from parent to parent as far as there are any. */
async function sharedFault(
  mark: Mark,
  parent: NonNullable<VerifyOptions['parent']>
): Promise<Partial<Verification> | undefined> {
  const seen = new Set<string>()
  let end = mark.fork_position
  for (let below: Mark | undefined = mark; below && end > 0; ) {
    const { parent: ledger, fork_position: position, head }: Mark = below
    const shares = `It shares ${shown(position)} events with ${shown(ledger)}`
    // A name may become a path: only one that can be a ledger's is asked for.
    if (!(isLedgerName(ledger) && Number.isSafeInteger(position))) return { reason: `${shares}: that cannot be.` }
    if (seen.has(ledger)) return { ledger, reason: `${shares}, which shares them with it.` }
    const source = await parent(ledger)
    if (!source) return { ledger, reason: `${shares}, which is not here.` }
    seen.add(ledger)
    const { verification, mark: above, passed, marked }: Verified = await verified(source, undefined, head)
    const start = above?.fork_position ?? 0
    const { ok, events, line, batch, reason } = verification
    // A fault behind what is shared is the parent's alone.
    const reached = head === undefined ? events : passed === undefined ? undefined : Math.min(passed, marked)
    if (reached === undefined || start + reached < position) {
      const why = ok
        ? `${events < position - start ? 'which has fewer' : 'which was written anew since'}.`
        : `where it is not as it was written: ${reason}`
      return { ledger, ...(ok ? {} : { line, batch }), reason: `${shares}, ${why}` } as Partial<Verification>
    }
    end = Math.min(end, start)
    below = above
  }
  return undefined
}

/** A batch is checked as a whole, and so much of it is held, in bytes or characters. */
const maxBatch = 256e6

async function verified(source: TextSource, wanted: string | undefined, passing?: string): Promise<Verified> {
  let chain: ChainReader | undefined
  let events = 0
  let head = ''
  let batch = 1
  let line = 0
  let batchLine = 0
  let waiting = 0
  let held = 0
  let foreign: string | undefined
  let mark: Mark | undefined
  let passed: number | undefined
  let marked:
    | { readonly events: number; readonly line: number; readonly batch: number; readonly reason: string }
    | undefined

  const result = (verification: Verification): Verified => ({
    ...{ verification, mark, passed },
    marked: marked?.events ?? Number.POSITIVE_INFINITY
  })
  const fault = (at: number, reason: string): Verified => result({ ok: false, events, head, line: at, batch, reason })

  const limits: LineLimits = {
    ...{ maxLine: maxBatch, maxTotal: Number.POSITIVE_INFINITY },
    odd(found) {
      if (found.what === 'foreign') foreign = oddText(found).message
    }
  }
  for await (const text of linesOf(source, limits)) {
    line++
    if (text === '') continue
    if (!chain) {
      if (!readHeader(text)) return fault(line, 'This is not the header of a ledger.')
      head = sha256(text)
      chain = chainReader(head, portableChecksums)
      continue
    }
    if (chain.pending === 0) {
      batchLine = line
      held = 0
    }
    held += text.length
    if (held > maxBatch) throw tooLarge('A batch', maxBatch)
    const read = chain.read(text)
    if (read.fault) return fault(line, faultText(read.fault, batchLine, line))
    if (events + waiting === 0) mark = markOf(read.event)
    const reason = marked ? undefined : reasonOf(read.event)
    if (reason !== undefined) marked = { events: events + waiting, line, batch, reason }
    waiting++
    if (!read.ends) continue
    events += waiting
    waiting = 0
    head = chain.head
    if (head === passing) passed = events
    batch++
  }
  if (!chain) return fault(1, foreign ?? 'There is nothing here, not even a header.')
  if (chain.pending > 0) return fault(batchLine, cutText)
  if (wanted !== undefined && wanted !== head) {
    batch--
    return fault(line, 'The chain holds, but does not end with the hash that was kept elsewhere: it was written anew.')
  }
  return result(marked ? { ok: false, head, ...marked } : { ok: true, events, head })
}

/** Of the mark of a broken chain; most lines need no look inside. */
function reasonOf(text = ''): string | undefined {
  if (!text.includes('"warning.raised"')) return undefined
  try {
    return unverifiedReason(JSON.parse(text) as LedgerEvent)
  } catch {
    return undefined // as of the mark of a branch
  }
}

/** What a branch says of itself in its first own event. */
function markOf(text: string | undefined): Mark | undefined {
  try {
    const { type, data } = JSON.parse(text ?? '{}') as Partial<LedgerEvent<'branch.created'>>
    return type === 'branch.created' && data?.fork_position !== 0 ? data : undefined
  } catch {
    return undefined // the chain says that it was written so: reading it says what is wrong
  }
}
