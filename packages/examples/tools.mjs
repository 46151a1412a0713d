// An agent with two tools. It calls both at once; their arguments are checked before they run.
import { createDaybook, createPrompt, memoryCache, tool } from 'daybook'
import { simulatedFetch } from 'daybook/testing'
import { z } from 'zod'

const weather = tool({
  name: 'get_weather',
  description: 'Tells the weather of a city.',
  inputSchema: z.object({ city: z.string() }),
  execute: async ({ city }) => ({ city, celsius: 4, sky: 'snow' })
})
const multiply = tool({
  name: 'multiply',
  description: 'Multiplies two numbers.',
  inputSchema: z.object({ a: z.number(), b: z.number() }),
  execute: ({ a, b }) => a * b
})

// A real provider: leave out `fetch` and set OPENAI_API_KEY.
const fetch = simulatedFetch({ speed: 10 })
const daybook = createDaybook({ model: 'openai/gpt-5-mini', fetch, cache: memoryCache(), record: 'none' })

const system = createPrompt({ template: 'Use your tools.', tools: [weather, multiply] })
const agent = daybook.agent({ system }).open('main')
agent.receive('What is the weather in Oslo, and what do 17 and 23 multiply to?')

const answer = agent.respond()
for await (const step of answer) {
  if (step.type === 'tool.called') console.log(`${step.call.name}(${JSON.stringify(step.call.arguments)})`)
  if (step.type === 'tool.returned') console.log(`  ${step.call.name} returned ${step.text}`)
}
console.log(`\n${(await answer).text}`)
