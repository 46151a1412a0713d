/** Events: the facts that a ledger holds, their catalogue, and how their ids are derived. */
import type { ErrorKind, PartialAnswer } from '../errors.js'
import type { Json, JsonObject } from '../json.js'
import type { CacheState, FinishReason, LLMRequest, Message, Target, ToolCall, Usage } from '../llm/llm.js'

/** One recorded fact. Plain JSON, frozen, never changed after it was appended. */
export interface LedgerEvent<Type extends EventType = EventType> {
  readonly id: string
  readonly type: Type
  /** Whose ledger it was written to first: `run:<id>`, `branch:<id>` or `session:<id>`. */
  readonly source: string
  /** Who did it: a responder's name, `llm_executor`, `runtime`, `cli`. */
  readonly actor: string
  /** Ids of the events that led to it. */
  readonly cause: readonly string[]
  /** ISO 8601, UTC. */
  readonly timestamp: string
  readonly data: DataOf<Type>
  /** Of events that a runtime made: `<id of the triggering event>#<ordinal of the output>`. */
  readonly by?: string
}

/** What a responder emits; the runtime makes an event of it. */
export type EventDraft<Type extends EventType = EventType> = {
  readonly type: Type
  readonly data: DataOf<Type>
  /** Left out: the event that the responder was called for. */
  readonly cause?: readonly string[]
  /** Left out: the responder's name. */
  readonly actor?: string
}

/** Data by event type. An application adds its own types by declaration merging. */
export interface EventTypes {
  'object.created': { readonly id: string; readonly type: string; readonly data?: JsonObject }
  'object.patched': { readonly id: string; readonly patch?: JsonObject }
  'relation.created': {
    readonly id: string
    readonly type: string
    readonly source_id: string
    readonly target_id: string
    readonly data?: JsonObject
  }
  'relation.removed': { readonly id: string }
  'responder.fired': { readonly responder: string; readonly event_id: string }
  'responder.completed': { readonly responder: string; readonly event_id: string; readonly outputs: number }
  'responder.failed': {
    readonly responder: string
    readonly event_id: string
    readonly kind: ErrorKind | 'timeout' | 'thrown'
    readonly message: string
    /** Messages of the causes, outermost first. */
    readonly causes?: readonly string[]
  }
  'llm.request': LLMRequest & {
    readonly target?: Target
    readonly cause_object_id?: string
    readonly dialog_id?: string
    readonly metadata?: JsonObject
  }
  'llm.attempt': { readonly n: number; readonly kind: ErrorKind; readonly wait_ms: number }
  'llm.response': {
    readonly text: string
    readonly model: string
    readonly cost_usd: number | null
    readonly cause_object_id?: string
    readonly usage: Usage | null
    readonly finish_reason: FinishReason
    readonly message: Message
    readonly tool_calls?: readonly ToolCall[]
    readonly reasoning?: string
    readonly refusal?: string
    readonly cached: boolean
    readonly cache?: { readonly state: CacheState; readonly key: string; readonly scope?: string }
    readonly saved_usd?: number | null
    readonly price_date?: string
    readonly estimated?: boolean
    readonly dropped?: readonly string[]
    readonly attempts?: number
    readonly id?: string
    /** Who answered, where that was not the one who was asked first. */
    readonly target?: Target
    readonly native?: JsonObject
    readonly latency_ms: number
    readonly first_delta_ms: number | null
    readonly stream?: StreamTiming
  }
  'llm.failed': {
    readonly kind: ErrorKind
    readonly message: string
    readonly hint?: string
    readonly status?: number
    readonly retryable: boolean
    readonly partial?: PartialAnswer
    readonly cause_object_id?: string
    readonly attempts?: number
    readonly latency_ms?: number
    /** Of a call that the budget refused or stopped: what it was taken to cost and what was left, in US dollars. */
    readonly estimate?: number
    readonly left?: number
    /** What the part that had come did cost, where the budget stopped it: by estimate. It counts as spent. */
    readonly cost_usd?: number
    readonly estimated?: boolean
  }
  'tool.called': { readonly name: string; readonly call_id: string; readonly arguments: Json }
  'tool.returned': { readonly name: string; readonly call_id: string; readonly result?: Json; readonly error?: string }
  'branch.created': {
    readonly branch_id: string
    readonly parent: string
    readonly fork_position: number
    /** The hash that the parent's chain ended with when it was forked, where it has one. */
    readonly head?: string
    /** How many events after this one were taken over from the parent: what its first events had led to already. */
    readonly carried?: number
    /** The run whose ids are inherited, where no event is shared that would say so. */
    readonly root?: string
    /** Not everybody may have reacted to the last events that are shared: a wave was just written, or cut off. */
    readonly unfinished?: 'wave' | 'abort' | 'budget'
    /** What is neither recorded nor follows from the change ends the branch. */
    readonly strict?: boolean
    /** Of a strict branch, the id of the event that is different in it. */
    readonly changed?: string
  }
  'budget.exhausted': {
    readonly reasons: readonly string[]
    readonly event_count: number
    readonly llm_cost_usd: number
    readonly elapsed_seconds: number
    readonly depth: number
    /** Answers that were paid and are not in the ledger yet; they count as spent. */
    readonly uncommitted?: { readonly answers: number; readonly cost_usd: number }
  }
  'kit.loaded': {
    readonly name: string
    readonly version: string
    readonly options?: JsonObject
    readonly goal?: string
    /** The limits that the caller set, where there were any: as in `budget`. */
    readonly budget?: JsonObject
  }
  'run.resumed': { readonly position: number }
  'output.rejected': { readonly event_type: string; readonly reason: string; readonly responder?: string }
  'dialog.opened': {
    readonly dialog_id: string
    readonly session_name: string
    readonly owner?: string
    /** Of a dialog that was loaded: the prompt that was on top of it. Its messages follow. */
    readonly prompt_path?: string
  }
  /** The fork has the first `first_k` and the last `last_n` of the parent's `split_point` messages; all with `last_n` 0. */
  'dialog.forked': {
    readonly dialog_id: string
    readonly parent_id: string
    readonly split_point: number
    readonly last_n: number
    readonly first_k: number
    readonly owner?: string
  }
  'message.appended': {
    readonly dialog_id: string
    /** Its place in the dialog, from 0. */
    readonly index: number
    /** With its id; of an answer, with its usage and cost. */
    readonly message: Message & { readonly id: string }
    /** Of a message that was rendered from a prompt: its path, null where it has none. */
    readonly prompt_path?: string | null
  }
  'warning.raised': { readonly kind: string; readonly message: string; readonly area: string }
}

