// An answer as it is written; and one that is stopped after ten pieces, which ends the call.
import { createDaybook, memoryCache } from 'daybook'
import { simulatedFetch } from 'daybook/testing'

// A real provider: leave out `fetch` and set ANTHROPIC_API_KEY.
const fetch = simulatedFetch({ speed: 10 })
const daybook = createDaybook({ model: 'anthropic/claude-haiku-4-5', fetch, cache: memoryCache(), record: 'none' })

const answer = daybook.text('How do bees find flowers?', {
  system: 'Be brief.',
  modelArgs: { max_tokens: 120 }
})
for await (const piece of answer) process.stdout.write(piece)
console.log(`\n\n${(await answer).length} characters in all. Now ten pieces, and no more:\n`)

let pieces = 0
for await (const piece of daybook.text('And how do ants find sugar?')) {
  process.stdout.write(piece)
  if (++pieces === 10) break
}
console.log(' …')
