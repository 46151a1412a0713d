/** The agent: dialogs by alias, and the loop of calls that ends in an answer without errors. */
import type { DaybookError } from '../errors.js'
import type { Host } from '../host.js'
import type { Json, JsonObject } from '../json.js'
import type { Ledger } from '../ledger/ledger.js'
import type { Live } from '../llm/live.js'
import type { LLMOptions, ToolCall } from '../llm/llm.js'
import type { AttachmentOptions, AttachmentSource } from './attachment.js'
import type { ContextManager, CountTokens } from './context.js'
import type { Cost } from './cost.js'
import type { Dialog, ForkOptions, PutOptions } from './dialog.js'
import type { InvokeDelta, InvokeOptions, InvokeResult, Invoker, ModelArgs, StreamHandler } from './invoker.js'
import type { DialogMessage } from './message.js'
import type { Prompt } from './prompt.js'

export interface AgentOptions {
  readonly invoker: Invoker
  readonly model: string
  /** The name of its messages and the actor of its events; `assistant` unless said otherwise. */
  readonly name?: string | undefined
  /** Put first into every dialog that it opens. A prompt brings its tools, parser and format. */
  readonly system?: Prompt | string | undefined
  readonly modelArgs?: ModelArgs | undefined
  readonly apiType?: InvokeOptions['apiType']
  /** How many answers with errors are asked again, in one `respond`: 3. */
  readonly maxExceptionRetry?: number | undefined
  /** How many rounds of tools, in one `respond`: 5; 0 for as many as 100. */
  readonly maxInterruptSteps?: number | undefined
  /** How many times a failed call is made once more, after `retried` has given up on it: 0. */
  readonly maxLlmRecall?: number | undefined
  /** Null: everything is sent. */
  readonly contextManager?: ContextManager | null | undefined
  readonly countTokens?: CountTokens | undefined
  /** Where dialogs, messages and tools are recorded; calls are recorded by the invoker's own function. */
  readonly ledger?: Ledger | undefined
  readonly host?: Host | undefined
}

export interface RespondOptions extends Pick<LLMOptions, 'signal' | 'cache' | 'scope' | 'strict'> {
  /** The dialog that is answered; the active one unless said otherwise. */
  readonly alias?: string | undefined
  readonly modelArgs?: ModelArgs | undefined
  readonly parserArgs?: Readonly<Record<string, unknown>> | undefined
  /** Stays with the answer's message; never sent. */
  readonly metadata?: JsonObject | undefined
  readonly streamHandler?: StreamHandler | undefined
}

/** What happens while an agent answers. */
export type AgentDelta =
  | InvokeDelta
  /** Another call begins: the first answer, one after an error, one after tools, one after a failed call. */
  | { readonly type: 'step'; readonly n: number; readonly state: 'initial' | 'exception' | 'interrupt' | 'llm_recall' }
  | { readonly type: 'tool.called'; readonly call: ToolCall }
  | { readonly type: 'tool.returned'; readonly call: ToolCall; readonly text: string; readonly error?: DaybookError }

/** Everything that one `respond` did. Kept, whatever comes of it. */
export interface AgentSession {
  readonly state: 'initial' | 'exception' | 'interrupt' | 'llm_recall' | 'success' | 'failure'
  /** Each try in order: its answer, or the error that it failed with. */
  readonly steps: readonly {
    readonly state: AgentSession['state']
    readonly result?: InvokeResult
    readonly error?: DaybookError
  }[]
  /** Errors in answers, flat, in order. */
  readonly exceptions: readonly DaybookError[]
  /** Tool calls, flat, in order. */
  readonly interrupts: readonly ToolCall[]
  /** Failed calls that were made once more. */
  readonly recalls: readonly DaybookError[]
  /** Messages that were left out of what was sent, to fit the model. */
  readonly cut: number
  /** Of all tries, also of those with errors. */
  readonly cost: Cost
}

export interface AgentReply {
  /** The final message, as it is in the dialog. */
  readonly message: DialogMessage
  readonly text: string
  readonly parsed: Json | undefined
  readonly session: AgentSession
  readonly cost: Cost
}

export interface Agent {
  readonly name: string
  /** The active dialog. @throws InputError where none is open. */
  readonly dialog: Dialog
  readonly alias: string | undefined
  readonly dialogs: ReadonlyMap<string, Dialog>
  /** Opens a dialog and makes it the active one. @throws InputError for an alias that is in use. */
  open(
    alias: string,
    options?: { readonly args?: Readonly<Record<string, unknown>>; readonly sessionName?: string }
  ): Agent
  switch(alias: string): Agent
  /** Forks the active dialog (or `from`) and makes the fork the active one. */
  fork(alias: string, options?: ForkOptions & { readonly from?: string }): Agent
  /** Lets go of a dialog; the active one unless named. */
  close(alias?: string): Agent
  receive(text: string, options?: PutOptions & { readonly alias?: string }): Agent
  receivePrompt(
    prompt: Prompt | string,
    args?: Readonly<Record<string, unknown>>,
    options?: PutOptions & { readonly alias?: string }
  ): Agent
  receiveImage(
    source: AttachmentSource,
    options?: PutOptions & AttachmentOptions & { readonly caption?: string; readonly alias?: string }
  ): Promise<Agent>
  /**
   * Asks until there is an answer without errors and without tool calls.
   * Fails with AgentError when retries, rounds or recalls are used up (`errors` holds each, `result` the last
   * InvokeResult, `session` the record), and with the call's own error where it is not made again.
   */
  respond(options?: RespondOptions): Live<AgentDelta, AgentReply>
}

export function createAgent(_options: AgentOptions): Agent {
  throw new Error('to be written')
}
