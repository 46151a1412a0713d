/** What may be stored, and what a stored answer looks like to those who did not pay for it. */
import { isRecord } from '../json.js'
import type { LLMDelta, LLMRequest, LLMResponse } from '../llm/llm.js'
import type { CacheEntry } from './store.js'

/**
 * Whether an answer is complete and valid, so that it may be given again: it ended by itself, its tool calls can be
 * read, and what should be JSON is JSON. A finish reason that we do not know (`other`) is no proof of an end.
 */
export function isStorable(request: LLMRequest, response: LLMResponse): boolean {
  if (response.finish_reason !== 'stop' && response.finish_reason !== 'tool_calls') return false
  if (response.tool_calls.some(call => call.error !== undefined)) return false
  return response.tool_calls.length > 0 || !wantsJson(request) || isJson(response.text)
}

function wantsJson({ response_format }: LLMRequest): boolean {
  return isRecord(response_format) && (response_format.type === 'json_schema' || response_format.type === 'json_object')
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

/** The entry of an answer: with what it cost, without how this one call came by it. */
export function entryOf(response: LLMResponse, deltas: readonly LLMDelta[], stored: number): CacheEntry {
  const { cache: _cache, saved_usd: _saved, attempts: _attempts, ...answer } = response
  return { response: { ...answer, cost_usd: price(response), cached: false }, deltas, stored }
}

/** An answer as somebody gets it who did not pay for it. */
export function unpaid(response: LLMResponse, cache: NonNullable<LLMResponse['cache']>): LLMResponse {
  const { attempts: _attempts, ...answer } = response
  return { ...answer, cost_usd: 0, saved_usd: price(response), cached: true, cache }
}

/** What was paid for the answer when it was made; one that was itself a hit says what that hit saved. */
function price({ cached, cost_usd, saved_usd }: LLMResponse): number | null {
  return cached ? (saved_usd ?? null) : cost_usd
}

/** Whether what a store gave back has the shape of an entry. Stores are files, databases and other people's programs. */
export function isCacheEntry(value: unknown): value is CacheEntry {
  return (
    isRecord(value) &&
    isResponse(value.response) &&
    Array.isArray(value.deltas) &&
    value.deltas.every(isDelta) &&
    Number.isFinite(value.stored)
  )
}

const finishReasons: readonly unknown[] = ['stop', 'length', 'tool_calls', 'content_filter', 'other']

function isResponse(value: unknown): value is LLMResponse {
  return (
    isRecord(value) &&
    typeof value.text === 'string' &&
    typeof value.model === 'string' &&
    isRecord(value.message) &&
    typeof value.message.role === 'string' &&
    finishReasons.includes(value.finish_reason) &&
    (value.usage === null || isUsage(value.usage)) &&
    Array.isArray(value.tool_calls) &&
    value.tool_calls.every(isToolCall) &&
    (value.cost_usd === null || isAmount(value.cost_usd)) &&
    value.cached === false &&
    isTextIfAny(value.reasoning) &&
    isTextIfAny(value.refusal)
  )
}

function isUsage(value: unknown): boolean {
  return isRecord(value) && isAmount(value.input_tokens) && isAmount(value.output_tokens)
}

function isToolCall(value: unknown): boolean {
  return isRecord(value) && typeof value.id === 'string' && typeof value.name === 'string'
}

function isDelta(value: unknown): boolean {
  if (!isRecord(value)) return false
  return value.type === 'tool.delta'
    ? Number.isInteger(value.index) && typeof value.arguments === 'string'
    : (value.type === 'text.delta' || value.type === 'reasoning.delta') && typeof value.text === 'string'
}

function isAmount(value: unknown): boolean {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0
}

function isTextIfAny(value: unknown): boolean {
  return value === undefined || typeof value === 'string'
}
