/**
 * What a provider's refusal means. The HTTP status decides first, then the machine code in the body, then the wording,
 * and the wording only within what the status allows.
 */
import {
  APIConnectionError,
  APIResponseValidationError,
  APITimeoutError,
  AuthenticationError,
  BadGatewayError,
  BadRequestError,
  ConflictError,
  ContentPolicyViolationError,
  ContentTooLargeError,
  ContextWindowExceededError,
  type DaybookError,
  type ErrorClass,
  GatewayTimeoutError,
  IncompleteStreamError,
  InsufficientCreditsError,
  InsufficientQuotaError,
  InternalServerError,
  NotFoundError,
  OverloadedError,
  PermissionDeniedError,
  RateLimitError,
  RedirectRefusedError,
  ServiceUnavailableError,
  UnprocessableEntityError
} from '../../errors.js'
import { inPage } from './in-page.js'
import { retryAfter } from './retry-after.js'
import { list, nameOf, type Peer, parsed, record, text } from './wire.js'

const refused = [BadRequestError, '@ refused the request'] as const
const faulty = [InternalServerError, '@ had a fault'] as const

/** Class and lead of the message by status, or by what else it turned out to be. `@`: the provider, `#`: the model. */
const outcomes: Readonly<Record<string, readonly [ErrorClass, string]>> = {
  400: refused,
  401: [AuthenticationError, 'The API key for @ was not accepted'],
  402: [InsufficientCreditsError, 'No credit left at @'],
  403: [PermissionDeniedError, 'This key may not use # at @'],
  404: [NotFoundError, '# does not exist at @'],
  408: [APITimeoutError, '@ took too long'],
  409: [ConflictError, '@ says try again'],
  413: [ContentTooLargeError, 'The request is too big for @'],
  422: [UnprocessableEntityError, '@ refused the request'],
  429: [RateLimitError, 'Rate limit at @'],
  500: faulty,
  502: [BadGatewayError, '@ had a fault'],
  503: [ServiceUnavailableError, '@ is busy'],
  504: [GatewayTimeoutError, '@ took too long'],
  529: [OverloadedError, '@ is overloaded'],
  context: [ContextWindowExceededError, 'The conversation is too long for #'],
  policy: [ContentPolicyViolationError, 'Blocked by the content policy of @'],
  quota: [InsufficientQuotaError, 'The quota at @ is used up']
}

/** Machine codes, in the order in which they say most, with the status that they stand for. */
const codes: readonly (readonly [RegExp, number])[] = [
  [/overloaded/i, 529],
  [/rate_limit|quota|exhausted/i, 429],
  [/authentication|api_key|UNAUTHENTICATED/, 401],
  [/billing|credits/, 402],
  [/permission/i, 403],
  [/(?<!file_)not_?found/i, 404],
  [/conflict|ABORTED/, 409],
  [/too_large/, 413],
  [/timeout|DEADLINE/, 504],
  [/UNAVAILABLE/, 503],
  [/invalid|context|content|failed|image|policy|residency/i, 400]
]

/** Whether a body that came with status 200 is an error all the same. */
export function isFailure(json: unknown): boolean {
  const top = record(Array.isArray(json) ? json[0] : json)
  return Boolean(top.error) || top.type === 'error' || top.object === 'error'
}

/**
 * The error that a provider's answer stands for.
 * @param body its body: text, or parsed JSON
 * @param status its HTTP status; 200 for an error inside an answer
 */
export function failure(body: unknown, peer: Peer, status = 200, headers?: Headers): DaybookError {
  const raw = hidden(typeof body === 'string' ? body : (JSON.stringify(body) ?? ''), peer)
  const json = parsed(raw)
  const top = record(Array.isArray(json) ? json[0] : json)
  const error = typeof top.error === 'object' ? record(top.error) : top
  const words = [error.code, error.type, error.status].filter(word => typeof word === 'string').join(' ')
  const said = [error.message, top.error, top.message, top.detail, record(list(top.detail)[0]).msg]
    .map(text)
    .find(Boolean)
  const upstream = text(record(error.metadata).raw)
  const details = JSON.stringify(error.details ?? '')

  const stated = [status, error.code, error.status].map(Number).find(number => number >= 400 && number < 600)
  const settled = stated ?? codes.find(([word]) => word.test(words))?.[1] ?? 500
  const outcome = refined(settled, words, said ?? '', details, error)
  const [Class, lead] = outcomes[outcome] ?? (settled < 500 ? refused : faulty)

  const retryAfterMs = retryAfter(headers) ?? retryDelay(details)
  const told =
    outcome === 401 || outcome === '401'
      ? ''
      : clipped([said ?? (json === undefined ? stripped(raw) : ''), upstream].filter(Boolean).join(': '))
  const message = lead.replace('@', nameOf(peer)).replace('#', peer.model) + (told ? `: ${told}` : '.')
  const should = headers?.get('x-should-retry')
  return new Class(message + wait(retryAfterMs, message), {
    code: [error.code, error.type, error.status].map(text).find(Boolean),
    hint: hintFor(outcome, raw, peer),
    provider: peer.provider,
    model: peer.model,
    status: stated,
    requestId: requestIdOf(headers) ?? (text(top.request_id) || peer.requestId),
    // Out of credit is for a person to mend, unless the provider says that waiting will do.
    ...(outcome === 402 && retryAfterMs !== undefined ? { retryable: true } : {}),
    retryAfterMs,
    shouldRetry: should === 'true' ? true : should === 'false' ? false : undefined,
    body: json ?? raw
  })
}

