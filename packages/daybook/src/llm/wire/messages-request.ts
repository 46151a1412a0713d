/** Renders a request in the format of Anthropic's Messages. */
import { type LLMRequest, type Message, withoutPrivate } from '../llm.js'
import { withSystem } from './answer-format.js'
import { checkMedia, dataUrl } from './media.js'
import { messagesFormat, messagesTools, thinkingOf } from './messages-options.js'
import type { Profile } from './profile.js'
import { inputOf, list, type Rendered, record, text } from './wire.js'

/** Asked for where the request says nothing, since the format requires a figure. */
const defaultMaxTokens = 4096

/** Parameters of this format that go out as they are. */
const known = new Set(
  (
    'temperature top_p top_k stop_sequences thinking metadata service_tier container mcp_servers context_management ' +
    'output_config cache_control inference_geo speed diagnostics'
  ).split(' ')
)
/** Parameters that are rendered below. */
const rendered = new Set(
  'model messages stream max_tokens max_completion_tokens stop tools tool_choice parallel_tool_calls response_format user stream_options reasoning_effort'.split(
    ' '
  )
)

type Block = Readonly<Record<string, unknown>>

export function renderMessages(given: LLMRequest, profile: Profile = { provider: 'custom' }): Rendered {
  const request = withoutPrivate(given)
  const { model, messages, stop, user } = request
  for (const { content } of messages) checkMedia(content, profile, 'messages', model)
  const format = messagesFormat(request.response_format, profile, model)
  const asked = messagesTools(request.tools, model)
  const said = turns(messages)
  const past = asked.tools.length > 0 ? [] : toolsOf(said)
  const tools = past.length > 0 ? past : asked.tools
  const system = systemOf(format.words === undefined ? messages : withSystem(messages, format.words))
  const choice = choiceOf(past.length > 0 ? 'none' : request.tool_choice, request.parallel_tool_calls)
  const thought = thinkingOf(request, choice)
  const leftOut = new Set(thought.leftOut)
  const dropped = [...thought.leftOut]
  const body: Record<string, unknown> = {
    model,
    max_tokens: thought.maxTokens ?? defaultMaxTokens,
    messages: said,
    stream: request.stream ?? true
  }
  for (const [name, value] of Object.entries(request)) {
    if (value === undefined || value === null || rendered.has(name) || leftOut.has(name)) continue
    if (known.has(name)) body[name] = value
    else dropped.push(name)
  }
  dropped.push(...format.dropped, ...asked.dropped)
  if (system.length > 0) body.system = system
  if (stop !== undefined && stop !== null) body.stop_sequences = typeof stop === 'string' ? [stop] : stop
  if (tools.length > 0) body.tools = tools
  if (choice && (tools.length > 0 || !request.tools)) body.tool_choice = choice // refused where no tool is left
  if (asked.servers.length > 0) body.mcp_servers = [...list(body.mcp_servers), ...asked.servers]
  if (typeof user === 'string') body.metadata = { user_id: user, ...record(body.metadata) }
  if (thought.thinking) body.thinking = thought.thinking
  const config = { ...record(body.output_config), ...thought.config, ...format.config }
  if (Object.keys(config).length > 0) body.output_config = config
  const { beta } = asked
  return { body, dropped, ...(beta.length > 0 ? { headers: { 'anthropic-beta': beta.join(',') } } : {}) }
}

/** System and developer messages, wherever they stand: one text, or blocks where one of them is blocks. */
function systemOf(messages: readonly Message[]): string | readonly Block[] {
  const system = messages.filter(isSystem)
  if (system.every(({ content }) => !Array.isArray(content))) {
    return system.map(({ content }) => text(content)).join('\n\n')
  }
  return system.flatMap(({ content }) => blocksOf(content))
}

function isSystem({ role }: Message): boolean {
  return role === 'system' || role === 'developer'
}

function turns(messages: readonly Message[]): readonly Block[] {
  const made: Block[] = []
  let results: Block[] | undefined
  for (const message of messages) {
    if (isSystem(message)) continue
    if (message.role === 'tool') {
      // All results of one turn are one message: the format refuses them apart.
      if (results) results.push(resultOf(message))
      else {
        results = [resultOf(message)]
        made.push({ role: 'user', content: results })
      }
      continue
    }
    results = undefined
    const { role, content } = message
    const said = role === 'assistant' ? saidBy(message) : typeof content === 'string' ? content : blocksOf(content)
    if (role !== 'assistant' || said.length > 0) made.push({ role, content: said }) // empty ones are refused
  }
  return made
}

/**
 * The tools that were called before, by name alone: the format refuses their calls and results in a request that
 * defines none, such as one for the last word after all rounds of tools.
 */
function toolsOf(said: readonly Block[]): readonly Block[] {
  const blocks = said.flatMap(({ content }) => list(content)).map(record)
  const names = new Set(blocks.map(({ type, name }) => (type === 'tool_use' ? text(name) : '')))
  names.delete('')
  return [...names].map(name => ({ name, input_schema: { type: 'object' } }))
}

function saidBy(message: Message): readonly unknown[] {
  const { native, content } = message
  return native?.api === 'messages' ? list(native.content) : [...blocksOf(content), ...callsOf(message)]
}

function blocksOf(content: Message['content']): readonly Block[] {
  if (typeof content === 'string') return content === '' ? [] : [{ type: 'text', text: content }]
  return list(content).map(part => blockOf(record(part)))
}

/** A part as a block; what is one already goes as it is. */
function blockOf(part: Block): Block {
  if (part.type === 'image_url') return { type: 'image', source: sourceOf(record(part.image_url).url) }
  const { file_data, file_id, filename } = record(part.file)
  if (part.type !== 'file' || (file_data ?? file_id) === undefined) return part
  const source = file_data === undefined ? { type: 'file', file_id } : sourceOf(file_data)
  return { type: 'document', source, ...(typeof filename === 'string' ? { title: filename } : {}) }
}

function sourceOf(url: unknown): Block {
  const held = dataUrl(text(url))
  return held ? { type: 'base64', media_type: held.mediaType, data: held.data } : { type: 'url', url }
}

function callsOf(message: Message): readonly Block[] {
  return list(message.tool_calls).map(entry => {
    const call = record(entry)
    const { name, arguments: written } = record(call.function)
    return { type: 'tool_use', id: call.id, name, input: inputOf(text(written)) }
  })
}

function resultOf({ tool_call_id, content, is_error }: Message): Block {
  return {
    type: 'tool_result',
    tool_use_id: tool_call_id,
    content: typeof content === 'string' ? content : blocksOf(content),
    ...(is_error === true ? { is_error } : {})
  }
}

const choices: Readonly<Record<string, Block>> = {
  auto: { type: 'auto' },
  none: { type: 'none' },
  required: { type: 'any' }
}

function choiceOf(choice: unknown, parallel: unknown): unknown {
  const { function: named } = record(choice)
  const one = parallel === false ? { disable_parallel_tool_use: true } : {}
  const made = named ? { type: 'tool', name: record(named).name } : (choices[String(choice)] ?? choice)
  if (made === undefined || made === null) return parallel === false ? { type: 'auto', ...one } : undefined
  return record(made).type === 'none' ? made : { ...record(made), ...one }
}
