/**
 * Every error of Daybook is a {@link DaybookError} with a closed `kind`; the named classes are for programs that were
 * written for an SDK with the same names. Messages are safe to show: masked, at most 2,000 characters.
 */

/** What went wrong, in one word. Programs branch on this and on `retryable`, people read `message` and `hint`. */
export type ErrorKind =
  | 'connection'
  | 'timeout'
  | 'aborted'
  | 'bad_request'
  | 'context_window'
  | 'content_policy'
  | 'auth'
  | 'permission'
  | 'not_found'
  | 'credits'
  | 'rate_limit'
  | 'overloaded'
  | 'server'
  | 'bad_response'
  | 'output'
  | 'config'
  | 'input'
  | 'budget'
  | 'agent'
  | 'conflict'
  | 'ledger'
  | 'replay'
  | 'cache'

/** What had arrived when a stream failed. */
export interface PartialAnswer {
  readonly text: string
  readonly reasoning?: string
}

/** Everything about an error but its kind and message. All of it may be absent. */
export interface ErrorDetails {
  /** The provider's or our own finer word, such as `insufficient_quota`. */
  code?: string | undefined
  /** What to do, in a sentence. */
  hint?: string | undefined
  provider?: string | undefined
  model?: string | undefined
  /** The HTTP status, where there was an answer. */
  status?: number | undefined
  requestId?: string | undefined
  /** Whether the same call may succeed if it is made again. */
  retryable?: boolean | undefined
  /** What the provider asked us to wait, in milliseconds. */
  retryAfterMs?: number | undefined
  /** The provider's own word on whether to retry (`x-should-retry`); it wins over `retryable`. */
  shouldRetry?: boolean | undefined
  /** How many requests were made for this call. */
  attempts?: number | undefined
  /** In which phase a timer ran out. */
  phase?: 'connect' | 'headers' | 'first' | 'idle' | 'total' | undefined
  partial?: PartialAnswer | undefined
  /** The provider's error body, masked and cut at 64 kB. Not part of `toJSON`. */
  body?: unknown
  /** LiteLLM's name for the same case, where it differs. */
  litellmName?: string | undefined
  /** Figures of one class: `expected`/`actual` of a version conflict, `line`/`offset` of a damaged ledger. */
  data?: Record<string, unknown> | undefined
  cause?: unknown
}

const brand = Symbol.for('daybook.error')
const retryableKinds = new Set<ErrorKind>(['connection', 'timeout', 'rate_limit', 'overloaded', 'server'])

export class DaybookError extends Error {
  readonly kind: ErrorKind
  declare readonly code?: string
  declare readonly hint?: string
  declare readonly provider?: string
  declare readonly model?: string
  declare readonly status?: number
  declare readonly requestId?: string
  readonly retryable: boolean
  declare readonly retryAfterMs?: number
  declare readonly shouldRetry?: boolean
  /** Set by the layer that counts: 1 unless the call was retried. */
  attempts: number
  declare readonly phase?: 'connect' | 'headers' | 'first' | 'idle' | 'total'
  /** What had arrived when the call failed; the layer that reads the stream fills it in. */
  partial?: PartialAnswer
  declare readonly body?: unknown
  declare readonly litellmName?: string
  declare readonly data?: Record<string, unknown>

  constructor(kind: ErrorKind, message: string, details: ErrorDetails = {}) {
    const { cause, body, attempts, retryable, ...rest } = details
    super(masked(message).slice(0, 2000), cause === undefined ? undefined : { cause })
    this.kind = kind
    this.retryable = retryable ?? retryableKinds.has(kind)
    this.attempts = attempts ?? 1
    for (const [name, value] of Object.entries(rest)) {
      if (value !== undefined) Object.defineProperty(this, name, { value, enumerable: true, writable: true })
    }
    // Not enumerable, so that neither a log line nor util.inspect prints a whole page of a proxy's HTML.
    if (body !== undefined) Object.defineProperty(this, 'body', { value: maskedJson(body) })
  }

  /** True across copies of the package: two bundles in one page agree on what a DaybookError is. */
  static override [Symbol.hasInstance](this: { prototype: object }, value: unknown): boolean {
    if (typeof value !== 'object' || value === null || !(brand in value)) return false
    if (this.prototype === DaybookError.prototype) return true
    return Object.hasOwn(this.prototype, 'name')
      ? (value as { name?: unknown }).name === (this.prototype as { name?: unknown }).name
      : Object.prototype.isPrototypeOf.call(this.prototype, value)
  }

