/** The invoker: takes a dialog, renders a request, calls an LLM function, parses the answer. */
import { APIResponseValidationError, asDaybookError, type DaybookError, shown } from '../errors.js'
import { type Host, newId } from '../host.js'
import { isRecord, type Json, type JsonObject } from '../json.js'
import { type Live, live, tap, unlessAborted } from '../llm/live.js'
import type { LLMDelta, LLMFn, LLMOptions, LLMResponse } from '../llm/llm.js'
import { answerMessage, type Reading, readAnswer } from './answer.js'
import { type Cost, costOfAnswer } from './cost.js'
import type { Dialog } from './dialog.js'
import { type Ask, growing, hearing } from './heard.js'
import type { DialogMessage } from './message.js'
import { type AskedModel, askedModel } from './request.js'

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

/**
 * An invoker over an LLM function. The call fails with the typed errors of that function; what is wrong with an answer
 * is in the result, as an error of kind `output`:
 * - `ToolArgumentsError`: the arguments of a tool call are no JSON; `data.arguments_text` is what was written.
 * - `JSONSchemaValidationError`: a format was asked for, and the answer is no JSON, or does not fit (`data.issues`).
 * - `ParserError`: the parser threw, or gave something that is no plain JSON.
 * `code` says where the model did not get to the end: `refusal`, `length` or `content_filter`. `message.parsed` is
 * `{ raw }` then. A stream handler that throws ends the call with kind `aborted`, code `stream_handler`.
 */
export function createInvoker({ llm, host }: InvokerOptions): Invoker {
  return {
    call(dialog, options) {
      let asked: AskedModel
      try {
        asked = askedModel(llm, dialog, options)
      } catch (error) {
        return failed(error)
      }
      const { request, modelArgs, callOptions } = asked
      const { parserArgs, signal, streamHandler } = options
      const { topPrompt } = dialog
      const isRead = topPrompt?.format !== undefined || topPrompt?.parser !== undefined
      // One call has one answer, which is read once, whoever asks first: the cache, or the result.
      let reading: Promise<Reading> | undefined
      const read = (response: LLMResponse): Promise<Reading> => {
        reading ??= readAnswer(response, topPrompt, parserArgs)
        return reading
      }
      const accepts = async (response: LLMResponse): Promise<boolean> => (await read(response)).errors.length === 0

      const settle = async (response: LLMResponse): Promise<InvokeResult> => {
        if (!isAnswer(response)) throw noAnswer(response)
        const { parsed, errors } = await (signal && isRead ? unlessAborted(read(response), signal) : read(response))
        const { metadata, actor: responder } = callOptions
        return {
          message: answerMessage(response, { newId: () => newId(host), responder, parsed, metadata }),
          rawResponse: response,
          modelArgs,
          executionErrors: errors,
          hasErrors: errors.length > 0,
          errorMessage: errors.map(error => error.message).join('\n'),
          cost: costOfAnswer(response),
          dropped: response.dropped ?? []
        }
      }
      const ask: Ask = own =>
        tap(llm(request, { ...callOptions, ...(isRead ? { accepts } : {}), signal: own }), settle, error => {
          throw asDaybookError(error)
        })
      const heard = streamHandler ? hearing(ask, streamHandler) : ask
      try {
        return topPrompt?.format ? growing(heard)(signal) : heard(signal)
      } catch (error) {
        return failed(error) // of a function that is none of ours: ours never throw
      }
    }
  }
}

/** LLM functions are anyone's. */
function isAnswer(response: unknown): response is LLMResponse {
  return isRecord(response) && isRecord(response.message) && Array.isArray(response.tool_calls)
}

function noAnswer(found: unknown): Error {
  return new APIResponseValidationError(
    `The LLM function gave ${shown(found)}, which is no answer: it needs text, message and tool_calls.`
  )
}

/** A call that is wrong before it is made. */
function failed(error: unknown): Live<InvokeDelta, InvokeResult> {
  // biome-ignore lint/correctness/useYield: a failure has no deltas
  return live(async function* () {
    throw error
  })
}
