/** Tools: functions that a model may call. */
import type { DaybookError } from '../errors.js'
import type { Json } from '../json.js'
import type { FunctionTool, ToolCall } from '../llm/llm.js'
import type { OutputOf, Schema, SchemaSource } from './schema.js'

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

/** @throws InputError for a name that providers refuse, or a schema that is none. */
export function tool<const Source extends SchemaSource>(_options: ToolOptions<Source>): Tool {
  throw new Error('to be written')
}

/**
 * Checks the arguments and runs the tool. Never rejects: arguments that do not fit (the tool does not run then), what
 * it throws, and an abort are outcomes.
 */
export function callTool(_tool: Tool, _call: ToolCall, _context: ToolContext): Promise<ToolOutcome> {
  throw new Error('to be written')
}
