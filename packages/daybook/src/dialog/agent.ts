/** The agent: dialogs by alias, and the loop of calls that ends in an answer without errors. */
import { asDaybookError, type DaybookError, InputError, shown } from '../errors.js'
import { defaultHost, type Host } from '../host.js'
import type { Json, JsonObject } from '../json.js'
import type { Ledger } from '../ledger/ledger.js'
import { type Live, live, tap } from '../llm/live.js'
import type { LLMOptions, ToolCall } from '../llm/llm.js'
import type { Sleep } from '../llm/sleep.js'
import { part } from '../once.js'
import type { AttachmentOptions, AttachmentSource } from './attachment.js'
import type { ContextManager } from './context.js'
import type { Cost } from './cost.js'
import { Dialog, type ForkOptions, type PutOptions } from './dialog.js'
import { dialogRecorder } from './dialog-recorder.js'
import type { InvokeDelta, InvokeOptions, InvokeResult, Invoker, ModelArgs, StreamHandler } from './invoker.js'
import type { DialogMessage } from './message.js'
import { createPrompt, type Prompt } from './prompt.js'
import { sessionRecord, withSession } from './session.js'
import type { CountTokens } from './tokens.js'

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
  /** How the pause before a recall is waited for. */
  readonly sleep?: Sleep | undefined
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
   * InvokeResult, `session` the record: see AgentFailure), and with the call's own error where it is not made again,
   * which has `session` too. A dialog is answered by one `respond` at a time: a second one fails with InputError.
   *
   * The dialog gets the calls of tools with their results, round by round, and the final answer. Answers with errors
   * and what was said to them are forgotten.
   */
  respond(options?: RespondOptions): Live<AgentDelta, AgentReply>
}

export function createAgent(options: AgentOptions): Agent {
  const { invoker, model, name = 'assistant', system, ledger, host = defaultHost() } = options
  if (typeof invoker?.call !== 'function') throw new InputError('An agent needs an invoker: an object with call().')
  if (typeof model !== 'string' || model === '') throw new InputError('An agent needs the name of a model.')
  const recorder = ledger && dialogRecorder(ledger, { host, actor: name })
  const settings = {
    ...{ ...options, name, recorder, host },
    maxExceptionRetry: whole('maxExceptionRetry', options.maxExceptionRetry ?? 3),
    maxRounds: whole('maxInterruptSteps', options.maxInterruptSteps ?? 5) || 100,
    maxLlmRecall: whole('maxLlmRecall', options.maxLlmRecall ?? 0)
  }
  // With the first answer: a page that only opens dialogs never loads it.
  const loop = part(async () => (await import('./agent-loop.js')).agentLoop(settings))
  const dialogs = new Map<string, Dialog>()
  const busy = new Set<Dialog>()
  let active: string | undefined

  const found = (alias = active): Dialog => {
    if (alias === undefined) throw new InputError("No dialog is active: open one with agent.open('main').")
    const dialog = dialogs.get(alias)
    if (dialog) return dialog
    throw new InputError(`There is no dialog ${shown(alias)}. There are: ${[...dialogs.keys()].join(', ') || 'none'}.`)
  }
  const checkFree = (alias: string): void => {
    if (typeof alias !== 'string' || alias === '') throw new InputError(`${shown(alias)} is no name for a dialog.`)
    if (dialogs.has(alias))
      throw new InputError(`There is a dialog ${shown(alias)} already: switch to it, or close it.`)
  }
  const begin = (alias: string, dialog: Dialog): Agent => {
    dialogs.set(alias, dialog)
    active = alias
    return agent
  }

  const agent: Agent = {
    name,
    dialogs,
    get alias() {
      return active
    },
    get dialog() {
      return found()
    },
    open(alias, { args, sessionName } = {}) {
      checkFree(alias)
      // A text is a template only where it is given values: a brace in it is a brace otherwise.
      const prompt = typeof system === 'string' && args ? createPrompt(system) : system
      // What is missing is told before there is a dialog.
      if (typeof prompt === 'object') prompt.render(args)
      const dialog = new Dialog({ sessionName, owner: name, onEvent: recorder?.record, host })
      if (typeof prompt === 'object') dialog.putPrompt(prompt, args, { role: 'system' })
      else if (prompt !== undefined) dialog.putText(prompt, { role: 'system' })
      return begin(alias, dialog)
    },
    switch(alias) {
      found(alias)
      active = alias
      return agent
    },
    fork(alias, { from, ...forkOptions } = {}) {
      checkFree(alias)
      return begin(alias, found(from).fork(forkOptions))
    },
    close(alias = active) {
      found(alias)
      dialogs.delete(alias as string)
      if (alias === active) active = undefined
      return agent
    },
    receive(text, { alias, ...putOptions } = {}) {
      found(alias).putText(text, putOptions)
      return agent
    },
    receivePrompt(prompt, args, { alias, ...putOptions } = {}) {
      found(alias).putPrompt(prompt, args, putOptions)
      return agent
    },
    async receiveImage(source, { alias, ...putOptions } = {}) {
      await found(alias).putImage(source, putOptions)
      return agent
    },
    respond(respondOptions = {}) {
      const session = sessionRecord()
      let dialog: Dialog | undefined
      const answering = live<AgentDelta, AgentReply>(
        async signal => {
          const asked = found(respondOptions.alias)
          if (busy.has(asked)) {
            throw new InputError('This dialog is being answered already: wait for that, or fork it.')
          }
          dialog = asked
          busy.add(dialog)
          // As it is now: what is put into it while the loop is loaded is not asked about.
          const copy = dialog.fork({ linked: false, id: dialog.id })
          const answer = await loop()
          return answer(dialog, copy, respondOptions, session, signal)
        },
        { signal: respondOptions.signal }
      )
      const free = (): void => {
        if (dialog) busy.delete(dialog)
      }
      return tap(
        answering,
        reply => {
          free()
          return reply
        },
        async thrown => {
          const error = asDaybookError(thrown, 'agent')
          // The recorder has warned of what it could not write. Nobody waits for it after an abort.
          if (error.kind !== 'aborted') await recorder?.settled().catch(() => {})
          free()
          throw withSession(error, session)
        }
      )
    }
  }
  return agent
}

function whole(name: string, value: number): number {
  if (Number.isSafeInteger(value) && value >= 0) return value
  throw new InputError(`${name} must be a whole number, at least 0, and not ${shown(value)}.`)
}
