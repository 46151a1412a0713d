/** Prompts: a template, and the contract for the answers to it. */
import { sha256 } from '#platform'
import { InputError, shown } from '../errors.js'
import { frozenJson, isRecord, type JsonObject } from '../json.js'
import type { ToolCall } from '../llm/llm.js'
import type { Parser } from './parser.js'
import { type Schema, type SchemaSource, schemaOf } from './schema.js'
import { templateOf } from './template.js'
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

/** What is said where a prompt has no words of its own for it. */
export const defaultHandlers: { readonly exception: string; readonly final: string } = {
  exception: 'Error: {error_message}. Please fix.',
  final: 'No more tools can be called. Give your final answer now, from what you know so far.'
}

const computer: Required<ComputerUse> = { displayWidth: 1280, displayHeight: 800, environment: 'browser' }

/** @throws InputError for a template, tool, server or format that is none, and for two tools of one name. */
export function createPrompt(options: PromptOptions | string): Prompt {
  if (typeof options === 'string') return promptOf({ template: options })
  if (isRecord(options)) return promptOf(options)
  throw new InputError(`A prompt is made of a template or of options, and not of ${shown(options)}.`)
}

function promptOf(options: PromptOptions): Prompt {
  const { path, template, parser, allowWebSearch = false, computerUse = false, handlers = {} } = options
  const compiled = templateOf(template)
  const format = options.format === undefined ? undefined : schemaOf(options.format)
  const tools = Object.freeze([...(options.tools ?? [])])
  const mcpServers = Object.freeze((options.mcpServers ?? []).map(server => Object.freeze({ ...server })))
  const metadata = frozenJson(options.metadata ?? {})
  for (const tool of tools) {
    if (typeof tool?.execute !== 'function' || !tool.definition)
      throw new InputError('Make each tool with tool({ … }).')
  }
  const byName = new Map(tools.map(tool => [tool.name, tool]))
  if (byName.size < tools.length)
    throw new InputError(`Two tools have one name: ${twice(tools.map(tool => tool.name))}.`)
  if (parser !== undefined && typeof parser?.parse !== 'function') {
    throw new InputError('A parser is an object with a method parse(text, args).')
  }
  for (const server of mcpServers) checkServer(server)
  const labels = mcpServers.map(server => server.serverLabel)
  if (new Set(labels).size < labels.length) throw new InputError(`Two servers have one label: ${twice(labels)}.`)
  checkHandlers(handlers)
  const display = computerUse === false ? undefined : { ...computer, ...(computerUse === true ? {} : computerUse) }

  return Object.freeze<Prompt>({
    path,
    template,
    variables: Object.freeze(compiled.variables),
    parser,
    format,
    tools,
    mcpServers,
    allowWebSearch,
    computerUse: display && Object.freeze(display),
    handlers: Object.freeze({ ...handlers }),
    metadata,
    render: (args = {}) => compiled.render(args),
    extend: more => promptOf({ ...options, ...more, handlers: { ...handlers, ...more.handlers } }),
    tool(name) {
      const found = byName.get(name)
      if (found) return found
      const names = [...byName.keys()].join(', ') || 'none'
      throw new InputError(`There is no tool ${shown(name)}. There are: ${names}.`)
    },
    info: () => ({
      path: path ?? null,
      prompt_hash: sha256(template).slice(0, 12),
      metadata,
      tools: tools.map(tool => tool.name),
      mcp_servers: labels,
      has_parser: parser !== undefined,
      has_format: format !== undefined,
      addons: {
        web_search: allowWebSearch,
        computer_use: display
          ? {
              display_width: display.displayWidth,
              display_height: display.displayHeight,
              environment: display.environment
            }
          : null
      }
    })
  })
}

function twice(names: readonly string[]): string {
  return [...new Set(names.filter((name, index) => names.indexOf(name) < index))].join(', ')
}

function checkHandlers({ exception, final, interrupt }: Handlers): void {
  // A template that is wrong says so now, and not when something else has gone wrong.
  for (const handler of [exception, final]) {
    if (handler !== undefined && typeof (handler as Prompt | null)?.render !== 'function') templateOf(handler as string)
  }
  if (interrupt !== undefined && typeof interrupt !== 'function') {
    throw new InputError('handlers.interrupt is a function that does what the model asks of the computer.')
  }
}

function checkServer({ serverLabel, serverUrl, requireApproval = 'never' }: McpServer): void {
  if (typeof serverLabel !== 'string' || serverLabel === '') throw new InputError('An MCP server needs a serverLabel.')
  if (typeof serverUrl !== 'string' || !/^https?:\/\//.test(serverUrl)) {
    throw new InputError(`The MCP server ${serverLabel} needs a serverUrl that begins with https://.`)
  }
  if (!['never', 'manual', 'auto'].includes(requireApproval)) {
    throw new InputError(`requireApproval of the MCP server ${serverLabel} must be never, manual or auto.`)
  }
}

/** Renders a template with names only: what handlers and prompts share. */
export function renderTemplate(template: string, args: Readonly<Record<string, unknown>>): string {
  return templateOf(template).render(args)
}
