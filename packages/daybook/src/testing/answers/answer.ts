/** Answers written for tests: what a provider sends, and what a program must read in it. */
import type { FinishReason, Usage } from '../../llm/llm.js'

export interface WrittenAnswer {
  /** A sentence: what is special about it. */
  readonly name: string
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body: string
  /** What is read in it; or the error that it is, with what had arrived. */
  readonly reads: Reading | Refusal
}

export interface Reading {
  readonly text?: string
  readonly reasoning?: string
  readonly refusal?: string
  readonly finish_reason: FinishReason
  /** Null where the provider's figures are of no use. */
  readonly usage?: Usage | null
  readonly cost_usd?: number
  readonly estimated?: true
  /** Arguments are undefined where they are no JSON. */
  readonly calls?: readonly { readonly name: string; readonly arguments: unknown; readonly id?: string }[]
}

export interface Refusal {
  /** The name of the error's class. */
  readonly error: string
  /** Where OpenAI's SDK keeps the body to itself, and only the status is left to judge by. */
  readonly errorBySdk?: string
  readonly partial?: string
}

export const sse = { 'content-type': 'text/event-stream' } as const
export const json = { 'content-type': 'application/json' } as const

/** An event stream with one `data:` line for each value; a text stands as it is. */
export function dataLines(values: readonly unknown[]): string {
  return values.map(value => `data: ${typeof value === 'string' ? value : JSON.stringify(value)}\n\n`).join('')
}

/** An event stream whose events are named by their type. */
export function typedEvents(values: readonly { readonly type: string }[]): string {
  return values.map(value => `event: ${value.type}\ndata: ${JSON.stringify(value)}\n\n`).join('')
}
