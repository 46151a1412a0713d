/** An output as the event that it would have been, and what differs from the event that is recorded. */
import { isRecord, type JsonObject } from '../json.js'
import type { LedgerEvent } from '../ledger/event.js'
import type { Terminal } from '../ledger/recordings.js'
import { diffFields, type FieldChange } from '../world/diff-worlds.js'
import { Projection } from '../world/projection.js'
import type { Output } from './firing.js'
import { type CheckedDraft, checkDraft, rejection } from './guards.js'
import type { RunState } from './state.js'

/** What was emitted: a draft, or what is wrong with it. */
export interface Emitted {
  readonly output: Output
  readonly draft: CheckedDraft | undefined
  readonly fault?: unknown
}

export function emittedBy(output: Output): Emitted {
  try {
    return { output, draft: checkDraft(output.draft) }
  } catch (fault) {
    return { output, draft: undefined, fault }
  }
}

/** The event that the runtime would make of an output at this place: itself, or its rejection. */
export function eventOf(
  { output, draft, fault }: Emitted,
  recorded: LedgerEvent,
  idOf: (type: string) => string,
  state: RunState,
  failures: ReadonlySet<string>
): LedgerEvent {
  const made = (of: Pick<CheckedDraft, 'type' | 'data' | 'cause' | 'actor'>): LedgerEvent =>
    ({
      id: idOf(of.type),
      type: of.type,
      // Which of its ledgers an event was written to, and when, is not the responder's to say.
      source: recorded.source,
      actor: of.actor ?? output.actor,
      cause: of.cause ?? output.cause,
      timestamp: recorded.timestamp,
      data: { ...of.data, ...onlyRecorded(of, recorded, failures) },
      by: `${output.trigger}#${output.ordinal}`
    }) as unknown as LedgerEvent
  let problem = fault
  if (draft) {
    const event = made(draft)
    problem = refusal(event, state)
    if (problem === undefined) return event
  }
  return made(rejection(output.draft, output.responder, problem) as unknown as CheckedDraft)
}

/** Why the event cannot be applied where the ledger stands; undefined where it can. Changes nothing. */
function refusal(event: LedgerEvent, state: RunState): unknown {
  try {
    state.checkEnd(event)
    const known =
      event.type === 'object.patched' &&
      state.projection.objects.living(String((event as LedgerEvent<'object.patched'>).data.id))
    if (!known) new Projection().evolve(event)
    return undefined
  } catch (thrown) {
    return thrown
  }
}

/** What of such an event only the ledger knows. */
function onlyRecorded(
  { type, data }: { type: string; data: JsonObject },
  recorded: LedgerEvent,
  failures: ReadonlySet<string>
): object {
  const { target, causes } = recorded.data as { target?: unknown; causes?: unknown }
  // A replay may run anywhere, and has no address but the recorded one.
  if (type === 'llm.request' && target !== undefined) return { target }
  // What was behind a failed call is not recorded with the call.
  if (type === 'responder.failed' && causes !== undefined && failures.has(String(data.message))) return { causes }
  return {}
}

/** Where the parts of an answer contradict each other, or name another request than the one that it answers. */
export function contradictions(answer: Terminal, request: LedgerEvent<'llm.request'>): FieldChange[] {
  const { data, cause } = answer as LedgerEvent<'llm.response'>
  const changes = diffFields({ cause }, { cause: [request.id] })
  if (answer.type !== 'llm.response' || !isRecord(data.message)) return changes
  const { content, tool_calls } = data.message
  const text = content === null ? '' : content
  if (typeof text === 'string') changes.push(...diffFields({ data: { text: data.text } }, { data: { text } }))
  if (Array.isArray(tool_calls)) {
    const said = tool_calls.map(({ id, function: { name } }) => ({ id, name }))
    const read = (data.tool_calls ?? []).map(({ id, name }) => ({ id, name }))
    changes.push(...diffFields({ data: { tool_calls: read } }, { data: { tool_calls: said } }))
  }
  return changes
}
