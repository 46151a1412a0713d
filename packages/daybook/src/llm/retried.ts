/** Asks again when a call failed before anything of its answer was shown. */
import { APITimeoutError, APIUserAbortError, DaybookError, InputError, shown } from '../errors.js'
import type { Host } from '../host.js'
import { defaultHost, newId } from '../host.js'
import { begun, relay, tap } from './live.js'
import type { LLMDelta, LLMFn, LLMOptions, LLMRequest, LLMResponse, LLMStream } from './llm.js'
import { targetOf, withTarget } from './llm.js'
import type { Sleep } from './sleep.js'
import { sleep as realSleep } from './sleep.js'

export interface RetryOptions {
  /** Requests after the first; 2 unless said otherwise. */
  readonly maxRetries?: number | undefined
  /** A provider that asks for a longer wait gets none: the call fails at once, with `retryAfterMs`. 120,000 by default. */
  readonly maxWaitMs?: number | undefined
  /** Bounds all requests and waits of one call together; none by default. */
  readonly totalMs?: number | undefined
  readonly host?: Pick<Host, 'now' | 'random'> | undefined
  readonly sleep?: Sleep | undefined
}

/**
 * A call is made again only while none of its deltas has come, only for errors that may pass (`retryable`, or what the
 * provider itself says), after the wait that the provider asked for or a growing one, and within a budget for each
 * provider (10 a minute, and one more for every five calls), so that an outage does not become a storm of requests.
 * `attempts` on the answer or on the error says how many requests were made.
 */
export function retried(llm: LLMFn, options: RetryOptions = {}): LLMFn {
  const { maxRetries = 2, maxWaitMs = 120_000, totalMs, host = defaultHost(), sleep = realSleep } = options
  if (!Number.isInteger(maxRetries) || maxRetries < 0)
    throw new InputError(`maxRetries must be a whole number, at least 0, and not ${shown(maxRetries)}.`)
  const budgets = new Map<string, RetryBudget>()

  const call = (request: LLMRequest, callOptions: LLMOptions = {}): LLMStream => {
    const { provider } = targetOf(llm, request, callOptions)
    const budget = budgets.get(provider) ?? retryBudget(host)
    budgets.set(provider, budget)
    budget.called()
    const total = totalMs ? deadline(totalMs, host, sleep, callOptions.signal) : undefined
    // One for all attempts: a provider that did answer the first one need not do the work again.
    const { idempotencyKey = `${newId()}${newId()}` } = callOptions
    let attempts = 1

    const open = async (signal: AbortSignal): Promise<{ stream: LLMStream }> => {
      for (;;) {
        const stream = handled(llm(request, { ...callOptions, idempotencyKey, signal }))
        if (attempts > maxRetries || (await begun(stream))) return { stream }
        const error = await failureOf(stream)
        if (!error || signal.aborted || !mayPass(error)) return { stream }
        const wait = waitFor(error, attempts - 1, host.random, maxWaitMs)
        if (wait === Infinity || wait >= (total?.left() ?? Infinity)) return { stream }
        if (!budget.take()) {
          callOptions.report?.(stormWarning(provider))
          return { stream }
        }
        await sleep(wait, signal)
        attempts++
        callOptions.report?.({ type: 'attempt', n: attempts, kind: error.kind, wait_ms: Math.round(wait) })
      }
    }

    return tap<LLMDelta, LLMResponse, LLMResponse>(
      relay(open, answer => answer, { signal: total?.signal ?? callOptions.signal }),
      answer => {
        total?.clear()
        return attempts > 1 ? { ...answer, attempts } : answer
      },
      error => {
        total?.clear()
        if (error instanceof DaybookError) error.attempts = attempts
        throw error
      }
    )
  }
  return withTarget(call, llm.target)
}

/** A stream that somebody else made becomes one whose beginning can be waited for. */
function handled(stream: LLMStream): LLMStream {
  return tap(stream, answer => answer)
}

async function failureOf(stream: LLMStream): Promise<DaybookError | undefined> {
  try {
    await stream
  } catch (error) {
    if (error instanceof DaybookError) return error
  }
  return undefined
}

/** A stream that stalled, or took too long as a whole, would do so again. */
function mayPass(error: DaybookError): boolean {
  if (error.kind === 'aborted' || error.phase === 'idle' || error.phase === 'total') return false
  return error.shouldRetry ?? error.retryable
}

/** Milliseconds to wait before the retry after `failed` earlier ones. Never less than the provider asked for. */
function waitFor(error: DaybookError, failed: number, random: () => number, maxWaitMs: number): number {
  const asked = error.retryAfterMs
  // Past the limit there is no wait at all, and so no jitter that could push a lawful wait over it.
  if (asked !== undefined && (asked > maxWaitMs || asked === Infinity)) return Infinity
  if (asked !== undefined && asked > 0) return Math.min(asked + random() * Math.min(1000, 0.2 * asked), maxWaitMs)
  return Math.min((0.5 + 0.5 * random()) * Math.min(500 * 2 ** failed, 8000), maxWaitMs)
}

interface Deadline {
  readonly signal: AbortSignal
  left(): number
  clear(): void
}

/** A signal that fires with the caller's, or with a timeout once the time is over. */
function deadline(totalMs: number, host: Pick<Host, 'now'>, sleep: Sleep, outer: AbortSignal | undefined): Deadline {
  const end = host.now() + totalMs
  const total = new AbortController()
  const done = new AbortController()
  const forward = (): void => total.abort(outer?.reason ?? new APIUserAbortError('The call was aborted.'))
  if (outer?.aborted) forward()
  else outer?.addEventListener('abort', forward, { once: true })
  sleep(totalMs, done.signal).then(
    () =>
      total.abort(
        new APITimeoutError(`No complete answer within ${totalMs / 1000} s, retries included.`, { phase: 'total' })
      ),
    () => {} // cleared: the call is over
  )
  return {
    signal: total.signal,
    left: () => end - host.now(),
    clear: () => {
      outer?.removeEventListener('abort', forward)
      done.abort()
    }
  }
}

interface RetryBudget {
  called(): void
  take(): boolean
}

/** A bucket of retries: full at 10, refilled by 10 a minute and by a fifth of one for every call. Counted in fifths. */
function retryBudget(host: Pick<Host, 'now'>): RetryBudget {
  const retry = 5
  const full = 10 * retry
  const most = 20 * full // what a thousand calls have earned: a busy day does not save up for a storm
  let left = full
  let seen = host.now()
  return {
    called: () => {
      left = Math.min(most, left + 1)
    },
    take: () => {
      const now = host.now()
      if (left < full) left = Math.min(full, left + (Math.max(0, now - seen) / 60_000) * full)
      seen = now
      if (left < retry) return false
      left -= retry
      return true
    }
  }
}

function stormWarning(provider: string): Parameters<NonNullable<LLMOptions['report']>>[0] {
  return {
    type: 'warning',
    area: 'retry',
    kind: 'budget',
    message: `Calls to ${provider} fail so often that this one was not tried again.`
  }
}
