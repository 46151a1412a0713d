/** Responses: the format of OpenAI in which an answer is a list of items: messages, reasoning, calls of tools. */
import { StreamProtocolError } from '../../errors.js'
import type { Json } from '../../json.js'
import type { FinishReason, LLMDelta, Usage } from '../llm.js'
import { assembly, type OpenCall } from './assembly.js'
import { about, cutOff, failure, isFailure, lacking } from './failure.js'
import { renderResponses } from './responses-request.js'
import { count, defined, list, nameOf, type Peer, record, text, type Wire, type WireReader } from './wire.js'

export const responses: Wire = {
  api: 'responses',
  path: '/responses',
  render: renderResponses,
  reader: responsesReader
}

type Fields = Readonly<Record<string, unknown>>

/** What is said of an item piece by piece. */
type Kind = 'text' | 'refusal' | 'thought' | 'input'

/** An item of the answer as it grows. */
interface OpenItem {
  item: Record<string, unknown> | undefined
  call: OpenCall | undefined
  readonly said: Record<Kind, string>
  /** Which part of the reasoning is being said. */
  part: string
  done: boolean
}

const stops: Readonly<Record<string, FinishReason>> = { max_output_tokens: 'length', content_filter: 'content_filter' }

export function responsesReader(deltas: LLMDelta[], peer: Peer): WireReader {
  const answer = assembly(deltas, peer)
  const items = new Map<unknown, OpenItem>()
  let begun: Fields | undefined
  let end: Fields | undefined
  let refusal = ''
  let thought = false
  let last: Fields | undefined

  function wrong(what: string): Error {
    return new StreamProtocolError(`${nameOf(peer)} sent ${what}.`, about(peer))
  }

  /** Events are counted: one that comes twice is taken once, and none is taken out of its order. */
  function repeated(event: Fields): boolean {
    const number = event.sequence_number
    if (typeof number !== 'number') return false
    const before = last?.sequence_number as number | undefined
    if (before === undefined || number > before) {
      last = event
      return false
    }
    if (number === before && JSON.stringify(event) === JSON.stringify(last)) return true
    throw wrong('an event out of its order')
  }

  function at(index: unknown): OpenItem {
    let open = items.get(index)
    if (!open) {
      const said = { text: '', refusal: '', thought: '', input: '' }
      open = { item: undefined, call: undefined, said, part: '', done: false }
      items.set(index, open)
    }
    return open
  }

  function begin(index: unknown, item: Record<string, unknown>): void {
    const open = at(index)
    if (open.item) throw wrong('one item twice')
    open.item = item
    // Whatever it holds already comes again, in pieces or at its end.
    if (item.type === 'function_call') open.call = answer.open(text(item.call_id), text(item.name), '')
  }

  function say(open: OpenItem, kind: Kind, piece: string): void {
    open.said[kind] += piece
    if (kind === 'text') answer.say('text.delta', piece)
    else if (kind === 'refusal') refusal += piece
    else if (kind === 'thought') answer.say('reasoning.delta', piece)
    else if (open.call) answer.extend(open.call, '', '', piece)
    else throw wrong('a piece of a call that has not begun')
  }

  /** Between two parts of the reasoning is an empty line, which belongs to the item only where both do. */
  function think(open: OpenItem, part: string, piece: string): void {
    if (part !== open.part) {
      if (open.said.thought) say(open, 'thought', '\n\n')
      else if (thought) answer.say('reasoning.delta', '\n\n')
      open.part = part
    }
    thought = true
    say(open, 'thought', piece)
  }

  function grow(event: Fields, kind: Kind): void {
    const open = at(event.output_index)
    if (open.done) throw wrong('a piece of an item that has ended')
    const piece = text(event.delta)
    if (kind !== 'thought') say(open, kind, piece)
    else if (piece) think(open, `${event.type} ${event.summary_index ?? event.content_index}`, piece)
  }

  /** Says what of the whole has not been said. What was said must be its beginning: else a piece is lost, or came twice. */
  function complete(open: OpenItem, kind: Kind, whole: string): void {
    const said = open.said[kind]
    if (whole.startsWith(said)) {
      const rest = whole.slice(said.length)
      if (rest && kind === 'thought') think(open, said ? open.part : 'whole', rest)
      else if (rest) say(open, kind, rest)
      return
    }
    // Some leave out at the end what they said, or its outer spaces; and reasoning may be worded anew.
    if (whole && kind !== 'thought' && whole.trim() !== said.trim())
      throw wrong('an item that is not what its pieces say')
  }

  function finish(index: unknown, item: Record<string, unknown>): void {
    const open = at(index)
    if (open.done) {
      if (item.type === open.item?.type) open.item = item
      return
    }
    open.item = item
    switch (item.type) {
      case 'message': {
        const parts = list(item.content).map(record)
        complete(open, 'text', parts.map(part => text(part.text)).join(''))
        complete(open, 'refusal', parts.map(part => text(part.refusal)).join(''))
        break
      }
      case 'reasoning': {
        const parts = [...list(item.summary), ...list(item.content)]
        complete(
          open,
          'thought',
          parts
            .map(part => text(record(part).text))
            .filter(Boolean)
            .join('\n\n')
        )
        break
      }
      case 'function_call': {
        const { arguments: input = '' } = item
        open.call ??= answer.open(text(item.call_id), text(item.name), '')
        answer.extend(open.call, text(item.call_id), text(item.name), '')
        complete(open, 'input', typeof input === 'string' ? input : JSON.stringify(input))
        break
      }
      case 'computer_call': {
        const { action, actions, pending_safety_checks } = item
        open.call ??= answer.open(text(item.call_id), 'computer_use', '')
        const input = { ...defined({ action, actions }), safety_checks: list(pending_safety_checks) }
        complete(open, 'input', JSON.stringify(input))
        break
      }
      default: // what a tool of the provider did, or a kind of a later version
    }
    open.done = true
  }

  function close(response: Fields, status: unknown): void {
    if (response.error || status === 'failed') {
      throw failure({ error: response.error || { message: 'The answer failed.' } }, peer)
    }
    if (status !== 'completed' && status !== 'incomplete') {
      throw lacking(`end: it is ${text(status).slice(0, 20) || 'without a status'}`, response, peer)
    }
    for (const [index, entry] of list(response.output).entries()) {
      const item = record(entry)
      if (item.type === 'message' && !Array.isArray(item.content)) {
        throw lacking(`output[${index}].content`, response, peer)
      }
      finish(index, item)
    }
    if (items.size === 0 && status === 'completed') throw lacking('output[0]', response, peer)
    end = { ...response, status }
  }

  return {
    event(json, name) {
      if (name === 'error' || isFailure(json)) throw failure(json, peer)
      const event = record(json)
      if (repeated(event)) return false
      switch (event.type) {
        case 'response.created':
          if (begun) throw wrong('two beginnings')
          begun = record(event.response)
          break
        case 'response.output_item.added':
          begin(event.output_index, record(event.item))
          break
        case 'response.output_text.delta':
          grow(event, 'text')
          break
        case 'response.refusal.delta':
          grow(event, 'refusal')
          break
        case 'response.reasoning_summary_text.delta':
        case 'response.reasoning_text.delta':
          grow(event, 'thought')
          break
        case 'response.function_call_arguments.delta':
          grow(event, 'input')
          break
        case 'response.output_item.done':
          finish(event.output_index, record(event.item))
          break
        case 'response.completed':
        case 'response.incomplete':
        case 'response.failed':
          close(record(event.response), event.type.slice('response.'.length))
          return true
        default: // a part's beginning and end, what a tool is doing, or a kind of a later version
      }
      return false
    },

    whole(json) {
      if (isFailure(json)) throw failure(json, peer)
      const response = record(json)
      if (response.status !== 'failed' && !Array.isArray(response.output)) throw lacking('output', json, peer)
      close(response, response.status)
    },

    response() {
      if (!end) throw cutOff(peer)
      const content = contentOf(end, [...items.values()])
      const complete = end.status === 'completed'
      const finish = complete ? 'completed' : text(record(end.incomplete_details).reason) || 'incomplete'
      const reason = complete ? (answer.calls.length > 0 ? 'tool_calls' : 'stop') : stops[finish]
      const usage = record(end.usage)
      const { cost } = usage
      const response = answer.response({
        id: text(end.id) || text(begun?.id),
        model: text(end.model) || text(begun?.model),
        finish,
        reason: reason ?? 'other',
        usage: usageOf(usage),
        cost: typeof cost === 'number' && cost >= 0 && Number.isFinite(cost) ? cost : undefined,
        estimated: usage.estimated === true,
        refusal,
        ...(plain(content) ? {} : { blocks: { api: 'responses', content: content as Json } })
      })
      // A call without an id of its own has got one now: its result will name that.
      for (const { item, call } of items.values()) if (item && call && item.call_id !== call.id) item.call_id = call.id
      return response
    }
  }
}

