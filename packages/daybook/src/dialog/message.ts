/** A message of a dialog: the wire's message, and what stays at home. */
import { asDaybookError, InputError, shown } from '../errors.js'
import { frozenJson, isRecord, type Json, type JsonObject } from '../json.js'
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

/**
 * The message as a request carries it, with a name that every provider takes. The same object each time, so that its
 * digest is computed once.
 */
export function requestMessage(message: DialogMessage): Message {
  const known = rendered.get(message)
  if (known) return known
  const made: Record<string, unknown> = {}
  for (const name of sent) if (message[name] !== undefined) made[name] = message[name]
  if (message.name !== undefined) made.name = sanitizedName(message.name)
  if (made.name === '') delete made.name
  const wire = Object.freeze(made) as unknown as Message
  rendered.set(message, wire)
  return wire
}

const rendered = new WeakMap<DialogMessage, Message>()

/** A name as providers take it: at most 64 letters, digits, `_` and `-`; every other character becomes `_`. */
export function sanitizedName(name: string): string {
  return name.replace(/[^a-zA-Z0-9_-]/gu, '_').slice(0, 64)
}

/** Messages that were checked and frozen here: another dialog takes them as they are. */
const owned = new WeakSet<object>()
const roles = new Set<unknown>(['system', 'developer', 'user', 'assistant', 'tool'])

/**
 * The draft as a message: checked, copied, frozen in depth, with an id. A message of another dialog is taken as it is.
 * @throws InputError that begins with `where` and names the member.
 */
export function ownMessage(draft: unknown, newId: () => string, where = 'The message'): DialogMessage {
  if (isRecord(draft) && owned.has(draft)) return draft as unknown as DialogMessage
  if (!isRecord(draft)) throw new InputError(`${where} is ${shown(draft)}, not { role, content }.`)
  let copy: Record<string, unknown>
  try {
    copy = frozenJson(draft)
  } catch (cause) {
    throw new InputError(`${where} cannot be kept: ${asDaybookError(cause).message}`, { cause })
  }
  // What was copied is checked, and not the draft: a getter may say something else the second time.
  const fault = faultOf(copy)
  if (fault) throw new InputError(`${where} cannot be kept: ${fault}.`)
  const message = copy.id === undefined ? Object.freeze({ id: newId(), ...copy }) : copy
  owned.add(message)
  return message as unknown as DialogMessage
}

const texts = ['name', 'tool_call_id', 'reasoning', 'refusal', 'model', 'finish_reason'] as const

function faultOf(message: Record<string, unknown>): string | undefined {
  const { id, role, content, tool_calls, metadata, cost_usd, usage } = message
  if (id !== undefined && (typeof id !== 'string' || id === '')) return `id must be a text, not ${shown(id)}`
  if (!roles.has(role)) return `role must be system, developer, user, assistant or tool, not ${shown(role)}`
  for (const name of texts) {
    const value = message[name]
    if (value !== undefined && typeof value !== 'string') return `${name} must be a text, not ${shown(value)}`
  }
  if (role === 'tool' && message.tool_call_id === undefined) return 'a tool message needs tool_call_id'
  if (metadata !== undefined && !isRecord(metadata)) return `metadata must be an object, not ${shown(metadata)}`
  if (cost_usd !== undefined && cost_usd !== null && typeof cost_usd !== 'number') {
    return `cost_usd must be a number or null, not ${shown(cost_usd)}`
  }
  return faultOfContent(content) ?? faultOfCalls(tool_calls) ?? faultOfUsage(usage)
}

function faultOfContent(content: unknown): string | undefined {
  if (content === undefined || content === null || typeof content === 'string') return undefined
  if (!Array.isArray(content)) return `content must be a text, a list of parts or null, not ${shown(content)}`
  for (const [index, part] of content.entries()) {
    const at = `content[${index}]`
    if (!isRecord(part) || typeof part.type !== 'string') return `${at} must be a part { type, … }, not ${shown(part)}`
    if (part.type === 'text' && typeof part.text !== 'string') return `${at}.text must be a text`
    const url = isRecord(part.image_url) ? part.image_url.url : undefined
    if (part.type === 'image_url' && typeof url !== 'string') return `${at}.image_url.url must be a text`
  }
  return undefined
}

function faultOfCalls(calls: unknown): string | undefined {
  if (calls === undefined) return undefined
  if (!Array.isArray(calls)) return `tool_calls must be a list, not ${shown(calls)}`
  const wrong = calls.findIndex(call => {
    if (!isRecord(call) || typeof call.id !== 'string' || !isRecord(call.function)) return true
    return typeof call.function.name !== 'string' || typeof call.function.arguments !== 'string'
  })
  if (wrong < 0) return undefined
  return `tool_calls[${wrong}] must be { id, type, function: { name, arguments } } with the arguments as text`
}

function faultOfUsage(usage: unknown): string | undefined {
  if (usage === undefined || usage === null) return undefined
  if (!isRecord(usage)) return `usage must be an object or null, not ${shown(usage)}`
  const wrong = [...new Set(['input_tokens', 'output_tokens', ...Object.keys(usage)])].find(
    name => typeof usage[name] !== 'number'
  )
  return wrong === undefined ? undefined : `usage.${wrong} must be a number of tokens, not ${shown(usage[wrong])}`
}
