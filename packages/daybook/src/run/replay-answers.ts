/** What `context.llm` is in a strict replay: the recorded answers, in the order in which they came. */
import { type DaybookError, ReplayMissError } from '../errors.js'
import type { AnyEvent, LedgerEvent } from '../ledger/event.js'
import { missOf } from '../ledger/nearest.js'
import { recordedFailure } from '../ledger/recorded-failure.js'
import { recordedStream } from '../ledger/recorded-stream.js'
import { answerOf, type Recording, requestDigest, type Terminal } from '../ledger/recordings.js'
import type { LLMFact, LLMFn, LLMOptions, LLMRequest } from '../llm/llm.js'
import { failedStream, llmStream } from '../llm/llm-stream.js'
import { madeBy, type RunRecord } from './replay-record.js'

/** The answers for the calls of one firing. */
export interface Answers {
  readonly llm: LLMFn
  /** Messages of the failures that were given: what was behind them is not in the ledger. */
  readonly failures: ReadonlySet<string>
  /** Of calls that have no recording, by their messages. */
  readonly misses: ReadonlyMap<string, DaybookError>
}

export interface AnswerBook {
  /** For the firing of this responder for this event. */
  of(trigger: string, responder: string): Answers
  /** What is said of a request that was never recorded; undefined where its like was. */
  miss(request: LLMRequest): DaybookError | undefined
}

// Each search takes a look at every recording.
const maxSearches = 20
// Enough for the continuations of a responder to come to their next call.
const turns = 64

export function answerBook(record: RunRecord): AnswerBook {
  let index: Map<string, Recording[]> | undefined
  let searches = 0

  function filed(request: LLMRequest): Recording[] | undefined {
    if (!index) {
      index = new Map()
      for (const recording of record.recordings) if (recording.answer) file(index, recording)
    }
    return index.get(requestDigest(request))
  }

  function like(request: LLMRequest): Recording | undefined {
    const found = filed(request)
    return found && found.length > 1 ? found.shift() : found?.[0]
  }

  function missing(request: LLMRequest): DaybookError {
    if (searches++ < maxSearches) return missOf(request, record.recordings)
    return new ReplayMissError('There is no recording of this request, as of many before it.', { data: { fields: [] } })
  }

  return {
    of(trigger, responder) {
      const failures = new Set<string>()
      const misses = new Map<string, DaybookError>()
      const release = inTurn()
      let calls: Calls | undefined
      let asked = 0

      function ask(request: LLMRequest, options: LLMOptions = {}): ReturnType<LLMFn> {
        try {
          calls ??= callsOf(record, trigger, responder)
          // First its own recording of this very request, then its own in this place, then anybody's.
          const same = calls.byDigest.get(requestDigest(request))?.shift()
          const recording = same ?? calls.list[asked] ?? like(request)
          asked++
          for (const fact of calls.facts.get(recording?.requestId ?? '') ?? []) options.report?.(fact)
          if (!recording?.answer) {
            const miss = missing(request)
            misses.set(miss.message, miss)
            return failedStream(miss)
          }
          return given(recording.answer, options)
        } catch (error) {
          return failedStream(error)
        }
      }

      function given(answer: Terminal, { signal }: LLMOptions): ReturnType<LLMFn> {
        return llmStream(
          async function* () {
            await release(answer.data.latency_ms ?? 0)
            yield* recordedStream(answer).deltas
            if (answer.type === 'llm.response') return answerOf(answer as LedgerEvent<'llm.response'>)
            const failure = recordedFailure(answer as LedgerEvent<'llm.failed'>)
            failures.add(failure.message)
            throw failure
          },
          { signal }
        )
      }

      // What a request's event says of it is taken from the recording; this is for a responder that asks.
      const target: LLMFn['target'] = ({ model }) =>
        record.recordings.find(({ request }) => request.model === model)?.target ?? {
          ...{ provider: 'custom', api: 'text', base_url: '', model }
        }
      return { llm: Object.assign(ask, { target }), failures, misses }
    },

    miss: request => (filed(request) ? undefined : missing(request))
  }
}

function file(index: Map<string, Recording[]>, recording: Recording): void {
  const digest = requestDigest(recording.request)
  const filed = index.get(digest)
  if (filed) filed.push(recording)
  else index.set(digest, [recording])
}

/** The calls that a firing made through its context. */
interface Calls {
  readonly list: readonly Recording[]
  readonly byDigest: Map<string, Recording[]>
  /** Attempts and warnings, by the id of the request: told again, they are outputs again. */
  readonly facts: ReadonlyMap<string, readonly LLMFact[]>
}

function callsOf(record: RunRecord, trigger: string, responder: string): Calls {
  const list: Recording[] = []
  const byDigest = new Map<string, Recording[]>()
  const facts = new Map<string, LLMFact[]>()
  for (const output of record.outputsOf(trigger)) {
    const event = output.event as AnyEvent
    const request = event.cause[0] ?? ''
    if (event.type === 'llm.request' && event.actor === responder) {
      const found = record.recording.get(event.id)
      const answer = found?.answer ?? answerTo(event)
      // One that was emitted is answered by the executor, as an output of its own.
      if (!found || (answer && madeBy(answer)?.trigger !== trigger)) continue
      const recording = { ...found, answer }
      list.push(recording)
      file(byDigest, recording)
    } else if (event.type === 'llm.attempt') {
      tell(request, { type: 'attempt', ...event.data })
    } else if (event.type === 'warning.raised') {
      tell(request, { type: 'warning', ...event.data })
    }
  }
  return { list, byDigest, facts }

  /** By its id, where it does not name its request. */
  function answerTo(request: LedgerEvent): Terminal | undefined {
    const ordinal = (madeBy(request)?.ordinal ?? 0) + 1
    const ids = ['llm.response', 'llm.failed'].map(type => record.idOf(type, trigger, responder, ordinal))
    const place = ids.map(id => record.places.get(id)).find(at => at !== undefined)
    return place === undefined ? undefined : (record.events[place] as Terminal)
  }

  function tell(request: string, fact: LLMFact): void {
    const told = facts.get(request)
    if (told) told.push(fact)
    else facts.set(request, [fact])
  }
}

/**
 * Calls that are open together end in the order in which they ended then, by the time that each of them took: what a
 * responder asks next depends on it.
 */
function inTurn(): (ms: number) => Promise<void> {
  const open: { readonly due: number; readonly release: () => void }[] = []
  let now = 0
  let pumping = false

  async function pump(): Promise<void> {
    pumping = true
    while (open.length > 0) {
      for (let turn = 0; turn < turns; turn++) await undefined
      let next = 0
      for (let n = 1; n < open.length; n++) if ((open[n]?.due ?? 0) < (open[next]?.due ?? 0)) next = n
      const [first] = open.splice(next, 1)
      now = first?.due ?? now
      first?.release()
    }
    pumping = false
  }

  return ms =>
    new Promise(release => {
      open.push({ due: now + ms, release })
      if (!pumping) void pump()
    })
}
