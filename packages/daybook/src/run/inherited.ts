/** What a branch is answered from: first what its parent was told, then what anybody else would be. */
import { cached } from '../cache/cached.js'
import { memoryCache } from '../cache/memory-cache.js'
import { overlayCache } from '../cache/overlay-cache.js'
import { scopedCache } from '../cache/scoped-cache.js'
import type { CacheStore } from '../cache/store.js'
import type { Host } from '../host.js'
import type { AnyEvent, LedgerEvent } from '../ledger/event.js'
import type { Ledger } from '../ledger/ledger.js'
import { type Recording, recordingsOf, requestDigest } from '../ledger/recordings.js'
import { replayed } from '../ledger/replayed.js'
import { siblingsOf } from '../ledger/siblings.js'
import type { LLMFn } from '../llm/llm.js'

export interface InheritedOptions {
  readonly llm?: LLMFn | undefined
  readonly cache?: CacheStore | false | undefined
  readonly cacheScope?: string | undefined
  readonly host?: Host | undefined
}

export interface Inherited {
  readonly llm: LLMFn | undefined
  readonly cache: CacheStore | false | undefined
}

// What cached() puts on the functions that it makes: a runtime that sees it puts no cache before them.
const mark = Symbol.for('daybook.cached')

/** For a ledger that is no branch, and for one whose parent is gone, what was given. */
export async function inherited(branch: Ledger, options: InheritedOptions): Promise<Inherited> {
  const { llm, cacheScope, host } = options
  let { cache } = options
  if (cache !== false) {
    cache ??= memoryCache()
    if (cacheScope !== undefined) cache = overlayCache(scopedCache(cache, cacheScope), cache)
  }
  const recordings = await recordingsFor(branch)
  if (!recordings) return { llm, cache }
  const asked = llm && (mark in llm || !cache ? llm : cached(llm, cache, host ? { host } : {}))
  // Behind no cache: what the parent was told comes before what somebody else was told since.
  return { llm: Object.assign(replayed(recordings, { onMiss: asked }), { [mark]: true }), cache }
}

/** The parent's answers, without those that the branch has already. */
async function recordingsFor(branch: Ledger): Promise<readonly Recording[] | undefined> {
  const ended = new Set<string>()
  let parent: string | undefined
  for await (const recorded of branch.read()) {
    const event = recorded as AnyEvent
    if (event.type === 'branch.created') parent = event.data.parent
    else if (event.type === 'llm.response' || event.type === 'llm.failed') for (const id of event.cause) ended.add(id)
  }
  if (parent === undefined) return undefined
  const ledger = await siblingsOf(branch)?.open(parent)
  if (!ledger || ledger.redacted) return undefined
  const events: LedgerEvent[] = []
  for await (const event of ledger.read()) events.push(event)
  return usable(recordingsOf(events), ended)
}

/**
 * Those that a branch may be given, `ended` being its requests that have an answer. An answer that the branch has
 * already stands in only for more of the same. That a parent was aborted or out of money says nothing of the request.
 */
export function usable(recordings: readonly Recording[], ended: ReadonlySet<string>): Recording[] {
  const answers = recordings.filter(({ answer }) => answer && !isCircumstance(answer as LedgerEvent))
  const ahead = answers.filter(({ requestId }) => !ended.has(requestId))
  const asked = new Set(ahead.map(({ request }) => requestDigest(request)))
  return [
    ...ahead,
    ...answers.filter(({ requestId, request }) => ended.has(requestId) && !asked.has(requestDigest(request)))
  ]
}

function isCircumstance(answer: LedgerEvent): boolean {
  const { type, data } = answer as AnyEvent
  return type === 'llm.failed' && (data.kind === 'budget' || data.kind === 'aborted')
}
