/** What the simulated provider answers: a pure function of the request and a seed. */
import { canonical, isRecord } from '../json.js'
import { described } from './simulated-attachment.js'
import { callsFor } from './simulated-calls.js'
import { valueFor } from './simulated-json.js'
import type { SimulatedRequest, Turn } from './simulated-request.js'
import { tagged, tagsIn } from './simulated-tags.js'
import { between, cut, diceFor, quoted, simulatedText, topicsOf } from './simulated-text.js'

export interface SimulatedAnswer {
  readonly id: string
  readonly model: string
  readonly finish: 'stop' | 'length' | 'tool_calls'
  /** In order. */
  readonly items: readonly AnswerItem[]
  /** Characters divided by four. */
  readonly inputTokens: number
  readonly outputTokens: number
}

/** Pieces are what is streamed one by one. */
export type AnswerItem =
  | { readonly type: 'thought'; readonly id: string; readonly pieces: readonly string[] }
  | { readonly type: 'search'; readonly id: string; readonly query: string; readonly sources: readonly Citation[] }
  | {
      readonly type: 'text'
      readonly id: string
      readonly pieces: readonly string[]
      readonly citations: readonly Citation[]
    }
  /** Pieces of the arguments as JSON. A call of the computer has no pieces: its arguments are `action`. */
  | { readonly type: 'call'; readonly id: string; readonly name: string; readonly pieces: readonly string[] }
  | { readonly type: 'computer'; readonly id: string; readonly action: Readonly<Record<string, unknown>> }

export interface Citation {
  readonly url: string
  readonly title: string
  /** Where in the text. */
  readonly start: number
  readonly end: number
}

export interface AnswerOptions {
  readonly seed: string | number
  readonly words: readonly [number, number]
}

/** @param body The request as it came. Whether it is streamed makes no difference to the answer. */
export function simulatedAnswer(
  body: Record<string, unknown>,
  request: SimulatedRequest,
  options: AnswerOptions
): {
  readonly answer: SimulatedAnswer
  readonly dice: () => number
} {
  const { stream: _stream, stream_options: _options, ...kept } = body
  const dice = diceFor(`${options.seed}\n${canonical(kept)}`)
  const hex = (): string =>
    Math.floor(dice() * 2 ** 32)
      .toString(16)
      .padStart(8, '0')
  const id = hex() + hex()
  const question = questionOf(request.turns)
  const calls = callsFor(request, question, dice)
  const items: AnswerItem[] = []
  let finish: SimulatedAnswer['finish'] = 'stop'
  if (request.thinking) items.push({ type: 'thought', id: hex(), pieces: inPieces(thought(question), dice) })
  if (calls.length > 0) {
    finish = 'tool_calls'
    for (const { tool, input } of calls) {
      const call: AnswerItem =
        tool.kind === 'computer'
          ? { type: 'computer', id: hex(), action: input }
          : { type: 'call', id: hex(), name: tool.name, pieces: jsonPieces(JSON.stringify(input)) }
      items.push(call)
    }
  } else {
    const sources = searches(request) ? sourcesFor(question) : []
    if (sources.length > 0) items.push({ type: 'search', id: hex(), query: quoted(question), sources })
    const { text: whole, json } = textFor(request, question, sources, options, dice)
    const text = request.limit === undefined ? whole : cut(whole, request.limit * 4)
    if (text.length < whole.length) finish = 'length'
    const pieces = json ? jsonPieces(text) : inPieces(text, dice)
    items.push({ type: 'text', id: hex(), pieces, citations: json ? [] : cited(sources, text) })
  }
  const answer: SimulatedAnswer = {
    id,
    model: request.model,
    finish,
    items,
    inputTokens: tokens(characters(request.input)),
    outputTokens: tokens(items.reduce((sum, item) => sum + lengthOf(item), 0))
  }
  return { answer, dice }
}

function textFor(
  { format, turns }: SimulatedRequest,
  question: string,
  sources: readonly Citation[],
  { words }: AnswerOptions,
  dice: () => number
): { readonly text: string; readonly json: boolean } {
  const wrong = isWrongFirst(turns)
  if (format?.schema !== undefined && !wrong) return { text: JSON.stringify(valueFor(format.schema, dice)), json: true }
  const target = between(words, dice)
  const tags = tagsIn(turns.flatMap(({ role, text }) => (role === 'system' || role === 'user' ? text : [])).join('\n'))
  const asked = tags.xml.length + tags.fences.length > 0
  const facts = [
    ...resultsIn(turns),
    ...attachmentsIn(turns),
    ...sources.map(({ title, url }) => `${title}, would be quoted here (${link(url)}).`),
    ...(wrong
      ? ['As it was asked to, it gets the form wrong first.']
      : asked
        ? ['What was asked for in tags is at its end.']
        : [])
  ]
  // What is quoted must not be read as an answer in tags.
  const plain = asked ? question.replace(/<\/?[a-z][^<>]{0,500}>/gi, '') : question
  const text = simulatedText(plain, target, dice, facts)
  if (format && !wrong) return { text: JSON.stringify({ answer: text }), json: true }
  if (!asked || wrong) return { text, json: false }
  return { text: `${text}\n\n${tagged(tags, topicsOf(plain)[0] as string)}`, json: false }
}

