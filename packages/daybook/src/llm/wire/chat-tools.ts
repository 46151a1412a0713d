/** Tools as Chat Completions takes them: functions, and what a provider has itself. */
import { InputError } from '../../errors.js'
import type { JsonObject } from '../../json.js'
import type { LLMRequest } from '../llm.js'
import type { Profile } from './profile.js'
import { strictSchema } from './strict-schema.js'
import { list, record, text } from './wire.js'

type Fields = Readonly<Record<string, unknown>>

export interface ChatTools {
  readonly tools: readonly unknown[]
  /** What goes into the body beside them. */
  readonly beside: Fields
  readonly dropped: readonly string[]
}

/**
 * How each provider searches the web, by its models: with a tool of its own, or by a member of the body. One that
 * searches anyway needs to be told nothing.
 */
const searches: Readonly<
  Record<string, readonly (readonly [RegExp, { readonly tool?: Fields; readonly beside?: Fields }])[]>
> = {
  openai: [[/-search-/, { beside: { web_search_options: {} } }]],
  vertex_ai: [[/gemini/, { beside: { web_search_options: {} } }]],
  openrouter: [[/./, { beside: { plugins: [{ id: 'web' }] } }]],
  dashscope: [[/./, { beside: { enable_search: true } }]],
  perplexity: [[/./, {}]],
  groq: [
    [/compound/, {}],
    [/gpt-oss/, { tool: { type: 'browser_search' } }]
  ]
}

/** Tools that are written in our words. */
const ours = new Set<unknown>(['web_search', 'computer_use', 'mcp'])

export function chatTools(asked: LLMRequest['tools'], profile: Profile, model: string): ChatTools {
  const dropped: string[] = []
  const tools: unknown[] = []
  let beside: Fields = {}
  for (const tool of list(asked)) {
    const { type, function: described } = record(tool)
    if (described !== undefined)
      tools.push({ ...record(tool), function: functionOf(record(described), profile, dropped) })
    else if (!ours.has(type)) tools.push(tool)
    else {
      const rows = Object.hasOwn(searches, profile.provider) ? searches[profile.provider] : undefined
      const how = type === 'web_search' ? rows?.find(([models]) => models.test(model))?.[1] : undefined
      if (!how) dropped.push(`tools.${type}`)
      if (how?.tool) tools.push(how.tool)
      beside = { ...beside, ...how?.beside }
    }
  }
  return { tools, beside, dropped }
}

/** What a strict mode cannot say the model is told all the same: arguments are checked in any case. */
function functionOf(described: Fields, { schema }: Profile, dropped: string[]): Fields {
  const { strict, ...common } = described
  if (strict !== true) return described
  if (schema !== undefined && schema !== 'strict') return common
  const parameters = common.parameters ?? { type: 'object', properties: {} }
  const fit = strictOrNone(parameters as JsonObject)
  if (!fit) return common
  dropped.push(...fit.dropped.map(path => `tools.${text(common.name)}.${path}`))
  return { ...common, parameters: fit.schema, strict }
}

/** As `strictSchema`; nothing where the schema cannot be said so. */
export function strictOrNone(...given: Parameters<typeof strictSchema>): ReturnType<typeof strictSchema> | undefined {
  try {
    return strictSchema(...given)
  } catch (error) {
    if (error instanceof InputError) return undefined
    throw error
  }
}