  toJSON(): Record<string, unknown> {
    const { kind, name, message, code, hint, provider, model, status, requestId, retryable, retryAfterMs } = this
    const { attempts, phase, partial, data } = this
    return {
      name,
      kind,
      message,
      ...defined({ code, hint, provider, model, status, requestId }),
      retryable,
      ...defined({ retryAfterMs, attempts, phase, partial, data })
    }
  }
}
Object.defineProperty(DaybookError.prototype, 'name', { value: 'DaybookError', configurable: true, writable: true })
Object.defineProperty(DaybookError.prototype, brand, { value: true })

/** A named class: `new RateLimitError(message, details)`, for `instanceof` and for `error.name`. */
export interface ErrorClass {
  new (message: string, details?: ErrorDetails): DaybookError
  readonly prototype: DaybookError
}

function errorClass(name: string, kind: ErrorKind, defaults: ErrorDetails = {}): ErrorClass {
  const Named = class extends DaybookError {
    constructor(message: string, details: ErrorDetails = {}) {
      super(kind, message, { ...defaults, ...details })
    }
  }
  Object.defineProperty(Named.prototype, 'name', { value: name, configurable: true, writable: true })
  Object.defineProperty(Named, 'name', { value: name })
  return Named
}

export const APIConnectionError: ErrorClass = /* @__PURE__ */ errorClass('APIConnectionError', 'connection')
export const RedirectRefusedError: ErrorClass = /* @__PURE__ */ errorClass('RedirectRefusedError', 'connection', {
  retryable: false
})
export const APITimeoutError: ErrorClass = /* @__PURE__ */ errorClass('APITimeoutError', 'timeout', {
  litellmName: 'Timeout'
})
export const GatewayTimeoutError: ErrorClass = /* @__PURE__ */ errorClass('GatewayTimeoutError', 'timeout', {
  litellmName: 'Timeout'
})
export const APIUserAbortError: ErrorClass = /* @__PURE__ */ errorClass('APIUserAbortError', 'aborted')
export const BadRequestError: ErrorClass = /* @__PURE__ */ errorClass('BadRequestError', 'bad_request')
export const ConflictError: ErrorClass = /* @__PURE__ */ errorClass('ConflictError', 'bad_request', { retryable: true })
export const ContentTooLargeError: ErrorClass = /* @__PURE__ */ errorClass('ContentTooLargeError', 'bad_request')
export const UnprocessableEntityError: ErrorClass = /* @__PURE__ */ errorClass(
  'UnprocessableEntityError',
  'bad_request',
  { litellmName: 'BadRequestError' }
)
export const UnsupportedParamsError: ErrorClass = /* @__PURE__ */ errorClass('UnsupportedParamsError', 'bad_request')
export const ContextWindowExceededError: ErrorClass = /* @__PURE__ */ errorClass(
  'ContextWindowExceededError',
  'context_window'
)
export const ContentPolicyViolationError: ErrorClass = /* @__PURE__ */ errorClass(
  'ContentPolicyViolationError',
  'content_policy'
)
export const AuthenticationError: ErrorClass = /* @__PURE__ */ errorClass('AuthenticationError', 'auth')
export const PermissionDeniedError: ErrorClass = /* @__PURE__ */ errorClass('PermissionDeniedError', 'permission')
export const NotFoundError: ErrorClass = /* @__PURE__ */ errorClass('NotFoundError', 'not_found')
export const InsufficientCreditsError: ErrorClass = /* @__PURE__ */ errorClass('InsufficientCreditsError', 'credits')
export const InsufficientQuotaError: ErrorClass = /* @__PURE__ */ errorClass('InsufficientQuotaError', 'credits')
export const RateLimitError: ErrorClass = /* @__PURE__ */ errorClass('RateLimitError', 'rate_limit')
export const ServiceUnavailableError: ErrorClass = /* @__PURE__ */ errorClass('ServiceUnavailableError', 'overloaded')
export const OverloadedError: ErrorClass = /* @__PURE__ */ errorClass('OverloadedError', 'overloaded', {
  litellmName: 'InternalServerError'
})
export const InternalServerError: ErrorClass = /* @__PURE__ */ errorClass('InternalServerError', 'server')
export const BadGatewayError: ErrorClass = /* @__PURE__ */ errorClass('BadGatewayError', 'server')
export const APIResponseValidationError: ErrorClass = /* @__PURE__ */ errorClass(
  'APIResponseValidationError',
  'bad_response'
)
export const IncompleteStreamError: ErrorClass = /* @__PURE__ */ errorClass('IncompleteStreamError', 'bad_response', {
  retryable: true
})
export const StreamProtocolError: ErrorClass = /* @__PURE__ */ errorClass('StreamProtocolError', 'bad_response', {
  retryable: true
})
export const ResponseTooLargeError: ErrorClass = /* @__PURE__ */ errorClass('ResponseTooLargeError', 'bad_response')
export const ToolArgumentsError: ErrorClass = /* @__PURE__ */ errorClass('ToolArgumentsError', 'output')
export const JSONSchemaValidationError: ErrorClass = /* @__PURE__ */ errorClass('JSONSchemaValidationError', 'output')
export const ParserError: ErrorClass = /* @__PURE__ */ errorClass('ParserError', 'output')
export const ConfigurationError: ErrorClass = /* @__PURE__ */ errorClass('ConfigurationError', 'config')
export const InputError: ErrorClass = /* @__PURE__ */ errorClass('InputError', 'input')
export const BudgetExceededError: ErrorClass = /* @__PURE__ */ errorClass('BudgetExceededError', 'budget')
export const AgentError: ErrorClass = /* @__PURE__ */ errorClass('AgentError', 'agent')
/** `data`: `expected`, `actual`. Read again and retry. */
export const WrongExpectedVersionError: ErrorClass = /* @__PURE__ */ errorClass('WrongExpectedVersionError', 'conflict')
export const DuplicateEventError: ErrorClass = /* @__PURE__ */ errorClass('DuplicateEventError', 'ledger')
/** `data`: `line`, `offset`, and `id` where it can be read. */
export const LedgerCorruptError: ErrorClass = /* @__PURE__ */ errorClass('LedgerCorruptError', 'ledger')
export const LedgerLockedError: ErrorClass = /* @__PURE__ */ errorClass('LedgerLockedError', 'ledger')
/** `data.response` holds the answer that could not be recorded. */
export const LedgerWriteError: ErrorClass = /* @__PURE__ */ errorClass('LedgerWriteError', 'ledger')
export const UnsupportedLedgerVersionError: ErrorClass = /* @__PURE__ */ errorClass(
  'UnsupportedLedgerVersionError',
  'ledger'
)
export const ImportLimitError: ErrorClass = /* @__PURE__ */ errorClass('ImportLimitError', 'ledger')
export const ReplayMissError: ErrorClass = /* @__PURE__ */ errorClass('ReplayMissError', 'replay')
export const ReplayDivergenceError: ErrorClass = /* @__PURE__ */ errorClass('ReplayDivergenceError', 'replay')

