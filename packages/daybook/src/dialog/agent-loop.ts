/** The loop of one `respond`: calls until there is an answer without errors and without calls of tools. */
import { asDaybookError, type DaybookError } from '../errors.js'
import type { Host } from '../host.js'
import { sleep as sleepFor } from '../llm/sleep.js'
import type { AgentDelta, AgentOptions, AgentReply, RespondOptions } from './agent.js'
import { askedInvoker } from './asked-invoker.js'
import { newestTurns } from './context.js'
import { type ContextWindow, contextWindow } from './context-window.js'
import type { Dialog } from './dialog.js'
import type { DialogRecorder } from './dialog-recorder.js'
import type { InvokeResult, ModelArgs } from './invoker.js'
import type { DialogMessage, MessageDraft } from './message.js'
import { createPrompt, defaultHandlers, type Prompt, renderTemplate } from './prompt.js'
import { agentError, type SessionRecord, type StepState } from './session.js'
import { type RoundContext, toolRound } from './tool-round.js'

/** What is the same for every `respond` of an agent. */
export interface LoopOptions
  extends Pick<
    AgentOptions,
    'invoker' | 'model' | 'modelArgs' | 'apiType' | 'contextManager' | 'countTokens' | 'sleep'
  > {
  readonly name: string
  readonly maxExceptionRetry: number
  readonly maxRounds: number
  readonly maxLlmRecall: number
  readonly recorder: DialogRecorder | undefined
  readonly host: Pick<Host, 'warn'>
}

interface Loop extends LoopOptions {
  readonly window: ContextWindow
}

type Step = AsyncGenerator<AgentDelta, InvokeResult, void>

/** Makes what answers an agent's dialogs. */
export function agentLoop(options: LoopOptions): (...given: Answering) => AsyncGenerator<AgentDelta, AgentReply, void> {
  const { model, host, countTokens, contextManager = newestTurns({ countTokens, host }) } = options
  const loop = { ...options, window: contextWindow(contextManager, model, host) }
  return (...given) => answered(loop, ...given)
}

type Answering = [dialog: Dialog, first: Dialog, options: RespondOptions, session: SessionRecord, signal: AbortSignal]

/**
 * Every try works on a copy (`first`, and those made later), which nobody is told of. What belongs to the dialog is put into it as soon as it is whole:
 * a round's calls together with their results, so that an abort leaves no call without one.
 */
async function* answered(
  loop: Loop,
  ...[dialog, first, options, session, signal]: Answering
): AsyncGenerator<AgentDelta, AgentReply, void> {
  const { recorder, maxExceptionRetry, maxRounds } = loop
  const settled = async (): Promise<void> => recorder?.settled()
  const record: RoundContext['record'] = draft => recorder?.record(draft)
  const run: RoundContext['run'] = new Map()
  /** Appends what an event of the ledger led to. */
  const put = (draft: MessageDraft, event: string | undefined): DialogMessage => {
    if (event !== undefined) recorder?.follow(dialog.id, event)
    return dialog.append(draft)
  }

  const copy = (): Dialog => dialog.fork({ linked: false, id: dialog.id })

  let working = first
  let state: StepState = 'initial'
  let retries = 0
  let rounds = 0
  for (;;) {
    const last = rounds >= maxRounds
    const result = yield* answer(loop, working, state, last, options, session, signal)
    signal.throwIfAborted()
    const { message, rawResponse, executionErrors, errorMessage } = result
    const calls = rawResponse.tool_calls

    if (executionErrors.length > 0) {
      if (retries++ >= maxExceptionRetry) {
        const times = retries === 1 ? 'once' : `${retries} times`
        throw agentError(
          'exceptions',
          `The model answered ${times} with errors. The last: ${errorMessage}`,
          session.errors
        )
      }
      working.append(spoken(result))
      working.putText(complaint(working.topPrompt, errorMessage))
      state = 'exception'
    } else if (calls.length > 0) {
      if (last) {
        const names = [...new Set(calls.map(call => call.name))].join(', ')
        const what = `The model called ${names} after its last round of tools (${maxRounds}), in place of an answer.`
        throw agentError('interrupts', what, session.errors)
      }
      session.called(calls)
      const events = new Map<string, string>()
      const results = yield* toolRound(calls, {
        ...{ prompt: working.topPrompt, signal, record, settled, run },
        answer: rawResponse.event,
        returned: (call, event) => void events.set(call, event)
      })
      signal.throwIfAborted()
      put(message, rawResponse.event)
      for (const draft of results) put(draft, events.get(draft.tool_call_id ?? ''))
      working = copy()
      if (++rounds >= maxRounds) putFinal(working)
      state = 'interrupt'
    } else {
      const kept = put(message, rawResponse.event)
      await settled()
      const now = session.now('success')
      return { message: kept, text: rawResponse.text, parsed: kept.parsed, session: now, cost: now.cost }
    }
  }
}

