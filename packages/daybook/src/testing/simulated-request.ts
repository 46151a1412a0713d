/** Reads a request in any of the three APIs into one form, and says what a real provider would refuse in it. */
import { isRecord } from '../json.js'
import { attachmentOf, type SimulatedAttachment } from './simulated-attachment.js'

export type SimulatedApi = 'chat' | 'messages' | 'responses'

export interface SimulatedRequest {
  readonly model: string
  /** Oldest first. */
  readonly turns: readonly Turn[]
  readonly tools: readonly SimulatedTool[]
  /** An object names the one tool that must be called. */
  readonly choice: 'auto' | 'none' | 'required' | { readonly name: string }
  /** False: one call at a time. */
  readonly parallel: boolean
  /** JSON is wanted; of a schema, where there is one. */
  readonly format: { readonly schema?: unknown } | undefined
  /** Whether the model's thoughts are asked for. */
  readonly thinking: boolean
  readonly limit: number | undefined
  /** What the model reads: for counting. */
  readonly input: readonly unknown[]
}

export interface Turn {
  readonly role: 'system' | 'user' | 'assistant' | 'result'
  readonly text: string
  readonly attachments: readonly SimulatedAttachment[]
  /** What an assistant wanted called. */
  readonly calls?: readonly { readonly id: string; readonly name: string }[]
  /** The call that a result answers. */
  readonly answers?: string
}

export interface SimulatedTool {
  readonly kind: 'function' | 'search' | 'computer'
  readonly name: string
  readonly description: string
  readonly schema: unknown
}

type Fields = Readonly<Record<string, unknown>>

/** Undefined where it is no request at all. */
export function requestOf(api: SimulatedApi, body: Fields): SimulatedRequest | undefined {
  const said = api === 'responses' ? body.input : body.messages
  const items = api === 'responses' && typeof said === 'string' ? [{ role: 'user', content: said }] : said
  if (typeof body.model !== 'string' || !Array.isArray(items)) return undefined
  const { system, instructions, tools, tool_choice } = body
  const lead = api === 'messages' ? system : api === 'responses' ? instructions : undefined
  const limit = body.max_output_tokens ?? body.max_completion_tokens ?? body.max_tokens
  return {
    model: body.model,
    turns: [...(lead ? [turn('system', lead)] : []), ...items.flatMap(turnsOf)],
    tools: [...list(tools).flatMap(toolOf), ...(body.web_search_options ? [searchTool] : [])],
    choice: choiceOf(tool_choice),
    parallel:
      body.parallel_tool_calls !== false && !(isRecord(tool_choice) && tool_choice.disable_parallel_tool_use === true),
    format: formatOf(body),
    thinking: fields(body.thinking).type === 'enabled' || Boolean(fields(body.reasoning).summary),
    limit: typeof limit === 'number' && limit > 0 ? limit : undefined,
    input: [lead, items, tools]
  }
}

/**
 * A sentence for what every real provider refuses: a result without its call, a call without its result, two results
 * for one call, a choice among tools that are not there. Chat Completions and Messages want results right after their
 * calls; Responses wants them anywhere after. Messages wants tools defined wherever one was called.
 */
export function refusalOf(api: SimulatedApi, body: Fields, request: SimulatedRequest): string | undefined {
  const { turns, tools, choice } = request
  const open = new Set<string>()
  const answered = new Set<string>()
  for (const { role, calls = [], answers = '' } of turns) {
    if (role === 'result') {
      if (answered.has(answers)) return `The call "${answers}" has two results.`
      // What a response before this one asked for is not in this request.
      if (!open.delete(answers) && !body.previous_response_id && !body.conversation) {
        return `There is a result for the call "${answers}", but no such call right before it.`
      }
      answered.add(answers)
    } else if (open.size > 0 && api !== 'responses') return missing(open)
    for (const { id } of calls) {
      open.add(id)
      answered.delete(id)
    }
  }
  if (open.size > 0) return missing(open)
  if (api === 'messages' && answered.size > 0 && list(body.tools).length === 0) {
    return 'Requests with tool_use or tool_result blocks must define tools.'
  }
  if (choice === 'required' && tools.length === 0) return 'tool_choice asks for a call, but no tools are offered.'
  if (typeof choice === 'object' && !tools.some(({ name }) => name === choice.name)) {
    return `tool_choice names "${choice.name}", which is not among the tools.`
  }
  return undefined
}

