/** Branches: a shared prefix by reference, and a tail of their own. */
import { InputError } from '../errors.js'
import { defaultHost, type Host } from '../host.js'
import type { LLMRequest, Target } from '../llm/llm.js'
import { derivedId, type LedgerEvent } from './event.js'
import type { Ledger } from './ledger.js'
import { checkLedgerName, checkPosition } from './name.js'
import { openLedger } from './open-ledger.js'
import { siblingsOf } from './siblings.js'
import type { LedgerStore } from './store.js'
import { type LedgerChange, tailOf } from './tail.js'

export type { LedgerChange } from './tail.js'

export interface ForkLedgerOptions {
  /** The branch will be `branch:<id>`. */
  readonly id: string
  readonly change?: LedgerChange | undefined
  /**
   * What the branch may ask. An answer of the parent is used wherever the request is the same, wherever it went. A
   * request that differs because of the change, one that is the changed event or is caused by it directly or through
   * others, is made. Any other request that was not recorded ends the branch, before anything is reserved or paid for
   * it. The branch stays strict when it is resumed. Left out: what is not recorded is made.
   */
  readonly strict?: boolean | undefined
  /** Where both ledgers are kept; left out, the store that the ledger was opened in. */
  readonly store?: LedgerStore | undefined
  readonly host?: Host | undefined
  /** Where a changed request will go, as its event says it. Left out: it says nothing. */
  readonly target?: ((request: LLMRequest) => Target | undefined) | undefined
}

/**
 * Forks a ledger (or a branch) before the event at `position`: the first `position` events are shared by reference.
 * The tail begins with `branch.created`, then what the parent's later events hold of the prefix's own doing: outputs of
 * events of the prefix, as they are, with the change in place under its old id. A runtime's `resume()` goes on from
 * there. A parent that still runs is forked as it is now.
 * @throws InputError for a position or a change that does not fit, and an id that is in use; nothing is written then.
 */
export async function forkLedger(ledger: Ledger, position: number, options: ForkLedgerOptions): Promise<Ledger> {
  const { id, change, strict, store, host = defaultHost(), target } = options
  const name = `branch:${id}`
  checkLedgerName(name)
  checkPosition('position', position)
  const siblings = store ? siblingsOf(await openLedger(store, ledger.name, { host })) : siblingsOf(ledger)
  if (!siblings) throw new InputError(`Nobody knows where ${ledger.name} is kept: pass { store } to fork it.`)
  const branch = await siblings.open(name)
  if (branch.length > 0) throw new InputError(`${name} is there already: choose another id for the branch.`)

  const events: LedgerEvent[] = []
  for await (const event of ledger.read()) events.push(event)
  const { carried, changed, root = ledger.name, unfinished } = tailOf(events, ledger.name, position, change)
  const head = await siblings.head(ledger.name)
  const aimed = (event: LedgerEvent): LedgerEvent['data'] => {
    const goes = event === changed && event.type === 'llm.request' && target?.(event.data as LLMRequest)
    return goes ? { ...event.data, target: goes } : event.data
  }
  const data = {
    ...{ branch_id: id, parent: ledger.name, fork_position: position },
    ...(head === undefined ? {} : { head }),
    carried: carried.length,
    ...(position === 0 ? { root } : {}),
    ...(unfinished ? { unfinished } : {}),
    ...(strict ? { strict, ...(changed ? { changed: changed.id } : {}) } : {})
  }
  const created: LedgerEvent<'branch.created'> = {
    id: derivedId('branch.created', root, name, 'runtime', position, host.sha256),
    type: 'branch.created',
    source: name,
    actor: 'runtime',
    cause: [],
    timestamp: new Date(host.now()).toISOString(),
    data
  }
  const own = carried.map(event => ({ ...event, source: name, data: aimed(event) }) as LedgerEvent)
  await branch.append([created as LedgerEvent, ...own], { expected: 0 })
  return branch
}
