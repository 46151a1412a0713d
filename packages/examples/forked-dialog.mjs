// A dialog that is forked: two questions to the same beginning, side by side, and what all of it cost.
import { createDaybook, Dialog, memoryCache } from 'daybook'
import { simulatedFetch } from 'daybook/testing'

// A real provider: leave out `fetch` and set ANTHROPIC_API_KEY.
const fetch = simulatedFetch({ speed: 10, words: 40 })
const model = 'anthropic/claude-haiku-4-5'
const daybook = createDaybook({ model, fetch, cache: memoryCache(), record: 'none' })

async function ask(dialog, question) {
  dialog.putText(question)
  const { message } = await daybook.invoker.call(dialog, { model })
  dialog.append(message)
}

const trip = new Dialog({ owner: 'trip' })
trip.putText('You plan short trips by train.', { role: 'system' })
await ask(trip, 'Where to for a weekend in May?')

const [north, south] = [trip.fork({ owner: 'north' }), trip.fork({ owner: 'south' })] // copies no message
await Promise.all([ask(north, 'And somewhere colder?'), ask(south, 'And somewhere by the sea?')])

for (const dialog of [north, south]) console.log(`${dialog.overview({ maxLength: 70 })}\n`)
console.log(trip.treeOverview())
console.log(`\nshared: ${north.messages[2] === south.messages[2]}; north cost $${north.cost.costUsd?.toFixed(6)}`)
