import { expect, test } from 'vitest'
import { defaultHost } from '../host.js'
import { simulatedFetch } from '../testing/simulated-fetch.js'
import { providerLlm, providers } from './providers.js'

const ask = (model: string) => ({ model, messages: [{ role: 'user' as const, content: 'Why?' }] })

/** A fetch that keeps the headers it was given. */
function catching() {
  const sent: Headers[] = []
  const simulated = simulatedFetch({ speed: Number.POSITIVE_INFINITY })
  const fetch: typeof globalThis.fetch = (input, init) => {
    sent.push(new Headers(init?.headers))
    return simulated(input, init)
  }
  return { sent, fetch }
}

test('a page has no environment: keys come from the caller, or from nowhere', async () => {
  const { sent, fetch } = catching()
  const planted = Object.fromEntries(Object.values(providers).flatMap(({ env }) => env.map(name => [name, 'canary'])))
  const page = globalThis as Record<string, unknown>
  page.process = { env: planted }
  try {
    for (const name of Object.keys(planted)) expect(defaultHost().env(name)).toBeUndefined()
    const llm = providerLlm({ fetch })
    for (const name of ['openai', 'anthropic', 'gemini', 'groq', 'azure', 'vertex_ai']) {
      const error = (await llm(ask(`${name}/m`)).catch((reason: unknown) => reason)) as Error
      expect(error).toMatchObject({ kind: 'config' })
      expect(error.message).toMatch(new RegExp(`pass keys: \\{ ${name} \\}.*, or proxy\\.$`))
    }
    expect(sent).toEqual([])
    await providerLlm({ fetch, keys: { groq: 'mine' } })(ask('groq/m'))
    expect(sent[0]?.get('authorization')).toBe('Bearer mine')
  } finally {
    delete page.process
  }
})

test('behind a proxy a page sends no key, and needs none', async () => {
  const { sent, fetch } = catching()
  const llm = providerLlm({ fetch, proxy: '/api/llm', keys: { openai: 'canary', anthropic: 'canary' } })
  for (const name of Object.keys(providers)) await llm(ask(`${name}/m`))
  expect(sent.length).toBe(Object.keys(providers).length)
  for (const headers of sent) {
    expect([...headers].join()).not.toContain('canary')
    for (const name of ['authorization', 'x-api-key', 'api-key']) expect(headers.has(name)).toBe(false)
  }
})
