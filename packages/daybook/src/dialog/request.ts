/** What a dialog asks: the request that a call sends, and what goes with it without being sent. */
import { ConfigurationError, InputError, shown } from '../errors.js'
import { frozenCopy, type Json, type JsonObject } from '../json.js'
import {
  connectionOf,
  type LLMFn,
  type LLMOptions,
  type LLMRequest,
  privateParameters,
  type Target,
  type ToolDefinition,
  targetOf
} from '../llm/llm.js'
import type { Dialog } from './dialog.js'
import type { InvokeOptions } from './invoker.js'
import { requestMessage, sanitizedName } from './message.js'
import type { Prompt } from './prompt.js'

type CallOptions = LLMOptions & { readonly actor: string }

export interface AskedModel {
  readonly request: LLMRequest
  /** The request's own parameters, without the dialog, its contract, keys and addresses. */
  readonly modelArgs: JsonObject
  readonly callOptions: CallOptions
}

/**
 * Renders the request of a dialog. Messages and the contract of the top prompt are the same objects in every request
 * that has them, so that their digests are computed once.
 * @throws InputError for an empty dialog and for arguments that are no plain JSON, ConfigurationError where the model
 * cannot be asked by the API that is wanted.
 */
export function askedModel(llm: LLMFn, dialog: Dialog, options: InvokeOptions): AskedModel {
  const { sample, cache, scope, cause, strict, metadata, responder, apiType } = options
  if (dialog.length === 0) throw new InputError('The dialog is empty: put a text, a prompt or an image into it first.')

  const { model: _model, messages: _messages, tools, response_format, ...modelArgs } = ownArgs(options)
  const contract = dialog.topPrompt ? contractOf(dialog.topPrompt) : {}
  const allTools = tools === undefined ? contract.tools : [...(contract.tools ?? []), ...listed(tools)]
  const format = response_format ?? contract.response_format
  const request: LLMRequest = {
    ...modelArgs,
    model: options.model,
    messages: dialog.messages.map(requestMessage),
    ...(allTools ? { tools: allTools } : {}),
    ...(format === undefined ? {} : { response_format: format })
  }
  const callOptions: CallOptions = {
    ...{ sample, cache, scope, cause, strict },
    ...(metadata === undefined ? {} : { metadata: frozenCopy(metadata) as Readonly<Record<string, Json>> }),
    ...connectionOf(options.modelArgs),
    actor: responder || 'assistant',
    dialogId: dialog.id
  }
  return { request: byApi(llm, request, callOptions, apiType), modelArgs, callOptions }
}

/** The caller's parameters as plain JSON of our own, so that nobody changes them on the way. */
function ownArgs({ modelArgs = {} }: InvokeOptions): JsonObject {
  return frozenCopy(
    Object.fromEntries(Object.entries(modelArgs).filter(([name]) => !privateParameters.includes(name)))
  ) as JsonObject
}

function listed(tools: Json): readonly ToolDefinition[] {
  if (Array.isArray(tools)) return tools
  throw new InputError(`modelArgs.tools must be a list, and not ${shown(tools)}.`)
}

export interface Contract {
  readonly tools?: readonly ToolDefinition[]
  readonly response_format?: Json
}

const contracts = new WeakMap<Prompt, Contract>()

/** What a prompt asks of its answer, as a request says it. */
export function contractOf(prompt: Prompt): Contract {
  const known = contracts.get(prompt)
  if (known) return known
  const { format, path } = prompt
  const { title } = format?.jsonSchema ?? {}
  const name = sanitizedName(path ?? (typeof title === 'string' ? title : '')) || 'answer'
  const tools = toolsOf(prompt)
  const contract: Contract = {
    // Each copied by itself, so that its digest is kept.
    ...(tools.length > 0 ? { tools: frozenCopy(tools) } : {}),
    ...(format
      ? {
          response_format: frozenCopy({
            type: 'json_schema',
            json_schema: { name, schema: format.jsonSchema, strict: true }
          })
        }
      : {})
  }
  contracts.set(prompt, contract)
  return contract
}

function toolsOf({ tools, allowWebSearch, computerUse, mcpServers }: Prompt): readonly ToolDefinition[] {
  const all: ToolDefinition[] = tools.map(({ definition }) => definition)
  if (allowWebSearch) all.push({ type: 'web_search' })
  if (computerUse) {
    const { displayWidth, displayHeight, environment } = computerUse
    all.push({ type: 'computer_use', display_width: displayWidth, display_height: displayHeight, environment })
  }
  for (const { serverLabel, serverUrl, requireApproval = 'never', allowedTools } of mcpServers) {
    all.push({
      type: 'mcp',
      server_label: serverLabel,
      server_url: serverUrl,
      require_approval: requireApproval,
      allowed_tools: allowedTools
    })
  }
  return all
}

/** The request with the model's name by which its provider is asked through the API that is wanted. */
function byApi(llm: LLMFn, request: LLMRequest, options: LLMOptions, apiType: InvokeOptions['apiType']): LLMRequest {
  if (apiType === undefined) return request
  const serves = ({ api }: Target): boolean => (api === 'responses') === (apiType === 'response')
  const target = targetOf(llm, request, options)
  if (serves(target)) return request
  const { model } = request
  const other = apiType === 'response' ? responsesName(model, target) : model.replace(/(^|\/)responses\//, '$1')
  const moved = { ...request, model: other }
  if (other !== model && serves(targetOf(llm, moved, options))) return moved
  const api = apiType === 'response' ? 'the Responses API' : 'another API than Responses'
  throw new ConfigurationError(
    `${shown(model)} cannot be asked by ${api}: ${target.provider} is asked by ${target.api}. Leave out apiType.`,
    { code: 'api_type', provider: target.provider, model: target.model }
  )
}

/** `openai/x` and a bare `x` become `openai/responses/x`. */
function responsesName(model: string, target: Target): string {
  const routed = model.length > target.model.length && model.endsWith(`/${target.model}`)
  const prefix = routed
    ? model.slice(0, -target.model.length - 1)
    : target.provider === 'custom'
      ? 'openai'
      : target.provider
  return `${prefix}/responses/${target.model}`
}
