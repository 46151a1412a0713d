/** Writes every call into a ledger: its request before it leaves, its answer or failure when it is there. */
import { asDaybookError, LedgerWriteError } from '../errors.js'
import { defaultHost, type Host, newId } from '../host.js'
import { copyJson } from '../json.js'
import { relay, tap } from '../llm/live.js'
import { type LLMFact, type LLMFn, type LLMResponse, targetOf, withoutPrivate, withTarget } from '../llm/llm.js'
import { type CallRecord, callRecord } from './call.js'
import { derivedId, type EventDraft, type LedgerEvent } from './event.js'
import type { Ledger } from './ledger.js'

export interface RecordedOptions {
  readonly host?: Host
  /** Who asks, as the ledger shows it. */
  readonly actor?: string
}

/**
 * Every call gets one `llm.request` and exactly one `llm.response` or `llm.failed`. The request is durable before it
 * leaves; where it cannot be written, the call fails and costs nothing. Where the answer cannot be written, the stream
 * is still delivered and the result rejects with a LedgerWriteError whose `data.response` holds it.
 * A call with `record: false` passes through: somebody else writes its events.
 */
export function recorded(llm: LLMFn, ledger: Ledger, options: RecordedOptions = {}): LLMFn {
  const { host = defaultHost(), actor = 'program' } = options

  return withTarget((request, callOptions = {}) => {
    if (callOptions.record === false) return llm(request, callOptions)

    const trigger = newId(host)
    let ordinal = 0
    let call: { id: string; record: CallRecord } | undefined
    const event = (draft: EventDraft, cause: readonly string[]): LedgerEvent =>
      ({
        id: derivedId(draft.type, ledger.name, trigger, 'recorded', ordinal++, host.sha256),
        type: draft.type,
        source: ledger.name,
        actor: draft.actor ?? callOptions.actor ?? actor,
        cause,
        timestamp: new Date(host.now()).toISOString(),
        data: draft.data
      }) as LedgerEvent

    /** Gives the id of the terminal event. */
    const finish = async (record: CallRecord, id: string, terminal: EventDraft): Promise<string> => {
      const events = [...record.before(), terminal].map(draft => event(draft, [id]))
      await ledger.append(events)
      return (events.at(-1) as LedgerEvent).id
    }

    const answer = relay(
      async signal => {
        const { metadata, dialogId } = callOptions
        const data = {
          ...copyJson(withoutPrivate(request)),
          target: targetOf(llm, request, callOptions),
          ...(dialogId ? { dialog_id: dialogId } : {}),
          ...(metadata ? { metadata } : {})
        }
        const asked = event({ type: 'llm.request', data } as EventDraft, callOptions.cause ?? [])
        await ledger.append([asked])
        const record = callRecord({
          host,
          onDelta: (n, delta) => ledger.signal({ request: asked.id, n, delta })
        })
        call = { id: asked.id, record }
        const report = (fact: LLMFact): void => {
          record.report(fact)
          // The pending write is this recorder's to commit; everything else is news for the caller too.
          if (fact.type !== 'cache.write') callOptions.report?.(fact)
        }
        const stream = llm(request, { ...callOptions, signal, report })
        record.watch(stream)
        return { stream }
      },
      response => response,
      { signal: callOptions.signal }
    )

    return tap(
      answer,
      async (response: LLMResponse) => {
        const { id, record } = call as { id: string; record: CallRecord }
        let written: string
        try {
          written = await finish(record, id, record.response(response))
        } catch (cause) {
          record.discard()
          throw new LedgerWriteError(
            'The answer came, but could not be written to the ledger: it is in error.data.response.',
            {
              hint: asDaybookError(cause).message,
              data: { response },
              cause
            }
          )
        }
        await record.commit()
        return { ...response, event: written }
      },
      async (error: unknown) => {
        if (call) {
          const { id, record } = call
          record.discard()
          await finish(record, id, record.failure(error)).catch((cause: unknown) => {
            const message = `A failed call could not be written to the ledger: ${asDaybookError(cause).message}`
            host.warn({ area: 'ledger', kind: 'write', message })
          })
        }
        throw error
      }
    )
  }, llm.target)
}
