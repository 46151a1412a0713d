/**
 * Reads the table. A line `@provider` opens a provider; each line after it is a model, then its figures as a letter
 * code and a number: `ctx` and `max` are the most tokens read and written; `in`, `out`, `cr` (cached read), `cw` (cache
 * write), `ch` (cache write for an hour), `rs` (reasoning), `ai` and `ao` (audio in and out) are US dollars per million
 * tokens; `>200000` opens the rates above so many input tokens.
 */
import type { Price, Rates } from './price.js'
import { table, tableDate } from './table.js'

/** A model as a provider knows it; a `Target` is one. */
export interface PricedModel {
  readonly provider: string
  readonly model: string
}

export interface Limits {
  /** The most tokens that the model reads. */
  readonly context?: number
  /** The most tokens that it writes. */
  readonly output?: number
}

/** The day that the prices are of, as YYYY-MM-DD. */
export const pricesDate: string = tableDate

/** What the model costs; undefined where that is not known. Never the price of a model with a similar name. */
export function priceOf(target: PricedModel): Price | undefined {
  const [rates, ...tiers] = figuresOf(target)?.split(' >') ?? []
  const base = ratesOf(rates ?? '')
  if (base.input === undefined || base.output === undefined) return undefined
  const price = { ...base, input: base.input, output: base.output }
  if (tiers.length === 0) return price
  return { ...price, tiers: tiers.map(tier => ({ above: Number.parseInt(tier, 10), ...ratesOf(tier) })) }
}

/** How much the model reads and writes at most; empty where that is not known. */
export function limitsOf(target: PricedModel): Limits {
  const figures = figuresOf(target) ?? ''
  const context = figure(figures, 'ctx')
  const output = figure(figures, 'max')
  return { ...(context === undefined ? {} : { context }), ...(output === undefined ? {} : { output }) }
}

const codes: readonly [keyof Rates, string][] = [
  ['input', 'in'],
  ['output', 'out'],
  ['cachedInput', 'cr'],
  ['cacheWrite', 'cw'],
  ['cacheWriteHour', 'ch'],
  ['reasoning', 'rs'],
  ['audioInput', 'ai'],
  ['audioOutput', 'ao']
]

function ratesOf(figures: string): Partial<Rates> {
  const rates: Partial<Record<keyof Rates, number>> = {}
  for (const [name, code] of codes) {
    const perMillion = figure(figures, code)
    if (perMillion !== undefined) rates[name] = perMillion / 1e6
  }
  return rates
}

function figure(figures: string, code: string): number | undefined {
  const word = figures.split(' ').find(candidate => candidate.startsWith(code))
  return word === undefined ? undefined : Number(word.slice(code.length))
}

let lines: Map<string, string> | undefined

/** The providers whose names differ here and in the table. */
const listedAs: Readonly<Record<string, string>> = {
  cohere: 'cohere_chat',
  fireworks: 'fireworks_ai',
  google: 'gemini',
  together: 'together_ai'
}

function figuresOf({ provider, model }: PricedModel): string | undefined {
  // A target may come from somebody else's ledger.
  if (typeof provider !== 'string' || typeof model !== 'string') return undefined
  lines ??= read()
  const listed = Object.hasOwn(listedAs, provider) ? listedAs[provider] : provider
  const found = lines.get(`${listed}/${model}`)
  if (found !== undefined) return found
  const prefix = [provider, listed].find(name => model.startsWith(`${name}/`))
  return prefix === undefined ? undefined : lines.get(`${listed}/${model.slice(prefix.length + 1)}`)
}

function read(): Map<string, string> {
  const found = new Map<string, string>()
  let provider = ''
  for (const line of table.split('\n')) {
    const space = line.indexOf(' ')
    if (line.startsWith('@')) provider = line.slice(1)
    else if (space > 0) found.set(`${provider}/${line.slice(0, space)}`, line.slice(space + 1))
  }
  return found
}
