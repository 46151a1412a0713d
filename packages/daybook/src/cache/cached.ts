/** Answers from a store what was asked before, and asks once what is asked twice at the same time. */
import { asDaybookError } from '../errors.js'
import { defaultHost, type Host } from '../host.js'
import { complete, itemsOf, relay, tap } from '../llm/live.js'
import { type LLMFact, type LLMFn, type LLMOptions, type LLMRequest, targetOf, withTarget } from '../llm/llm.js'
import { failedStream, withPartial } from '../llm/llm-stream.js'
import { isPromise } from './awaitable.js'
import { unpaid } from './entry.js'
import { traffic } from './flights.js'
import { guarded } from './guarded.js'
import { cacheKey } from './key.js'
import { type Caller, type Counter, type Follow, lead, look, paid, take } from './sharing.js'
import type { CacheEntry, CacheStore } from './store.js'

export interface CachedOptions {
  /** Whose answers may be shared, for calls that do not say it themselves. */
  readonly scope?: string | undefined
  /** An answer that is older, in milliseconds, is asked for anew. Left out: answers do not age. */
  readonly ttlMs?: number | undefined
  readonly host?: Host | undefined
  /** How long the store may take for one answer before the call goes on without it, in milliseconds; default 2,000. */
  readonly storeTimeoutMs?: number | undefined
}

/**
 * - A hit costs 0, says what it saved, and streams with the deltas of the original.
 * - Identical calls that are made at the same time are one: the others join it, each may leave it without harm to the
 *   rest, and the first that is still there at the end pays. A failure is everybody's, and is not stored.
 * - Only complete and valid answers are stored: see `isStorable`. With `report`, storing is left to the reporter, by a
 *   `cache.write` that it commits or discards, and the call can be joined until it has; without, the answer is stored
 *   before the result resolves (the deltas do not wait).
 * - `cache: 'refresh'` joins nothing, asks, and overwrites; `'bypass'` neither reads, joins nor writes.
 * - A store that fails in any way is warned of once per cause and left alone for half a minute; the calls succeed.
 */
export function cached(llm: LLMFn, store: CacheStore, options: CachedOptions = {}): LLMFn {
  const { ttlMs = Number.POSITIVE_INFINITY, host = defaultHost(), storeTimeoutMs = 2000 } = options
  const counter: Counter = {
    llm,
    store: guarded(store, { host, timeoutMs: storeTimeoutMs }),
    traffic: traffic(store),
    host
  }

  const call: LLMFn = (request, callOptions = {}) => {
    let caller: Caller
    try {
      caller = callerOf(llm, request, callOptions, callOptions.scope ?? options.scope, host)
    } catch (error) {
      return failedStream(error)
    }
    const { cache: mode = 'use', signal } = callOptions

    if (mode === 'bypass') {
      const mark = caller.mark('bypass')
      caller.tell({ type: 'cache', ...mark })
      return tap(llm(request, callOptions), response => paid(response, mark))
    }

    const isFresh = (entry: CacheEntry): boolean => host.now() - entry.stored <= ttlMs
    const found = mode === 'use' && !signal?.aborted ? look(counter, caller.key) : undefined
    // A hit that is there already needs no waiting and no signal.
    if (found?.entry && !isPromise(found.entry) && isFresh(found.entry)) return hit(caller, found.entry).stream

    const stream = relay(
      own =>
        found
          ? take(counter, caller, found, own, entry =>
              entry && isFresh(entry) ? hit(caller, entry) : lead(counter, caller, own)
            )
          : lead(counter, caller, own),
      response => caller.settle(response),
      { signal }
    )
    return tap(
      stream,
      response => response,
      error => {
        throw withPartial(error, itemsOf(stream))
      }
    )
  }
  // A runtime that is given a function which is cached already does not cache it again.
  return Object.assign(withTarget(call, llm.target), { [Symbol.for('daybook.cached')]: true })
}

function callerOf(llm: LLMFn, request: LLMRequest, options: LLMOptions, scope: string | undefined, host: Host): Caller {
  const key = cacheKey(request, { target: targetOf(llm, request, options), scope, sample: options.sample })
  return {
    request,
    options,
    key,
    mark: state => (scope === undefined ? { state, key } : { state, key, scope }),
    tell: fact => told(options.report, fact, host),
    settle: response => response
  }
}

function hit(caller: Caller, { response, deltas }: CacheEntry): Follow {
  const mark = caller.mark('hit')
  caller.tell({ type: 'cache', ...mark })
  return { stream: complete(deltas, unpaid(response, mark)) }
}

function told(report: LLMOptions['report'], fact: LLMFact, host: Host): boolean {
  if (!report) return false
  try {
    report(fact)
    return true
  } catch (thrown) {
    host.warn({ area: 'cache', kind: 'report', message: `A report function threw: ${asDaybookError(thrown).message}` })
    return false
  }
}
