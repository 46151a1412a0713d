import { expect, test } from 'vitest'
import { createHost } from '../host.js'
import { chatCompletionsApi } from '../llm/wire/chat-api.js'
import { messagesApi } from '../llm/wire/messages-api.js'
import { responsesApi } from '../llm/wire/responses-api.js'
import { simulatedFetch } from '../testing/simulated-fetch.js'
import { type AgentOptions, createAgent } from './agent.js'
import { createInvoker } from './invoker.js'
import { tagParser } from './parser.js'
import { createPrompt } from './prompt.js'
import { tool } from './tool.js'

/** What an agent sends is what providers accept: the simulated one refuses what real ones refuse. */
const apis = [
  ['Chat Completions', chatCompletionsApi],
  ['Responses', responsesApi],
  ['Messages', messagesApi]
] as const

function agentOver(api: (typeof apis)[number][1], options: Partial<AgentOptions> = {}) {
  const llm = api({ baseURL: 'https://provider.test/v1', apiKey: 'a-key', fetch: simulatedFetch({ speed: Infinity }) })
  const invoker = createInvoker({ llm })
  const host = createHost({ warn: () => {} })
  return createAgent({ invoker, model: 'demo', host, modelArgs: { max_tokens: 500 }, ...options }).open('main')
}

const weather = tool({
  name: 'weather',
  description: 'The weather of a city.',
  inputSchema: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
  execute: () => ({ sky: 'grey' })
})
const sky = createPrompt({
  template: 'What is the weather in Bern? Answer as <sky>grey</sky>.',
  tools: [weather],
  parser: tagParser({ xmlTags: ['sky'] })
})

test.each(apis)('over %s: streamed, with a tool', async (_name, api) => {
  const agent = agentOver(api).receivePrompt(sky)
  const { session, parsed } = await agent.respond()
  expect(session.steps.map(({ state }) => state)).toEqual(['initial', 'interrupt'])
  expect(session.interrupts.map(({ name }) => name)).toEqual(['weather'])
  expect(parsed).toMatchObject({ xmlTags: { sky: [expect.any(String)] } })
  const roles = ['user', 'assistant', 'tool', 'assistant']
  expect(agent.dialog.messages.map(({ role }) => role)).toEqual(roles)
  // And it goes on from there.
  await agent.receivePrompt('And in Rome?').respond()
  expect(agent.dialog.messages.map(({ role }) => role)).toEqual([...roles, 'user', 'assistant'])
})

test.each(apis)('over %s: an answer that is wrong first', async (_name, api) => {
  const template = 'What colour is it? Answer as <sky>grey</sky>, and get it wrong first.'
  const agent = agentOver(api).receivePrompt(sky.extend({ template, tools: [] }))
  const { session, parsed } = await agent.respond()
  expect(session.steps.map(({ state }) => state)).toEqual(['initial', 'exception'])
  expect(parsed).toMatchObject({ xmlTags: { sky: [expect.any(String)] } })
  expect(agent.dialog.messages.map(({ role }) => role)).toEqual(['user', 'assistant'])
})

test.each(apis)('over %s: the final answer is asked for without tools, after calls of tools', async (_name, api) => {
  const agent = agentOver(api, { maxInterruptSteps: 1 })
  const { session } = await agent.receivePrompt(sky.extend({ parser: undefined })).respond()
  expect(session.steps.map(({ state }) => state)).toEqual(['initial', 'interrupt'])
  expect(agent.dialog.messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'tool', 'assistant'])
})
