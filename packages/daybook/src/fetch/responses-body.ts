/** The body of a request to OpenAI's Responses in our vocabulary: the way back of `responses-request.ts`. */
import type { LLMRequest, Message } from '../llm/llm.js'
import { plain } from '../llm/wire/responses.js'
import { defined, list, record, text } from '../llm/wire/wire.js'

type Fields = Readonly<Record<string, unknown>>

/** What has no place in our vocabulary stays under its own name. */
export function fromResponses(body: Fields, provider: string): LLMRequest {
  const { input, instructions, max_output_tokens, reasoning, text: said, tools, tool_choice, ...rest } = body
  const { effort, ...thinking } = record(reasoning)
  const { format, verbosity, ...form } = record(said)
  const lead = instructions && typeof instructions === 'string' ? [{ role: 'system', content: instructions }] : []
  return {
    ...rest,
    ...(lead.length > 0 || instructions === undefined ? {} : { instructions }),
    ...defined({ max_tokens: max_output_tokens, reasoning_effort: effort, verbosity }),
    ...defined({ tools: Array.isArray(tools) ? tools.map(toolOf) : tools, tool_choice: choiceOf(tool_choice) }),
    ...formatOf(format),
    ...(Object.keys(thinking).length > 0 ? { reasoning: thinking } : {}),
    ...(Object.keys(form).length > 0 ? { text: form } : {}),
    messages: [
      ...lead,
      ...(typeof input === 'string' ? [{ role: 'user', content: input }] : messagesOf(list(input), provider))
    ]
  } as unknown as LLMRequest
}

/** What the model said and did between two messages of others is one message, as an answer is. */
function messagesOf(input: readonly unknown[], provider: string): readonly Message[] {
  const messages: Message[] = []
  let own: Fields[] = []
  const flush = (): void => {
    if (own.length > 0) messages.push(assistantOf(own, provider))
    own = []
  }
  for (const item of input.map(record)) {
    const message = turnOf(item)
    if (message) {
      flush()
      messages.push(message)
    } else own.push(item.role ? { type: 'message', ...item } : item)
  }
  flush()
  return messages
}

/** A message of somebody else; undefined for what the model said or did, and for what we do not know. */
function turnOf(item: Fields): Message | undefined {
  const { type = 'message', role, content, call_id, output, ...rest } = item
  if (type === 'message' && role !== 'assistant') {
    return { role: role as Message['role'], content: contentOf(content), ...rest }
  }
  const tool_call_id = text(call_id)
  if (type === 'function_call_output') return { role: 'tool', tool_call_id, content: contentOf(output), ...rest }
  const { image_url: url } = record(output)
  if (type !== 'computer_call_output' || !url) return undefined
  return { role: 'tool', tool_call_id, content: [{ type: 'image_url', image_url: { url: text(url) } }], ...rest }
}

function contentOf(content: unknown): Message['content'] {
  return Array.isArray(content) ? content.map(part => partOf(record(part))) : text(content)
}

function partOf(part: Fields): never {
  const { type, image_url, detail, ...rest } = part
  if (type === 'input_text' || type === 'output_text') return { ...part, type: 'text' } as never
  if (type === 'input_image' && image_url) {
    return { type: 'image_url', image_url: defined({ url: image_url, detail }), ...rest } as never
  }
  if (type === 'input_file') return { type: 'file', file: rest } as never
  return part as never
}

/** The common form, and the items themselves where that would lose something. */
function assistantOf(items: readonly Fields[], provider: string): Message {
  const said = items
    .map(({ type, content }) => (type !== 'message' ? '' : typeof content === 'string' ? content : textOf(content)))
    .join('')
  const calls = items.flatMap(callOf)
  return {
    role: 'assistant',
    content: said || (calls.length > 0 ? null : ''),
    ...(calls.length > 0 ? { tool_calls: calls } : {}),
    ...(plain(items) ? {} : { native: { api: 'responses', provider, content: items as never } })
  }
}

function textOf(content: unknown): string {
  return list(content)
    .map(part => text(record(part).text))
    .join('')
}

function callOf(item: Fields): NonNullable<Message['tool_calls']> {
  const { type, call_id, name, arguments: written, action, actions, pending_safety_checks } = item
  const call = (name: string, written: string) => [
    { id: text(call_id), type: 'function' as const, function: { name, arguments: written } }
  ]
  if (type === 'function_call') return call(text(name), text(written))
  if (type !== 'computer_call') return []
  const input = { ...defined({ action, actions }), safety_checks: list(pending_safety_checks) }
  return call('computer_use', JSON.stringify(input))
}

function toolOf(entry: unknown): unknown {
  const { type, name, description, parameters, strict, ...rest } = record(entry)
  if (type !== 'function') return entry
  return { type, function: defined({ name, description, parameters, strict }), ...rest }
}

function choiceOf(choice: unknown): unknown {
  const { type, name, mode, tools } = record(choice)
  if (type === 'function') return { type, function: { name } }
  return type === 'allowed_tools' ? { type, allowed_tools: { mode, tools: list(tools).map(choiceOf) } } : choice
}

function formatOf(format: unknown): Fields {
  const { type, ...described } = record(format)
  if (type === 'json_schema') return { response_format: { type, json_schema: described } }
  return format === undefined ? {} : { response_format: format }
}
