/** What an agent asks of its context manager: limits by the model, and estimates corrected by the last answer's usage. */
import { asDaybookError } from '../errors.js'
import type { Host } from '../host.js'
import { fullName } from '../llm/provider-name.js'
import type { ContextManager } from './context.js'
import { type Dialog, loadedDialog } from './dialog.js'
import { rootFacts } from './dialog-tree.js'
import type { InvokeResult } from './invoker.js'
import { type Link, linked } from './message-chain.js'
import { contractOf } from './request.js'
import { estimateOverhead } from './tokens.js'

export interface ContextWindow {
  /** The dialog, or as much of it as fits: another one that is asked in its place. */
  fit(dialog: Dialog, modelArgs: Readonly<Record<string, unknown>>): Promise<Fitted>
  /** What the provider counted of a request: the next estimate is corrected by it. */
  learn(fitted: Fitted, result: InvokeResult): void
}

export interface Fitted {
  readonly dialog: Dialog
  /** How many messages were left out. */
  readonly cut: number
  /** Before it was corrected. */
  readonly estimate: number
}

/** A correction beyond this is taken for something else than wrong counting, such as pages that a provider added. */
const [leastRatio, mostRatio] = [0.5, 2]

/** @param manager Null: everything is sent. */
export function contextWindow(manager: ContextManager | null, model: string, host: Pick<Host, 'warn'>): ContextWindow {
  let limit: Promise<number | undefined> | undefined
  let ratio = 1
  return {
    async fit(dialog, modelArgs) {
      if (!manager) return { dialog, cut: 0, estimate: 0 }
      limit ??= limitOf(model, host)
      const { messages, cut, estimatedTokens } = manager.fit(dialog.messages, {
        maxInputTokens: await limit,
        maxTokens: answerTokens(modelArgs),
        overheadTokens: overheadOf(dialog, model, modelArgs),
        ratio,
        model
      })
      const estimate = estimatedTokens / ratio
      if (cut.length === 0) return { dialog, cut: 0, estimate }
      let link: Link | undefined
      for (const message of messages) link = linked(link, message)
      const { id, sessionName, owner, topPrompt } = dialog
      const part = loadedDialog({ id, sessionName, owner }, { facts: rootFacts, link, topPrompt, topPath: undefined })
      return { dialog: part, cut: cut.length, estimate }
    },
    learn({ estimate }, { rawResponse: { usage, estimated } }) {
      if (!usage || estimated || estimate <= 0 || !(usage.input_tokens > 0)) return
      ratio = Math.min(Math.max(usage.input_tokens / estimate, leastRatio), mostRatio)
    }
  }
}

/** By the price table, which is loaded when it is needed. */
async function limitOf(model: string, host: Pick<Host, 'warn'>): Promise<number | undefined> {
  const [provider = '', ...rest] = fullName(model).split('/')
  if (rest[0] === 'responses') rest.shift()
  try {
    const { limitsOf } = await import('../prices/index.js')
    return limitsOf({ provider, model: rest.join('/') }).context
  } catch (thrown) {
    host.warn({ area: 'context', kind: 'table', message: `No limits are known: ${asDaybookError(thrown).message}` })
    return undefined
  }
}

function answerTokens(modelArgs: Readonly<Record<string, unknown>>): number {
  const { max_tokens, max_completion_tokens, max_output_tokens } = modelArgs
  const asked = max_tokens ?? max_completion_tokens ?? max_output_tokens
  return typeof asked === 'number' && asked > 0 ? asked : 0
}

function overheadOf(
  { topPrompt, messages }: Dialog,
  model: string,
  modelArgs: Readonly<Record<string, unknown>>
): number {
  const contract = topPrompt ? contractOf(topPrompt) : {}
  return estimateOverhead({ ...modelArgs, ...contract, model }, messages)
}