function missing(open: ReadonlySet<string>): string {
  return `Each call needs its result; there is none for ${[...open].map(id => `"${id}"`).join(', ')}.`
}

/** A message of Chat Completions or Messages, or an item of Responses. */
function turnsOf(item: unknown): readonly Turn[] {
  const { role, type, content, output, call_id, tool_call_id, tool_calls, name } = fields(item)
  switch (type) {
    case 'function_call':
    case 'custom_tool_call':
      return [turn('assistant', '', { calls: [{ id: String(call_id), name: String(name) }] })]
    case 'computer_call':
      return [turn('assistant', '', { calls: [{ id: String(call_id), name: 'computer' }] })]
    case 'function_call_output':
    case 'custom_tool_call_output':
    case 'computer_call_output':
      return [turn('result', isRecord(output) ? [output] : output, { answers: String(call_id) })]
  }
  switch (role) {
    case 'system':
    case 'developer':
      return [turn('system', content)]
    case 'tool':
      return [turn('result', content, { answers: String(tool_call_id) })]
    case 'assistant':
      return [turn('assistant', content, { calls: [...list(tool_calls).map(callOf), ...usesOf(content)] })]
    case 'user':
      return userTurns(content)
    default:
      return []
  }
}

/** In Messages, results are blocks of what the user says. */
function userTurns(content: unknown): readonly Turn[] {
  if (!list(content).some(block => fields(block).type === 'tool_result')) return [turn('user', content)]
  return list(content).map(block => {
    const { type, content: result, tool_use_id } = fields(block)
    return type === 'tool_result' ? turn('result', result, { answers: String(tool_use_id) }) : turn('user', [block])
  })
}

function callOf(call: unknown): { id: string; name: string } {
  const { id, function: called } = fields(call)
  return { id: String(id), name: String(fields(called).name) }
}

function usesOf(content: unknown): { id: string; name: string }[] {
  return list(content)
    .map(fields)
    .filter(({ type }) => type === 'tool_use')
    .map(({ id, name }) => ({ id: String(id), name: String(name) }))
}

function turn(role: Turn['role'], content: unknown, more: Pick<Turn, 'calls' | 'answers'> = {}): Turn {
  const parts = typeof content === 'string' ? [{ text: content }] : list(content).map(fields)
  const texts = parts.map(({ text }) => (typeof text === 'string' ? text : ''))
  return {
    role,
    text: texts.filter(Boolean).join('\n'),
    attachments: parts.flatMap(part => attachmentOf(part) ?? []),
    ...more
  }
}

const searchTool: SimulatedTool = { kind: 'search', name: 'web_search', description: '', schema: undefined }

/** Tools that a provider has itself are known by their type, of any version: `web_search_20250305`. */
function toolOf(tool: unknown): readonly SimulatedTool[] {
  const { function: inner, type, ...own } = fields(tool)
  if (/^web_search/.test(String(type))) return [searchTool]
  if (/^computer/.test(String(type))) return [{ ...searchTool, kind: 'computer', name: 'computer' }]
  const { name, description, parameters, input_schema } = isRecord(inner) ? inner : own
  if (typeof name !== 'string') return []
  const schema = parameters ?? input_schema
  return [{ kind: 'function', name, description: typeof description === 'string' ? description : '', schema }]
}

function choiceOf(choice: unknown): SimulatedRequest['choice'] {
  if (choice === 'none' || choice === 'required') return choice
  const { type, name, function: called } = fields(choice)
  if (type === 'none') return 'none'
  if (type === 'any') return 'required'
  const named = fields(called).name ?? name
  if (typeof named === 'string') return { name: named }
  if (/^(web_search|computer)/.test(String(type))) return { name: toolOf({ type })[0]?.name ?? '' }
  return 'auto'
}

/** Asked for in `response_format`, in `text.format`, or in `output_config.format`. */
function formatOf(body: Fields): SimulatedRequest['format'] {
  const format = fields(body.response_format ?? fields(body.text).format ?? fields(body.output_config).format)
  if (format.type === 'json_object') return {}
  if (format.type !== 'json_schema') return undefined
  return { schema: fields(format.json_schema).schema ?? format.schema }
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

function fields(value: unknown): Fields {
  return isRecord(value) ? value : {}
}
