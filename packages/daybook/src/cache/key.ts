/** The key of an answer: everything that could change it, and nothing else. */
import { sha256 } from '#platform'
import { canonical, isDeepFrozen } from '../json.js'
import { type LLMRequest, type Target, withoutPrivate } from '../llm/llm.js'

export interface CacheKeyOptions {
  /** Where the request goes: the same words to another provider, address or API are another question. */
  readonly target?: Target | undefined
  /** Whose answers may be shared. */
  readonly scope?: string | undefined
  /** Which of several answers to the same request; 0 where it is left out. */
  readonly sample?: number | undefined
}

/** Grows when the same request must no longer find what an older version stored. */
const version = 1

/**
 * 64 hexadecimal digits, computed at once: sha256 over a header in canonical JSON (RFC 8785) and a line with a digest for
 * each message. The order of members plays no part, and a member that is `undefined` is absent.
 * @throws InputError for a request that is no plain JSON.
 */
export function cacheKey(request: LLMRequest, options: CacheKeyOptions = {}): string {
  const { target, scope, sample = 0 } = options
  const {
    // No part of the key: how the answer travels, what is noted about the call (and who pays for it, below).
    stream: _stream,
    stream_options: _streamOptions,
    metadata: _metadata,
    // By digest, so that a long dialog costs only what is new in it.
    messages,
    tools,
    // Everything else counts, known to us or not.
    ...parameters
  } = withoutPrivate(request)
  const header = canonical({
    version,
    target,
    scope,
    sample,
    parameters,
    // What is no list is no request that a provider takes, but it has its own key all the same.
    messages: Array.isArray(messages) ? messages.length : { value: messages },
    tools: Array.isArray(tools) ? jsonDigest(tools) : { value: tools }
  })
  let text = header
  if (Array.isArray(messages)) for (const message of messages) text += `\n${jsonDigest(message)}`
  return sha256(text)
}

// Only of what can never change: a digest kept for a mutable message would give somebody the wrong answer.
const kept = new WeakMap<object, string>()

/** A digest of plain JSON; that of a value which is frozen in depth is kept. 43 characters. */
export function jsonDigest(value: unknown): string {
  const isObject = typeof value === 'object' && value !== null
  const known = isObject ? kept.get(value) : undefined
  if (known !== undefined) return known
  const found = sha256(canonical(value), 'base64url')
  if (isObject && isDeepFrozen(value)) kept.set(value, found)
  return found
}
