/** Responses, as the simulated provider speaks it: typed items, and events that are numbered. */
import type { AnswerItem, Citation, SimulatedAnswer } from './simulated-answer.js'
import { created, type Frame, type SimulatedWire, shown, still, typed } from './simulated-wire.js'

type Body = Readonly<Record<string, unknown>>

export const simulatedResponses: SimulatedWire = {
  json: (answer, body) => ended(answer, body),

  frames: (answer, body) => {
    let next = 0
    const frame =
      (make: (text: string) => Frame) =>
      (type: string, data: object): Frame =>
        make(typed(type, { ...data, sequence_number: next++ }))
    const quiet = frame(still)
    const seen = frame(shown)
    const begun = { ...response(answer, body), status: 'in_progress', output: [], usage: null }
    const over = answer.finish === 'length' ? 'response.incomplete' : 'response.completed'
    return [
      quiet('response.created', { response: begun }),
      quiet('response.in_progress', { response: begun }),
      ...answer.items.flatMap((item, output_index) => itemFrames(item, output_index, answer, quiet, seen)),
      quiet(over, { response: ended(answer, body) })
    ]
  }
}

type Say = (type: string, data: object) => Frame

function itemFrames(
  item: AnswerItem,
  output_index: number,
  answer: SimulatedAnswer,
  quiet: Say,
  seen: Say
): readonly Frame[] {
  const whole = itemOf(item, answer)
  const at = { item_id: whole.id, output_index }
  const added = (start: object): Frame =>
    quiet('response.output_item.added', { output_index, item: { ...whole, status: 'in_progress', ...start } })
  const done = (): Frame => quiet('response.output_item.done', { output_index, item: whole })
  switch (item.type) {
    case 'thought': {
      const part = { ...at, summary_index: 0 }
      const text = item.pieces.join('')
      return [
        quiet('response.output_item.added', { output_index, item: { ...whole, summary: [] } }),
        quiet('response.reasoning_summary_part.added', { ...part, part: { type: 'summary_text', text: '' } }),
        ...item.pieces.map(delta => seen('response.reasoning_summary_text.delta', { ...part, delta })),
        quiet('response.reasoning_summary_text.done', { ...part, text }),
        quiet('response.reasoning_summary_part.done', { ...part, part: { type: 'summary_text', text } }),
        done()
      ]
    }
    case 'search':
      return [
        added({}),
        ...['in_progress', 'searching', 'completed'].map(state => quiet(`response.web_search_call.${state}`, at)),
        done()
      ]
    case 'text': {
      const part = { ...at, content_index: 0 }
      const empty = { type: 'output_text', text: '', annotations: [], logprobs: [] }
      const text = item.pieces.join('')
      return [
        added({ content: [] }),
        quiet('response.content_part.added', { ...part, part: empty }),
        ...item.pieces.map(delta => seen('response.output_text.delta', { ...part, delta, logprobs: [] })),
        ...item.citations.map((citation, annotation_index) =>
          quiet('response.output_text.annotation.added', {
            ...part,
            annotation_index,
            annotation: annotationOf(citation)
          })
        ),
        quiet('response.output_text.done', { ...part, text, logprobs: [] }),
        quiet('response.content_part.done', { ...part, part: textPart(item) }),
        done()
      ]
    }
    case 'call':
      return [
        added({ arguments: '' }),
        ...item.pieces.map(delta => seen('response.function_call_arguments.delta', { ...at, delta })),
        quiet('response.function_call_arguments.done', { ...at, name: item.name, arguments: item.pieces.join('') }),
        done()
      ]
    case 'computer':
      return [added({}), done()]
  }
}

function itemOf(
  item: AnswerItem,
  answer: SimulatedAnswer
): { readonly id: string; readonly [member: string]: unknown } {
  const status = 'completed'
  switch (item.type) {
    case 'thought':
      return {
        id: `rs_simulated_${item.id}`,
        type: 'reasoning',
        summary: [{ type: 'summary_text', text: item.pieces.join('') }],
        encrypted_content: `simulated-${item.id}`
      }
    case 'search': {
      const sources = item.sources.map(({ url }) => ({ type: 'url', url }))
      const action = { type: 'search', query: item.query, queries: [item.query], sources }
      return { id: `ws_simulated_${item.id}`, type: 'web_search_call', status, action }
    }
    case 'text':
      return {
        id: `msg_simulated_${item.id}`,
        type: 'message',
        role: 'assistant',
        status: answer.finish === 'length' ? 'incomplete' : status,
        content: [textPart(item)]
      }
    case 'call':
      return {
        id: `fc_simulated_${item.id}`,
        type: 'function_call',
        status,
        call_id: `call_${item.id}`,
        name: item.name,
        arguments: item.pieces.join('')
      }
    case 'computer':
      return {
        id: `cu_simulated_${item.id}`,
        type: 'computer_call',
        status,
        call_id: `call_${item.id}`,
        action: item.action,
        pending_safety_checks: []
      }
  }
}

function textPart({ pieces, citations }: Extract<AnswerItem, { type: 'text' }>): object {
  return { type: 'output_text', text: pieces.join(''), annotations: citations.map(annotationOf), logprobs: [] }
}

function annotationOf({ url, title, start, end }: Citation): object {
  return { type: 'url_citation', url, title, start_index: start, end_index: end }
}

/** The response as it stands at the end. */
function ended(answer: SimulatedAnswer, body: Body): object {
  const { inputTokens: input_tokens, outputTokens: output_tokens } = answer
  const cut = answer.finish === 'length'
  return {
    ...response(answer, body),
    status: cut ? 'incomplete' : 'completed',
    incomplete_details: cut ? { reason: 'max_output_tokens' } : null,
    output: answer.items.map(item => itemOf(item, answer)),
    usage: {
      input_tokens,
      input_tokens_details: { cached_tokens: 0, cache_write_tokens: 0 },
      output_tokens,
      output_tokens_details: { reasoning_tokens: 0 },
      total_tokens: input_tokens + output_tokens,
      estimated: true
    }
  }
}

/** What a response says beside its answer: much of it is the request again. */
function response({ id, model }: SimulatedAnswer, body: Body): object {
  return {
    id: `resp_simulated_${id}`,
    object: 'response',
    created_at: created,
    background: false,
    error: null,
    incomplete_details: null,
    instructions: body.instructions ?? null,
    max_output_tokens: body.max_output_tokens ?? null,
    metadata: body.metadata ?? {},
    model,
    parallel_tool_calls: body.parallel_tool_calls ?? true,
    previous_response_id: body.previous_response_id ?? null,
    reasoning: body.reasoning ?? { effort: null, summary: null },
    service_tier: 'default',
    store: body.store ?? true,
    temperature: body.temperature ?? 1,
    text: body.text ?? { format: { type: 'text' } },
    tool_choice: body.tool_choice ?? 'auto',
    tools: body.tools ?? [],
    top_p: body.top_p ?? 1,
    truncation: body.truncation ?? 'disabled',
    user: body.user ?? null
  }
}
