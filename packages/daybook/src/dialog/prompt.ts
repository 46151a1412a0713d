/** Prompts: a template, and the contract for the answers to it. */
import type { Json, JsonObject } from '../json.js'
import type { ToolCall } from '../llm/llm.js'
import type { Parser } from './parser.js'
import type { Schema, SchemaSource } from './schema.js'
import type { Tool } from './tool.js'

/** A server of the Model Context Protocol that the provider itself connects to. */
export interface McpServer {
  readonly serverLabel: string
  readonly serverUrl: string
  /** `never` unless said otherwise. */
  readonly requireApproval?: 'never' | 'manual' | 'auto'
  readonly allowedTools?: readonly string[]
}

export interface ComputerUse {
  /** 1280 unless said otherwise. */
  readonly displayWidth?: number
  /** 800 unless said otherwise. */
  readonly displayHeight?: number
  readonly environment?: 'browser' | 'mac' | 'windows' | 'ubuntu'
}

/** An action that a model with computer use asks for. */
export interface ComputerCall {
  readonly callId: string
  readonly action: JsonObject
  /** What the provider wants a person to have seen before it is done. */
  readonly safetyChecks: readonly JsonObject[]
}

/** What came of it: a text, or a screenshot as a data URL or an https address. */
export type ComputerResult = string | { readonly text: string } | { readonly screenshot: string }

/** What is said when an answer did not fit, when tools have answered, and when there are no more rounds. */
export interface Handlers {
  /** Said to the model of an answer with errors; default `Error: {error_message}. Please fix.` */
  readonly exception?: Prompt | string | undefined
  /** Does what the model asks of the computer. Without it the model is told that it was refused. */
  readonly interrupt?:
    | ((call: ComputerCall, context: { readonly signal: AbortSignal }) => ComputerResult | Promise<ComputerResult>)
    | undefined
  /** Said when the rounds of tools are used up; the model has no tools then. Default: asks for the final answer. */
  readonly final?: Prompt | string | undefined
}

export interface PromptOptions {
  /** Its name in ledgers and in a dialog's JSON. */
  readonly path?: string
  /** `{name}` is a variable; `{{` and `}}` are literal braces. */
  readonly template: string
  readonly parser?: Parser | undefined
  /** The answer is JSON of this schema. */
  readonly format?: SchemaSource | undefined
  readonly tools?: readonly Tool[]
  readonly mcpServers?: readonly McpServer[]
  readonly allowWebSearch?: boolean
  readonly computerUse?: boolean | ComputerUse
  readonly handlers?: Handlers
  readonly metadata?: JsonObject
}

/** Frozen. `extend` makes another of it. */
export interface Prompt {
  readonly path: string | undefined
  readonly template: string
  /** The names in the template, each once, in order. */
  readonly variables: readonly string[]
  readonly parser: Parser | undefined
  readonly format: Schema | undefined
  readonly tools: readonly Tool[]
  readonly mcpServers: readonly McpServer[]
  readonly allowWebSearch: boolean
  readonly computerUse: Required<ComputerUse> | undefined
  readonly handlers: Handlers
  readonly metadata: JsonObject
  /** @throws InputError that names every variable that is missing. More than it needs is fine. */
  render(args?: Readonly<Record<string, unknown>>): string
  /** Another prompt with these in place of its own; what is not named is inherited. */
  extend(options: Partial<PromptOptions>): Prompt
  /** By name. @throws InputError that lists the ones there are. */
  tool(name: string): Tool
  /** What it is, for a log: path, the first 12 hex digits of its template's sha256, names of tools and servers. */
  info(): JsonObject
}

/** What a provider's answer asks of the computer, out of a tool call; undefined for any other call. */
export type ComputerCallOf = (call: ToolCall) => ComputerCall | undefined

export function createPrompt(_options: PromptOptions | string): Prompt {
  throw new Error('to be written')
}

/** Renders a template with names only: what handlers and prompts share. */
export function renderTemplate(_template: string, _args: Readonly<Record<string, unknown>>): string {
  throw new Error('to be written')
}

export type { Json }