function causeOf(event: string | undefined): readonly string[] | undefined {
  return event === undefined ? undefined : [event]
}

/** One answer, whatever is in it. A call that failed is made again as often as recalls allow. */
async function* answer(
  loop: Loop,
  working: Dialog,
  why: StepState,
  last: boolean,
  options: RespondOptions,
  session: SessionRecord,
  signal: AbortSignal
): Step {
  const { invoker, model, name, apiType, window, recorder, maxLlmRecall, sleep = sleepFor } = loop
  const { metadata, parserArgs, streamHandler, cache, scope, strict } = options
  const given = { ...loop.modelArgs, ...options.modelArgs }
  const modelArgs = last ? withoutTools(given) : given
  const failures: DaybookError[] = []
  for (let state = why; ; state = 'llm_recall') {
    yield { type: 'step', n: session.tries + 1, state }
    const fitted = await window.fit(working, modelArgs)
    if (session.cut(fitted.cut)) recorder?.record(cutWarning(fitted.cut, model))
    // What is asked about is in the ledger before it is asked.
    await recorder?.settled()
    try {
      signal.throwIfAborted()
      const asked = askedInvoker(invoker, fitted.dialog, {
        ...{ model, modelArgs, parserArgs, metadata, apiType, streamHandler, cache, scope, strict, signal },
        responder: name,
        cause: causeOf(recorder?.latest(working.id))
      })
      const result = yield* asked
      window.learn(fitted, result)
      session.answered(state, result)
      return result
    } catch (thrown) {
      const error = asDaybookError(thrown)
      session.failed(state, error)
      if (signal.aborted || !error.retryable) throw error
      failures.push(error)
      if (failures.length > maxLlmRecall) {
        if (maxLlmRecall === 0) throw error
        const what = `The model could not be asked, ${failures.length} times. The last: ${error.message}`
        throw agentError('recalls', what, failures)
      }
      session.recalled(error)
      await sleep(Math.min(error.retryAfterMs ?? pauseMs, longestPauseMs), signal)
    }
  }
}

/** Before a call is made once more: `retried` has waited longer already. */
const pauseMs = 1000
const longestPauseMs = 60_000

/** At the end nothing is called any more, also nothing that the caller named. */
function withoutTools({
  tools: _tools,
  tool_choice: _choice,
  parallel_tool_calls: _parallel,
  ...rest
}: ModelArgs): ModelArgs {
  return rest
}

/** An answer with errors as the model is shown it: calls that cannot be answered are told in words. */
function spoken({ message, rawResponse }: InvokeResult): MessageDraft {
  const { tool_calls, text } = rawResponse
  if (tool_calls.length === 0 && text.trim() !== '') return message
  const calls = tool_calls.map(
    ({ name, arguments: given, arguments_text = JSON.stringify(given) ?? '' }) =>
      `I called ${name} with: ${arguments_text.slice(0, 2000)}`
  )
  const said = [text || message.refusal || '', ...calls].filter(Boolean).join('\n')
  return { role: 'assistant', content: said || '(no answer)', ...(message.name ? { name: message.name } : {}) }
}

function complaint(prompt: Prompt | undefined, error_message: string): string {
  const { exception = defaultHandlers.exception } = prompt?.handlers ?? {}
  return typeof exception === 'string'
    ? renderTemplate(exception, { error_message })
    : exception.render({ error_message })
}

/** Asks for the answer without tools; parser and format stay in force, unless the prompt for it brings its own. */
function putFinal(working: Dialog): void {
  const none = { tools: [], mcpServers: [], allowWebSearch: false, computerUse: false }
  const contract = working.topPrompt ?? createPrompt('')
  const { final = defaultHandlers.final } = contract.handlers
  if (typeof final === 'object' && (final.parser || final.format)) working.putPrompt(final.extend(none))
  else working.putPrompt(contract.extend({ ...none, template: typeof final === 'string' ? final : final.template }))
}

function cutWarning(cut: number, model: string): Parameters<DialogRecorder['record']>[0] {
  const message = `${cut} ${cut === 1 ? 'message was' : 'messages were'} left out of what ${model} was sent, to fit it.`
  return { type: 'warning.raised', data: { area: 'context', kind: 'cut', message } }
}
