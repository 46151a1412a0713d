/** Brings a ledger from a file into a store. */

import { sameContent } from './admit.js'
import type { LedgerEvent } from './event.js'
import type { LineReport } from './gathered.js'
import type { TextSource } from './lines.js'
import { checkLedgerName, isBranch, isLedgerName } from './name.js'
import { ownEvents } from './own-event.js'
import { type ParsedLedger, type ParseOptions, parseJSONL } from './parse-jsonl.js'
import type { LedgerStore } from './store.js'
import { unverifiedMark } from './unverified.js'

export interface ImportOptions extends ParseOptions {
  /** Default what the header says, or the source of the first event. */
  readonly name?: string
  /** Take what is good of a ledger with faults; otherwise a fault means that nothing is taken. */
  readonly partial?: boolean
}

export interface ImportReport {
  /** Whether the source was without errors. If not, and `partial` was not asked for, nothing was imported. */
  readonly ok: boolean
  readonly name: string
  readonly format: 'daybook' | 'kando'
  /**
   * What the source was: `unverified` where its chain is broken. What is imported has a new chain of its own; where the
   * old one was broken, an event `warning.raised` of area `import` and kind `unverified` stands in front and says so.
   */
  readonly status: ParsedLedger['status']
  /** How many events could be read, how many of them are new in the store, and its length now, with a mark if it has one. */
  readonly events: number
  readonly imported: number
  readonly length: number
  readonly reports: readonly LineReport[]
}

const batchSize = 1000

/**
 * Imports a ledger of ours or of kando's. Importing it again changes nothing; an event that the store has with other
 * content is reported as a conflict.
 * @throws as `parseJSONL` and `LedgerStore.append` do. A new ledger that cannot be written whole is removed again.
 */
export async function importLedger(
  store: LedgerStore,
  source: TextSource,
  { name: asked, ...limits }: ImportOptions = {}
): Promise<ImportReport> {
  const { partial = false } = limits
  const parsed = await parseJSONL(source, limits)
  const name = asked ?? nameOf(parsed)
  checkLedgerName(name)
  const before = await store.length(name)
  const { fresh, conflicts } =
    before === 0 ? { fresh: parsed.events, conflicts: [] } : await compare(store, name, parsed)
  const ok = parsed.ok && conflicts.length === 0
  const taken = ok || partial ? fresh : []
  const mark = taken.length > 0 ? unverifiedMark(parsed) : undefined
  // What makes a ledger a branch must be its first event.
  const at = isBranch(name) && before === 0 ? 1 : 0
  const wanted = mark ? [...taken.slice(0, at), mark, ...taken.slice(at)] : taken

  let length = before
  try {
    for (let start = 0; start < wanted.length; start += batchSize) {
      length = await store.append(name, ownEvents(wanted.slice(start, start + batchSize)))
    }
  } catch (error) {
    if (before === 0) await store.remove(name)
    throw error
  }
  return {
    ok,
    name,
    ...{ format: parsed.format, status: parsed.status },
    events: parsed.events.length,
    imported: taken.length,
    length,
    reports: [...parsed.reports, ...conflicts]
  }
}

async function compare(
  store: LedgerStore,
  name: string,
  { events, lines }: ParsedLedger
): Promise<{ fresh: readonly LedgerEvent[]; conflicts: LineReport[] }> {
  const there = new Map<string, LedgerEvent>()
  for await (const event of store.read(name)) there.set(event.id, event)
  const fresh: LedgerEvent[] = []
  const conflicts: LineReport[] = []
  events.forEach((event, index) => {
    const known = there.get(event.id)
    if (!known) fresh.push(event)
    else if (!sameContent(known, event)) {
      conflicts.push({
        line: lines[index] as number,
        severity: 'error',
        kind: 'conflict',
        message: `The ledger ${name} has the event ${event.id} already, with other content.`,
        id: event.id
      })
    }
  })
  return { fresh, conflicts }
}

function nameOf({ name, events }: ParsedLedger): string {
  if (isLedgerName(name)) return name
  const source = events[0]?.source
  return isLedgerName(source) ? source : 'run:imported'
}
