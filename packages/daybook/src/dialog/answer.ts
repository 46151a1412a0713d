/** What an answer becomes: the message for the dialog, the value that was asked for, and what is wrong with it. */
import {
  asDaybookError,
  type DaybookError,
  type ErrorDetails,
  JSONSchemaValidationError,
  ParserError,
  shown,
  ToolArgumentsError
} from '../errors.js'
import { frozenCopy, isRecord, type Json, type JsonObject } from '../json.js'
import type { LLMResponse } from '../llm/llm.js'
import { type DialogMessage, type MessageDraft, ownMessage } from './message.js'
import type { Parser } from './parser.js'
import type { Prompt } from './prompt.js'
import type { Schema } from './schema.js'

export interface Reading {
  /** Of a format, its value; of a parser, its result; `{ raw }` where either failed; else undefined. */
  readonly parsed: Json | undefined
  readonly errors: readonly DaybookError[]
}

/** Reads an answer by the contract that was in force. What is wrong with it is in `errors`; it never rejects. */
export async function readAnswer(
  response: LLMResponse,
  contract: Pick<Prompt, 'format' | 'parser'> | undefined,
  parserArgs: Readonly<Record<string, unknown>> | undefined
): Promise<Reading> {
  const { text, tool_calls } = response
  // A call of a tool comes before the answer: its text is no answer yet.
  if (tool_calls.length > 0) return { parsed: undefined, errors: wrongArguments(response) }
  const { format, parser } = contract ?? {}
  if (!format && !parser) return { parsed: undefined, errors: [] }
  try {
    const found = format ? await readFormat(response, format) : await readText(response, parser as Parser, parserArgs)
    return { parsed: found, errors: [] }
  } catch (thrown) {
    return { parsed: frozenCopy({ raw: text }), errors: [asDaybookError(thrown, 'output')] }
  }
}

function wrongArguments(response: LLMResponse): readonly DaybookError[] {
  const { why, code } = unfinished(response)
  return response.tool_calls
    .filter(({ error }) => error !== undefined)
    .map(({ id, name, error, arguments_text = '' }) => {
      const written = arguments_text === '' ? '' : `It wrote: ${shown(arguments_text)}`
      const message = [`The call of ${shown(name)} (${id}) cannot be run.`, error, why, written]
        .filter(Boolean)
        .join(' ')
      return new ToolArgumentsError(message, { model: response.model, code, data: { id, name, arguments_text } })
    })
}

/** Why the model did not get to the end of what it was asked for, where it did not. */
function unfinished({ refusal, finish_reason }: LLMResponse): { why: string; code?: string } {
  if (refusal) return { why: `The model refused: ${refusal}`, code: 'refusal' }
  switch (finish_reason) {
    case 'length':
      return { why: 'The answer was cut off at the limit of its tokens (finish_reason "length").', code: 'length' }
    case 'content_filter':
      return { why: 'The answer was stopped by the content filter of its provider.', code: 'content_filter' }
    default:
      return { why: '' }
  }
}

async function readFormat(response: LLMResponse, format: Schema): Promise<Json> {
  const { text, model } = response
  const wrong = (message: string, details?: ErrorDetails): DaybookError =>
    new JSONSchemaValidationError(message, { model, ...details })
  const { why, code } = unfinished(response)
  // Also where it can be read: of a number that was cut off, what is left is a number.
  if (why) throw wrong(why, { code })
  if (text.trim() === '') throw wrong('The answer is empty where JSON was asked for.')

  let value: unknown
  try {
    value = JSON.parse(unfenced(text))
  } catch (cause) {
    throw wrong(`The answer is not valid JSON: ${(cause as Error).message}`, { cause })
  }
  const checked = await format.validate(value)
  if (!checked.ok) {
    const { issues } = checked
    throw wrong(`The answer does not fit the schema: ${issues.join('; ')}`, { data: { issues } })
  }
  return plain(checked.value, 'The schema')
}

async function readText(
  response: LLMResponse,
  parser: Parser,
  args: Readonly<Record<string, unknown>> | undefined
): Promise<Json> {
  const { text, model, refusal } = response
  const { why, code } = unfinished(response)
  if (refusal) throw new ParserError(why, { model, code })
  let found: unknown
  try {
    found = await parser.parse(text, args)
  } catch (thrown) {
    if (thrown instanceof ParserError && !why) throw thrown
    const { message } = asDaybookError(thrown)
    throw new ParserError(why ? `${why} ${message}` : message, { model, code, cause: thrown })
  }
  const value = plain(found, 'The parser')
  return isRecord(value) && !Object.hasOwn(value, 'raw') ? frozenCopy({ ...value, raw: text }) : value
}

/** What is kept with a message is recorded with it, so it must be plain JSON. */
function plain(value: unknown, who: string): Json {
  try {
    return frozenCopy(value) as Json
  } catch (cause) {
    throw new ParserError(`${who} gave a value that cannot be kept with the answer. ${(cause as Error).message}`, {
      cause
    })
  }
}

/** The JSON in a fenced block, where that is the whole answer: models that are told a schema in words write so. */
function unfenced(text: string): string {
  const trimmed = text.trim()
  if (!trimmed.startsWith('```') || !trimmed.endsWith('```')) return text
  const start = trimmed.indexOf('\n')
  const language = trimmed.slice(3, start).trim().toLowerCase()
  return start > 0 && (language === '' || language === 'json') ? trimmed.slice(start, -3) : text
}

export interface AnswerOptions {
  readonly newId: () => string
  readonly responder: string
  readonly parsed: Json | undefined
  readonly metadata: JsonObject | undefined
}

/** The message of an answer: what goes back to the model, and what is known of it. */
export function answerMessage(response: LLMResponse, options: AnswerOptions): DialogMessage {
  const { text, message, reasoning, refusal, model, usage, cost_usd, cached, finish_reason } = response
  const { newId, responder, parsed, metadata } = options
  const draft: MessageDraft = {
    role: 'assistant',
    content: message.content ?? (text === '' ? null : text),
    name: responder === 'assistant' ? undefined : responder,
    tool_calls: message.tool_calls,
    native: message.native,
    reasoning,
    refusal,
    model,
    usage,
    cost_usd,
    cached,
    finish_reason,
    parsed,
    metadata
  }
  return ownMessage(draft, newId, 'The answer')
}
