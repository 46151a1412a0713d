// What an invoker adds to a call: the time of one call through it, divided by the time of the bare LLM function, for a
// dialog of 20 messages. Run by hand after a build: `node packages/tools/bench-invoker.mjs`. The aim is at most 1.5.
const at = file => new URL(`../daybook/dist/${file}.js`, import.meta.url).href
const { Dialog } = await import(at('dialog/dialog'))
const { createInvoker } = await import(at('dialog/invoker'))
const { createPrompt } = await import(at('dialog/prompt'))
const { llmStream } = await import(at('llm/llm-stream'))
const { chatCompletionsApi } = await import(at('llm/wire/chat-api'))

const calls = 400
const rounds = 15
const words = Array.from({ length: 50 }, (_, n) => `word-${n} `)

/** The cheapest function there is: nothing but its deltas. */
const inMemory = (_request, options) =>
  llmStream(async function* () {
    for (const text of words) yield { type: 'text.delta', text }
    const text = words.join('')
    return {
      text,
      model: 'demo-1',
      message: { role: 'assistant', content: text },
      finish_reason: 'stop',
      usage: { input_tokens: 200, output_tokens: 50 },
      tool_calls: [],
      cost_usd: null,
      cached: false
    }
  }, options)

const chunk = (delta, finish_reason = null) =>
  `data: ${JSON.stringify({ id: 'x', model: 'demo-1', choices: [{ index: 0, delta, finish_reason }] })}\n\n`
const body = `${words.map(content => chunk({ content })).join('')}${chunk({}, 'stop')}data: [DONE]\n\n`
const headers = { 'content-type': 'text/event-stream' }

/** Chat completions over a fetch that answers at once. */
const chat = chatCompletionsApi({
  baseURL: 'https://provider.test/v1',
  apiKey: 'a-key',
  fetch: async () => new Response(body, { headers })
})

function dialogOf(prompt) {
  const dialog = new Dialog()
  dialog.putText('You are helpful.', { role: 'system' })
  for (let n = 1; n < 19; n++) dialog.putText(`Message ${n} of a dialog.`, { role: n % 2 ? 'user' : 'assistant' })
  dialog.putPrompt(createPrompt({ template: 'And then?', ...prompt }))
  return dialog
}

async function timeOf(call) {
  const start = performance.now()
  for (let n = 0; n < calls; n++) await call()
  return ((performance.now() - start) * 1000) / calls
}

const median = numbers => numbers.sort((a, b) => a - b)[numbers.length >> 1]

for (const [name, llm] of Object.entries({ 'in memory': inMemory, 'chat completions, one fetch': chat })) {
  const invoker = createInvoker({ llm })
  const dialog = dialogOf({})
  const parsed = dialogOf({ parser: { parse: text => ({ length: text.length }) } })
  const messages = dialog.messages.map(({ role, content }) => ({ role, content }))
  const ways = {
    bare: () => llm({ model: 'demo-1', messages }),
    invoker: () => invoker.call(dialog, { model: 'demo-1' }),
    'invoker with a parser': () => invoker.call(parsed, { model: 'demo-1' }),
    'invoker with a stream handler': () =>
      invoker.call(dialog, { model: 'demo-1', streamHandler: { handleChunk() {} } })
  }
  const times = Object.fromEntries(Object.keys(ways).map(way => [way, []]))
  for (let round = 0; round < rounds; round++) {
    for (const [way, call] of Object.entries(ways)) times[way].push(await timeOf(call))
  }
  const bare = median(times.bare)
  console.log(`${name}, ${words.length} deltas:`)
  for (const [way, figures] of Object.entries(times)) {
    const micros = median(figures)
    console.log(`  ${way.padEnd(30)} ${micros.toFixed(1).padStart(8)} µs  ${(micros / bare).toFixed(2)}`)
  }
}
