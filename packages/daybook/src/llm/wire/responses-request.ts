/** Renders a request in the format of OpenAI's Responses. */
import type { JsonObject } from '../../json.js'
import { type LLMRequest, withoutPrivate } from '../llm.js'
import { inWords, withSystem } from './answer-format.js'
import { strictOrNone } from './chat-tools.js'
import { checkMedia } from './media.js'
import type { Profile } from './profile.js'
import { inputOf } from './responses-input.js'
import { strictSchema } from './strict-schema.js'
import { list, type Rendered, record, text } from './wire.js'

/** Parameters of this format that go out as they are. */
const known = new Set(
  (
    'temperature top_p top_logprobs background context_management conversation include instructions max_output_tokens ' +
    'max_tool_calls metadata moderation parallel_tool_calls previous_response_id prompt prompt_cache_key ' +
    'prompt_cache_options prompt_cache_retention reasoning safety_identifier service_tier store text truncation user'
  ).split(' ')
)
/** Parameters that are rendered below. */
const rendered = new Set(
  (
    'model messages stream stream_options max_tokens max_completion_tokens tools tool_choice response_format ' +
    'reasoning_effort verbosity logprobs'
  ).split(' ')
)

/** The models that think, as far as their names say: others refuse to be asked for their encrypted reasoning. */
const thinker = /\bo[1-9]\b|gpt-[5-9](?!\S*chat)|codex|grok/

type Fields = Readonly<Record<string, unknown>>

export function renderResponses(asked: LLMRequest, profile: Profile): Rendered {
  const request = withoutPrivate(asked)
  const { model, messages, stream = true, tools, reasoning_effort: effort, verbosity } = request
  const dropped: string[] = []
  for (const { content } of messages) checkMedia(content, profile, 'responses', model)
  const { sent: format, words } = formatOf(request.response_format, profile, dropped)
  const input = inputOf(words === undefined ? messages : withSystem(messages, words), profile)
  const body: Record<string, unknown> = { model, input, stream }
  for (const [name, value] of Object.entries(request)) {
    if (value === undefined || value === null || rendered.has(name)) continue
    if (known.has(name)) body[name] = value
    else dropped.push(name)
  }
  const limit = request.max_tokens ?? request.max_completion_tokens
  if (limit !== undefined && limit !== null) body.max_output_tokens ??= limit
  if (effort) body.reasoning = { effort, ...record(body.reasoning) }
  if (format || verbosity) {
    body.text = { ...(format ? { format } : {}), ...(verbosity ? { verbosity } : {}), ...record(body.text) }
  }
  const { include_obfuscation } = record(request.stream_options) // the usage comes by itself
  if (include_obfuscation !== undefined) body.stream_options = { include_obfuscation }
  if (tools) {
    body.tools = list(tools).map(tool => toolOf(record(tool), profile, dropped))
    // The tool for computers is refused without it.
    if (list(tools).some(tool => computers.has(record(tool).type))) body.truncation ??= 'auto'
  }
  const choice = choiceOf(request.tool_choice)
  if (choice !== undefined) body.tool_choice = choice
  const include = includeOf(request)
  if (include.length > 0) body.include = include
  return { body, dropped: [...new Set(dropped)] }
}

/** What is not kept by the provider cannot be pointed at: its reasoning must come along to be sent back. */
function includeOf({ include, store, model, reasoning_effort, logprobs }: LLMRequest): readonly unknown[] {
  const thinks = store === false && (Boolean(reasoning_effort) || thinker.test(model))
  return [
    ...new Set([
      ...list(include),
      ...(thinks ? ['reasoning.encrypted_content'] : []),
      ...(logprobs === true ? ['message.output_text.logprobs'] : [])
    ])
  ]
}

const computers = new Set<unknown>(['computer_use', 'computer_use_preview'])

/** A function without its wrapping, a tool in our words in the provider's; others are in its words already. */
function toolOf(tool: Fields, profile: Profile, dropped: string[]): unknown {
  const { type, function: described } = tool
  if (type === 'computer_use') {
    return { display_width: 1280, display_height: 800, environment: 'browser', ...tool, type: 'computer_use_preview' }
  }
  if (!described) return tool
  const { name, description, parameters = { type: 'object', properties: {} }, strict } = record(described)
  // What the strict mode cannot say the model is told all the same; left out, `strict` would be true.
  const takes = profile.schema === undefined || profile.schema === 'strict'
  const fit = strict === true && takes ? strictOrNone(parameters as JsonObject) : undefined
  dropped.push(...(fit?.dropped ?? []).map(path => `tools.${text(name)}.${path}`))
  return {
    type: 'function',
    name,
    ...(description === undefined ? {} : { description }),
    parameters: fit?.schema ?? parameters,
    strict: fit !== undefined
  }
}

/** The form of the answer: in the body, in words to the model, or both. */
function formatOf(asked: unknown, { schema: takes }: Profile, dropped: string[]): { sent?: Fields; words?: string } {
  const { type, json_schema } = record(asked)
  if (type !== 'json_schema' && type !== 'json_object') {
    if (asked && type !== 'text') dropped.push('response_format')
    return {}
  }
  if (takes === 'none') return { words: inWords(asked) }
  if (type === 'json_object') return { sent: { type } }
  if (takes === 'json') return { sent: { type: 'json_object' }, words: inWords(asked) }
  const { name = 'answer', schema, ...rest } = record(json_schema)
  if (takes !== 'strict' || rest.strict === false) return { sent: { type, name, ...rest, schema } }
  const fit = strictSchema(schema as JsonObject)
  dropped.push(...fit.dropped.map(path => `response_format.${path}`))
  return { sent: { type, name, ...rest, schema: fit.schema, strict: true } }
}

function choiceOf(choice: unknown): unknown {
  if (choice === null) return undefined
  const { type, function: named, allowed_tools } = record(choice)
  if (named) return { type: 'function', name: record(named).name }
  if (type === 'computer_use') return { type: 'computer_use_preview' }
  if (!allowed_tools) return choice
  const { mode, tools } = record(allowed_tools)
  return { type, mode, tools: list(tools).map(choiceOf) }
}
