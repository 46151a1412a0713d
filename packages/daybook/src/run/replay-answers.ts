/** What `context.llm` is in a strict replay: the recorded answers, in the order in which they came. */
import { type DaybookError, ReplayMissError } from '../errors.js'
import type { AnyEvent, LedgerEvent } from '../ledger/event.js'
import { missOf } from '../ledger/nearest.js'
import { recordedFailure } from '../ledger/recorded-failure.js'
import { recordedStream } from '../ledger/recorded-stream.js'
import { answerOf, type Recording, requestDigest, type Terminal } from '../ledger/recordings.js'
import { relay } from '../llm/live.js'
import {
  type LLMFact,
  type LLMFn,
  type LLMOptions,
  type LLMRequest,
  type LLMStream,
  type Target,
  withTarget
} from '../llm/llm.js'
import { failedStream, llmStream } from '../llm/llm-stream.js'
import { madeBy, type RunRecord } from './replay-record.js'
import type { ResponderContext } from './responder.js'

/** The answers for the calls of one firing. */
export interface Answers {
  readonly llm: LLMFn
  /** The context of the firing, in which calls are made in the order in which they were made then. */
  inOrder(context: ResponderContext): ResponderContext
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
const idleTurns = 64
// Whole milliseconds, measured twice.
const grainMs = 2

export function answerBook(record: RunRecord): AnswerBook {
  let index: Map<string, Recording[]> | undefined
  let targets: ReadonlyMap<string, Target> | undefined
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

  // What a request's event says of it is taken from the recording; this is for a responder that asks.
  function target({ model }: LLMRequest): Target {
    targets ??= new Map(record.recordings.flatMap(({ request, target: to }) => (to ? [[request.model, to]] : [])))
    return targets.get(model) ?? { provider: 'custom', api: 'text', base_url: '', model }
  }

  function missing(request: LLMRequest): DaybookError {
    if (searches++ < maxSearches) return missOf(request, record.recordings)
    return new ReplayMissError('There is no recording of this request, as of many before it.', { data: { fields: [] } })
  }

  return {
    of(trigger, responder) {
      const failures = new Set<string>()
      const misses = new Map<string, DaybookError>()
      let known: Calls | undefined
      const calls = (): Calls => {
        known ??= callsOf(record, trigger, responder)
        return known
      }
      let asked = 0
      const order = (): readonly string[] => calls().order
      const turns = inPlace(order, () => asked)
      const release = inTurn({ more: () => asked < order().length, moving: turns.moving })

      function ask(request: LLMRequest, options: LLMOptions = {}): LLMStream {
        try {
          const { list, byDigest, facts } = calls()
          // First its own recording of this very request, then its own in this place, then anybody's.
          const same = byDigest.get(requestDigest(request))?.shift()
          const recording = same ?? list[asked] ?? like(request)
          asked++
          void Promise.resolve().then(turns.next)
          for (const fact of facts.get(recording?.requestId ?? '') ?? []) options.report?.(fact)
          if (recording?.answer) return given(recording.answer, options)
          const miss = recording ? unanswered(recording) : missing(request)
          misses.set(miss.message, miss)
          return failedStream(miss)
        } catch (error) {
          return failedStream(error)
        }
      }

      function given(answer: Terminal, { signal }: LLMOptions): LLMStream {
        return llmStream(
          async function* () {
            await release(tookOf(answer), answer.type === 'llm.failed')
            yield* recordedStream(answer).deltas
            if (answer.type === 'llm.response') return answerOf(answer as LedgerEvent<'llm.response'>)
            const failure = recordedFailure(answer as LedgerEvent<'llm.failed'>)
            failures.add(failure.message)
            throw failure
          },
          { signal }
        )
      }

      function inOrder(context: ResponderContext): ResponderContext {
        const { id, now, random, llm } = context
        const ordered = (request: LLMRequest, options?: LLMOptions): LLMStream => {
          const wait = turns.wait(request)
          if (!wait) return llm(request, options)
          return relay(
            () => wait.then(() => ({ stream: llm(request, options) })),
            answer => answer,
            { signal: options?.signal }
          )
        }
        return {
          ...{ id, now, random, llm: withTarget(ordered, llm.target) },
          get signal() {
            return context.signal
          }
        }
      }

      return { llm: Object.assign(ask, { target }), inOrder, failures, misses }
    },

    miss: request => (filed(request) ? undefined : missing(request))
  }
}

function unanswered({ requestId }: Recording): DaybookError {
  return new ReplayMissError(`The ledger has no answer to ${requestId}.`, { data: { nearest: requestId, fields: [] } })
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
  /** The digests, as they were asked. */
  readonly order: readonly string[]
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
  return { list, byDigest, order: list.map(({ request }) => requestDigest(request)), facts }

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

/** A hit took no time: what was measured is the clock's grain. */
function tookOf({ data }: Terminal): number {
  return (data as { cache?: { state?: string } }).cache?.state === 'hit' ? 0 : (data.latency_ms ?? 0)
}

/**
 * Calls that are open together end in the order in which they ended then, by the time that each of them took. But a
 * failure may be the responder's end, and the ledger knows whether it asked more: if so, the failure comes last, and
 * if not, before what took as long.
 */
function inTurn({
  more,
  moving
}: Record<'more' | 'moving', () => boolean>): (ms: number, fails: boolean) => Promise<void> {
  const open: { readonly due: number; readonly fails: boolean; readonly release: () => void }[] = []
  let now = 0
  let pumping = false

  async function pump(): Promise<void> {
    pumping = true
    while (open.length > 0) {
      do await idle()
      while (moving())
      const soonest = earliest(open)
      const apart = open.filter(({ fails, due }) => (more() ? !fails : fails && due <= (soonest?.due ?? 0) + grainMs))
      const first = earliest(apart) ?? soonest
      if (!first) break
      open.splice(open.indexOf(first), 1)
      now = Math.max(now, first.due)
      first.release()
    }
    pumping = false
  }

  return (ms, fails) =>
    new Promise(release => {
      open.push({ due: now + ms, fails, release })
      if (!pumping) void pump()
    })
}

function earliest<T extends { readonly due: number }>(all: readonly T[]): T | undefined {
  let first = all[0]
  for (const each of all) if (first && each.due < first.due) first = each
  return first
}

/** Where calls wait that come before their turn. */
interface Turns {
  /** Undefined where it is the request's turn. */
  wait(request: LLMRequest): Promise<void> | undefined
  /** To be called after each call: it may be the next one's turn. */
  next(): void
  /** Whether one that waits is about to be made. */
  moving(): boolean
}

/**
 * Ids are derived from the order in which calls are made, and that depends on which answer came first, down to less
 * than the ledger knows of it. So a call that comes too early waits for those before it, unless nothing more comes.
 */
function inPlace(order: () => readonly string[], asked: () => number): Turns {
  const held: { readonly digest: string; readonly release: () => void }[] = []
  // What was never asked comes after all that was.
  const isNext = (digest: string): boolean => (order()[asked()] ?? digest) === digest
  const due = (): number => held.findIndex(({ digest }) => isNext(digest))

  async function patience(): Promise<void> {
    while (held.length > 0) {
      const before = asked()
      // What it waits for may wait for a timer.
      for (let ms = 0; ms < 3 && asked() === before; ms++) await new Promise(resolve => setTimeout(resolve, ms))
      if (asked() === before) held.shift()?.release()
    }
  }

  return {
    wait(request) {
      const digest = digestOf(request)
      if (isNext(digest)) return undefined
      return new Promise(release => {
        held.push({ digest, release })
        if (held.length === 1) void patience()
      })
    },
    next() {
      const place = due()
      if (place >= 0) held.splice(place, 1)[0]?.release()
    },
    moving: () => due() >= 0
  }
}

function digestOf(request: LLMRequest): string {
  try {
    return requestDigest(request)
  } catch {
    return '' // no request at all: the call says so
  }
}

async function idle(): Promise<void> {
  for (let turn = 0; turn < idleTurns; turn++) await undefined
}
