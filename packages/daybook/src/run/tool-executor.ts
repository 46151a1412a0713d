/** The tool executor: the responder that answers every `tool.called`. */
import { asDaybookError, InputError, shown } from '../errors.js'
import type { Json } from '../json.js'
import type { EventDraft, LedgerEvent } from '../ledger/event.js'
import type { Responder, ResponderContext } from './responder.js'

/** What a run needs of a tool; those of `tool()` have it. */
export interface RunTool {
  readonly name: string
  /** Running it twice does no harm. */
  readonly idempotent: boolean
  readonly inputSchema: { validate(input: unknown): Validated | Promise<Validated> }
  execute(input: unknown, context: { readonly signal: AbortSignal; readonly callId: string }): unknown
}

type Validated =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly issues: readonly string[] }

/**
 * Runs the tool that is called, and writes `tool.returned` with its result or, whatever goes wrong, its error. A tool
 * that was running when the run was killed is run again only if it is idempotent: otherwise its error says so.
 */
export function toolExecutor(tools: readonly RunTool[], options: { readonly name?: string } = {}): Responder {
  const byName = new Map(tools.map(tool => [tool.name, tool]))

  const run = async (event: LedgerEvent<'tool.called'>, context: ResponderContext): Promise<EventDraft[]> => {
    const { name, call_id, arguments: input } = event.data
    const about = { name, call_id }
    try {
      const tool = byName.get(name)
      if (!tool) throw new InputError(`There is no tool ${shown(name)}. There are: ${[...byName.keys()].join(', ')}.`)
      const checked = await tool.inputSchema.validate(input)
      if (!checked.ok) throw new InputError(`The arguments do not fit: ${checked.issues.join(' ')}`)
      const result = await tool.execute(checked.value, { signal: context.signal, callId: call_id })
      return [
        { type: 'tool.returned', data: { ...about, ...(result === undefined ? {} : { result: jsonOf(result) }) } }
      ]
    } catch (thrown) {
      return [{ type: 'tool.returned', data: { ...about, error: asDaybookError(thrown).message } }]
    }
  }

  return {
    name: options.name ?? 'tool_executor',
    types: ['tool.called'],
    fn: (event, _world, context) => run(event as LedgerEvent<'tool.called'>, context),
    interrupted(recorded, _world, context) {
      const event = recorded as LedgerEvent<'tool.called'>
      const { name, call_id } = event.data
      if (byName.get(name)?.idempotent !== false) return run(event, context)
      const error = `${name} was interrupted. It may have done its work or a part of it, and was not run again.`
      return [{ type: 'tool.returned', data: { name, call_id, error } }]
    }
  }
}

function jsonOf(result: unknown): Json {
  return JSON.parse(JSON.stringify(result) ?? 'null') as Json
}
