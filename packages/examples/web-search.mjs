// A question that the model looks up in the web by itself, through the Responses API, and the sources that it names.
import { createDaybook, createPrompt, Dialog, memoryCache } from 'daybook'
import { simulatedFetch } from 'daybook/testing'

// A real provider: leave out `fetch` and set OPENAI_API_KEY. The simulated one finds nothing but simulated sources.
const fetch = simulatedFetch({ speed: 10 })
const model = 'openai/responses/gpt-5-mini'
const daybook = createDaybook({ model, fetch, cache: memoryCache(), record: 'none' })

const lookup = createPrompt({ template: 'Look it up. {question}', allowWebSearch: true })
const dialog = new Dialog()
dialog.putPrompt(lookup, { question: 'What is new about night trains in Europe?' })

const { message } = await daybook.invoker.call(dialog, { model })
console.log(message.content)

// What only this API has is kept in its own words: it goes back with the next question, byte for byte.
for (const item of message.native.content) {
  if (item.type === 'web_search_call') console.log(`\nsearched for: ${item.action.query}`)
  for (const { title, url } of item.content?.[0]?.annotations ?? []) console.log(`  ${title}: ${url}`)
}