/** What a status turns out to be on a closer look. */
function refined(
  status: number,
  words: string,
  said: string,
  details: string,
  error: Readonly<Record<string, unknown>>
): number | string {
  if (status === 400 || status === 413) {
    if (/context_length|context_size|context_window/.test(words) || tooLong.test(said)) return 'context'
    if (/api key (?:not valid|not found|expired)|(?:incorrect|invalid) api key/i.test(said)) return 401
    if (/credit balance/i.test(said)) return 402
  }
  if (status === 400 || status === 403) {
    const reasons = status === 403 && list(record(error.metadata).reasons).length > 0
    if (reasons || /content_filter|(?:content|bio)_policy|ResponsibleAI/.test(words) || blocked.test(said))
      return 'policy'
  }
  if (status === 429) {
    const spent = /insufficient_quota|billing_hard_limit/.test(words) || /usage limit/i.test(said)
    if (spent || /"quotaId":"[^"]*PerDay/.test(details)) return 'quota'
  }
  return status >= 500 && /overloaded/.test(words) ? 529 : status
}

const tooLong = /prompt is too long|maximum context|context (?:length|window|size|limit)|maximum number of tokens/i
const blocked = /content (?:management|filter|filtering) policy|safety system/i

function hintFor(outcome: number | string, raw: string, peer: Peer): string | undefined {
  const ours = /^(?:openai|anthropic|openrouter)$/.test(peer.provider)
  if (outcome === 401) return ours ? `Set ${peer.provider.toUpperCase()}_API_KEY.` : 'Pass another key.'
  if (outcome === 404 && /try pulling/.test(raw)) return `Run: ollama pull ${peer.model}`
  return raw.trimStart().startsWith('<') ? webPage : undefined
}

const webPage = 'proxy or login page?'

function wait(ms: number | undefined, before: string): string {
  if (ms === undefined) return ''
  const stop = /[.!?…]$/.test(before) ? '' : '.'
  const when = ms > 120_000 && ms < 1e12 ? `at ${new Date(Date.now() + ms).toISOString()}` : `in ${ms / 1000} s`
  return `${stop} Try again ${when}.`
}

/** Gemini says in its error how long to wait. */
function retryDelay(details: string): number | undefined {
  const [, seconds] = /"retryDelay":"(\d{1,6}(?:\.\d{1,9})?)s"/.exec(details) ?? []
  return Number(seconds) > 0 ? Math.round(Number(seconds) * 1000) : undefined
}

export function requestIdOf(headers: Headers | undefined): string | undefined {
  return headers?.get('x-request-id') ?? headers?.get('request-id') ?? headers?.get('apim-request-id') ?? undefined
}

/** The text without the keys of this call, whatever their shape. */
export function hidden(said: string, peer: Peer): string {
  return peer.secrets.reduce((shown, secret) => shown.replaceAll(secret, '•••'), said)
}

/** A web page as one line of text. */
function stripped(page: string): string {
  return page.slice(0, 8192).replace(/<[^<>]*>?/g, ' ')
}

function clipped(said: string): string {
  const line = said.replace(/\s+/g, ' ').trim()
  return line.length > 200 ? `${line.slice(0, 199)}…` : line
}

/** The answer ended before its end. */
export function cutOff(peer: Peer, how = ''): DaybookError {
  return new IncompleteStreamError(`The answer from ${nameOf(peer)} was cut off${how}.`, about(peer))
}

/** An answer without something that it must have. */
export function lacking(what: string, json: unknown, peer: Peer): DaybookError {
  return new APIResponseValidationError(`The answer from ${nameOf(peer)} has no ${what}.`, {
    ...about(peer),
    body: parsed(hidden(JSON.stringify(json) ?? '', peer))
  })
}

/** An answer that should have been JSON. */
export function notJson(body: string, peer: Peer): DaybookError {
  const safe = hidden(body.slice(0, 65_536), peer)
  const page = body.trimStart().startsWith('<')
  return new APIResponseValidationError(
    `${nameOf(peer)} answered with ${page ? 'a web page' : 'something that is not JSON'}: ${clipped(stripped(safe))}`,
    { ...about(peer), ...(page ? { hint: webPage } : {}), body: safe }
  )
}

export function redirected(peer: Peer, status: number): DaybookError {
  return new RedirectRefusedError(`${nameOf(peer)} sends the request on to another address.`, {
    ...about(peer),
    ...(status ? { status } : {}),
    hint: 'Set baseURL to the address that answers.'
  })
}

/** The connection could not be made, or broke; `forbidden`: the page's policy does not allow it. */
export function disconnected(cause: unknown, peer: Peer, broke = false, forbidden = false): DaybookError {
  const code = text(record(record(cause).cause).code) || text(record(cause).code)
  const phase = timersOfNode[code]
  const details = { ...about(peer), cause, ...(code ? { code } : {}) }
  if (phase) return new APITimeoutError(`${nameOf(peer)} did not answer in time.`, { ...details, phase })
  if (broke) return new APIConnectionError(`The connection to ${peer.host} broke.`, details)
  return new APIConnectionError(`Could not reach ${peer.host}.`, {
    ...details,
    ...(forbidden ? { code: 'csp', retryable: false } : {}),
    hint: forbidden
      ? `The page's policy blocks it: connect-src lacks ${peer.host}.`
      : peer.host.endsWith(':11434')
        ? 'Is Ollama running?'
        : inPage
          ? 'CORS or network: the browser hides which.'
          : 'Check the network.'
  })
}

const timersOfNode: Readonly<Record<string, 'connect' | 'headers' | 'idle'>> = {
  UND_ERR_CONNECT_TIMEOUT: 'connect',
  UND_ERR_HEADERS_TIMEOUT: 'headers',
  UND_ERR_BODY_TIMEOUT: 'idle'
}

export function about(peer: Peer): { provider: string; model: string; requestId?: string | undefined } {
  return { provider: peer.provider, model: peer.model, requestId: peer.requestId }
}
