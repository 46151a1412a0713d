/** A strict branch: what is neither recorded nor follows from its change ends it, before anything is paid for it. */
import { APIUserAbortError, type DaybookError } from '../errors.js'
import type { LedgerEvent } from '../ledger/event.js'
import type { Ledger } from '../ledger/ledger.js'
import { missOf, quoted } from '../ledger/nearest.js'
import { requestDigest, withoutNotes } from '../ledger/recordings.js'
import type { LLMFn, LLMRequest } from '../llm/llm.js'
import { parentsOf } from './inherited.js'
import { failing } from './spending.js'
import type { RunState } from './state.js'
import type { Due, Placed } from './wave.js'

export interface Strictness {
  /** What has ended the branch. */
  readonly failure: DaybookError | undefined
  /** Aborted with a reason for whoever is still at work when something has ended the branch. */
  readonly signal: AbortSignal
  /** Of what is due, the requests that wait, those that may not be made first; undefined where all of it may go on. */
  stopped(due: readonly Due[]): readonly Due[] | undefined
  /** Answers a request that waits when the branch has ended. */
  refused(request: string, llm: LLMFn): LLMFn
  /** Why a responder that was called for this event may not make this call; undefined where it may. */
  refusal(request: LLMRequest, by: Placed, asker: string, cause: readonly string[]): DaybookError | undefined
}

export async function strictness(ledger: Ledger, { strict }: RunState): Promise<Strictness> {
  const { recordings = [] } = await parentsOf(ledger)
  const recorded = new Set(recordings.map(({ request }) => requestDigest(request)))
  const ended = new AbortController()
  const misses = new Map<string, DaybookError>()
  let failure: DaybookError | undefined

  function missed(request: LLMRequest, position: number, who: string): DaybookError {
    const what = `${who} asks ${quoted(request.model)} ${wordsOf(request)}`
    const why = 'a request is neither recorded nor follows from the change'
    const said = `The strict branch ends at position ${position}: ${why}. There, ${what}`
    const hint = 'Fork without strict to let it be asked.'
    const miss = missOf(withoutNotes(request), recordings, { said, hint, position })
    failure ??= miss
    return miss
  }

  return {
    get failure() {
      return failure
    },
    signal: ended.signal,
    stopped(due) {
      const waiting = due.filter(({ responder }) => responder.llm)
      for (const { event, position } of waiting) {
        const request = (event as LedgerEvent<'llm.request'>).data
        if (strict?.follows.has(event.id) || recorded.has(requestDigest(request))) continue
        misses.set(event.id, missed(request, position, event.actor))
      }
      const isMiss = ({ event }: Due): boolean => misses.has(event.id)
      return failure && [...waiting.filter(isMiss), ...waiting.filter(one => !isMiss(one))]
    },
    refused: (request, llm) => failing(llm, misses.get(request) ?? over()),
    refusal(request, { event, position }, asker, cause) {
      if (recorded.has(requestDigest(request))) return undefined
      if (failure) return over()
      if (strict?.follows.has(event.id) || strict?.follows.through(undefined, cause)) return undefined
      const miss = missed(request, position, asker)
      ended.abort(over())
      return miss
    }
  }
}

function over(): DaybookError {
  return new APIUserAbortError('The strict branch had ended: it made a request that is not recorded.')
}

/** The last message, shortened. */
function wordsOf({ messages }: LLMRequest): string {
  const last = Array.isArray(messages) ? messages.at(-1) : undefined
  const { content } = last ?? {}
  const text = typeof content === 'string' ? content : content === undefined ? 'nothing' : JSON.stringify(content)
  return quoted(text.length > 80 ? `${text.slice(0, 79)}…` : text)
}
