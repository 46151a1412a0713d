/** Dialogs in ledgers: written as they grow, and built again from what was written. */
import type { Host } from '../host.js'
import type { EventDraft, LedgerEvent } from '../ledger/event.js'
import type { Ledger } from '../ledger/ledger.js'
import type { Dialog, FromJSONOptions } from './dialog.js'

export interface DialogRecorder {
  /** Takes a draft at once; drafts are appended in order, those that wait together in one batch. */
  record(draft: EventDraft): void
  /** Resolves when everything so far is durable. @throws LedgerWriteError once for what could not be written. */
  settled(): Promise<void>
}

export function dialogRecorder(
  _ledger: Ledger,
  _options?: { readonly host?: Host; readonly actor?: string }
): DialogRecorder {
  throw new Error('to be written')
}

/** The dialogs that a ledger holds, by id, with their messages, tree and costs: from its events alone. */
export function dialogsOf(_events: Iterable<LedgerEvent>, _options?: FromJSONOptions): ReadonlyMap<string, Dialog> {
  throw new Error('to be written')
}
