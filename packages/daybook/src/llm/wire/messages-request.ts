/** Renders a request in the format of Anthropic's Messages. */
import { type LLMRequest, type Message, withoutPrivate } from '../llm.js'
import { list, parsed, type Rendered, record, text } from './wire.js'

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
  'model messages stream max_tokens max_completion_tokens stop tools tool_choice parallel_tool_calls response_format user stream_options'.split(
    ' '
  )
)

type Block = Readonly<Record<string, unknown>>

export function renderMessages(asked: LLMRequest): Rendered {
  const request = withoutPrivate(asked)
  const { model, messages, stop, tools, tool_choice, parallel_tool_calls, response_format, user } = request
  const dropped: string[] = []
  const body: Record<string, unknown> = {
    model,
    max_tokens: request.max_tokens ?? request.max_completion_tokens ?? defaultMaxTokens,
    messages: turns(messages),
    stream: request.stream ?? true
  }
  for (const [name, value] of Object.entries(request)) {
    if (value === undefined || value === null || rendered.has(name)) continue
    if (known.has(name)) body[name] = value
    else dropped.push(name)
  }
  const system = systemOf(messages)
  if (system.length > 0) body.system = system
  if (stop !== undefined && stop !== null) body.stop_sequences = typeof stop === 'string' ? [stop] : stop
  if (tools) body.tools = tools.map(toolOf)
  const choice = choiceOf(tool_choice, parallel_tool_calls)
  if (choice) body.tool_choice = choice
  if (typeof user === 'string') body.metadata = { user_id: user, ...record(body.metadata) }
  const format = record(response_format)
  const { schema } = record(format.json_schema)
  if (schema) body.output_config = { ...record(body.output_config), format: { type: 'json_schema', schema } }
  else if (response_format && format.type !== 'text') dropped.push('response_format')
  return { body, dropped }
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

function saidBy(message: Message): readonly unknown[] {
  const { native, content } = message
  return native?.api === 'messages' ? list(native.content) : [...blocksOf(content), ...callsOf(message)]
}

function blocksOf(content: Message['content']): readonly Block[] {
  if (typeof content === 'string') return content === '' ? [] : [{ type: 'text', text: content }]
  return list(content).map(part => (record(part).type === 'image_url' ? imageOf(record(part)) : record(part)))
}

function imageOf(part: Block): Block {
  const url = text(record(part.image_url).url)
  const [, media_type, data] = /^data:([\w/+.-]+);base64,(.*)$/s.exec(url) ?? []
  return { type: 'image', source: data === undefined ? { type: 'url', url } : { type: 'base64', media_type, data } }
}

function callsOf(message: Message): readonly Block[] {
  return list(message.tool_calls).map(entry => {
    const call = record(entry)
    const { name, arguments: written } = record(call.function)
    return { type: 'tool_use', id: call.id, name, input: inputOf(text(written)) }
  })
}

/** What a tool was called with, as an object, which is all that the format takes. */
export function inputOf(written: string): unknown {
  if (written.trim() === '') return {}
  const value = parsed(written)
  return record(value) === value ? value : { INVALID_JSON: written }
}

function resultOf({ tool_call_id, content, is_error }: Message): Block {
  return {
    type: 'tool_result',
    tool_use_id: tool_call_id,
    content: typeof content === 'string' ? content : blocksOf(content),
    ...(is_error === true ? { is_error } : {})
  }
}

/** A function becomes a tool of this format; the provider's own tools are in its format already. */
function toolOf(tool: unknown): unknown {
  const { function: described, cache_control } = record(tool)
  if (!described) return tool
  const { name, description, parameters, strict } = record(described)
  return {
    name,
    ...(description === undefined ? {} : { description }),
    input_schema: parameters ?? { type: 'object', properties: {} },
    ...(strict === true ? { strict } : {}),
    ...(cache_control ? { cache_control } : {})
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
