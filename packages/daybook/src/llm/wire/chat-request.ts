/** Renders a request in the format of Chat Completions, as the provider takes it. */
import type { JsonObject } from '../../json.js'
import { type LLMRequest, type Message, withoutPrivate } from '../llm.js'
import { inWords, withSystem } from './answer-format.js'
import { keeper, keptOf } from './chat-kept.js'
import { chatTools } from './chat-tools.js'
import { checkMedia, isGemini } from './media.js'
import type { Profile } from './profile.js'
import { strictSchema } from './strict-schema.js'
import { defined, type Rendered, record } from './wire.js'

type Fields = Readonly<Record<string, unknown>>

/** The request as it is: it is written in this format. Parameters that we do not know are the provider's to judge. */
export function renderChat(asked: LLMRequest, profile: Profile): Rendered {
  const { stream = true, stream_options, tools, response_format, messages, ...rest } = withoutPrivate(asked)
  const dropped: string[] = []
  const format = formatOf(response_format, profile)
  dropped.push(...format.dropped)
  const made = tools ? chatTools(tools, profile, asked.model) : undefined
  dropped.push(...(made?.dropped ?? []))
  const { tool_choice, parallel_tool_calls, ...parameters } = rest
  const told = format.words === undefined ? messages : withSystem(messages, format.words)
  const body: Fields = {
    ...made?.beside,
    ...(made && made.tools.length === 0 ? parameters : rest), // both are refused where there are no tools
    ...limited(rest, profile),
    messages: told.map(message => sent(message, profile, asked.model)),
    ...(made && made.tools.length > 0 ? { tools: made.tools } : {}),
    ...(format.sent === undefined ? {} : { response_format: format.sent }),
    stream
  }
  const rendered = { body, dropped, keeper: keeper(profile) }
  if (!stream) return rendered
  if (profile.streamUsage !== false) {
    return { ...rendered, body: { ...body, stream_options: { ...record(stream_options), include_usage: true } } }
  }
  return { ...rendered, dropped: stream_options ? [...dropped, 'stream_options'] : dropped }
}

/** OpenAI's reasoning models refuse the old name, all its models take the new one; others know only the old one. */
function limited({ max_tokens, max_completion_tokens }: Fields, { maxTokens }: Profile): Fields {
  const limit = max_tokens ?? max_completion_tokens
  if (limit === undefined || limit === null || !maxTokens) return {}
  return { max_tokens: undefined, max_completion_tokens: undefined, [maxTokens]: limit }
}

/**
 * Without what is meant for another format, or is refused: `developer` is a role that few know. What the provider wants
 * back with its own message stands beside it, and never in the place of what the message says itself.
 */
function sent(message: Message, profile: Profile, model: string): Fields {
  const { native, is_error, content, name, ...common } = message
  checkMedia(content, profile, 'chat', model)
  const role = message.role === 'developer' && profile.systemRole !== 'developer' ? 'system' : message.role
  const parts = isGemini(profile.provider) && Array.isArray(content) ? content.map(geminiPart) : content
  const named = profile.names && !profile.names.includes(role) ? undefined : name
  const same = role === message.role && parts === content && named === name
  if (same && native === undefined && is_error === undefined) return message
  const { members, calls } = keptOf(native, profile, model)
  return {
    ...members,
    ...common,
    role,
    ...defined({
      content: parts,
      name: named,
      tool_calls: calls.size > 0 ? common.tool_calls?.map(call => ({ ...calls.get(call.id), ...call })) : undefined
    })
  }
}

/** Gemini takes a PDF where others take an image. */
function geminiPart(part: unknown): unknown {
  const { file_data } = record(record(part).file)
  return file_data === undefined ? part : { type: 'image_url', image_url: { url: file_data } }
}

interface Format {
  /** In the body. */
  readonly sent?: unknown
  /** To the model. */
  readonly words?: string
  readonly dropped: readonly string[]
}

/** The form of the answer, as the provider can be asked for it. */
function formatOf(asked: unknown, { schema: takes }: Profile): Format {
  const { type, json_schema } = record(asked)
  const { schema, strict, ...described } = record(json_schema)
  if (type === 'json_object' && takes === 'none') return { words: inWords(asked), dropped: [] }
  if (type !== 'json_schema') return { sent: asked ?? undefined, dropped: [] }
  switch (takes) {
    case 'none':
      return { words: inWords(asked), dropped: [] }
    case 'json':
      return { sent: { type: 'json_object' }, words: inWords(asked), dropped: [] }
    case 'strict': {
      if (strict === false) break
      const fit = strictSchema(schema as JsonObject)
      return {
        sent: { type, json_schema: { name: 'answer', ...described, schema: fit.schema, strict: true } },
        dropped: fit.dropped.map(path => `response_format.${path}`)
      }
    }
    default: // as it is
  }
  return { sent: asked, dropped: [] }
}
