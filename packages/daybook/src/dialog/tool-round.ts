/** A round of tools: the calls of one answer, all at once, and what the model is told of each. */
import { asDaybookError, type DaybookError, InputError, shown } from '../errors.js'
import { canonical, isRecord, type Json, type JsonObject } from '../json.js'
import type { EventDraft } from '../ledger/event.js'
import { unlessAborted } from '../llm/live.js'
import type { ContentPart, ToolCall } from '../llm/llm.js'
import type { AgentDelta } from './agent.js'
import type { MessageDraft } from './message.js'
import type { ComputerCall, ComputerResult, Prompt } from './prompt.js'
import { callTool } from './tool.js'

/** What the model is told of a call. */
interface Told {
  readonly text: string
  /** In place of the text: a screenshot. */
  readonly content?: readonly ContentPart[]
  readonly result?: Json | undefined
  readonly error?: DaybookError | undefined
}

export interface RoundContext {
  readonly prompt: Prompt | undefined
  readonly signal: AbortSignal
  /** Gives the event's id; undefined where nothing is recorded. */
  readonly record: (draft: EventDraft) => string | undefined
  /** The event of the answer that calls. */
  readonly answer: string | undefined
  /** Hears of the event that a call's result is in. */
  readonly returned: (callId: string, event: string) => void
  /** Resolves when everything that was recorded is durable. */
  readonly settled: () => Promise<void>
  /** Calls that were run in this `respond`, by name and arguments. The round adds its own. */
  readonly run: Map<string, Promise<Told>>
}

/** Gives the messages of the results, in the order of the calls. Fails only by an abort, or where nothing can be recorded. */
export async function* toolRound(
  calls: readonly ToolCall[],
  context: RoundContext
): AsyncGenerator<AgentDelta, readonly MessageDraft[], void> {
  const { run, record, settled, signal } = context
  const plans = calls.map(call => planOf(call, context))
  const begun = new Set<string>()
  const running = plans.map(({ key, work }) => {
    const first = !run.has(key) && !begun.has(key)
    begun.add(key)
    return first && work !== undefined
  })
  const asked = context.answer === undefined ? {} : { cause: [context.answer] }
  const called = calls.map(({ id, name, arguments: given = null }, index) => {
    if (!running[index]) return undefined
    return record({ type: 'tool.called', data: { name, call_id: id, arguments: given }, ...asked })
  })
  // Nothing runs that the ledger does not know of.
  await settled()

  const told = calls.map((call, index) => {
    const { key, work, answer } = plans[index] as Plan
    if (!work) return Promise.resolve(answer as Told)
    const before = run.get(key)
    if (before !== undefined) return before.then(again)
    const outcome = work().then(result => {
      const caller = called[index]
      const event = record({ ...returned(call, result), ...(caller === undefined ? {} : { cause: [caller] }) })
      if (event !== undefined) context.returned(call.id, event)
      return result
    })
    run.set(key, outcome)
    return outcome
  })
  for (const [index, call] of calls.entries()) if (running[index]) yield { type: 'tool.called', call }
  for await (const [index, { text, error }] of asTheyEnd(told, signal)) {
    yield { type: 'tool.returned', call: calls[index] as ToolCall, text, ...(error ? { error } : {}) }
  }
  const results = await Promise.all(told)
  return results.map((result, index) => messageOf(calls[index] as ToolCall, result))
}

interface Plan {
  readonly key: string
  /** Runs it; undefined where nothing is run. Never rejects. */
  readonly work?: () => Promise<Told>
  /** What the model is told where nothing is run. */
  readonly answer?: Told
}

