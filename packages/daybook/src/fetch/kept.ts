/** Answers to requests of somebody else's in the cache: their status, headers and bytes, under keys of their own kind. */
import { entryOf, isStorable } from '../cache/entry.js'
import type { GuardedStore } from '../cache/guarded.js'
import { paid } from '../cache/sharing.js'
import type { CacheEntry } from '../cache/store.js'
import type { Host } from '../host.js'
import { canonical, deepFreeze, frozenCopy, isRecord } from '../json.js'
import { itemsOf, tap } from '../llm/live.js'
import { type LLMFn, type LLMResponse, withTarget } from '../llm/llm.js'
import type { Asked } from './asked.js'

/** An answer as it came over the wire. */
export interface KeptFetch {
  readonly status: number
  readonly status_text: string
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly text: string
  /** Of the pieces in which it came, in bytes. */
  readonly lengths: readonly number[]
}

export interface FetchEntry extends CacheEntry {
  readonly fetch: KeptFetch
}

/** Grows when the same request must no longer find what an older version stored. */
const version = 1
/** Of the request, what changes the form of its answer. */
const asking = ['anthropic-version', 'anthropic-beta', 'openai-beta']
/** Of the answer, what may be said again: nothing of who asked, how often, or when. */
const saying = 'content-type request-id x-request-id apim-request-id openai-model openai-version x-simulated'.split(' ')

/**
 * Everything that could change the answer, its form on the wire included, and no key: neither of a header nor of the
 * address. The kind before the digits keeps it apart from the keys of calls.
 */
export function fetchKey({ target, body, url, headers }: Asked, scope: string | undefined, host: Host): string {
  const form = asking.map(name => headers.get(name))
  const api_version = new URLSearchParams(url.split('?')[1]?.split('#')[0]).get('api-version')
  return `fetch-${host.sha256(canonical({ kind: 'fetch', version, target, scope, form, api_version, body }))}`
}

/** What the store has, whole and of this kind. */
export async function lookUp(store: GuardedStore, key: string): Promise<FetchEntry | undefined> {
  const entry = (await store.get(key)) as Partial<FetchEntry> | undefined
  return entry && isKept(entry.fetch) ? (entry as FetchEntry) : undefined
}

function isKept(value: unknown): value is KeptFetch {
  if (!isRecord(value)) return false
  const { status, status_text, headers, text, lengths } = value
  return (
    Number.isInteger(status) &&
    (status as number) >= 200 &&
    (status as number) < 300 &&
    typeof status_text === 'string' &&
    Array.isArray(headers) &&
    headers.every(pair => Array.isArray(pair) && pair.length === 2 && saying.includes(pair[0])) &&
    typeof text === 'string' &&
    Array.isArray(lengths) &&
    lengths.every(length => Number.isSafeInteger(length) && length >= 0)
  )
}

export interface Keeper {
  /** Stores the answer once it is in the ledger, and all of its body has come. */
  wrap(llm: LLMFn): LLMFn
  head(response: Response): void
  ended(pieces: readonly Uint8Array[] | undefined): void
}

export interface KeeperOptions {
  readonly store: GuardedStore
  readonly key: string
  readonly host: Host
  /** What the response says about the cache. */
  readonly mark: NonNullable<LLMResponse['cache']>
}

export function keeper({ request }: Asked, { store, key, host, mark }: KeeperOptions): Keeper {
  let head: Response | undefined
  let end: (pieces: readonly Uint8Array[] | undefined) => void = () => {}
  const body = new Promise<readonly Uint8Array[] | undefined>(resolve => {
    end = resolve
  })

  return {
    wrap: llm =>
      withTarget((asked, options = {}) => {
        const stream = llm(asked, options)
        return tap(stream, response => {
          async function commit(): Promise<void> {
            const fetch = kept(head, await body)
            if (!fetch || !isStorable(request, response)) return
            const entry = entryOf(frozenCopy(response), frozenCopy(itemsOf(stream)), host.now())
            await store.set(key, deepFreeze<FetchEntry>({ ...entry, fetch }))
          }
          options.report?.({ type: 'cache.write', commit, discard: () => {} })
          return paid(response, mark)
        })
      }, llm.target),
    head(response) {
      head = response
    },
    ended: pieces => end(pieces)
  }
}

/** Undefined for what is no whole text: only that is the same bytes when it is read again. */
function kept(head: Response | undefined, pieces: readonly Uint8Array[] | undefined): KeptFetch | undefined {
  if (!head?.ok || !pieces) return undefined
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
  let text = ''
  try {
    for (const piece of pieces) text += decoder.decode(piece, { stream: true })
    text += decoder.decode()
  } catch {
    return undefined
  }
  const headers = saying.flatMap(name => {
    const value = head.headers.get(name)
    return value === null ? [] : [[name, value] as const]
  })
  const { status, statusText } = head
  return { status, status_text: statusText, headers, text, lengths: pieces.map(({ byteLength }) => byteLength) }
}

/** The answer again, cut where it was cut. Its end waits for `settled`. */
export function again(
  { status, status_text, headers, text, lengths }: KeptFetch,
  settled: () => Promise<unknown>
): Response {
  const bytes = new TextEncoder().encode(text)
  let at = 0
  let next = 0
  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        if (at === bytes.length) {
          await settled()
          return controller.close()
        }
        const end = Math.min(bytes.length, at + (lengths[next++] ?? bytes.length))
        // An empty piece is passed over: the next call is for what follows.
        controller.enqueue(bytes.slice(at, end))
        at = end
      }
    },
    { highWaterMark: 0 }
  )
  return new Response(body, { status, statusText: status_text, headers: headers.map(([name, value]) => [name, value]) })
}
