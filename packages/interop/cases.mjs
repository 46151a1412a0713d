// What programs do with these SDKs: text, streams, tools in several rounds, answers by a schema, over both of OpenAI's APIs.
import { createOpenAI } from '@ai-sdk/openai'
import { HumanMessage, SystemMessage, ToolMessage } from '@langchain/core/messages'
import { tool as langTool } from '@langchain/core/tools'
import { ChatOpenAI } from '@langchain/openai'
import { generateText, Output, stepCountIs, streamText, tool } from 'ai'
import { z } from 'zod'

const name = 'gpt-5-mini'
const system = 'You answer in one sentence.'
const prompt = 'What is the weather in Oslo?'
const city = z.object({ city: z.string() })
const book = z.object({ title: z.string(), pages: z.number() })
const description = 'The weather of a city.'
const execute = async ({ city }) => `4 degrees in ${city}`
const pixel = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=='

async function all(stream) {
  const pieces = []
  for await (const piece of stream) pieces.push(piece)
  return pieces
}

/** The cases of `ai` with `@ai-sdk/openai`, over one API: `at` is a client's `responses` or `chat`. */
function aiCases(api, at) {
  const model = options => at(createOpenAI({ apiKey: 'none', ...options }))(name)
  const tools = { weather: tool({ description, inputSchema: city, execute }) }
  return {
    [`ai, ${api}: text`]: async options => (await generateText({ model: model(options), system, prompt })).text,
    [`ai, ${api}: a stream`]: async options => {
      const { textStream, usage } = streamText({ model: model(options), system, prompt, maxOutputTokens: 500 })
      return { pieces: await all(textStream), usage: await usage }
    },
    [`ai, ${api}: tools`]: async options => {
      const stopWhen = stepCountIs(3)
      const { text, steps } = await generateText({ model: model(options), prompt, tools, stopWhen })
      return { text, results: steps.map(({ toolResults }) => toolResults.map(({ output }) => output)) }
    },
    [`ai, ${api}: tools in a stream`]: async options => {
      const { fullStream, text } = streamText({ model: model(options), prompt, tools, stopWhen: stepCountIs(3) })
      return { parts: (await all(fullStream)).map(({ type }) => type), text: await text }
    },
    [`ai, ${api}: an object`]: async options => {
      const output = Output.object({ schema: book })
      return (await generateText({ model: model(options), prompt: 'Name a book.', output })).output
    },
    [`ai, ${api}: an object in a stream`]: async options => {
      const output = Output.object({ schema: book })
      return all(streamText({ model: model(options), prompt: 'Name a book.', output }).partialOutputStream)
    },
    [`ai, ${api}: an image`]: async options => {
      const content = [
        { type: 'text', text: 'What is this?' },
        { type: 'image', image: pixel, mediaType: 'image/png' }
      ]
      return (await generateText({ model: model(options), messages: [{ role: 'user', content }] })).text
    }
  }
}

/** The cases of `@langchain/openai`, over one API. */
function langchainCases(api, useResponsesApi) {
  const model = ({ baseURL, fetch }) =>
    new ChatOpenAI({ model: name, apiKey: 'none', maxRetries: 0, useResponsesApi, configuration: { baseURL, fetch } })
  const weather = langTool(execute, { name: 'weather', description, schema: city })
  const messages = [new SystemMessage(system), new HumanMessage(prompt)]
  return {
    [`langchain, ${api}: text`]: async options => (await model(options).invoke(messages)).text,
    [`langchain, ${api}: a stream`]: async options =>
      (await all(await model(options).stream(messages))).map(({ text }) => text),
    [`langchain, ${api}: tools`]: async options => {
      const asked = model(options).bindTools([weather])
      const first = await asked.invoke(messages)
      const results = await Promise.all(
        first.tool_calls.map(
          async ({ id, args }) => new ToolMessage({ content: await execute(args), tool_call_id: id })
        )
      )
      return (await asked.invoke([...messages, first, ...results])).text
    },
    [`langchain, ${api}: an object`]: options =>
      model(options).withStructuredOutput(book, { name: 'book' }).invoke('Name a book.')
  }
}

/** By the file that keeps what they were seen to send. */
export const cases = {
  'ai-sdk': { ...aiCases('responses', client => client.responses), ...aiCases('chat', client => client.chat) },
  langchain: { ...langchainCases('chat', false), ...langchainCases('responses', true) }
}
