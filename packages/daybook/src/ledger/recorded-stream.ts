/** The stream of an answer that a ledger holds: its deltas, cut where they were, and the pauses between them. */
import type { LLMDelta, ToolCall } from '../llm/llm.js'
import type { LedgerEvent } from './event.js'
import type { Terminal } from './recordings.js'

export interface RecordedStream {
  readonly deltas: readonly LLMDelta[]
  /** In milliseconds: one before each delta, and one after the last. */
  readonly pauses: readonly number[]
}

/** A part of an answer that came as deltas of one kind. */
interface Part {
  readonly whole: string
  /** A call shows itself before its arguments do. */
  readonly call?: boolean
  delta(piece: string, first: boolean): LLMDelta
}

/**
 * A ledger keeps the lengths and the pauses of the deltas, and each kind of them as a whole: thoughts come first here,
 * then the text, then the tool calls, as they do in nearly every answer. Without lengths, each part is one delta.
 */
export function recordedStream(event: Terminal): RecordedStream {
  const response = event.type === 'llm.response'
  const parts = response ? answered(event as LedgerEvent<'llm.response'>) : failed(event as LedgerEvent<'llm.failed'>)
  const timing = response ? (event as LedgerEvent<'llm.response'>).data.stream : undefined
  const { latency_ms = 0 } = event.data
  const deltas: LLMDelta[] = []
  const pauses: number[] = []
  let waiting = timing ? 0 : latency_ms
  let left = latency_ms - waiting
  let at = 0
  let from = 0
  let begun = false

  function take(length: number): void {
    for (let wanted = length; at < parts.length; ) {
      const part = parts[at] as Part
      const piece = part.whole.slice(from, from + wanted)
      // A length of 0 is the beginning of a tool call, or else only a pause.
      if (piece !== '' || (part.call && !begun)) {
        deltas.push(part.delta(piece, !begun))
        pauses.push(waiting)
        waiting = 0
        begun = true
      }
      from += piece.length
      wanted -= piece.length
      if (from === part.whole.length && (begun || !part.call)) {
        at++
        from = 0
        begun = false
      }
      if (wanted <= 0) return
    }
  }

  for (const [n, length] of (timing?.lengths ?? []).entries()) {
    const pause = timing?.pauses_ms[n] ?? 0
    waiting += pause
    left -= pause
    take(length)
  }
  take(Number.POSITIVE_INFINITY) // what the lengths say nothing of
  pauses.push(waiting + Math.max(0, left))
  return { deltas, pauses }
}

function answered({ data }: LedgerEvent<'llm.response'>): Part[] {
  const sent = new Map(data.message?.tool_calls?.map(call => [call.id, call.function.arguments]))
  const calls = (data.tool_calls ?? []).map((call: ToolCall, index): Part => {
    const { id, name, arguments: parsed = {}, arguments_text } = call
    return {
      whole: arguments_text ?? sent.get(id) ?? JSON.stringify(parsed),
      call: true,
      delta: (piece, first) => ({ type: 'tool.delta', index, ...(first ? { id, name } : {}), arguments: piece })
    }
  })
  return [...words(data.reasoning, data.text), ...calls]
}

function failed({ data: { partial } }: LedgerEvent<'llm.failed'>): Part[] {
  return words(partial?.reasoning, partial?.text)
}

function words(reasoning = '', text = ''): Part[] {
  const parts: Part[] = [
    { whole: reasoning, delta: piece => ({ type: 'reasoning.delta', text: piece }) },
    { whole: text, delta: piece => ({ type: 'text.delta', text: piece }) }
  ]
  return parts.filter(({ whole }) => whole !== '')
}
