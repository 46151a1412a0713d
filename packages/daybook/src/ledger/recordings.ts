/** The answers that a ledger holds, to be given again: what replays, forks and cassettes read. */
import { cacheKey } from '../cache/key.js'
import type { LLMRequest, LLMResponse, Target } from '../llm/llm.js'
import { requestOf } from './call.js'
import type { AnyEvent, LedgerEvent } from './event.js'

export type Terminal = LedgerEvent<'llm.response'> | LedgerEvent<'llm.failed'>

/** One request of a ledger with what became of it. */
export interface Recording {
  /** Ids of its events. */
  readonly requestId: string
  readonly terminalId: string | undefined
  /** As it was asked: without target, metadata and ids of the ledger. */
  readonly request: LLMRequest
  /** Where it went, where its event says so. */
  readonly target?: Target | undefined
  readonly answer: Terminal | undefined
}

/**
 * What is the same request: all that a cache key covers, and nothing that only a ledger knows. Of a target, where one is
 * given, provider, API and model count; its address does not, since a replay may run anywhere. The data of an
 * `llm.request` event has the digest of the request in it. 64 hex digits.
 * @throws InputError for a request that is no plain JSON.
 */
export function requestDigest(request: LLMRequest, target?: Target): string {
  // The key keeps the digests of frozen messages, so that a dialog's next turn costs what is new in it.
  return cacheKey(withoutNotes(request), target ? { target: { ...target, base_url: '' } } : {})
}

/**
 * Of a ledger's events, in the order of the requests. The same request twice is two recordings; one that has no answer
 * yet is a recording without one.
 */
export function recordingsOf(events: Iterable<LedgerEvent>): readonly Recording[] {
  const recordings: { -readonly [Member in keyof Recording]: Recording[Member] }[] = []
  const open = new Map<string, (typeof recordings)[number]>()
  for (const recorded of events) {
    const event = recorded as AnyEvent
    if (event.type === 'llm.request') {
      const { id, data } = event
      const recording = {
        requestId: id,
        terminalId: undefined,
        request: withoutNotes(data),
        target: data.target,
        answer: undefined
      }
      recordings.push(recording)
      open.set(id, recording)
    } else if (event.type === 'llm.response' || event.type === 'llm.failed') {
      const asked = event.cause.find(id => open.has(id))
      const recording = asked === undefined ? undefined : open.get(asked)
      if (!recording) continue
      recording.terminalId = event.id
      recording.answer = event
      open.delete(recording.requestId)
    }
  }
  return recordings
}

/** The answer as its caller got it. Ledgers of other programs may say no more than text and model. */
export function answerOf({ data }: LedgerEvent<'llm.response'>): LLMResponse {
  const { cause_object_id: _about, latency_ms: _latency, first_delta_ms: _first, stream: _stream, ...answer } = data
  return {
    ...answer,
    finish_reason: data.finish_reason ?? 'stop',
    usage: data.usage ?? null,
    message: data.message ?? { role: 'assistant', content: data.text },
    tool_calls: data.tool_calls ?? [],
    cached: data.cached ?? false
  } as LLMResponse
}

/** The request without what only a ledger knows of it. */
export function withoutNotes(request: LLMRequest): LLMRequest {
  return requestOf(request as never) as unknown as LLMRequest
}
