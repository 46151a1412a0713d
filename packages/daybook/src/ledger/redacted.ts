/** Changes events before they are written: what is taken out here was never stored. */
import { canonical } from '../json.js'
import type { EventDraft, LedgerEvent } from './event.js'
import type { Ledger } from './ledger.js'
import type { Outbox } from './outbox.js'
import { siblingsOf, withSiblings } from './siblings.js'

export type Redact = (event: LedgerEvent) => LedgerEvent

export function redacted(ledger: Ledger, redact: Redact): Ledger {
  const changed: Ledger = {
    ...ledger,
    // A getter is not copied by the spread: it would freeze the length of this moment.
    get length() {
      return ledger.length
    },
    redacted: true,
    append: (events, options) => ledger.append(events.map(redact), options),
    ...(ledger.outbox ? { outbox: withheld(ledger.outbox, ledger.name, redact) } : {})
  }
  const siblings = siblingsOf(ledger)
  return siblings
    ? withSiblings(changed, { ...siblings, open: async name => redacted(await siblings.open(name), redact) })
    : changed
}

/** Keeps only entries that need no change: a responder must go on with what was said, and not with what is left of it. */
function withheld(outbox: Outbox, source: string, redact: Redact): Outbox {
  const isOpen = ({ type, data, cause = [] }: EventDraft, index: number): boolean => {
    const event = { id: `${type}-${index}`, type, source, actor: 'runtime', cause, timestamp: epoch, data }
    return canonical(redact(event)) === canonical(event)
  }
  return {
    ...outbox,
    append: entries =>
      outbox.append(
        entries.filter(({ slots }) =>
          slots
            .flatMap(({ draft, call }) => [draft, ...(call?.before ?? []), ...(call?.asked ? [call.asked.draft] : [])])
            .every(isOpen)
        )
      )
  }
}

const epoch = new Date(0).toISOString()

/** Keeps who called what, when, at what price; leaves out every word that was said. */
export function metadataOnly(event: LedgerEvent): LedgerEvent {
  const data = event.data as Record<string, unknown>
  const kept = (fields: Record<string, unknown>): LedgerEvent =>
    ({ ...event, data: { ...data, ...fields } as EventDraft['data'] }) as LedgerEvent
  switch (event.type) {
    case 'llm.request': {
      const { model, target, max_tokens, temperature, cause_object_id, dialog_id } = data
      const known = { model, target, max_tokens, temperature, cause_object_id, dialog_id }
      const fields = Object.fromEntries(Object.entries(known).filter(([, value]) => value !== undefined))
      return { ...event, data: { messages: [], ...fields } } as unknown as LedgerEvent
    }
    case 'llm.response': {
      const { reasoning: _reasoning, refusal: _refusal, tool_calls: _calls, native: _native, ...rest } = data
      const message = { role: 'assistant', content: '' }
      return { ...event, data: { ...rest, text: '', message } } as unknown as LedgerEvent
    }
    case 'llm.failed': {
      const { partial: _partial, ...rest } = data
      return { ...event, data: rest } as unknown as LedgerEvent
    }
    case 'tool.called':
      return kept({ arguments: {} })
    case 'tool.returned':
      return kept({ result: null })
    default:
      return event
  }
}
