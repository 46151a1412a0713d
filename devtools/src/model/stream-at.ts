/** An answer as it stood while it streamed: cut out of the whole by the lengths and pauses that its event keeps. */
import type { LedgerEvent } from 'daybook'
import { list, number, record, string } from './read.js'
import type { LiveAnswer } from './streams.js'

const rateWindowMs = 2000

/** `ms` since the request. Undefined before the first delta, and for an answer that did not stream. */
export function streamAt(request: string, answer: LedgerEvent, ms: number): LiveAnswer | undefined {
  const data = record(answer.data)
  const { lengths, pauses_ms } = record(data.stream)
  const pauses = list(pauses_ms)
  const reasoning = string(data.reasoning) ?? ''
  const text = string(data.text) ?? ''
  let at = 0
  let firstAt = 0
  let seen = 0
  let before = 0
  let deltas = 0
  for (const [index, length] of list(lengths).entries()) {
    const next = at + (number(pauses[index]) ?? 0)
    if (next > ms) break
    at = next
    if (deltas++ === 0) firstAt = at
    if (at < ms - rateWindowMs) before = seen
    seen += number(length) ?? 0
  }
  if (deltas === 0) return undefined
  // The ledger keeps each kind of delta as a whole: thoughts come first, as they do in nearly every answer.
  const window = Math.min(rateWindowMs, ms - firstAt)
  return {
    request,
    reasoning: reasoning.slice(0, seen),
    text: text.slice(0, Math.max(0, seen - reasoning.length)),
    tools: [],
    deltas,
    firstAt,
    lastAt: at,
    partial: false,
    tokens: seen / 4,
    tokensPerSecond: window >= 200 ? ((seen - before) / 4 / window) * 1000 : undefined
  }
}
