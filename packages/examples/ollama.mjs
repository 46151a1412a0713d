// A model on your own machine. Where no Ollama is running, the simulated provider answers, and says so.
import { createDaybook, memoryCache } from 'daybook'
import { simulatedFetch } from 'daybook/testing'

const base = process.env.OLLAMA_API_BASE ?? 'http://localhost:11434'
const installed = await fetch(`${base}/api/tags`, { signal: AbortSignal.timeout(1000) })
  .then(response => response.json())
  .then(({ models }) => models.map(({ name }) => name))
  .catch(() => [])

const [name = 'llama3.2'] = installed
const simulated = installed.length === 0
console.log(
  simulated ? `No Ollama with a model at ${base}: simulated.` : `Ollama at ${base} has ${installed.join(', ')}.`
)

const daybook = createDaybook({
  model: `ollama/${name}`,
  ...(simulated ? { fetch: simulatedFetch({ speed: 10 }) } : {}),
  cache: memoryCache(),
  record: 'none'
})
console.log(`\n${name}:\n`)
for await (const piece of daybook.text('Name three uses of a paper clip.')) process.stdout.write(piece)
console.log()
