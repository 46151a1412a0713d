/** Answers from recordings, without a call. */
import type { LLMFn } from '../llm/llm.js'
import type { Sleep } from '../llm/sleep.js'
import type { LedgerEvent } from './event.js'
import type { Recording } from './recordings.js'

export interface ReplayedOptions {
  /** `recorded`: at the pace of the recorded stream; a number: so many times faster; `once`, the default: without waits. */
  readonly pace?: 'recorded' | 'once' | number | undefined
  /** Asked where there is no recording. Left out: the call fails with ReplayMissError. */
  readonly onMiss?: LLMFn | undefined
  readonly sleep?: Sleep | undefined
}

/**
 * The n-th call of a request gets its n-th recording, the last one again when there are no more. A recorded failure
 * fails again, with its kind. An answer costs 0, says what it saved, and is `cached` with state `hit`.
 * A miss fails with ReplayMissError: `data.nearest` is the most similar recording's request id, `data.fields` what differs.
 */
export function replayed(
  _recordings: readonly LedgerEvent[] | readonly Recording[],
  _options?: ReplayedOptions
): LLMFn {
  throw new Error('to be written')
}
