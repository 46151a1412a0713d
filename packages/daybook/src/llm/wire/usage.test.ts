import { expect, test } from 'vitest'
import { chatCompletionsApi } from './chat-api.js'

async function usageOf(provider: string, usage: Record<string, unknown>): Promise<unknown> {
  const answer = { choices: [{ index: 0, message: { content: 'Good day' }, finish_reason: 'stop' }], usage }
  const fetch = async (): Promise<Response> => Response.json(answer)
  const llm = chatCompletionsApi({ baseURL: 'https://provider.test/v1', provider, fetch })
  return (await llm({ model: 'm', messages: [{ role: 'user', content: 'Hi' }], stream: false })).usage
}

const total = { prompt_tokens: 100, completion_tokens: 10, total_tokens: 610 }

test('Google counts thoughts in the total alone, and they are output like any other', async () => {
  const thought = { input_tokens: 100, output_tokens: 510, reasoning_tokens: 500 }
  expect(await usageOf('gemini', total)).toEqual(thought)
  expect(await usageOf('vertex_ai', total)).toEqual(thought)
  expect(await usageOf('gemini', { ...total, total_tokens: 110 })).toEqual({ input_tokens: 100, output_tokens: 10 })
})

test('a total that says more is no reason to count more with anybody else', async () => {
  expect(await usageOf('groq', total)).toEqual({ input_tokens: 100, output_tokens: 10 })
})

test('xAI counts its reasoning beside the completion; others count it within', async () => {
  const details = { completion_tokens_details: { reasoning_tokens: 500 } }
  expect(await usageOf('xai', { ...total, ...details })).toMatchObject({ output_tokens: 510, reasoning_tokens: 500 })
  const within = { prompt_tokens: 100, completion_tokens: 510, total_tokens: 610, ...details }
  expect(await usageOf('openai', within)).toMatchObject({ output_tokens: 510, reasoning_tokens: 500 })
})
