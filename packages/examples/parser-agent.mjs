// An agent whose answers are parsed. One of the wrong form never gets into its dialog: the model is told, and asked again.
import { createDaybook, createPrompt, memoryCache, tagParser } from 'daybook'
import { simulatedFetch } from 'daybook/testing'

const system = createPrompt({
  template: 'You review texts. Write <verdict>…</verdict> and then <reason>…</reason>.',
  parser: tagParser({ xmlTags: ['verdict', 'reason'] }),
  handlers: { exception: 'That was not the form: {error_message} Write it again, with its tags.' }
})

// A real provider: leave out `fetch` and set OPENAI_API_KEY. The simulated one gets it wrong where it is asked to.
const fetch = simulatedFetch({ speed: 10 })
const daybook = createDaybook({ model: 'openai/gpt-5-mini', fetch, cache: memoryCache(), record: 'none' })

const agent = daybook.agent({ name: 'reviewer', system, maxExceptionRetry: 2 }).open('review')
agent.receive('Is this any good: “The sea was a mirror to the clouds”? (Get it wrong first.)')
const { parsed, session, cost } = await agent.respond()

session.steps.forEach(({ state, result }, index) => {
  console.log(`try ${index + 1} (${state}): ${result.errorMessage.replaceAll('\n', '\n  ') || 'fits'}`)
})
console.log(`\nverdict: ${parsed.xmlTags.verdict[0]}`)
console.log(`reason:  ${parsed.xmlTags.reason[0]}`)
console.log(`\n${agent.dialog.overview({ maxLength: 80 })}`)
console.log(`\n${cost.answers} answers were paid for, $${cost.costUsd?.toFixed(6)}`)
