/** Responders: functions that react to events by emitting drafts of new ones. They never call each other. */
import { InputError, shown } from '../errors.js'
import type { AnyEvent, EventDraft, EventType } from '../ledger/event.js'
import type { LLMFn } from '../llm/llm.js'
import type { World } from '../world/world.js'

/** The events of some types; of all types where none is named. */
export type EventOf<Type extends EventType> = [Type] extends [never] ? AnyEvent : Extract<AnyEvent, { type: Type }>

type Emitted = Iterable<EventDraft> | AsyncIterable<EventDraft> | null | undefined | void
/** What a responder gives back: drafts, or a stream of them, at once or as a promise; or nothing. */
export type Drafts = Emitted | Promise<Emitted>

/**
 * What a responder may use besides the event and the world. All of it is derived from the event, so that the same
 * responder on the same event does the same thing in every place; a clock or a random number of one's own is not.
 */
export interface ResponderContext {
  /** An id for a new object or relation: `<kind>-` and 16 characters that this firing alone gives, one after another. */
  readonly id: (kind: string) => string
  /** Asks the run's model. The request, its attempts and its answer become outputs of this firing. */
  readonly llm: LLMFn
  /** The time of the event, in milliseconds since 1970. */
  readonly now: () => number
  /** A number in [0, 1), another one at each call. */
  readonly random: () => number
  /** Fires when the run is aborted or this responder has taken too long: what it emits afterwards is not heard. */
  readonly signal: AbortSignal
}

export type ResponderFunction<Type extends EventType> = (
  event: EventOf<Type>,
  world: World,
  context: ResponderContext
) => Drafts

export interface Responder {
  /** Unique in its runtime: ids of events are derived from it. */
  readonly name: string
  /** `[]` stands for all types. */
  readonly types: readonly EventType[]
  readonly fn: (event: AnyEvent, world: World, context: ResponderContext) => Drafts
  /**
   * Called in place of `fn` by a resumed run, for an event for which `fn` may have begun before a kill. Left out: `fn`
   * is called again.
   */
  readonly interrupted?: Responder['fn']
  /** Of an executor: what answers `llm.request`, and what the other responders reach as `context.llm`. */
  readonly llm?: LLMFn
}

/**
 * `responder('greeter', 'object.created', event => [{ type: 'object.patched', data: { … } }])`. The world that it is
 * given is the one right after its event, and stays so across every `await`. One that throws writes `responder.failed`.
 */
export function responder<const Type extends EventType = never>(
  name: string,
  types: Type | readonly Type[],
  fn: ResponderFunction<Type>
): Responder {
  checkName(name)
  return { name, types: typeof types === 'string' ? [types] : [...types], fn: fn as unknown as Responder['fn'] }
}

/** @throws InputError for a name that cannot stand in an id's derivation. */
export function checkName(name: unknown): void {
  if (typeof name !== 'string' || name === '' || name.length > 200 || /[\n#]/.test(name)) {
    throw new InputError(
      `A responder needs a name of 1 to 200 characters without # and line breaks, not ${shown(name)}.`
    )
  }
}
