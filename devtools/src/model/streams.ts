/** The answers that are on their way: a fold of signals, which the ledger does not keep. */
import type { LedgerSignal } from 'daybook'
import { number, record, string } from './read.js'

export interface LiveAnswer {
  readonly request: string
  readonly text: string
  readonly reasoning: string
  /** The tools that it asks for so far, with their arguments as text. */
  readonly tools: readonly { readonly name: string; readonly arguments: string }[]
  /** Deltas seen. */
  readonly deltas: number
  /** When the first and the last one came, in the clock's milliseconds. */
  readonly firstAt: number
  readonly lastAt: number
  /** We came late, or a delta was lost: the text has a hole. */
  readonly partial: boolean
  /** Characters / 4: what is known before the provider counts. */
  readonly tokens: number
  /** Tokens a second over the last two seconds, or since the first delta. */
  readonly tokensPerSecond: number | undefined
}

export interface Streams {
  readonly live: ReadonlyMap<string, LiveAnswer>
}

export interface StreamFold extends Streams {
  add(signal: LedgerSignal, now: number): void
  end(request: string): void
}

const windowMs = 2000

interface Growing {
  request: string
  text: string
  reasoning: string
  tools: { name: string; arguments: string }[]
  deltas: number
  next: number
  firstAt: number
  lastAt: number
  partial: boolean
  tokens: number
  tokensPerSecond: number | undefined
  /** Where the rate's window begins. */
  markAt: number
  markTokens: number
  previousAt: number
  previousTokens: number
}

export function streamFold(): StreamFold {
  const live = new Map<string, Growing>()
  return {
    live,
    end: request => void live.delete(request),
    add(signal, now) {
      let answer = live.get(signal.request)
      if (!answer) {
        answer = {
          request: signal.request,
          text: '',
          reasoning: '',
          tools: [],
          deltas: 0,
          next: 0,
          firstAt: now,
          lastAt: now,
          partial: false,
          tokens: 0,
          tokensPerSecond: undefined,
          markAt: now,
          markTokens: 0,
          previousAt: now,
          previousTokens: 0
        }
        live.set(signal.request, answer)
      }
      if (signal.n < answer.next) return // repeated
      if (signal.n > answer.next) answer.partial = true
      answer.next = signal.n + 1
      answer.deltas++
      answer.lastAt = now
      const delta = record(signal.delta)
      const text = string(delta.text) ?? ''
      let added = text.length
      if (delta.type === 'text.delta') answer.text += text
      else if (delta.type === 'reasoning.delta') answer.reasoning += text
      else if (delta.type === 'tool.delta') added = addTool(answer, delta)
      answer.tokens += added / 4
      meter(answer, now)
    }
  }
}

function addTool(answer: Growing, delta: Record<string, unknown>): number {
  const index = Math.min(63, Math.max(0, number(delta.index) ?? 0))
  while (answer.tools.length <= index) answer.tools.push({ name: '', arguments: '' })
  const tool = answer.tools[index] as Growing['tools'][number]
  const piece = string(delta.arguments) ?? ''
  if (typeof delta.name === 'string') tool.name = delta.name
  tool.arguments += piece
  return piece.length
}

// Two marks leapfrog, so that the window is between one and two of its lengths: O(1), no list of times.
function meter(answer: Growing, now: number): void {
  if (now - answer.previousAt >= windowMs) {
    answer.markAt = answer.previousAt
    answer.markTokens = answer.previousTokens
    answer.previousAt = now
    answer.previousTokens = answer.tokens
  }
  const passed = now - answer.markAt
  if (passed >= 200) answer.tokensPerSecond = ((answer.tokens - answer.markTokens) * 1000) / passed
}

/** The last words of a growing text, cut at a word on the left. */
export function tail(text: string, max = 90): string {
  const end = text.slice(-max * 2).replace(/\s+/g, ' ')
  if (end.length <= max && text.length <= max * 2) return end.trimStart()
  const cut = end.slice(-max)
  const space = cut.indexOf(' ')
  return `…${space >= 0 && space < 20 ? cut.slice(space + 1) : cut}`
}
