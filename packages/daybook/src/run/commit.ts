/** Makes events of outputs and appends them: one batch, checked against world and budget event by event. */
import type { Host } from '../host.js'
import { deepFreeze, type JsonObject } from '../json.js'
import { derivedId, type EventDraft, type EventType, type LedgerEvent } from '../ledger/event.js'
import type { Ledger } from '../ledger/ledger.js'
import type { LLMRequest, Target } from '../llm/llm.js'
import type { Output } from './firing.js'
import { type CheckedDraft, checkDraft, claimedType, rejection } from './guards.js'
import type { OutboxBook } from './outbox.js'
import type { RunState } from './state.js'

/** What a request may cost at most, in US dollars; null where that is not known: it reserves nothing then. */
export type Estimate = (request: LLMRequest, target: Target | undefined) => number | null | Promise<number | null>

export interface Committer {
  readonly host: Host
  readonly root: string
  readonly ledger: Ledger
  readonly estimate: Estimate | undefined
  /** Where a request will go, as its event says it. */
  target(request: LLMRequest): { readonly target?: Target }
  readonly outbox?: OutboxBook | undefined
}

export interface Committed {
  readonly events: readonly LedgerEvent[]
  /** True when a limit was reached: nobody reacts to these events, and outputs after them are in the outbox. */
  readonly stopped: boolean
}

/**
 * The outputs become events in their order. One that is malformed or cannot be applied becomes `output.rejected`;
 * with `strict` it is thrown instead, and nothing is appended. The state is ahead of the ledger when this rejects.
 */
export async function commit(
  state: RunState,
  outputs: readonly Output[],
  committer: Committer,
  strict = false
): Promise<Committed> {
  const { host, ledger } = committer
  const before = state.length
  const timestamp = timestampOf(host)
  const estimates = committer.estimate ? await estimatesOf(outputs, committer) : undefined
  const events: LedgerEvent[] = []
  let stopped = false
  let taken = 0

  for (const output of outputs) {
    events.push(added(state, output, timestamp, committer, estimates, strict))
    taken++
    const limits = state.budget.exhausted()
    if (!limits) continue
    stopped = true
    events.push(exhaustion(state, { ...limits, ...uncommitted(outputs.slice(taken)) }, timestamp, committer))
    break
  }

  const calls = outputs.filter(({ call }) => call)
  // Before the ledger says that they are there.
  if (stopped) await committer.outbox?.keep()
  try {
    if (events.length > 0) await ledger.append(events, { expected: before })
  } catch (error) {
    for (const { call } of calls) call?.record.discard()
    throw error
  }
  const kept = new Set(stopped ? outputs.slice(0, taken) : calls)
  for (const output of calls) if (!kept.has(output)) output.call?.record.discard()
  // Before anybody reacts: an identical request of the next wave must find the answer.
  if (calls.length > 0) await Promise.all([...kept].map(({ call }) => call?.record.commit()))
  return { events, stopped }
}

let stamped = { ms: Number.NaN, text: '' }

/** The time of a batch; many batches have the same. */
export function timestampOf(host: Host): string {
  const ms = host.now()
  if (stamped.ms !== ms) stamped = { ms, text: new Date(ms).toISOString() }
  return stamped.text
}

/** The event that says which limits were reached; added to the state. */
export function exhaustion(state: RunState, data: object, timestamp: string, committer: Committer): LedgerEvent {
  const trigger = state.last?.id ?? 'seed'
  const output = { trigger, responder: 'runtime', ordinal: 0, actor: 'budget-enforcer', cause: [trigger] }
  const event = eventOf(output, { type: 'budget.exhausted', data } as CheckedDraft, timestamp, committer)
  state.add(event)
  return event
}

function added(
  state: RunState,
  output: Output,
  timestamp: string,
  committer: Committer,
  estimates: ReadonlyMap<Output, number | null> | undefined,
  strict: boolean
): LedgerEvent {
  try {
    const draft = checkDraft(output.draft)
    const event = eventOf(output, withTarget(draft, committer), timestamp, committer)
    state.checkEnd(event)
    state.add(event, estimates?.get(output))
    return event
  } catch (thrown) {
    if (strict) throw thrown
    const draft = rejection(output.draft, output.responder, thrown) as unknown as CheckedDraft
    const rejected = eventOf(output, draft, timestamp, committer)
    state.add(rejected)
    return rejected
  }
}

function eventOf(
  output: Omit<Output, 'draft'>,
  draft: CheckedDraft,
  timestamp: string,
  { host, root, ledger }: Committer
): LedgerEvent {
  const { trigger, responder, ordinal } = output
  return Object.freeze({
    id: derivedId(draft.type, root, trigger, responder, ordinal, host.sha256),
    type: draft.type,
    source: ledger.name,
    actor: draft.actor ?? output.actor,
    cause: draft.cause ?? Object.freeze(output.cause),
    timestamp,
    data: Object.isFrozen(draft.data) ? draft.data : deepFreeze(draft.data),
    by: `${trigger}#${ordinal}`
  } as unknown as LedgerEvent)
}

/** A request's event says where it will go, where anybody knows. */
function withTarget(draft: CheckedDraft, committer: Committer): CheckedDraft {
  if (draft.type !== 'llm.request' || draft.data.target !== undefined) return draft
  const target = committer.target(draft.data as unknown as LLMRequest)
  return { ...draft, data: { ...draft.data, ...target } as unknown as JsonObject }
}

/** Asked for before the first event is made, so that nothing waits between two events of a batch. */
async function estimatesOf(
  outputs: readonly Output[],
  { estimate, target }: Committer
): Promise<ReadonlyMap<Output, number | null>> {
  const requests = outputs.filter(({ draft }) => claimedType(draft) === ('llm.request' satisfies EventType))
  const estimates = await Promise.all(
    requests.map(async output => {
      try {
        const { data } = checkDraft(output.draft)
        const request = data as unknown as LLMRequest
        return [output, (await estimate?.(request, target(request).target)) ?? null] as const
      } catch {
        return [output, null] as const
      }
    })
  )
  return new Map(estimates)
}

/** What was paid for answers among the outputs that no longer fit. */
function uncommitted(rest: readonly Output[]): { uncommitted?: { answers: number; cost_usd: number } } {
  let answers = 0
  let cost_usd = 0
  for (const { draft } of rest) {
    const type = claimedType(draft)
    if (type !== 'llm.response' && type !== 'llm.failed') continue
    const cost = (draft as EventDraft<'llm.response'>).data?.cost_usd
    if (type === 'llm.response') answers++
    if (typeof cost === 'number' && cost > 0) cost_usd += cost
  }
  return answers > 0 || cost_usd > 0 ? { uncommitted: { answers, cost_usd } } : {}
}
