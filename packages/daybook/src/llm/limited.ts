/** Lets calls through no faster than a provider allows: the rest wait in the order in which they came. */
import { InputError, RateLimitError, shown } from '../errors.js'
import { defaultHost, type Host } from '../host.js'
import { relay, tap } from './live.js'
import { type LLMFn, type LLMRequest, targetOf, withTarget } from './llm.js'
import { sleep as realSleep, type Sleep } from './sleep.js'

export interface LimitOptions {
  /** Calls at once. */
  readonly concurrency?: number | undefined
  /** Requests a minute. */
  readonly rpm?: number | undefined
  /** Tokens a minute, read and written; what a call will use is estimated first and put right when it has ended. */
  readonly tpm?: number | undefined
  /** A call that has waited so long fails with kind `rate_limit`; 120,000 by default. */
  readonly maxWaitMs?: number | undefined
  readonly host?: Pick<Host, 'now'> | undefined
  readonly sleep?: Sleep | undefined
}

interface Waiting {
  readonly tokens: number
  readonly deadline: number
  admit(): void
  refuse(): void
}

/**
 * A call waits until one of those before it has ended and the minute has room for it. An abort takes it out of the
 * queue at once. However many wait, there is one timer: the first in the queue has the earliest deadline.
 */
export function limited(llm: LLMFn, options: LimitOptions = {}): LLMFn {
  const { concurrency = Infinity, rpm, tpm, maxWaitMs = 120_000, host = defaultHost(), sleep = realSleep } = options
  for (const [name, value] of Object.entries({ concurrency, rpm, tpm, maxWaitMs })) {
    if (value !== undefined && !(value > 0)) throw new InputError(`${name} must be more than 0, not ${shown(value)}.`)
  }
  const requests = bucket(rpm, host)
  const tokens = bucket(tpm, host)
  const queue = new Set<Waiting>()
  let running = 0
  let alarm: { readonly at: number; cancel(): void } | undefined

  /** Milliseconds until this call may start; Infinity while it waits for another one to end. */
  const waitFor = (need: number): number =>
    running >= concurrency ? Infinity : Math.max(requests.waitFor(1), tokens.waitFor(need))

  function start(need: number): void {
    running++
    requests.take(1)
    tokens.take(need)
  }

  function advance(): void {
    for (const first of queue) {
      const wait = waitFor(first.tokens)
      const left = first.deadline - host.now()
      if (wait > 0 && left > 0) {
        wakeIn(Math.min(wait, left))
        return
      }
      queue.delete(first)
      if (wait > 0) first.refuse()
      else {
        start(first.tokens)
        first.admit()
      }
    }
    alarm?.cancel()
    alarm = undefined
  }

  function wakeIn(ms: number): void {
    const at = host.now() + ms
    if (alarm && alarm.at <= at) return // it looks again then
    alarm?.cancel()
    const controller = new AbortController()
    const mine = { at, cancel: () => controller.abort() }
    alarm = mine
    sleep(ms, controller.signal).then(
      () => {
        if (alarm !== mine) return
        alarm = undefined
        advance()
      },
      () => {} // cancelled
    )
  }

  function admission(need: number, signal: AbortSignal, refusal: () => Error): Promise<void> | undefined {
    if (queue.size === 0 && waitFor(need) === 0) {
      start(need)
      return undefined
    }
    return new Promise<void>((resolve, reject) => {
      const leave = (): void => {
        queue.delete(waiting)
        reject(signal.reason)
        advance()
      }
      const waiting: Waiting = {
        tokens: need,
        deadline: host.now() + maxWaitMs,
        admit() {
          signal.removeEventListener('abort', leave)
          resolve()
        },
        refuse() {
          signal.removeEventListener('abort', leave)
          reject(refusal())
        }
      }
      signal.addEventListener('abort', leave, { once: true })
      queue.add(waiting)
      advance()
    })
  }

  return withTarget((request, callOptions = {}) => {
    // A single call that is larger than a whole minute's worth goes alone instead of never.
    const need = tpm === undefined ? 0 : Math.min(tpm, estimate(request))
    const { provider, model } = targetOf(llm, request, callOptions)
    const refusal = (): Error =>
      new RateLimitError(`${provider} takes no more calls for now: this one has waited ${maxWaitMs / 1000} s.`, {
        hint: 'Raise the limits or maxWaitMs, or ask for less at once.',
        provider,
        model,
        retryable: false
      })
    let admitted = false
    const ended = (used?: number): void => {
      if (!admitted) return
      running--
      if (used !== undefined) tokens.take(used - need)
      advance()
    }
    const stream = relay(
      signal => {
        const open = () => {
          admitted = true
          return { stream: llm(request, { ...callOptions, signal }) }
        }
        const waiting = admission(need, signal, refusal)
        return waiting === undefined ? open() : waiting.then(open)
      },
      response => response,
      { signal: callOptions.signal }
    )
    return tap(
      stream,
      response => {
        ended(response.usage ? response.usage.input_tokens + response.usage.output_tokens : undefined)
        return response
      },
      error => {
        ended()
        throw error
      }
    )
  }, llm.target)
}

/** Four characters are a token, and the answer is as long as it may be; 1,024 where nothing says how long that is. */
function estimate(request: LLMRequest): number {
  return Math.ceil(JSON.stringify(request.messages).length / 4) + (request.max_tokens ?? 1024)
}

interface Bucket {
  /** Milliseconds until there is so much in it. */
  waitFor(amount: number): number
  take(amount: number): void
}

/** Holds a minute's worth, full at first, and fills evenly. */
function bucket(perMinute: number | undefined, host: Pick<Host, 'now'>): Bucket {
  if (perMinute === undefined) return { waitFor: () => 0, take: () => {} }
  let level = perMinute
  let seen = host.now()
  const fill = (): void => {
    const now = host.now()
    level = Math.min(perMinute, level + (Math.max(0, now - seen) / 60_000) * perMinute)
    seen = now
  }
  return {
    waitFor(amount) {
      fill()
      // Up to a millionth is what rounding has lost, not what is missing.
      const missing = amount - level
      return missing <= 1e-6 * perMinute ? 0 : Math.ceil((missing / perMinute) * 60_000)
    },
    take(amount) {
      fill()
      level -= amount
    }
  }
}
