/** Writes dialogs into a ledger as they grow: see `dialogs-of.ts` for the way back. */
import { asDaybookError, LedgerWriteError } from '../errors.js'
import { defaultHost, type Host, newId } from '../host.js'
import { frozenJson } from '../json.js'
import { derivedId, type EventDraft, type LedgerEvent } from '../ledger/event.js'
import type { Ledger } from '../ledger/ledger.js'

export interface DialogRecorder {
  /**
   * Takes a draft at once; drafts are appended in order, those that wait together in one batch. Pass it to a dialog as
   * `onEvent`. A draft without a cause follows from what was last recorded of its dialog. Gives the event's id.
   * @throws InputError for data that is no JSON.
   */
  record(draft: EventDraft): string
  /** The event that the next one of this dialog follows from. */
  latest(dialogId: string): string | undefined
  /** The next event of this dialog follows from another one, such as the answer to it. */
  follow(dialogId: string, eventId: string): void
  /**
   * Resolves when everything so far is durable.
   * @throws LedgerWriteError once for what could not be written; `data.events` holds it (the first thousand events), and
   * `ledger.append` takes it again as it is. A batch that fails does not keep later ones from being tried.
   */
  settled(): Promise<void>
}

/** A disk that stays full must not fill the memory too. */
const maxKept = 1000

export function dialogRecorder(
  ledger: Ledger,
  options: { readonly host?: Host; readonly actor?: string } = {}
): DialogRecorder {
  const { host = defaultHost(), actor = 'program' } = options
  const trigger = newId(host)
  /** The id of the last event of each dialog. */
  const latest = new Map<string, string>()
  let ordinal = 0
  let waiting: LedgerEvent[] | undefined
  // Never rejects: what fails is told by the next `settled`.
  let written: Promise<void> = Promise.resolve()
  let failure: { lost: number; readonly events: LedgerEvent[]; readonly cause: unknown } | undefined

  async function write(batch: LedgerEvent[]): Promise<void> {
    if (waiting === batch) waiting = undefined
    try {
      await ledger.append(batch)
    } catch (cause) {
      failure ??= { lost: 0, events: [], cause }
      failure.lost += batch.length
      failure.events.push(...batch.slice(0, maxKept - failure.events.length))
      const message = `${batch.length} events of dialogs could not be written: ${asDaybookError(cause).message}`
      host.warn({ area: 'ledger', kind: 'write', message })
    }
  }

  return {
    record(draft) {
      const { type } = draft
      const data = frozenJson(draft.data) as { readonly dialog_id?: string; readonly parent_id?: string }
      const before = latest.get((type === 'dialog.forked' ? data.parent_id : data.dialog_id) ?? '')
      const event = {
        id: derivedId(type, ledger.name, trigger, 'dialog', ordinal++, host.sha256),
        type,
        source: ledger.name,
        actor: draft.actor ?? actor,
        cause: draft.cause ?? (before === undefined ? [] : [before]),
        timestamp: new Date(host.now()).toISOString(),
        data
      } as LedgerEvent
      if (data.dialog_id !== undefined) latest.set(data.dialog_id, event.id)
      if (waiting) waiting.push(event)
      else {
        const batch = [event]
        waiting = batch
        written = written.then(() => write(batch))
      }
      return event.id
    },
    latest: dialogId => latest.get(dialogId),
    follow: (dialogId, eventId) => void latest.set(dialogId, eventId),
    async settled() {
      await written
      if (!failure) return
      const { lost, events, cause } = failure
      failure = undefined
      throw new LedgerWriteError(`${lost} events of dialogs could not be written to the ledger ${ledger.name}.`, {
        hint: asDaybookError(cause).message,
        data: { events },
        cause
      })
    }
  }
}
