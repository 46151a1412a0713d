/** Which ledgers a store shows, and for how long it keeps them. */
import { asDaybookError } from '../errors.js'
import type { Host } from '../host.js'
import type { LedgerStore } from './store.js'

/** Removes ledgers that were last appended to before a time. Never rejects: what cannot be removed is warned of. */
export async function removeOlder(opened: LedgerStore, before: number, host: Host): Promise<void> {
  const failed = (error: unknown): void => {
    const { message } = asDaybookError(error)
    host.warn({ area: 'ledger', kind: 'retain', message: `An old ledger could not be removed: ${message}` })
  }
  try {
    const listed = await opened.list() // what comes later is not old
    const store = await branches(opened)
    for (const { name, updated } of listed) {
      // One that has branches stays as long as they do.
      if (Date.parse(updated) < before) await store.remove(name).catch(failed)
    }
  } catch (error) {
    failed(error)
  }
}

/** Loaded when ledgers are listed or removed: a branch counts as long as it reads, and a parent stays under it. */
export async function branches(store: LedgerStore): Promise<LedgerStore> {
  const { branching } = await import('./branching.js')
  return branching(store)
}
