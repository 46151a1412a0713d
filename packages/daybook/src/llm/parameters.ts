/** Which parameters each provider and model takes. */
import type { LLMRequest, ToolDefinition } from './llm.js'
import { knownParameters, parameterTable } from './parameter-table.js'
import { type ProviderName, providerTable } from './provider-table.js'
import type { Profile } from './wire/profile.js'

/** What is known of a provider: nothing of one that is not in the table. */
export function profileOf(provider: string): Profile {
  return Object.hasOwn(providerTable, provider)
    ? { ...providerTable[provider as ProviderName].quirks, provider }
    : { provider }
}

/** A request without what its provider and model do not take. */
export interface Fitted {
  readonly request: LLMRequest
  /** The names of the parameters that were left out. */
  readonly dropped: readonly string[]
}

/** How one parameter is taken: under which name, with which value, or (with any) not beside which other one. */
interface Taken {
  readonly as?: string | undefined
  readonly only?: string | undefined
  readonly without?: string | undefined
}

/**
 * The request without the parameters that this provider and model do not take; a parameter that the table does not
 * know passes as it is, and so does everything of a provider that is not in the table. Tools of the provider's own are
 * the wire format's to judge.
 */
export function fitted(request: LLMRequest, { provider }: Profile): Fitted {
  if (!Object.hasOwn(parameterTable, provider)) return { request, dropped: [] }
  const taken = takenBy(provider, String(request.model))
  const made: Record<string, unknown> = {}
  const dropped: string[] = []
  for (const [name, value] of Object.entries(request)) {
    if (value === undefined || value === null || !knownParameters.has(name)) {
      made[name] = value
      continue
    }
    const how = taken.get(name)
    if (how && fits(how, value, request) && !(how.as && given(request[how.as]))) made[how.as ?? name] = value
    else if (name === 'tools') {
      const own = (value as readonly ToolDefinition[]).filter(tool => tool?.type !== 'function')
      if (own.length > 0) made.tools = own
      if (own.length < (value as readonly unknown[]).length) dropped.push(name)
    } else dropped.push(name)
  }
  return { request: made as unknown as LLMRequest, dropped }
}

function fits({ only, without }: Taken, value: unknown, request: LLMRequest): boolean {
  if (only !== undefined && String(value) === only) return true
  if (without === undefined) return only === undefined
  return !given(request[without]) || request[without] === 'none'
}

function given(value: unknown): boolean {
  return value !== undefined && value !== null
}

const known = new Map<string, ReadonlyMap<string, Taken>>()

/** Kept, but not without end: names of models may be anybody's. */
function takenBy(provider: string, model: string): ReadonlyMap<string, Taken> {
  const key = `${provider}/${model}`
  const before = known.get(key)
  if (before) return before
  if (known.size >= 100) known.clear()
  const taken = applied(provider, model)
  known.set(key, taken)
  return taken
}

/** Applies the rules of a provider that speak of this model. */
function applied(provider: string, model: string): ReadonlyMap<string, Taken> {
  const taken = new Map<string, Taken>([...knownParameters].map(name => [name, {}]))
  for (const [pattern, words] of parameterTable[provider] ?? []) {
    if (!new RegExp(pattern, 'i').test(model)) continue
    for (const word of words.split(' ')) {
      const [, sign, name = '', only, without, as] = /^(-?)(\w+)(?:=(\w+))?(?:!(\w+))?(?:>(\w+))?$/.exec(word) ?? []
      if (word === '=') taken.clear()
      else if (sign === '-') taken.delete(name)
      else if (name) taken.set(name, { only, without, as })
    }
  }
  return taken
}
