import { expect, test } from 'vitest'
import { table } from '../prices/table.js'
import { fullName } from './provider-name.js'
import { providers } from './providers.js'

/** The bare names of the price table, each with the providers that list it. */
function listed(): Map<string, string[]> {
  const names = new Map<string, string[]>()
  let provider = ''
  for (const line of table.trim().split('\n')) {
    const [name = ''] = line.split(' ', 1)
    if (line.startsWith('@')) provider = line === '@cohere_chat' ? 'cohere' : line.slice(1)
    else if (!name.includes('/')) names.set(name, [...(names.get(name) ?? []), provider])
  }
  return names
}

test('every bare name of the price table goes to a provider that lists it', () => {
  const names = listed()
  expect(names.size).toBeGreaterThan(400)
  const wrong = [...names].filter(([name, by]) => {
    const [provider = ''] = fullName(name).split('/')
    // A deployment is named by whoever made it: without a prefix, what only Azure lists is OpenAI's.
    return !by.includes(provider) && !(provider === 'openai' && by.join() === 'azure')
  })
  expect(wrong).toEqual([])
})

test('a name that several list goes to the one whose model it is', () => {
  for (const [name, provider] of [
    ['gpt-4o', 'openai'],
    ['command-r-plus', 'cohere'],
    ['mistral-large-latest', 'mistral'],
    ['deepseek-v4-pro', 'deepseek']
  ] as const) {
    expect(fullName(name)).toBe(`${provider}/${name}`)
  }
})

test('what nobody lists goes to OpenAI, a later model of a known family to its maker', () => {
  for (const name of ['unheard-of', 'ft:gpt-9:mine::id', 'claude', 'o9', '__proto__', 'x'.repeat(100_000)]) {
    expect(fullName(name)).toBe(`openai/${name}`)
  }
  expect(fullName('claude-nine')).toBe('anthropic/claude-nine')
  expect(fullName('qwen9:7b')).toBe('ollama/qwen9:7b')
})

test('a name with a provider stays as it is, but for LiteLLM’s other names of one', () => {
  for (const name of [...Object.keys(providers).map(provider => `${provider}/a/b`), 'foo/bar', '/x', 'openai/']) {
    expect(fullName(name)).toBe(name)
  }
  expect(fullName('ollama_chat/llama3')).toBe('ollama/llama3')
  expect(fullName('cohere_chat/command-r')).toBe('cohere/command-r')
})
