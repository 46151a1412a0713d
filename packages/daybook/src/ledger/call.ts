/** Follows one call and makes the data of its events: the same for a recorded call and for one that an executor made. */
import { asDaybookError, type ErrorKind } from '../errors.js'
import type { Host } from '../host.js'
import type { JsonObject } from '../json.js'
import { observe } from '../llm/live.js'
import type { LLMDelta, LLMFact, LLMResponse, LLMStream } from '../llm/llm.js'
import type { EventDraft } from './event.js'

export interface CallRecord {
  /** To be passed as the call's `report`. */
  report(fact: LLMFact): void
  /** Takes the time of every delta, without counting as a reader. */
  watch(stream: LLMStream): void
  /** What stands before the terminal event: attempts after the first and warnings, in the order in which they came. */
  before(): EventDraft[]
  response(response: LLMResponse): EventDraft<'llm.response'>
  failure(thrown: unknown): EventDraft<'llm.failed'>
  /** Stores the answer in the cache; to be called once its event is in the ledger. Never rejects. */
  commit(): Promise<void>
  /** Gives up storing it, because its event could not be written. */
  discard(): void
  /** Whether there is an answer to be stored. */
  readonly pending: boolean
}

export interface CallRecordOptions {
  readonly host: Host
  readonly causeObjectId?: string | undefined
  readonly onDelta?: ((n: number, delta: LLMDelta) => void) | undefined
}

/** Begins to follow a call now: its latency counts from here. */
export function callRecord(options: CallRecordOptions): CallRecord {
  const { host, causeObjectId, onDelta } = options
  const start = host.now()
  const lengths: number[] = []
  const pauses: number[] = []
  const before: EventDraft[] = []
  const writes: Extract<LLMFact, { type: 'cache.write' }>[] = []
  let last = start
  let first: number | null = null
  let dropped: readonly string[] = []

  const about = causeObjectId === undefined ? {} : { cause_object_id: causeObjectId }
  const elapsed = (): number => Math.max(0, Math.round(host.now() - start))

  return {
    report(fact) {
      switch (fact.type) {
        case 'attempt':
          before.push({ type: 'llm.attempt', data: { n: fact.n, kind: fact.kind, wait_ms: Math.round(fact.wait_ms) } })
          break
        case 'warning': {
          const { area, kind, message } = fact
          before.push({ type: 'warning.raised', data: { area, kind, message } })
          break
        }
        case 'cache.write':
          writes.push(fact)
          break
        case 'dropped':
          dropped = fact.parameters
          break
        case 'cache':
          break // the response says it
        default:
          fact satisfies never
      }
    },

    watch(stream) {
      let n = 0
      observe(stream, delta => {
        const now = host.now()
        first ??= Math.max(0, Math.round(now - start))
        lengths.push(delta.type === 'tool.delta' ? delta.arguments.length : delta.text.length)
        pauses.push(Math.max(0, Math.round(now - last)))
        last = now
        onDelta?.(n++, delta)
      })
    },

    before: () => before,

    response(response) {
      const { text, model, cost_usd, usage, finish_reason, message, tool_calls, cached } = response
      const { cache, saved_usd, reasoning, refusal, id, price_date, estimated, attempts, native, target } = response
      const left = response.dropped ?? dropped
      const data = {
        text,
        model,
        cost_usd,
        ...about,
        usage,
        finish_reason,
        message,
        ...(tool_calls.length > 0 ? { tool_calls } : {}),
        ...defined({ reasoning, refusal }),
        cached,
        ...defined({ cache, saved_usd, price_date, estimated }),
        ...(left.length > 0 ? { dropped: left } : {}),
        ...defined({ attempts, id, target, native }),
        latency_ms: elapsed(),
        first_delta_ms: first,
        ...(lengths.length > 0 ? { stream: { lengths, pauses_ms: pauses } } : {})
      }
      return { type: 'llm.response', data: data as EventDraft<'llm.response'>['data'] }
    },

    failure(thrown) {
      const error = asDaybookError(thrown)
      const { kind, message, hint, status, retryable, partial } = error
      const { estimate, left, cost_usd } = (error.data ?? {}) as { estimate?: number; left?: number; cost_usd?: number }
      const data = {
        kind: kind satisfies ErrorKind,
        message,
        ...defined({ hint, status }),
        retryable,
        ...defined({ partial }),
        ...about,
        ...(error.attempts > 1 ? { attempts: error.attempts } : {}),
        ...defined({ estimate, left, cost_usd }),
        ...(cost_usd === undefined ? {} : { estimated: true }),
        latency_ms: elapsed()
      }
      return { type: 'llm.failed', data }
    },

    async commit() {
      await Promise.all(
        writes.splice(0).map(write =>
          write.commit().catch((error: unknown) => {
            host.warn({
              area: 'cache',
              kind: 'write',
              message: `An answer was not cached: ${asDaybookError(error).message}`
            })
          })
        )
      )
    },

    discard() {
      for (const write of writes.splice(0)) write.discard()
    },

    get pending() {
      return writes.length > 0
    }
  }
}

function defined<T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as never
}

/** The members of a request's event that are not the request itself. */
const own = new Set(['target', 'cause_object_id', 'dialog_id', 'metadata'])

/** The request that an `llm.request` event holds. Never an address, a header or a key: those are the program's alone. */
export function requestOf(data: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(data).filter(([name]) => !own.has(name)))
}
