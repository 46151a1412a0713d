/** The time limits of one call: one timer, looked at again when it fires, so that a delta costs no timer of its own. */
import { APITimeoutError, type DaybookError } from '../../errors.js'
import { about } from './failure.js'
import { nameOf, type Peer } from './wire.js'

/** Milliseconds; 0 turns a limit off. */
export interface Timeouts {
  /** Until the status comes: 60,000 for a stream, none for an answer in one piece. */
  readonly headersMs?: number | undefined
  /** From the start until the first delta: 120,000 for a stream. */
  readonly firstDeltaMs?: number | undefined
  /** Between two events with content: 60,000. Pings and comments stretch it to three times as much. */
  readonly idleMs?: number | undefined
  /** The whole request: 1,800,000 for a stream, 600,000 for an answer in one piece. */
  readonly totalMs?: number | undefined
}

export type Phase = 'headers' | 'first' | 'idle'

export interface Timer {
  /** Aborted when a limit is reached and by `stop(true)`. */
  readonly signal: AbortSignal
  /** Rejects when the signal fires; for what does not listen to signals. */
  readonly gone: Promise<never>
  /** The limit that was reached. */
  readonly expired: DaybookError | undefined
  enter(phase: Phase): void
  /** Something came: content, or only a sign of life. */
  seen(content: boolean): void
  /** No limit any more; and with `abort` an end to the request. */
  stop(abort: boolean): void
}

/** @param patient for a model that thinks before it speaks, or must first be loaded: 600 s until the first delta */
export function startTimer(timeouts: Timeouts, streamed: boolean, patient: boolean, peer: Peer): Timer {
  const first = patient ? 600_000 : 120_000
  const {
    headersMs = patient ? first : 60_000,
    firstDeltaMs = first,
    idleMs = 60_000
  } = streamed ? timeouts : { headersMs: 0, firstDeltaMs: 0, ...timeouts }
  const { totalMs = streamed ? 1_800_000 : 600_000 } = timeouts
  const controller = new AbortController()
  const { signal } = controller
  const start = performance.now()
  let phase: Phase = 'headers'
  let content = start
  let life = start
  let expired: DaybookError | undefined
  let timer: ReturnType<typeof setTimeout> | undefined

  /** What ends this phase, and when. */
  function limit(): { at: number; phase: Phase | 'total'; ms: number } {
    const limits = [{ at: start + totalMs, phase: 'total', ms: totalMs }] as {
      at: number
      phase: Phase | 'total'
      ms: number
    }[]
    if (phase === 'headers') limits.push({ at: start + headersMs, phase, ms: headersMs })
    if (phase === 'idle') limits.push({ at: Math.min(life + idleMs, content + 3 * idleMs), phase, ms: idleMs })
    else limits.push({ at: start + firstDeltaMs, phase: 'first', ms: firstDeltaMs })
    return limits.filter(({ ms }) => ms > 0).reduce((a, b) => (b.at < a.at ? b : a), { at: Infinity, phase, ms: 0 })
  }

  function look(): void {
    clearTimeout(timer)
    const next = limit()
    const left = next.at - performance.now()
    if (left > 0) {
      if (left < Infinity) timer = setTimeout(look, Math.min(Math.ceil(left), 0x7fffffff))
      return
    }
    const what = next.phase === 'total' ? 'did not finish' : 'sent nothing'
    expired = new APITimeoutError(`${nameOf(peer)} ${what} within ${next.ms / 1000} s.`, {
      ...about(peer),
      phase: next.phase
    })
    controller.abort(expired)
  }

  const gone = new Promise<never>((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
  gone.catch(() => {}) // whoever waits for it hears it
  look()

  return {
    signal,
    gone,
    get expired() {
      return expired
    },
    enter(next) {
      phase = next
      content = life = performance.now()
      look()
    },
    seen(withContent) {
      life = performance.now()
      if (withContent) content = life
    },
    stop(abort) {
      clearTimeout(timer)
      if (abort) controller.abort()
    }
  }
}
