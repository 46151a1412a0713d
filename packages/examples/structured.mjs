// An object of a schema: seen while it grows, checked when it is there.
import { createDaybook, memoryCache } from 'daybook'
import { simulatedFetch } from 'daybook/testing'
import { z } from 'zod'

const Recipe = z.object({
  title: z.string(),
  minutes: z.int(),
  difficulty: z.enum(['easy', 'medium', 'hard']),
  ingredients: z.array(z.object({ name: z.string(), grams: z.number() }))
})

// A real provider: leave out `fetch` and set OPENAI_API_KEY.
const fetch = simulatedFetch({ speed: 10 })
const daybook = createDaybook({ model: 'openai/gpt-5-mini', fetch, cache: memoryCache(), record: 'none' })

const stream = daybook.object('A recipe for pancakes, please.', Recipe)
for await (const partial of stream) console.log(JSON.stringify(partial))

const recipe = await stream
console.log(`\n${recipe.title}: ${recipe.difficulty}, ${recipe.minutes} minutes`)
for (const { name, grams } of recipe.ingredients) console.log(`  ${grams} g of ${name}`)
