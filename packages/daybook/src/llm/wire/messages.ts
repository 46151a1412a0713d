/** Messages: the format of Anthropic. */
import { StreamProtocolError } from '../../errors.js'
import type { Json } from '../../json.js'
import type { LLMDelta, Usage } from '../llm.js'
import { assembly, type OpenCall } from './assembly.js'
import { about, cutOff, failure, isFailure, lacking } from './failure.js'
import { renderMessages } from './messages-request.js'
import { count, defined, inputOf, nameOf, type Peer, record, text, type Wire, type WireReader } from './wire.js'

export const messages: Wire = {
  api: 'messages',
  path: '/messages',
  render: renderMessages,
  reader: messagesReader
}

/** A block of the answer as it grows: text, thinking, a call, or something of the provider's own. */
interface OpenBlock {
  readonly block: Record<string, unknown>
  readonly call: OpenCall | undefined
  input: string
  open: boolean
}

type Fields = Readonly<Record<string, unknown>>

export function messagesReader(deltas: LLMDelta[], peer: Peer): WireReader {
  const answer = assembly(deltas, peer)
  const blocks = new Map<unknown, OpenBlock>()
  let message: Fields | undefined
  let end: Fields = {}
  let usage: Fields = {}
  let stopped = false

  function wrong(what: string): Error {
    return new StreamProtocolError(`${nameOf(peer)} sent ${what}.`, about(peer))
  }

  function start(index: unknown, content: Fields): void {
    if (blocks.has(index)) throw wrong('one block twice')
    const block = { ...content }
    const call = block.type === 'tool_use' ? answer.open(text(block.id), text(block.name), '') : undefined
    blocks.set(index, { block, call, input: '', open: true })
    if (block.type === 'text') answer.say('text.delta', text(block.text))
    if (block.type === 'thinking') answer.say('reasoning.delta', text(block.thinking))
  }

  function grow(index: unknown, delta: Fields): void {
    const grown = blocks.get(index)
    if (!grown?.open) throw wrong('a piece of a block that is not open')
    const { block, call } = grown
    switch (delta.type) {
      case 'text_delta':
        block.text = text(block.text) + text(delta.text)
        answer.say('text.delta', text(delta.text))
        break
      case 'thinking_delta':
        block.thinking = text(block.thinking) + text(delta.thinking)
        answer.say('reasoning.delta', text(delta.thinking))
        break
      case 'signature_delta':
        block.signature = delta.signature
        break
      case 'citations_delta':
        if (!Array.isArray(block.citations)) block.citations = []
        ;(block.citations as unknown[]).push(delta.citation)
        break
      case 'input_json_delta':
        grown.input += text(delta.partial_json)
        if (call) answer.extend(call, '', '', text(delta.partial_json))
        break
      default: // a kind of a later version
    }
  }

  return {
    event(json, name) {
      if (name === 'error' || isFailure(json)) throw failure(json, peer)
      const event = record(json)
      switch (event.type) {
        case 'message_start':
          if (message) throw wrong('two beginnings')
          message = record(event.message)
          usage = record(message.usage)
          break
        case 'content_block_start':
          start(event.index, record(event.content_block))
          break
        case 'content_block_delta':
          grow(event.index, record(event.delta))
          break
        case 'content_block_stop': {
          const ended = blocks.get(event.index)
          if (ended) ended.open = false
          break
        }
        case 'message_delta':
          end = { ...end, ...defined(record(event.delta)) }
          // Figures of the end replace those of the beginning; what is null was not counted again.
          usage = { ...usage, ...withoutNull(record(event.usage)) }
          break
        case 'message_stop':
          stopped = true
          return true
        default: // ping, or a kind of a later version
      }
      return false
    },

    whole(json) {
      if (isFailure(json)) throw failure(json, peer)
      message = end = record(json)
      if (!Array.isArray(message.content)) throw lacking('content', json, peer)
      if (!message.stop_reason) throw lacking('stop_reason', json, peer)
      usage = record(message.usage)
      for (const [index, content] of message.content.entries()) {
        const block = record(content)
        start(index, block)
        const opened = blocks.get(index)
        if (opened?.call) answer.extend(opened.call, '', '', JSON.stringify(block.input ?? {}))
      }
      stopped = true
    },

    response() {
      const finish = text(end.stop_reason) || undefined
      if (!stopped || !finish) throw cutOff(peer)
      const content = contentOf([...blocks.values()])
      return answer.response({
        id: text(message?.id),
        model: text(message?.model),
        finish,
        usage: usageOf(usage),
        estimated: usage.estimated === true,
        refusal: text(record(end.stop_details).explanation),
        ...(plain(content) ? {} : { blocks: { api: 'messages', content: content as Json } }),
        ...(typeof end.stop_sequence === 'string' ? { native: { stop_sequence: end.stop_sequence } } : {})
      })
    }
  }
}

/** The blocks as they go back. One that was cut off, or is empty, would be refused. */
function contentOf(blocks: readonly OpenBlock[]): readonly Fields[] {
  return blocks
    .map(({ block, input }) => (input ? { ...block, input: inputOf(input) } : block))
    .filter(block => block.type !== 'text' || block.text)
}

/** One text without anything beside it says the same in the common form. */
function plain(content: readonly Fields[]): boolean {
  const [first] = content
  return content.length === 0 || (content.length === 1 && first?.type === 'text' && !first.citations)
}

function withoutNull(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null))
}

/** Anthropic counts apart what was read from its cache and what was written to it. */
function usageOf(tokens: Fields): Usage | null {
  const { cache_read_input_tokens: read = null, cache_creation_input_tokens: written = null } = tokens
  const input = count(tokens.input_tokens)
  const output = count(tokens.output_tokens)
  const cached = read === null ? undefined : count(read)
  const stored = written === null ? undefined : count(written)
  const broken = (read !== null && cached === undefined) || (written !== null && stored === undefined)
  if (input === undefined || output === undefined || broken) return null
  return {
    input_tokens: input + (cached ?? 0) + (stored ?? 0),
    output_tokens: output,
    ...defined({
      cached_input_tokens: cached,
      cache_write_tokens: stored,
      cache_write_1h_tokens: count(record(tokens.cache_creation).ephemeral_1h_input_tokens) || undefined
    })
  }
}
