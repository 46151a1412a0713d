/**
 * Writes the price table from a list of LiteLLM's format, as it is published or trimmed to short names:
 * npm run prices -- model_prices_and_context_window.2026-08-01.json.gz [--date YYYY-MM-DD]
 * The date is that of the data, from the option or the file's name. A file without one is only compared.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { gunzipSync, gzipSync } from 'node:zlib'

const target = fileURLToPath(new URL('../daybook/src/prices/table.ts', import.meta.url))
const maxGzip = 14_000
const providers = new Set(
  'anthropic azure cerebras cohere_chat dashscope deepinfra deepseek fireworks_ai gemini groq mistral moonshot ollama openai openrouter perplexity together_ai vertex_ai xai'.split(
    ' '
  )
)
/** LiteLLM's long names, in the order in which a line has them. Tiers are `<name>_above_<n>k_tokens`, or `in200k`. */
const rates = {
  in: 'input_cost_per_token',
  out: 'output_cost_per_token',
  cr: 'cache_read_input_token_cost',
  cw: 'cache_creation_input_token_cost',
  ch: 'cache_creation_input_token_cost_above_1hr',
  rs: 'output_cost_per_reasoning_token',
  ai: 'input_cost_per_audio_token',
  ao: 'output_cost_per_audio_token'
}
/** What the short names of a trimmed list are, where they differ. */
const trimmed = { cw1h: 'ch' }
/** Vertex's OpenAI-compatible endpoint has Google's models under `google/`. */
const listedAs = { 'vertex_ai-language-models': ['vertex_ai', 'google/'] }

const { values, positionals } = parseArgs({ allowPositionals: true, options: { date: { type: 'string' } } })
if (positionals.length !== 1) fail('Name one file: npm run prices -- <file> [--date YYYY-MM-DD]')
const [file] = positionals
const bytes = readFileSync(file)
const entries = Object.entries(JSON.parse((bytes[0] === 0x1f ? gunzipSync(bytes) : bytes).toString('utf8')))
const text = written(entries.flatMap(([name, entry]) => row(name, entry)))
const date = values.date ?? /\d{4}-\d\d-\d\d/.exec(basename(file))?.[0] ?? dateOfSame(text)
if (!date) fail('The data differs from the table and has no date: add --date YYYY-MM-DD, the day that it is of.')
if (!/^\d{4}-\d\d-\d\d$/.test(date) || Number.isNaN(Date.parse(date))) fail(`"${date}" is no date like 2026-08-01.`)

const module = `/** Made by \`npm run prices\`, not by hand. US dollars per million tokens; the format is explained in lookup.ts. */
export const tableDate: string = '${date}'
export const tableSource: string = 'LiteLLM, model_prices_and_context_window.json (MIT)'
export const table: string = \`
${text}
\`
`
const gzip = gzipSync(module, { level: 9 }).length
if (gzip > maxGzip) fail(`The table would have ${gzip} bytes gzipped, more than ${maxGzip}: leave a provider out.`)
writeFileSync(target, module)
console.log(`${text.split('\n').length} lines of ${date}, ${gzip} bytes gzipped: ${target}`)

/** One model as [provider, line]; none where neither a price nor a limit is known, or the model is of no use here. */
function row(key, entry) {
  const long = 'litellm_provider' in entry
  const listed = long ? entry.litellm_provider : entry.p
  const [provider, folder] = Object.hasOwn(listedAs, listed) ? listedAs[listed] : [listed, '']
  const mode = entry.mode ?? 'chat'
  if (!providers.has(provider) || !['chat', 'responses'].includes(mode)) return []
  const prefixed = key.startsWith(`${provider}/`)
  const model = folder + (prefixed ? key.slice(provider.length + 1) : key)
  if (!/^[!-~]+$/.test(model) || model.includes('`') || model.includes('$')) return []

  const price = { base: {}, tiers: new Map() }
  for (const [name, value] of Object.entries(entry)) {
    const [, short, tier] = matched(name, long) ?? []
    if (!short || typeof value !== 'number' || !(value >= 0)) continue
    if (!tier) price.base[short] = value
    else price.tiers.set(Number(tier), { ...price.tiers.get(Number(tier)), [short]: value })
  }
  // For some old models the list has another one's price here.
  const { in: base = 0, cw = 0, ch } = price.base
  if (ch < cw || ch > 4 * base) delete price.base.ch
  const words = known(provider, model, price.base) ? [...spelled(price.base)] : []
  if (words.length > 0) {
    for (const [above, tier] of [...price.tiers].sort(([a], [b]) => a - b)) {
      if (tier.in !== undefined) words.push(`>${above * 1000}`, ...spelled(tier))
    }
  }
  const context = long ? entry.max_input_tokens : entry.ctx
  const output = long ? entry.max_output_tokens : entry.maxOut
  if (Number.isInteger(output) && output > 0) words.unshift(`max${output}`)
  if (Number.isInteger(context) && context > 0) words.unshift(`ctx${context}`)
  return words.length > 0 ? [{ provider, prefixed, model, line: [model, ...words].join(' ') }] : []
}

function matched(name, long) {
  if (!long) {
    const [, short, tier] = /^(in|out|cr|cw1h|cw|rs|ai|ao)(?:(\d+)k)?$/.exec(name) ?? []
    return short && [name, trimmed[short] ?? short, tier]
  }
  for (const [short, full] of Object.entries(rates)) {
    if (name === full) return [name, short]
    const tier = name.startsWith(`${full}_above_`) && /^(\d+)k_tokens$/.exec(name.slice(full.length + 7))
    if (tier) return [name, short, tier[1]]
  }
  return undefined
}

/** A zero stands for "free" only where that is what it means: on one's own machine, or where the name says so. */
function known(provider, model, base) {
  if (base.in === undefined || base.out === undefined) return false
  return (base.in > 0 && base.out > 0) || provider === 'ollama' || /[/:-]free$/i.test(`/${model}`)
}

function* spelled(group) {
  for (const short of Object.keys(rates)) {
    if (group[short] !== undefined) yield short + Number((group[short] * 1e6).toPrecision(12))
  }
}

/** Where a list has a model twice, the name with its provider's prefix counts: it is the provider's own endpoint. */
function written(rows) {
  const byProvider = new Map()
  for (const { provider, prefixed, model, line } of rows) {
    const models = byProvider.get(provider) ?? byProvider.set(provider, new Map()).get(provider)
    if (prefixed || !models.has(model)) models.set(model, line)
  }
  const sorted = map => [...map].sort(([a], [b]) => (a < b ? -1 : 1))
  return sorted(byProvider)
    .map(([provider, models]) => [`@${provider}`, ...sorted(models).map(([, line]) => line)].join('\n'))
    .join('\n')
}

function dateOfSame(text) {
  const current = readFileSync(target, 'utf8')
  return current.includes(`\`\n${text}\n\``) ? /tableDate: string = '([\d-]+)'/.exec(current)?.[1] : undefined
}

function fail(message) {
  console.error(message)
  process.exit(1)
}
