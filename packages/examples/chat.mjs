// One question, one answer. The same question again is answered from the cache, for nothing.
import { createDaybook, memoryCache } from 'daybook'
import { simulatedFetch } from 'daybook/testing'

// A real provider: leave out `fetch` and set OPENAI_API_KEY. To keep ledger and cache: leave out the last two.
const fetch = simulatedFetch({ speed: 10 })
const daybook = createDaybook({ model: 'openai/gpt-5-mini', fetch, cache: memoryCache(), record: 'none' })

console.log(await daybook.text('Why is the sky blue?'))
await daybook.text('Why is the sky blue?')

console.log('\nWhat the ledger says:')
const dollars = amount => `$${amount?.toFixed(6) ?? '?'}`
for await (const { type, data } of daybook.ledger.read()) {
  if (type === 'llm.request') console.log(`  asked ${data.model}: ${data.messages.at(-1).content}`)
  if (type !== 'llm.response') continue
  if (data.cached) console.log(`    from the cache, ${dollars(data.saved_usd)} saved`)
  else console.log(`    ${data.usage.output_tokens} tokens, ${dollars(data.cost_usd)}`)
}
