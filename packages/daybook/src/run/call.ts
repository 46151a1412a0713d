/** One call to a model that a firing makes, and the events that it leaves. */
import { APIResponseValidationError, asDaybookError, DaybookError, shown } from '../errors.js'
import { copyJson } from '../json.js'
import type { CallRecord } from '../ledger/call.js'
import type { EventDraft, LedgerEvent } from '../ledger/event.js'
import { recordedFailure } from '../ledger/recorded-failure.js'
import { recordedStream } from '../ledger/recorded-stream.js'
import { answerOf as recordedAnswer } from '../ledger/recordings.js'
import { complete, tap } from '../llm/live.js'
import {
  type LLMFact,
  type LLMFn,
  type LLMOptions,
  type LLMRequest,
  type LLMResponse,
  type LLMStream,
  type Target,
  targetOf
} from '../llm/llm.js'
import { failedStream } from '../llm/llm-stream.js'
import { checkDraft } from './guards.js'

/** What stores an answer in the cache, or gives that up. */
export type Pending = Pick<CallRecord, 'commit' | 'discard' | 'pending'>

/** Of an answer that is not to be stored. */
export const nothing: Pending = { commit: async () => {}, discard: () => {}, pending: false }

/** The answer's end, whichever comes first: an answer, a failure, or the end of the firing that asked. */
export interface Call {
  readonly record: Pending
  readonly stream: LLMStream
  /** Resolves when the terminal event is there; never rejects. */
  readonly ended: Promise<void>
  terminal: EventDraft<'llm.response'> | EventDraft<'llm.failed'> | undefined
  /** What stands before the terminal event: attempts after the first, and warnings. */
  before: readonly EventDraft[]
  /** Whether it costs nothing: a cache or somebody else's call answers. */
  free: boolean
  /** Ends it with this failure, unless it has ended. */
  cut(error: unknown): void
}

export function makeCall(llm: LLMFn, request: LLMRequest, options: LLMOptions, record: CallRecord): Call {
  let ended: () => void = () => {}
  const call: { -readonly [Member in keyof Call]: Call[Member] } = {
    record,
    stream: failedStream(undefined),
    ended: new Promise<void>(resolve => {
      ended = resolve
    }),
    terminal: undefined,
    before: [],
    free: false,
    cut: error => end(record.failure(error))
  }

  function end(terminal: NonNullable<Call['terminal']>): void {
    if (call.terminal) return
    call.terminal = terminal
    call.before = [...record.before()]
    ended()
  }

  const report = (fact: LLMFact): void => {
    record.report(fact)
    if (fact.type === 'cache') call.free = fact.state === 'hit' || fact.state === 'joined'
    // The pending write is the runtime's to commit.
    if (fact.type !== 'cache.write') options.report?.(fact)
  }
  const stream = called(llm, request, { ...options, record: false, report })
  record.watch(stream)
  call.stream = tap(
    stream,
    response => {
      const answer = answerOf(response, record)
      end(answer instanceof DaybookError ? record.failure(answer) : answer)
      if (answer instanceof DaybookError) throw answer
      return response
    },
    error => {
      end(record.failure(error))
      throw error
    }
  )
  return call
}

/** A call that has ended in an earlier process. */
export function endedCall(terminal: EventDraft, before: readonly EventDraft[], record: Pending): Call {
  const event = terminal as LedgerEvent<'llm.response'> | LedgerEvent<'llm.failed'>
  return {
    record,
    get stream() {
      const { deltas } = recordedStream(event)
      if (event.type === 'llm.response') return complete(deltas, recordedAnswer(event as LedgerEvent<'llm.response'>))
      return failedStream(recordedFailure(event as LedgerEvent<'llm.failed'>))
    },
    ended: Promise.resolve(),
    terminal: terminal as NonNullable<Call['terminal']>,
    before,
    free: true,
    cut: () => {}
  }
}

/** Where the request goes, as its event says it; nothing where the function does not know either. */
export function targetFor(llm: LLMFn, request: LLMRequest): { readonly target?: Target } {
  try {
    return { target: copyJson(targetOf(llm, request)) }
  } catch {
    return {} // such as a model that no provider has: the call says so
  }
}

/** The function's stream as one of ours. A function that throws, or gives back no stream, fails the call. */
function called(llm: LLMFn, request: LLMRequest, options: LLMOptions): LLMStream {
  let stream: LLMStream
  try {
    stream = llm(request, options)
  } catch (thrown) {
    return failedStream(asDaybookError(thrown))
  }
  if (typeof stream?.[Symbol.asyncIterator] !== 'function') {
    return failedStream(
      new APIResponseValidationError('The LLM function gave back no stream: make it with llmStream() or textLlm().')
    )
  }
  return tap(stream, response => response)
}

/** The event of an answer, or what is wrong with the answer. */
function answerOf(response: LLMResponse, record: CallRecord): EventDraft<'llm.response'> | DaybookError {
  try {
    const draft = record.response(response)
    checkDraft(draft)
    return draft
  } catch (cause) {
    const reason = cause instanceof DaybookError ? cause.message : `an answer was expected, not ${shown(response)}.`
    return new APIResponseValidationError(`The LLM function gave back no answer that can be recorded: ${reason}`, {
      cause
    })
  }
}
