/** What a branch is answered from: first what its parent was told, then what anybody else would be. */
import { cached } from '../cache/cached.js'
import { memoryCache } from '../cache/memory-cache.js'
import { overlayCache } from '../cache/overlay-cache.js'
import { scopedCache } from '../cache/scoped-cache.js'
import type { CacheStore } from '../cache/store.js'
import type { Host } from '../host.js'
import type { DataOf, LedgerEvent } from '../ledger/event.js'
import type { Ledger } from '../ledger/ledger.js'
import { isBranch } from '../ledger/name.js'
import { isWhole } from '../ledger/readable.js'
import { type Recording, recordingsOf, requestDigest, type Terminal } from '../ledger/recordings.js'
import { replayed } from '../ledger/replayed.js'
import { siblingsOf } from '../ledger/siblings.js'
import { type LLMFn, targetOf, withTarget } from '../llm/llm.js'

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
  const { recordings, above, strict } = await parentsOf(branch)
  if (cache !== false) {
    cache ??= memoryCache()
    if (cacheScope !== undefined) cache = layered(cache, [...above.filter(isBranch).reverse(), cacheScope])
  }
  if (!recordings) return { llm, cache }
  const asked = llm && (mark in llm || !cache ? llm : cached(llm, cache, host ? { host } : {}))
  // Behind no cache: what the parent was told comes before what somebody else was told since.
  const answering = strict ? anywhere(recordings, asked) : replayed(recordings, { onMiss: asked })
  return { llm: Object.assign(answering, { [mark]: true }), cache }
}

/** Each part of the store over what is found without it; added to is the last one alone. */
function layered(store: CacheStore, scopes: readonly string[]): CacheStore {
  return scopes.reduce((found, scope) => overlayCache(scopedCache(store, scope), found), store)
}

/** The recorded answers, wherever their requests went. */
function anywhere(recordings: readonly Recording[], asked: LLMFn | undefined): LLMFn {
  const went = new Map(recordings.map(({ request, target }) => [requestDigest(request), target]))
  // Of a function that does not say where it asks, any recording will do.
  const onMiss = asked && ((...call: Parameters<LLMFn>) => asked(...call))
  const answering = replayed(recordings, { onMiss })
  return withTarget(
    answering,
    (request, options) => went.get(requestDigest(request)) ?? targetOf(asked ?? answering, request, options)
  )
}

interface Parents {
  /** The answers of all that it comes from, the nearest first, without those that the branch has already. */
  readonly recordings: readonly Recording[] | undefined
  /** What it comes from, the nearest first. */
  readonly above: readonly string[]
  /** Whether what is not recorded ends it: see `strict` of {@link ForkLedgerOptions}. */
  readonly strict: boolean
}

export async function parentsOf(branch: Ledger): Promise<Parents> {
  const siblings = siblingsOf(branch)
  const own = await all(branch)
  let recordings: Recording[] | undefined
  const passed = new Set<string>()
  const mark = markOf(own)
  for (let above = mark?.parent; above !== undefined && siblings && !passed.has(above); ) {
    passed.add(above)
    const ledger = await siblings.open(above)
    if (ledger.redacted) break
    const events = await all(ledger)
    recordings = joined(recordings ?? [], usable(recordingsOf(events), endedIn(own)))
    above = markOf(events)?.parent
  }
  return { recordings, above: [...passed], strict: mark?.strict === true }
}

async function all(ledger: Ledger): Promise<readonly LedgerEvent[]> {
  const events: LedgerEvent[] = []
  for await (const event of ledger.read()) events.push(event)
  return events
}

function markOf(events: readonly LedgerEvent[]): DataOf<'branch.created'> | undefined {
  const mark = events.findLast(({ type }) => type === 'branch.created') as LedgerEvent<'branch.created'> | undefined
  return mark?.data
}

function endedIn(events: readonly LedgerEvent[]): ReadonlySet<string> {
  return new Set(events.flatMap(({ type, cause }) => (type === 'llm.response' || type === 'llm.failed' ? cause : [])))
}

/**
 * Those that a branch may be given, `ended` being its requests that have an answer. An answer that the branch has
 * already stands in only for more of the same. One that does not say what an answer says is none. That a parent was aborted, out of money or had nothing recorded says
 * nothing of the request.
 */
export function usable(recordings: readonly Recording[], ended: ReadonlySet<string>): Recording[] {
  const answers = recordings.filter(({ answer }) => answer && isWhole(answer) && !isCircumstance(answer))
  return joined(
    answers.filter(({ requestId }) => !ended.has(requestId)),
    answers.filter(({ requestId }) => ended.has(requestId))
  )
}

/** The first, and of the second what answers something else. */
function joined(first: readonly Recording[], second: readonly Recording[]): Recording[] {
  const known = new Set(first.map(({ request }) => requestDigest(request)))
  return [...first, ...second.filter(({ request }) => !known.has(requestDigest(request)))]
}

function isCircumstance({ type, data }: Terminal): boolean {
  return type === 'llm.failed' && ['budget', 'aborted', 'replay'].includes(data.kind)
}