function planOf(call: ToolCall, { prompt, signal }: RoundContext): Plan {
  const { id, name, error, arguments: given } = call
  // Two equal actions of a computer are two: it has changed in between.
  const own = `#${id}`
  const tool = prompt?.tools.find(candidate => candidate.name === name)
  if (!tool && (name === computerUse || (name === 'computer' && prompt?.computerUse))) {
    const handler = prompt?.handlers.interrupt
    if (handler) return { key: own, work: () => useComputer(call, handler, signal) }
    return { key: own, answer: refused('The use of the computer was refused: nobody is there to do it.') }
  }
  if (!tool) {
    const names = prompt?.tools.map(candidate => candidate.name).join(', ') || 'none'
    return { key: own, answer: refused(`There is no tool ${shown(name)}. There are: ${names}.`) }
  }
  if (error !== undefined || given === undefined) {
    return { key: own, answer: refused(`The arguments of ${name} are no JSON (${error ?? 'there are none'}).`) }
  }
  try {
    return { key: canonical([name, given]), work: () => callTool(tool, call, { signal, callId: id }) }
  } catch (cause) {
    return { key: own, answer: refused(asDaybookError(cause).message) }
  }
}

const computerUse = 'computer_use'

/**
 * A call may have several actions: they are done in order, and the last result is told. Anthropic calls the tool
 * `computer`; there the arguments are the action, in its words.
 */
async function useComputer(
  call: ToolCall,
  handler: NonNullable<Prompt['handlers']['interrupt']>,
  signal: AbortSignal
): Promise<Told> {
  try {
    const { action, actions, safety_checks } = isRecord(call.arguments) ? call.arguments : {}
    const one = typeof action === 'string' ? call.arguments : action
    const asked = objects(one === undefined ? actions : [one])
    if (asked.length === 0) throw new InputError(`computer_use needs an action, not ${shown(call.arguments)}.`)
    const safetyChecks = objects(safety_checks)
    let told: Told | undefined
    for (const next of asked) {
      signal.throwIfAborted()
      const computerCall: ComputerCall = { callId: call.id, action: next, safetyChecks }
      told = shownResult(await unlessAborted((async () => handler(computerCall, { signal }))(), signal))
    }
    return told as Told
  } catch (thrown) {
    const error = asDaybookError(thrown, 'agent')
    return { text: `Error: ${error.message}`, error }
  }
}

function objects(value: unknown): JsonObject[] {
  return Array.isArray(value) ? (value.filter(isRecord) as JsonObject[]) : []
}

function shownResult(result: ComputerResult): Told {
  if (typeof result === 'string') return { text: result, result }
  const { text, screenshot } = isRecord(result) ? (result as { text?: unknown; screenshot?: unknown }) : {}
  if (typeof text === 'string') return { text, result: text }
  if (typeof screenshot !== 'string') {
    throw new InputError(`The interrupt handler must give a text, { text } or { screenshot }, not ${shown(result)}.`)
  }
  const content: ContentPart[] = [{ type: 'image_url', image_url: { url: screenshot } }]
  // The picture itself is in the message.
  return { text: 'A screenshot.', content, result: { screenshot: screenshot.slice(0, 80) } }
}

function refused(message: string): Told {
  return { text: `Error: ${message}`, error: new InputError(message) }
}

function again({ text, content, error }: Told): Told {
  const note = 'This very call was made before, so it was not made again. Its result was:'
  return { text: `${note}\n${text}`, ...(content ? { content } : {}), ...(error ? { error } : {}) }
}

function returned({ id, name }: ToolCall, { result, error }: Told): EventDraft {
  const outcome = error ? { error: error.message } : result === undefined ? {} : { result }
  return { type: 'tool.returned', data: { name, call_id: id, ...outcome } }
}

function messageOf({ id, name }: ToolCall, { text, content, error }: Told): MessageDraft {
  return {
    role: 'tool',
    // A tool's own format may give anything.
    content: content ?? String(text),
    tool_call_id: id,
    metadata: { name },
    ...(error ? { is_error: true } : {})
  }
}

/** Results in the order in which they come, with their places. The promises never reject. */
async function* asTheyEnd<T>(promises: readonly Promise<T>[], signal: AbortSignal): AsyncGenerator<[number, T]> {
  const ended: [number, T][] = []
  let wake = (): void => {}
  for (const [index, promise] of promises.entries()) {
    void promise.then(value => {
      ended.push([index, value])
      wake()
    })
  }
  for (let next = 0; next < promises.length; next++) {
    while (ended.length <= next) await unlessAborted(new Promise<void>(resolve => (wake = resolve)), signal)
    yield ended[next] as [number, T]
  }
}
