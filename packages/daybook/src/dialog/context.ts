/** Keeps a dialog within what its model reads. */
import { defaultHost, type Host } from '../host.js'
import type { Message } from '../llm/llm.js'
import { type CountTokens, estimateTokens } from './tokens.js'

export interface ContextLimits {
  /** The most that the model reads; undefined where it is not known. */
  readonly maxInputTokens: number | undefined
  /** What the answer may take of it. */
  readonly maxTokens?: number | undefined
  /** What goes with the messages: tools, a schema, the model's own words. */
  readonly overheadTokens?: number | undefined
  /** How many tokens the provider counted for each that was counted here, the last time: 1 unless it is known. */
  readonly ratio?: number | undefined
  /** For warnings. */
  readonly model?: string | undefined
}

export interface FittedContext<M extends Message> {
  readonly messages: readonly M[]
  /** What was left out, from the oldest on. */
  readonly cut: readonly M[]
  /** Of the messages that are left, and of what goes with them. */
  readonly estimatedTokens: number
}

export interface ContextManager {
  readonly name: string
  fit<M extends Message>(messages: readonly M[], limits: ContextLimits): FittedContext<M>
}

/** Kept free, since a count is an estimate. */
const reserve = 0.02

/**
 * Keeps the system messages and the newest turns that fit. A turn begins with what a user says. Where one does not fit
 * as a whole, its beginning and the newest of its rounds are kept; a tool call and its results stay or go together.
 * What the user said last is always sent, also where it is too large by itself: the host is warned then. Nothing is cut
 * where the limit of the model is not known: the host is warned once. Linear in the messages.
 */
export function newestTurns(
  options: { readonly countTokens?: CountTokens | undefined; readonly host?: Pick<Host, 'warn'> | undefined } = {}
): ContextManager {
  const { countTokens = estimateTokens, host = defaultHost() } = options
  const counted = new WeakMap<Message, number>()
  let warned = false

  const tokensOf = (message: Message): number => {
    const known = counted.get(message)
    if (known !== undefined) return known
    const tokens = countTokens([message])
    if (Object.isFrozen(message)) counted.set(message, tokens)
    return tokens
  }

  return {
    name: 'newest-turns',
    fit(messages, limits) {
      const { maxInputTokens, maxTokens = 0, overheadTokens = 0, ratio = 1, model } = limits
      const sizes = messages.map(message => tokensOf(message) * ratio)
      const whole = sum(sizes) + overheadTokens * ratio
      const all = { messages, cut: [], estimatedTokens: Math.ceil(whole) }
      if (maxInputTokens === undefined) {
        const which = model === undefined ? 'the model' : JSON.stringify(model)
        const message = `How much ${which} reads is not known, so nothing is cut from long dialogs.`
        if (!warned) host.warn({ area: 'context', kind: 'limit', message })
        warned = true
        return all
      }
      const room = Math.floor((maxInputTokens - maxTokens) * (1 - reserve))
      if (whole <= room) return all

      const { kept, used } = newest(messages, sizes, room - overheadTokens * ratio)
      const estimatedTokens = Math.ceil(used + overheadTokens * ratio)
      if (estimatedTokens > room) {
        const message = `The newest turn is about ${estimatedTokens} tokens and the model reads ${room} beside its answer: it is sent as it is.`
        host.warn({ area: 'context', kind: 'turn', message })
      }
      return {
        messages: messages.filter((_, index) => kept[index]),
        cut: messages.filter((_, index) => !kept[index]),
        estimatedTokens
      }
    }
  }
}

function newest(
  messages: readonly Message[],
  sizes: readonly number[],
  room: number
): { kept: boolean[]; used: number } {
  const kept = messages.map(isSystem)
  let used = sum(sizes.filter((_, index) => kept[index]))
  const sizeOf = (group: readonly number[]): number => sum(group.map(index => sizes[index] as number))
  const keep = (group: readonly number[], size: number): void => {
    for (const index of group) kept[index] = true
    used += size
  }

  const turns = turnsOf(messages)
  for (const [back, { said, rounds }] of turns.reverse().entries()) {
    const last = back === 0
    const beginning = sizeOf(said)
    const answers: { group: readonly number[]; size: number }[] = []
    let size = beginning
    for (const group of rounds.reverse()) {
      const of = sizeOf(group)
      // The newest round of the newest turn is what the model goes on from.
      if (used + size + of > room && !(last && answers.length === 0)) break
      answers.push({ group, size: of })
      size += of
    }
    const whole = answers.length === rounds.length
    if (!last && (used + size > room || (answers.length === 0 && !whole))) break
    keep(said, beginning)
    for (const { group, size } of answers) keep(group, size)
    if (!whole) break
  }
  return { kept, used }
}

/** Places of messages: what a user said, and each answer with the results of the tools that it called. */
interface Turn {
  readonly said: number[]
  readonly rounds: number[][]
}

function turnsOf(messages: readonly Message[]): Turn[] {
  const turns: Turn[] = []
  let turn: Turn | undefined
  for (const [index, message] of messages.entries()) {
    if (isSystem(message)) continue
    if (!turn || (message.role === 'user' && turn.rounds.length > 0)) {
      turn = { said: [], rounds: [] }
      turns.push(turn)
    }
    const round = turn.rounds.at(-1)
    if (message.role === 'user') turn.said.push(index)
    else if (message.role === 'tool' && round) round.push(index)
    else turn.rounds.push([index])
  }
  return turns
}

function isSystem({ role }: Message): boolean {
  return role === 'system' || role === 'developer'
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}
