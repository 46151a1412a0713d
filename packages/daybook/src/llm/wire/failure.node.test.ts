import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { DaybookError } from '../../errors.js'
import { failure } from './failure.js'

/** Bodies in the shapes of many providers, with the class that LiteLLM gives them, and where ours is another, and why. */
const fixtures = process.env.DAYBOOK_FIXTURES ?? new URL('../../../../../../shared/fixtures', import.meta.url).pathname
const file = `${fixtures}/errors/cases.json`
const present = existsSync(file)
if (!present) console.warn('recorded answers not present')

interface Case {
  readonly id: string
  readonly provider: string
  readonly model: string
  readonly status: number
  readonly headers: Record<string, string>
  readonly body: unknown
  readonly expected: { readonly litellmClass: string }
}

const cases: readonly Case[] = present ? (JSON.parse(readFileSync(file, 'utf8')) as { cases: Case[] }).cases : []

const ours: Readonly<Record<string, string>> = {
  // The code says what the wording, which LiteLLM goes by, does not.
  'err-004': 'ContextWindowExceededError',
  'err-029': 'ContextWindowExceededError',
  // Out of quota is not a rate limit: waiting does not help.
  'err-007': 'InsufficientQuotaError',
  // No money is not a bad request.
  'err-028': 'InsufficientCreditsError',
  'err-052': 'InsufficientCreditsError',
  'err-057': 'InsufficientCreditsError',
  // Classes of our own beside LiteLLM's, which `litellmName` names where it is one.
  'err-013': 'GatewayTimeoutError',
  'err-014': 'APITimeoutError',
  'err-015': 'UnprocessableEntityError',
  'err-051': 'UnprocessableEntityError',
  'err-016': 'ConflictError',
  'err-033': 'ContentTooLargeError',
  'err-036': 'OverloadedError',
  // LiteLLM goes by the provider's type, or by nothing; the status is plain.
  'err-009': 'PermissionDeniedError',
  'err-031': 'PermissionDeniedError',
  'err-042': 'PermissionDeniedError',
  'err-044': 'ServiceUnavailableError',
  'err-047': 'AuthenticationError',
  'err-053': 'AuthenticationError',
  'err-055': 'AuthenticationError',
  'err-060': 'BadGatewayError',
  'err-063': 'NotFoundError'
}

describe.skipIf(!present)('errors in the shapes of many providers', () => {
  test.each(cases)('$id: $provider $status', ({ id, provider, model, status, headers, body, expected }) => {
    const peer = { provider, model, host: 'x.test', secrets: [] }
    const error = failure(typeof body === 'string' ? body : JSON.stringify(body), peer, status, new Headers(headers))
    expect(error).toBeInstanceOf(DaybookError)
    expect(error.name).toBe(ours[id] ?? expected.litellmClass)
    expect(error.status).toBe(status)
    expect(error.message.length).toBeLessThanOrEqual(300)
    const after = headers['retry-after-ms'] ?? (headers['retry-after'] && `${Number(headers['retry-after']) * 1000}`)
    if (after) expect(error.retryAfterMs).toBe(Number(after))
  })

  test('where our class is another than LiteLLM’s, it is really another', () => {
    for (const [id, name] of Object.entries(ours)) {
      expect(cases.find(one => one.id === id)?.expected.litellmClass).not.toBe(name)
    }
  })
})
