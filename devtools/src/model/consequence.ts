/** Along the causes: where an event comes from, what came of it, and what that cost. Every walk has a bound. */
import type { Book } from './book.js'
import { number, record, string } from './read.js'
import { isHit } from './totals.js'

const maxChain = 60
const maxWalk = 20_000
const maxBack = 20_000

/** The rows from the event's first cause back to the root, the root last. */
export function chainOf(book: Book, row: number): readonly number[] {
  const chain: number[] = []
  const seen = new Set([row])
  for (let at = row; chain.length < maxChain; ) {
    const next = causesOf(book, at).find(from => !seen.has(from))
    if (next === undefined) break
    chain.push(next)
    seen.add(next)
    at = next
  }
  return chain
}

/** The rows that an event names as its causes, as far as this ledger has them. */
export function causesOf(book: Book, row: number): readonly number[] {
  const ids = new Set(book.events[row]?.cause.slice(0, 1000))
  return [...ids].map(id => book.causes.rowOf(id)).filter(from => from !== undefined)
}

export interface Consequence {
  readonly events: number
  readonly calls: number
  readonly hits: number
  readonly failed: number
  readonly tools: number
  readonly costUsd: number | null
  readonly unpriced: number
  readonly estimated: boolean
  readonly inputTokens: number
  readonly outputTokens: number
  /** From the event to the last of what it led to, in milliseconds. */
  readonly lastedMs: number
  /** There is more than was walked. */
  readonly more: boolean
}

/** All that an event led to, through any number of steps. */
export function consequenceOf(book: Book, row: number): Consequence {
  const seen = new Set([row])
  const queue = [row]
  let [calls, hits, failed, tools, unpriced, inputTokens, outputTokens] = [0, 0, 0, 0, 0, 0, 0]
  let costUsd: number | null = null
  let estimated = false
  let last = book.times[row] ?? 0
  let more = false
  for (let at = 0; at < queue.length; at++) {
    const from = queue[at] as number
    for (const effect of book.causes.effectsOf(from)) {
      if (seen.has(effect)) continue
      if (seen.size > maxWalk) {
        more = true
        break
      }
      seen.add(effect)
      queue.push(effect)
      const event = book.events[effect]
      const data = record(event?.data)
      last = Math.max(last, book.times[effect] ?? 0)
      if (event?.type === 'llm.request') calls++
      else if (event?.type === 'llm.failed') failed++
      else if (event?.type === 'tool.called') tools++
      else if (event?.type === 'llm.response') {
        const usage = record(data.usage)
        const cost = number(data.cost_usd)
        if (cost !== undefined) costUsd = (costUsd ?? 0) + cost
        else unpriced++
        if (isHit(data)) hits++
        if (data.estimated === true) estimated = true
        inputTokens += number(usage.input_tokens) ?? 0
        outputTokens += number(usage.output_tokens) ?? 0
      }
    }
  }
  return {
    events: seen.size - 1,
    ...{ calls, hits, failed, tools, costUsd, unpriced, estimated, inputTokens, outputTokens, more },
    lastedMs: last - (book.times[row] ?? 0)
  }
}

/**
 * The event of the same kind before this one: of a request the one before it in its dialog, else of its actor; of
 * anything else the one of the same type and actor, else of the same type. Undefined where none is near.
 */
export function previousLike(book: Book, row: number): number | undefined {
  const event = book.events[row]
  if (!event) return undefined
  const dialog = string(record(event.data).dialog_id)
  const object = event.type.startsWith('object.') ? string(record(event.data).id) : undefined
  let second: number | undefined
  let third: number | undefined
  for (let at = row - 1; at >= 0 && at > row - maxBack; at--) {
    const other = book.events[at]
    if (other?.type !== event.type) continue
    const data = record(other.data)
    if (dialog !== undefined ? data.dialog_id === dialog : object !== undefined && data.id === object) return at
    if (other.actor === event.actor) {
      if (dialog === undefined && object === undefined) return at
      second ??= at
    }
    third ??= at
  }
  return second ?? third
}
