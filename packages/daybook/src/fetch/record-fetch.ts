/** A `fetch` for any other SDK: its calls to language models go into the ledger, and may be answered from the cache. */
import { unpaid } from '../cache/entry.js'
import { guarded } from '../cache/guarded.js'
import type { CacheStore } from '../cache/store.js'
import { asDaybookError } from '../errors.js'
import { defaultHost, type Host } from '../host.js'
import type { Ledger } from '../ledger/ledger.js'
import { complete } from '../llm/live.js'
import { type CacheState, type LLMFn, withTarget } from '../llm/llm.js'
import { type Asked, askedOf } from './asked.js'
import { again, fetchKey, type Keeper, keeper, lookUp } from './kept.js'
import { alike, passedOn, within } from './passed-on.js'
import { type Recording, recording } from './recording.js'

/** What is needed of a Daybook. */
export interface FetchDaybook {
  readonly ledger: Pick<Ledger, 'name' | 'append' | 'signal'>
  readonly cache?: CacheStore | undefined
  readonly host?: Host | undefined
}

export interface RecordFetchOptions {
  /** True: what was asked before is answered from the Daybook's cache, byte for byte. */
  readonly cache?: boolean | undefined
  /** What sends the requests: `globalThis.fetch` unless said otherwise. */
  readonly fetch?: typeof fetch | undefined
  /** Who asks, as the ledger shows it: `fetch` unless said otherwise. */
  readonly actor?: string | undefined
  /** The name in targets and for prices, where the address does not say it, as that of a proxy. */
  readonly provider?: string | undefined
  /** Whose cached answers may be shared. */
  readonly scope?: string | undefined
}

/**
 * `new OpenAI({ fetch: recordFetch(daybook) })`. A POST of JSON to an address that ends with `/chat/completions`,
 * `/responses` or `/messages` is recorded like a call of ours: its request before it leaves, its answer or failure when
 * that has come. Anything else passes through as it is. Each attempt of the SDK is a request of its own.
 *
 * - The host gets every piece before it is read here, and the whole as it came: status, headers, bytes. The end reaches
 *   it when the answer is in the ledger, or two seconds later. What it does not ask for is not read ahead, and what it
 *   leaves is left, and recorded as aborted.
 * - Whatever fails in recording is a warning; the request goes out and its answer comes back all the same.
 * - With `cache`, complete answers are stored as they came, a stream with its pieces, under keys that contain no key of
 *   a provider. A hit costs 0 and says what it saved.
 */
export function recordFetch(daybook: FetchDaybook, options: RecordFetchOptions = {}): typeof fetch {
  const host = daybook.host ?? defaultHost()
  const { fetch: send = host.fetch, actor = 'fetch', provider, scope } = options
  const store = options.cache && daybook.cache ? guarded(daybook.cache, { host, timeoutMs: 2000 }) : undefined
  const to = { ledger: daybook.ledger, host, actor }

  function warn(thrown: unknown): undefined {
    const { kind, message } = asDaybookError(thrown)
    if (kind === 'aborted') return
    host.warn({ area: 'fetch', kind: 'request', message: `A request could not be recorded: ${message}` })
  }

  /** The answer from the cache, or how to follow the one that comes. */
  async function begin(asked: Asked): Promise<Begun> {
    if (!store) return { follow: recording(asked, to) }
    const key = fetchKey(asked, scope, host)
    const mark = (state: CacheState) => (scope === undefined ? { state, key } : { state, key, scope })
    const entry = await lookUp(store, key)
    if (!entry) {
      const keep = keeper(asked, { store, key, host, mark: mark(store.isOff() ? 'off' : 'miss') })
      return { keep, follow: recording(asked, { ...to, wrap: keep.wrap }) }
    }
    const found = unpaid(entry.response, mark('hit'))
    const wrap = (llm: LLMFn): LLMFn => withTarget(() => complete(entry.deltas, found), llm.target)
    const { settled } = recording(asked, { ...to, wrap })
    const made = again(entry.fetch, () => within(settled))
    return { hit: alike(made, { url: asked.url }) }
  }

  async function answer(reading: Promise<Asked | undefined>, go: () => Promise<Response>): Promise<Response> {
    const asked = await reading.catch(warn)
    if (!asked || asked.signal?.aborted) return go()
    const { hit, keep, follow } = (await begin(asked).catch(warn)) ?? {}
    if (hit) return hit
    if (!follow) return go()
    await within(follow.departed)
    let response: Response
    try {
      response = await go()
    } catch (error) {
      follow.fail(error)
      await within(follow.settled)
      throw error
    }
    keep?.head(response)
    return passedOn(response, { ...follow, ended: keep?.ended })
  }

  const recorded: typeof fetch = (input, init) => {
    let reading: Promise<Asked | undefined> | undefined
    try {
      reading = askedOf(input, init, { fetch: send, provider })
    } catch {
      // What is no request fails where it is sent.
    }
    const go = (): Promise<Response> => send(input, init)
    return reading === undefined ? go() : answer(reading, go)
  }
  // A simulated answer must be known as one, whoever asks.
  return (send as { simulated?: unknown }).simulated === true ? Object.assign(recorded, { simulated: true }) : recorded
}

interface Begun {
  readonly hit?: Response
  readonly keep?: Keeper
  readonly follow?: Recording
}
