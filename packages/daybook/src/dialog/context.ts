/** Keeps a dialog within what its model reads. */
import type { Host } from '../host.js'
import type { Message } from '../llm/llm.js'

/** How many tokens a text or a request's messages are. An estimate unless one's own tokenizer is passed. */
export type CountTokens = (messages: readonly Message[]) => number

export interface ContextLimits {
  /** The most that the model reads; undefined where it is not known. */
  readonly maxInputTokens: number | undefined
  /** What the answer may take of it. */
  readonly maxTokens?: number | undefined
}

export interface FittedContext<M extends Message> {
  readonly messages: readonly M[]
  /** What was left out, from the oldest on. */
  readonly cut: readonly M[]
  readonly estimatedTokens: number
}

export interface ContextManager {
  readonly name: string
  fit<M extends Message>(messages: readonly M[], limits: ContextLimits): FittedContext<M>
}

/** Characters / 3.2 in Latin script, 1 for each CJK character, 4 a message: marked as an estimate wherever it is shown. */
export function estimateTokens(_messages: readonly Message[]): number {
  throw new Error('to be written')
}

/** Keeps the system messages and the newest turns that fit. A tool call and its results stay or go together. */
export function newestTurns(_options?: {
  readonly countTokens?: CountTokens
  readonly host?: Pick<Host, 'warn'>
}): ContextManager {
  throw new Error('to be written')
}
