/** Chat Completions: the format of OpenAI, spoken by most providers. */
import type { FinishReason, LLMDelta, Usage } from '../llm.js'
import { assembly, type OpenCall, toolCall } from './assembly.js'
import { renderChat } from './chat-request.js'
import { cutOff, failure, isFailure, lacking } from './failure.js'
import { count, defined, type Ending, list, type Peer, record, text, type Wire, type WireReader } from './wire.js'

export const chat: Wire = {
  api: 'chat',
  path: '/chat/completions',
  render: renderChat,
  reader: chatReader
}

export function chatReader(deltas: LLMDelta[], peer: Peer): WireReader {
  const answer = assembly(deltas, peer)
  const slots = new Map<unknown, OpenCall>()
  let last: OpenCall | undefined
  let id = ''
  let model = ''
  let refusal = ''
  let finish: string | undefined
  let usage: unknown

  /** A chunk of a stream, or a whole answer: they differ in one name. */
  function take(json: Readonly<Record<string, unknown>>): void {
    id ||= text(json.id)
    model ||= text(json.model)
    if (json.usage) usage = json.usage
    for (const entry of list(json.choices)) {
      const choice = record(entry)
      if (choice.index) continue // of `n` answers, the first
      if (choice.error) throw failure(choice, peer)
      if (choice.finish_reason) finish = String(choice.finish_reason)
      const said = record(choice.delta ?? choice.message)
      const { content, reasoning_content, reasoning, tool_calls, function_call, refusal: no } = said
      peer.keeper?.message(said, Boolean(choice.delta))
      const thought = reasoning_content || reasoning
      if (thought) answer.say('reasoning.delta', text(thought))
      if (typeof content === 'string') {
        if (content) answer.say('text.delta', content)
      } else for (const part of list(content)) takePart(record(part))
      for (const call of list(tool_calls)) takeCall(record(call))
      if (function_call) takeCall({ index: 0, function: function_call })
      refusal += text(no)
    }
    if (finish === 'error') throw failure({ message: 'finish_reason: error' }, peer)
  }

  /** Mistral's content: a list of text and thinking. */
  function takePart(part: Readonly<Record<string, unknown>>): void {
    if (part.type === 'thinking') {
      const inner = typeof part.thinking === 'string' ? [{ text: part.thinking }] : list(part.thinking)
      for (const piece of inner) answer.say('reasoning.delta', text(record(piece).text))
    } else answer.say('text.delta', text(part.text))
  }

  /**
   * A new id on an index that is in use begins another call, and so does a second name; a piece that has no index goes
   * on with the last call unless it has an id or a name of its own.
   */
  function takeCall(json: Readonly<Record<string, unknown>>): void {
    const called = record(json.function)
    const id = text(json.id)
    const name = text(called.name)
    const piece = called.arguments ?? ''
    const fragment = typeof piece === 'string' ? piece : JSON.stringify(piece)
    const slot = json.index ?? undefined
    const known = slot === undefined ? last : slots.get(slot)
    const same = id !== '' && id === known?.raw
    if (known && !(id && known.raw && !same) && !(name && known.name && !(same && name === known.name))) {
      answer.extend(known, id, name, fragment)
      last = known
    } else {
      last = answer.open(id, name, fragment)
      slots.set(slot, last)
    }
    peer.keeper?.call(last, json)
  }

  return {
    event(json, name) {
      if (name === 'error' || isFailure(json)) throw failure(json, peer)
      take(record(json))
      return false
    },

    whole(json) {
      if (isFailure(json)) throw failure(json, peer)
      const { choices } = record(json)
      const [first] = list(choices)
      if (!first) throw lacking(Array.isArray(choices) ? 'choices[0]' : 'choices', json, peer)
      take(record(json))
      // A filter may leave nothing; an answer that stopped of itself has something, were it an empty text.
      const { message } = record(first)
      const silent = deltas.length === 0 && refusal === '' && typeof record(message).content !== 'string'
      if (silent && (finish ?? 'stop') === 'stop') {
        throw lacking(message ? 'choices[0].message.content' : 'choices[0].message', json, peer)
      }
    },

    response(ending: Ending) {
      const { calls } = answer
      let reason: FinishReason | undefined
      if (finish === undefined) {
        const whole = calls.length > 0 && calls.every(call => !toolCall(call).error)
        if (ending !== 'done' || !whole) throw cutOff(peer)
        reason = 'tool_calls'
      }
      // We asked for the usage, which comes after the finish reason: with neither it nor the mark, the rest is missing.
      else if (ending === 'closed' && !usage) throw cutOff(peer)
      const tokens = record(usage)
      // xAI counts in ten thousand millionths of a dollar.
      const ticks = count(tokens.cost_in_usd_ticks)
      const cost = record(tokens.cost).total_cost ?? tokens.cost ?? (ticks === undefined ? undefined : ticks / 1e10)
      const content = peer.keeper?.content(calls)
      return answer.response({
        id,
        model,
        finish,
        ...(reason ? { reason } : {}),
        usage: usageOf(tokens, peer.provider),
        cost: typeof cost === 'number' && cost >= 0 && Number.isFinite(cost) ? cost : undefined,
        estimated: tokens.estimated === true,
        refusal,
        ...(content ? { blocks: { api: 'chat', content } } : {})
      })
    }
  }
}

const google: ReadonlySet<string> = new Set(['gemini', 'vertex_ai'])

function usageOf(tokens: Readonly<Record<string, unknown>>, provider: string): Usage | null {
  const read = record(tokens.prompt_tokens_details)
  const input = count(tokens.prompt_tokens)
  const output = count(tokens.completion_tokens)
  if (input === undefined || output === undefined) return null
  const written = record(tokens.completion_tokens_details)
  const rest = (count(tokens.total_tokens) ?? 0) - input - output
  // Google's endpoints count thoughts in the total alone.
  const reasoning = count(written.reasoning_tokens) ?? (rest > 0 && google.has(provider) ? rest : undefined)
  // xAI counts its reasoning beside the completion, which its total shows.
  const beside = reasoning === rest ? rest : 0
  return {
    input_tokens: input,
    output_tokens: output + beside,
    ...defined({
      cached_input_tokens: count(
        read.cached_tokens ?? tokens.prompt_cache_hit_tokens ?? (tokens.cached_tokens || undefined)
      ),
      cache_write_tokens: count(read.cache_write_tokens),
      reasoning_tokens: reasoning,
      audio_input_tokens: count(read.audio_tokens) || undefined,
      audio_output_tokens: count(written.audio_tokens) || undefined
    })
  }
}
