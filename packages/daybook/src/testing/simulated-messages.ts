/** Messages, as the simulated provider speaks it. */
import type { AnswerItem, Citation, SimulatedAnswer } from './simulated-answer.js'
import { type SimulatedWire, shown, still, typed } from './simulated-wire.js'

export const simulatedMessages: SimulatedWire = {
  json: answer => ({
    ...message(answer),
    content: answer.items.flatMap(blocksOf).map(({ whole }) => whole),
    stop_reason: stopReasons[answer.finish],
    usage: usageOf(answer, answer.outputTokens)
  }),

  frames: answer => [
    still(typed('message_start', { message: { ...message(answer), usage: usageOf(answer, 1) } })),
    ...answer.items
      .flatMap(blocksOf)
      .flatMap(({ start, deltas, end = [] }, index) => [
        still(typed('content_block_start', { index, content_block: start })),
        ...(index === 0 ? [still(typed('ping', {}))] : []),
        ...deltas.map(delta => shown(typed('content_block_delta', { index, delta }))),
        ...end.map(delta => still(typed('content_block_delta', { index, delta }))),
        still(typed('content_block_stop', { index }))
      ]),
    still(
      typed('message_delta', {
        delta: { stop_reason: stopReasons[answer.finish], stop_sequence: null },
        usage: { output_tokens: answer.outputTokens, estimated: true }
      })
    ),
    still(typed('message_stop', {}))
  ]
}

const stopReasons = { stop: 'end_turn', length: 'max_tokens', tool_calls: 'tool_use' } as const

/** A content block: as it stands before its first delta, what is added, and the whole. */
interface Block {
  readonly start: object
  readonly deltas: readonly object[]
  /** What is added when all has been said. */
  readonly end?: readonly object[]
  readonly whole: object
}

function blocksOf(item: AnswerItem): readonly Block[] {
  switch (item.type) {
    case 'thought': {
      const empty = { type: 'thinking', thinking: '', signature: '' }
      const signature = `simulated-${item.id}`
      return [
        {
          start: empty,
          deltas: item.pieces.map(thinking => ({ type: 'thinking_delta', thinking })),
          end: [{ type: 'signature_delta', signature }],
          whole: { ...empty, thinking: item.pieces.join(''), signature }
        }
      ]
    }
    case 'search': {
      const id = `srvtoolu_simulated_${item.id}`
      const content = item.sources.map(({ url, title }) => ({
        type: 'web_search_result',
        url,
        title,
        encrypted_content: 'simulated',
        page_age: null
      }))
      const result = { type: 'web_search_tool_result', tool_use_id: id, content }
      return [
        call('server_tool_use', id, 'web_search', [JSON.stringify({ query: item.query })]),
        { start: result, deltas: [], whole: result }
      ]
    }
    case 'text': {
      const citations = item.citations.map(citationOf)
      const text = item.pieces.join('')
      return [
        {
          start: { type: 'text', text: '' },
          deltas: item.pieces.map(piece => ({ type: 'text_delta', text: piece })),
          end: citations.map(citation => ({ type: 'citations_delta', citation })),
          whole: { type: 'text', text, ...(citations.length > 0 ? { citations } : {}) }
        }
      ]
    }
    case 'call':
      return [call('tool_use', `toolu_${item.id}`, item.name, item.pieces)]
    case 'computer': {
      const { type: action, ...how } = item.action
      const input = action === 'click' ? { action: 'left_click', coordinate: [how.x, how.y] } : { action }
      return [call('tool_use', `toolu_${item.id}`, 'computer', [JSON.stringify(input)])]
    }
  }
}

function call(type: string, id: string, name: string, pieces: readonly string[]): Block {
  const start = { type, id, name, input: {} }
  return {
    start,
    deltas: pieces.map(partial_json => ({ type: 'input_json_delta', partial_json })),
    whole: { ...start, input: JSON.parse(pieces.join('')) as unknown }
  }
}

function citationOf({ url, title }: Citation): object {
  return {
    type: 'web_search_result_location',
    url,
    title,
    cited_text: 'Nothing: it is simulated.',
    encrypted_index: 'simulated'
  }
}

function message({ id, model }: SimulatedAnswer): object {
  return {
    id: `msg_simulated_${id}`,
    type: 'message',
    role: 'assistant',
    model,
    content: [],
    stop_reason: null,
    stop_sequence: null
  }
}

function usageOf({ inputTokens }: SimulatedAnswer, output_tokens: number): object {
  return { input_tokens: inputTokens, output_tokens, estimated: true }
}