export type EventType = keyof EventTypes
export type DataOf<Type extends EventType> = EventTypes[Type]

/** An event as a discriminated union: `switch (event.type)` narrows `event.data`. */
export type AnyEvent = { [Type in EventType]: LedgerEvent<Type> }[EventType]

/** The rhythm of a stream, one pair for each delta: its length in characters, and the pause before it in milliseconds. */
export interface StreamTiming {
  readonly lengths: readonly number[]
  readonly pauses_ms: readonly number[]
}

/**
 * A delta as somebody sees it live: the `n`-th (from 0) of the call that `request` (an event id) began. Signals are
 * not kept; a gap in `n` means that the receiver came late and should ask for what it missed.
 */
export interface LedgerSignal {
  readonly request: string
  readonly n: number
  readonly delta: { readonly type: string; readonly [member: string]: unknown }
}

type Hash = (text: string, encoding: 'base64url') => string

/**
 * The id of an event that follows from another one: the same program on the same events gives the same ids, in every
 * place. `root` is the run that was first, which forks inherit; `trigger` the id of the event that the responder was
 * called for (`seed` for a seed); `ordinal` the number of the output in that firing, from 0.
 */
export function derivedId(
  type: string,
  root: string,
  trigger: string,
  responder: string,
  ordinal: number,
  sha256: Hash
): string {
  return `${type}-${sha256(`${root}\n${trigger}\n${responder}\n${ordinal}`, 'base64url').slice(0, 22)}`
}

// What differs between two honest executions of the same thing.
const volatile = ['latency_ms', 'first_delta_ms', 'stream', 'elapsed_seconds', 'attempts', 'native'] as const

/** The event without what differs between two runs of the same thing: equal ledgers have equal stable events. */
export function stable(event: LedgerEvent): JsonObject {
  const { timestamp: _timestamp, data, ...rest } = event
  const kept: Record<string, unknown> = { ...data }
  for (const field of volatile) delete kept[field]
  if (event.type === 'llm.response') delete kept.id
  return { ...rest, data: kept } as unknown as JsonObject
}

/** Whether a value read from outside has an event's shape. Says nothing about its data: see the guards of the runtime. */
export function isEvent(value: unknown): value is LedgerEvent {
  if (typeof value !== 'object' || value === null) return false
  const event = value as Record<string, unknown>
  return (
    typeof event.id === 'string' &&
    typeof event.type === 'string' &&
    typeof event.source === 'string' &&
    typeof event.actor === 'string' &&
    typeof event.timestamp === 'string' &&
    Array.isArray(event.cause) &&
    event.cause.every(cause => typeof cause === 'string') &&
    typeof event.data === 'object' &&
    event.data !== null &&
    !Array.isArray(event.data) &&
    (event.by === undefined || typeof event.by === 'string')
  )
}
