/** The time limits of one call: one timer, looked at again when it fires, so that a delta costs no timer of its own. */
import { APITimeoutError } from '../../errors.js'
import { about } from './failure.js'
import { nameOf, type Peer } from './wire.js'

/** Milliseconds; 0 turns a limit off. */
export interface Timeouts {
  /** Until the status comes: 60,000 for a stream, none for an answer in one piece. */
  readonly headersMs?: number | undefined
  /** From the start until the first delta: 120,000 for a stream, 600,000 for a model that thinks or must be loaded. */
  readonly firstDeltaMs?: number | undefined
  /** Between two events with content: 60,000. Pings and comments stretch it to three times as much. */
  readonly idleMs?: number | undefined
  /** The whole request: 1,800,000 for a stream, 600,000 for an answer in one piece. */
  readonly totalMs?: number | undefined
}

export interface Timer {
  /** Another phase begins, and with it another limit. */
  enter(phase: 'first' | 'idle'): void
  /** Something came: content, or only a sign of life. */
  seen(content: boolean): void
  stop(): void
}

/**
 * @param patient the model thinks before it speaks, or must be loaded first
 * @param expire called with an APITimeoutError when a limit is reached
 */
export function startTimer(
  timeouts: Timeouts,
  streamed: boolean,
  patient: boolean,
  peer: Peer,
  expire: (error: Error) => void
): Timer {
  const wait = streamed ? (patient ? 600_000 : 120_000) : 0
  const { firstDeltaMs = wait, headersMs = patient ? wait : wait / 2, idleMs = 60_000 } = timeouts
  const { totalMs = streamed ? 1_800_000 : 600_000 } = timeouts
  const start = performance.now()
  let phase: 'headers' | 'first' | 'idle' = 'headers'
  let content = start
  let life = start
  let timer: ReturnType<typeof setTimeout> | undefined

  /** Looks which limit comes next, and waits for it or says that it is reached. */
  function look(): void {
    clearTimeout(timer)
    let next = Infinity
    let why: 'headers' | 'first' | 'idle' | 'total' = 'total'
    let length = totalMs
    const limit = (name: typeof why, ms: number, end: number): void => {
      if (!(ms > 0) || end >= next) return
      next = end
      why = name
      length = ms
    }
    limit('total', totalMs, start + totalMs)
    if (phase === 'idle') limit('idle', idleMs, Math.min(life + idleMs, content + 3 * idleMs))
    else limit('first', firstDeltaMs, start + firstDeltaMs)
    if (phase === 'headers') limit('headers', headersMs, start + headersMs)

    const left = next - performance.now()
    if (left > 0) {
      if (left < Infinity) timer = setTimeout(look, Math.min(Math.ceil(left), 0x7fffffff))
      return
    }
    const what = why === 'total' ? 'did not finish' : 'sent nothing'
    expire(new APITimeoutError(`${nameOf(peer)} ${what} within ${length / 1000} s.`, { ...about(peer), phase: why }))
  }
  look()

  return {
    enter(next) {
      phase = next
      content = life = performance.now()
      look()
    },
    seen(withContent) {
      life = performance.now()
      if (withContent) content = life
    },
    stop() {
      clearTimeout(timer)
    }
  }
}
