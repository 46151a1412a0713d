/** One row of the ledger, ready to be drawn. */

import type { LedgerEvent } from 'daybook'
import { type Book, shownActor } from './book.js'
import { cacheState, providerTokens } from './cache-state.js'
import { type Glyph, glyphOf, isError, typeParts } from './family.js'
import { masked } from './mask.js'
import { cents, count, grouped, rate, seconds } from './numbers.js'
import { pricing } from './pricing.js'
import { number, record } from './read.js'
import { tail } from './streams.js'
import { plain, question, type Summary, summaryOf } from './summary.js'

export interface Chip {
  readonly look: 'hit' | 'provider' | 'miss' | 'retry' | 'failed' | 'live' | 'plain'
  readonly text: string
  readonly title?: string
}

export interface Row {
  readonly seq: string
  readonly time: string
  readonly glyph: Glyph
  readonly space: string
  readonly verb: string
  readonly actor: string
  readonly summary: Summary
  readonly tokens: string
  readonly cost: string
  readonly chip: Chip | undefined
  readonly error: boolean
}

export function rowAt(book: Book, row: number): Row | undefined {
  const event = book.events[row]
  if (!event) return undefined
  const data = record(event.data)
  const [space, verb] = typeParts(event.type)
  const type: string = event.type
  const summary: Summary =
    type === 'llm.request' ? { text: questionAt(book, row), tone: 'plain' } : summaryOf(event, book.objects)
  return {
    seq: String(row + 1),
    time: seconds(book.times[row]),
    glyph: glyphOf(type),
    space,
    verb,
    actor: actorOf(book, row, event),
    summary,
    tokens: tokensOf(book, row, type, data),
    cost: type === 'llm.response' ? cents(number(data.cost_usd), data.estimated === true) : '',
    chip: chipOf(book, row, type),
    error: isError(event)
  }
}

/** A call that failed or was repeated is its model's doing, not the executor's. */
function actorOf(book: Book, row: number, event: LedgerEvent): string {
  const ofModel = event.type === 'llm.failed' || event.type === 'llm.attempt'
  return (ofModel && book.calls.ofRow(row)?.name.replace(/^.*\//, '')) || shownActor(event)
}

/**
 * What a request asks. The beginning that it shares with the call before it (for the first: after it) is left out,
 * since many programs put the same words in front of each question.
 */
export function questionAt(book: Book, row: number): string {
  const text = questionOf(book, row)
  const index = book.calls.byRow[row] ?? -1
  const near = book.calls.all[index - 1] ?? book.calls.all[index + 1]
  if (near?.kind !== 'llm') return masked(text)
  const other = questionOf(book, near.row)
  let same = 0
  while (same < text.length && text[same] === other[same]) same++
  // At the last sentence that begins within what is shared, else at the last word.
  const sentence = Math.max(...['. ', '? ', '! ', ': '].map(end => text.lastIndexOf(end, same - 1) + 2))
  const from = sentence >= sharedFrom ? sentence : text.lastIndexOf(' ', same) + 1
  return masked(from >= sharedFrom && text.length - from >= 8 ? `… ${text.slice(from)}` : text)
}

const sharedFrom = 24

function questionOf(book: Book, row: number): string {
  return masked(question(record(book.events[row]?.data).messages))
}

function tokensOf(book: Book, row: number, type: string, data: Record<string, unknown>): string {
  if (type === 'llm.response') return count(number(record(data.usage).output_tokens))
  if (type !== 'llm.request') return ''
  // What the model read is known once it has answered.
  const call = book.calls.ofRow(row)
  const end = call && call.end >= 0 ? record(book.events[call.end]?.data) : undefined
  const read = number(record(end?.usage).input_tokens)
  return read === undefined ? '' : count(read)
}

function chipOf(book: Book, row: number, type: string): Chip | undefined {
  if (type === 'llm.attempt') return { look: 'retry', text: 'RETRY' }
  if (type !== 'llm.request' && type !== 'llm.response') return undefined
  const state = cacheState(book, row)
  if (state === 'hit') return { look: 'hit', text: 'HIT' }
  if (state === 'joined') return { look: 'hit', text: 'JOINED' }
  const read = providerTokens(book, row)
  if (read > 0)
    return { look: 'provider', text: 'PROVIDER', title: `${grouped(read)} tokens from the provider’s cache` }
  if (type === 'llm.response') return undefined
  if (state === 'miss') return { look: 'miss', text: 'MISS' }
  if (state === 'bypass') return { look: 'plain', text: 'BYPASS' }
  return undefined
}

/** The row of an answer that is on its way. It has no place in the ledger yet, so no number. */
export interface LiveRow {
  readonly request: string
  readonly requestRow: number
  readonly lane: number
  readonly time: string
  readonly actor: string
  readonly tail: string
  readonly tokens: string
  readonly cost: string
  readonly rate: string
  /** Nothing came for a while. */
  readonly idle: boolean
}

const idleMs = 600
/** After this long the last rate says nothing any more. */
const silentMs = 2500

/** `room`: the characters that the summary's column holds, so that its text is cut at a word. */
export function liveRows(book: Book, now: number, room = 120): readonly LiveRow[] {
  const rows: LiveRow[] = []
  for (const [request, answer] of book.streams.live) {
    const call = book.calls.byId(request)
    if (!call) continue
    const said = answer.text || answer.reasoning || answer.tools.map(tool => `${tool.name} ${tool.arguments}`).join(' ')
    rows.push({
      request,
      requestRow: call.row,
      lane: call.lane,
      time: seconds(Math.max(0, now - book.startedAt)),
      actor: call.name.replace(/^.*\//, ''),
      tail: masked(tail(plain(said.slice(-4 * room)), room)),
      tokens: `≈${count(Math.round(answer.tokens))}`,
      cost: cents(pricing.of?.(record(book.events[call.row]?.data), answer.tokens), true),
      rate: now - answer.lastAt > silentMs ? '' : rate(answer.tokensPerSecond),
      idle: now - answer.lastAt > idleMs
    })
  }
  return rows.sort((a, b) => a.requestRow - b.requestRow)
}
