/** The body of a request to Anthropic's Messages in our vocabulary: the way back of `messages-request.ts`. */
import type { LLMRequest, Message } from '../llm/llm.js'
import { defined, list, record, text } from '../llm/wire/wire.js'

type Fields = Readonly<Record<string, unknown>>

/** What has no place in our vocabulary stays under its own name. */
export function fromMessages(body: Fields, provider: string): LLMRequest {
  const { system, messages, tools, tool_choice, stop_sequences, metadata, output_config, ...rest } = body
  const { user_id: user, ...about } = record(metadata)
  const { format, ...config } = record(output_config)
  return {
    ...rest,
    ...defined({ stop: stop_sequences, user, tools: Array.isArray(tools) ? tools.map(toolOf) : tools }),
    ...choiceOf(tool_choice),
    ...formatOf(format),
    ...(Object.keys(about).length > 0 ? { metadata: about } : {}),
    ...(Object.keys(config).length > 0 ? { output_config: config } : {}),
    messages: [
      ...(system ? [{ role: 'system', content: system }] : []),
      ...list(messages).flatMap(entry => turnsOf(entry, provider))
    ]
  } as unknown as LLMRequest
}

/** Results of tools are blocks of what the user says; in our vocabulary each is a message. */
function turnsOf(entry: unknown, provider: string): readonly Message[] {
  const message = record(entry) as Fields & Message
  if (!Array.isArray(message.content)) return [message]
  if (message.role === 'assistant') return [assistantOf(message.content.map(record), provider)]
  const made: Message[] = []
  let said: unknown[] | undefined
  for (const block of message.content.map(record)) {
    if (block.type === 'tool_result') {
      const { type: _type, tool_use_id, content, ...rest } = block
      made.push({ role: 'tool', tool_call_id: text(tool_use_id), content: contentOf(content), ...rest })
      said = undefined
    } else if (said) said.push(partOf(block))
    else {
      said = [partOf(block)]
      made.push({ ...message, content: said as never })
    }
  }
  return made
}

function contentOf(content: unknown): Message['content'] {
  return Array.isArray(content) ? content.map(block => partOf(record(block))) : text(content)
}

/** A block as a part of ours; another kind, or another source, stays as it is. */
function partOf(block: Fields): never {
  const { type, source, title, ...rest } = block
  const { type: kind, media_type, data, url, file_id } = record(source)
  const held = kind === 'base64' ? `data:${media_type};base64,${data}` : kind === 'url' ? url : undefined
  if (type === 'image' && held) return { type: 'image_url', image_url: { url: held }, ...rest } as never
  if (type === 'document' && (held || kind === 'file')) {
    return { type: 'file', file: defined({ file_data: held, file_id, filename: title }), ...rest } as never
  }
  return block as never
}

/** The common form, and the blocks themselves where that would lose something. */
function assistantOf(blocks: readonly Fields[], provider: string): Message {
  const said = blocks.map(block => (block.type === 'text' ? text(block.text) : '')).join('')
  const calls = blocks
    .filter(({ type }) => type === 'tool_use')
    .map(({ id, name, input = {} }) => ({
      id: text(id),
      type: 'function' as const,
      function: { name: text(name), arguments: JSON.stringify(input) }
    }))
  const plain = blocks.every((block, index) =>
    block.type === 'text' ? index === 0 && bare(block, 2) : block.type === 'tool_use' && bare(block, 4)
  )
  return {
    role: 'assistant',
    content: said || (calls.length > 0 ? null : ''),
    ...(calls.length > 0 ? { tool_calls: calls } : {}),
    ...(plain ? {} : { native: { api: 'messages', provider, content: blocks as never } })
  }
}

const bare = (block: Fields, members: number): boolean => Object.keys(block).length === members

function toolOf(entry: unknown): unknown {
  const { type = 'custom', name, description, input_schema: parameters, strict, ...rest } = record(entry)
  if (type !== 'custom' || !parameters) return entry
  return { type: 'function', function: defined({ name, description, parameters, strict }), ...rest }
}

const choices: Readonly<Record<string, string>> = { auto: 'auto', none: 'none', any: 'required' }

function choiceOf(choice: unknown): Fields {
  if (choice === undefined) return {}
  const { type, name, disable_parallel_tool_use: one } = record(choice)
  const tool_choice = type === 'tool' ? { type: 'function', function: { name } } : (choices[text(type)] ?? choice)
  return { tool_choice, ...(one === true ? { parallel_tool_calls: false } : {}) }
}

function formatOf(format: unknown): Fields {
  const { type, schema } = record(format)
  if (type === 'json_schema') return { response_format: { type, json_schema: { name: 'answer', schema } } }
  return format === undefined ? {} : { response_format: format }
}
