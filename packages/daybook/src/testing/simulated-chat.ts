/** Chat Completions, as the simulated provider speaks it. */
import type { AnswerItem, Citation, SimulatedAnswer } from './simulated-answer.js'
import { created, type SimulatedWire, shown, still } from './simulated-wire.js'

export const simulatedChat: SimulatedWire = {
  json: answer => {
    const calls = answer.items.flatMap(chatCall)
    const thought = saidIn(answer, 'thought')
    const annotations = citationsIn(answer).map(annotation)
    return {
      ...chatHead(answer, 'chat.completion'),
      choices: [
        {
          index: 0,
          message: {
            role: 'assistant',
            content: calls.length > 0 ? null : saidIn(answer, 'text'),
            refusal: null,
            ...(thought ? { reasoning_content: thought } : {}),
            ...(calls.length > 0 ? { tool_calls: calls.map(({ call, text }) => chatCallOf(call, text)) } : {}),
            ...(annotations.length > 0 ? { annotations } : {})
          },
          logprobs: null,
          finish_reason: answer.finish
        }
      ],
      usage: chatUsage(answer)
    }
  },

  frames: (answer, { stream_options: asked }) => {
    const chunk = (choices: readonly unknown[], more: object = {}): string =>
      `data: ${JSON.stringify({ ...chatHead(answer, 'chat.completion.chunk'), choices, ...more })}\n\n`
    const choice = (delta: object, finish_reason: string | null = null): string =>
      chunk([{ index: 0, delta, logprobs: null, finish_reason }])
    const calls = answer.items.flatMap(chatCall)
    const annotations = citationsIn(answer).map(annotation)
    const usage = (asked as { include_usage?: unknown } | undefined)?.include_usage === true
    return [
      still(choice({ role: 'assistant', content: calls.length > 0 ? null : '', refusal: null })),
      ...answer.items.flatMap(item =>
        item.type === 'thought' || item.type === 'text'
          ? item.pieces.map(piece =>
              shown(choice(item.type === 'text' ? { content: piece } : { reasoning_content: piece }))
            )
          : []
      ),
      ...calls.flatMap(({ call, pieces }, index) => [
        shown(choice({ tool_calls: [{ index, ...chatCallOf(call, '') }] })),
        ...pieces.map(piece => shown(choice({ tool_calls: [{ index, function: { arguments: piece } }] })))
      ]),
      ...(annotations.length > 0 ? [still(choice({ annotations }))] : []),
      still(choice({}, answer.finish)),
      ...(usage ? [still(chunk([], { usage: chatUsage(answer) }))] : []),
      still('data: [DONE]\n\n')
    ]
  }
}

/** The text, or the thought. */
function saidIn(answer: SimulatedAnswer, type: 'text' | 'thought'): string {
  return answer.items.map(item => (item.type === type ? item.pieces.join('') : '')).join('')
}

function citationsIn(answer: SimulatedAnswer): readonly Citation[] {
  return answer.items.flatMap(item => (item.type === 'text' ? item.citations : []))
}

function annotation({ url, title, start, end }: Citation): object {
  return { type: 'url_citation', url_citation: { url, title, start_index: start, end_index: end } }
}

function chatHead({ id, model }: SimulatedAnswer, object: string): object {
  return { id: `chatcmpl-simulated-${id}`, object, created, model }
}

interface Call {
  readonly call: { readonly id: string; readonly name: string }
  readonly pieces: readonly string[]
  readonly text: string
}

/** This API has no computer of its own: it is a function like others. */
function chatCall(item: AnswerItem): readonly Call[] {
  if (item.type !== 'call' && item.type !== 'computer') return []
  const pieces = item.type === 'call' ? item.pieces : [JSON.stringify(item.action)]
  const call = { id: `call_${item.id}`, name: item.type === 'call' ? item.name : 'computer' }
  return [{ call, pieces, text: pieces.join('') }]
}

function chatCallOf({ id, name }: Call['call'], text: string): object {
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
