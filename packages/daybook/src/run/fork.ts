/** A run of a kit forked: its prefix shared, its tail run again with one thing changed. */
import { type ForkLedgerOptions, forkLedger, type LedgerChange } from '../ledger/branch.js'
import type { LedgerEvent } from '../ledger/event.js'
import { followsFrom } from '../ledger/follows.js'
import type { Ledger } from '../ledger/ledger.js'
import { checkEvents } from '../ledger/readable.js'
import { type Recording, recordingsOf, requestDigest, withoutNotes } from '../ledger/recordings.js'
import { tailOf } from '../ledger/tail.js'
import { estimatedCost } from '../llm/estimated.js'
import { type Live, relay } from '../llm/live.js'
import type { LLMRequest, Target } from '../llm/llm.js'
import { fullName } from '../llm/provider-name.js'
import { targetFor } from './call.js'
import { usable } from './inherited.js'
import type { Kit } from './kit.js'
import { type Run, type RunKitOptions, resumeKit } from './run-kit.js'

/** What a fork will ask for, before it does. */
export interface ForkEstimate {
  /**
   * Requests that are answered for $0: by an answer that the fork takes over as it is, by the parent's recordings, or by
   * the answer to the same request. With `calls`, these are all requests whose answer is not in the prefix.
   */
  readonly reused: number
  /** Requests that must be asked; exact where only a model or a parameter changes. */
  readonly calls: number
  /** US dollars: with answers as long as they were, and as long as they may be. Null where a price is not known. */
  readonly costUsd: { readonly low: number; readonly high: number } | null
  /**
   * Where a strict fork ends: the position of the first request that would have to be asked without following from the
   * change. What comes after it is not counted. Left out: nothing in the parent says that it would end.
   */
  readonly endsAt?: number
}

export interface ForkKitOptions extends Omit<RunKitOptions, 'ledger' | 'id'> {
  readonly parent: Ledger
  readonly position: number
  readonly id: string
  readonly change?: LedgerChange | undefined
  /** See {@link ForkLedgerOptions}. */
  readonly strict?: ForkLedgerOptions['strict']
}

export interface ForkEstimateOptions {
  readonly change?: LedgerChange | undefined
  /** Of a strict fork. */
  readonly strict?: boolean | undefined
  /** By the price table unless said otherwise. */
  readonly estimate?: RunKitOptions['estimate']
  /** Where a changed request will go; left out, where its model's name says. */
  readonly target?: ((request: LLMRequest) => Target | undefined) | undefined
}

/**
 * Forks the parent's ledger and runs its tail. Requests that are unchanged are answered from the parent's recordings at
 * cost 0, changed ones through the cache and then by `llm`; without one they fail. It fails as `resumeKit` does, as
 * `forkLedger`, and with `strict` as soon as a request is neither recorded nor follows from the change: with
 * ReplayMissError, which names the position, what was asked and how the nearest recording differs. The ledger holds
 * what happened until then, the `llm.failed` of that request and a warning that says the same. Calls that were in flight
 * are aborted; resuming the branch fails again.
 */
export function forkKit(kit: Kit, options: ForkKitOptions): Live<LedgerEvent, Run> {
  const { parent, position, id, change, strict, ...given } = options
  const { llm, host, signal } = given
  return relay(
    async abandoned => {
      const target = llm && ((request: LLMRequest) => targetFor(llm, request).target)
      const ledger = await forkLedger(parent, position, { id, change, strict, host, target })
      const either = signal ? AbortSignal.any([signal, abandoned]) : abandoned
      return { stream: resumeKit(kit, { ...given, id, ledger, signal: either }) }
    },
    run => run
  )
}

/**
 * What a fork of these events would ask for. Pure of them: nothing is asked and nothing is written. What follows from
 * a change is what followed from the changed event in the parent.
 * @throws InputError for a position or a change that does not fit, and for a row that is no event.
 */
export async function forkEstimate(
  events: readonly LedgerEvent[],
  position: number,
  options: ForkEstimateOptions = {}
): Promise<ForkEstimate> {
  checkEvents(events)
  const { carried, changed } = tailOf(events, events.at(-1)?.source ?? 'The ledger', position, options.change)
  const before = new Set(events.slice(0, position).map(({ id }) => id))
  const kept = new Set([...before, ...carried.map(({ id }) => id)])
  const future = followsFrom(changed?.id)
  if (changed) future.add(changed)
  for (const event of events.slice(position)) if (!kept.has(event.id)) future.add(event)

  const all = recordingsOf(events)
  const ended = new Set(all.filter(({ terminalId = '' }) => kept.has(terminalId)).map(({ requestId }) => requestId))
  const answers = usable(all, ended)
  const answered = new Set(answers.map(({ requestId }) => requestId))
  const known = new Set(answers.filter(({ requestId }) => !future.has(requestId)).map(digestOf))
  const calls: Recording[] = []
  let reused = 0
  let endsAt: number | undefined
  for (const recording of all) {
    const { requestId: id, terminalId = '' } = recording
    if (ended.has(id)) {
      if (!before.has(terminalId)) reused++
      continue
    }
    const asked = id === changed?.id ? anew(recording, changed.data as LLMRequest, options) : recording
    const digest = digestOf(asked)
    if (future.has(id) ? known.has(digest) : answered.has(id) || known.has(digest)) reused++
    else if (options.strict && !future.has(id)) {
      endsAt = events.findIndex(event => event.id === id)
      break
    } else calls.push(asked)
    known.add(digest) // whoever asks the same again is answered with it
  }
  const costUsd = await costOf(calls, changed?.id, options)
  return { reused, calls: calls.length, costUsd, ...(endsAt === undefined ? {} : { endsAt }) }
}

/** A changed request as it will be asked. */
function anew(recording: Recording, data: LLMRequest, { target }: ForkEstimateOptions): Recording {
  const request = withoutNotes(data)
  const same = request.model === recording.request.model
  return { ...recording, request, target: target?.(request) ?? (same ? recording.target : named(request.model)) }
}

/** Where a model's name alone sends a request. */
function named(model: string): Target {
  const [provider = '', ...rest] = fullName(model).split('/')
  return { provider, api: 'chat', base_url: '', model: rest.filter(name => name !== 'responses').join('/') }
}

function digestOf({ request }: Recording): string {
  return requestDigest(request)
}

async function costOf(
  calls: readonly Recording[],
  changed: string | undefined,
  { estimate = estimatedCost }: ForkEstimateOptions
): Promise<ForkEstimate['costUsd']> {
  let low = 0
  let high = 0
  for (const { requestId, request, target, answer } of calls) {
    const { data } = (answer?.type === 'llm.response' ? answer : {}) as Partial<LedgerEvent<'llm.response'>>
    const paid = requestId === changed ? undefined : data?.cached ? data.saved_usd : data?.cost_usd
    const most = await estimate(request, target)
    const length = data?.usage?.output_tokens
    const least = paid ?? (length === undefined ? most : await estimate({ ...request, max_tokens: length }, target))
    if (least === null) return null
    low += least
    high += Math.max(least, most ?? least)
  }
  return { low, high }
}