/** Anything thrown, as a DaybookError: ours as it is, an abort as `aborted`, the rest as `fallback`. */
export function asDaybookError(thrown: unknown, fallback: ErrorKind = 'bad_response'): DaybookError {
  if (thrown instanceof DaybookError) return thrown
  const name = (thrown as { name?: unknown } | null | undefined)?.name
  if (name === 'AbortError') return new APIUserAbortError('The call was aborted.', { cause: thrown })
  if (name === 'TimeoutError')
    return new APITimeoutError('The call took longer than its signal allowed.', { cause: thrown })
  const message = thrown instanceof Error ? thrown.message : `Something that is no error was thrown: ${shown(thrown)}`
  return new DaybookError(fallback, message, { cause: thrown })
}

/** A value in at most 80 characters, for a message. */
export function shown(value: unknown): string {
  if (value === undefined) return 'undefined'
  if (typeof value === 'function') return 'a function'
  try {
    const text = typeof value === 'bigint' ? `${value}n` : (JSON.stringify(value) ?? String(value))
    return text.length > 80 ? `${text.slice(0, 77)}…` : text
  } catch {
    return Object.prototype.toString.call(value)
  }
}

// Key shapes of the providers that we know, bearer tokens, and keys in addresses.
const secrets =
  /\b(?:sk|pk|rk|gsk|xai|pplx|hf|nvapi|fw|csk|r8|tgp_v1|dsk)[-_][A-Za-z0-9_-]{8,}|\bAIza[A-Za-z0-9_-]{10,}|\beyJ[\w-]{10,}\.[\w-]{10,}\.[\w-]*|(\b(?:bearer|basic)\s+)[^\s"',;]{6,}|([?&](?:api[-_]?key|key|token|access_token|sig)=)[^&\s"']+|("?(?:x-api-key|api[-_]key|authorization)"?\s*[:=]\s*"?)(?!bearer|basic)[^\s"',;]{6,}/gi

/** The text with everything that looks like a key replaced by `•••`. */
export function masked(text: string): string {
  return text.replace(secrets, (_match, bearer = '', query = '', header = '') => `${bearer}${query}${header}•••`)
}

function maskedJson(body: unknown): unknown {
  if (typeof body === 'string') return masked(body.slice(0, 65_536))
  try {
    return JSON.parse(masked(JSON.stringify(body)))
  } catch {
    return undefined
  }
}

function defined(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))
}
