/** The two formats in which the simulated provider speaks, whole and as server-sent events. */
import type { SimulatedAnswer } from './simulated-answer.js'

/** One server-sent event; a delta is what a reader would see, and so what there is to wait for. */
export interface Frame {
  readonly text: string
  readonly delta: boolean
}

export interface SimulatedWire {
  json(answer: SimulatedAnswer): unknown
  /** @param body The request: what it asks for beside the answer. */
  frames(answer: SimulatedAnswer, body: Record<string, unknown>): readonly Frame[]
}

/** The same second for everything, so that equal requests have equal answers. */
const created = Date.UTC(2026, 0, 1) / 1000

export const simulatedChat: SimulatedWire = {
  json: answer => ({
    ...chatHead(answer, 'chat.completion'),
    choices: [
      {
        index: 0,
        message: {
          role: 'assistant',
          content: answer.tool ? null : answer.pieces.join(''),
          refusal: null,
          ...(answer.tool ? { tool_calls: [chatCall(answer.tool, answer.pieces.join(''))] } : {})
        },
        logprobs: null,
        finish_reason: answer.finish
      }
    ],
    usage: chatUsage(answer)
  }),

  frames: (answer, { stream_options: asked }) => {
    const chunk = (choices: readonly unknown[], more: object = {}): string =>
      `data: ${JSON.stringify({ ...chatHead(answer, 'chat.completion.chunk'), choices, ...more })}\n\n`
    const choice = (delta: object, finish_reason: string | null = null): string =>
      chunk([{ index: 0, delta, logprobs: null, finish_reason }])
    const { tool } = answer
    const usage = (asked as { include_usage?: unknown } | undefined)?.include_usage === true
    return [
      still(choice({ role: 'assistant', content: tool ? null : '', refusal: null })),
      ...(tool ? [shown(choice({ tool_calls: [{ index: 0, ...chatCall(tool, '') }] }))] : []),
      ...answer.pieces.map(piece =>
        shown(choice(tool ? { tool_calls: [{ index: 0, function: { arguments: piece } }] } : { content: piece }))
      ),
      still(choice({}, answer.finish)),
      ...(usage ? [still(chunk([], { usage: chatUsage(answer) }))] : []),
      still('data: [DONE]\n\n')
    ]
  }
}

export const simulatedMessages: SimulatedWire = {
  json: answer => ({
    ...message(answer),
    content: [{ ...block(answer), ...whole(answer) }],
    stop_reason: stopReasons[answer.finish],
    usage: messagesUsage(answer, answer.outputTokens)
  }),

  frames: answer => {
    const event = (type: string, data: object): string =>
      `event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`
    const start = { ...message(answer), usage: messagesUsage(answer, 1) }
    const delta = (piece: string): object =>
      answer.tool ? { type: 'input_json_delta', partial_json: piece } : { type: 'text_delta', text: piece }
    return [
      still(event('message_start', { message: start })),
      still(event('content_block_start', { index: 0, content_block: block(answer) })),
      still(event('ping', {})),
      ...answer.pieces.map(piece => shown(event('content_block_delta', { index: 0, delta: delta(piece) }))),
      still(event('content_block_stop', { index: 0 })),
      still(
        event('message_delta', {
          delta: { stop_reason: stopReasons[answer.finish], stop_sequence: null },
          usage: { output_tokens: answer.outputTokens, estimated: true }
        })
      ),
      still(event('message_stop', {}))
    ]
  }
}

const stopReasons = { stop: 'end_turn', length: 'max_tokens', tool_calls: 'tool_use' } as const

const shown = (text: string): Frame => ({ text, delta: true })
const still = (text: string): Frame => ({ text, delta: false })

function chatHead({ id, model }: SimulatedAnswer, object: string): object {
  return { id: `chatcmpl-simulated-${id}`, object, created, model }
}

function chatCall({ id, name }: { readonly id: string; readonly name: string }, text: string): object {
  return { id, type: 'function', function: { name, arguments: text } }
}

function chatUsage({ inputTokens, outputTokens }: SimulatedAnswer): object {
  return {
    prompt_tokens: inputTokens,
    completion_tokens: outputTokens,
    total_tokens: inputTokens + outputTokens,
    estimated: true
  }
}

function messagesUsage({ inputTokens }: SimulatedAnswer, output_tokens: number): object {
  return { input_tokens: inputTokens, output_tokens, estimated: true }
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

/** A content block as it stands before its first delta. */
function block({ tool }: SimulatedAnswer): object {
  return tool ? { type: 'tool_use', id: tool.id, name: tool.name, input: {} } : { type: 'text', text: '' }
}

function whole({ tool, pieces }: SimulatedAnswer): object {
  const text = pieces.join('')
  return tool ? { input: JSON.parse(text) as unknown } : { text }
}
