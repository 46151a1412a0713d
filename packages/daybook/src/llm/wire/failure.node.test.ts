import { existsSync, readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { DaybookError } from '../../errors.js'
import type { LLMOptions } from '../llm.js'
import { type ProviderOptions, providerLlm } from '../providers.js'
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

interface Transport {
  readonly kind: string
  readonly expected: { readonly litellmClass: string }
}

const { cases, transport } = present
  ? (JSON.parse(readFileSync(file, 'utf8')) as { cases: readonly Case[]; transport: readonly Transport[] })
  : { cases: [], transport: [] }

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

describe.skipIf(!present)('what goes wrong before there is an answer', () => {
  let silent: Server
  const at = { refused: '', silent: '' }

  async function listening(server: Server): Promise<string> {
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`
  }
  beforeAll(async () => {
    silent = createServer(() => {})
    at.silent = await listening(silent)
    const gone = createServer()
    at.refused = await listening(gone)
    await new Promise(resolve => gone.close(resolve))
  })
  afterAll(() => {
    silent.closeAllConnections()
    silent.close()
  })

  async function failing(model: string, options: ProviderOptions, callOptions: LLMOptions = {}, more: object = {}) {
    const llm = providerLlm({ host: { env: () => undefined, fetch }, ...options })
    return llm({ model, messages: [{ role: 'user', content: 'Hello' }], ...more }, callOptions).catch(
      (error: unknown) => error
    )
  }
  const models = { openai: 'openai/gpt-4o', anthropic: 'anthropic/claude-haiku-4-5' }
  const to = (baseURL: string): LLMOptions => ({ connection: { baseURL, apiKey: 'k-123' } })
  const timeouts = { headersMs: 30 }
  const refused = { name: 'APIConnectionError', kind: 'connection', code: 'ECONNREFUSED', retryable: true }
  const late = { name: 'APITimeoutError', kind: 'timeout', phase: 'headers', retryable: true }
  const keyless = { name: 'ConfigurationError', kind: 'config', code: 'missing_key', retryable: false }

  const happening: Readonly<Record<string, readonly [() => Promise<unknown>, object]>> = {
    'openai-connection-refused': [() => failing(models.openai, {}, to(at.refused)), refused],
    'anthropic-connection-refused': [() => failing(models.anthropic, {}, to(at.refused)), refused],
    'openai-timeout': [() => failing(models.openai, { timeouts }, to(at.silent)), late],
    'anthropic-timeout': [() => failing(models.anthropic, { timeouts }, to(at.silent)), late],
    'openai-no-key': [() => failing(models.openai, {}), keyless],
    'anthropic-no-key': [() => failing(models.anthropic, {}), keyless],
    'no-provider': [() => failing('some/unknown-model', {}), { kind: 'config', code: 'unknown_provider' }],
    'unsupported-param': [
      () => failing('openai/o3-mini', { keys: { openai: 'k-123' } }, { strict: true }, { temperature: 0.2 }),
      { name: 'UnsupportedParamsError', kind: 'bad_request', retryable: false }
    ]
  }

  test('has a case for each that is listed', () => {
    expect(transport.map(({ kind }) => kind).sort()).toEqual(Object.keys(happening).sort())
  })

  test.each(Object.entries(happening))('%s', async (_kind, [happen, expected]) => {
    expect(await happen()).toMatchObject(expected)
  })
})
