/** Puts an answer together of its pieces, the same for every wire format. */
import { StreamProtocolError } from '../../errors.js'
import type { Json } from '../../json.js'
import type { FinishReason, LLMDelta, LLMResponse, Message, MessageToolCall, Native, ToolCall, Usage } from '../llm.js'
import { about } from './failure.js'
import { nameOf, type Peer } from './wire.js'

/** A tool call that is being read. */
export interface OpenCall {
  readonly index: number
  /** What the request must say to answer it; empty until one is known. */
  id: string
  /** The provider's own id. */
  raw: string
  name: string
  text: string
  /** What the provider says of the call that the common form does not know; at the end with the id that it goes by. */
  own?: Record<string, unknown>
}

export interface Assembly {
  say(type: 'text.delta' | 'reasoning.delta', piece: string): void
  readonly calls: readonly OpenCall[]
  /** Begins a tool call. An id that another call of this answer has is not used. */
  open(id: string, name: string, piece: string): OpenCall
  /** Goes on with a tool call. */
  extend(call: OpenCall, id: string, name: string, piece: string): void
  response(end: End): LLMResponse
}

/** What the wire format itself must say. */
export interface End {
  readonly id: string
  readonly model: string
  /** The provider's own word, and ours where it has none. */
  readonly finish: string | undefined
  readonly reason?: FinishReason
  readonly usage: Usage | null
  readonly cost?: number | undefined
  readonly estimated: boolean
  readonly refusal?: string
  /** The message in the provider's own form, where the common form would lose something. */
  readonly blocks?: Native
  readonly native?: Readonly<Record<string, Json>>
}

const maxCalls = 128
const maxArgumentsDepth = 200
const maxDepth = 1000

const reasons: ReadonlyMap<unknown, FinishReason> = new Map<unknown, FinishReason>([
  ['stop', 'stop'],
  ['end_turn', 'stop'],
  ['stop_sequence', 'stop'],
  ['completed', 'stop'],
  ['eos', 'stop'],
  ['length', 'length'],
  ['max_tokens', 'length'],
  ['tool_calls', 'tool_calls'],
  ['tool_use', 'tool_calls'],
  ['function_call', 'tool_calls'],
  ['content_filter', 'content_filter'],
  ['refusal', 'content_filter']
])

export function assembly(deltas: LLMDelta[], peer: Peer): Assembly {
  const said = { 'text.delta': '', 'reasoning.delta': '' }
  // Half of a character whose other half is in the next piece: no reader ever sees half a character.
  const half = { 'text.delta': '', 'reasoning.delta': '' }
  const calls: OpenCall[] = []
  const ids = new Set<string>()

  function show(type: 'text.delta' | 'reasoning.delta', piece: string): void {
    if (piece === '') return
    said[type] += piece
    deltas.push({ type, text: piece })
  }

  function showCall(call: OpenCall, id: string, name: string, piece: string): void {
    deltas.push({
      type: 'tool.delta',
      index: call.index,
      ...(id ? { id } : {}),
      ...(name ? { name } : {}),
      arguments: piece
    })
  }

  /** The id, unless another call has it. */
  function claimed(id: string): string {
    if (id === '' || ids.has(id)) return ''
    ids.add(id)
    return id
  }

  /** An id of ours, made of the answer's: the same answer gives the same id wherever it is read. */
  function invented(index: number, answer: string): string {
    let id = `call_${answer.replace(/\W/g, '').slice(-24)}_${index}`
    while (ids.has(id)) id += '_'
    ids.add(id)
    return id
  }

  return {
    calls,

    say(type, piece) {
      let whole = half[type] + piece
      half[type] = ''
      const last = whole.charCodeAt(whole.length - 1)
      if (last >= 0xd800 && last <= 0xdbff) {
        half[type] = whole.slice(-1)
        whole = whole.slice(0, -1)
      }
      show(type, whole)
    },

    open(id, name, piece) {
      if (calls.length >= maxCalls) {
        throw new StreamProtocolError(`${nameOf(peer)} sent more than ${maxCalls} tool calls.`, { retryable: false })
      }
      const call = { index: calls.length, id: claimed(id), raw: id, name, text: piece }
      calls.push(call)
      showCall(call, call.id, name, piece)
      return call
    },

    extend(call, id, name, piece) {
      if (id && !call.raw) {
        call.raw = id
        call.id = claimed(id)
      } else id = ''
      if (name && !call.name) call.name = name
      else name = ''
      if (!id && !name && !piece) return
      call.text += piece
      showCall(call, id && call.id, name, piece)
    },

    response(end) {
      for (const type of ['text.delta', 'reasoning.delta'] as const) show(type, half[type])
      const made = calls.some(call => !call.id)
      for (const call of calls) {
        call.id ||= invented(call.index, end.id)
        if (call.own) call.own.id = call.id
      }
      const { blocks } = end
      if (deeper(blocks?.content, maxDepth)) {
        throw new StreamProtocolError(
          `${nameOf(peer)} sent what is nested more than ${maxDepth} levels deep.`,
          about(peer)
        )
      }
      const { 'text.delta': text, 'reasoning.delta': reasoning } = said
      const native = {
        ...(end.finish === undefined ? {} : { finish_reason: end.finish }),
        ...(made ? { tool_call_ids: calls.map(call => call.raw) } : {}),
        ...end.native
      }
      const message: Message = {
        role: 'assistant',
        content: text || (calls.length > 0 ? null : ''),
        ...(calls.length > 0 ? { tool_calls: calls.map(sent) } : {}),
        ...(blocks ? { native: { ...blocks, provider: peer.provider } } : {})
      }
      return {
        text,
        model: end.model || peer.model,
        message,
        finish_reason: end.reason ?? reasons.get(end.finish) ?? 'other',
        usage: end.usage,
        tool_calls: calls.map(toolCall),
        ...(reasoning ? { reasoning } : {}),
        ...(end.refusal ? { refusal: end.refusal } : {}),
        ...(end.id ? { id: end.id } : {}),
        ...(end.estimated ? { estimated: true } : {}),
        cost_usd: end.cost ?? null,
        cached: false,
        ...(Object.keys(native).length > 0 ? { native } : {})
      }
    }
  }
}

/** A call as a request says it. */
function sent(call: OpenCall): MessageToolCall {
  return { id: call.id, type: 'function', function: { name: call.name, arguments: call.text.trim() || '{}' } }
}

/** A call as a program reads it: text that is no JSON is an error with that text, never an empty object. */
export function toolCall({ id, name, text }: Pick<OpenCall, 'id' | 'name' | 'text'>): ToolCall {
  const wrong = (error: string): ToolCall => ({ id, name, arguments: undefined, arguments_text: text, error })
  if (name === '') return wrong('The call names no tool.')
  if (text.trim() === '') return { id, name, arguments: {} }
  try {
    const value = JSON.parse(text) as Json
    if (deeper(value, maxArgumentsDepth)) {
      return wrong(`The arguments are nested more than ${maxArgumentsDepth} levels deep.`)
    }
    return { id, name, arguments: value }
  } catch {
    return wrong('The arguments are not valid JSON.')
  }
}

/** Whether a value is nested deeper than that. */
export function deeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false
  return levels === 0 || Object.values(value).some(member => deeper(member, levels - 1))
}
