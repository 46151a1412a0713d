/** The record of one `respond`: every try, what was wrong, what was called, and what all of it cost. */
import { AgentError, type DaybookError } from '../errors.js'
import type { ToolCall } from '../llm/llm.js'
import type { AgentSession } from './agent.js'
import { sumOfCosts } from './cost.js'
import type { InvokeResult } from './invoker.js'

/** Why another call is made. */
export type StepState = 'initial' | 'exception' | 'interrupt' | 'llm_recall'

type Mutable<T> = { -readonly [K in keyof T]: T[K] extends readonly (infer Item)[] ? Item[] : T[K] }

export interface SessionRecord {
  /** A try that was answered. */
  answered(state: StepState, result: InvokeResult): void
  /** A try that failed. */
  failed(state: StepState, error: DaybookError): void
  recalled(error: DaybookError): void
  called(calls: readonly ToolCall[]): void
  /** How many calls were made. */
  readonly tries: number
  /** How many messages were left out of what is sent now. True where that is more than before. */
  cut(count: number): boolean
  readonly errors: readonly DaybookError[]
  /** The session as it is now; the one that it ended with, once it has. */
  now(end?: 'success' | 'failure'): AgentSession
}

export function sessionRecord(): SessionRecord {
  const session: Mutable<Omit<AgentSession, 'cost'>> = {
    state: 'initial',
    steps: [],
    exceptions: [],
    interrupts: [],
    recalls: [],
    cut: 0
  }
  return {
    answered(state, result) {
      session.state = state
      session.steps.push({ state, result })
      session.exceptions.push(...result.executionErrors)
    },
    failed(state, error) {
      session.state = state
      session.steps.push({ state, error })
    },
    recalled: error => void session.recalls.push(error),
    called(calls) {
      for (const call of calls) session.interrupts.push(call)
    },
    cut(count) {
      const more = count > session.cut
      if (more) session.cut = count
      return more
    },
    get tries() {
      return session.steps.length
    },
    get errors() {
      return session.exceptions
    },
    now(end) {
      if (end) session.state = end
      const { steps, exceptions, interrupts, recalls } = session
      return Object.freeze({
        ...session,
        steps: Object.freeze([...steps]),
        exceptions: Object.freeze([...exceptions]),
        interrupts: Object.freeze([...interrupts]),
        recalls: Object.freeze([...recalls]),
        cost: sumOfCosts(steps.flatMap(({ result }) => (result ? [result.cost] : [])))
      })
    }
  }
}

/** What an AgentError has beside a DaybookError's own. None of it is enumerable: a log line does not print dialogs. */
export interface AgentFailure {
  /** Each error on the way, in order. */
  readonly errors: readonly DaybookError[]
  /** The last answer, where there was one. */
  readonly result: InvokeResult | undefined
  readonly session: AgentSession
}

/** Used up: retries (`exceptions`), rounds of tools (`interrupts`) or recalls (`recalls`), as its `code` says. */
export function agentError(
  code: 'exceptions' | 'interrupts' | 'recalls',
  message: string,
  errors: readonly DaybookError[]
): DaybookError {
  const cause = errors.at(-1)
  const error = new AgentError(message, { code, ...(cause ? { cause } : {}) })
  Object.defineProperty(error, 'errors', { value: Object.freeze([...errors]) })
  return error
}

/** The record goes with every failure, also with a call's own, as it is when somebody looks at it. */
export function withSession(error: DaybookError, record: SessionRecord): DaybookError {
  if (!Object.isExtensible(error)) return error
  const session = (): AgentSession => record.now('failure')
  Object.defineProperties(error, {
    session: { get: session, configurable: true },
    result: { get: () => session().steps.findLast(step => step.result)?.result, configurable: true }
  })
  return error
}
