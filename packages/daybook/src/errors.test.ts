import { describe, expect, test } from 'vitest'
import * as errors from './errors.js'

const { asDaybookError, DaybookError, masked, RateLimitError, shown } = errors

const classes = Object.entries(errors).filter(
  ([name, value]) =>
    name.endsWith('Error') && typeof value === 'function' && !['DaybookError', 'asDaybookError'].includes(name)
) as [string, errors.ErrorClass][]

test('every named class is a DaybookError and an Error, and knows its name', () => {
  expect(classes.length).toBeGreaterThan(35)
  for (const [name, Named] of classes) {
    const error = new Named('broken')
    expect(error).toBeInstanceOf(DaybookError)
    expect(error).toBeInstanceOf(Error)
    expect(error).toBeInstanceOf(Named)
    expect(error.name).toBe(name)
    expect(String(error)).toBe(`${name}: broken`)
  }
})

test('a class tells its siblings apart, also those of the same kind', () => {
  const error = new errors.APITimeoutError('slow')
  expect(error).not.toBeInstanceOf(errors.GatewayTimeoutError)
  expect(error).not.toBeInstanceOf(RateLimitError)
  expect({ kind: 'timeout', name: 'APITimeoutError' }).not.toBeInstanceOf(DaybookError)
})

test('two copies of the package agree on what a DaybookError is', async () => {
  // @ts-expect-error: the query makes it another module, as in a second bundle; types know no query
  const copy: typeof errors = await import('./errors.js?copy')
  expect(copy.DaybookError).not.toBe(DaybookError)
  expect(new copy.RateLimitError('busy')).toBeInstanceOf(DaybookError)
  expect(new copy.RateLimitError('busy')).toBeInstanceOf(RateLimitError)
  expect(new copy.RateLimitError('busy')).not.toBeInstanceOf(errors.NotFoundError)
})

test('whether to try again follows from the kind, unless it is said', () => {
  expect(new RateLimitError('busy').retryable).toBe(true)
  expect(new errors.InternalServerError('fault').retryable).toBe(true)
  expect(new errors.AuthenticationError('no').retryable).toBe(false)
  expect(new errors.RedirectRefusedError('elsewhere').retryable).toBe(false)
  expect(new RateLimitError('busy', { retryable: false }).retryable).toBe(false)
})

test('its JSON has what a program needs and neither body nor headers', () => {
  const error = new RateLimitError('busy', {
    status: 429,
    retryAfterMs: 1000,
    body: { secret: 1 },
    cause: new Error('x')
  })
  expect(JSON.parse(JSON.stringify(error))).toEqual({
    name: 'RateLimitError',
    kind: 'rate_limit',
    message: 'busy',
    status: 429,
    retryable: true,
    retryAfterMs: 1000,
    attempts: 1
  })
  expect(error.body).toEqual({ secret: 1 })
  expect(Object.keys(error)).not.toContain('body')
})

test('a message is at most 2,000 characters', () => {
  expect(new RateLimitError('x'.repeat(10_000)).message).toHaveLength(2000)
})

describe('masking', () => {
  const secrets = [
    'sk-proj-abcDEF0123456789abcdef',
    'sk-ant-api03-abcdefghijklmnop',
    'sk-or-v1-0123456789abcdef0123',
    'gsk_abcdefghijklmnop',
    'xai-abcdefghijklmnop',
    'AIzaSyA0123456789abcdefgh',
    'hf_abcdefghijklmnop',
    'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.abc-def_ghi'
  ]
  test.each(secrets)('%s is masked wherever it stands', secret => {
    for (const text of [secret, `Incorrect API key provided: ${secret}.`, `{"key":"${secret}"}`, `(${secret})`]) {
      expect(masked(text)).not.toContain(secret.slice(6))
    }
  })

  test('bearer tokens, key headers and keys in addresses are masked by where they stand', () => {
    expect(masked('Authorization: Bearer abcdef123456')).toBe('Authorization: Bearer •••')
    expect(masked('x-api-key: abcdef123456')).toBe('x-api-key: •••')
    expect(masked('{"api_key":"abcdef123456"}')).toBe('{"api_key":"•••"}')
    expect(masked('GET /v1/models?key=abcdef123456&alt=sse')).toBe('GET /v1/models?key=•••&alt=sse')
  })

  test('ordinary words stay', () => {
    const text = 'The task-based ask: a risk-free desk_lamp, 12 tokens, the key of C.'
    expect(masked(text)).toBe(text)
  })

  test('a megabyte of near misses takes no time to speak of', () => {
    const started = performance.now()
    masked('sk-'.repeat(350_000))
    masked('eyJ'.repeat(350_000))
    masked('Bearer '.repeat(150_000))
    expect(performance.now() - started).toBeLessThan(2000)
  })

  test('an error carries no key in its message or its body', () => {
    const key = 'sk-proj-abcDEF0123456789abcdef'
    const error = new errors.AuthenticationError(`Incorrect API key provided: ${key}`, {
      body: { error: { message: key } }
    })
    expect(`${error.stack}${JSON.stringify(error)}${JSON.stringify(error.body)}`).not.toContain('abcDEF')
  })
})

test('anything thrown becomes a DaybookError', () => {
  const ours = new RateLimitError('busy')
  expect(asDaybookError(ours)).toBe(ours)
  expect(asDaybookError(new DOMException('stop', 'AbortError')).kind).toBe('aborted')
  expect(asDaybookError(new DOMException('late', 'TimeoutError')).kind).toBe('timeout')
  expect(asDaybookError(new TypeError('x is not a function'), 'input')).toMatchObject({
    kind: 'input',
    message: 'x is not a function'
  })
  expect(asDaybookError(undefined).message).toContain('undefined')
  expect(asDaybookError({ a: 1 }).message).toContain('{"a":1}')
})

test('a value is shown in at most 80 characters, whatever it is', () => {
  const cycle: Record<string, unknown> = {}
  cycle.self = cycle
  for (const value of [undefined, null, 10n, () => 1, cycle, 'x'.repeat(500), Symbol('s')]) {
    expect(shown(value).length).toBeLessThanOrEqual(80)
  }
})
