/** Tools: functions that a model may call. */
import { DaybookError, InputError, shown, ToolArgumentsError } from '../errors.js'
import { deepFreeze, type Json } from '../json.js'
import { unlessAborted } from '../llm/live.js'
import type { FunctionTool, ToolCall } from '../llm/llm.js'
import { depthOver } from './json-values.js'
import { type OutputOf, type Schema, type SchemaSource, schemaOf } from './schema.js'

export interface ToolContext {
  readonly signal: AbortSignal
  /** The call's id, the same when the call is made again. */
  readonly callId: string
}

export interface ToolOptions<Source extends SchemaSource> {
  readonly name: string
  readonly description: string
  readonly inputSchema: Source
  execute(input: OutputOf<Source>, context: ToolContext): unknown
  /** True: running it twice does no harm, so that a resumed run may. */
  readonly idempotent?: boolean
  /** What the model is told of a result: a text as it is, anything else as JSON, unless said otherwise. */
  readonly format?: (result: unknown, call: ToolCall) => string
}

export interface Tool {
  readonly name: string
  readonly description: string
  readonly inputSchema: Schema
  readonly idempotent: boolean
  /** As a request carries it. */
  readonly definition: FunctionTool
  execute(input: unknown, context: ToolContext): unknown
  format(result: unknown, call: ToolCall): string
}

/** What became of a call. `text` is what the model is told, in every case. */
export interface ToolOutcome {
  readonly text: string
  readonly result?: Json | undefined
  readonly error?: DaybookError | undefined
}

/** What every provider takes as a name. */
const nameOfTool = /^[a-zA-Z0-9_-]{1,64}$/
/** Of arguments and of results: what is recorded must stay writable. */
const maxDepth = 200

/** @throws InputError for a name that providers refuse, or a schema that is none. */
export function tool<const Source extends SchemaSource>(options: ToolOptions<Source>): Tool {
  const { name, description, execute, format, idempotent = false } = options
  if (typeof name !== 'string' || !nameOfTool.test(name)) {
    throw new InputError(`${shown(name)} cannot be a tool's name: use 1 to 64 letters, digits, _ and -.`)
  }
  if (typeof description !== 'string') throw new InputError(`The tool ${name} needs a description, as a text.`)
  if (typeof execute !== 'function') throw new InputError(`The tool ${name} needs a function: execute(input, context).`)
  const inputSchema = schemaOf(options.inputSchema as SchemaSource)
  const { type = 'object', properties } = inputSchema.jsonSchema
  if (type !== 'object' || (properties === undefined && inputSchema.jsonSchema.type === undefined)) {
    throw new InputError(`The input schema of the tool ${name} must be one of an object: arguments have names.`)
  }
  return Object.freeze<Tool>({
    name,
    description,
    inputSchema,
    idempotent,
    // The wire format takes `strict` back where a provider's strict mode cannot say the schema.
    definition: deepFreeze({
      type: 'function',
      function: { name, description, parameters: { type, ...inputSchema.jsonSchema }, strict: true }
    }),
    execute: (input, context) => execute.call(options, input as OutputOf<Source>, context),
    format: format ?? textOf
  })
}

/**
 * Checks the arguments and runs the tool. Never rejects: arguments that do not fit (the tool does not run then), what
 * it throws, and an abort are outcomes. After an abort nobody waits for the tool, whether it hears of it or not.
 */
export async function callTool(tool: Tool, call: ToolCall, context: ToolContext): Promise<ToolOutcome> {
  const { signal } = context
  try {
    const input = await unlessAborted(validInput(tool, call), signal)
    const result = await unlessAborted(run(tool, input, context), signal)
    return { result: jsonOf(result), text: tool.format(result, call) }
  } catch (thrown) {
    const error = failure(thrown, tool)
    return { text: `Error: ${error.message}`, error }
  }
}

async function validInput({ name, inputSchema }: Tool, call: ToolCall): Promise<unknown> {
  const { id, error, arguments: given } = call
  const { arguments_text = given === undefined ? '' : JSON.stringify(given) } = call
  const wrong = (what: string): DaybookError =>
    new ToolArgumentsError(`The arguments of ${name} ${what}`, { data: { id, name, arguments_text } })
  if (error !== undefined || given === undefined) {
    throw wrong(`cannot be read (${error ?? 'there are none'}): ${shown(arguments_text)}`)
  }
  if (depthOver(given, maxDepth)) throw wrong(`are nested more than ${maxDepth} levels deep.`)
  const checked = await inputSchema.validate(given)
  if (!checked.ok) throw wrong(`do not fit its schema:\n${checked.issues.join('\n')}`)
  return checked.value
}

/** What it throws at once is a rejection like any other. */
async function run(tool: Tool, input: unknown, context: ToolContext): Promise<unknown> {
  context.signal.throwIfAborted()
  return tool.execute(input, context)
}

function failure(thrown: unknown, tool: Tool): DaybookError {
  if (thrown instanceof DaybookError) return thrown
  const message = thrown instanceof Error ? thrown.message || thrown.name : shown(thrown)
  return new DaybookError('agent', message, { cause: thrown, data: { tool: tool.name } })
}

function jsonOf(result: unknown): Json | undefined {
  const text = written(result)
  const json = text === undefined ? undefined : (JSON.parse(text) as Json)
  if (depthOver(json, maxDepth)) throw new InputError(`The tool gave back more than ${maxDepth} levels.`)
  return json
}

function textOf(result: unknown): string {
  return typeof result === 'string' ? result : (written(result) ?? '')
}

/** JSON of what a program gives back: what JSON has no word for is said in the nearest one, or is an error. */
function written(result: unknown): string | undefined {
  if (typeof result === 'function') throw new InputError('The tool gave back a function.')
  try {
    return JSON.stringify(result, (_, value) => {
      if (typeof value === 'bigint') return String(value)
      if (value instanceof Map) return Object.fromEntries(value)
      return value instanceof Set ? [...value] : value
    })
  } catch (cause) {
    throw new InputError(`The tool gave back what JSON cannot hold: ${shown(String(cause))}`, { cause })
  }
}
