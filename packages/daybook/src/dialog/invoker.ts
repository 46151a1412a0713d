/** The invoker: takes a dialog, renders a request, calls an LLM function, parses the answer. */
import type { DaybookError } from '../errors.js'
import type { Host } from '../host.js'
import type { Json, JsonObject } from '../json.js'
import type { Live } from '../llm/live.js'
import type { LLMDelta, LLMFn, LLMOptions, LLMResponse } from '../llm/llm.js'
import type { Cost } from './cost.js'
import type { Dialog } from './dialog.js'
import type { DialogMessage } from './message.js'

/** Whoever answers dialogs: an object with one method. Anyone's can be passed to an agent or to a Daybook. */
export interface Invoker {
  call(dialog: Dialog, options: InvokeOptions): Live<InvokeDelta, InvokeResult>
}

/** What arrives: the answer's deltas, and what can be made of it so far where a schema is asked for. */
export type InvokeDelta = LLMDelta | { readonly type: 'object.delta'; readonly object: Json }

export interface StreamHandler {
  /** `text` is what was added to the answer's text; `raw` the delta. One that throws ends the call with its error as cause. */
  handleChunk(text: string, raw: unknown): void
}

/** Parameters of the request, as on the wire. `api_base` and `api_key` act on this call alone and are never sent. */
export type ModelArgs = Readonly<Record<string, unknown>> & {
  readonly api_base?: string
  readonly api_key?: string
}

export interface InvokeOptions extends Pick<LLMOptions, 'signal' | 'sample' | 'cache' | 'scope' | 'cause' | 'strict'> {
  readonly model: string
  readonly modelArgs?: ModelArgs | undefined
  readonly parserArgs?: Readonly<Record<string, unknown>> | undefined
  /** The name of the answer's message and the actor of its events; `assistant` unless said otherwise. */
  readonly responder?: string | undefined
  /** Stays with the message; never sent. */
  readonly metadata?: JsonObject | undefined
  /** Which of the provider's APIs is asked; left out: the one that the model's route has. */
  readonly apiType?: 'completion' | 'response' | undefined
  readonly streamHandler?: StreamHandler | undefined
}

export interface InvokeResult {
  /** To be appended to the dialog. Holds no raw answer, no arguments and no errors. */
  readonly message: DialogMessage
  readonly rawResponse: LLMResponse
  /** What was asked for, with the call's own parameters, and without keys and addresses. */
  readonly modelArgs: Readonly<Record<string, unknown>>
  /** What is wrong with the answer: kind `output`. Never thrown. */
  readonly executionErrors: readonly DaybookError[]
  readonly hasErrors: boolean
  /** One line each. */
  readonly errorMessage: string
  readonly cost: Cost
  /** Parameters that the provider does not take. */
  readonly dropped: readonly string[]
}

export interface InvokerOptions {
  readonly llm: LLMFn
  readonly host?: Pick<Host, 'now' | 'random' | 'id'> | undefined
}

/** The call fails with the typed errors of the LLM function; what is wrong with an answer is in the result. */
export function createInvoker(_options: InvokerOptions): Invoker {
  throw new Error('to be written')
}
