/** Answers from recordings, without a call. */
import { unpaid } from '../cache/entry.js'
import { InputError, shown } from '../errors.js'
import { isRecord } from '../json.js'
import { complete } from '../llm/live.js'
import { type LLMFn, type LLMOptions, type LLMRequest, type LLMStream, type Target, withTarget } from '../llm/llm.js'
import { failedStream, llmStream } from '../llm/llm-stream.js'
import { sleep as realSleep, type Sleep } from '../llm/sleep.js'
import type { LedgerEvent } from './event.js'
import { missOf } from './nearest.js'
import { checkEvents, isWhole } from './readable.js'
import { recordedFailure } from './recorded-failure.js'
import { recordedStream } from './recorded-stream.js'
import { answerOf, type Recording, recordingsOf, requestDigest, type Terminal } from './recordings.js'

export interface ReplayedOptions {
  /** `recorded`: at the pace of the recorded stream; a number: so many times faster; `once`, the default: without waits. */
  readonly pace?: 'recorded' | 'once' | number | undefined
  /** Asked where there is no recording. Left out: the call fails with ReplayMissError. */
  readonly onMiss?: LLMFn | undefined
  readonly sleep?: Sleep | undefined
}

/**
 * The n-th call of a request gets its n-th recording, the last one again when there are no more. A recorded failure
 * fails again, with its kind. An answer costs 0, says what it saved, and is `cached` with state `hit`.
 * A miss fails with ReplayMissError: `data.nearest` is the most similar recording's request id, `data.fields` what differs.
 * What `onMiss` would send to another provider or API than the recorded one is a miss; its address plays no part.
 */
export function replayed(
  recordings: readonly LedgerEvent[] | readonly Recording[],
  options: ReplayedOptions = {}
): LLMFn {
  const { pace = 'once', onMiss, sleep = realSleep } = options
  const speed = pace === 'recorded' ? 1 : pace === 'once' ? Number.POSITIVE_INFINITY : pace
  if (!(speed > 0)) throw new InputError(`pace is 'recorded', 'once' or a number above 0, not ${shown(pace)}.`)
  const known = listOf(recordings)
  let index: ReadonlyMap<string, Recorded> | undefined

  /** The request's digest, and its recordings in their order. */
  function find(request: LLMRequest, callOptions?: LLMOptions): { digest: string; found: Answers | undefined } {
    index ??= indexOf(known)
    const digest = requestDigest(request)
    const recorded = index.get(digest)
    const target = recorded && onMiss?.target?.(request, callOptions)
    // A program that does not say where it asks takes any; a ledger that does not say where it asked answers for any.
    const found = target ? (recorded.aimed.get(aim(target)) ?? recorded.aimed.get('')) : recorded?.all
    return { digest, found }
  }

  const call = (request: LLMRequest, callOptions: LLMOptions = {}): LLMStream => {
    try {
      const { digest, found } = find(request, callOptions)
      if (!found) return onMiss ? onMiss(request, callOptions) : failedStream(missOf(request, known))
      const { answer } = found.list[Math.min(found.asked++, found.list.length - 1)] as Answered
      return played(answer, digest, callOptions, speed, sleep)
    } catch (error) {
      return failedStream(error)
    }
  }
  // What is recorded of a replay names the targets of the recording.
  const recordedTarget = (request: LLMRequest): Target =>
    find(request).found?.list[0]?.target ?? { provider: 'custom', api: 'text', base_url: '', model: request.model }
  return withTarget(call, onMiss ? onMiss.target : recordedTarget)
}

type Answered = Recording & { readonly answer: Terminal }

/** Recordings, and how many of them were given. */
interface Answers {
  readonly list: Answered[]
  asked: number
}

/** The recordings of one request: all of them, and by where it went. */
interface Recorded {
  readonly all: Answers
  readonly aimed: Map<string, Answers>
}

function indexOf(recordings: readonly Recording[]): ReadonlyMap<string, Recorded> {
  const index = new Map<string, Recorded>()
  for (const recording of recordings) {
    if (!(recording.answer && isWhole(recording.answer))) continue
    const digest = requestDigest(recording.request)
    const recorded: Recorded = index.get(digest) ?? { all: { list: [], asked: 0 }, aimed: new Map() }
    index.set(digest, recorded)
    const place = aim(recording.target)
    const aimed: Answers = recorded.aimed.get(place) ?? { list: [], asked: 0 }
    recorded.aimed.set(place, aimed)
    for (const { list } of [recorded.all, aimed]) list.push(recording as Answered)
  }
  return index
}

function aim(target: Target | undefined): string {
  return target ? `${target.provider}\n${target.api}\n${target.model}` : ''
}

function listOf(recordings: readonly LedgerEvent[] | readonly Recording[]): readonly Recording[] {
  const [first] = Array.isArray(recordings) ? recordings : []
  if (isRecord(first) && 'requestId' in first) return recordings as readonly Recording[]
  checkEvents(recordings as readonly LedgerEvent[])
  return recordingsOf(recordings as readonly LedgerEvent[])
}

function played(
  recorded: Terminal,
  digest: string,
  { signal, report }: LLMOptions,
  speed: number,
  sleep: Sleep
): LLMStream {
  const { deltas, pauses } = recordedStream(recorded)
  const { key = digest, scope } = (recorded as LedgerEvent<'llm.response'>).data.cache ?? {}
  const mark = { state: 'hit', key, ...(scope === undefined ? {} : { scope }) } as const
  const answer = recorded.type === 'llm.response' ? unpaid(answerOf(recorded as never), mark) : undefined
  if (answer) report?.({ type: 'cache', ...mark })
  if (answer && speed === Number.POSITIVE_INFINITY && !signal?.aborted) return complete(deltas, answer)

  return llmStream(
    async function* (own) {
      const wait = pacer(speed, sleep, own)
      for (const [n, delta] of deltas.entries()) {
        await wait(pauses[n] ?? 0)
        yield delta
      }
      await wait(pauses.at(-1) ?? 0)
      if (!answer) throw recordedFailure(recorded as LedgerEvent<'llm.failed'>)
      return answer
    },
    { signal }
  )
}

/** Waits as long as was waited, divided by the speed. A timer that was late makes the next one shorter. */
function pacer(speed: number, sleep: Sleep, signal: AbortSignal): (ms: number) => Promise<void> | undefined {
  let due = 0
  return ms => {
    due += ms / speed
    if (!(due >= 1)) return undefined
    const began = performance.now()
    return sleep(due, signal).then(() => {
      due = Math.min(0, due - (performance.now() - began))
    })
  }
}
