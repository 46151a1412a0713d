/** The recordings of a cassette, each given once. */
import type { AnyEvent, LedgerEvent } from '../../ledger/event.js'
import { type Recording, recordingsOf, requestDigest } from '../../ledger/recordings.js'
import type { LLMFact, LLMRequest, Target } from '../../llm/llm.js'

/** How an SDK was answered over the wire. In a cassette's ledger beside the answer that it means. */
export interface FetchAnswered {
  readonly status: number
  /** Those that may be said again: nothing of who asked. */
  readonly headers: readonly (readonly [name: string, value: string])[]
  /** Whether it was asked as a stream. */
  readonly stream: boolean
  /** The body; left out where it is not kept as it came, and is written anew from the answer. */
  readonly text?: string
  /** Of the pieces in which it came, in bytes. */
  readonly lengths?: readonly number[]
  /** The body was not read to its end: it was left, or broke off. */
  readonly cut?: 'left' | 'broken'
}

declare module '../../ledger/event.js' {
  interface EventTypes {
    'fetch.answered': FetchAnswered
  }
}

/** One recording, and how it came. */
export interface Kept {
  readonly recording: Recording
  /** Of one that was made through `fetch`. */
  readonly fetched: FetchAnswered | undefined
  /** What the call told of itself on its way. */
  readonly facts: readonly LLMFact[]
}

/** Who asks: our own function, or an SDK, which wants JSON or a stream. */
export interface Asking {
  readonly door: 'llm' | 'fetch'
  readonly stream?: boolean | undefined
  readonly target?: Target | undefined
}

export interface Shelf {
  /** The next recording of this request that was not given yet, of those made in the same way first. */
  take(request: LLMRequest, asking: Asking): Kept | undefined
  /** All recordings of this request, given ones too. */
  of(request: LLMRequest): readonly Recording[]
  readonly recordings: readonly Recording[]
  readonly unused: readonly Recording[]
}

export function shelf(events: readonly LedgerEvent[]): Shelf {
  const recordings = recordingsOf(events)
  const { fetched, facts } = noted(events)
  const index = new Map<string, { readonly all: Recording[]; readonly left: Kept[] }>()
  const unused = new Set<Recording>()
  for (const recording of recordings) {
    if (!recording.answer) continue
    const { requestId, request } = recording
    const kept = { recording, fetched: fetched.get(requestId), facts: facts.get(requestId) ?? [] }
    const digest = requestDigest(request)
    const { all, left } = index.get(digest) ?? { all: [], left: [] }
    all.push(recording)
    left.push(kept)
    index.set(digest, { all, left })
    unused.add(recording)
  }

  return {
    take(request, asking) {
      const left = index.get(requestDigest(request))?.left ?? []
      let best = 0
      left.forEach((kept, at) => {
        if (likeness(kept, asking) > likeness(left[best] as Kept, asking)) best = at
      })
      const [found] = left.splice(best, 1)
      if (found) unused.delete(found.recording)
      return found
    },
    of: request => index.get(requestDigest(request))?.all ?? [],
    recordings,
    get unused() {
      return [...unused]
    }
  }
}

function likeness({ recording, fetched }: Kept, { door, stream, target }: Asking): number {
  const sameForm = door === 'fetch' ? fetched?.stream === stream : fetched === undefined
  const sameApi = recording.target?.api === target?.api
  return (sameForm ? 4 : 0) + (sameApi ? 2 : 0) + (recording.target?.provider === target?.provider ? 1 : 0)
}

/** What belongs to a request beside its answer, by the request's id. */
function noted(events: readonly LedgerEvent[]): {
  readonly fetched: ReadonlyMap<string, FetchAnswered>
  readonly facts: ReadonlyMap<string, readonly LLMFact[]>
} {
  const fetched = new Map<string, FetchAnswered>()
  const facts = new Map<string, LLMFact[]>()
  for (const recorded of events) {
    const event = recorded as AnyEvent
    const [asked = ''] = event.cause
    if (event.type === 'fetch.answered') fetched.set(asked, event.data)
    else if (event.type === 'llm.attempt' || event.type === 'warning.raised') {
      const type = event.type === 'llm.attempt' ? 'attempt' : 'warning'
      facts.set(asked, [...(facts.get(asked) ?? []), { type, ...event.data } as LLMFact])
    }
  }
  return { fetched, facts }
}
