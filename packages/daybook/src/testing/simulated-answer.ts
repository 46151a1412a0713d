/** What the simulated provider answers: a pure function of the request and a seed. */
import { canonical, isRecord } from '../json.js'
import { valueFor } from './simulated-json.js'
import { between, cut, diceFor, pick, simulatedText } from './simulated-text.js'

export interface SimulatedAnswer {
  readonly id: string
  readonly model: string
  readonly finish: 'stop' | 'length' | 'tool_calls'
  /** The text, or the arguments of the tool call, in the pieces in which it is streamed. */
  readonly pieces: readonly string[]
  readonly tool?: { readonly id: string; readonly name: string }
  /** Characters divided by four. */
  readonly inputTokens: number
  readonly outputTokens: number
}

export interface AnswerOptions {
  readonly seed: string | number
  readonly words: readonly [number, number]
}

/** @param body A request to Chat Completions or Messages. Whether it is streamed makes no difference to the answer. */
export function simulatedAnswer(
  body: Record<string, unknown>,
  options: AnswerOptions
): {
  readonly answer: SimulatedAnswer
  readonly dice: () => number
} {
  const { stream: _stream, stream_options: _options, ...request } = body
  const dice = diceFor(`${options.seed}\n${canonical(request)}`)
  const hex = (): string =>
    Math.floor(dice() * 2 ** 32)
      .toString(16)
      .padStart(8, '0')
  const id = hex() + hex()
  const tool = requiredTool(request, dice)
  const whole = tool ? argumentsFor(tool.schema, dice) : textFor(request, options, dice)
  const limit = tool ? undefined : limitOf(request)
  const text = limit === undefined ? whole : cut(whole, limit * 4)
  const answer: SimulatedAnswer = {
    id,
    model: String(request.model),
    finish: tool ? 'tool_calls' : text.length < whole.length ? 'length' : 'stop',
    pieces: inPieces(text, dice),
    ...(tool ? { tool: { id: `call_${hex()}`, name: tool.name } } : {}),
    inputTokens: tokens(characters([request.system, request.messages, request.tools])),
    outputTokens: tokens(text.length + (tool?.name.length ?? 0))
  }
  return { answer, dice }
}

function textFor(request: Record<string, unknown>, { words }: AnswerOptions, dice: () => number): string {
  const format = isRecord(request.response_format) ? request.response_format : undefined
  if (format?.type === 'json_schema' && isRecord(format.json_schema))
    return JSON.stringify(valueFor(format.json_schema.schema, dice))
  const target = between(words, dice)
  const text = simulatedText(questionOf(request.messages), target, dice)
  return format?.type === 'json_object' ? JSON.stringify({ answer: text }) : text
}

function argumentsFor(schema: unknown, dice: () => number): string {
  const value = valueFor(schema, dice)
  return JSON.stringify(isRecord(value) ? value : {})
}

/** The text of the last message that a person wrote. */
function questionOf(messages: unknown): string {
  if (!Array.isArray(messages)) return ''
  const asked: unknown = messages.findLast(message => isRecord(message) && message.role === 'user')
  const content = isRecord(asked) ? asked.content : undefined
  if (typeof content === 'string') return content
  if (!Array.isArray(content)) return ''
  const texts = content.map((part: unknown) => (isRecord(part) && typeof part.text === 'string' ? part.text : ''))
  return texts.filter(Boolean).join('\n')
}

/** The tool that must be called, in either API's words; undefined where the model would be free to answer. */
function requiredTool(
  request: Record<string, unknown>,
  dice: () => number
): { name: string; schema: unknown } | undefined {
  const tools = (Array.isArray(request.tools) ? request.tools : []).flatMap((tool: unknown) => {
    if (!isRecord(tool)) return []
    const plain = isRecord(tool.function) ? tool.function : tool
    return typeof plain.name === 'string' ? [{ name: plain.name, schema: plain.parameters ?? plain.input_schema }] : []
  })
  const choice = request.tool_choice
  if (tools.length === 0) return undefined
  if (choice === 'required' || (isRecord(choice) && choice.type === 'any')) return pick(tools, dice)
  if (!isRecord(choice)) return undefined
  const name = isRecord(choice.function) ? choice.function.name : choice.name
  return tools.find(tool => tool.name === name)
}

function limitOf(request: Record<string, unknown>): number | undefined {
  const limit = request.max_completion_tokens ?? request.max_tokens
  return typeof limit === 'number' && limit > 0 ? limit : undefined
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