const wrongFirst = /get it wrong first/i

/** For those who test what happens to an answer of the wrong form: the first one has it, the next ones do not. */
function isWrongFirst(turns: readonly Turn[]): boolean {
  const asked = turns.some(({ role, text }) => role === 'user' && wrongFirst.test(text))
  return asked && !turns.some(({ role }) => role === 'assistant')
}

/**
 * The text of the last message with words that a person wrote. What is said to an answer that was wrong on purpose is
 * no question: the one before it still is.
 */
function questionOf(turns: readonly Turn[]): string {
  const [last = '', before = ''] = turns
    .flatMap(({ role, text }) => (role === 'user' && text.trim() !== '' ? text : []))
    .slice(-2)
    .reverse()
  const complaint = wrongFirst.test(before) && turns.at(-1)?.role === 'user'
  return complaint ? before : last
}

/** What tools have said since the last question. */
function resultsIn(turns: readonly Turn[]): string[] {
  const names = new Map(turns.flatMap(({ calls = [] }) => calls.map(({ id, name }) => [id, name] as const)))
  const since = turns.slice(turns.findLastIndex(({ role }) => role === 'user') + 1)
  return since
    .filter(({ role }) => role === 'result')
    .map(({ text, attachments, answers = '' }) => {
      const said = text.replace(/\s+/g, ' ').trim()
      const short = said.length > 300 ? `${cut(said, 300)}…` : said
      return `The tool ${names.get(answers) ?? ''} said: “${short || described(attachments)}”.`.replace('  ', ' ')
    })
}

function attachmentsIn(turns: readonly Turn[]): string[] {
  // A result that is a picture and nothing else is quoted as a result.
  const seen = turns.filter(({ role, text }) => role !== 'result' || text !== '')
  const shown = described(seen.flatMap(({ attachments }) => attachments))
  return shown ? [`It was shown ${shown}, and looked at none of it.`] : []
}

function searches({ tools, choice }: SimulatedRequest): boolean {
  return choice !== 'none' && tools.some(({ kind }) => kind === 'search')
}

/** Sources that nobody can take for real ones. */
function sourcesFor(question: string): readonly Citation[] {
  return topicsOf(question)
    .slice(0, 2)
    .map((topic, index) => {
      const slug = topic
        .toLowerCase()
        .replace(/[^a-z0-9]+/g, '-')
        .replace(/^-|-$/g, '')
      const url = `https://example.org/simulated/${index + 1}-${slug || 'source'}`
      return { url, title: `Simulated source ${index + 1}, on ${topic}`, start: 0, end: 0 }
    })
}

function link(url: string): string {
  return `[example.org](${url})`
}

/** Those that the text has, with their places in it. */
function cited(sources: readonly Citation[], text: string): readonly Citation[] {
  return sources.flatMap(source => {
    const start = text.indexOf(link(source.url))
    return start < 0 ? [] : { ...source, start, end: start + link(source.url).length }
  })
}

function thought(question: string): string {
  return `A simulated thought about ${topicsOf(question)[0]}: nothing was weighed here.`
}

/** Words, mostly one by one, with the space before them. */
function inPieces(text: string, dice: () => number): string[] {
  const pieces: string[] = []
  for (const word of text === '' ? [] : text.split(/(?<=\S)(?=\s)/)) {
    if (pieces.length > 0 && dice() < 0.3) pieces[pieces.length - 1] += word
    else pieces.push(word)
  }
  return pieces
}

/** A few characters each, never half of one. */
function jsonPieces(text: string): string[] {
  return text.match(/[\s\S]{1,8}/gu) ?? []
}

function lengthOf(item: AnswerItem): number {
  const name = item.type === 'call' ? item.name.length : 0
  const said = 'pieces' in item ? item.pieces.reduce((sum, piece) => sum + piece.length, 0) : 0
  return name + said + (item.type === 'computer' ? JSON.stringify(item.action).length : 0)
}

function tokens(count: number): number {
  return Math.ceil(count / 4)
}

/** Characters of all texts in a value; bytes of attachments are none. */
function characters(value: unknown): number {
  if (typeof value === 'string') return value.startsWith('data:') ? 0 : value.length
  if (Array.isArray(value)) return value.reduce<number>((sum, member) => sum + characters(member), 0)
  if (!isRecord(value)) return 0
  return Object.entries(value).reduce(
    (sum, [name, member]) => (['role', 'type', 'data', 'id'].includes(name) ? sum : sum + characters(member)),
    0
  )
}
