/** The answers that a ledger holds, to be given again: what replays, forks and cassettes read. */
import type { LLMRequest, LLMResponse } from '../llm/llm.js'
import type { LedgerEvent } from './event.js'

/** One request of a ledger with what became of it. */
export interface Recording {
  /** Ids of its events. */
  readonly requestId: string
  readonly terminalId: string | undefined
  /** As it was asked: without target, metadata and ids of the ledger. */
  readonly request: LLMRequest
  readonly answer: LedgerEvent<'llm.response'> | LedgerEvent<'llm.failed'> | undefined
}

/** What is the same request: all that an answer depends on, and nothing that only a ledger knows. 64 hex digits. */
export function requestDigest(_request: LLMRequest): string {
  throw new Error('to be written')
}

/** Of a ledger's events, in order. The same request twice is two recordings. */
export function recordingsOf(_events: Iterable<LedgerEvent>): readonly Recording[] {
  throw new Error('to be written')
}

/** The answer as a caller gets it; with the deltas' boundaries where the event has them. */
export function answerOf(_event: LedgerEvent<'llm.response'>): LLMResponse {
  throw new Error('to be written')
}
