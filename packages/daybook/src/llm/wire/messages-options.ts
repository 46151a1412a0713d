/** What differs from one of Anthropic's models to the next: the form of answers, thinking, and tools of its own. */
import type { JsonObject } from '../../json.js'
import type { LLMRequest } from '../llm.js'
import { inWords } from './answer-format.js'
import { strictOrNone } from './chat-tools.js'
import type { Profile } from './profile.js'
import { messagesRules, strictSchema } from './strict-schema.js'
import { list, record, text } from './wire.js'

type Fields = Readonly<Record<string, unknown>>

/** The models that cannot be held to a schema. */
const formless = /claude-(?:[12]|3|instant|(?:opus|sonnet)-4(?:-0|-2\d{7})?$|4-)/
/** Those that think as much as they find right, and are told how hard; the ones before are given a number of tokens. */
const adaptive = /(?:opus|sonnet)-4-[6-9]|(?:opus|sonnet|haiku)-[5-9]|fable|mythos/
const thoughtless = /claude-(?:[12]|3-(?!7)|instant)/
/** Those that take the newer tool for computers. */
const computers = /opus-4-[5-9]|sonnet-4-[6-9]|(?:opus|sonnet|haiku)-[5-9]|fable|mythos/

export interface AnswerFormat {
  readonly config?: Fields
  readonly words?: string
  readonly dropped: readonly string[]
}

/** The form of the answer: as a schema where the model takes one, else in words. */
export function messagesFormat(asked: unknown, { schema: takes }: Profile, model: string): AnswerFormat {
  const { type, json_schema } = record(asked)
  const { schema } = record(json_schema)
  if (type !== 'json_schema' && type !== 'json_object') {
    return { dropped: asked && type !== 'text' ? ['response_format'] : [] }
  }
  if (type === 'json_object' || !schema || formless.test(model) || takes === 'none' || takes === 'json') {
    return { words: inWords(asked), dropped: [] }
  }
  const fit = strictSchema(schema as JsonObject, messagesRules)
  return {
    config: { format: { type, schema: fit.schema } },
    dropped: fit.dropped.map(path => `response_format.${path}`)
  }
}

export interface Thinking {
  readonly thinking?: Fields
  readonly config?: Fields
  readonly maxTokens: unknown
  /** What cannot stand beside it. */
  readonly leftOut: readonly string[]
}

const budgets: Readonly<Record<string, number>> = {
  minimal: 1024,
  low: 1024,
  medium: 2048,
  high: 4096,
  xhigh: 8192,
  max: 16384
}
const room = 4096

/** `reasoning_effort` in this format's words, and the limit of the answer, which covers thinking too. */
export function thinkingOf(request: LLMRequest, choice: unknown): Thinking {
  const { model, reasoning_effort: effort } = request
  const limit = request.max_tokens ?? request.max_completion_tokens
  const given = Number(record(request.thinking).budget_tokens)
  const plain = { maxTokens: limit ?? (given > 0 ? given + room : undefined), leftOut: [] }
  if (effort === undefined || effort === null || effort === 'none' || request.thinking) return plain
  const budget = Object.hasOwn(budgets, String(effort)) ? budgets[String(effort)] : undefined
  const forced = /^(?:any|tool)$/.test(text(record(choice).type)) // which cannot be thought about
  const most = typeof limit === 'number' ? Math.floor(limit / 2) : Number.POSITIVE_INFINITY
  if (!budget || thoughtless.test(model)) return { ...plain, leftOut: ['reasoning_effort'] }
  if (adaptive.test(model)) {
    const config = { effort: effort === 'minimal' ? 'low' : effort }
    return forced
      ? { ...plain, config }
      : { ...plain, thinking: { type: 'adaptive' }, config, leftOut: beside(request) }
  }
  if (forced || most < 1024) return { ...plain, leftOut: ['reasoning_effort'] }
  const budget_tokens = Math.min(budget, most)
  return {
    thinking: { type: 'enabled', budget_tokens },
    maxTokens: limit ?? budget_tokens + room,
    leftOut: beside(request)
  }
}

/** How the model draws its words cannot be changed while it thinks. */
function beside({ temperature, top_p, top_k }: LLMRequest): readonly string[] {
  const wrong = {
    temperature: typeof temperature === 'number' && temperature !== 1,
    top_p: typeof top_p === 'number' && top_p < 0.95,
    top_k: typeof top_k === 'number'
  }
  return Object.entries(wrong).flatMap(([name, is]) => (is ? [name] : []))
}

export interface MessagesTools {
  readonly tools: readonly unknown[]
  readonly servers: readonly unknown[]
  readonly dropped: readonly string[]
  /** Names of features that must be asked for in a header. */
  readonly beta: readonly string[]
}

export function messagesTools(asked: LLMRequest['tools'], model: string): MessagesTools {
  const dropped: string[] = []
  const servers: unknown[] = []
  const beta = new Set<string>()
  const tools = list(asked).flatMap((entry): unknown[] => {
    const { type, ...tool } = record(entry)
    if (type === 'web_search') return [{ ...tool, type: 'web_search_20250305', name: 'web_search' }]
    if (type === 'computer_use') {
      const newer = computers.test(model)
      beta.add(newer ? 'computer-use-2025-11-24' : 'computer-use-2025-01-24')
      return [
        {
          type: newer ? 'computer_20251124' : 'computer_20250124',
          name: 'computer',
          display_width_px: tool.display_width ?? 1280,
          display_height_px: tool.display_height ?? 800
        }
      ]
    }
    if (type === 'mcp') {
      // Nobody is asked here before such a tool runs: where somebody should be, it must not.
      if (tool.require_approval !== 'never') {
        dropped.push('tools.mcp')
        return []
      }
      beta.add('mcp-client-2025-11-20')
      servers.push({ type: 'url', name: tool.server_label, url: tool.server_url })
      return [{ type: 'mcp_toolset', mcp_server_name: tool.server_label, ...allowed(tool.allowed_tools) }]
    }
    return [functionOf(record(entry), dropped)]
  })
  return { tools, servers, dropped, beta: [...beta] }
}

function allowed(names: unknown): Fields {
  if (!Array.isArray(names)) return {}
  return {
    default_config: { enabled: false },
    configs: Object.fromEntries(names.map(name => [name, { enabled: true }]))
  }
}

/** A function becomes a tool of this format; the provider's own tools are in its format already. */
function functionOf(tool: Fields, dropped: string[]): Fields {
  const { function: described, cache_control } = tool
  if (!described) return tool
  const { name, description, parameters, strict } = record(described)
  const asked = parameters ?? { type: 'object', properties: {} }
  const fit = strict === true ? strictOrNone(asked as JsonObject, messagesRules) : undefined
  dropped.push(...(fit?.dropped ?? []).map(path => `tools.${text(name)}.${path}`))
  return {
    name,
    ...(description === undefined ? {} : { description }),
    input_schema: fit?.schema ?? asked,
    ...(fit ? { strict: true } : {}),
    ...(cache_control ? { cache_control } : {})
  }
}
