/** An answer written anew in the form of its API, for an SDK: where it was not kept as it came. */
import type { LLMDelta, LLMResponse } from '../../llm/llm.js'
import type { AnswerItem, SimulatedAnswer } from '../simulated-answer.js'
import { simulatedChat } from '../simulated-chat.js'
import { simulatedMessages } from '../simulated-messages.js'
import { simulatedResponses } from '../simulated-responses.js'
import type { SimulatedWire } from '../simulated-wire.js'

const wires: Readonly<Record<'chat' | 'messages' | 'responses', SimulatedWire>> = {
  chat: simulatedChat,
  messages: simulatedMessages,
  responses: simulatedResponses
}

/** @param body The request as it is sent: what it asks for beside the answer. */
export function rendered(
  api: keyof typeof wires,
  response: LLMResponse,
  deltas: readonly LLMDelta[],
  body: Readonly<Record<string, unknown>>
): Response {
  const answer = answerOf(response, deltas)
  const wire = wires[api]
  if (body.stream !== true) return Response.json(wire.json(answer, body))
  const text = wire.frames(answer, body).map(frame => frame.text)
  return new Response(text.join(''), { headers: { 'content-type': 'text/event-stream; charset=utf-8' } })
}

function answerOf(response: LLMResponse, deltas: readonly LLMDelta[]): SimulatedAnswer {
  const { id = 'recorded', model, tool_calls, usage, finish_reason } = response
  const pieces = (type: LLMDelta['type']): string[] =>
    deltas.flatMap(delta => (delta.type === type && delta.type !== 'tool.delta' ? [delta.text] : []))
  const items: AnswerItem[] = []
  const thought = pieces('reasoning.delta')
  const text = pieces('text.delta')
  if (thought.length > 0) items.push({ type: 'thought', id, pieces: thought })
  if (text.length > 0) items.push({ type: 'text', id, pieces: text, citations: [] })
  for (const call of tool_calls) {
    const said = call.arguments_text || JSON.stringify(call.arguments ?? {})
    items.push({ type: 'call', id: call.id.replace(/^(?:call|toolu)_/, ''), name: call.name, pieces: [said] })
  }
  return {
    ...{ id, model, items },
    finish: finish_reason === 'length' || finish_reason === 'tool_calls' ? finish_reason : 'stop',
    inputTokens: usage?.input_tokens ?? 0,
    outputTokens: usage?.output_tokens ?? 0
  }
}
