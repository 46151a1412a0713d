/** Lifts a plain function into an {@link LLMFn}: the shortest way to bring a model of one's own, or a fake one. */
import { APIResponseValidationError, asDaybookError, DaybookError } from '../errors.js'
import type { LLMFn, LLMResponse, Message } from './llm.js'
import { llmStream } from './llm-stream.js'

/** The whole text and what it cost in US dollars, null where that is not known. */
export type TextAnswer = readonly [text: string, costUsd: number | null]

/**
 * A plain text function: `(messages, model, maxTokens) => [text, costUsd]`, at once or as a promise. `maxTokens` is
 * undefined where the request names no limit.
 */
export type TextFunction = (
  messages: readonly Message[],
  model: string,
  maxTokens: number | undefined
) => TextAnswer | Promise<TextAnswer>

/**
 * `textLlm((messages, model) => ['An answer.', 0.001])`. The answer comes as one delta, with `usage: null` and
 * `finish_reason: 'stop'`. A function that throws, or gives back anything but `[string, number | null]`, fails the call
 * with kind `bad_response`; an error of Daybook's own passes as it is.
 */
export function textLlm(answer: TextFunction): LLMFn {
  return (request, options = {}) =>
    llmStream(async function* () {
      const [text, cost] = checked(await answered(answer, request.messages, request.model, request.max_tokens))
      yield { type: 'text.delta', text }
      return response(text, cost, request.model)
    }, options)
}

async function answered(answer: TextFunction, ...args: Parameters<TextFunction>): Promise<unknown> {
  try {
    return await answer(...args)
  } catch (thrown) {
    if (thrown instanceof DaybookError) throw thrown
    const { message } = asDaybookError(thrown)
    throw new APIResponseValidationError(`The text function threw: ${message}`, { model: args[1], cause: thrown })
  }
}

function checked(found: unknown): TextAnswer {
  if (Array.isArray(found) && found.length === 2) {
    const [text, cost] = found as unknown[]
    const priced = cost === null || (typeof cost === 'number' && Number.isFinite(cost) && cost >= 0)
    if (typeof text === 'string' && priced) return [text, cost]
  }
  throw new APIResponseValidationError(
    `The text function gave ${shape(found)} where [text, cost] is expected: a string, and US dollars (at least 0) or null.`
  )
}

/** What a value is, without what is in it: an answer may be long, or secret. */
function shape(value: unknown, inside = false): string {
  if (value === null) return 'null'
  if (typeof value === 'number') return value < 0 || !Number.isFinite(value) ? String(value) : 'number'
  if (typeof value !== 'object') return typeof value
  if (Array.isArray(value)) {
    if (inside) return 'array'
    const members = value.slice(0, 4).map(member => shape(member, true))
    return `[${members.join(', ')}${value.length > 4 ? ', …' : ''}]`
  }
  if (inside) return 'object'
  const names = Object.keys(value)
  return `{ ${names
    .slice(0, 6)
    .map(name => name.slice(0, 30))
    .join(', ')}${names.length > 6 ? ', …' : ''} }`
}

function response(text: string, cost_usd: number | null, model: string): LLMResponse {
  return {
    text,
    model,
    message: { role: 'assistant', content: text },
    finish_reason: 'stop',
    usage: null,
    tool_calls: [],
    cost_usd,
    cached: false
  }
}
