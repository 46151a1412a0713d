import { describe, expect, test } from 'vitest'
import type { DaybookError } from '../../errors.js'
import { failure } from './failure.js'
import { retryAfter } from './retry-after.js'
import type { Peer } from './wire.js'

const peer: Peer = { provider: 'openai', model: 'demo-1', host: 'api.openai.com', secrets: [] }

function of(status: number, body: unknown, headers: Record<string, string> = {}): DaybookError {
  return failure(typeof body === 'string' ? body : JSON.stringify(body), peer, status, new Headers(headers))
}

test.each([
  [400, 'BadRequestError', false],
  [401, 'AuthenticationError', false],
  [402, 'InsufficientCreditsError', false],
  [403, 'PermissionDeniedError', false],
  [404, 'NotFoundError', false],
  [408, 'APITimeoutError', true],
  [409, 'ConflictError', true],
  [413, 'ContentTooLargeError', false],
  [418, 'BadRequestError', false],
  [422, 'UnprocessableEntityError', false],
  [429, 'RateLimitError', true],
  [500, 'InternalServerError', true],
  [501, 'InternalServerError', true],
  [502, 'BadGatewayError', true],
  [503, 'ServiceUnavailableError', true],
  [504, 'GatewayTimeoutError', true],
  [529, 'OverloadedError', true]
])('status %i is %s, to be tried again: %s', (status, name, retryable) => {
  for (const body of ['', '{}', { error: { message: 'no' } }, [{ error: 'no' }], { message: 'no' }, { detail: 'no' }]) {
    expect(of(status, body)).toMatchObject({ name, retryable, status, provider: 'openai', model: 'demo-1' })
  }
})

test.each([
  [{ error: { type: 'overloaded_error', message: 'Overloaded' } }, 'OverloadedError'],
  [{ error: { type: 'rate_limit_error' } }, 'RateLimitError'],
  [{ error: { code: 'insufficient_quota' } }, 'InsufficientQuotaError'],
  [{ error: { type: 'authentication_error' } }, 'AuthenticationError'],
  [{ error: { type: 'billing_error' } }, 'InsufficientCreditsError'],
  [{ error: { type: 'permission_error' } }, 'PermissionDeniedError'],
  [{ error: { code: 'model_not_found', type: 'invalid_request_error' } }, 'NotFoundError'],
  [{ error: { code: 'context_length_exceeded' } }, 'ContextWindowExceededError'],
  [{ error: { type: 'timeout_error' } }, 'GatewayTimeoutError'],
  [{ error: { status: 'UNAVAILABLE' } }, 'ServiceUnavailableError'],
  [{ error: { status: 'INTERNAL' } }, 'InternalServerError'],
  [{ error: { code: 502, message: 'Provider returned error' } }, 'BadGatewayError'],
  [{ error: { code: '429' } }, 'RateLimitError'],
  [{ error: 'something broke' }, 'InternalServerError'],
  [{ type: 'error', error: { type: 'request_too_large' } }, 'ContentTooLargeError']
])('without a status, %j is %s', (body, name) => {
  expect(failure(body, peer).name).toBe(name)
})

describe('wording counts only within what the status allows', () => {
  const tooLong = [
    "This model's maximum context length is 8192 tokens. However, your messages resulted in 9001 tokens.",
    'prompt is too long: 212345 tokens > 200000 maximum',
    'The input token count (1200001) exceeds the maximum number of tokens allowed (1048576).',
    'the request exceeds the available context size, try increasing it'
  ]
  test.each(tooLong)('%s', message => {
    expect(of(400, { error: { message } }).name).toBe('ContextWindowExceededError')
    expect(of(500, { error: { message } }).name).toBe('InternalServerError')
  })

  test('nothing outside the message is read', () => {
    const echo = { error: { message: 'bad', param: 'prompt is too long' }, request: 'content filtering policy' }
    expect(of(400, echo).name).toBe('BadRequestError')
  })

  test('a filter is a filter with 400 and with 403', () => {
    const filtered = { message: 'Output blocked by content filtering policy' }
    expect(of(400, { error: filtered }).name).toBe('ContentPolicyViolationError')
    expect(of(400, { error: { code: 'content_policy_violation' } }).name).toBe('ContentPolicyViolationError')
    expect(of(403, { error: { code: 403, metadata: { reasons: ['violence'] } } }).name).toBe(
      'ContentPolicyViolationError'
    )
    expect(of(403, { error: { message: 'Country not supported' } }).name).toBe('PermissionDeniedError')
  })

  test('a refused key is one also with 400', () => {
    expect(of(400, { error: { message: 'API key not valid. Please pass a valid API key.' } }).name).toBe(
      'AuthenticationError'
    )
    expect(of(400, { code: 'x', error: 'Incorrect API key provided: xa***zz.' }).name).toBe('AuthenticationError')
  })

  test('a quota that is used up is not a rate that is too high', () => {
    expect(of(429, { error: { code: 'insufficient_quota' } })).toMatchObject({ kind: 'credits', retryable: false })
    expect(of(429, { error: { message: 'You have reached your usage limit.' } }).kind).toBe('credits')
    const gemini = (quotaId: string) => ({
      error: {
        code: 429,
        status: 'RESOURCE_EXHAUSTED',
        details: [{ violations: [{ quotaId }] }, { retryDelay: '34.5s' }]
      }
    })
    expect(of(429, gemini('RequestsPerDayPerProject')).kind).toBe('credits')
    expect(of(429, gemini('RequestsPerMinutePerProject'))).toMatchObject({ kind: 'rate_limit', retryAfterMs: 34_500 })
  })
})

