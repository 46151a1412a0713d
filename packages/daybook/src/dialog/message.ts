/** A message of a dialog: the wire's message, and what stays at home. */
import type { Json, JsonObject } from '../json.js'
import type { FinishReason, Message, Usage } from '../llm/llm.js'

/** Plain JSON, frozen. Dialogs share messages by reference. */
export interface DialogMessage extends Message {
  readonly id: string
  /** What a parser or a schema made of the text. */
  readonly parsed?: Json | undefined
  readonly reasoning?: string | undefined
  readonly refusal?: string | undefined
  /** Of an answer: who gave it, and what it cost in US dollars. */
  readonly model?: string | undefined
  readonly usage?: Usage | null | undefined
  readonly cost_usd?: number | null | undefined
  readonly cached?: boolean | undefined
  readonly finish_reason?: FinishReason | undefined
  /** The caller's own; never sent. */
  readonly metadata?: JsonObject | undefined
}

/** A message that a dialog is to take: it gets an id where it has none. */
export type MessageDraft = Message &
  Partial<Pick<DialogMessage, 'id' | 'parsed' | 'reasoning' | 'refusal' | 'model' | 'usage' | 'cost_usd' | 'cached'>> &
  Partial<Pick<DialogMessage, 'finish_reason' | 'metadata'>>

const sent = ['role', 'content', 'name', 'tool_calls', 'tool_call_id', 'native', 'is_error'] as const

/** The message as a request carries it. The same object each time, so that its digest is computed once. */
export function requestMessage(message: DialogMessage): Message {
  const known = rendered.get(message)
  if (known) return known
  const made: Record<string, unknown> = {}
  for (const name of sent) if (message[name] !== undefined) made[name] = message[name]
  const wire = Object.freeze(made) as unknown as Message
  rendered.set(message, wire)
  return wire
}

const rendered = new WeakMap<DialogMessage, Message>()