/** The items as they go back. Reasoning that was cut off before what it led to would be refused. */
function contentOf({ output, status }: Fields, items: readonly OpenItem[]): readonly Fields[] {
  const whole = list(output).length > 0
  const content = whole
    ? list(output).map(record)
    : items.every(({ done }) => done)
      ? items.map(({ item }) => record(item))
      : []
  if (status === 'completed') return content
  return content.slice(0, content.findLastIndex(({ type }) => type !== 'reasoning') + 1)
}

/** One text, and calls of functions after it, say the same in the common form. */
export function plain(content: readonly Fields[]): boolean {
  return content.every(({ type, content, phase, namespace, caller }, index) => {
    if (type === 'function_call') return !namespace && !caller
    return type === 'message' && index === 0 && !phase && list(content).every(part => bare(record(part)))
  })
}

function bare({ type, annotations }: Fields): boolean {
  return type === 'output_text' && list(annotations).length === 0
}

function usageOf(tokens: Fields): Usage | null {
  const { cached_tokens, cache_write_tokens } = record(tokens.input_tokens_details)
  const input = count(tokens.input_tokens)
  const output = count(tokens.output_tokens)
  if (input === undefined || output === undefined) return null
  return {
    input_tokens: input,
    output_tokens: output,
    ...defined({
      cached_input_tokens: count(cached_tokens),
      cache_write_tokens: count(cache_write_tokens) || undefined,
      reasoning_tokens: count(record(tokens.output_tokens_details).reasoning_tokens)
    })
  }
}