describe('what a person reads', () => {
  test('a refused key: never what the provider says, which may hold the key', () => {
    const error = of(401, { error: { message: 'Incorrect API key provided: canary-1234', code: 'invalid_api_key' } })
    expect(error).toMatchObject({
      message: 'The API key for openai was not accepted.',
      hint: 'Set OPENAI_API_KEY.',
      code: 'invalid_api_key'
    })
  })

  test('a web page: its words, without its tags, in at most 300 characters', () => {
    const error = of(
      502,
      `<html><head><title>502 Bad Gateway</title></head><body>${'<p>nginx</p>'.repeat(5000)}</body></html>`
    )
    expect(error.name).toBe('BadGatewayError')
    expect(error.message).toMatch(/^openai had a fault: 502 Bad Gateway nginx/)
    expect(error.message.length).toBeLessThanOrEqual(300)
    expect(error.message).not.toContain('<')
    expect(error.hint).toBe('proxy or login page?')
  })

  test('a page of nothing but open tags does not take for ever', () => {
    const started = performance.now()
    of(502, '<'.repeat(65_536))
    expect(performance.now() - started).toBeLessThan(5000)
  })

  test('when to try again: in seconds, or at a time', () => {
    expect(of(429, '{}', { 'retry-after': '2' }).message).toBe('Rate limit at openai. Try again in 2 s.')
    const said = (message: string) => of(429, { error: { message } }, { 'retry-after': '2' }).message
    expect(said('Slow down')).toBe('Rate limit at openai: Slow down. Try again in 2 s.')
    expect(said('Slow down!')).toBe('Rate limit at openai: Slow down! Try again in 2 s.')
    expect(of(429, '{}', { 'retry-after': '86400' })).toMatchObject({
      retryAfterMs: 86_400_000,
      message: expect.stringMatching(/^Rate limit at openai. Try again at 20\d\d-\d\d-\d\dT/)
    })
  })

  test('a host where the provider has no name', () => {
    expect(failure('', { ...peer, provider: 'custom', host: '127.0.0.1:8080' }, 503).message).toBe(
      '127.0.0.1:8080 is busy.'
    )
  })
})

test("the provider's ids, its word on retries, and its credit rule are kept", () => {
  expect(of(500, '{}', { 'x-request-id': 'req_1', 'x-should-retry': 'false' })).toMatchObject({
    requestId: 'req_1',
    shouldRetry: false
  })
  expect(of(500, { request_id: 'req_2' }, { 'x-should-retry': 'true' })).toMatchObject({
    requestId: 'req_2',
    shouldRetry: true
  })
  expect(of(402, '{}', { 'retry-after': '3' })).toMatchObject({ retryable: true, retryAfterMs: 3000 })
})

test('the key of the call is nowhere, whatever its shape', () => {
  const hiding = { ...peer, secrets: ['plain words 42'] }
  for (const status of [400, 401, 500]) {
    const error = failure(
      `{"error":{"message":"your key plain words 42 is wrong","code":"plain words 42"}}`,
      hiding,
      status
    )
    expect(
      `${error.message}${error.stack}${JSON.stringify(error)}${JSON.stringify(error.body)}${error.code}`
    ).not.toContain('words 42')
  }
})

describe('Retry-After', () => {
  const read = (headers: Record<string, string>) => retryAfter(new Headers(headers))

  test.each([
    [{ 'retry-after': '1' }, 1000],
    [{ 'retry-after': '1.5' }, 1500],
    [{ 'retry-after-ms': '250' }, 250],
    [{ 'retry-after-ms': '250', 'retry-after': '9' }, 250],
    [{ 'retry-after-ms': 'soon', 'retry-after': '9' }, 9000],
    [{ 'retry-after': '86400' }, 86_400_000]
  ])('%j is %i ms', (headers, ms) => expect(read(headers as never)).toBe(ms))

  test.each([
    '0',
    '-1',
    '',
    'soon',
    '1, 2',
    '1e3',
    'Infinity',
    'NaN',
    '9'.repeat(400),
    '2026-01-01T00:00:00Z',
    'Thu, 01 Jan 1970 00:00:00 GMT',
    'Thu, 99 Foo 2099 00:00:00 GMT'
  ])('%s says nothing', value => expect(read({ 'retry-after': value })).toBeUndefined())

  test('a date that is to come is the time until then', () => {
    const wait = read({ 'retry-after': new Date(Date.now() + 30_000).toUTCString() })
    expect(wait).toBeGreaterThan(28_000)
    expect(wait).toBeLessThanOrEqual(30_000)
  })
})
